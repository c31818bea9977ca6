"""The hosts, one module each. Nothing comes in; their records go out, in the order of the list.

A module here holds one record called ``HOST``, or ``ROUTER``. Its name is in the list of names
that a project file may use; nothing else has to know it.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from twimlc.lower.capability import Host, Router
from twimlc.source import targets

_MODULES = {module.name for module in iter_modules(__path__)}


def _record(name: str, kind: str) -> object:
    module = name.replace("-", "_")
    if module not in _MODULES:
        return None
    return getattr(import_module(f"{__name__}.{module}"), kind, None)


HOSTS: Mapping[str, Host] = MappingProxyType(
    {name: found for name in targets.HOSTS if isinstance(found := _record(name, "HOST"), Host)}
)

ROUTERS: Mapping[str, Router] = MappingProxyType(
    {
        name: found
        for name in targets.ROUTERS
        if isinstance(found := _record(name, "ROUTER"), Router)
    }
)


def find_host(host: str, router: str | None = None) -> Host | None:
    """What a host can do with a router before it; None if one of them is not built for."""
    found = HOSTS.get(host)
    if found is None or router is None:
        return found
    before = ROUTERS.get(router)
    if before is None:
        return None
    return replace(found, decisions=True, files=before.files, hop=before.hop)
