"""A host as Twilio meets it: an address and a method come in, a response goes out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from twimlc.lower.plan import FLOW, VERSION, Decision, Plan

_GONE = re.compile(f"({FLOW})/{VERSION}/")
_TYPES = {
    "xml": "text/xml",
    "mp3": "audio/mpeg",
    "mpeg": "audio/mpeg",
    "wav": "audio/wav",
    "aif": "audio/aiff",
    "aiff": "audio/aiff",
    "aifc": "audio/x-aifc",
    "gsm": "audio/x-gsm",
    "ulaw": "audio/ulaw",
    "ul": "audio/ulaw",
}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; ``location`` only where it sends Twilio elsewhere."""

    status: int
    content_type: str = ""
    body: bytes = b""
    location: str | None = None


def sounds_of(plan: Plan) -> dict[str, bytes]:
    """The sound files of a plan by path; the SHA-256 of each stands for what is in it."""
    return {sound.path: sound.content.sha256.encode() for sound in plan.media}


NOT_ASKED = Response(0)
"""Instead of an answer: the server is another one, and nobody gave leave to ask it."""


class Host(Protocol):
    """Where documents lie."""

    def owns(self, url: str) -> bool:
        """Whether an absolute address lies in the folder that we build."""

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        """What the host answers; the query is part of ``url``."""

    def name(self, url: str) -> str:
        """The file behind an address, as findings show it."""


@dataclass(frozen=True, slots=True)
class FileHost:
    """Plain files under ``base``: GET only, the query is ignored.

    ``files`` maps paths (posix, relative to the folder) to bytes.
    """

    base: str
    files: Mapping[str, bytes]
    _prefix: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_prefix", self.base.rstrip("/") + "/")

    def url(self, path: str) -> str:
        """The address of a file."""
        return self._prefix + path

    def owns(self, url: str) -> bool:
        return url.startswith(self._prefix)

    def name(self, url: str) -> str:
        if not self.owns(url):
            return url
        return unquote(urlsplit(url[len(self._prefix) :]).path)

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        if method not in ("GET", "HEAD"):
            return Response(405)
        path = self.name(url)
        body = self.files.get(path) if self.owns(url) else None
        if body is None:
            return Response(404)
        return Response(200, _TYPES.get(path.rpartition(".")[2].lower(), ""), body)


@dataclass(frozen=True, slots=True)
class RouterHost(FileHost):
    """Plain files, and decisions by path: what a server with our configuration answers.

    Names and values of the query count as they are decoded. A parameter that comes twice, which
    Twilio never sends, counts as it came first. What is not there in a version is answered with
    the flow's apology.
    """

    decisions: Mapping[str, Decision] = field(default_factory=dict)

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        decision = self.decisions.get(self.name(url)) if self.owns(url) else None
        if decision is not None:
            asked: dict[str, str] = {}
            for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
                asked.setdefault(name, value)
            for name, value in parameters.items():
                asked.setdefault(name, value)
            url = self.url(decision.document(asked))
        answer = FileHost.fetch(self, url, method, {})
        gone = _GONE.match(self.name(url)) if answer.status == 404 and self.owns(url) else None
        if gone is None:
            return answer
        return FileHost.fetch(self, self.url(f"{gone[1]}/changed.xml"), method, {})
