"""The sound files that flows name: a project that was read comes in, what is in them goes out."""

import os
from collections.abc import Iterator
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import MISSING_MEDIA
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.survey import Survey
from twimlc.project.files import MEDIA_LIMIT, FileContent, read_content

Sound = tuple[FileContent | None, str]
"""What is in a sound file; or, if it cannot be read, why."""


def sound(survey: Survey, folder: Path, name: str) -> Sound:
    """The sound file that flows of a folder call ``name``; each is read once."""
    found = survey.sounds.get((folder, name))
    if found is None and survey.far:
        return None, ""  # where it is somebody will look, and ask again
    if found is None:
        path, root = folder / name, survey.root
        # A flow given by its path alone may lie outside the project: then its folder bounds.
        bound = root if folder.is_relative_to(root) else folder
        content, faults = read_content(path, root=bound, name=name, limit=MEDIA_LIMIT)
        why = f"there is no audio file '{name}' beside the flow"
        if faults and os.path.exists(path):
            why = faults[0].message
        found = survey.sounds[folder, name] = content, "" if content is not None else why
    return found


def state_of(found: Sound) -> str:
    """What stands for a sound where nobody listens."""
    content, why = found
    return content.sha256 if content is not None else why


class Media:
    """Reads the sound files that flows name."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded

    def _find(self, link: MediaLink) -> Sound:
        place = self.loaded.flows[link.flow].folder, link.path
        self.loaded.sounds.add(place)
        return sound(self.loaded.survey, *place)

    def digest(self, link: MediaLink) -> bytes | None:
        """What stands for a sound where nobody listens (:func:`hosts.answer.sounds_of`)."""
        found = self.read(link)
        return found.sha256.encode() if found is not None else None

    def read(self, link: MediaLink) -> FileContent | None:
        return self._find(link)[0]

    def missing(self, graph: Graph) -> Iterator[Diagnostic]:
        for _, verb in graph.verbs():
            for _, _, link, span in verb.links():
                if isinstance(link, MediaLink) and self.read(link) is None:
                    hint = "a relative path names a file of the project; write https://… for others"
                    yield MISSING_MEDIA.at(span, self._find(link)[1], hint=hint)
