"""What compiling makes of a target: for each row of the matrix a graph and a plan.

And what is then known of the places where a rule is ignored.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from twimlc.findings.diagnostic import Diagnostic, Rule
from twimlc.findings.rules import PIN_IN_PUBLIC
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.hosts import find_host
from twimlc.lower.plan import Markup, Plan
from twimlc.output.manifest import base_name
from twimlc.pipeline.load import Loaded
from twimlc.project.targets import Target
from twimlc.render.versions import Finished, finish
from twimlc.text import Place, Span
from twimlc.values.conditional_steps import Switched
from twimlc.yaml import tree as t

NO_GRAPH = Graph({}, (), {}, {}, (), {})


def slimmed(finished: Finished) -> Finished:
    """Only what is written: documents without their markup."""
    documents = tuple(replace(found, body=()) for found in finished.plan.documents)
    pairs = zip(finished.pages, documents, strict=True)
    pages = tuple(page._replace(document=document) for page, document in pairs)
    return replace(finished, plan=replace(finished.plan, documents=documents), pages=pages)


@dataclass(slots=True, eq=False)
class Variant:
    """One row (or none) of a target.

    ``plan`` is None where something was refused; its versions have no names yet. ``messaging`` are
    the flows that answer messages. ``twin`` is another row with the same plan but for texts: this
    one is not compiled, its pages are ``filled``.
    """

    row: str | None
    graph: Graph
    plan: Plan | None
    messaging: frozenset[str] = frozenset()
    twin: str | None = None
    filled: Callable[[], Finished] | None = None
    _finished: Finished | None = None

    def finished(self) -> Finished | None:
        """The plan with its versions named, and its pages; made when they are first asked for."""
        if self._finished is None and self.filled is not None:
            self._finished = self.filled()
        elif self._finished is None and self.plan is not None:
            self._finished = finish(self.plan)
        return self._finished

    def slim(self) -> None:
        """Keep only what is written: thousands of rows would be much to keep whole."""
        finished = self.finished()
        if finished is not None and self.filled is None:
            self._finished = slimmed(finished)
            self.plan = self._finished.plan
        self.graph = NO_GRAPH

    def written(self, selected: Collection[str]) -> set[str]:
        """The flows, without rows, that are written with some: all whose versions they lead to."""
        finished = self.finished()
        leads = finished.leads if finished is not None else {}
        found: set[str] = set()
        waiting = [name for name in leads if base_name(name) in selected]
        while waiting:
            name = waiting.pop()
            if base_name(name) not in found:
                found.add(base_name(name))
                waiting += leads[name]
        return found


@dataclass(slots=True, eq=False)
class Compiled:
    """A target, compiled. ``findings`` are those of this target, rows merged.

    ``components`` are the names of those that each flow uses, ``invariants`` what each promises,
    ``params`` those that each file declares, by its path, ``switched`` the steps of each flow that
    ``if:`` may leave out; ``read_media`` gives what stands for the sound files that flows name.
    ``alive`` are the places that some row reaches; ``planned``: every row has a plan.
    ``questions`` are the assumptions that flows rest on, with the names of those flows.
    """

    target: Target
    variants: list[Variant] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    components: dict[str, set[str]] = field(default_factory=dict)
    invariants: dict[str, t.Node] = field(default_factory=dict)
    flows: set[str] = field(default_factory=set)
    params: Mapping[str, Collection[str]] = field(default_factory=dict)
    switched: dict[str, Switched] = field(default_factory=dict)
    read_media: Callable[[MediaLink], bytes | None] | None = None
    alive: set[Place] = field(default_factory=set)
    planned: bool = True
    questions: dict[str, set[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not any(finding.is_error for finding in self.findings)

    @property
    def apology(self) -> tuple[Markup, ...]:
        """The last resort of what serves all its flows."""
        return next((variant.plan.apology for variant in self.variants if variant.plan), ())

    @property
    def complete(self) -> bool:
        """Whether there is a plan for every row, and no error."""
        return self.ok and self.planned


def looked(
    loaded: Loaded, compiled: Sequence[Compiled], findings: Sequence[Diagnostic]
) -> Callable[[Rule, Span], bool]:
    """Tells for a rule, and a place in a file, whether every stage looked there.

    An error keeps later stages from looking. What only some hosts or some flows would show is
    not known where they are left out.
    """
    stopped = any(finding.is_error for finding in findings)
    seen = {name for made in compiled for name in made.flows}
    hosts_known = loaded.project.file is not None
    built = {made.target.name for made in compiled}
    everywhere = not hosts_known or built >= loaded.project.targets.keys()
    hosts = [find_host(made.target.host, made.target.router) for made in compiled]
    public = any(host is None or not host.private for host in hosts)

    def answer(rule: Rule, place: Span) -> bool:
        if stopped or not everywhere:
            return False
        if rule is PIN_IN_PUBLIC:
            return public
        if rule.code.startswith("TW7") and not hosts_known:  # what a host cannot do
            return False
        owner = loaded.owners.get(place.file.path)
        return owner in seen if owner is not None else loaded.whole

    return answer
