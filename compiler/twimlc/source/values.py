"""Values that expressions compute with: they are nodes of the tree, so they keep their places.

What comes in and goes out are nodes. A `BrokenRuleError` is how a rule that is broken half-way
through an expression reaches the place that knows where the expression stands.
"""

from dataclasses import dataclass
from decimal import Context, Decimal

from twimlc.diagnostics.diagnostic import Label, Rule
from twimlc.diagnostics.rules import values as rules
from twimlc.source.tree import Atom, Entry, Mapping, Node, Scalar, Sequence, Template
from twimlc.text import Span

TEXT_LIMIT = 64 * 1024
LIST_LIMIT = 10_000
DEPTH_LIMIT = 50
NODE_LIMIT = 200_000
WORK_LIMIT = 5_000_000

# Nobody is told a longer number on the phone, and Python refuses to print much longer ones.
DIGITS_LIMIT = 300
ARITHMETIC = Context(prec=2 * DIGITS_LIMIT)


class BrokenRuleError(Exception):
    """A rule broken by an expression; becomes a finding at the place of the expression.

    ``meant`` is a word of the expression and what was surely meant by it.
    """

    def __init__(
        self,
        rule: Rule,
        message: str,
        hint: str | None = None,
        labels: tuple[Label, ...] = (),
        meant: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.hint = hint
        self.labels = labels
        self.meant = meant


class KnownBrokenError(Exception):
    """The expression needs a value that has a finding of its own already."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a name or key that is not there stands for until somebody needs it."""

    fault: BrokenRuleError


class Budget:
    """Bounds what one flow may grow to, whatever multiplies it: ``each``, components, lists."""

    __slots__ = ("nodes", "work")

    def __init__(self, nodes: int = NODE_LIMIT, work: int = WORK_LIMIT) -> None:
        self.nodes = nodes
        self.work = work

    def make(self, count: int, characters: int = 0) -> None:
        self.nodes -= count + characters // 100
        if self.nodes < 0:
            raise ExhaustedError(f"the flow grows to more than {NODE_LIMIT:,} values here")

    def toil(self, count: int) -> None:
        self.work -= count
        if self.work < 0:
            raise ExhaustedError("the flow's expressions take too long to compute")


class ExhaustedError(Exception):
    """The budget of a flow is used up; expanding stops altogether."""


class TooManyError(ExhaustedError):
    """The flow would make too many documents; the argument holds labels that say why."""


def scalar(value: Atom, span: Span, outward: int = 0) -> Scalar:
    """A computed leaf, its text bounded."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case str():
            check_length(value)
            text = value
        case int():
            # The comparison comes first: Python raises on printing an enormous number.
            if abs(value) >= 10**DIGITS_LIMIT:
                raise _too_long_number()
            text = str(value)
        case Decimal():
            if not value.is_finite() or value.adjusted() >= DIGITS_LIMIT:
                raise _too_long_number()
            text = format(value, "f")
            if len(text) > 2 * DIGITS_LIMIT:
                raise _too_long_number()
    return Scalar(value, text, span, plain=False, outward=outward)


def check_length(text: str) -> None:
    if len(text) * 4 > TEXT_LIMIT and len(text.encode("utf-8", "replace")) > TEXT_LIMIT:
        raise too_long(len(text))


def too_long(characters: int) -> BrokenRuleError:
    return BrokenRuleError(
        rules.RESULT_TOO_LONG,
        f"the result would have {characters:,} characters; a value may have up to 64 kB",
    )


def _too_long_number() -> BrokenRuleError:
    return BrokenRuleError(
        rules.RESULT_TOO_LONG, f"the number has too many digits; up to {DIGITS_LIMIT} are allowed"
    )


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
            raise BrokenRuleError(
                rules.RESULT_TOO_LONG,
                f"the list would hold more than {limit:,} values",
            )
        if depth > DEPTH_LIMIT:
            raise BrokenRuleError(
                rules.RESULT_TOO_LONG,
                f"the value has lists and maps nested more than {DEPTH_LIMIT} deep",
            )
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
            return f"the truth value {node.text}"
        case Scalar(value=str()):
            return f"the text '{clipped(node.text)}'"
        case Scalar():
            return f"the number {clipped(node.text)}"


def clipped(text: str, width: int = 60) -> str:
    """Enough of a text to recognise it in a message."""
    text = " ".join(text[: 4 * width].split())
    return text if len(text) <= width else text[: width - 1] + "…"


def call_fault(doing: str) -> BrokenRuleError:
    return BrokenRuleError(
        rules.CALL_VALUE_FILTERED,
        f"{doing} needs a value that is known only during the call",
        "a call-time value can only be put into text as it is: Hello ${call.From}",
    )


def text_of(node: Node) -> str:
    """What a value reads as inside text: numbers as they were typed."""
    if not isinstance(node, Scalar):
        raise BrokenRuleError(
            rules.VALUE_NOT_TEXT,
            f"the value is {kind(node)}, and only text and numbers can stand inside text",
            "list | join(', ') makes a text of a list" if isinstance(node, Sequence) else None,
        )
    if isinstance(node.value, Template):
        raise call_fault("this")
    if node.value is None:
        raise BrokenRuleError(
            rules.VALUE_NOT_TEXT,
            "the value is empty, so there is nothing to put into the text",
            "give it a value, or write ${name | default('…')}",
        )
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return node.text


def truth(node: Node) -> bool:
    """Whether a value counts as true: as in Jinja, but for the texts that look like the answer."""
    if not isinstance(node, Scalar):
        return len(node) > 0
    value = node.value
    if isinstance(value, Template):
        raise call_fault("a condition")
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        raise BrokenRuleError(
            rules.WRONG_OPERAND,
            f"the text '{value}' is no truth value (as a text it would always count as true)",
            f"compare it: … == '{value}'",
        )
    return bool(value)


def equal(left: Node, right: Node) -> bool:
    """Equality of values; a truth value is no number here, and a text never is one."""
    match left, right:
        case Scalar(), Scalar():
            if isinstance(left.value, Template) or isinstance(right.value, Template):
                raise call_fault("a comparison")
            if isinstance(left.value, bool) is not isinstance(right.value, bool):
                return False
            return left.value == right.value
        case Sequence(), Sequence():
            return len(left) == len(right) and all(
                equal(one, other) for one, other in zip(left.items, right.items, strict=True)
            )
        case Mapping(), Mapping():
            if len(left) != len(right):
                return False
            others = {entry.key: entry.value for entry in right}
            return all(
                entry.key in others and equal(entry.value, others[entry.key]) for entry in left
            )
    return False


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
            return Sequence(tuple(given(item, inside) for item in node.items), node.span)
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
            )


def is_expanded_use(entry: Entry) -> bool:
    """Whether this is the ``use`` of a step whose component stands in its place already."""
    value = entry.value
    return entry.key == "use" and isinstance(value, Mapping) and value.get("component") is not None
