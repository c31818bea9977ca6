"""The grammar of expressions: a text comes in, Jinja2's tree of it goes out, or the fault in it.

Jinja2 only parses. What it can read and the language does not have is in a table here, so that
it is refused with a hint.
"""

import re
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from twimlc.text import clip_line
from twimlc.values.values import ExpressionError, bad_expression

# The block and comment marks hold a NUL, which no source file can contain.
_ENVIRONMENT = Environment(
    block_start_string="\0{%",
    block_end_string="%}\0",
    variable_start_string="${",
    variable_end_string="}",
    comment_start_string="\0{#",
    comment_end_string="#}\0",
    autoescape=False,
)

UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# Spellings from elsewhere, tried in this order on what Jinja2 cannot read.
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r":-", "a default is written ${name | default('…')}"),
    (r"\?", "a choice is written ${a if condition else b}"),
    (r"&&", "write `and`"),
    (r"\|\|", "write `or`"),
    (r"!(?!=)", "write `not`"),
    (r"(?<![=!<>])=(?!=)", "equality is written =="),
    (r"\$\{", "inside ${…} write the name alone, without another ${…}"),
    (r"[‘’“”]", "use straight quotes: 'text'"),
    (r"^[0-9]", "text, such as a phone number, needs quotes: '…'"),
)

_OPERATORS = "the operators are ~ + and -"
_REFUSED: dict[str, tuple[str, str]] = {
    "Call": ("calls are not in the language", "only filters are: ${name | upper}"),
    "Test": (
        "tests with `is` are not in the language",
        "compare with ==, or use ${name | default('…')}",
    ),
    "Mul": ("`*` is not in the language", _OPERATORS),
    "Pow": ("`**` is not in the language", _OPERATORS),
    "Div": ("`/` is not in the language", _OPERATORS),
    "FloorDiv": ("`//` is not in the language", _OPERATORS),
    "Mod": ("`%` is not in the language", _OPERATORS),
    "Pos": ("a leading `+` is not in the language", "put a phone number in quotes: '+1…'"),
    "Slice": ("slices are not in the language", "use the filters first and last"),
    "Dict": ("maps cannot be written in an expression", "declare the map as a param"),
    "Tuple": ("parentheses do not make a list", "a list is written ['a', 'b']"),
}
_UNKNOWN = ("this kind of expression is not in the language", None)


@lru_cache(maxsize=1024)
def parse(source: str) -> nodes.Expr:
    """Jinja2's tree of an expression; a matrix asks for the same one in every row."""
    try:
        parser = Parser(_ENVIRONMENT, source, state="variable")
        tree = parser.parse_expression()
        if parser.stream.eos:
            return tree
    except (TemplateSyntaxError, ValueError, OverflowError):
        # The two others come from numbers that Python itself refuses to read.
        pass
    hint = next((hint for pattern, hint in _SPELLINGS if re.search(pattern, source)), None)
    message = f"'${{{clip_line(source)}}}' cannot be read as an expression"
    raise bad_expression(message, hint)


def names_of(tree: nodes.Expr) -> frozenset[str]:
    names = {name.name for name in tree.find_all(nodes.Name)}
    if isinstance(tree, nodes.Name):
        names.add(tree.name)
    return frozenset(names - {"call"})


def refusal(tree: nodes.Node) -> ExpressionError:
    """The error for a construct that the language does not have."""
    return bad_expression(*_REFUSED.get(type(tree).__name__, _UNKNOWN))
