"""The hosts: each folder here is one, and its ``__init__`` the record of what it can do.

``NAME/`` is a host (``HOST``), ``router_NAME/`` a router that can be put before a host of plain
files (``before`` gives the record of the two). Beside it lie the templates of the files that the
host needs, its part of docs/hosts.md (``page.md``), and modules of its own where it lowers flows
or answers requests in another way than the rest. The stages ask the record; only what reads the
project file, and words in findings, name hosts.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.formats.project_file import HOSTS, ROUTERS
from twimlc.lower.host import Host, Site
from twimlc.lower.plan import Plan
from twimlc.project.files import FileContent


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name.replace('-', '_')}")


@cache
def find_host(host: str, router: str | None = None) -> Host | None:
    """What a host can do with a router before it; None for names that are no host's."""
    if host not in HOSTS or router not in (None, *ROUTERS):
        return None
    plain: Host = _module(host).HOST
    if router is None:
        return plain
    routed: Host = _module(f"router_{router}").before(plain)
    return routed


def every_host() -> Mapping[str, Host]:
    """All hosts by name, and each router as ``s3 + ROUTER``."""
    names = [*((host, None) for host in HOSTS), *(("s3", router) for router in ROUTERS)]
    return {
        f"{host} + {router}" if router else host: record
        for host, router in names
        if (record := find_host(host, router)) is not None
    }


def with_routing(*, switches: bool = False) -> tuple[str, ...]:
    """The names of the hosts that can look at a value before they answer, without a router;
    with ``switches`` also at who calls."""
    hosts = ((name, host) for name in HOSTS if (host := find_host(name)))
    return tuple(name for name, host in hosts if host.decisions and (host.switches or not switches))


def lower(
    graph: Graph, site: Site, media: Callable[[MediaLink], FileContent | None]
) -> tuple[Plan | None, list[Diagnostic]]:
    """The documents of ``graph`` for ``site``; None if something had to be refused.

    ``media`` reads an audio file beside a flow; None means that it is not there, which is the
    caller's to report.
    """
    result: tuple[Plan | None, list[Diagnostic]]
    result = import_module(site.host.lowering).lower(graph, site, media)
    return result
