"""Marks that programs leave in templates: text comes in, the marks and their languages go out."""

import re
from bisect import bisect
from dataclasses import dataclass
from enum import Enum

_BRACKET = re.compile("[<>]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
BRACES = re.compile(r"\{\{\{?[ \t]{0,9}([#^/!>&]?)([^{}]{1,200})\}?\}\}")


class Kind(Enum):
    """What a mark stands for: a value, nothing, a choice between parts, or something unknown."""

    VALUE = "value"
    NOTHING = "nothing"
    CHOICE = "choice"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. Behind an unknown one nothing is sure about the rest of the document."""

    start: int
    end: int
    language: str
    kind: Kind


_PHP_VALUE = re.compile(r"<\?(?:=|php\s+(?:echo|print)\b)[^;]*(?:;\s*)?\?>", re.DOTALL)
_ERB_VALUE = re.compile(r"<%(?:==?|-(?=\s*[\w@]+(?:\.\w+)*\s*-?%>)).*?%>", re.DOTALL)
_OPENS = re.compile(r"(?:\bdo(?:\s*\|[^|]*\|)?|\{(?:\s*\|[^|]*\|)?|=>(?:\s*\{)?|\()\s*-?%>\Z")
_DJANGO_VALUE = re.compile(r"\{%-?\s*(?:url|trans|translate|static|now|t|get_static_prefix)\s")
_WORD = re.compile(r"-?\s*(?:if|else|end|range|with|template|block|define|each|unless)\b")

_LANGUAGES = (
    ("PHP", re.compile(r"<\?(?:php\b|=)(?:<\?xml.{0,200}?\?>|.)*?(?:\?>|\Z)", re.DOTALL)),
    ("ERB, EJS, ASP or JSP", re.compile(r"<%.*?(?:%>|\Z)", re.DOTALL)),
    ("Jinja, Twig or Liquid", re.compile(r"\{%.*?(?:%\}|\Z)|\{#.{0,1000}?#\}", re.DOTALL)),
    ("FreeMarker", re.compile(r"</?[#@](?:if|else|elseif|list|assign|include|macro)\b[^>]*>?")),
    ("Thymeleaf", re.compile(r"\sth:[a-z]+(?==)")),
    ("JSP or XSLT", re.compile(r"</?(?:c|fmt|jsp|xsl|s|h|t):[a-zA-Z-]+")),
    ("Razor", re.compile(r"@(?:Model|ViewBag|ViewData|Html)\.\w+|@(?:if|foreach|for|switch)\s*\(")),
    ("Velocity", re.compile(r"#(?:if|foreach|set|elseif|parse)\s?\(")),
    ("Ruby", re.compile(r"#\{[^{}\n]+\}")),
    ("JavaScript, JSP or the shell", re.compile(r"\$\{[^{}\n]+\}")),
    (
        "a program that joins texts",
        re.compile(
            r"(?<=[^\s=])?([\"'])\s?\+\s?[A-Za-z_][\w.\[\]()]*\s?\+\s?\1"
            r"|([\"'])\s?\.\s?\$\w[\w\[\]'\">-]*\s?\.\s?\2|\"\s?&\s?[A-Za-z_][\w.()]*\s?&\s?\""
        ),
    ),
    ("Template Toolkit", re.compile(r"\[%[-+=~]?\s[^%\]\n]{1,200}\s[-+=~]?%\]")),
    ("PHP, Perl or the shell", re.compile(r"(?<=[>\s])\$[A-Za-z_]\w+")),
    (
        "a program that formats texts",
        re.compile(
            r"(?<!\{)\{(?:[A-Za-z_]\w{0,40}|\d)\}(?!\})"
            r"|(?<![\w%])%(?:\(\w{1,40}\)|\d{1,2}\$)?s\b"
        ),
    ),
)
_IN_TEXT_ONLY = ("a program that formats texts",)  # elsewhere braces may be meant
GUESSED = ("Template Toolkit", "PHP, Perl or the shell", "a program that formats texts")
"""Languages whose marks may also be meant as they stand: a code of ``{SAVE10}``, a ``$name``."""
_BIN_SECTIONS = ("e164", "url", "urlencode")
_UNKNOWN = ("Thymeleaf", "JSP or XSLT", "Razor", "Velocity")


def without_comments(text: str) -> str:
    """The text with blanks for comments."""
    return _COMMENT.sub(lambda match: " " * len(match[0]), text)


def find_marks(text: str) -> list[Mark]:
    """The marks in a text without comments, in order, none inside another."""
    brackets = [match.start() for match in _BRACKET.finditer(text)]
    found = [
        Mark(match.start(), match.end(), language, _kind(language, match[0]))
        for language, pattern in _LANGUAGES
        for match in pattern.finditer(text)
        if language not in _IN_TEXT_ONLY or _between_tags(text, brackets, match.start())
    ]
    found += (_brace(match) for match in BRACES.finditer(text))
    outermost: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not outermost or mark.start >= outermost[-1].end:
            outermost.append(mark)
    return outermost


def _between_tags(text: str, brackets: list[int], at: int) -> bool:
    before = bisect(brackets, at)
    return before > 0 and text[brackets[before - 1]] == ">"


def _brace(match: re.Match[str]) -> Mark:
    """``{{…}}``: only a choice tells the language, a value looks alike in most of them."""
    kind, language = Kind.VALUE, ""
    if match[1] == "!" or (match[1] in ("#", "/") and match[2].strip() in _BIN_SECTIONS):
        kind = Kind.NOTHING
    elif match[1] in ("#", "^", "/", ">"):
        kind, language = Kind.CHOICE, "Mustache or Handlebars"
    elif _WORD.match(match[2]):
        kind, language = Kind.CHOICE, "Go or Handlebars"
    return Mark(match.start(), match.end(), language, kind)


def _kind(language: str, text: str) -> Kind:
    if language in _UNKNOWN:
        return Kind.UNKNOWN
    if language == "PHP":
        return Kind.VALUE if _PHP_VALUE.fullmatch(text) else Kind.CHOICE
    if language.startswith("ERB"):
        if text.startswith(("<%#", "<%@", "<%--")):
            return Kind.NOTHING
        value = _ERB_VALUE.fullmatch(text) and not _OPENS.search(text)
        return Kind.VALUE if value else Kind.CHOICE
    if language.startswith("Jinja"):
        if text.startswith("{#"):
            return Kind.NOTHING
        return Kind.VALUE if _DJANGO_VALUE.match(text) else Kind.CHOICE
    if language == "Template Toolkit":
        return Kind.CHOICE if re.match(r"\[%[-+=~]?\s+[A-Z]+\b", text) else Kind.VALUE
    return Kind.CHOICE if language == "FreeMarker" else Kind.VALUE
