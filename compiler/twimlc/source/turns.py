"""``if`` and ``each``: their entry in a step and a scope come in, what they decide goes out."""

from typing import TYPE_CHECKING

from twimlc.diagnostics.rules import values as rules
from twimlc.source.placeholder import Hole, scan
from twimlc.source.scope import Scope
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, Template
from twimlc.source.values import kind

if TYPE_CHECKING:
    from twimlc.source.expansion import Expansion


def holds(expansion: "Expansion", entry: Entry, scope: Scope) -> bool:
    """Whether the step stays; one whose condition has a finding does not."""
    why = "`if` is decided at compile time"
    value = expansion.attempt(entry.value, scope.at_compile_time(why))
    if value is None:
        return False
    if isinstance(value, Scalar) and isinstance(value.value, bool):
        return value.value
    span = expansion.span(entry.value.span, scope)
    if isinstance(value, Scalar) and isinstance(value.value, Template):
        message = f"{why}, and this value is known only during the call"
        expansion.report(rules.CALL_VALUE_EARLY, span, message)
        return False
    message = f"`if` needs true or false, and this is {kind(value)}"
    expansion.report(rules.IF_NOT_BOOLEAN, span, message, _better(entry.value, value))
    return False


def _better(typed: Node, value: Node) -> str:
    """How a condition could be written."""
    if not isinstance(value, Scalar):
        return "whether it holds anything: ${(name | length) > 0}"
    pieces = scan(typed.text) if isinstance(typed, Scalar) else []
    if not any(isinstance(piece, Hole) for piece in pieces):
        return "write true, false, or an expression: ${open == 'yes'}"
    if len(pieces) == 1 and isinstance(pieces[0], Hole) and isinstance(value.value, str):
        return f"compare it: ${{{pieces[0].source} == 'true'}}"
    return "write one comparison and nothing around it: ${name == 'yes'}"


def turns_of(expansion: "Expansion", entry: Entry, scope: Scope) -> tuple[Node, ...]:
    """The values of an ``each``, none when there is a finding."""
    why = "`each` is counted at compile time"
    value = expansion.attempt(entry.value, scope.at_compile_time(why))
    if value is None:
        return ()
    if isinstance(value, Sequence):
        return value.items
    span = expansion.span(entry.value.span, scope)
    if isinstance(value, Scalar) and isinstance(value.value, Template):
        message = f"{why}, and this value is known only during the call"
        expansion.report(rules.CALL_VALUE_EARLY, span, message)
        return ()
    hint = "a list is written [Monday, Tuesday]"
    if isinstance(value, Mapping):
        hint = "the names in the map are ${name | list}"
    message = f"`each` needs a list, and this is {kind(value)}"
    expansion.report(rules.EACH_NOT_LIST, span, message, hint)
    return ()
