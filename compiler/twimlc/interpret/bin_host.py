"""TwiML Bins as Twilio meets them: requests come in, what the Bin of a flow answers goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qsl, urlsplit

from twimlc.interpret.bin_template import Engine, Part, Piece, Value, needed, parse, render
from twimlc.interpret.host import FileHost, Response, sounds_of
from twimlc.lower.plan import Bin, Plan
from twimlc.vocabulary import INPUT_PARAMETERS, is_standard_parameter

_Needing = Mapping[str | None, list[int]]
_HANDLER = "https://handler.twilio.com/twiml/"


@dataclass(frozen=True, slots=True)
class BinHost(FileHost):
    """Bins, and the sound files of their flows. GET and POST are answered alike.

    ``addresses`` gives the address of every file. With ``references`` each value of the call that
    is known and shown stands as ``${call.NAME}``, so that an answer can be compared with the flow.
    With ``keep_lines`` an answer's lines have the numbers that they have in the Bin.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    bins: Mapping[str, Bin] = field(default_factory=dict)
    engine: Engine = "mustache"
    references: bool = False
    keep_lines: bool = False
    _paths: Mapping[str, str] = field(init=False)
    _templates: dict[str, tuple[tuple[Piece, ...], _Needing]] = field(
        init=False, default_factory=dict
    )

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

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        path = self._paths.get(url.partition("?")[0])
        if path is None:
            return Response(404)
        if path not in self.bins:
            sounds = FileHost(self.base, self.files)
            return sounds.fetch(sounds.url(path), method, {})
        if method not in ("GET", "POST"):
            return Response(405)
        asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        # Names of ours are none of Twilio's; which of two equal ones would count is not known.
        asked |= parameters
        if path not in self._templates:
            pieces = parse(self.files[path].decode())
            pieces = _referring(pieces) if self.references else pieces
            self._templates[path] = pieces, _by_need(pieces)
        if self.references:
            asked = _known(asked, self.bins[path])
        pieces, needing = self._templates[path]
        if not self.keep_lines:  # a request is answered with few of the pieces
            there = {place for name in (None, *asked) for place in needing.get(name, ())}
            pieces = tuple(pieces[place] for place in sorted(there))
        body = render(pieces, asked, self.engine, keep_lines=self.keep_lines)
        return Response(200, "text/xml", body.encode())


def bin_host(plan: Plan, files: Mapping[str, bytes], engine: Engine, references: bool) -> BinHost:
    """The host of a plan of Bins. A Bin whose SID nobody knows gets one."""
    bins = {found.path: found for found in plan.documents if isinstance(found, Bin)}
    sounds = sounds_of(plan)
    known = dict(plan.addresses)
    invented = (f"{_HANDLER}EH{number:032x}" for number in count(1))
    free = (address for address in invented if address not in known.values())
    addresses = {path: known.get(path) or next(free) for path in bins} | known
    return BinHost(
        _HANDLER.rstrip("/"),
        {**sounds, **files},
        addresses=addresses,
        bins=bins,
        engine=engine,
        references=references,
    )


_KEPT = "keys"


def _by_need(pieces: tuple[Piece, ...]) -> _Needing:
    """The places of pieces by the parameter that each needs."""
    found: dict[str | None, list[int]] = {}
    for place, piece in enumerate(pieces):
        found.setdefault(needed(piece), []).append(place)
    return found


def _referring(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The keys as a text shows them: those of this request, or those that were told on."""
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
