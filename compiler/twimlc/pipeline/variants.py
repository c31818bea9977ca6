"""What compiling makes of a target: for each row of the matrix a graph and a plan.

And what is then known of the places where a rule is ignored.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.lower.plan import Markup, Plan
from twimlc.project.targets import Target
from twimlc.render.versions import Finished, finish
from twimlc.text import Place
from twimlc.values.conditional_steps import Switched
from twimlc.yaml import tree as t

NO_GRAPH = Graph({}, (), {}, {}, (), {})


@dataclass(slots=True, eq=False)
class Variant:
    """One row (or none) of a target.

    ``plan`` is None where something was refused; its versions have no names yet. ``messaging`` are
    the flows that answer messages. ``twin`` is another row that differs in texts alone: then this
    one is not compiled, and ``filled`` makes its pages.
    """

    row: str | None
    graph: Graph
    plan: Plan | None
    messaging: frozenset[str] = frozenset()
    twin: str = ""
    filled: Callable[[], Finished] | None = None
    _finished: Finished | None = None

    def finished(self) -> Finished | None:
        """The plan with its versions named, and its pages; made when they are first asked for."""
        if self._finished is None and self.filled is not None:
            self._finished = self.filled()
        elif self._finished is None and self.plan is not None:
            self._finished = finish(self.plan)
        return self._finished


@dataclass(slots=True, eq=False)
class Compiled:
    """A target, compiled. ``findings`` are those of what is in no row, ``rows`` those of each row.

    ``components`` are the names of those that each flow uses, ``invariants`` what each promises,
    ``params`` those that each file declares, by its path, ``switched`` the steps of each flow that
    ``if:`` may leave out; ``read_media`` gives what stands for the sound files that flows name.
    ``alive`` are the places that some row reaches; ``planned``: every row has a plan;
    ``asks_target``: an expression asks for the target's name. ``questions`` are the assumptions
    that flows rest on, with the names of those flows.
    """

    target: Target
    variants: list[Variant] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    rows: dict[str, list[Diagnostic]] = field(default_factory=dict)
    components: dict[str, set[str]] = field(default_factory=dict)
    invariants: dict[str, t.Node] = field(default_factory=dict)
    flows: set[str] = field(default_factory=set)
    params: Mapping[str, Collection[str]] = field(default_factory=dict)
    switched: dict[str, Switched] = field(default_factory=dict)
    read_media: Callable[[MediaLink], bytes | None] | None = None
    alive: set[Place] = field(default_factory=set)
    planned: bool = True
    asks_target: bool = False
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
