"""What a target is made of before it is rendered: documents of markup, with every link resolved."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from twimlc.calendars.settled import Settled
from twimlc.flow.decisions import Rows
from twimlc.flow.graph import NodeKey
from twimlc.flow.model import MediaLink
from twimlc.lower.host import Host
from twimlc.lower.questions import Question
from twimlc.project.files import FileContent
from twimlc.records import record
from twimlc.text import Span
from twimlc.yaml.tree import Template

Text = str | Template


class FlowPlace(NamedTuple):
    """The folder of a flow (``FLOW/``, ``ROW/FLOW/``) and its present and kept ``v.HASH``."""

    path: str
    versions: tuple[str, ...]


@record(frozen=True, slots=True)
class Markup:
    """An element as it will be written. ``node``, ``state`` and ``span`` say what it came from.

    ``tight`` marks content in which white space counts (SSML): nothing is added inside.
    """

    tag: str
    attributes: tuple[tuple[str, Text], ...] = ()
    children: "tuple[Markup | Text, ...]" = ()
    node: NodeKey | None = field(default=None, compare=False)
    span: Span | None = field(default=None, compare=False)
    state: str = field(default="", compare=False)
    tight: bool = False

    def content(self) -> "tuple[Markup | Text, ...]":
        """The children that leave a trace in the document."""
        return self.children if "" not in self.children else tuple(filter(None, self.children))

    @property
    def is_inline(self) -> bool:
        """Whether it is written on one line, because white space inside it would be text."""
        if self.tight:
            return True
        return any(child != "" and not isinstance(child, Markup) for child in self.children)


EMPTY_DOCUMENT = len('<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n</Response>\n')
"""The bytes around the verbs of a document."""


def element_size(markup: Markup, depth: int = 1, inline: bool = False) -> int:
    """The bytes of an element and all inside it as the template writes it, with indent and line
    end."""
    name = len(markup.tag.encode())
    for key, value in markup.attributes:
        name += len(key.encode()) + len(' =""') + _size(value, escape_attribute)
    around = 0 if inline else 2 * depth + 1
    content = markup.content()
    if not content:
        return around + name + len("</>")
    tags = name + len(markup.tag.encode()) + len("<></>")
    if inline or markup.is_inline:
        return around + tags + sum(_inline(child) for child in content)
    children = sum(element_size(child, depth + 1) for child in content if isinstance(child, Markup))
    return 2 * around + tags + children


def _inline(child: Markup | Text) -> int:
    if isinstance(child, Markup):
        return element_size(child, inline=True)
    return _size(child, escape_text)


def _size(value: Text, escape: Callable[[str], str]) -> int:
    """The bytes of a text; a value of the call counts as the widest name a template gives it."""
    text = value.written("{{NAME}}") if isinstance(value, Template) else value
    return len(escape(text).encode("utf-8", "surrogatepass"))


def escape_text(text: str) -> str:
    """Text between tags that a parser gives back unchanged.

    A parser turns a bare CR into a line feed everywhere, and tabs and line ends in attributes into
    spaces; as character references they survive.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def escape_attribute(text: str) -> str:
    """The same for a value between double quotes."""
    text = escape_text(text).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;")


@dataclass(frozen=True, slots=True)
class Document:
    """One TwiML document. ``path`` is relative to the target's folder, posix.

    ``flow`` is whose it is (``ROW/FLOW`` with a matrix), ``states`` the author's states that play
    in it (``FLOW/STATE`` for another flow's). Documents that read the same are one, so whose line
    it is for is known from the link that leads to it, not from here.
    """

    path: str
    flow: str
    body: tuple[Markup, ...]
    states: tuple[str, ...]
    source: str


class Tags(NamedTuple):
    """Section tags that stand side by side between the verbs of a Bin: ``#name``, ``^name``,
    ``/name``."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bin(Document):
    """A whole flow in one document, with a section for each place that some link leads to.

    ``blocks`` are its verbs (the same as ``body``) and the tags between them. ``bare`` says that
    tags stand for themselves, not in comments. ``values`` are the parameters of the call that its
    texts show.
    """

    blocks: tuple[Markup | Tags, ...] = ()
    bare: bool = False
    values: tuple[str, ...] = ()


class Mark(NamedTuple):
    """A second parameter that a decision looks at: it has ``value``, or (None) is not empty."""

    parameter: str
    value: str | None = None

    def holds(self, parameters: Mapping[str, str]) -> bool:
        """Whether a request carries it."""
        found = parameters.get(self.parameter, "")
        return found != "" if self.value is None else found == self.value


T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """Where a call goes on by what Twilio sends: to a node, a document or its path.

    The value of ``parameter`` picks among ``marked`` where the mark holds, then ``branches``;
    ``default`` is for all others.
    """

    parameter: str
    branches: Rows[T]
    default: T
    mark: Mark | None = None
    marked: Rows[T] = ()

    @property
    def parameters(self) -> tuple[str, str | None]:
        """The names of the request parameters that it looks at."""
        return self.parameter, self.mark.parameter if self.mark else None

    def targets(self) -> Iterator[T]:
        """All that it may lead to, one for each row."""
        yield from (target for _, target in (*self.marked, *self.branches))
        yield self.default

    def mapped(self, to: Callable[[T], U]) -> tuple[str, Rows[U], U, Mark | None, Rows[U]]:
        """The fields of the same choice between other things."""
        branches, marked = (
            tuple((value, to(target)) for value, target in rows)
            for rows in (self.branches, self.marked)
        )
        return self.parameter, branches, to(self.default), self.mark, marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Choice[str]):
    """A choice between documents, which a host makes. ``path`` is a link's target.

    No file is written at ``path``: the host answers there with the document that the choice leads
    to. All of these lie in the folder of ``path``, because Twilio resolves their links against it.
    """

    path: str
    flow: str
    states: tuple[str, ...] = ()
    _table: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def document(self, parameters: Mapping[str, str]) -> str:
        """The document that answers a request."""
        value = parameters.get(self.parameter, "")
        if self.mark is not None and self.mark.holds(parameters):
            for wanted, path in self.marked:
                if wanted == value:
                    return path
        if not self._table:  # a menu may have thousands of entries, and is asked for each
            self._table.update(reversed(self.branches))
        return self._table.get(value, self.default)


class MediaFile(NamedTuple):
    """An audio file copied into the build: ``media/NAME.HASH.EXT``."""

    path: str
    link: MediaLink
    content: FileContent
    media_type: str


class Approximation(NamedTuple):
    """A promise that the author allowed this host to break, by name."""

    name: str
    flow: str
    span: Span
    meaning: str


class FlowEntry(NamedTuple):
    """Where the number of a flow points, and the longest chain of fetches a caller can meet."""

    flow: str
    path: str
    fetches: int | None  # None: without bound (a loop)


class Plan(NamedTuple):
    """Everything one target writes, before bytes. ``assumptions`` are names of
    those in :mod:`twimlc.interpret.assumptions` that it rests on.

    ``addresses`` (path, address) are known of files that do not lie under the target's address.
    ``hop`` is the address of the TwiML Bin that decides, and ``apology`` its last resort.
    ``questions`` are asked before anything is heard, some of them of ``calendars``.
    """

    host: Host
    documents: tuple[Document, ...]
    media: tuple[MediaFile, ...]
    entries: tuple[FlowEntry, ...]
    approximations: tuple[Approximation, ...]
    assumptions: tuple[str, ...]
    decisions: tuple[Decision, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    hop: str | None = None
    apology: tuple[Markup, ...] = ()
    questions: tuple[Question, ...] = ()
    calendars: Mapping[str, Settled] = MappingProxyType({})
