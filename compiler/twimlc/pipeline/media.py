"""The sound files that flows name: a project that was read comes in, what is in them goes out."""

import os
from collections.abc import Iterator
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import MISSING_MEDIA
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.pipeline.load import Loaded
from twimlc.project.files import MEDIA_LIMIT, FileContent, read_content


class Media:
    """Reads the sound files that flows name, each once.

    It notes which they are: where the files are elsewhere, the survey has what is in them.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.known = dict(loaded.survey.sounds or {})

    def digest(self, link: MediaLink) -> bytes | None:
        """What stands for a sound where nobody listens (:func:`hosts.answer.sounds_of`)."""
        found = self.read(link)
        return found.sha256.encode() if found is not None else None

    def read(self, link: MediaLink) -> FileContent | None:
        return self._sound(link)[0]

    def _sound(self, link: MediaLink) -> tuple[FileContent | None, str]:
        named = self.loaded.flows[link.flow].folder, link.path
        self.loaded.sounds.add(named)
        if named not in self.known:
            if self.loaded.survey.sounds is not None:
                return None, ""  # we are asked again when it is known
            self.known[named] = read_sound(self.loaded.project.root, *named)
        return self.known[named]

    def missing(self, graph: Graph) -> Iterator[Diagnostic]:
        for _, verb in graph.verbs():
            for _, _, link, span in verb.links():
                if isinstance(link, MediaLink) and self.read(link) is None:
                    _, message = self._sound(link)
                    hint = "a relative path names a file of the project; write https://… for others"
                    yield MISSING_MEDIA.at(span, message, hint=hint)


def read_sound(root: Path, folder: Path, name: str) -> tuple[FileContent | None, str]:
    """What is in the file that a flow in ``folder`` calls ``name``, or what is wrong with it."""
    path = folder / name
    # A flow given by its path alone may lie outside the project: then its folder bounds.
    bound = root if folder.is_relative_to(root) else folder
    content, faults = read_content(path, root=bound, name=name, limit=MEDIA_LIMIT)
    if faults and os.path.exists(path):
        return content, faults[0].message
    return content, f"there is no audio file '{name}' beside the flow"
