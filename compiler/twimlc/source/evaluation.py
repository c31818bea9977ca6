"""Computing an expression: a scope and a tree from Jinja2's parser come in, a node goes out.

Only what the language has is walked; everything else that Jinja2 can parse is refused with a
hint. Nothing is compiled, called or looked up on a Python object. This module imports Jinja2,
so only an expression that is more than a name brings it in.
"""

from collections.abc import Callable
from decimal import Decimal

from jinja2 import nodes

from twimlc.diagnostics.rules import values as rules
from twimlc.source import values
from twimlc.source.expression import call_value
from twimlc.source.filters import FILTERS, Argument, Filter
from twimlc.source.grammar import UNSPEAKABLE, refusal
from twimlc.source.names import nearest
from twimlc.source.respell import beyond_doubt
from twimlc.source.scope import Scope
from twimlc.source.tree import Mapping, Node, Scalar, Sequence, Template
from twimlc.source.values import BrokenRuleError, Missing, kind, text_of
from twimlc.text import Span

Value = Node | Missing

_ORDER: dict[str, tuple[str, Callable[[int], bool]]] = {
    "lt": ("<", lambda sign: sign < 0),
    "lteq": ("<=", lambda sign: sign <= 0),
    "gt": (">", lambda sign: sign > 0),
    "gteq": (">=", lambda sign: sign >= 0),
}


class Evaluation:
    """One walk over one expression; what it makes stands at ``span``."""

    def __init__(self, scope: Scope, span: Span) -> None:
        self._scope = scope
        self._span = span
        self._budget = scope.budget

    def result(self, tree: nodes.Expr) -> Node:
        return self._need(self._walk(tree))

    def _need(self, value: Value) -> Node:
        if isinstance(value, Missing):
            raise value.fault
        return value

    def _value(self, tree: nodes.Node) -> Node:
        return self._need(self._walk(tree))

    def _scalar(self, value: str | int | Decimal | bool | None) -> Scalar:
        return values.scalar(value, self._span)

    def _walk(self, tree: nodes.Node) -> Value:
        match tree:
            case nodes.Const():
                return self._constant(tree.value)
            case nodes.Name(name="call"):
                raise BrokenRuleError(
                    rules.BAD_EXPRESSION,
                    "'call' needs the name of a value of the call",
                    "for example ${call.From}",
                )
            case nodes.Name():
                return self._scope.lookup(tree.name, self._span)
            case nodes.List():
                items = [self._value(item) for item in tree.items]
                return self._made(values.sequence(items, self._span))
            case nodes.Getattr():
                return self._part(tree.node, tree.attr)
            case nodes.Getitem(arg=nodes.Slice()):
                raise refusal(tree.arg)
            case nodes.Getitem():
                return self._part(tree.node, self._value(tree.arg))
            case nodes.Compare():
                return self._compare(tree)
            case nodes.And():
                left = self._value(tree.left)
                return self._walk(tree.right) if values.truth(left) else left
            case nodes.Or():
                left = self._value(tree.left)
                return left if values.truth(left) else self._walk(tree.right)
            case nodes.Not():
                return self._scalar(not values.truth(self._value(tree.node)))
            case nodes.CondExpr():
                return self._choice(tree)
            case nodes.Concat():
                return self._join([text_of(self._value(node)) for node in tree.nodes])
            case nodes.Add():
                return self._add(self._value(tree.left), self._value(tree.right))
            case nodes.Sub():
                pair = self._numbers("-", self._value(tree.left), self._value(tree.right))
                return self._scalar(_plus(pair[0], -pair[1]))
            case nodes.Neg():
                (number,) = self._numbers("-", self._value(tree.node))
                return self._scalar(-number)
            case nodes.Filter():
                return self._filter(tree)
        raise refusal(tree)

    def _made(self, node: Node) -> Node:
        self._budget.toil(len(node) if isinstance(node, Sequence | Mapping) else 1)
        return node

    def _constant(self, value: object) -> Scalar:
        match value:
            case str():
                if UNSPEAKABLE.search(value):
                    message = "the text in the expression has a control character"
                    raise BrokenRuleError(
                        rules.BAD_EXPRESSION, message, "only \\n and \\t are allowed"
                    )
                return self._scalar(value)
            case bool() | int() | None:
                return self._scalar(value)
        return self._scalar(Decimal(repr(value)))

    def _part(self, tree: nodes.Node, key: str | Node) -> Value:
        if isinstance(tree, nodes.Name) and tree.name == "call":
            name = key if isinstance(key, str) else text_of(key)
            return call_value(name, self._scope, self._span)
        whole = self._walk(tree)
        if isinstance(whole, Missing):
            return whole
        if isinstance(whole, Scalar) and isinstance(whole.value, Template):
            raise values.call_fault(f"'.{key if isinstance(key, str) else text_of(key)}'")
        if isinstance(whole, Mapping):
            return self._entry(whole, key if isinstance(key, str) else text_of(key))
        if isinstance(whole, Sequence):
            return self._item(whole, key)
        name = key if isinstance(key, str) else text_of(key)
        raise BrokenRuleError(
            rules.WRONG_OPERAND,
            f"'{values.clipped(name)}' is asked of {kind(whole)}; only lists and maps have parts",
        )

    def _entry(self, whole: Mapping, key: str) -> Value:
        self._budget.toil(len(whole) // 16)
        found = whole.get(key)
        if found is not None:
            return found
        names = [entry.key for entry in whole.entries[:1000]]
        near, sure = nearest(key, names), beyond_doubt(key, names)
        keys = ", ".join(values.clipped(entry.key, 30) for entry in whole.entries[:12])
        hint = f"did you mean '{near}'?" if near else f"there are: {keys}" if keys else None
        message = f"the map has no '{values.clipped(key)}'"
        words = None if sure is None else (f".{key}", f".{sure}")
        return Missing(BrokenRuleError(rules.UNKNOWN_NAME, message, hint, meant=words))

    def _item(self, whole: Sequence, key: str | Node) -> Value:
        if not isinstance(key, Scalar) or type(key.value) is not int:
            name = key if isinstance(key, str) else kind(key)
            raise BrokenRuleError(
                rules.WRONG_OPERAND,
                f"the parts of a list are numbered, so '{values.clipped(name)}' is none of them",
                "the first is [0]; there are the filters first and last, too",
            )
        if -len(whole) <= key.value < len(whole):
            return whole.items[key.value]
        message = f"the list has {len(whole)} values, so there is no [{key.text}]"
        return Missing(BrokenRuleError(rules.UNKNOWN_NAME, message, "the first is [0]"))

    def _compare(self, tree: nodes.Compare) -> Node:
        left = self._value(tree.expr)
        for operand in tree.ops:
            right = self._value(operand.expr)
            self._made(left)
            self._made(right)
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
        if all(isinstance(side, Scalar) and type(side.value) is str for side in (left, right)):
            one, other = text_of(left), text_of(right)
            return holds((one > other) - (one < other))
        first, second = self._numbers(sign, left, right)
        return holds((first > second) - (first < second))

    def _contains(self, whole: Node, part: Node) -> bool:
        if isinstance(part, Scalar) and isinstance(part.value, Template):
            raise values.call_fault("`in`")
        match whole:
            case Sequence():
                return any(values.equal(item, part) for item in whole.items)
            case Mapping():
                return isinstance(part, Scalar) and whole.get(part.text) is not None
            case Scalar(value=str() as text) if isinstance(part, Scalar):
                self._budget.toil(len(text) // 100)
                return text_of(part) in text
        raise BrokenRuleError(
            rules.WRONG_OPERAND, f"`in` looks into a list, a map or a text, not into {kind(whole)}"
        )

    def _choice(self, tree: nodes.CondExpr) -> Value:
        if values.truth(self._value(tree.test)):
            return self._walk(tree.expr1)
        if tree.expr2 is None:
            message = "the `if` has no `else`, and its condition is not true"
            return Missing(
                BrokenRuleError(rules.BAD_EXPRESSION, message, "write ${a if condition else b}")
            )
        return self._walk(tree.expr2)

    def _join(self, texts: list[str]) -> Node:
        size = sum(map(len, texts))
        if size > values.TEXT_LIMIT:
            raise values.too_long(size)
        self._budget.toil(size // 100)
        return self._scalar("".join(texts))

    def _add(self, left: Node, right: Node) -> Node:
        match left, right:
            case Sequence(), Sequence():
                if len(left) + len(right) > values.LIST_LIMIT:
                    message = f"the list would have {len(left) + len(right):,} values"
                    raise BrokenRuleError(rules.RESULT_TOO_LONG, message)
                return self._made(values.sequence([*left.items, *right.items], self._span))
            case Scalar(value=str() as one), Scalar(value=str() as other):
                return self._join([one, other])
        return self._scalar(_plus(*self._numbers("+", left, right)))

    def _numbers(self, sign: str, *operands: Node) -> tuple[int | Decimal, ...]:
        numbers: list[int | Decimal] = []
        for operand in operands:
            value = operand.value if isinstance(operand, Scalar) else None
            if isinstance(value, Template):
                raise values.call_fault(f"`{sign}`")
            if isinstance(value, bool) or not isinstance(value, int | Decimal):
                hint = None
                if isinstance(value, str):
                    hint = "texts are joined by ~" if sign == "+" else None
                    hint = hint or "a text of digits becomes a number by (name | int)"
                elif sign == "+":
                    hint = "texts are joined by ~"
                message = f"`{sign}` needs numbers, and this is {kind(operand)}"
                raise BrokenRuleError(rules.WRONG_OPERAND, message, hint)
            # A number this long cannot be the result of anything useful either.
            numbers.append(value)
            self._scalar(value)
        return tuple(numbers)

    def _filter(self, tree: nodes.Filter) -> Value:
        name = tree.name
        if name not in FILTERS:
            near = nearest(name, FILTERS)
            hint = f"did you mean '{near}'?" if near else "there are: " + ", ".join(sorted(FILTERS))
            sure = beyond_doubt(name, FILTERS)
            words = None if sure is None else (name, sure)
            message = f"there is no filter '{name}'"
            raise BrokenRuleError(rules.BAD_EXPRESSION, message, hint, meant=words)
        if tree.node is None or tree.dyn_args is not None or tree.dyn_kwargs is not None:
            raise BrokenRuleError(
                rules.BAD_EXPRESSION, f"the filter '{name}' takes plain arguments only"
            )
        chosen = FILTERS[name]
        value = self._walk(tree.node)
        if isinstance(value, Missing) and not chosen.mends:
            raise value.fault
        if isinstance(value, Scalar) and isinstance(value.value, Template):
            raise values.call_fault(f"the filter '{name}'")
        arguments = self._arguments(tree, chosen)
        if isinstance(value, Sequence | Mapping):
            self._budget.toil(len(value))
        elif isinstance(value, Scalar):
            self._budget.toil(len(value.text) // 100 + 1)
        result = chosen.apply(value, arguments, self._span)
        return result if isinstance(result, Missing) else self._made(result)

    def _arguments(self, tree: nodes.Filter, chosen: Filter) -> dict[str, Argument]:
        """The arguments of a filter by name, given by position or by name."""
        arguments: dict[str, Argument] = {}
        if len(tree.args) > len(chosen.parameters):
            message = f"the filter '{tree.name}' takes up to {len(chosen.parameters)} arguments"
            raise BrokenRuleError(rules.BAD_EXPRESSION, message)
        for name, node in zip(chosen.parameters, tree.args, strict=False):
            arguments[name] = self._value(node)
        for pair in tree.kwargs:
            name = str(pair.key)
            if name not in chosen.parameters or name in arguments:
                known = ", ".join(chosen.parameters) or "none"
                message = f"the filter '{tree.name}' cannot take '{values.clipped(name)}' here"
                hint = f"its arguments are: {known}"
                raise BrokenRuleError(rules.BAD_EXPRESSION, message, hint)
            arguments[name] = self._value(pair.value)
        for name in chosen.parameters[: chosen.needed]:
            if name not in arguments:
                message = f"the filter '{tree.name}' needs its argument '{name}'"
                raise BrokenRuleError(rules.BAD_EXPRESSION, message)
        return arguments


def _plus(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """A sum; exact within the digits that a number may have."""
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return values.ARITHMETIC.add(Decimal(left), Decimal(right))
