"""The address that a target is served under: its text comes in, what is wrong with it goes out."""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.addresses import PRIVATE_HOST
from twimlc.diagnostics.rules.project import BAD_TARGET, INSECURE_URL
from twimlc.source.private import is_own_machine, is_private
from twimlc.text import Span

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_HOST = re.compile(
    r"(?=.{1,253}(?::|\Z))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?",
    re.IGNORECASE,
)
_CODES_OF_URL = (11321, 21205, 21402)
"""What Twilio says of such an address where it is set on a number, or given with a call."""
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


def check_site_address(key: str, url: str, place: Span) -> list[Diagnostic]:
    """The findings about ``url``, the value of ``key``; one is an error if it cannot be used."""
    fault, hint = _address_fault(url)
    if fault is not None:
        message = f"'{url}' cannot be the {key} of a target: {fault}"
        codes = _CODES_OF_URL if key == "url" else ()
        return [BAD_TARGET.at(place, message, hint=hint, twilio=codes)]
    found: list[Diagnostic] = []
    if url[:5].lower() == "http:":
        message = f"the {key} of this target is http; anybody on the way can change the call"
        found.append(INSECURE_URL.at(place, message, hint=f"https{url[4:]}"))
    return [*found, *_unreachable(key, url, place)]


def _address_fault(url: str) -> tuple[str | None, str | None]:
    """Why an address is refused, and what helps."""
    found = _URL.fullmatch(url)
    if found is None or found["scheme"].lower() not in ("https", "http"):
        return "it is no https address", "for example https://voice.example.com/ivr"
    host, rest = found["host"], found["rest"]
    if "@" in host:
        return "a user name or password does not belong here", "the project file is no safe place"
    if "_" in host:
        return "Twilio refuses host names with '_'", None
    matched = _HOST.fullmatch(host)
    if matched is None or int(matched["port"] or 1) > 65535:
        return f"'{host}' is no host name", None
    if "?" in rest or "#" in rest:
        return "it must end with its path, without ? or #", re.split(r"[?#]", url, maxsplit=1)[0]
    path = rest.removesuffix("/")
    if _PATH.fullmatch(path) is None or any(part in (".", "..") for part in path.split("/")):
        return "its path may have only letters, digits, '.', '_', '~' and '-' between the /", None
    return None, None


def _unreachable(key: str, url: str, place: Span) -> Iterator[Diagnostic]:
    """A finding for an address that only a house knows; for one's own machine it is a note."""
    found = _URL.fullmatch(url)
    host = found["host"].partition(":")[0] if found is not None else ""
    if not is_private(host):
        return
    message = (
        f"Twilio cannot reach '{host}', the {key} of this target: the internet has no such host"
    )
    hint = "give the address under which the world knows it"
    finding = PRIVATE_HOST.at(place, message, hint=hint)
    yield replace(finding, severity=Severity.NOTE) if is_own_machine(host) else finding
