"""What lowering asks of a host: the record of what it can do, and where a target's documents lie.

The records themselves are in :mod:`twimlc.hosts`, one folder each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from twimlc.calendars.settled import Settled
from twimlc.flow.graph import Node
from twimlc.formats.project_file import LIMITS
from twimlc.vocabulary import DOCUMENT_LIMITS

HANDLER = "https://handler.twilio.com/twiml/"
"""Where a Bin is served, by its SID."""


class HostFile(NamedTuple):
    """A file that a host needs beside the documents, written from ``template``.

    Where it is longer than ``limit`` bytes, ``beyond`` is written in its place.
    """

    path: str
    template: str
    media_type: str
    limit: int | None = None
    beyond: "tuple[HostFile, ...]" = ()


class Host(NamedTuple):
    """The capabilities of one kind of host, or of one with a router before it.

    ``methods`` are the HTTP methods it answers with a document, the preferred one first.
    ``decisions``: the next document may depend on a value that Twilio sends; ``switches``: on what
    comes with every request, before anything is heard; ``clock``: on the time. ``templates``: a
    document may show values of the running call. ``single``: a whole flow is one document.
    ``unanswered``: nothing can be said where a document is gone.
    ``hop``: a TwiML Bin leads from each value of a decision to a file of its own. ``files`` are
    what it needs to find the right document. ``lowering`` is the module whose ``lower`` makes its
    plan, ``answering`` the one whose ``serve`` answers requests as the host does.
    """

    name: str
    description: str
    methods: tuple[str, ...] = ("GET",)
    decisions: bool = False
    switches: bool = False
    clock: bool = False
    templates: bool = False
    single: bool = False
    hop: bool = False
    private: bool = False
    unanswered: bool = False
    document_limit: int = DOCUMENT_LIMITS.max_bytes
    inline_limit: int = 8192
    files: tuple[HostFile, ...] = ()
    lowering: str = "twimlc.lower.lowering"
    answering: str = "twimlc.hosts.answer"

    @property
    def takes(self) -> str:
        """How findings say how long a document may be."""
        if self.document_limit == DOCUMENT_LIMITS.max_bytes:
            return f"Twilio takes at most {self.document_limit:,}"
        return f"a Bin takes at most {self.document_limit:,} and the values of a call"

    @property
    def takes_hash(self) -> bool:
        """Whether it can look at a # among keys: a Bin puts keys into an address, which # ends."""
        return not (self.single or self.hop)

    @property
    def takes_text(self) -> bool:
        """Whether it can go on by any text: the hop has a file for each value."""
        return not self.hop

    @property
    def posts(self) -> bool:
        """Whether it answers POST."""
        return "POST" in self.methods

    @property
    def method(self) -> str:
        """What every link of ours asks Twilio to use."""
        return self.methods[0]


@dataclass(frozen=True, slots=True)
class Site:
    """Where one target's documents lie: ``url`` is the public address of its folder, if known.

    ``row`` is the folder of the row of a matrix; ``allow`` the approximations that the target
    allows everywhere. On TwiML Bins ``media`` is the address that audio files are served under,
    ``bin`` is the SID of the one that is a router, ``bins`` gives the SID of each flow's Bin, and
    ``bare`` asks for tags that stand outside comments. ``apology`` gives the verbs of each flow's
    apology, those of none under the empty name; a flow that is not there has the usual words.
    ``limits`` are those of what one flow may be written as. ``flows`` have a Bin of their own
    (None: all have), others are only jumped into. ``routing`` names the hosts with routing,
    ``switching`` those that know who calls, for findings. ``calendars`` are those of the project
    and of its flows, by name.
    """

    host: Host
    url: str | None = None
    row: str | None = None
    allow: frozenset[str] = frozenset()
    media: str | None = None
    bin: str | None = None
    bins: tuple[tuple[str, str], ...] = ()
    bare: bool = False
    apology: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS, hash=False)
    flows: frozenset[str] | None = None
    routing: tuple[str, ...] = ()
    switching: tuple[str, ...] = ()
    calendars: Mapping[str, Settled] = field(default_factory=dict, hash=False)

    def has(self, flow: str) -> bool:
        """Whether a flow is one of the target's, and not only jumped into."""
        return self.flows is None or flow in self.flows

    @property
    def root(self) -> str:
        """The folder above the flows' folders, relative to the target's: empty or ``ROW/``."""
        return f"{self.row}/" if self.row else ""

    @property
    def with_decisions(self) -> str:
        """How findings name the hosts that can look at a value before they answer."""
        return f"a host with decisions ({', '.join((*self.routing, 'or s3 with a router'))})"


def base_path(url: str | None) -> str:
    """The path at which a target's folder is served: ``/`` or ``/ivr/``."""
    return (urlsplit(url).path.rstrip("/") if url else "") + "/"


LEFT_OUT = "or leave this flow out of the target ('flows:' in twimlc.yaml), or delete the target"
"""What helps whoever has another target for the flow, as a new project has."""

WITH_TEMPLATES = "a host with templates, such as twiml-bin"

WITH_POST = "a host that answers POST, such as twiml-bin"
