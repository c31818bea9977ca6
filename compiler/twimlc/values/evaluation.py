"""Computing an expression: a scope and a tree from Jinja2's parser come in, a node goes out.

Only what the language has is walked; everything else that Jinja2 can parse is refused with a
hint. Nothing is compiled, called or looked up on a Python object. This module imports Jinja2,
so only an expression that is more than a name brings it in.
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jinja2 import nodes

from twimlc.text import Span, clip_line
from twimlc.values import values
from twimlc.values.filled import looked_into
from twimlc.values.filters import FILTERS, Filter
from twimlc.values.grammar import UNSPEAKABLE, refusal
from twimlc.values.scope import Scope
from twimlc.values.values import (
    Missing,
    bad_expression,
    kind,
    refuse_call_value,
    text_of,
    unknown_name,
    wrong_operand,
)
from twimlc.yaml.names import beyond_doubt, meant
from twimlc.yaml.tree import Atom, Mapping, Node, Scalar, Sequence

Value = Node | Missing

_ORDER: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "lt": ("<", operator.lt),
    "lteq": ("<=", operator.le),
    "gt": (">", operator.gt),
    "gteq": (">=", operator.ge),
}


class Evaluation:
    """One walk over one expression; computed nodes get the place ``span``."""

    def __init__(self, scope: Scope, span: Span) -> None:
        self._scope = scope
        self._span = span
        self._budget = scope.budget

    def value(self, tree: nodes.Node) -> Node:
        """What the expression gives; what is missing in it is an error."""
        value = self._walk(tree)
        if isinstance(value, Missing):
            raise value.fault
        return value

    def _scalar(self, value: Atom) -> Scalar:
        return values.scalar(value, self._span)

    def _walk(self, tree: nodes.Node) -> Value:
        match tree:
            case nodes.Const():
                return self._constant(tree.value)
            case nodes.Name(name="call"):
                message = "'call' needs the name of a value of the call"
                raise bad_expression(message, "for example ${call.From}")
            case nodes.Name():
                value = self._scope.lookup(tree.name, self._span)
                if self._scope.surroundings.row is not None and not isinstance(value, Missing):
                    looked_into(value)
                return value
            case nodes.List():
                items = [self.value(item) for item in tree.items]
                return self._spent(values.sequence(items, self._span))
            case nodes.Getattr():
                return self._part(tree.node, self._scalar(tree.attr))
            case nodes.Getitem(arg=nodes.Slice()):
                raise refusal(tree.arg)
            case nodes.Getitem():
                return self._part(tree.node, self.value(tree.arg))
            case nodes.Compare():
                return self._compare(tree)
            case nodes.And():
                left = self.value(tree.left)
                return self._walk(tree.right) if values.truth(left) else left
            case nodes.Or():
                left = self.value(tree.left)
                return left if values.truth(left) else self._walk(tree.right)
            case nodes.Not():
                return self._scalar(not values.truth(self.value(tree.node)))
            case nodes.CondExpr():
                return self._choice(tree)
            case nodes.Concat():
                return self._join([text_of(self.value(node)) for node in tree.nodes])
            case nodes.Add():
                return self._add(self.value(tree.left), self.value(tree.right))
            case nodes.Sub():
                left, right = self.value(tree.left), self.value(tree.right)
                return self._scalar(_plus(self._number("-", left), -self._number("-", right)))
            case nodes.Neg():
                return self._scalar(-self._number("-", self.value(tree.node)))
            case nodes.Filter():
                return self._filter(tree)
        raise refusal(tree)

    def _spent(self, node: Node) -> Node:
        self._budget.spend_work(len(node) if isinstance(node, Sequence | Mapping) else 1)
        return node

    def _constant(self, value: object) -> Scalar:
        if isinstance(value, str) and UNSPEAKABLE.search(value):
            message = "the text in the expression has a control character"
            raise bad_expression(message, "only \\n and \\t are allowed")
        if not isinstance(value, str | int | None):
            value = Decimal(repr(value))
        return self._scalar(value)

    def _part(self, tree: nodes.Node, key: Node) -> Value:
        if isinstance(tree, nodes.Name) and tree.name == "call":
            return self._scope.call_value(text_of(key), self._span)
        whole = self._walk(tree)
        if isinstance(whole, Missing):
            return whole
        name = key.text if isinstance(key, Scalar) else kind(key)
        refuse_call_value(whole, f"'.{name}'")
        if isinstance(whole, Mapping):
            return self._entry(whole, text_of(key))
        if isinstance(whole, Sequence):
            return self._item(whole, key)
        raise wrong_operand(
            f"'{clip_line(name)}' is read from {kind(whole)}; only lists and maps have parts",
            at=self._place_of(whole),
        )

    def _place_of(self, whole: Node) -> Span | None:
        """Where a value was written, if the expression is about more than this one."""
        own = whole.span.place == self._span.place
        return None if own or not self._scope.repeated else whole.span

    def _entry(self, whole: Mapping, key: str) -> Value:
        self._budget.spend_work(len(whole) // 16)
        value = whole.get(key)
        if value is not None:
            return value
        names = [entry.key for entry in whole.entries[:1000]]
        sure = beyond_doubt(key, names)
        keys = ", ".join(clip_line(name, 30) for name in names[:12])
        return Missing(
            unknown_name(
                f"the map has no '{clip_line(key)}'",
                meant(key, names) or (f"its keys are: {keys}" if keys else None),
                meant=None if sure is None else (f".{key}", f".{sure}"),
                at=self._place_of(whole) if sure is None else None,
            )
        )

    def _item(self, whole: Sequence, key: Node) -> Value:
        if not isinstance(key, Scalar) or type(key.value) is not int:
            name = key.text if isinstance(key, Scalar) else kind(key)
            raise wrong_operand(
                f"the parts of a list are numbered, so '{clip_line(name)}' is none of them",
                "the first is [0]; the filters first and last work too",
            )
        if -len(whole) <= key.value < len(whole):
            return whole.items[key.value]
        message = f"the list has {len(whole)} values, so there is no [{key.text}]"
        return Missing(unknown_name(message, "the first is [0]", at=self._place_of(whole)))

    def _compare(self, tree: nodes.Compare) -> Node:
        left = self.value(tree.expr)
        for operand in tree.ops:
            right = self.value(operand.expr)
            self._spent(left)
            self._spent(right)
            if not self._holds(operand.op, left, right):
                return self._scalar(False)
            left = right
        return self._scalar(True)

    def _holds(self, op: str, left: Node, right: Node) -> bool:
        match op:
            case "eq":
                return values.equal(left, right)
            case "ne":
                return not values.equal(left, right)
            case "in":
                return self._contains(right, left)
            case "notin":
                return not self._contains(right, left)
        sign, holds = _ORDER[op]
        if all(isinstance(side, Scalar) and isinstance(side.value, str) for side in (left, right)):
            return holds(text_of(left), text_of(right))
        return holds(self._number(sign, left), self._number(sign, right))

    def _contains(self, whole: Node, part: Node) -> bool:
        refuse_call_value(part, "`in`")
        match whole:
            case Sequence():
                return any(values.equal(item, part) for item in whole.items)
            case Mapping():
                return isinstance(part, Scalar) and whole.get(part.text) is not None
            case Scalar(value=str() as text) if isinstance(part, Scalar):
                self._budget.spend_work(len(text) // 100)
                return text_of(part) in text
        raise wrong_operand(f"`in` looks into a list, a map or text, not into {kind(whole)}")

    def _choice(self, tree: nodes.CondExpr) -> Value:
        if values.truth(self.value(tree.test)):
            return self._walk(tree.expr1)
        if tree.expr2 is not None:
            return self._walk(tree.expr2)
        message = "the `if` has no `else`, and its condition is not true"
        return Missing(bad_expression(message, "write ${a if condition else b}"))

    def _join(self, texts: list[str]) -> Node:
        size = sum(map(len, texts))
        values.check_length(size)
        self._budget.spend_work(size // 100)
        return self._scalar("".join(texts))

    def _add(self, left: Node, right: Node) -> Node:
        match left, right:
            case Sequence(), Sequence():
                size = len(left) + len(right)
                if size > values.LIST_LIMIT:
                    raise values.result_too_long(f"the list would have {size:,} values")
                return self._spent(values.sequence([*left.items, *right.items], self._span))
            case Scalar(value=str() as head), Scalar(value=str() as tail):
                return self._join([head, tail])
        return self._scalar(_plus(self._number("+", left), self._number("+", right)))

    def _number(self, sign: str, operand: Node) -> int | Decimal:
        refuse_call_value(operand, f"`{sign}`")
        value = operand.value if isinstance(operand, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            digits = "(name | int) turns digits into a number" if isinstance(value, str) else None
            hint = "text is joined with ~" if sign == "+" else digits
            raise wrong_operand(f"`{sign}` needs numbers, and this is {kind(operand)}", hint)
        self._scalar(value)  # a number too long to be a result is no operand either
        return value

    def _filter(self, tree: nodes.Filter) -> Value:
        name, chosen = tree.name, FILTERS.get(tree.name)
        if chosen is None:
            known = "the filters are: " + ", ".join(sorted(FILTERS))
            sure = beyond_doubt(name, FILTERS)
            words = None if sure is None else (name, sure)
            hint = meant(name, FILTERS) or known
            raise bad_expression(f"unknown filter '{name}'", hint, meant=words)
        if tree.node is None or tree.dyn_args is not None or tree.dyn_kwargs is not None:
            raise bad_expression(f"the filter '{name}' takes plain arguments only")
        value = self._walk(tree.node)
        if isinstance(value, Missing) and not chosen.fills_in:
            raise value.fault
        if not isinstance(value, Missing):
            refuse_call_value(value, f"the filter '{name}'")
        arguments = self._arguments(tree, chosen)
        if isinstance(value, Sequence | Mapping):
            self._budget.spend_work(len(value))
        elif isinstance(value, Scalar):
            self._budget.spend_work(len(value.text) // 100 + 1)
        result = chosen.result(name, value, arguments, self._span)
        return result if isinstance(result, Missing) else self._spent(result)

    def _arguments(self, tree: nodes.Filter, chosen: Filter) -> dict[str, Node]:
        """The arguments of a filter by name, given by position or by name."""
        name, parameters = f"the filter '{tree.name}'", [*chosen.parameters]
        if len(tree.args) > len(parameters):
            raise bad_expression(f"{name} takes up to {len(parameters)} arguments")
        given = zip(parameters, tree.args, strict=False)
        arguments = {parameter: self.value(node) for parameter, node in given}
        for key, node in ((str(pair.key), pair.value) for pair in tree.kwargs):
            if key not in parameters or key in arguments:
                known = f"its arguments are: {', '.join(parameters) or 'none'}"
                raise bad_expression(f"{name} cannot take '{clip_line(key)}' here", known)
            arguments[key] = self.value(node)
        for parameter in parameters[: chosen.needed]:
            if parameter not in arguments:
                raise bad_expression(f"{name} needs its argument '{parameter}'")
        return arguments


def _plus(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """A sum; exact within the digits that a number may have."""
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return values.ARITHMETIC.add(Decimal(left), Decimal(right))
