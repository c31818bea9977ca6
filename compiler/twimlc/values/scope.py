"""What an expression can see: the params of its flow or component, and a few names beside them."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from twimlc.findings import rules
from twimlc.formats.project_file import LIMITS
from twimlc.formats.synonyms import clock_hint
from twimlc.text import Span
from twimlc.values import values
from twimlc.yaml.names import PARAM, beyond_doubt, meant
from twimlc.yaml.tree import CallValue, Entry, Mapping, Node, Scalar, Template

SURROUNDING_NAMES = ("flow", "state", "target", "row")


class ExpressionContext(NamedTuple):
    """What ``${…}`` sees beside params: the flow's name, the target's, the row of the matrix.

    ``state`` is set while a state is expanded; ``documents`` is how many the flow may make.
    ``asked`` takes in the target's name where an expression asks for it.
    """

    flow: str
    target: str
    row: Map[str, Scalar] | None = None
    state: str | None = None
    documents: int = LIMITS["documents"]
    asked: set[str] | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one place.

    ``broken`` are names that are declared, but whose value has a finding already. ``via`` is the
    ``use`` step that a component's text is reached through, ``chain`` the components entered.
    ``early`` says why call-time values are refused here; None where they can. ``repeated`` is
    true where text is multiplied, so that what it makes is counted.
    """

    surroundings: ExpressionContext
    names: Map[str, Node]
    budget: values.Budget = field(default_factory=values.Budget)
    broken: frozenset[str] = frozenset()
    via: Span | None = None
    chain: tuple[str, ...] = ()
    early: str | None = None
    repeated: bool = False

    def in_state(self, name: str) -> "Scope":
        return replace(self, surroundings=self.surroundings._replace(state=name))

    def at_compile_time(self, why: str) -> "Scope":
        return replace(self, early=why)

    def with_item(self, name: str | None, item: Node) -> "Scope":
        """Inside one turn of an ``each``."""
        names = self.names if name is None else {**self.names, name: item}
        broken = self.broken - {name} if name in self.broken else self.broken
        return replace(self, names=names, broken=broken, repeated=True)

    def lookup(self, name: str, span: Span) -> Node | values.Missing:
        """The value of a name; surrounding names become nodes at ``span``."""
        if (value := self.names.get(name)) is not None:
            return value
        if name in self.broken:
            raise values.AlreadyReportedError
        if name not in SURROUNDING_NAMES:
            return values.Missing(self._unknown(name))
        around = self.surroundings
        if name == "row" and around.row is not None:
            return Mapping(tuple(Entry(key, span, cell) for key, cell in around.row.items()), span)
        if name == "row":
            why = "'row' is known only in a flow that is compiled for each row of a matrix"
            return values.Missing(values.unknown_name(why))
        if name == "target" and around.asked is not None:
            around.asked.add(around.target)
        text = {"flow": around.flow, "target": around.target, "state": around.state}[name]
        if text is None:
            return values.Missing(values.unknown_name("'state' is known only inside a state"))
        return Scalar(text, text, span, plain=False)

    def call_value(self, name: str, span: Span) -> Scalar:
        """``${call.NAME}``: known only while the call runs."""
        text = f"${{call.{name}}}"
        if self.early is not None:
            raise values.ExpressionError(
                rules.CALL_VALUE_EARLY,
                f"'{text}' is known only during the call, but {self.early}",
                "decisions during a call are made with menu, gather and `when`",
            )
        if not PARAM.fullmatch(name):
            raise values.bad_expression(f"'{name}' cannot be the name of a value of the call")
        return Scalar(Template((CallValue(name),)), text, span, plain=False)

    def _unknown(self, name: str) -> values.ExpressionError:
        known = [*self.names, *self.broken, *SURROUNDING_NAMES]
        if (hint := meant(name, known)) is not None:
            pass
        elif name in ("From", "To", "CallSid", "Digits", "CallStatus", "SpeechResult"):
            hint = f"a value of the call is written ${{call.{name}}}"
        elif (hint := clock_hint(name)) is not None:
            pass
        elif self.chain:
            hint = (
                "a component sees only its own params: declare it there and give it "
                "with `with:` beside `use`"
            )
        elif own := sorted({*self.names, *self.broken}):
            hint = "the params are: " + ", ".join(own[:12]) + (" …" if len(own) > 12 else "")
        else:
            hint = f"declare it at the top of the flow: `params: {{{name}: …}}`"
        sure = beyond_doubt(name, known)
        words = None if sure is None else (name, sure)
        return values.unknown_name(f"unknown param '{name}'", hint, meant=words)
