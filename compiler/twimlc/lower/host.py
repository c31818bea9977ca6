"""Where one target's documents lie, and how findings name hosts. Records of hosts come in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from twimlc.flow.graph import Node
from twimlc.lower.capability import Host, HostFile, Router
from twimlc.lower.hosts import HOSTS, ROUTERS, find_host
from twimlc.source.multiples import LIMITS

__all__ = [
    "HOSTS",
    "ROUTERS",
    "WITH_DECISIONS",
    "WITH_POST",
    "WITH_TEMPLATES",
    "Host",
    "HostFile",
    "Router",
    "Site",
    "base_path",
    "find_host",
]


@dataclass(frozen=True, slots=True)
class Site:
    """Where one target's documents lie: ``url`` is the public address of its folder, if known.

    ``row`` is the folder of the row of a matrix; ``allow`` the approximations that the target
    allows everywhere. On TwiML Bins ``media`` is the address that sound files are served under,
    ``bin`` is the SID of the one that is a router, ``bins`` gives the SID of each flow's Bin, and
    ``bare`` asks for tags that stand outside comments. ``apology`` gives the verbs of each flow's
    apology, those of none under the empty name; a flow that is not there has the usual words.
    ``limits`` are those of what one flow may be written as.
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

    @property
    def root(self) -> str:
        """The folder above the flows' folders, relative to the target's: empty or ``ROW/``."""
        return f"{self.row}/" if self.row else ""


def base_path(url: str | None) -> str:
    """The path at which a target's folder is served: ``/`` or ``/ivr/``."""
    return (urlsplit(url).path.rstrip("/") if url else "") + "/"


_DECIDING = ["twiml-bin", *(h.name for h in HOSTS.values() if h.decisions and not h.templates)]

WITH_DECISIONS = f"a host with decisions ({', '.join(_DECIDING)}, or s3 with a router)"
"""How findings name the hosts that can look at a value before they answer."""

LEFT_OUT = "or leave this flow out of the target ('flows:' in twimlc.yaml), or delete the target"
"""What helps whoever has another target for the flow, as a new project has."""

WITH_TEMPLATES = "a host with templates, such as twiml-bin"

WITH_POST = "a host that answers POST, such as twiml-bin"
