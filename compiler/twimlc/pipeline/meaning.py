"""What flows say in one row of a target: what was read comes in, models of flows go out."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import without_echoes
from twimlc.flow.addresses import under_contract
from twimlc.flow.decisions import Known
from twimlc.flow.model import Flow, StateKey
from twimlc.flow.names import FlowNames
from twimlc.flow.read import flow_names, read_flow
from twimlc.formats.check import check_expanded
from twimlc.hosts import find_host, with_routing
from twimlc.lower.host import Site
from twimlc.lower.own_addresses import name_at
from twimlc.pipeline.lists import Lists
from twimlc.pipeline.load import Loaded
from twimlc.project.targets import Target
from twimlc.values.expand import expand_flow, resolve_params, with_start
from twimlc.values.filled import looked_into, marked
from twimlc.values.scope import ExpressionContext
from twimlc.yaml import tree as t

if TYPE_CHECKING:
    from twimlc.calendars.read import Calendar  # most flows have none
    from twimlc.calendars.settled import Settled


class FlowElsewhereError(Exception):
    """What is compiled leads to a flow that was not read with it, whose name is the message."""


class _Names(Mapping[str, FlowNames]):
    """What flows may know of each other: what was ``read``; others that are ``known`` were not."""

    def __init__(self, read: dict[str, FlowNames], known: Collection[str] = ()) -> None:
        self.read, self.known = read, known

    def __getitem__(self, name: str) -> FlowNames:
        if name not in self.read and name in self.known:
            raise FlowElsewhereError(name)
        return self.read[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.read
        yield from sorted(set(self.known) - self.read.keys())

    def __len__(self) -> int:
        return len(self.read.keys() | self.known)


@dataclass(slots=True, eq=False)
class Meaning:
    """Models of flows, and the states that each names, with the findings of reading.

    ``sorry`` is the flow of the apology, ``jumps`` the states that it names; ``components`` are the
    names of those that each flow uses, ``invariants`` what each promises, ``calendars`` those that
    it can ask, ``settled`` all by their names in the plan. ``trees`` are the flows as they were
    expanded, ``read`` the columns that something looked into on the way; ``asks_target``: an
    expression asked for the target's name.
    """

    flows: dict[str, Flow] = field(default_factory=dict)
    named: dict[str, frozenset[StateKey]] = field(default_factory=dict)
    sorry: Flow | None = None
    jumps: frozenset[StateKey] = frozenset()
    findings: list[Diagnostic] = field(default_factory=list)
    components: dict[str, set[str]] = field(default_factory=dict)
    invariants: dict[str, t.Node] = field(default_factory=dict)
    trees: list[t.Node] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    asks_target: bool = False
    calendars: "dict[str, Mapping[str, Calendar]]" = field(default_factory=dict)
    settled: "dict[str, Settled]" = field(default_factory=dict)


class RowReader:
    """Reads the flows of one row of a target; ``row`` is None for those outside the matrix.

    ``covered`` are the names of all flows that the target is built of, ``in_matrix`` those of them
    that have rows; ``site`` is where its documents lie (None: its host is unknown).
    """

    def __init__(self, loaded: Loaded, target: Target, row: str | None) -> None:
        self.loaded, self.target, self.row = loaded, target, row
        self.covered, self.in_matrix = loaded.survey.built_for(target)
        self.matrix = loaded.project.matrix
        self.host = find_host(target.host, target.router)
        self.given: list[Mapping[str, t.Node]] = [loaded.project.params, target.params]
        self.columns: Mapping[str, t.Scalar] | None = None
        self.looked_at: set[str] = set()
        self.asked: set[str] = set()
        if row is not None and self.matrix is not None:
            columns = self.columns = marked(self.matrix.rows[row], self.looked_at)
            self.given.append({name: columns[name] for name in self.matrix.params[row]})
        self.given += [values for values, _ in loaded.survey.params]
        self.lies_at: Callable[[str, str], str | None] = lambda address, flow: None
        self.site: Site | None = None
        if self.host is not None:
            self.site = Site(
                self.host,
                target.url,
                row,
                target.allow,
                media=target.media,
                bin=target.bin,
                bins=tuple(target.bins.items()),
                bare=target.tags == "bare",
                limits=target.limits,
                routing=with_routing(),
                switching=with_routing(switches=True),
            )
            self.lies_at = name_at(self.site, self.covered)

    @property
    def single(self) -> bool:
        """Whether a document holds what its flow jumps into, whether or not that is built."""
        return self.host is not None and self.host.single

    def key(self) -> Hashable:
        """What the meaning depends on, but for what all targets have in common, and for the
        target's name where an expression asks for that."""
        target, loaded = self.target, self.loaded
        named = not self.single and not loaded.members <= self.covered
        return (
            self.row,
            self.host is None,
            self.single,
            target.url,
            tuple(target.bins.items()),
            target.name if named else "",
            self.covered,
            tuple((name, id(value)) for name, value in target.params.items()),
            target.limits["documents"],
            target.apology_flow,
        )

    def _context(self, name: str) -> ExpressionContext:
        documents = self.target.limits["documents"]
        return ExpressionContext(name, self.target.name, self.columns, None, documents, self.asked)

    def _names_of(self, name: str) -> FlowNames:
        reachable = self.row is not None or self.matrix is None or not self.matrix.covers(name)
        tree = with_start(self.loaded.flows[name].tree, self.given, self._context(name))
        return flow_names(tree, name, reachable=reachable)

    def read(self) -> Meaning:
        """Read the row's flows and those that they jump to; the apology and the states it names.

        Raises :class:`FlowElsewhereError`.
        """
        loaded, flows, made = self.loaded, self.loaded.flows, Meaning(read=self.looked_at)
        read = {name: self._names_of(name) for name in loaded.members}
        known: Collection[str] = ()
        if loaded.group is not None:  # of those that cannot be read nobody knows anything
            unreadable = loaded.group - read.keys()
            known = loaded.survey.names - unreadable if unreadable else loaded.survey.names
        names = _Names(read, known)
        own = loaded.members & self.covered
        own = own & self.in_matrix if self.row is not None else own - self.in_matrix
        joined = loaded.members if self.single else self.covered
        for name in loaded.members - joined:
            read[name] = read[name]._replace(missing_in=self.target.name)
        waiting, seen = sorted(own), set(own)
        while waiting:
            name = waiting.pop(0)
            flow, named = self._flow(name, names, made)
            if flow is not None:
                made.flows[name], made.named[name] = flow, named
                further = {key.flow for key in named} & joined - seen
                seen |= further
                waiting += sorted(further)
        sorry = self.target.apology_flow or ""
        made.sorry, made.jumps = made.flows.get(sorry), made.named.get(sorry, frozenset())
        if sorry in flows.keys() - seen:
            read[sorry] = self._names_of(sorry)
            made.sorry, made.jumps = self._flow(sorry, names, made)
        _without_broken(made.flows, made.named)
        made.asks_target = bool(self.asked)
        return made

    def _flow(
        self, name: str, names: Mapping[str, FlowNames], made: Meaning
    ) -> tuple[Flow | None, frozenset[StateKey]]:
        """The model of one flow; None where it has errors. One mistake gives one finding."""
        loaded, source, context = self.loaded, self.loaded.flows[name], self._context(name)
        components = loaded.components.get(source.folder, {})
        faulty = loaded.survey.component_faults.get(source.folder, {})
        params, findings = resolve_params(source.tree, self.given, context)
        unreadable = faulty.keys() - components.keys()
        tree, found, used = expand_flow(source.tree, params, context, components, unreadable)
        shared = used & faulty.keys() - t.key_spans(source.tree.get("components")).keys()
        told = [f for f in source.faults if f.is_error]
        told += [fault for name in sorted(shared) for fault in faulty[name]]
        places = {f.span.place for f in told}
        findings += [f for f in found if f.span.place not in places]
        made.components.setdefault(source.name, set()).update(used)
        if self.row is not None:  # who fills in rows looks at them; they are large
            made.trees.append(tree)
        if (promised := tree.get("invariants")) is not None:
            made.invariants[source.name] = promised
        if tree is not source.tree:  # it did not grow too large
            tree, shape = check_expanded(tree)
            findings += without_echoes(shape, [f for f in (*told, *findings) if f.is_error])
        made.calendars[source.name] = calendars = dict(loaded.project.calendars)
        if (there := tree.get("calendars")) is not None:
            from twimlc.calendars.read import read_flow_calendars  # as above

            looked_into(there)
            own, found = read_flow_calendars(tree, calendars)
            calendars |= own
            findings += without_echoes(found, [f for f in (*told, *findings) if f.is_error])
        lists = Lists(loaded, tree.get("lists"), source.folder)
        asked = self._known(calendars, lists, source.name, tree, made)
        read, found = read_flow(tree, source.file, names[source.name], names, self.lies_at, asked)
        found += lists.findings
        if loaded.project.account.interconnect:
            found = under_contract(found)
        findings += without_echoes(found, [f for f in (*told, *findings) if f.is_error])
        broken = any(f.is_error for f in (*told, *findings))
        made.findings += [f for f in findings if f not in source.faults]
        if source.name not in loaded.selected:  # nobody else tells what is wrong in it
            made.findings += [f for f in source.faults if f.is_error]
        return (None, frozenset()) if broken or read is None else (read.flow, read.named)

    def _known(
        self,
        calendars: "Mapping[str, Calendar]",
        lists: Lists,
        flow: str,
        tree: t.Mapping,
        made: Meaning,
    ) -> Known:
        """What the steps of a flow can ask; its own calendars are named after its folder."""
        root = "" if self.row is None else f"{self.row}/"
        named: dict[str, tuple[str, tuple[str, ...]]] = {}
        for name, calendar in calendars.items():
            shared = name in self.loaded.project.calendars
            key = name if shared else f"{root}{flow}/{name}"
            named[name] = key, calendar.outcomes
            if calendar.settled is not None:
                made.settled[key] = calendar.settled
        sent = [item.text for item in t.items_of(tree.get("call")) if isinstance(item, t.Scalar)]
        return Known(named, lists, sent)


def _without_broken(flows: dict[str, Flow], named: Mapping[str, frozenset[StateKey]]) -> None:
    """Drop flows that jump to one with errors: what they mean is not known."""
    while True:
        gone = [name for name in flows if any(key.flow not in flows for key in named[name])]
        if not gone:
            return
        for name in gone:
            del flows[name]
