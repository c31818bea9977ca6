"""How many documents steps make, counted before anything is made of them.

An expanded step comes in, a number goes out; the places of what was counted come in, the finding
that there are too many goes out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from itertools import islice

from twimlc.diagnostics.diagnostic import Diagnostic, Label
from twimlc.diagnostics.rules.hosts import TOO_MANY_DOCUMENTS
from twimlc.source.components import Component
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence
from twimlc.text import Place, Span

LIMITS: Map[str, int] = {"documents": 5_000, "bytes": 50 * 1024 * 1024}
"""What one flow may be written as, unless the target says otherwise."""

_ASKING = frozenset({"gather", "record", "pay", "voicemail"})
_ENDING = frozenset({"dial", "hunt", "enqueue", "refer", "connect", "join"})
VERBS = frozenset({"menu", "offer"}) | _ASKING | _ENDING
MOST_LABELS = 4
ROWS = 100
"""So many rows of tables, or prompts that stand in line, weigh as much as a document."""


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
    # A wrong key costs a document, silence none, but each is asked behind its own words.
    return attempts + lists + _lists(offered) + 2 * attempts * count // ROWS


class Least:
    """How many documents each component makes at least, the components that it uses included."""

    def __init__(self, components: Map[str, Component]) -> None:
        self._components = components
        self._known: dict[str, int] = {}
        self._uses: dict[str, Counter[str]] = {}

    def of(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0  # what a circle adds is a finding of its own
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
        found, waiting = 0, [whole]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Sequence):
                waiting += node.items
            if not isinstance(node, Mapping) or node.entry("if") or node.entry("each"):
                continue
            for entry in node:
                if entry.key == "use" and isinstance(entry.value, Scalar):
                    found += self.of(entry.value.text)
                    uses[entry.value.text] += 1
                elif entry.key in VERBS:
                    found += documents_of(entry, node.entries)
                waiting.append(entry.value)
        return found


def _lists(target: Node | None) -> int:
    """Whether a list of steps stands here; in a map of outcomes, choices or options how many."""
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
        via = span.via
        while via is not None:
            spans.setdefault(via.place, (via, ""))
            uses[via.place] += 1
            via = via.via
    worst, share = shares.most_common(1)[0]
    span, title = spans[worst]
    again = f", because it stands there {times[worst]:,} times" if times[worst] > 1 else ""
    return TOO_MANY_DOCUMENTS.at(
        span,
        f"'{flow}' grows to more than {limit:,} {unit};"
        f" this '{title}' makes {share:,} of them{again}",
        hint="let fewer of use, each and attempts multiply each other, part the flow in several, or"
        f" allow more: 'limits: {{{unit}: …}}' of the target",
        labels=[
            *islice(labels, MOST_LABELS),
            *(
                Label(spans[place][0], f"through this use come {count:,} steps that make some")
                for place, count in uses.most_common(MOST_LABELS)
                if count > 1
            ),
        ],
    )
