"""A folder of TwiML that somebody has already: a folder comes in, the files as a host has them
go out, read one by one when they are asked for.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from twimlc.interpret.host import FileHost, Response
from twimlc.source.files import MEDIA_LIMIT, is_inside, read_bytes

_DOCUMENTS = (".xml", ".twiml")


class Folder(Mapping[str, bytes]):
    """The files of a folder by path; links that lead out of it are not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, bytes | None] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            place = self.root / path
            self._read[path], _ = read_bytes(place, root=self.root, name=path, limit=MEDIA_LIMIT)
        found = self._read[path]
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and is_inside(path, self.root):
                yield path.relative_to(self.root).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def entry(self) -> str | None:
        """The document that a call begins with, where that is clear."""
        if (self.root / "index.xml").is_file():
            return "index.xml"
        there = [path.name for path in self.root.iterdir() if path.suffix in _DOCUMENTS]
        return there[0] if len(there) == 1 else None


class PostingHost(FileHost):
    """Plain files of which nobody knows how they are served: every method gets them."""

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        return FileHost.fetch(self, url, "GET", parameters)
