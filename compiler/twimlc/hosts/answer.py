"""A host as Twilio meets it: an address and a method come in, a response goes out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Literal, Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from twimlc.hosts.files import spellings
from twimlc.lower.names import FLOW, MEDIA_TYPES, VERSION
from twimlc.lower.plan import Decision, Plan
from twimlc.lower.questions import Question, Turn

Engine = Literal["mustache", "handlebars"]
"""What may read the template of a Bin: Twilio's pages name both."""
ENGINES: tuple[Engine, ...] = ("mustache", "handlebars")

SOMEWHERE = "https://voice.example.com/build"
"""Where the folder lies as far as anybody can tell, for targets that do not know it."""

_GONE = re.compile(f"({FLOW})/{VERSION}/")
_PLAIN = re.compile(r"(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]*")
_TYPES = {"xml": "text/xml", **MEDIA_TYPES}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; ``location`` only where it sends Twilio elsewhere, ``path`` only where it is one
    of the host's files."""

    status: int
    content_type: str = ""
    body: bytes = b""
    location: str | None = None
    path: str = ""


def sounds_of(plan: Plan) -> dict[str, bytes]:
    """The audio files of a plan by path; the SHA-256 of each stands for what is in it."""
    return {sound.path: sound.content.sha256.encode() for sound in plan.media}


NOT_ASKED = Response(0)
"""Instead of an answer: the server is another one, and nobody gave leave to ask it."""


class Host(Protocol):
    """Where documents lie."""

    def owns(self, url: str) -> bool:
        """Whether an absolute address lies in the folder that we build."""

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        """What the host answers; the query is part of ``url``."""

    def open(self, url: str, answers: Mapping[str, str]) -> Turn | None:
        """What the host has to know before it answers, if ``answers`` do not say it.

        These are values of parameters and outcomes of calendars, by name. What
        :meth:`fetch` is asked for then carries them among its parameters.
        """

    def name(self, url: str) -> str:
        """The file that an address leads to, as findings show it."""


@dataclass(frozen=True, slots=True)
class FileHost:
    """Plain files under ``base``: GET only, the query is ignored.

    ``files`` maps paths (posix, relative to the folder) to bytes. ``questions`` are asked at
    theirs, of places that are switched by plan as if what is due lay there.
    """

    base: str
    files: Mapping[str, bytes]
    questions: Mapping[str, Question] = field(default_factory=dict)
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
        path = url[len(self._prefix) :]
        return path if _PLAIN.fullmatch(path) else unquote(urlsplit(path).path)

    def open(self, url: str, answers: Mapping[str, str]) -> Turn | None:
        question = self.questions.get(self.name(url)) if self.owns(url) else None
        return None if question is None else question.open(answers)

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        if method not in ("GET", "HEAD"):
            return Response(405)
        path = self.name(url)
        if path in self.questions and self.owns(url):
            path = self.questions[path].document(parameters)
        body = self.files.get(path) if self.owns(url) else None
        if body is None:
            return Response(404)
        return Response(200, _TYPES.get(path.rpartition(".")[2].lower(), ""), body, path=path)


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each parameter as it came first."""
    return dict(reversed(list(pairs)))


@dataclass(frozen=True, slots=True)
class RouterHost(FileHost):
    """Plain files, and decisions by path: what a server with our configuration answers.

    What Twilio sends is in the query, after what the address has there. A star may be encoded or
    not, and a server may look at the query as it came or decoded: where these lead to different
    documents the answer is an error. A parameter that comes twice, which Twilio never sends, counts
    as it came first. What is not there in a version is answered with the flow's apology.
    """

    decisions: Mapping[str, Decision] = field(default_factory=dict)
    _spelt: dict[str, Decision] = field(init=False, default_factory=dict)

    def _decided(
        self, decision: Decision, query: str, parameters: Mapping[str, str]
    ) -> Iterator[str]:
        """Where a decision leads, however its request is written and read."""
        if decision.path not in self._spelt:
            plain, marked = (
                tuple((spelt, path) for value, path in rows for spelt in spellings(value))
                for rows in (decision.branches, decision.marked)
            )
            self._spelt[decision.path] = replace(decision, branches=plain, marked=marked)
        # Twilio sends dozens of others.
        looked_at = {name: v for name, v in parameters.items() if name in decision.parameters}
        spelt = dict.fromkeys(urlencode(looked_at, safe=safe) for safe in ("", "*"))
        for sent in ("&".join(filter(None, [query, encoded])) for encoded in spelt):
            yield decision.document(_first(parse_qsl(sent, keep_blank_values=True)))
            raw = (pair.partition("=")[::2] for pair in sent.split("&"))
            yield self._spelt[decision.path].document(_first(raw))

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        decision = self.decisions.get(self.name(url)) if self.owns(url) else None
        if decision is not None:
            (first, *others) = self._decided(decision, urlsplit(url).query, parameters)
            if any(path != first for path in others):
                return Response(500)
            url = self.url(first)
        answer = FileHost.fetch(self, url, method, parameters)
        gone = _GONE.match(self.name(url)) if answer.status == 404 and self.owns(url) else None
        if gone is None:
            return answer
        return FileHost.fetch(self, self.url(f"{gone[1]}/changed.xml"), method, {})


def questions_of(plan: Plan) -> dict[str, Question]:
    """The questions of a plan by their paths."""
    return {question.path: question for question in plan.questions}


def serve(
    plan: Plan, files: Mapping[str, bytes], url: str | None, engine: Engine, references: bool
) -> FileHost:
    """The host of a plan for plain files, with or without routing."""
    decisions = {decision.path: decision for decision in plan.decisions}
    return RouterHost(
        url or SOMEWHERE, {**sounds_of(plan), **files}, questions_of(plan), decisions=decisions
    )


def served(
    plan: Plan,
    files: Mapping[str, bytes],
    url: str | None = None,
    engine: Engine = "mustache",
    *,
    references: bool = False,
) -> FileHost:
    """A host with the rendered files of its plan, as Twilio meets it. Audio files are the plan's.

    ``engine`` and ``references`` are those of a TwiML Bin.
    """
    host: FileHost
    host = import_module(plan.host.answering).serve(plan, files, url, engine, references)
    return host
