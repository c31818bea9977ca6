"""What each host can do, and where a target's links point. Nothing comes in; records go out."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from twimlc.vocabulary import DOCUMENT_LIMITS


@dataclass(frozen=True, slots=True)
class Host:
    """The capabilities of one kind of host.

    ``methods`` are the HTTP methods it answers with a document, the preferred one first.
    ``decisions``: the next document may depend on a value that Twilio sends. ``templates``: a
    document may show values of the running call. ``needs`` are keys a target must give.
    """

    name: str
    description: str
    methods: tuple[str, ...] = ("GET",)
    decisions: bool = False
    templates: bool = False
    document_limit: int = DOCUMENT_LIMITS.max_bytes
    inline_limit: int = 8192
    needs: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """What every link of ours asks Twilio to use."""
        return self.methods[0]


@dataclass(frozen=True, slots=True)
class Site:
    """Where one target's documents lie: ``url`` is the public address of its folder, if known.

    ``row`` is the folder of the row of a matrix; ``allow`` the approximations that the target
    allows everywhere.
    """

    host: Host
    url: str | None = None
    row: str | None = None
    allow: frozenset[str] = frozenset()

    @property
    def root(self) -> str:
        """The folder above the flows' folders, relative to the target's: empty or ``ROW/``."""
        return f"{self.row}/" if self.row else ""


HOSTS: Mapping[str, Host] = MappingProxyType(
    {
        host.name: host
        for host in (
            Host("static", "any web server or folder that serves files over https"),
            Host("s3", "a bucket of Amazon S3 or of a store that speaks its protocol"),
        )
    }
)

WITH_DECISIONS = "a host with decisions (twiml-bin, nginx, caddy, apache, or s3 with a router)"
"""How findings name the hosts that can look at a value before they answer."""

WITH_TEMPLATES = "a host with templates, such as twiml-bin"

WITH_POST = "a host that answers POST, such as twiml-bin"
