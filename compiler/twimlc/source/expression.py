"""One expression of a ``${…}``: its text and a scope come in, the node it stands for comes out.

Jinja2's parser reads it and a walker of our own computes it; no template code is ever run. The
plain ``${name}``, which is nearly every expression, is answered without importing Jinja2.
"""

import re

from twimlc.diagnostics.rules import values as rules
from twimlc.source.scope import Scope
from twimlc.source.tree import CallValue, Node, Scalar, Template
from twimlc.source.values import BrokenRuleError, Missing
from twimlc.text import Span

SOURCE_LIMIT = 4_000

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_CALL = re.compile(r"call\.([A-Za-z_][A-Za-z0-9_]{0,63})")
# Words that Jinja reads as something else than a name.
_WORDS = frozenset(
    "true false none True False None and or not in is if else".split()  # noqa: SIM905
)


def evaluate(source: str, scope: Scope, span: Span) -> Node:
    """What an expression stands for; raises `BrokenRuleError` when it breaks a rule.

    Nodes made on the way stand at ``span``; what is only chosen keeps its own place.
    """
    # A param may be called `none` or `in`; standing alone, the name is what was meant.
    known = source in scope.names or (source not in _WORDS and source != "call")
    if known and _NAME.fullmatch(source):
        found = scope.lookup(source, span)
        if isinstance(found, Missing):
            raise found.fault
        return found
    if named := _CALL.fullmatch(source):
        return call_value(named.group(1), scope, span)
    _check_source(source)
    from twimlc.source.evaluation import Evaluation
    from twimlc.source.grammar import parse

    try:
        return Evaluation(scope, span).result(parse(source))
    except RecursionError:
        raise BrokenRuleError(rules.BAD_EXPRESSION, "the expression is nested too deeply") from None


def call_value(name: str, scope: Scope, span: Span) -> Scalar:
    """``${call.NAME}``: known only while the call runs."""
    text = f"${{call.{name}}}"
    if scope.early is not None:
        raise BrokenRuleError(
            rules.CALL_VALUE_EARLY,
            f"'{text}' is known only during the call, but {scope.early}",
            "decisions during a call are made with menu, gather and `when`",
        )
    if not _NAME.fullmatch(name):
        raise BrokenRuleError(
            rules.BAD_EXPRESSION, f"'{name}' cannot be the name of a value of the call"
        )
    return Scalar(Template((CallValue(name),)), text, span, plain=False)


def names_in(source: str) -> frozenset[str]:
    """The names an expression mentions; every word in it when it cannot be read."""
    if _NAME.fullmatch(source):
        return frozenset((source,))
    if _CALL.fullmatch(source):
        return frozenset()
    try:
        _check_source(source)
        from twimlc.source.grammar import names_of, parse

        return names_of(parse(source))
    except (BrokenRuleError, RecursionError):
        return frozenset(_NAME.findall(source))


def _check_source(source: str) -> None:
    if not source:
        raise BrokenRuleError(
            rules.BAD_EXPRESSION,
            "there is nothing between the braces of '${}'",
            "write the name of a param: ${name}; a literal ${ is written $${",
        )
    if len(source) > SOURCE_LIMIT:
        raise BrokenRuleError(
            rules.BAD_EXPRESSION,
            f"the expression has {len(source):,} characters; up to {SOURCE_LIMIT:,} are allowed",
            "put long texts and lists into params",
        )
