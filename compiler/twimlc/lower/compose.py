"""Cutting the graph into documents: which verbs stand together, and where a Redirect is needed.

The graph and the way of every node come in; drafts of all documents that some URL leads to go
out. A fetch is silence in the caller's ear, so a document goes on inline for as long as it may.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import DECISION_NEEDS_HOST, NEEDS_REDIRECT, VERB_TOO_BIG
from twimlc.flow.decisions import Cases, Clock
from twimlc.flow.graph import Context, Node, NodeKey
from twimlc.lower.drafts import (
    Asked,
    Decided,
    Draft,
    Hangup,
    Jump,
    Piece,
    Verb,
    next_of,
    states_linked,
)
from twimlc.lower.host import LEFT_OUT
from twimlc.lower.links import Addresses, ExternalLink, Groundwork, Writer
from twimlc.lower.names import CALLER, DecisionKey, DocumentKey, LinkKey
from twimlc.lower.places import by_plan, is_with
from twimlc.lower.plan import EMPTY_DOCUMENT, Choice, element_size
from twimlc.lower.questions import JOINED
from twimlc.lower.transitions import END
from twimlc.values.multiples import too_many


class _Widest(Addresses):
    """Links at their longest, for measuring before documents have their final names."""

    def __init__(self, document: DocumentKey, ground: Groundwork) -> None:
        super().__init__(ground.keys.natural(document), {}, ground)
        self._keys = ground.keys

    def document(self, key: LinkKey, documented: bool) -> str:
        # An equal document may be called index.xml, and one of the same name may add a number.
        folder, _, name = self._keys.natural(key).rpartition("/")
        return self._address(f"{folder}/{name.ljust(len('index.xml'), 'x')}-999", documented)


_Place = tuple[str, bool, NodeKey, NodeKey]


def _place(key: DocumentKey, node: Node) -> _Place:
    """What a verb's bytes and links hang on: folder, entry or not, whose line, and the verb."""
    return key.folder, key.entry, key.home, node.key


class Composer:
    """Composes the documents of one graph."""

    def __init__(self, ground: Groundwork, boundaries: set[NodeKey]) -> None:
        """``boundaries`` are those of the graph (:func:`find_boundaries`)."""
        self._ground, self._boundaries = ground, boundaries
        self._graph, self._ways = ground.graph, ground.ways
        self._keys, self._site = ground.keys, ground.site
        self._writers: dict[tuple[str, bool], Writer] = {}
        self._verbs: dict[_Place, tuple[Verb, int]] = {}
        self._jumps: dict[_Place, int] = {}
        self._runs: dict[_Place, int] = {}
        self._decided: dict[DecisionKey, Decided] = {}
        self._bytes: Counter[str] = Counter()
        self.findings = list[Diagnostic]()

    def compose(self, starts: Iterable[DocumentKey]) -> dict[DocumentKey, Draft]:
        """All documents that can be reached from ``starts``, in the order they are met."""
        drafts: dict[DocumentKey, Draft] = {}
        waiting, counted = deque(starts), defaultdict[str, list[DocumentKey]](list)
        met: set[int] = set()  # a menu is in every document that leads back to it
        while waiting:
            key = waiting.popleft()
            if key in drafts:
                continue
            draft = drafts[key] = Draft(key, self._keys.context(key), tuple(self._run(key)))
            counted[key.folder].append(key)
            if self._too_many(counted[key.folder]):
                break
            pieces = [piece for piece in draft.pieces if id(piece) not in met]
            met.update(map(id, pieces))
            for piece in pieces:
                waiting.extend(next_of(piece))
            for piece in pieces:
                if isinstance(piece, Verb):
                    waiting.extend(states_linked(piece, self._keys))
        return drafts

    def _run(self, key: DocumentKey) -> Iterator[Piece]:
        """The straight run from the first node of ``key``."""
        context = self._keys.context(key)
        if key.node == END:
            if context is Context.CALL:
                yield Hangup()
            return
        if key.asks:
            yield self._question(key)
            return
        host = self._site.host
        inside: set[NodeKey] = set()
        size, forbidding = EMPTY_DOCUMENT, self._keys.forbids_redirect(key)
        after: NodeKey | None = key.node
        while after is not None and after != END:
            node = self._graph.nodes[after]
            if node.entry is not None and key.home == CALLER:
                yield Jump(self._keys.start(node.entry), node)
                break
            if node.asks is not None:
                if host.single:
                    self._late(node)
                elif not inside and self._keys.is_place(key):
                    yield from self._placed(key)
                else:
                    yield Jump(self._keys.after(key, node.key), node)
                break
            verb, own = self._verb(key, node)
            whole = size + own + self._tail(key, self._ways[node.key].on)
            if node.key in inside:
                reason = "goes round in a loop"
            elif inside and not forbidding and not self._fits_inline(key, node, size):
                reason = "is getting long"
            elif whole > host.document_limit:
                reason = f"is longer than {host.document_limit // 1024} kB"
                if not inside:
                    self._too_big(node, whole)
                    return
            else:
                inside.add(node.key)
                size += own
                yield verb
                after = self._ways[node.key].on
                continue
            if forbidding:
                self._needs_redirect(node, forbidding, reason)
                return
            yield Jump(self._keys.after(key, node.key), node)
            break
        self._bytes[key.folder] += size
        if after == END and context is Context.CONFERENCE_WAIT:
            yield Jump(self._keys.again(key), None)

    def _fits_inline(self, key: DocumentKey, node: Node, size: int) -> bool:
        """Whether the run that starts at ``node`` should stand in this document too."""
        if node.key not in self._boundaries or node.tag == "Redirect":
            return True
        run = self._run_size(key, node)
        return size + run <= self._site.host.inline_limit or run <= self._jump_size(key, node)

    def _run_size(self, key: DocumentKey, first: Node) -> int:
        """The bytes from a boundary to the next one, with the Redirect that may be needed there."""
        place = _place(key, first)
        if place not in self._runs:
            size, node = 0, first
            while True:
                size += self._verb(key, node)[1]
                after = self._ways[node.key].on
                if after is None or after == END or after in self._boundaries:
                    break
                node = self._graph.nodes[after]
            self._runs[place] = size + self._tail(key, after)
        return self._runs[place]

    def _tail(self, key: DocumentKey, after: NodeKey | None) -> int:
        """Room to keep after a verb for getting on to ``after``."""
        if after is None:
            return 0
        if after == END:
            waits = self._keys.context(key) is Context.CONFERENCE_WAIT
            return self._jump_size(key, self._graph.nodes[key.home]) if waits else 0
        node = self._graph.nodes[after]
        inline = node.tag == "Redirect" and not self._through_entry(key, after)
        return self._verb(key, node)[1] if inline else self._jump_size(key, node)

    def _through_entry(self, key: DocumentKey, node: NodeKey) -> bool:
        """Whether ``node`` is fetched anew, since it is another flow's start."""
        return key.home == CALLER and self._graph.nodes[node].entry is not None

    def _verb(self, key: DocumentKey, node: Node) -> tuple[Verb, int]:
        """A verb and its bytes; one and the same in all documents of a folder and a line."""
        place = _place(key, node)
        if place not in self._verbs:
            verb = Verb(node, self._leave(key, node), _next_verb(node))
            size = sum(map(element_size, verb.markup(self._writer(key))))
            self._verbs[place] = verb, size
        return self._verbs[place]

    def _jump_size(self, key: DocumentKey, node: Node) -> int:
        place = _place(key, node)
        if place not in self._jumps:
            jump = self._writer(key).jump(self._keys.after(key, node.key), node)
            self._jumps[place] = element_size(jump)
        return self._jumps[place]

    def _writer(self, key: DocumentKey) -> Writer:
        place = key.folder, key.entry
        if place not in self._writers:
            self._writers[place] = Writer(key, self._ground, _Widest(key, self._ground))
        return self._writers[place]

    def _leave(self, key: DocumentKey, node: Node) -> DocumentKey | Decided | ExternalLink | None:
        """What an action leads to; never a document that would only redirect."""
        target = self._ways[node.key].leave
        if target is None:
            return None
        assert not isinstance(target, (Cases, Clock)), "a step that asks is no verb"
        if isinstance(target, Choice):
            return self._decide(self._keys.decision(key, node.key), target)
        if (
            target != END
            and not self._through_entry(key, target)
            and (there := self._graph.nodes[target]).tag == "Redirect"
        ):
            assert there.element is not None
            address = there.element.children[0] if there.element.children else None
            if isinstance(address, str) and address.strip()[:1] not in ("", "?", "#"):
                return ExternalLink(there, address.strip(), there.element.literal("method"))
        return self._keys.after(key, target)

    def _decide(self, key: DecisionKey, choice: Choice[NodeKey]) -> Decided:
        if key not in self._decided:
            documents = choice.mapped(lambda node: self._keys.decided(key, node))
            self._decided[key] = Decided(*documents, key=key)
        return self._decided[key]

    def _placed(self, key: DocumentKey) -> Iterator[Piece]:
        """A file that is switched by plan: what lies beside it, and what lies in it at first."""

        def beside(node: NodeKey, told: Mapping[str, str]) -> DocumentKey:
            return self._keys.beside(key, node, JOINED.join(told.values()))

        found = by_plan(self._ground, key, beside)
        if isinstance(found, Diagnostic):
            self.findings.append(found)
            return
        yield found[0]
        yield from self._run(found[1])

    def _question(self, key: DocumentKey) -> Asked:
        """All steps that decide from this one on, as far as nothing is heard between them."""
        numbers: dict[NodeKey, int] = {key.node: 0}
        turns: list[Cases[int | DocumentKey] | Clock[int | DocumentKey]] = []
        waiting = [key.node]

        def to(target: NodeKey) -> int | DocumentKey:
            if not (is_with(self._graph, key, target) and self._keys.asks(target)):
                return self._keys.decided(DecisionKey(*key[:3]), target)
            if target not in numbers:
                numbers[target] = len(numbers)
                waiting.append(target)
            return numbers[target]

        for node in waiting:
            leave = self._ways[node].leave
            assert isinstance(leave, (Cases, Clock)), "each step of a question asks"
            turns.append(leave.mapped(to))
        return Asked(tuple(turns))

    def _too_many(self, keys: list[DocumentKey]) -> bool:
        """Whether one folder has more than the target takes, which is then a finding."""
        folder = keys[0].folder
        for unit, count in (("documents", len(keys)), ("bytes", self._bytes[folder])):
            if count > (limit := self._site.limits[unit]):
                share = self._bytes[folder] // len(keys) if unit == "bytes" else 1
                nodes = (self._graph.nodes[key.node] for key in keys if key.node != END)
                made = ((node.span, node.title, share) for node in nodes)
                self.findings.append(too_many(made, folder, limit, unit))
                return True
        return False

    def _late(self, node: Node) -> None:
        """A Bin is told the time by the number's address alone."""
        self.findings.append(
            DECISION_NEEDS_HOST.at(
                node.span,
                f"hours is asked here after the call has begun, and '{self._site.host.name}' is"
                " told the time by the number's address alone",
                hint="let the flow begin with this step, and lead back to what comes after it; give"
                " each outcome a flow and a number of its own; or use a host of files, where hours"
                f" may stand anywhere; {LEFT_OUT}",
            )
        )

    def _too_big(self, node: Node, size: int) -> None:
        self.findings.append(
            VERB_TOO_BIG.at(
                node.span,
                f"this '{node.title}' makes a document of {size:,} bytes; {self._site.host.takes}",
                hint="shorten the text, spread it over several steps, or play a recording",
            )
        )

    def _needs_redirect(self, node: Node, attribute: str, reason: str) -> None:
        self.findings.append(
            NEEDS_REDIRECT.at(
                node.span,
                f"the document of '{attribute}' {reason} at this '{node.title}', which takes a"
                " Redirect, and Twilio does not allow one there",
                hint="write the steps out as often as they should be heard, then 'hangup'",
            )
        )


def _next_verb(node: Node) -> ExternalLink | None:
    """Where a Redirect after the verb leads, if its own action is not sure to be asked for."""
    element = node.element
    if element is None or element.spec is None or element.does.assumption is None:
        return None
    address = (element.literal("action") or "").strip()
    if not address:
        return None
    return ExternalLink(
        node, address, "POST" if element.spec.only_posts else element.literal("method")
    )
