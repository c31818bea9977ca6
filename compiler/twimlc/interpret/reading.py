"""The bytes of a document, read as Twilio reads them: a tree of parts with lines, or a failure."""

from dataclasses import dataclass, field
from functools import cache
from xml.parsers import expat

from twimlc import vocabulary
from twimlc.interpret.markup import Part, Value


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a document cannot be run, with Twilio's code (www.twilio.com/docs/api/errors/CODE)."""

    code: int
    why: str


@dataclass(slots=True)
class _Open:
    tag: str
    spec: vocabulary.Element | None
    attributes: tuple[tuple[str, Value], ...]
    line: int
    children: list[Part | Value] = field(default_factory=list)


class _RefusedError(Exception):
    """A document type: Twilio has no use for one, and entities could be bombs."""


def read(body: bytes) -> Part | Unreadable:
    """The Response element of a document."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    opened: list[_Open] = []
    finished: list[Part] = []

    def start(tag: str, pairs: list[str]) -> None:
        above = opened[-1].spec if opened else None
        spec = _spec((above.name if above else "") if opened else None, tag)
        attributes = tuple(zip(pairs[::2], pairs[1::2], strict=True))
        opened.append(_Open(tag, spec, attributes, parser.CurrentLineNumber))

    def end(_tag: str) -> None:
        top = opened.pop()
        part = Part(top.tag, top.spec, top.attributes, tuple(top.children), top.line)
        (opened[-1].children if opened else finished).append(part)

    def text(data: str) -> None:
        opened[-1].children.append(data)

    def doctype(*_: object) -> None:
        raise _RefusedError

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        return Unreadable(12100, f"not well-formed XML in line {error.lineno}")
    except (_RefusedError, LookupError, ValueError):
        return Unreadable(12100, "not readable as XML")
    finally:
        # Parser and handlers hold each other, and the command runs without the collector.
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = parser.StartDoctypeDeclHandler = None
    root = finished[0]
    if root.tag != "Response":
        return Unreadable(12102, f"the outermost element is {root.tag}, not Response")
    return root


@cache
def _spec(name: str | None, tag: str) -> vocabulary.Element | None:
    """What the vocabulary knows of a tag inside the element ``name``, calls before messages."""
    return vocabulary.element_by_tag("voice", name, tag) or vocabulary.element_by_tag(
        "messaging", name, tag
    )
