"""Words for what does not parse inside ``[…]`` and ``{…}``: a fault comes in, a finding out."""

import re

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix
from twimlc.diagnostics.rules import yaml as rules
from twimlc.source.fault import Fault, line_end, point, symbol
from twimlc.text import SourceFile, Span

_QUOTED = re.compile(r"""(?<=[\s,:\[{])("([^"\\]|\\.)*"|'([^']|'')*')""")


def in_brackets(file: SourceFile, fault: Fault) -> Diagnostic | None:
    """A problem inside ``[…]`` or ``{…}``."""
    text, at = file.text, fault.at
    opened = fault.brackets[-1] if fault.brackets else None
    if fault.says("or '}'", "or ']'") and fault.context is not None:
        opened = fault.context
    if opened is None or text[opened : opened + 1] not in ("[", "{"):
        return None
    if text[at : at + 1] == "{" and text[at - 1 : at] == "$":
        return _unquoted_value(file, at - 1)
    bracket = text[opened]
    closing = "}" if bracket == "{" else "]"
    line = file.position(opened).line
    if file.position(at).line != line or at >= len(text):
        rest = file.line(line)[file.position(opened).column :]
        hint, at = f"put a '{closing}' at its end", opened
        if (swallowed := _comment_with(rest, closing)) is not None:
            at = opened + 1 + swallowed
            alone = rest[:swallowed].rstrip()[-1:] in ("", ",", "[", "{", ":")
            hint = "a '#' behind a blank starts a comment and swallows the rest of the line: "
            hint += 'write "#"' if alone else "put the whole text in quotes"
        return point(
            rules.UNCLOSED_BRACKET, file, at,
            f"no '{closing}' closes this '{bracket}'", hint,
        )  # fmt: skip
    char = text[at]
    if char in "]}" and char != closing:
        column = file.position(opened).column
        message = f"this '{char}' does not close the '{bracket}' of column {column}"
        return point(rules.UNCLOSED_BRACKET, file, at, message, f"write '{closing}' instead")
    if fault.says("cannot start any token"):
        return symbol(file, at, char)
    if fault.says("tag", "'!'"):
        return None
    message = f"'{char}' does not fit here, inside '{bracket}…{closing}'"
    hint = "a text that contains any of , : ? [ ] { } # goes in quotes there"
    if char == ",":
        hint = f"between two commas, or before the first, something is missing; {hint}"
    return point(rules.TEXT_IN_BRACKETS, file, at, message, hint)


def _comment_with(rest: str, closing: str) -> int | None:
    """Where a comment begins that swallowed the bracket, in the line behind what it closes."""
    unquoted = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), rest)
    found = re.search(r"(?<=\s)#", unquoted)
    return found.start() if found is not None and closing in rest[found.start() :] else None


def _unquoted_value(file: SourceFile, start: int) -> Diagnostic:
    text = file.text
    stop = line_end(file, start)
    close = text.find("}", start, stop)
    end = close + 1 if close >= 0 else start + 2
    # The text around the value belongs into the quotes as well: "Hello ${name}!"
    first = max(text.rfind(mark, 0, start) for mark in (": ", ", ", "[", "{")) + 1
    while first < start and text[first] == " ":
        first += 1
    last = end
    while last < stop and text[last] not in ",}]#":
        last += 1
    last = first + len(text[first:last].rstrip())
    whole = text[first:last]
    fix = None
    if '"' not in whole and "\\" not in whole:
        edit = Edit(Span(file, first, last), f'"{whole}"')
        fix = Fix("put the value in quotes", (edit,))
    return rules.UNQUOTED_BRACES.at(
        Span(file, start, end),
        f"'{text[start:end]}' inside {{…}} or […] needs quotes: its braces are read as a map",
        hint=f'write "{whole}"',
        fix=fix,
    )
