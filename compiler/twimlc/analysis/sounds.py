"""How long sounds last: elements and the bytes of files come in, seconds go out.

Files beside the flow are read where their format says its length in its first bytes. All other
sounds count what the project takes a sound to last.
"""

from collections.abc import Callable
from dataclasses import dataclass

from twimlc.flow.model import Element, MediaLink
from twimlc.source.files import FileContent

_RAW = (".ulaw", ".ul")
_RAW_BYTES_PER_SECOND = 8000


def _nothing(link: MediaLink) -> FileContent | None:
    return None


@dataclass(frozen=True, slots=True)
class Sounds:
    """Lengths of sounds; ``assumed`` seconds and ``words`` are those of any that is not known."""

    read: Callable[[MediaLink], FileContent | None] = _nothing
    assumed: float = 0
    words: int = 0

    def seconds(self, play: Element) -> float:
        """How long a play lasts, once."""
        if play.get("digits") is not None:
            return 0
        link = next((child for child in play.children if isinstance(child, MediaLink)), None)
        found = self.read(link) if link is not None else None
        known = seconds_of(link.path, found) if link is not None and found else None
        return self.assumed if known is None else known


NO_SOUNDS = Sounds()


def seconds_of(path: str, found: FileContent) -> float | None:
    """The length of a WAV file, or of plain mu-law; None where that is not known."""
    if path.lower().endswith(_RAW):
        return found.size / _RAW_BYTES_PER_SECOND
    data = found.head
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    rate = 0
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"fmt " and at + 20 <= len(data):
            rate = int.from_bytes(data[at + 16 : at + 20], "little")
        elif data[at : at + 4] == b"data":
            # A recorder that was cut off leaves a size behind that the file does not have.
            return min(size, found.size - at - 8) / rate if rate else None
        at += 8 + size + size % 2
    return None
