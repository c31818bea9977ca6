"""The sections of a Bin: which names open a place, and in which order places stand.

Drafts of documents come in, with the names of their links; tags and verbs in order go out.

A Bin sees only whether a parameter is there. Three rules make that enough, whichever of Mustache
and Handlebars reads it (docs/serverless/twiml-bins calls it the one, its blog the other):

* A positive section holds nothing that depends on the request: Handlebars sees no parameter
  there. Inverted sections keep all of them in both. So what another line hears with values of the
  call is opened by what is not there (:func:`told_apart`): it may end without a verb that leaves.
* A place with values of the call in it, or one that many names open, stands behind everything
  else: all that would play in its stead is inside inverted sections of its names, and what plays
  always leaves before it. So one text serves any number of names.
* What turns a value into a name stands at the foot, outside every positive section.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from twimlc.lower.plan import Markup, Tags
from twimlc.source.tree import CallValue, Template

Block = Markup | Tags

ASKING = "go=1"
"""What every link of ours carries; a request without it begins the call."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value that decisions look at. ``flag`` marks the questions about it."""

    flag: str
    parameter: str
    mark: str | None = None
    presence: bool = False

    def name(self) -> tuple[str | CallValue, ...]:
        """The part of a name that the value makes."""
        if self.mark is None:
            return ("-", CallValue(self.parameter))
        if self.presence:
            # Constant text in a positive section: the same to both engines.
            tags = CallValue(f"#{self.mark}"), CallValue(f"/{self.mark}")
            return ("-", CallValue(self.parameter), tags[0], "-given", tags[1])
        return ("-", CallValue(self.parameter), "-", CallValue(self.mark))


@dataclass(slots=True)
class Section:
    """A place in a Bin. ``names`` open it; of ``defaults`` (question, names) the question does,
    unless one of the names is there. ``line`` is the parameter that marks other lines."""

    body: tuple[Markup, ...]
    line: str | None = None
    dynamic: bool = False
    names: list[str] = field(default_factory=list)
    defaults: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def told_apart(name: str) -> tuple[list[str], list[str]]:
    """What links to a place of another line carry instead of ``named``, and what opens it by not
    being there: of two names, each carries something that the other must not.

    The digits of the name in binary and the count of their zeros (Berger's code): a link carries
    the ones. If all its ones are among those of another, it has more zeros, and so a one in their
    count that the other has not.
    """
    bits = f"{int(name[1:], 16):0{4 * len(name) - 4}b}"
    bits += f"{bits.count('0'):0{len(bits).bit_length()}b}"
    ones, zeros = ([f"w{n}" for n, bit in enumerate(bits) if bit == which] for which in "10")
    return ones, zeros


def arrange(
    entry: tuple[Markup, ...],
    sections: Iterable[Section],
    kinds: list[Kind],
    apology: tuple[Markup, ...],
    *,
    carry: bool,
    unasked: Sequence[str] = (),
) -> tuple[Block, ...]:
    """The whole Bin of a call. ``carry``: the keys pressed are told on, since a text shows them.

    ``unasked`` are flags of the kinds that nothing asks for here: an earlier text may have done so.
    ``apology`` answers links that no section knows.
    """
    sections = list(sections)
    own = [found for found in sections if found.line is None]
    others = [found for found in sections if found.line is not None]
    behind = [found for found in own if found.dynamic]
    blocks = [*_section([], "^go", entry)]
    for found in own:
        if not found.dynamic:
            blocks += _plain(found)
    for found in others:
        if not found.dynamic:
            blocks += _plain(found)
    blocks += _declined(others)
    # A wait document of an earlier text may ask for this one: its caller stays where he waits.
    lines = sorted({"wait", *(found.line for found in others if found.line is not None)})
    around = [f"^{line}" for line in lines]
    core = [*_behind(behind, [*_foot(kinds, unasked, carry=carry), *apology])]
    blocks += _wrapped(around, core)
    for found in others:
        if found.dynamic:
            elsewhere = [line for line in lines if line != found.line]
            absent = [*elsewhere, "named", *told_apart(found.names[0])[1]]
            blocks += _section([f"^{name}" for name in absent], "", found.body)
    return tuple(_joined(blocks))


def messages(
    entry: tuple[Markup, ...], sections: Iterable[Section], apology: tuple[Markup, ...]
) -> tuple[Block, ...]:
    """The whole Bin of a flow that answers messages: nothing in it decides."""
    sections = list(sections)
    blocks = [*_section([], "^go", entry)]
    for found in sections:
        blocks += _plain(found)
    if sections:  # a text that never led on has told no names: whatever asks gets no reply
        closed = [f"^{name}" for found in sections for name in found.names]
        blocks += _section(closed, "#go", apology)
    return tuple(_joined(blocks))


def _plain(section: Section) -> Iterator[Block]:
    for name in section.names:
        yield from _section([], f"#{name}", section.body)
    for question, names in section.defaults:
        yield from _section([f"^{name}" for name in names], f"#{question}", section.body)


def _section(outer: list[str], inner: str, body: tuple[Markup, ...]) -> Iterator[Block]:
    if body:
        yield from _wrapped([*outer, inner] if inner else outer, list(body))


def _wrapped(opened: list[str], inside: list[Block]) -> list[Block]:
    if not opened:
        return inside
    closed = tuple(f"/{name[1:]}" for name in reversed(opened))
    return [Tags(tuple(opened)), *inside, Tags(closed)]


def _declined(others: list[Section]) -> Iterator[Block]:
    """A called party's link that no section knows must not join the parties unasked."""
    legs = [found.names[0] for found in others if found.line == "leg"]
    if legs:
        names = [f"^{name}" for name in legs]
        yield from _section(names, "#leg", (Markup("Hangup"),))


def _behind(behind: list[Section], core: list[Block]) -> list[Block]:
    """The places that stand behind everything: defaults inside, since a named place comes first."""
    for found in behind:
        if found.defaults:
            questions = dict.fromkeys(question for question, _ in found.defaults)
            core = [*_wrapped([f"^{name}" for name in questions], core), *found.body]
    for found in behind:
        if found.names:
            core = [*_wrapped([f"^{name}" for name in found.names], core), *found.body]
    return core


def _foot(kinds: list[Kind], unasked: Sequence[str], *, carry: bool) -> Iterator[Block]:
    """A Redirect for each kind of value."""
    asked: list[Block] = []
    for number, kind in enumerate(kinds):
        kept: tuple[str | CallValue, ...] = ()
        if carry and kind.parameter == "Digits":
            kept = ("&keys=", CallValue("Digits"))
        parts: tuple[str | CallValue, ...] = (
            f"?{ASKING}&named=1&",
            CallValue("q"),
            "=1",
            *kept,
            "&",
            CallValue("t"),
            *kind.name(),
            "=1",
        )
        link = Markup("Redirect", (), (Template(_merged(parts)),))
        asked += _wrapped([f"^{later.flag}" for later in kinds[number + 1 :]], [link])
    if asked:
        yield from _wrapped(["^named", *(f"^{flag}" for flag in unasked)], asked)


def _merged(parts: tuple[str | CallValue, ...]) -> tuple[str | CallValue, ...]:
    merged: list[str | CallValue] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return tuple(merged)


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """Tags that follow each other stand in one place."""
    waiting: tuple[str, ...] = ()
    for block in blocks:
        if isinstance(block, Tags):
            waiting += block.names
            continue
        if waiting:
            yield Tags(waiting)
            waiting = ()
        yield block
    if waiting:
        yield Tags(waiting)
