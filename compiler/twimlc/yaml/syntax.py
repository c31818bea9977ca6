"""Words for YAML that does not parse: where the parser stopped comes in, one finding goes out.

The parser says what it expected; people want to know what they typed. So the finding is worked
out from the text around the place, and the parser's own problem only chooses the direction.
"""

import re
from typing import Final, NamedTuple

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic, Label
from twimlc.findings.edits import put_in_quotes, space_after
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.vocabulary.blocks import BLOCKS, SIDE_KEYS
from twimlc.yaml import refusals as words

_INDENT = lazy_pattern(r"[ \t]*(?:-[ \t]+)*")
_NAME = lazy_pattern(r"[A-Za-z][\w-]*")
_VERBS = frozenset({"hangup", "leave", "reject", "pause", "record", "voicemail", "echo", "gather"})
_KEYS = frozenset({*SIDE_KEYS, *BLOCKS, *vocabulary.verbs("voice")})
_KEY_AND_TEXT = lazy_pattern(r"\s*+(?:-\s++)*+([^\s:#][^:#]*):\s++(.*)$")
_QUOTED = lazy_pattern(r"""(?<=[\s,:\[{])("([^"\\]|\\.)*"|'([^']|'')*')""")
_ADDRESSES = frozenset(
    {"client", "conference", "data", "http", "https", "mailto", "sip", "sips", "tel", "ws", "wss"}
)
_GLUED_KEY = lazy_pattern(r"([A-Za-z][A-Za-z0-9_-]*):(?=[^\s/:])")
_SYMBOLS: Final = {
    "*": "an alias",
    "&": "an anchor",
    "@": "",
    "`": "",
    "%": "a directive",
    "?": "a key of its own",
    "-": "a list item",
    ">": "folded text on the lines below",
    "|": "text on the lines below",
}
_IN_BLOCK: Final = (
    (("tag", "'!'"), "", words.TAG_STARTS),
    (("sequence entries", "mapping keys", "cannot start any token"), "", None),
    (("directive", "incompatible", "version"), "", words.DIRECTIVE),
    ((), ":", words.NO_KEY),
    ((), "]}", words.STRAY_BRACKET),
    ((), ",%@`", None),
)
"""What the parser says, or what is there, and the words for it; None: those of a symbol."""


class Fault(NamedTuple):
    """Where and why the parser stopped; places are offsets.

    ``context`` is where it began what it could not finish. ``brackets`` are the flow lists and
    maps open there, outermost first; ``last_quoted`` is the last quoted text that was read before
    (0, 0 if none).
    """

    file: SourceFile
    problem: str
    at: int
    context: int | None
    brackets: tuple[int, ...]
    last_quoted: tuple[int, int]

    @property
    def begin(self) -> int:
        return self.at if self.context is None else self.context

    @property
    def char(self) -> str:
        return self.file.text[self.at : self.at + 1]

    def says(self, *words: str) -> bool:
        return any(word in self.problem for word in words)

    def span(self, start: int, length: int = 1) -> Span:
        return Span(self.file, start, min(start + length, len(self.file.text)))

    def rest(self, start: int) -> str:
        """The line of a place from there on."""
        position = self.file.position(start)
        return self.file.line(position.line)[position.column - 1 :]


def explain_fault(fault: Fault) -> Diagnostic:
    """The finding for the place where the parser stopped."""
    if fault.says("escape", "hex"):
        return _bad_escape(fault)
    if fault.says("end of stream", "document indicator"):
        quote = fault.file.text[fault.begin : fault.begin + 1]
        span = fault.span(fault.begin, max(1, len(fault.rest(fault.begin))))
        return words.UNCLOSED_QUOTE.at(span, quote=quote)
    if fault.says("alphabetic or numeric", "comment or line break", "comment or a line break"):
        return _symbol(fault, fault.begin)
    return _tab(fault) or _behind_quote(fault) or _in_brackets(fault) or _in_block(fault)


def _in_block(fault: Fault) -> Diagnostic:
    if fault.says("mapping values"):
        return _second_colon(fault)
    if fault.says("expected ':'"):
        return _no_colon(fault)
    for problems, chars, row in _IN_BLOCK:
        if fault.says(*problems) or (fault.char and fault.char in chars):
            if row is None:
                return _symbol(fault, fault.at)
            return row.at(fault.span(fault.at), char=fault.char)
    return _bad_indentation(fault)


def _symbol(fault: Fault, start: int) -> Diagnostic:
    """A character at the start of a text that means something else there."""
    char, span = fault.file.text[start : start + 1], fault.span(start)
    meaning = _SYMBOLS.get(char)
    if meaning is None:
        return (words.STRANGE if char.strip() else words.MISSING).at(span, char=char)
    fix = None
    row = {"-": words.SYMBOL_OF_LIST, "?": words.SYMBOL_OF_KEY}.get(char, words.SYMBOL)
    if fault.file.text.startswith("*:", start):
        row, fix = words.SYMBOL_OF_PHONE, put_in_quotes(span, "*", "key")
    return row.at(span, char=char, meaning=meaning and f": for YAML it starts {meaning}", fix=fix)


def _tab(fault: Fault) -> Diagnostic | None:
    """A tab in the indentation of the line of the problem, or of the line where it began."""
    file = fault.file
    for place in (fault.at, fault.begin):
        number = file.position(place).line
        line = file.line(number)
        margin = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in margin:
            start = file.offset(number, margin.index("\t") + 1)
            return words.TAB_IN_MARGIN.at(fault.span(start, len(margin.lstrip(" "))))
    return words.TAB.at(fault.span(fault.at)) if fault.char == "\t" else None


def _behind_quote(fault: Fault) -> Diagnostic | None:
    """Something after a closing quote: mostly the quote was meant as an apostrophe."""
    file, at, char = fault.file, fault.at, fault.char
    start, end = fault.last_quoted
    if end == 0 or at < end or file.text[end:at].strip(" \t") or char in ("", "\r", "\n"):
        return None
    quote = file.text[start : start + 1]
    if char in ",:]}#" or quote not in ("'", '"'):
        return None
    line = file.position(end).line
    if file.position(start).line != line:
        span = fault.span(start, len(fault.rest(start)))
        return words.QUOTE_ENDS_BELOW.at(span, quote=quote, line=line)
    row = words.QUOTE_ENDS_EARLY if quote == "'" else words.DOUBLE_QUOTE_ENDS_EARLY
    return row.at(fault.span(at, len(fault.rest(at))), quote=quote)


def _bad_escape(fault: Fault) -> Diagnostic:
    # One parser stops at the backslash, the other a few characters after it.
    start, text = fault.at, fault.file.text
    if fault.char != "\\":
        start = max(text.rfind("\\", 0, start + 1), fault.context or 0)
    return words.BAD_ESCAPE.at(fault.span(start, 2), text=text[start : start + 2])


def _in_brackets(fault: Fault) -> Diagnostic | None:
    """A problem inside ``[…]`` or ``{…}``."""
    file, at, char = fault.file, fault.at, fault.char
    opened = fault.brackets[-1] if fault.brackets else None
    if fault.says("or '}'", "or ']'") and fault.context is not None:
        opened = fault.context
    bracket = "" if opened is None else file.text[opened : opened + 1]
    if opened is None or bracket not in ("[", "{"):
        return None
    if char == "{" and file.text[at - 1 : at] == "$":
        return _unquoted_value(fault, at - 1)
    closing = "}" if bracket == "{" else "]"
    place = file.position(opened)
    if file.position(at).line != place.line or not char:
        return _unclosed(fault, opened, bracket, closing)
    span = fault.span(at)
    if char in "]}" and char != closing:
        return words.OTHER_BRACKET.at(
            span, char=char, bracket=bracket, closing=closing, column=place.column
        )
    if fault.says("cannot start any token"):
        return _symbol(fault, at)
    if fault.says("tag", "'!'"):
        return None
    row = words.COMMA_IN_BRACKETS if char == "," else words.TEXT_IN_BRACKETS
    return row.at(span, char=char, bracket=bracket, closing=closing)


def _unclosed(fault: Fault, opened: int, bracket: str, closing: str) -> Diagnostic:
    """A bracket that nothing closes in its line: perhaps a comment swallowed what does."""
    rest = fault.rest(opened)[1:]
    unquoted = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), rest)
    found = re.search(r"(?<=\s)#", unquoted)
    if found is None or closing not in rest[found.start() :]:
        span = fault.span(opened)
        return words.UNCLOSED_BRACKET.at(span, closing=closing, bracket=bracket)
    alone = rest[: found.start()].rstrip()[-1:] in ("", ",", "[", "{", ":")
    instead = 'write "#"' if alone else "put the whole text in quotes"
    span = fault.span(opened + 1 + found.start())
    return words.SWALLOWED_BRACKET.at(span, closing=closing, bracket=bracket, instead=instead)


def _unquoted_value(fault: Fault, start: int) -> Diagnostic:
    text = fault.file.text
    stop = start + len(fault.rest(start))
    close = text.find("}", start, stop)
    end = close + 1 if close >= 0 else start + 2
    # The text around the value belongs into the quotes as well: "Hello ${name}!"
    first = max(text.rfind(mark, 0, start) for mark in (": ", ", ", "[", "{")) + 1
    last = re.compile(r"[^,}\]#]*").match(text, end, stop)
    whole = text[first : last.end() if last else end].strip(" ")
    straight = whole.strip("“”„‘’")
    span = fault.span(text.index(whole, first), len(whole))
    row = words.UNQUOTED_VALUE if straight == whole else words.CURLY_VALUE
    return row.at(
        Span(fault.file, start, end),
        text=text[start:end],
        whole=straight,
        fix=put_in_quotes(span, straight, "value"),
    )


def _second_colon(fault: Fault) -> Diagnostic:
    """A colon with a space where a value is already going on."""
    file, at = fault.file, fault.at
    number = file.position(at).line
    start = file.offset(number)
    match = _KEY_AND_TEXT.match(file.line(number))
    if match is None or start + match.start(2) > at:
        return _bad_indentation(fault)
    value = re.split(r"(?<!\s)\s+#", match[2], maxsplit=1)[0].rstrip()
    first = start + match.start(2)
    span = Span(file, first, max(first + len(value), at + 1))
    fix = put_in_quotes(span, value, "text")
    quoted = "the whole text in '…'" if fix is None else f'it in quotes: "{value}"'
    key = match[1].strip()
    if (word := file.text[first:at].rpartition(" ")[2]) in _KEYS:
        return words.KEY_IN_TEXT.at(span, key=key, swallowed=word, quoted=quoted)
    return words.COLON_IN_TEXT.at(span, key=key, quoted=quoted, fix=fix)


def _no_colon(fault: Fault) -> Diagnostic:
    """A line among keys that has no colon of its own."""
    start, rest = fault.begin, fault.rest(fault.begin)
    if (key := glued_key(rest)) is not None:
        span = Span(fault.file, start, start + len(key) + 1)
        return words.NO_BLANK.at(span, key=key, fix=space_after(span, f"{key}:"))
    line = rest.rstrip()
    row = words.NO_COLON_BEHIND_NAME if _NAME.fullmatch(line) else words.NO_COLON
    row = words.NO_DASH if line in _VERBS else row
    return row.at(fault.span(start, max(1, len(line))), shown=line[:60], line=line)


def glued_key(text: str) -> str | None:
    """The key in a text such as ``say:Hello``, which lacks a space after the colon.

    None where the colon belongs to an address (``sip:ann@example.com``) or to a sentence.
    """
    match = _GLUED_KEY.match(text)
    return None if match is None or match[1] in _ADDRESSES else match[1]


def _bad_indentation(fault: Fault) -> Diagnostic:
    """A line that starts at a column where nothing is going on."""
    file = fault.file
    number = file.position(fault.at).line
    while not (line := file.line(number)).strip() and number > 1:
        number -= 1
    margin = len(line) - len(line.lstrip(" "))
    span = Span(file, file.offset(number, margin + 1), file.offset(number, len(line.rstrip()) + 1))
    above = number - 1
    while above > 0 and (not file.line(above).strip() or file.line(above).lstrip()[0] == "#"):
        above -= 1
    if above == 0:
        return words.INDENTATION.at(span, column=margin + 1, above="")
    upper = file.line(above)
    indent = _INDENT.match(upper)
    column = indent.end() if indent else 0
    place = Span(file, file.offset(above, column + 1), file.offset(above, len(upper) + 1))
    name = upper.split(" #")[0].strip()
    named = _NAME.fullmatch(name) and margin >= column
    return (words.INDENTED_BELOW_NAME if named else words.INDENTATION).at(
        span,
        column=margin + 1,
        name=name,
        above=f"the line above starts its text in column {column + 1}; ",
        labels=(Label(place, "the line above"),),
    )
