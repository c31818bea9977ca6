"""What a node of the graph says in a picture: its rows, its foot, the kinds and labels of ways."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from twimlc.flow.decisions import OTHER_VALUE, subject_of
from twimlc.flow.graph import OTHERWISE, Context, Node, NodeKey
from twimlc.flow.model import StateKey, StateLink
from twimlc.flow.targets import leaves_for
from twimlc.interpret.events import events, parties, show
from twimlc.interpret.machine import question
from twimlc.interpret.markup import Part, of_element
from twimlc.lower.transitions import may_decline
from twimlc.report.picture import Row
from twimlc.vocabulary.blocks import BLOCKS
from twimlc.vocabulary.types import in_words

_LINES = {"url": "the called party hears", "referUrl": "referral", "waitUrl": "while waiting"}
_ENDS = {Context.CALL: "hang up", Context.LEG: "joined", Context.MESSAGE: "sent"}
_CALLERS = {"From": "the caller's number", "To": "the called number"}
_MOST_KEYS = 8
_MOST_TEXT = 600


class Out(NamedTuple):
    """A way out of a place: its outcome, its kind, and the place that it leads to."""

    outcome: str
    kind: str
    to: int | str


def exits_of(node: Node) -> Iterator[tuple[str, NodeKey | StateKey | str]]:
    """Each outcome, and the node, the state, or the address that it leads to."""
    ways = dict(node.successors())
    if node.element is None:
        return
    if "declined" in ways and not may_decline(node.element):
        del ways["declined"]
        if node.fallback is not None and node.fallback not in ways.values():
            ways[OTHERWISE] = node.fallback
    yield from ways.items()
    action = node.element.get("action")
    if action is None or not leaves_for(node.element):
        return
    to = (
        action.value.state
        if isinstance(action.value, StateLink)
        else show(of_element(node.element).get("action") or "")
    )
    for outcome in node.outcomes.names or ("done",):
        if outcome not in node.exits and (outcome != "declined" or may_decline(node.element)):
            yield outcome, to


def lines_of(node: Node) -> Iterator[tuple[str, StateKey]]:
    """The documents of other lines: the attribute that names each (``Number.url``), its state."""
    for element, attribute, link, _ in node.element.links() if node.element is not None else ():
        if isinstance(link, StateLink) and attribute and attribute != "action":
            yield f"{element.tag}.{attribute}", link.state


def kind_of(node: Node, outcome: str) -> str:
    """``main`` (it worked, or is the only way), ``choice`` or ``failure``."""
    if node.asks is not None:
        good = outcome in (*node.outcomes.worked, OTHER_VALUE if not node.outcomes.worked else "")
        return "main" if good else "choice"
    block = BLOCKS.get(node.title)
    if outcome in node.keys or (
        block is not None and outcome == "input" and "options" in block.parts
    ):
        return "choice"
    if block is not None and block.outcomes:  # its choices are its good outcomes
        return "failure"
    return "main" if outcome in ("done", *node.outcomes.worked) else "failure"


def label_of(node: Node, outs: Sequence[Out], *, asks: bool) -> str:
    """The words on a way out of what ends with ``node``; none on the only way."""
    lines = dict.fromkeys(out.outcome for out in outs if out.kind == "other-line")
    words = dict.fromkeys(_LINES.get(line.partition(".")[2], line) for line in lines)
    if not asks:
        return ", ".join(words)
    names = [out.outcome for out in outs if out.outcome not in lines]
    keys = [name for name in dict.fromkeys(names) if name in node.keys]
    block = BLOCKS.get(node.title)
    said = dict(node.outcomes.words)
    if block is not None and block.outcomes:
        said |= {"input no-input": "no choice made"}
    if "options" in (block.parts if block is not None else ()):
        said |= {"input": "press any key"}
    elif node.keys:
        said |= {"input": "any other key"}
    if keys:
        more = [f"{len(keys) - _MOST_KEYS} more"] if len(keys) > _MOST_KEYS else []
        words |= {f"press {in_words(keys[:_MOST_KEYS] + more)}": None}
    left = [name for name in dict.fromkeys(names) if name not in keys]
    for group in sorted(said, key=lambda group: -group.count(" ")):
        if {*group.split(" ")} <= {*left}:
            first = left.index(group.split(" ")[0])
            left = [
                said[group] if n == first else name
                for n, name in enumerate(left)
                if n == first or name not in group.split(" ")
            ]
    return ", ".join([*words, *left])


def question_of(node: Node) -> str:
    """The kind of question that a node asks (``gather``, ``dial``, ``room`` …)."""
    if node.asks is not None:
        return node.tag.lower()
    return question(of_element(node.element)) if node.element is not None else ""


def foot_of(node: Node, context: Context) -> str:
    """How the line ends at a node that nothing follows."""
    if node.element is None:
        return _ENDS.get(context, "ends")
    return next(rows_of([node])).text


def rows_of(group: Sequence[Node]) -> Iterator[Row]:
    """What is heard and done at a node, or at all attempts that it stands for."""
    first = group[0]
    if first.element is None:
        return
    if first.asks is not None:
        symbol, words = first.does.shown or ("", "{}")
        subject = subject_of(first.asks)
        yield Row(symbol, words.replace("{}", _CALLERS.get(subject, subject.rpartition("/")[2])))
        return
    asked = [*_rows(of_element(first.element))]
    if len(group) == 1:
        yield from asked
        return
    tries, at = 1, first
    led: dict[NodeKey, set[str]] = {}
    keys = {node.key: node for node in group}
    for node in group:
        for outcome, to in node.exits.items():
            led.setdefault(to, set()).add(outcome)
    while after := next((to for to in at.exits.values() if to in keys and to > at.key), None):
        at = keys[after]
        tries += at.tag == first.tag
    again = dict.fromkeys(row for row in asked)
    more: list[Row] = []
    for node in group[1:]:
        before = led.get(node.key, set())
        word = {"no-input": "silence: ", "input": "any other key: "}.get("".join(before), "")
        assert node.element is not None
        for row in _rows(of_element(node.element)):
            if row not in again:
                again[row] = None
                more.append(row._replace(text=f"{word}{row.text}"))
    gathers = first.does.listens
    yield from asked[:-1] if gathers else asked
    yield from more
    yield Row(asked[-1].symbol, f"{'asks' if gathers else 'tries'} up to {tries} times")


def _rows(part: Part) -> Iterator[Row]:
    """What is heard and done at a verb."""
    does, noun = part.does, next(part.parts(), None)
    about = noun if noun is not None and does.reaches and noun.does.shown else part
    key = part.spec.key if part.spec is not None else part.tag
    symbol, words = about.does.shown or ("service", f"{key} {{}}")
    if does.listens and not does.records:
        for child in part.parts():
            yield from _rows(child)
        hears = part.literal("input", "dtmf").split()
        heard = [word for name, word in (("dtmf", "keys"), ("speech", "words")) if name in hears]
        yield Row(symbol, words.replace("{}", " or ".join(heard)))
        return
    if about is part and does.people and part.spec is not None and part.rings:
        value = (", then " if part.rings > 1 else ", ").join(parties(part))
    else:
        event = next(iter(events(part)), None)
        said = () if event is None else (event.noun if about is part else "", event.value)
        value = " ".join(each for each in said if isinstance(each, str) and each)
    yield Row(symbol, words.replace("{}", value[:_MOST_TEXT]).strip())
