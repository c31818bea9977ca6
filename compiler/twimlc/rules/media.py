"""The files beside a flow: how long audio lasts, whether it is audio, what a message carries.

The graph and a reader of files come in, seconds and findings go out.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import MEDIA_TOO_BIG, NO_SOUND_INSIDE, NOT_AUDIO
from twimlc.flow.graph import Graph
from twimlc.flow.model import Element, MediaLink
from twimlc.project.files import FileContent
from twimlc.text import Span, lazy_pattern
from twimlc.vocabulary.values import MMS_LIMIT

ReadMedia = Callable[[MediaLink], FileContent | None]

_MEGA = 1024 * 1024
_RAW = (".ulaw", ".ul")
_RAW_BYTES_PER_SECOND = 8000
_LOOKED_AT = 64
_PAGE = lazy_pattern(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html)\b", re.IGNORECASE)
_POINTER = b"version https://git-lfs"
_KINDS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("wav", lazy_pattern(rb"RIFF.{4}WAVE", re.DOTALL)),
    ("aiff", lazy_pattern(rb"FORM.{4}AIF[FC]", re.DOTALL)),
    # After the mark of a frame: MPEG 1 or 2, layer III. Silence in mu-law begins otherwise.
    ("mp3", lazy_pattern(rb"ID3|\xff[\xfb\xfa\xf3\xf2]")),
    ("ogg", lazy_pattern(rb"OggS")),
    ("flac", lazy_pattern(rb"fLaC")),
    ("amr", lazy_pattern(rb"#!AMR")),
    ("m4a", lazy_pattern(rb".{4}ftyp", re.DOTALL)),
)
_SPELT = {"mp3": "an mp3", "wav": "a wav", "aiff": "an aiff", "ogg": "Ogg"}
_PLAYED = ("wav", "aiff", "mp3")
_ENDINGS = {
    **dict.fromkeys(("mp3", "mpeg"), "mp3"),
    **dict.fromkeys(("wav", "wave"), "wav"),
    **dict.fromkeys(("aif", "aiff", "aifc"), "aiff"),
    **dict.fromkeys(("gsm", "ul", "ulaw"), "raw"),
}


class Sounds(NamedTuple):
    """How long audio lasts.

    Files beside the flow are read where their format says its length in its first bytes; all
    other audio counts the ``assumed`` seconds and ``words`` of the project.
    """

    read: ReadMedia
    assumed: float
    words: int

    def seconds(self, play: Element) -> float:
        """How long a play lasts, once."""
        if play.get("digits") is not None:
            return 0
        link = next((child for child in play.children if isinstance(child, MediaLink)), None)
        content = self.read(link) if link is not None else None
        known = seconds_of(link.path, content) if link is not None and content else None
        return self.assumed if known is None else known


def seconds_of(path: str, content: FileContent) -> float | None:
    """The length of a WAV file, or of plain mu-law; None where that is not known."""
    if path.lower().endswith(_RAW):
        return content.size / _RAW_BYTES_PER_SECOND
    data = content.head
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    rate = 0
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"fmt " and at + 20 <= len(data):
            rate = int.from_bytes(data[at + 16 : at + 20], "little")
        elif data[at : at + 4] == b"data":
            # A recorder that was cut off leaves a size that the file does not have.
            return min(size, content.size - at - 8) / rate if rate else None
        at += 8 + size + size % 2
    return None


def check_media(graph: Graph, read: ReadMedia) -> Iterator[Diagnostic]:
    """Findings about files that hold no audio, and about messages whose files are too big."""
    for node, verb in graph.verbs():
        links = [(link, span) for _, _, link, span in verb.links() if isinstance(link, MediaLink)]
        contents = [(link, span, c) for link, span in links if (c := read(link)) is not None]
        if verb.tag != "Message":  # it takes pictures and texts as well
            for link, span, content in contents:
                yield from _audio(link, content.head, span)
            continue
        size = sum(content.size for _, _, content in contents)
        if size > MMS_LIMIT:
            message = f"the media have {size / _MEGA:.1f} MB; an MMS carries {MMS_LIMIT // _MEGA}"
            hint = "make the pictures smaller; only WhatsApp carries more, up to 16 MB"
            yield MEDIA_TOO_BIG.at(node.span, message, hint=hint)


def _audio(link: MediaLink, data: bytes, span: Span) -> Iterator[Diagnostic]:
    """A finding for a file that holds something else than its name says; ``data`` begins it."""
    if (other := _no_sound(data)) is not None:
        message = f"'{link.path}' is not an audio file: {other[0]}"
        yield NO_SOUND_INSIDE.at(span, message, hint=other[1])
    elif (kind := _other_kind(link.path, data)) is not None:
        message = f"'{link.path}' holds {_SPELT.get(kind, kind.upper())}, whatever its name says"
        hint = "make an mp3 or a wav of it"
        if kind in _PLAYED:
            hint = f"let its name end with .{kind}; Twilio goes by the content type"
        yield NOT_AUDIO.at(span, message, hint=hint)


def _no_sound(data: bytes) -> tuple[str, str] | None:
    """What a file holds that nobody can play, and what helps."""
    if not data:
        return "it is empty", "put the recording in its place"
    if _PAGE.match(data[:_LOOKED_AT]):
        return "it is a web page", "save the audio file itself, not the page that offers it"
    if data.startswith(_POINTER):
        return "it only says where Git LFS keeps the audio", "run git lfs pull"
    return None


def _other_kind(path: str, data: bytes) -> str | None:
    """The kind of audio that is in a file, where its name says another."""
    wanted = _ENDINGS.get(path.rpartition(".")[2].lower())
    head = data[:_LOOKED_AT]
    kind = next((name for name, mark in _KINDS if mark.match(head)), None)
    if wanted is None or kind in (None, wanted):
        return None
    # Raw samples may begin with anything, so the two bytes of a frame say nothing there.
    return None if wanted == "raw" and head[:1] == b"\xff" else kind
