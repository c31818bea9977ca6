"""Whether a sound file beside a flow holds a sound: its first bytes come in, findings go out."""

import re
from collections.abc import Callable, Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import NOT_AUDIO
from twimlc.diagnostics.rules.names import NO_SOUND_INSIDE
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.source.files import FileContent

_LOOKED_AT = 64
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html)\b", re.IGNORECASE)
_POINTER = b"version https://git-lfs"
_KINDS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("wav", re.compile(rb"RIFF.{4}WAVE", re.DOTALL)),
    ("aiff", re.compile(rb"FORM.{4}AIF[FC]", re.DOTALL)),
    # Behind the mark of a frame: MPEG 1 or 2, layer III. Silence in mu-law begins otherwise.
    ("mp3", re.compile(rb"ID3|\xff[\xfb\xfa\xf3\xf2]")),
    ("ogg", re.compile(rb"OggS")),
    ("flac", re.compile(rb"fLaC")),
    ("amr", re.compile(rb"#!AMR")),
    ("m4a", re.compile(rb".{4}ftyp", re.DOTALL)),
)
_SPELT = {"mp3": "an mp3", "wav": "a wav", "aiff": "an aiff", "ogg": "Ogg"}
_PLAYED = ("wav", "aiff", "mp3")
_ENDINGS = {
    **dict.fromkeys(("mp3", "mpeg"), "mp3"),
    **dict.fromkeys(("wav", "wave"), "wav"),
    **dict.fromkeys(("aif", "aiff", "aifc"), "aiff"),
    **dict.fromkeys(("gsm", "ul", "ulaw"), "raw"),
}


def check_sound_files(
    graph: Graph, read: Callable[[MediaLink], FileContent | None]
) -> Iterator[Diagnostic]:
    """A finding for each place that names a file with something else in it."""
    for key in graph.contexts:
        element = graph.nodes[key].element
        if element is None or element.tag == "Message":  # it takes pictures and texts as well
            continue
        for _, _, link, span in element.links():
            found = read(link) if isinstance(link, MediaLink) else None
            if not isinstance(link, MediaLink) or found is None:
                continue
            data = found.head
            if (what := _no_sound(data)) is not None:
                message = f"'{link.path}' is no sound: {what[0]}"
                yield NO_SOUND_INSIDE.at(span, message, hint=what[1])
            elif (kind := _other_kind(link.path, data)) is not None:
                message = (
                    f"'{link.path}' holds {_SPELT.get(kind, kind.upper())}, whatever its name says"
                )
                hint = "make an mp3 or a wav of it"
                if kind in _PLAYED:
                    hint = f"let its name end with .{kind}; Twilio goes by the kind it is told"
                yield NOT_AUDIO.at(span, message, hint=hint)


def _no_sound(data: bytes) -> tuple[str, str] | None:
    """What a file holds that nobody can play, and what helps."""
    if not data:
        return "it is empty", "put the recording in its place"
    if _PAGE.match(data[:_LOOKED_AT]):
        return "it is a web page", "save the sound itself, not the page that offers it"
    if data.startswith(_POINTER):
        return "it only says where Git LFS keeps the sound", "run git lfs pull"
    return None


def _other_kind(path: str, data: bytes) -> str | None:
    """The kind of sound that is in a file, where its name says another."""
    wanted = _ENDINGS.get(path.rpartition(".")[2].lower())
    head = data[:_LOOKED_AT]
    kind = next((name for name, mark in _KINDS if mark.match(head)), None)
    if wanted is None or kind in (None, wanted):
        return None
    # Raw samples may begin with anything, so the two bytes of a frame say nothing there.
    return None if wanted == "raw" and head[:1] == b"\xff" else kind
