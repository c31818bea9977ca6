"""What an expression can see: the params of its flow or component, and a few names beside them."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace

from twimlc.diagnostics.rules import values as rules
from twimlc.source.clock import clock_hint
from twimlc.source.multiples import LIMITS
from twimlc.source.names import nearest
from twimlc.source.respell import beyond_doubt
from twimlc.source.tree import Entry, Mapping, Node, Scalar
from twimlc.source.values import BrokenRuleError, Budget, KnownBrokenError, Missing
from twimlc.text import Span

SURROUNDING_NAMES = ("flow", "state", "target", "row")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What ``${…}`` sees beside params: the flow's name, the target's, the row of the matrix.

    ``state`` is set while a state is expanded; ``documents`` is how many the flow may make.
    """

    flow: str
    target: str
    row: Map[str, str] | None = None
    state: str | None = None
    documents: int = LIMITS["documents"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one place.

    ``broken`` are names that are declared, but whose value has a finding already. ``via`` is the
    ``use`` step that a component's text is reached through, ``chain`` the components entered.
    ``early`` says why call-time values cannot stand here; None where they can. ``repeated`` is
    true where text is multiplied, so that what it makes is counted.
    """

    surroundings: Surroundings
    names: Map[str, Node]
    budget: Budget = field(default_factory=Budget)
    broken: frozenset[str] = frozenset()
    via: Span | None = None
    chain: tuple[str, ...] = ()
    early: str | None = None
    repeated: bool = False

    def in_state(self, name: str) -> "Scope":
        return replace(self, surroundings=replace(self.surroundings, state=name))

    def at_compile_time(self, why: str) -> "Scope":
        return replace(self, early=why)

    def with_item(self, name: str | None, item: Node) -> "Scope":
        """Inside one turn of an ``each``."""
        names = self.names if name is None else {**self.names, name: item}
        broken = self.broken - {name} if name in self.broken else self.broken
        return replace(self, names=names, broken=broken, repeated=True)

    def lookup(self, name: str, span: Span) -> Node | Missing:
        """What a name stands for; surrounding names become nodes at ``span``."""
        if (found := self.names.get(name)) is not None:
            return found
        if name in self.broken:
            raise KnownBrokenError
        if name not in SURROUNDING_NAMES:
            return Missing(self._unknown(name))
        around = self.surroundings
        match name:
            case "row" if around.row is not None:
                entries = tuple(
                    Entry(key, span, Scalar(text, text, span, plain=False))
                    for key, text in around.row.items()
                )
                return Mapping(entries, span)
            case "row":
                why = "'row' is known only in a flow that is compiled for each row of a matrix"
                return Missing(BrokenRuleError(rules.UNKNOWN_NAME, why))
            case "state" if around.state is None:
                why = "'state' is known only inside a state"
                return Missing(BrokenRuleError(rules.UNKNOWN_NAME, why))
        text = {"flow": around.flow, "target": around.target}.get(name, around.state or "")
        return Scalar(text, text, span, plain=False)

    def _unknown(self, name: str) -> BrokenRuleError:
        known = [*self.names, *self.broken, *SURROUNDING_NAMES]
        near, meant = nearest(name, known), beyond_doubt(name, known)
        if near is not None:
            hint = f"did you mean '{near}'?"
        elif name in ("From", "To", "CallSid", "Digits", "CallStatus", "SpeechResult"):
            hint = f"a value of the call is written ${{call.{name}}}"
        elif (clock := clock_hint(name)) is not None:
            hint = clock
        elif self.chain:
            hint = (
                "a component sees only its own params: declare it there and give it "
                "with `with:` beside `use`"
            )
        elif own := sorted({*self.names, *self.broken}):
            hint = "there are: " + ", ".join(own[:12]) + (" …" if len(own) > 12 else "")
        else:
            hint = f"declare it at the top of the flow: `params: {{{name}: …}}`"
        message = f"no param is called '{name}'"
        words = None if meant is None else (name, meant)
        return BrokenRuleError(rules.UNKNOWN_NAME, message, hint, meant=words)
