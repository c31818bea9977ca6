"""Audio files beside the flows. Links come in; out go files named after what is in them."""

import re
from collections.abc import Callable, Iterable
from types import MappingProxyType

from twimlc.flow.model import MediaLink
from twimlc.lower.plan import MediaFile
from twimlc.source.files import FileContent

MEDIA_TYPES = MappingProxyType(
    {
        "mp3": "audio/mpeg",
        "mpeg": "audio/mpeg",
        "wav": "audio/wav",
        "wave": "audio/wav",
        "aif": "audio/x-aiff",
        "aiff": "audio/x-aiff",
        "aifc": "audio/x-aifc",
        "gsm": "audio/x-gsm",
        "ulaw": "audio/ulaw",
        "ul": "audio/ulaw",
    }
)
"""What Twilio plays (docs/voice/twiml/play), by file extension."""


def gather_media(
    links: Iterable[MediaLink], read: Callable[[MediaLink], FileContent | None]
) -> tuple[dict[MediaLink, str], tuple[MediaFile, ...]]:
    """The path of every file in the build, and the files. Missing files are left out."""
    wanted = dict.fromkeys(links)
    paths: dict[MediaLink, str] = {}
    files: dict[str, MediaFile] = {}
    for link in wanted:
        found = read(link)
        if found is None:
            continue
        digest = found.sha256
        stem, extension = _safe_name(link.path)
        length = 8
        path = f"media/{stem}.{digest[:length]}.{extension}"
        while path in files and files[path].content.sha256 != digest:
            length += 8
            path = f"media/{stem}.{digest[:length]}.{extension}"
        media_type = MEDIA_TYPES.get(extension, "application/octet-stream")
        files.setdefault(path, MediaFile(path, link, found, media_type))
        paths[link] = path
    return paths, tuple(files[path] for path in sorted(files))


def _safe_name(path: str) -> tuple[str, str]:
    """A file's stem and extension in letters that need no escaping in any address."""
    name = path.rpartition("/")[2].lower()  # two names that differ in case are one on some disks
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, "bin"
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:64] or "audio"
    return stem, re.sub(r"[^a-z0-9]+", "", extension.lower())[:8] or "bin"
