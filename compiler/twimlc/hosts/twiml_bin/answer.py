"""TwiML Bins as Twilio meets them: requests come in, what the Bin of a flow answers goes out.

Of a Bin's template only the tags that we write are read: ``{{name}}``, ``{{#name}}``,
``{{^name}}`` and ``{{/name}}``. The two engines that Twilio's pages name differ in two things, and
both are followed here: inside a positive section Handlebars sees no parameter any more, and to it
an empty one is there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import NamedTuple
from urllib.parse import parse_qsl

from twimlc.hosts.answer import Engine, FileHost, Response, questions_of, sounds_of
from twimlc.lower.host import HANDLER
from twimlc.lower.plan import Bin, Plan
from twimlc.lower.questions import Question, Turn
from twimlc.text import grouped
from twimlc.vocabulary import INPUT_PARAMETERS, is_standard_parameter

_TAG = re.compile(r"\{\{([#^/]?)([A-Za-z_][A-Za-z0-9_-]*)\}\}")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


@dataclass(frozen=True, slots=True)
class Value:
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section; ``inverted`` ones are there when the parameter is not.

    Inverted sections that stand right inside one another are one with all their names: it is there
    when none of the parameters is. There may be hundreds, and each answer meets them all.
    """

    names: frozenset[str]
    inverted: bool
    inside: "tuple[Piece, ...]"


Piece = str | Value | Part


class _Template(NamedTuple):
    """A Bin's text. ``needing`` holds the places of pieces by what they need (:func:`needed`),
    ``names`` the parameters that open a section or are shown, ``shown`` the latter."""

    pieces: tuple[Piece, ...]
    needing: Mapping[str | None, list[int]]
    names: frozenset[str]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BinHost(FileHost):
    """Bins, and the audio files of their flows. GET and POST are answered alike.

    ``addresses`` gives the address of every file. With ``references`` each value of the call that
    is known and shown is written ``${call.NAME}``, so that an answer can be compared with the flow.
    With ``keep_lines`` an answer's lines have the numbers that they have in the Bin.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    bins: Mapping[str, Bin] = field(default_factory=dict)
    engine: Engine = "mustache"
    references: bool = False
    keep_lines: bool = False
    _paths: Mapping[str, str] = field(init=False)
    _templates: dict[str, _Template] = field(init=False, default_factory=dict)
    _answers: dict[str, dict[object, Response]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        FileHost.__post_init__(self)
        object.__setattr__(self, "_paths", {url: path for path, url in self.addresses.items()})

    def url(self, path: str) -> str:
        return self.addresses[path] if path else self.base

    def owns(self, url: str) -> bool:
        return url.partition("?")[0] in self._paths

    def name(self, url: str) -> str:
        address, _, query = url.partition("?")
        path = self._paths.get(address, address)
        return f"{path}?{query}" if query else path

    def open(self, url: str, answers: Mapping[str, str]) -> Turn | None:
        question = self._question(url)
        return None if question is None else question.open(answers)

    def _question(self, url: str) -> Question | None:
        """What decides which query the number's address has."""
        path = self._paths.get(url.partition("?")[0], "")
        return self.questions.get(path) if "go" not in _query(url) else None

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        if (question := self._question(url)) is not None:
            due = question.document(parameters)
            url += ("&" if "?" in url else "?") + due.partition("?")[2]
        path = self._paths.get(url.partition("?")[0])
        if path is None:
            return Response(404)
        if path not in self.bins:
            sounds = FileHost(self.base, self.files)
            return sounds.fetch(sounds.url(path), method, {})
        if method not in ("GET", "POST"):
            return Response(405)
        # Names of ours are none of Twilio's; which of two equal ones would count is not known.
        asked = {**_query(url), **parameters}
        if path not in self._templates:
            self._templates[path] = self._template(path)
        if self.references:
            asked = _known(asked, self.bins[path])
        pieces, needing, names, shown = self._templates[path]
        if self.engine == "mustache":  # to it, an empty one is not there
            asked = {name: value for name, value in asked.items() if value}
        if path not in self._answers:  # the proof is done with the Bin before
            self._answers.clear()
        answers = self._answers.setdefault(path, {})
        known = names.intersection(asked), *[asked.get(name) for name in shown]
        if known not in answers:
            if not self.keep_lines:  # a request is answered with few of the pieces
                there = {place for name in (None, *asked) for place in needing.get(name, ())}
                pieces = tuple(pieces[place] for place in sorted(there))
            body = render(pieces, asked, self.engine, keep_lines=self.keep_lines)
            answers[known] = Response(200, "text/xml", body.encode())
        return answers[known]

    def _template(self, path: str) -> _Template:
        pieces = parse(self.files[path].decode())
        pieces = _referring(pieces) if self.references else pieces
        places = grouped((needed(piece), place) for place, piece in enumerate(pieces))
        shown = frozenset(piece.name for piece in _inside(pieces) if isinstance(piece, Value))
        opening = (piece.names for piece in _inside(pieces) if isinstance(piece, Part))
        return _Template(pieces, places, shown.union(*opening), tuple(sorted(shown)))


@lru_cache(1024)
def _query(url: str) -> Mapping[str, str]:
    return dict(parse_qsl(url.partition("#")[0].partition("?")[2], keep_blank_values=True))


def _inside(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """All pieces, those inside others too."""
    waiting = list(pieces)
    while waiting:
        piece = waiting.pop()
        yield piece
        if isinstance(piece, Part):
            waiting += piece.inside


def serve(
    plan: Plan, files: Mapping[str, bytes], url: str | None, engine: Engine, references: bool
) -> BinHost:
    """The host of a plan of Bins. A Bin whose SID nobody knows gets one."""
    bins = {found.path: found for found in plan.documents if isinstance(found, Bin)}
    sounds = sounds_of(plan)
    known = dict(plan.addresses)
    invented = (f"{HANDLER}EH{number:032x}" for number in count(1))
    free = (address for address in invented if address not in known.values())
    addresses = {path: known.get(path) or next(free) for path in bins} | known
    return BinHost(
        HANDLER.rstrip("/"),
        {**sounds, **files},
        questions_of(plan),
        addresses=addresses,
        bins=bins,
        engine=engine,
        references=references,
    )


_KEPT = "keys"


def _referring(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The keys as a text shows them: those of this request, or those carried on."""
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        if isinstance(piece, Part):
            found.append(Part(piece.names, piece.inverted, _referring(piece.inside)))
        elif piece == Value("Digits") and after == Value(_KEPT):
            found.append(Value("Digits_shown"))
        elif piece == Value(_KEPT) and number and pieces[number - 1] == Value("Digits"):
            continue
        else:
            found.append(piece)
    return tuple(found)


def _known(asked: dict[str, str], found: Bin) -> dict[str, str]:
    """The parameters of a request with every value of the call as a reference to it."""
    first = "go" not in asked
    known = dict(asked)
    # Keys or speech: what was not entered is known too, as nothing.
    entered = "Digits" in asked or "SpeechResult" in asked
    if entered or _KEPT in asked:
        known["Digits_shown"] = "${call.Digits}"
    for name in found.values:
        if name == "Digits":
            continue
        if entered if name in INPUT_PARAMETERS else first or is_standard_parameter(name):
            known[name] = f"${{call.{name}}}"
    return known


def needed(piece: Piece) -> str | None:
    """A parameter without which nothing of a piece is there; None if there is no such one."""
    match piece:
        case Part(names=names, inverted=False):
            return next(iter(names))
        case Part(inside=(Part() as inner,)):
            return needed(inner)
    return None


def parse(template: str) -> tuple[Piece, ...]:
    """The pieces of a template; raises ValueError for tags that we do not write."""
    stack: list[tuple[str, bool, list[Piece]]] = [("", False, [])]
    at = 0
    for tag in _TAG.finditer(template):
        _text(template[at : tag.start()], stack[-1][2])
        at = tag.end()
        kind, name = tag[1], tag[2]
        if kind == "":
            stack[-1][2].append(Value(name))
        elif kind == "/":
            opened, inverted, inside = stack.pop()
            if opened != name or not stack:
                raise ValueError(f"{tag[0]} closes nothing")
            stack[-1][2].append(_part(name, inverted, inside))
        else:
            stack.append((name, kind == "^", []))
    _text(template[at:], stack[-1][2])
    if len(stack) != 1:
        raise ValueError(f"{stack[-1][0]} is not closed")
    return tuple(stack[0][2])


def _part(name: str, inverted: bool, inside: "list[Piece]") -> Part:
    names = frozenset((name,))
    match inside:
        case [Part(names=inner, inverted=True, inside=deeper)] if inverted:
            return Part(names | inner, inverted, deeper)
        case _:
            return Part(names, inverted, tuple(inside))


def _text(text: str, pieces: list[Piece]) -> None:
    if "{{" in text:
        raise ValueError(f"no tag of ours: {text[text.index('{{') :][:40]!r}")
    if text:
        pieces.append(text)


def render(
    pieces: Sequence[Piece],
    parameters: Mapping[str, str],
    engine: Engine,
    *,
    keep_lines: bool = False,
) -> str:
    """What a request with these parameters is answered with.

    With ``keep_lines`` what is left out leaves its line ends, so that each line has the number
    that it has in the template.
    """
    written: list[str] = []

    def write(pieces: Sequence[Piece], parameters: Mapping[str, str]) -> None:
        for piece in pieces:
            match piece:
                case str():
                    written.append(piece)
                case Value(name=name):
                    written.append("".join(_ESCAPED.get(c, c) for c in parameters.get(name, "")))
                case Part(names=names, inverted=inverted, inside=inside):
                    if names.isdisjoint(parameters) is inverted:
                        hidden = engine == "handlebars" and not inverted
                        write(inside, {} if hidden else parameters)
                    elif keep_lines:
                        written.append("\n" * _line_ends(inside))

    if engine == "mustache":  # to it, an empty one is not there
        parameters = {name: value for name, value in parameters.items() if value}
    write(pieces, parameters)
    return "".join(written)


def _line_ends(pieces: Sequence[Piece]) -> int:
    found = 0
    for piece in pieces:  # not in an expression of its own: sections can be nested very deeply
        if isinstance(piece, str):
            found += piece.count("\n")
        elif isinstance(piece, Part):
            found += _line_ends(piece.inside)
    return found
