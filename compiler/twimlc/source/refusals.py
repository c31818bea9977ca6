"""The findings about YAML that parses and yet cannot be a flow: places come in, findings go out."""

import re

from twimlc.diagnostics.diagnostic import Diagnostic, Label
from twimlc.diagnostics.rules import yaml as rules
from twimlc.text import SourceFile, Span

_TAG = re.compile(r"(?:&\S*\s+)?(![^\s,\[\]{}]*)")


def duplicate_key(key: str, span: Span, first: Span) -> Diagnostic:
    """The same key again in one map."""
    if key == "<<":
        message = "'<<' stands twice in one map"
        hint = "give a list instead: '<<: [*one, *two]'"
    else:
        message = f"the key '{key}' stands twice in one map (first in line {first.begin.line})"
        hint = "rename one of the two, or put both contents under one key"
    label = Label(first, "the first one is here")
    return rules.DUPLICATE_KEY.at(span, message, hint=hint, labels=[label])


def tag(file: SourceFile, start: int) -> Diagnostic:
    """A tag other than ``!!str`` on a scalar; ``start`` is where the node's properties begin."""
    match = _TAG.match(file.text, start)
    span = Span(file, *(match.span(1) if match else (start, start + 1)))
    return rules.TAG.at(
        span,
        f"'{span.text}' is a YAML tag; flows have none",
        hint="a text that starts with '!' goes in quotes; otherwise leave the tag out",
    )


def escaped_character(span: Span, char: str) -> Diagnostic:
    """An escape in double quotes that makes a character XML has no way to write."""
    return rules.CONTROL_CHARACTER.at(
        span,
        f"an escape in this text makes U+{ord(char):04X}, which XML cannot carry",
        hint="leave the escape out, or write '\\\\' for a backslash that is meant as such",
    )


def map_in_map(file: SourceFile, start: int, inner: int) -> Diagnostic:
    """``{{desk}}`` without quotes."""
    line = file.position(start).line
    close = file.text.find("}}", inner, file.offset(line) + len(file.line(line)))
    span = Span(file, start, close + 2 if close >= 0 else inner + 1)
    name = span.text.strip("{} \t\r\n") or "name"
    return rules.UNQUOTED_BRACES.at(
        span,
        f"'{span.text}' is read as a map in a map, not as a value to fill in",
        hint=f"a value is written '${{{name}}}'; braces meant as text go in quotes: \"{{{{…}}}}\"",
    )


def no_text_key(span: Span) -> Diagnostic:
    """A key that is missing, a list or a map."""
    if span.start == span.end:
        message, hint = "there is no key before this colon", "write a key before ':'"
    else:
        message = "a list or map cannot be a key; keys are text"
        hint = "give each key a line of its own; what is meant as text goes in quotes"
    return rules.KEY_NOT_TEXT.at(span, message, hint=hint)


def unknown_alias(span: Span, name: str) -> Diagnostic:
    return rules.ALIAS.at(
        span,
        f"no '&{name}' stands above this '*{name}'",
        hint=f"a text that starts with '*' goes in quotes: \"*{name}\"",
    )


def alias_of_itself(span: Span, name: str) -> Diagnostic:
    return rules.ALIAS.at(
        span,
        f"'*{name}' stands inside the very part that '&{name}' names",
        hint="a part cannot contain itself; copy what is needed, or use a component",
    )


def too_many_aliased(span: Span, limit: int) -> Diagnostic:
    return rules.TOO_BIG.at(
        span,
        f"the aliases up to here stand for more than {limit:,} values",
        hint="an alias of a list of aliases multiplies; use fewer levels",
    )


def too_many_values(span: Span, limit: int) -> Diagnostic:
    return rules.TOO_BIG.at(span, f"the file has more than {limit:,} values", hint="split it up")


def too_deep(span: Span, limit: int) -> Diagnostic:
    return rules.TOO_DEEP.at(
        span,
        f"lists and maps lie more than {limit} deep in each other",
        hint="look for brackets or dashes that are repeated by mistake",
    )


def second_document(file: SourceFile, start: int) -> Diagnostic:
    return rules.SEVERAL_DOCUMENTS.at(
        Span(file, start, min(start + 3, len(file.text))),
        "a second document starts here; a file holds one",
        hint="put each flow in a file of its own",
    )
