"""What compiling makes of a target: for each row of the matrix a graph and a plan."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.lower.plan import Markup, Plan
from twimlc.source import tree as t
from twimlc.source.switched import Switched
from twimlc.source.targets import Target
from twimlc.text import Place

if TYPE_CHECKING:
    from twimlc.render.versions import Finished


@dataclass(slots=True, eq=False)
class Variant:
    """One row (or none) of a target.

    ``plan`` is None where something was refused; its versions have no names yet. ``messaging`` are
    the flows that answer messages.
    """

    row: str | None
    graph: Graph
    plan: Plan | None
    messaging: frozenset[str] = frozenset()
    _finished: "Finished | None" = None

    def finished(self) -> "Finished | None":
        """The plan with its versions named, and its pages; made when they are first asked for."""
        if self._finished is None and self.plan is not None:
            from twimlc.render.versions import finish

            self._finished = finish(self.plan)
        return self._finished

    def slim(self) -> None:
        """Keep only what is written: thousands of rows would be much to keep whole."""
        finished = self.finished()
        if finished is not None:
            documents = tuple(replace(found, body=()) for found in finished.plan.documents)
            plan = replace(finished.plan, documents=documents)
            self.plan, self._finished = plan, replace(finished, plan=plan)
        self.graph = Graph({}, (), {}, {}, (), {})

    def written(self, selected: Collection[str]) -> set[str]:
        """The flows, without rows, that are written with some: all whose versions they lead to."""
        finished = self.finished()
        leads = finished.leads if finished is not None else {}
        found: set[str] = set()
        waiting = [name for name in leads if name.rpartition("/")[2] in selected]
        while waiting:
            name = waiting.pop()
            if name.rpartition("/")[2] not in found:
                found.add(name.rpartition("/")[2])
                waiting += leads[name]
        return found


@dataclass(slots=True, eq=False)
class Compiled:
    """A target, compiled. ``findings`` are those of this target, rows merged.

    ``components`` are the names of those that each flow uses, ``invariants`` what each promises,
    ``params`` those that each file declares, by its path, ``switched`` the steps of each flow that
    ``if:`` may leave out; ``read_media`` gives what stands for the sound files that flows name.
    ``alive`` are the places that some row reaches; ``planned``: every row has a plan.
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
