"""What a target is made of before it is rendered: documents of markup, with every link resolved."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from twimlc.flow.graph import Context, NodeKey
from twimlc.flow.model import MediaLink
from twimlc.source.files import FileContent
from twimlc.source.tree import Template
from twimlc.text import Span

Text = str | Template

ASSUMPTIONS: Mapping[str, str] = {
    "relative-urls": (
        "Twilio resolves a relative address in url, waitUrl and the like against the document it"
        " stands in; that is documented for action and Redirect only. They are"
        " written in full where the target has its url, or for Bins their SIDs in bins."
    ),
    "hunt-after-decline": (
        "when somebody who is rung one after another declines in their own document, Twilio goes"
        " on to the next one"
    ),
    "bin-sections": (
        "a TwiML Bin tests by sections ({{#name}}, {{^name}}) whether a parameter of the request is"
        " there, as Mustache and Handlebars do."
    ),
    "bin-parameters": (
        "a TwiML Bin sees the parameters of its own query beside those that Twilio sends, by GET"
        " and by POST."
    ),
    "bin-relative-query": (
        "Twilio resolves an address that is only a query (?go=1) against the address of the Bin."
    ),
    "bin-saved-as-typed": (
        "the Console saves a Bin with sections between verbs as it was typed, after a warning."
    ),
    "handoff-never-empty": (
        "Twilio sends HandoffData only when a relay has handed something over, never empty."
    ),
}
"""What a plan may rest on that Twilio does not promise, and what that means."""


FLOW = "[a-z0-9-]+(?:/[a-z0-9-]+)?"
VERSION = "v[.][0-9a-f]{12}"
KEPT = f"media/[^/?]+[.][0-9a-f]{{8,64}}[.][a-z0-9]+|{FLOW}/{VERSION}/[^/?]+[.]xml"
"""Expressions, in every dialect, for the folder of a flow, that of a version in it, and the files
that never change."""

CACHE_CONTROL = {"no-store": "no-store", "immutable": "public, max-age=31536000, immutable"}
"""The header for what :func:`cache_of` says."""


def cache_of(path: str, decided: Container[str]) -> Literal["no-store", "immutable"]:
    """How long caches may keep the file at ``path`` of the target.

    Only sounds and what lies in a version never change. ``decided`` are paths that a decision
    answers with: where the header is the object's own, the answer must not be stored.
    """
    return "immutable" if re.fullmatch(KEPT, path) and path not in decided else "no-store"


class FlowPlace(NamedTuple):
    """The folder of a flow (``FLOW/``, ``ROW/FLOW/``) and its present and kept ``v.HASH``."""

    path: str
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Document:
    """One TwiML document. ``path`` is relative to the target's folder, posix.

    ``flow`` is whose it is (``ROW/FLOW`` with a matrix), ``states`` the author's states that play
    in it (``FLOW/STATE`` for another flow's), ``entry`` the node it starts with. Where documents
    that read the same were made one, ``entry`` and ``context`` are those of the one whose name
    stayed: who follows a link must know whose line it is from the link, not from here.
    """

    path: str
    flow: str
    entry: NodeKey
    context: Context
    body: tuple[Markup, ...]
    states: tuple[str, ...]
    source: str

    def elements(self) -> Iterator[Markup]:
        """Every element in it, in document order."""
        stack = list(reversed(self.body))
        while stack:
            found = stack.pop()
            yield found
            stack.extend(c for c in reversed(found.children) if isinstance(c, Markup))


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


@dataclass(frozen=True, slots=True)
class Decision:
    """A place where the next document depends on what Twilio sends. ``path`` is a link's target.

    No file is written at ``path``: the host answers there with the document that ``marked`` (if
    the mark holds) or else ``branches`` give for the value of ``parameter``, or ``default``. All
    of these lie in the folder of ``path``, because Twilio resolves their links against it.
    """

    path: str
    flow: str
    parameter: str
    branches: tuple[tuple[str, str], ...]
    default: str
    mark: Mark | None = None
    marked: tuple[tuple[str, str], ...] = ()
    states: tuple[str, ...] = ()
    _table: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the request parameters that are looked at."""
        return (self.parameter,) if self.mark is None else (self.parameter, self.mark.parameter)

    def documents(self) -> Iterator[str]:
        """Every document that may answer."""
        yield from (path for _, path in (*self.marked, *self.branches))
        yield self.default

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
    source: str
    fetches: int | None  # None: without bound (a loop)


def is_entry(path: str) -> bool:
    """Whether a document is replaced by later builds: an entry, or an apology."""
    folder, _, name = path.rpartition("/")
    return name in ("index.xml", "changed.xml") and not folder.rpartition("/")[2].startswith("v.")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one target writes, before bytes. ``assumptions`` are keys of ASSUMPTIONS.

    ``addresses`` (path, address) are known of files that do not lie under the target's address.
    ``hop`` is the address of the TwiML Bin that decides, and ``apology`` its last resort.
    """

    host: str
    documents: tuple[Document, ...]
    media: tuple[MediaFile, ...]
    entries: tuple[FlowEntry, ...]
    approximations: tuple[Approximation, ...]
    assumptions: tuple[str, ...]
    decisions: tuple[Decision, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    hop: str | None = None
    apology: tuple[Markup, ...] = ()
