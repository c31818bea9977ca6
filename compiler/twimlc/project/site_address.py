"""The address that a target is served under: its text comes in, what is wrong with it goes out.

And hosts that the open internet does not know.
"""

import re
from dataclasses import replace

from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.findings.rules import BAD_TARGET, INSECURE_URL, PRIVATE_HOST
from twimlc.text import Span, lazy_pattern

_URL = lazy_pattern(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL
)
_HOST = lazy_pattern(
    r"(?=.{1,253}(?::|\Z))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?",
    re.IGNORECASE,
)
_INSIDE = ("localhost", "local", "internal", "lan", "home", "corp", "test", "invalid")
_OWN_MACHINE = lazy_pattern(r"localhost|127(?:\.[0-9]+){3}|\[?::1\]?", re.IGNORECASE)
_CODES_OF_URL = (11321, 21205, 21402)
"""What Twilio says of such an address where it is set on a number, or given with a call."""
_PATH = lazy_pattern(r"(?:/[A-Za-z0-9._~-]+)*")


def check_site_address(key: str, url: str, place: Span) -> list[Diagnostic]:
    """The findings about ``url``, the value of ``key``; one is an error if it cannot be used."""
    fault, hint = _address_fault(url)
    if fault is not None:
        message = f"'{url}' cannot be the {key} of a target: {fault}"
        codes = _CODES_OF_URL if key == "url" else ()
        return [BAD_TARGET.at(place, message, hint=hint, twilio=codes)]
    findings: list[Diagnostic] = []
    if url[:5].lower() == "http:":
        message = f"the {key} of this target is http; anybody in between can change the call"
        findings.append(INSECURE_URL.at(place, message, hint=f"write https{url[4:]}"))
    match = _URL.fullmatch(url)
    host = match["host"].partition(":")[0] if match is not None else ""
    if is_private(host):
        message = f"Twilio cannot reach '{host}', the {key} of this target: it is not a public host"
        finding = PRIVATE_HOST.at(place, message, hint="give its public address")
        # Who gives their own machine is trying something out.
        own = _OWN_MACHINE.fullmatch(host) is not None
        findings.append(replace(finding, severity=Severity.NOTE) if own else finding)
    return findings


def _address_fault(url: str) -> tuple[str | None, str | None]:
    """Why an address is refused, and what helps."""
    found = _URL.fullmatch(url)
    if found is None or found["scheme"].lower() not in ("https", "http"):
        return "it is not an https address", "for example https://voice.example.com/ivr"
    host, rest = found["host"], found["rest"]
    if "@" in host:
        return "a user name or password does not belong here", "the project file is not safe"
    if "_" in host:
        return "Twilio refuses host names with '_'", None
    matched = _HOST.fullmatch(host)
    if matched is None or int(matched["port"] or 1) > 65535:
        return f"'{host}' is not a valid host name", None
    if "?" in rest or "#" in rest:
        return "it must end with its path, without ? or #", re.split(r"[?#]", url, maxsplit=1)[0]
    path = rest.removesuffix("/")
    if _PATH.fullmatch(path) is None or any(part in (".", "..") for part in path.split("/")):
        return "its path may have only letters, digits, '.', '_', '~' and '-' between the /", None
    return None, None


def is_private(host: str) -> bool:
    """Whether a host is one that the open internet does not know."""
    host = host.strip("[]").lower()
    if ":" in host or re.fullmatch(r"[0-9.]+", host):
        from ipaddress import ip_address

        try:
            return not ip_address(host).is_global
        except ValueError:
            return False
    return "." not in host or host.rsplit(".", 1)[1] in _INSIDE
