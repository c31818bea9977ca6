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
    """Reads the sound files that flows name, each once."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.known: dict[Path, FileContent | None] = {}
        self.faults: dict[Path, list[Diagnostic]] = {}

    def _path(self, link: MediaLink) -> Path:
        return self.loaded.flows[link.flow].folder / link.path

    def digest(self, link: MediaLink) -> bytes | None:
        """What stands for a sound where nobody listens (:func:`hosts.answer.sounds_of`)."""
        found = self.read(link)
        return found.sha256.encode() if found is not None else None

    def read(self, link: MediaLink) -> FileContent | None:
        path = self._path(link)
        if path not in self.known:
            self.loaded.survey.opened.add(path)
            # A flow given by its path alone may lie outside the project: then its folder bounds.
            root = self.loaded.project.root
            folder = self.loaded.flows[link.flow].folder
            bound = root if folder.is_relative_to(root) else folder
            self.known[path], self.faults[path] = read_content(
                path, root=bound, name=link.path, limit=MEDIA_LIMIT
            )
        return self.known[path]

    def missing(self, graph: Graph) -> Iterator[Diagnostic]:
        for _, verb in graph.verbs():
            for _, _, link, span in verb.links():
                if isinstance(link, MediaLink) and self.read(link) is None:
                    fault = self.faults[self._path(link)]
                    path = self._path(link)
                    message = f"there is no audio file '{link.path}' beside the flow"
                    if os.path.exists(path) and fault:
                        message = fault[0].message
                    hint = "a relative path names a file of the project; write https://… for others"
                    yield MISSING_MEDIA.at(span, message, hint=hint)
