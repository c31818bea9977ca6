"""What compiling makes of a target: for each row of the matrix a graph and a plan."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.lower.plan import Markup, Plan
from twimlc.source import tree as t
from twimlc.source.switched import Switched
from twimlc.source.targets import Target

if TYPE_CHECKING:
    from twimlc.render.document import Rendered


@dataclass(slots=True, eq=False)
class Variant:
    """One row (or none) of a target. ``plan`` is None where something was refused."""

    row: str | None
    graph: Graph
    plan: Plan | None
    _pages: "list[Rendered] | None" = None

    def pages(self) -> "list[Rendered]":
        """The documents of the plan, rendered when they are first asked for."""
        if self._pages is None:
            from twimlc.render.document import render

            self._pages = render(self.plan) if self.plan is not None else []
        return self._pages


@dataclass(slots=True, eq=False)
class Compiled:
    """A target, compiled. ``findings`` are those of this target, rows merged.

    ``components`` are the names of those that each flow uses, ``invariants`` what each promises,
    ``params`` those that each file declares, by its path, ``switched`` the steps of each flow that
    ``if:`` may leave out; ``read_media`` gives the bytes of the sound files that flows name.
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
        return self.ok and all(variant.plan is not None for variant in self.variants)
