"""The ``${…}`` of texts: where they are, what each means in a scope, and the text with the values.

The scanner knows quotes and nested braces inside an expression, so ``${ names | join('}') }`` is
one. ``$${`` is a literal ``${``. Jinja2's parser reads an expression and a walker of our own
computes it; no template code is ever run. The plain ``${name}``, which is nearly every
expression, is answered without importing Jinja2.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from twimlc.findings import Diagnostic, Label, Rule, rules
from twimlc.findings.edits import rewrite_word
from twimlc.text import Span, clip_line, lazy_pattern
from twimlc.values import filled, values
from twimlc.values.scope import ExpressionContext, Scope
from twimlc.values.values import AlreadyReportedError, ExpressionError, Missing, bad_expression
from twimlc.yaml.names import PARAM
from twimlc.yaml.tree import CallValue, Node, Scalar, Template, scalars

SOURCE_LIMIT = 4_000

_CALL = lazy_pattern(r"call\.([A-Za-z_][A-Za-z0-9_]{0,63})")
# Words that Jinja reads as something else than a name.
_WORDS = frozenset(
    "true false none True False None and or not in is if else".split()  # noqa: SIM905
)
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})
_INSIDE = lazy_pattern(r"""['"{}]""")
_QUOTED = {
    "'": lazy_pattern(r"'(?:[^'\\]|\\.)*'", re.DOTALL),
    '"': lazy_pattern(r'"(?:[^"\\]|\\.)*"', re.DOTALL),
}


class Hole(NamedTuple):
    """One ``${…}``: the expression in it, and the piece of the text that it takes.

    ``fault`` is set when it never ends, and then says what was left open.
    """

    source: str
    start: int
    end: int
    fault: str | None = None

    def place(self, text: str, span: Span) -> Span:
        """Where it is in the file, if ``text`` was read from ``span``; its first line, if unclosed.

        Quotes, escapes and folded lines make the two differ; then the piece is searched for, and
        when it cannot be known from another the whole span is the answer.
        """
        typed, piece = span.text, text[self.start : self.end]
        if self.fault is not None:
            piece = piece.split("\n")[0]
        if typed.count(piece) != text.count(piece):
            return span
        at = typed.find(piece)
        for _ in range(text.count(piece, 0, self.start)):
            at = typed.find(piece, at + len(piece))
        return Span(span.file, span.start + at, span.start + at + len(piece), span.via)


def scan(text: str) -> list[str | Hole]:
    """The literal pieces (``$${`` already replaced, never empty) and the holes of a text."""
    pieces: list[str | Hole] = []
    literal: list[str] = []
    at = 0
    while (found := text.find("${", at)) >= 0:
        if found > at and text[found - 1] == "$":
            literal.append(text[at : found - 1] + "${")
            at = found + 2
            continue
        literal.append(text[at:found])
        if before := "".join(literal):
            pieces.append(before)
        literal.clear()
        hole = _hole(text, found)
        pieces.append(hole)
        at = hole.end
    literal.append(text[at:])
    if rest := "".join(literal):
        pieces.append(rest)
    return pieces


def _hole(text: str, start: int) -> Hole:
    depth, at = 1, start + 2
    while found := _INSIDE.search(text, at):
        char, at = found.group(), found.end()
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return Hole(text[start + 2 : at - 1].strip(), start, at)
        else:
            quoted = _QUOTED[char].match(text, at - 1)
            if quoted is None:
                fault = f"the quote {char} inside it is not closed"
                return Hole(text[start + 2 :], start, len(text), fault)
            at = quoted.end()
    fault = "the } is missing" if depth == 1 else "a { inside it is not closed"
    return Hole(text[start + 2 :], start, len(text), fault)


def evaluate(source: str, scope: Scope, span: Span) -> Node:
    """The value of an expression; raises `ExpressionError` when it breaks a rule.

    Computed nodes get the place ``span``; what is only chosen keeps its own place.
    """
    # A param may be called `none` or `in`; alone, the name is what was meant.
    known = source in scope.names or (source not in _WORDS and source != "call")
    if known and PARAM.fullmatch(source):
        value = scope.lookup(source, span)
        if isinstance(value, Missing):
            raise value.fault
        return value
    if named := _CALL.fullmatch(source):
        return scope.call_value(named.group(1), span)
    _check_source(source)
    # Jinja is loaded for what is more than a name.
    from twimlc.values import evaluation, grammar

    try:
        return evaluation.Evaluation(scope, span).value(grammar.parse(source))
    except RecursionError:
        raise bad_expression("the expression is nested too deeply") from None


@lru_cache(maxsize=1024)
def names_in(source: str) -> frozenset[str]:
    """The names an expression mentions; every word in it when it cannot be read."""
    if PARAM.fullmatch(source):
        return frozenset((source,))
    if _CALL.fullmatch(source):
        return frozenset()
    try:
        _check_source(source)
        from twimlc.values.grammar import names_of, parse  # as in `evaluate`

        return names_of(parse(source))
    except (ExpressionError, RecursionError):
        return frozenset(PARAM.findall(source))


def mentioned(*nodes: Node) -> set[str]:
    """Every name that an expression somewhere in the nodes mentions."""
    return {
        name
        for leaf in scalars(*nodes)
        if isinstance(leaf.value, str) and "${" in leaf.value
        for piece in scan(leaf.value)
        if isinstance(piece, Hole)
        for name in names_in(piece.source)
    }


def _check_source(source: str) -> None:
    if not source:
        message = "there is nothing between the braces of '${}'"
        hint = "write the name of a param: ${name}; a literal ${ is written $${"
        raise bad_expression(message, hint)
    if len(source) > SOURCE_LIMIT:
        size = f"{len(source):,} characters; up to {SOURCE_LIMIT:,} are allowed"
        raise bad_expression(f"the expression has {size}", "put long texts and lists into params")


class Substitution:
    """Evaluates the expressions of a flow and collects what it finds on the way."""

    def __init__(self, around: ExpressionContext) -> None:
        self.around = around
        self.findings: list[Diagnostic] = []
        self.failures = 0
        self._seen: set[tuple[str, str, int, int, str]] = set()

    def add(self, finding: Diagnostic) -> None:
        """Keep a finding, unless it is the same one again from another turn or another use."""
        self.failures += 1
        mark = (finding.rule.slug, *finding.span.place, finding.message)
        if mark not in self._seen:
            self._seen.add(mark)
            self.findings.append(finding)

    def report(self, rule: Rule, span: Span, message: str, hint: str | None = None) -> None:
        self.add(rule.at(span, message, hint=hint))

    def substitute(self, leaf: Scalar, text: str, span: Span, scope: Scope, xml: bool) -> Node:
        """What ``leaf``, whose value is ``text``, is with the values of its ``${…}``.

        A text that is only ``${…}`` gives the value itself, unless values are to be escaped for
        ``xml``. Where something is wrong, the leaf stays as it was typed.
        """
        pieces = scan(text)
        # A block scalar ends with a line break that nobody typed on purpose.
        alone = pieces[1:] in ([], ["\n"]) and not xml
        parts: list[str | CallValue] = []
        hole: Hole | None = None
        try:
            for piece in pieces:
                if isinstance(piece, str):
                    parts.append(piece)
                    continue
                hole = piece
                value = self._evaluate(piece, scope, span)
                if alone:
                    scope.budget.spend_nodes(*_weight(value))
                    return value
                if isinstance(value, Scalar) and isinstance(value.value, Template):
                    parts += value.value.parts
                else:
                    if xml:
                        filled.looked_into(value)
                    inserted = values.text_of(value)
                    parts.append(inserted.translate(_XML) if xml else inserted)
            hole = None
            size = sum(len(part) for part in parts if isinstance(part, str))
            scope.budget.spend_nodes(0, size)
            values.check_length(size)
        except AlreadyReportedError:
            self.failures += 1
        except ExpressionError as fault:
            self._fault(fault, span if hole is None else hole.place(text, span))
        else:
            return _leaf(parts, leaf, span)
        return Scalar(leaf.value, leaf.text, span, leaf.plain, leaf.outward)

    def _evaluate(self, hole: Hole, scope: Scope, span: Span) -> Node:
        if hole.fault is not None:
            typed = clip_line("${" + hole.source.split("\n")[0], 40)
            message = f"'{typed}' is never closed: {hole.fault}"
            hint = "a literal ${ is written $${"
            raise ExpressionError(rules.UNCLOSED_EXPRESSION, message, hint)
        return evaluate(hole.source, scope, span)

    def _fault(self, fault: ExpressionError, span: Span) -> None:
        fix = None if fault.meant is None else rewrite_word(span, *fault.meant)
        labels = []
        if fault.at is not None:
            span, labels = fault.at, [Label(span, "asked for here")]
        self.add(fault.rule.at(span, fault.message, hint=fault.hint, labels=labels, fix=fix))


def _weight(value: Node) -> tuple[int, int]:
    """The nodes and characters that a value adds to a flow."""
    if isinstance(value, Scalar):
        return 0, len(value.text)
    return values.weigh(value, values.NODE_LIMIT)


def _leaf(parts: list[str | CallValue], typed: Scalar, span: Span) -> Scalar:
    """A text made of ``parts``; a template if there is a value of the call among them."""
    joined: list[str | CallValue] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] = filled.joined(joined[-1], part)
        elif part != "":
            joined.append(part)
        elif isinstance(part, filled.Filled):
            part.note()
    match joined:
        case []:
            return Scalar("", "", span, typed.plain)
        case [str() as text]:
            return Scalar(text, text, span, typed.plain)
    return Scalar(Template(tuple(joined)), typed.text, span, typed.plain)
