"""Values that expressions compute with: they are nodes of the tree, so they keep their places.

What comes in and goes out are nodes. A `ExpressionError` is how a rule that is broken half-way
through an expression reaches the place that knows where the expression is.
"""

from dataclasses import dataclass
from decimal import Context, Decimal
from functools import partial

from twimlc.findings import Rule, rules
from twimlc.text import Span, clip_line
from twimlc.values.filled import Filled
from twimlc.yaml.tree import Atom, Entry, Mapping, Node, Scalar, Sequence, Template

TEXT_LIMIT = 64 * 1024
LIST_LIMIT = 10_000
DEPTH_LIMIT = 50
NODE_LIMIT = 200_000
WORK_LIMIT = 5_000_000

# Nobody hears a longer number on the phone, and Python refuses to print much longer ones.
DIGITS_LIMIT = 300
ARITHMETIC = Context(prec=2 * DIGITS_LIMIT)


@dataclass(eq=False)
class ExpressionError(Exception):
    """A rule broken by an expression; becomes a finding at the place of the expression.

    ``meant`` is a word of the expression and what was surely meant by it. ``at`` is where a value
    was written that lacks what the expression asks for, when other values of the expression have
    it.
    """

    rule: Rule
    message: str
    hint: str | None = None
    meant: tuple[str, str] | None = None
    at: Span | None = None


bad_expression = partial(ExpressionError, rules.BAD_EXPRESSION)
wrong_operand = partial(ExpressionError, rules.WRONG_OPERAND)
result_too_long = partial(ExpressionError, rules.RESULT_TOO_LONG)
unknown_name = partial(ExpressionError, rules.UNKNOWN_NAME)


class AlreadyReportedError(Exception):
    """The expression needs a value that has a finding of its own already."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The value of an unknown name or key; an error as soon as something needs the value."""

    fault: ExpressionError


class Budget:
    """Bounds what one flow may grow to, whatever multiplies it: ``each``, components, lists."""

    __slots__ = ("nodes", "work")

    def __init__(self) -> None:
        self.nodes = NODE_LIMIT
        self.work = WORK_LIMIT

    def spend_nodes(self, count: int, characters: int = 0) -> None:
        self.nodes -= count + characters // 100
        if self.nodes < 0:
            raise LimitExceededError(f"the flow grows to more than {NODE_LIMIT:,} values here")

    def spend_work(self, count: int) -> None:
        self.work -= count
        if self.work < 0:
            raise LimitExceededError("the flow's expressions take too long to compute")


class LimitExceededError(Exception):
    """The budget of a flow is used up; expanding stops altogether."""


class TooManyError(LimitExceededError):
    """The flow would make too many documents; the argument holds labels that say why."""


def scalar(value: Atom, span: Span, outward: int = 0) -> Scalar:
    """A computed leaf, its text bounded."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case str():
            if len(value) * 4 > TEXT_LIMIT and len(value.encode("utf-8", "replace")) > TEXT_LIMIT:
                raise too_long(len(value))
            text = value
        case int():
            # The comparison comes first: Python raises on printing an enormous number.
            text = "" if abs(value) >= 10**DIGITS_LIMIT else str(value)
        case Decimal():
            fits = value.is_finite() and value.adjusted() < DIGITS_LIMIT
            text = format(value, "f") if fits else ""
    if isinstance(value, int | Decimal) and not 0 < len(text) <= 2 * DIGITS_LIMIT:
        raise too_many_digits()
    return Scalar(value, text, span, plain=False, outward=outward)


def check_length(characters: int) -> None:
    """Refuse a text of so many characters before it is made."""
    if characters > TEXT_LIMIT:
        raise too_long(characters)


def too_long(characters: int) -> ExpressionError:
    message = f"the result would have {characters:,} characters; a value may have up to 64 kB"
    return result_too_long(message)


def too_many_digits() -> ExpressionError:
    return result_too_long(f"the number has too many digits; up to {DIGITS_LIMIT} are allowed")


def sequence(items: list[Node], span: Span) -> Sequence:
    """A computed list, bounded in length and, because lists can hold lists, in all it holds."""
    result = Sequence(tuple(items), span)
    weigh(result, LIST_LIMIT)
    return result


def weigh(node: Node, limit: int) -> tuple[int, int]:
    """How many nodes and characters a value holds; too many or too deep is a fault."""
    count = characters = 0
    todo: list[tuple[Node, int]] = [(node, 0)]
    while todo:
        current, depth = todo.pop()
        count += 1
        if count > limit:
            raise result_too_long(f"the list would hold more than {limit:,} values")
        if depth > DEPTH_LIMIT:
            message = f"the value has lists and maps nested more than {DEPTH_LIMIT} deep"
            raise result_too_long(message)
        match current:
            case Scalar():
                characters += len(current.text)
            case Sequence():
                todo.extend((item, depth + 1) for item in current.items)
            case Mapping():
                todo.extend((entry.value, depth + 1) for entry in current.entries)
    return count, characters


def kind(node: Node) -> str:
    """What a value is, in words for a message."""
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "a map"
        case Scalar(value=Template()):
            return "known only during the call"
        case Scalar(value=None):
            return "empty"
        case Scalar(value=bool()):
            return f"the boolean {node.text}"
        case Scalar(value=str()):
            return f"the text '{clip_line(node.text)}'"
        case Scalar():
            return f"the number {clip_line(node.text)}"


def refuse_call_value(node: Node, doing: str) -> None:
    """Raise an error if ``doing`` is asked of a value that is known only during the call."""
    if isinstance(node, Scalar) and isinstance(node.value, Template):
        raise ExpressionError(
            rules.CALL_VALUE_FILTERED,
            f"{doing} needs a value that is known only during the call",
            "a call-time value can only be put into text as it is: Hello ${call.From}",
        )


def text_of(node: Node) -> str:
    """What a value reads as inside text: numbers as they were typed."""
    refuse_call_value(node, "this")
    if not isinstance(node, Scalar):
        message = f"the value is {kind(node)}, and only text and numbers can be put into text"
        hint = "list | join(', ') turns a list into text" if isinstance(node, Sequence) else None
    elif node.value is None:
        message = "the value is empty, so there is nothing to put into the text"
        hint = "give it a value, or write ${name | default('…')}"
    else:
        return node.text
    raise ExpressionError(rules.VALUE_NOT_TEXT, message, hint)


def truth(node: Node) -> bool:
    """Whether a value counts as true: as in Jinja, but for the texts that look like the answer."""
    refuse_call_value(node, "a condition")
    if not isinstance(node, Scalar):
        return len(node) > 0
    if isinstance(node.value, str) and node.value.strip().lower() in ("true", "false"):
        raise wrong_operand(
            f"the text '{node.value}' is neither true nor false (as text it always counts as true)",
            f"compare it: … == '{node.value}'",
        )
    return bool(node.value)


def equal(left: Node, right: Node) -> bool:
    """Equality of values; a truth value is no number here, and a text never is one."""
    match left, right:
        case Scalar(), Scalar():
            refuse_call_value(left, "a comparison")
            refuse_call_value(right, "a comparison")
            if isinstance(left.value, bool) is not isinstance(right.value, bool):
                return False
            return left.value == right.value
        case Sequence(), Sequence():
            return len(left) == len(right) and all(
                equal(*pair) for pair in zip(left.items, right.items, strict=True)
            )
        case Mapping(), Mapping():
            if len(left) != len(right):
                return False
            others = {entry.key: entry.value for entry in right}
            return all(
                entry.key in others and equal(entry.value, others[entry.key]) for entry in left
            )
    return False


def brought(node: Node, place: Span) -> Node:
    """A value as it is at a place that it is put into: what is wrong in it is found where it was
    written, and the place is shown with it.
    """
    span = written(node.span, place)
    match node:
        case Scalar(value=Filled() as text):
            own = Filled.of(text, text.parts, text.read)
            return Scalar(own, own, span, node.plain, node.outward)
        case Scalar():
            return Scalar(node.value, node.text, span, node.plain, node.outward)
        case Sequence():
            items = tuple(brought(item, place) for item in node.items)
            return Sequence(items, span, node.emptied)
        case Mapping():
            entries = (
                Entry(entry.key, written(entry.key_span, place), brought(entry.value, place))
                for entry in node.entries
            )
            return Mapping(tuple(entries), span, node.outward)


def written(span: Span, place: Span) -> Span:
    """Where a value was written that is put into ``place``; what was computed is there."""
    return place if span.place == place.place else Span(span.file, span.start, span.end, place)


def given(node: Node, inside: int = 0) -> Node:
    """A value as seen from inside the component it is given to: one scope further out.

    Steps that are given may themselves use components. What those keep for themselves stays
    theirs, and only what reaches out of all of them (``inside`` counts them) moves outward.
    """
    match node:
        case Scalar():
            outward = node.outward + 1 if node.outward >= inside else node.outward
            return Scalar(node.value, node.text, node.span, node.plain, outward)
        case Sequence():
            items = tuple(given(item, inside) for item in node.items)
            return Sequence(items, node.span, node.emptied)
        case Mapping():
            return Mapping(
                tuple(
                    Entry(
                        entry.key,
                        entry.key_span,
                        given(entry.value, inside + 1 if is_expanded_use(entry) else inside),
                    )
                    for entry in node.entries
                ),
                node.span,
                node.outward + 1 if node.outward >= inside else node.outward,
            )


def is_expanded_use(entry: Entry) -> bool:
    """Whether this is the ``use`` of a step that holds its component already."""
    value = entry.value
    return entry.key == "use" and isinstance(value, Mapping) and value.get("component") is not None
