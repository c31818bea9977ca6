"""Words for YAML that does not parse: where the parser stopped comes in, one finding goes out.

The parser says what it expected; people want to know what they typed. So the finding is worked
out from the text around the place, and the parser's own problem only chooses the direction.
"""

import re

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from twimlc.diagnostics.rules import yaml as rules
from twimlc.source.brackets import in_brackets
from twimlc.source.fault import Fault, line_end, point, symbol
from twimlc.source.scalars import glued_key
from twimlc.text import SourceFile, Span

_INDENT = re.compile(r"[ \t]*(?:-[ \t]+)*")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_VERBS = frozenset({"hangup", "leave", "reject", "pause", "record", "voicemail", "echo", "gather"})
_KEY_AND_TEXT = re.compile(r"\s*+(?:-\s++)*+([^\s:#][^:#]*):\s++(.*)$")


def explain_fault(file: SourceFile, fault: Fault) -> Diagnostic:
    """The finding for the place where the parser stopped."""
    if fault.says("escape", "hex"):
        return _bad_escape(file, fault)
    if fault.says("end of stream", "document indicator"):
        return _unclosed_quote(file, fault)
    if fault.says("alphabetic or numeric", "comment or line break", "comment or a line break"):
        start = fault.context if fault.context is not None else fault.at
        return symbol(file, start, file.text[start : start + 1])
    found = _tab(file, fault) or _behind_quote(file, fault) or in_brackets(file, fault)
    if found is not None:
        return found
    return _in_block(file, fault)


def _in_block(file: SourceFile, fault: Fault) -> Diagnostic:
    text, at = file.text, fault.at
    char = text[at : at + 1]
    if fault.says("mapping values"):
        return _second_colon(file, at)
    if fault.says("expected ':'"):
        return _no_colon(file, fault)
    if fault.says("tag", "'!'"):
        return point(
            rules.TAG,
            file,
            at,
            "a YAML tag starts here; flows have none",
            "a text that starts with '!' goes in quotes",
        )
    if fault.says("sequence entries", "mapping keys", "cannot start any token"):
        return symbol(file, at, char)
    if fault.says("directive", "incompatible", "version"):
        return point(
            rules.SYNTAX,
            file,
            at,
            "this line that starts with '%' is no YAML directive",
            "delete the line; a flow needs none",
        )
    if char == ":":
        return point(
            rules.KEY_NOT_TEXT,
            file,
            at,
            "there is no key before this colon",
            "write a key before ':'",
        )
    if char and char in "]}":
        return point(
            rules.UNCLOSED_BRACKET,
            file,
            at,
            f"this '{char}' closes nothing",
            f"delete it, or put quotes around a text that contains '{char}'",
        )
    if char and char in ",%@`":
        return symbol(file, at, char)
    return _bad_indentation(file, at)


def _tab(file: SourceFile, fault: Fault) -> Diagnostic | None:
    """A tab in the indentation of the line of the problem, or of the line where it began."""
    places = [fault.at] if fault.context is None else [fault.at, fault.context]
    for place in places:
        position = file.position(place)
        line = file.line(position.line)
        margin = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in margin:
            start = file.offset(position.line, margin.index("\t") + 1)
            return point(
                rules.TAB,
                file,
                start,
                "this line is indented with a tab; YAML takes blanks only",
                "replace each tab by two blanks, and let the editor insert blanks",
                length=len(margin.lstrip(" ")),
            )
    if file.text[fault.at : fault.at + 1] == "\t":
        return point(
            rules.TAB, file, fault.at, "a tab stands where YAML takes blanks only",
            "replace the tab by a blank",
        )  # fmt: skip
    return None


def _behind_quote(file: SourceFile, fault: Fault) -> Diagnostic | None:
    """Something behind a closing quote: mostly the quote was meant as an apostrophe."""
    text, at = file.text, fault.at
    start, end = fault.last_quoted
    if end == 0 or at < end or text[end:at].strip(" \t") or text[at : at + 1] in ("", "\r", "\n"):
        return None
    if text[at] in ",:]}#" or text[start : start + 1] not in "'\"":
        return None
    quote = text[start]
    if file.position(start).line != file.position(end).line:
        return point(
            rules.UNCLOSED_QUOTE,
            file,
            start,
            f"the text that starts with this {quote} ends only in line {file.position(end).line}",
            f"put a {quote} at the end of the text in this line",
            length=len(file.line(file.position(start).line)) - file.position(start).column + 1,
        )
    if quote == "'":
        hint = "an apostrophe inside '…' is written twice (''), or put the text in \"…\""
    else:
        hint = 'put the whole text in \'…\', or write \\" for a quote inside "…"'
    message = f"the text ends with the {quote} before this, but the line goes on"
    rest = len(file.line(file.position(at).line)) - file.position(at).column + 1
    return point(rules.UNCLOSED_QUOTE, file, at, message, hint, length=rest)


def _bol(file: SourceFile, offset: int) -> int:
    return file.offset(file.position(offset).line)


def _unclosed_quote(file: SourceFile, fault: Fault) -> Diagnostic:
    start = fault.context if fault.context is not None else fault.at
    quote = file.text[start : start + 1]
    return point(
        rules.UNCLOSED_QUOTE,
        file,
        start,
        f"the text that starts with this {quote} never ends",
        f"put a {quote} at its end",
        length=max(1, line_end(file, start) - start),
    )


def _bad_escape(file: SourceFile, fault: Fault) -> Diagnostic:
    # One parser stops at the backslash, the other a few characters behind it.
    start = fault.at
    if file.text[start : start + 1] != "\\":
        start = max(file.text.rfind("\\", 0, start + 1), fault.context or 0)
    return point(
        rules.BAD_ESCAPE,
        file,
        start,
        f"'{file.text[start : start + 2]}' means nothing inside \"…\"",
        "write \\\\ for a backslash, or put the text in '…', where a backslash is just one",
        length=2,
    )


def _second_colon(file: SourceFile, at: int) -> Diagnostic:
    """A colon with a blank where a value is already going on."""
    start = _bol(file, at)
    line = file.text[start : line_end(file, at)]
    match = _KEY_AND_TEXT.match(line)
    if match is None or start + match.start(2) > at:
        return _bad_indentation(file, at)
    value = re.split(r"(?<!\s)\s+#", match[2], maxsplit=1)[0].rstrip()
    first = start + match.start(2)
    span = Span(file, first, max(first + len(value), at + 1))
    fix = None
    quotable = '"' not in value and "\\" not in value
    if quotable:
        fix = Fix("put the text in quotes", (Edit(span, f'"{value}"'),))
    return rules.COLON_IN_TEXT.at(
        span,
        f"the text of '{match[1].strip()}' has a colon and a blank in it, so YAML looks for a key",
        hint=f'put it in quotes: "{value}"' if quotable else "put the whole text in '…'",
        fix=fix,
    )


def _no_colon(file: SourceFile, fault: Fault) -> Diagnostic:
    """A line among keys that has no colon of its own."""
    start = fault.context if fault.context is not None else fault.at
    key = glued_key(file.text[start : line_end(file, start)])
    if key is not None:
        colon = start + len(key)
        edit = Edit(Span(file, colon + 1, colon + 1), " ")
        return rules.BLANK_AFTER_COLON.at(
            Span(file, start, colon + 1),
            f"there is no blank behind '{key}:'",
            hint=f"write '{key}: ' with a blank",
            fix=Fix("put a blank behind the colon", (edit,)),
        )
    line = file.text[start : line_end(file, start)].rstrip()
    hint = "put a colon behind the key, or indent the line if it goes on with the text above"
    if _NAME.fullmatch(line):
        hint = f"put a colon behind it ('{line}:'), or indent it if it goes on with the text above"
    if line in _VERBS:
        hint = f"put a dash before each step of a list, here and above: '- {line}'"
    return point(
        rules.SYNTAX,
        file,
        start,
        f"'{line[:60]}' is no 'key: value' here",
        hint,
        length=max(1, len(line)),
    )


def _bad_indentation(file: SourceFile, at: int) -> Diagnostic:
    """A line that starts at a column where nothing is going on."""
    number = file.position(at).line
    line = file.line(number)
    while not line.strip() and number > 1:
        number -= 1
        line = file.line(number)
    margin = len(line) - len(line.lstrip(" "))
    start = file.offset(number, margin + 1)
    label: tuple[Label, ...] = ()
    hint = "start it in the column of the lines it belongs to"
    above = number - 1
    while above > 0 and (not file.line(above).strip() or file.line(above).lstrip()[0] == "#"):
        above -= 1
    if above > 0:
        upper = file.line(above)
        indent = _INDENT.match(upper)
        column = indent.end() if indent else 0
        begin = file.offset(above, column + 1)
        label = (Label(Span(file, begin, file.offset(above, len(upper) + 1)), "the line above"),)
        hint = f"the line above has its text from column {column + 1} on; {hint}"
        name = upper.split(" #")[0].strip()
        if _NAME.fullmatch(name) and margin >= column:
            hint = f"a colon is missing behind '{name}'"
    return rules.INDENTATION.at(
        Span(file, start, file.offset(number, len(line.rstrip()) + 1)),
        f"this line starts in column {margin + 1}, which fits nothing above",
        hint=hint,
        labels=label,
    )
