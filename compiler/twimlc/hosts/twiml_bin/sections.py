"""The sections of a Bin: which names open a place, and in which order places stand.

Drafts of documents come in, with the names of their links; tags and verbs in order go out.

A Bin sees only whether a parameter is there. Three rules make that enough, whichever of Mustache
and Handlebars reads it (docs/serverless/twiml-bins calls it the one, its blog the other):

* A positive section holds nothing that depends on the request: Handlebars sees no parameter
  there. Inverted sections keep all of them in both. So what another line hears with values of the
  call is opened by what is not there (:func:`told_apart`): it may end without a verb that leaves.
* A place with values of the call in it, or one that many names open, comes after everything
  else: all that would play in its stead is inside inverted sections of its names, and what plays
  always leaves before it. So one text serves any number of names.
* What turns a value into a name is at the foot, outside every positive section.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from twimlc.lower.hop import Kind
from twimlc.lower.plan import EMPTY_DOCUMENT, Bin, Markup, Tags, element_size
from twimlc.yaml.tree import CallValue, Template

Block = Markup | Tags

ASKING = "go=1"
"""What every link of ours carries; a request without it begins the call."""

MOST_NESTED = 900
"""Sections inside one another that are still written. Engines of both languages call themselves for
each, and give up somewhere above a thousand."""

_VALUE_BYTES = 256
"""Room for a value of the call in an answer: most are a number or a name."""


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
    begun: Sequence[str] = (),
) -> tuple[Block, ...]:
    """The whole Bin of a call. ``carry``: the keys pressed are carried on, since a text shows them.

    ``begun`` are the names that the number's address may carry, each for a beginning of its own;
    ``unasked`` are flags of the kinds that nothing asks for here: an earlier text may have done so.
    ``apology`` answers links that no section knows.
    """
    sections = list(sections)
    own = [section for section in sections if section.line is None]
    others = [section for section in sections if section.line is not None]
    blocks = _beginning(entry, begun)
    for section in (*own, *others):
        if not section.dynamic:
            blocks += _plain(section)
    # A called party's link that no section knows must not join the parties unasked.
    legs = [f"^{section.names[0]}" for section in others if section.line == "leg"]
    if legs:
        blocks += _within([*legs, "#leg"], (Markup("Hangup"),))
    # A wait document of an earlier text may ask for this one: its caller stays where he waits.
    lines = sorted({"wait", *(section.line for section in others if section.line is not None)})
    foot = [*_foot(kinds, unasked, carry=carry), *apology]
    blocks += _within([f"^{line}" for line in lines], _before([s for s in own if s.dynamic], foot))
    for section in others:
        if section.dynamic:
            elsewhere = [line for line in lines if line != section.line]
            absent = [*elsewhere, "named", *told_apart(section.names[0])[1]]
            blocks += _within([f"^{name}" for name in absent], section.body)
    return _joined(blocks)


def messages(
    entry: tuple[Markup, ...],
    sections: Iterable[Section],
    apology: tuple[Markup, ...],
    begun: Sequence[str] = (),
) -> tuple[Block, ...]:
    """The whole Bin of a flow that answers messages: nothing in it decides."""
    sections = list(sections)
    blocks = _beginning(entry, begun)
    for section in sections:
        blocks += _plain(section)
    if sections:  # an earlier text that never led on has given no names: its links get no reply
        closed = [f"^{name}" for section in sections for name in section.names]
        blocks += _within([*closed, "#go"], apology)
    return _joined(blocks)


def _beginning(entry: tuple[Markup, ...], begun: Sequence[str]) -> list[Block]:
    return _within(["^go", *(f"^{name}" for name in begun)], entry)


def _plain(section: Section) -> Iterator[Block]:
    for name in section.names:
        yield from _within([f"#{name}"], section.body)
    for question, names in section.defaults:
        yield from _within([*(f"^{name}" for name in names), f"#{question}"], section.body)


def _within(opened: Sequence[str], inside: Iterable[Block]) -> list[Block]:
    """What is in sections that are inside one another; where that is nothing, no section."""
    inside = list(inside)
    if not opened or not inside:
        return inside
    closed = tuple(f"/{name[1:]}" for name in reversed(opened))
    return [Tags(tuple(opened)), *inside, Tags(closed)]


def _before(sections: list[Section], core: list[Block]) -> list[Block]:
    """Places after everything else: defaults inside, since a named place comes first."""
    for section in sections:
        if section.defaults:
            questions = dict.fromkeys(f"^{question}" for question, _ in section.defaults)
            core = [*_within([*questions], core), *section.body]
    for section in sections:
        if section.names:
            core = [*_within([f"^{name}" for name in section.names], core), *section.body]
    return core


def _foot(kinds: list[Kind], unasked: Sequence[str], *, carry: bool) -> Iterator[Block]:
    """A Redirect for each kind of value."""
    asked: list[Block] = []
    for number, kind in enumerate(kinds):
        kept: tuple[str | CallValue, ...] = ("=1&",)
        if carry and kind.parameter == "Digits":
            kept = ("=1&keys=", CallValue("Digits"), "&")
        question, table = CallValue("q"), CallValue("t")
        parts = (f"?{ASKING}&named=1&", question, *kept, table, *kind.name(), "=1")
        link = Markup("Redirect", (), (Template(parts),))
        asked += _within([f"^{later.flag}" for later in kinds[number + 1 :]], [link])
    if asked:
        yield from _within(["^named", *(f"^{flag}" for flag in unasked)], asked)


def _joined(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Tags that follow each other are in one place."""
    joined: list[Block] = []
    for block in blocks:
        if isinstance(block, Tags) and joined and isinstance(joined[-1], Tags):
            joined[-1] = Tags(joined[-1].names + block.names)
        else:
            joined.append(block)
    return tuple(joined)


def largest_answer(found: Bin) -> int:
    """The bytes of the biggest answer: what is always there, and the biggest section."""
    always, depth, inside, biggest = EMPTY_DOCUMENT, 0, 0, 0
    always += len(f"<!-- twimlc {found.flow} 0123456789ab -->\n".encode())
    positive = 0
    for block in found.blocks:
        if isinstance(block, Tags):
            always += 0 if found.bare else len("  <!---->\n")
            for name in block.names:
                change = -1 if name[0] == "/" else 1
                depth += change
                if name[0] == "#" or name == "^go":
                    positive = depth
                if change < 0 and depth < positive:
                    biggest, inside, positive = max(biggest, inside), 0, 0
            continue
        size = element_size(block) + _braces(block)
        if positive:
            inside += size
        else:
            always += size
    return always + max(biggest, inside)


def deepest(blocks: tuple[Block, ...]) -> int:
    """The number of sections that are inside one another, at most."""
    names = (name for block in blocks if isinstance(block, Tags) for name in block.names)
    return max(accumulate(-1 if name[0] == "/" else 1 for name in names), default=0)


def _braces(markup: Markup) -> int:
    """The bytes that braces take more as references, and values of the call."""
    extra = 0
    for text in (*(value for _, value in markup.attributes), *markup.children):
        if isinstance(text, Markup):
            extra += _braces(text)
            continue
        for part in text.parts if isinstance(text, Template) else (text,):
            extra += 5 * part.count("{") if isinstance(part, str) else _VALUE_BYTES
    return extra
