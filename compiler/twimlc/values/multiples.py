"""How many documents steps make, counted before anything is made of them.

An expanded step comes in, a number goes out; the places of what was counted come in, the finding
that there are too many goes out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping as Map
from itertools import islice

from twimlc.findings.diagnostic import Diagnostic, Label
from twimlc.findings.rules import TOO_MANY_DOCUMENTS
from twimlc.text import Place, Span
from twimlc.values.declarations import Component
from twimlc.vocabulary import verbs
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence, maps

_VOICE = verbs("voice").items()
_ASKING = {key for key, verb in _VOICE if verb.default_action} | {"voicemail"}
_ENDING = {key for key, verb in _VOICE if verb.outcomes or verb.does.connects} | {"hunt", "join"}
VERBS = {"menu", "offer"} | _ASKING | _ENDING
MOST_LABELS = 4
ROWS = 100
"""So many rows of tables, or prompts one after another, weigh as much as a document."""


def documents_of(verb: Entry, step: tuple[Entry, ...]) -> int:
    """About how many documents a step makes; ``verb`` is one of `VERBS`, ``step`` all its keys.

    Lists that it leads to are counted, steps in them are not.
    """
    ways = {entry.key: entry.value for entry in step if entry.key in ("then", "when", "fallback")}
    lists = sum(map(_lists, ways.values()))
    body = verb.value
    if verb.key not in ("menu", "offer"):
        return max(lists, 1) if ways or verb.key in _ASKING else 0
    if not isinstance(body, Mapping):
        return 0
    offered = body.get("options" if verb.key == "offer" else "choices")
    count = len(offered) if isinstance(offered, Mapping | Sequence) else 0
    asked = body.get("attempts")
    attempts = 3 if asked is None else 1
    if isinstance(asked, Scalar) and isinstance(asked.value, int):
        attempts = asked.value
    if verb.key == "offer":
        return lists + _lists(offered) + attempts * count // ROWS
    # A wrong key costs a document, silence none, but each is asked after its own words.
    return attempts + lists + _lists(offered) + 2 * attempts * count // ROWS


class Least:
    """How many documents each component makes at least, the components that it uses included."""

    def __init__(self, components: Map[str, Component]) -> None:
        self._components = components
        self._known: dict[str, int] = {}
        self._uses: dict[str, Counter[str]] = {}

    def of(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0  # what a loop of uses adds is a finding of its own
            component = self._components.get(name)
            parts = component.body if component is not None else ()
            uses = self._uses[name] = Counter()
            self._known[name] = sum(
                self._in(part.value, uses) for part in parts if part.key in ("steps", "states")
            )
        return self._known[name]

    def why(self, name: str) -> Iterator[Label]:
        """What multiplies in a component: the components that it uses several times."""
        while uses := self._uses.get(name):
            other = max(uses, key=lambda used: uses[used] * self.of(used))
            if uses[other] > 1:
                span = self._components[name].span
                yield Label(span, f"'{name}' uses '{other}' {uses[other]:,} times")
            name = other

    def _in(self, whole: Node, uses: Counter[str]) -> int:
        documents = 0
        for part in maps(whole, skip=_may_go):
            for entry in part:
                if entry.key == "use" and isinstance(entry.value, Scalar):
                    documents += self.of(entry.value.text)
                    uses[entry.value.text] += 1
                elif entry.key in VERBS:
                    documents += documents_of(entry, part.entries)
        return documents


def _may_go(node: Node) -> bool:
    """Whether a step is made once, several times or not at all."""
    return isinstance(node, Mapping) and bool(node.entry("if") or node.entry("each"))


def _lists(target: Node | None) -> int:
    """Whether this is a list of steps; in a map of outcomes, choices or options how many."""
    match target:
        case Mapping(entries=entries):
            return sum(isinstance(entry.value, Sequence) for entry in entries)
        case Sequence(items=items) if items and all(_option(item) for item in items):
            return sum(_lists(item) for item in items)
    return int(isinstance(target, Sequence))


def _option(item: Node) -> bool:
    return isinstance(item, Mapping) and item.get("then") is not None and len(item) == 2


def too_many(
    made: Iterable[tuple[Span, str, int]],
    flow: str,
    limit: int,
    unit: str,
    labels: Iterable[Label] = (),
) -> Diagnostic:
    """The finding for more than ``limit``: of each step its place, its name and its share.

    ``labels`` say what multiplies; what brought the steps in says it, too.
    """
    shares: Counter[Place] = Counter()
    uses: Counter[Place] = Counter()
    spans: dict[Place, tuple[Span, str]] = {}
    times: Counter[Place] = Counter()
    for span, title, share in made:
        spans.setdefault(span.place, (span, title))
        shares[span.place] += share
        times[span.place] += 1
        for use in span.chain:
            spans.setdefault(use.place, (use, ""))
            uses[use.place] += 1
    worst, share = shares.most_common(1)[0]
    span, title = spans[worst]
    again = f", because it is used there {times[worst]:,} times" if times[worst] > 1 else ""
    return TOO_MANY_DOCUMENTS.at(
        span,
        f"'{flow}' grows to more than {limit:,} {unit};"
        f" this '{title}' makes {share:,} of them{again}",
        hint="nest fewer of use, each and attempts, split the flow into several, or"
        f" allow more: 'limits: {{{unit}: …}}' of the target",
        labels=[
            *islice(labels, MOST_LABELS),
            *(
                Label(spans[place][0], f"this use adds {count:,} steps that make some")
                for place, count in uses.most_common(MOST_LABELS)
                if count > 1
            ),
        ],
    )
