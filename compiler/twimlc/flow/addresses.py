"""Addresses that Twilio fetches or calls: web addresses and SIP addresses.

The text of an address comes in; what is wrong with it goes out, as a hint or as findings.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import (
    BAD_OVERRIDE,
    BAD_SIP_ADDRESS,
    BAD_SIP_HEADER,
    INSECURE_ADDRESS,
    NOT_AUDIO,
    PRIVATE_HOST,
    SECRET,
    SOUND_OVER_HTTP,
    UNKNOWN_COUNTRY,
)
from twimlc.flow.numbers import number_remarks
from twimlc.source.account import SIP_DOMAIN
from twimlc.text import Span
from twimlc.vocabulary import Fetch

_PARTS = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?"
)
_INSIDE = ("localhost", "local", "internal", "lan", "home", "corp", "test", "invalid")
_SILENT_FILES = (
    *("html", "htm", "txt", "xml", "pdf", "json", "zip", "png", "jpg", "jpeg", "gif"),
    *("mp4", "mov", "avi", "webm", "m4a", "ogg", "flac", "wma"),
)
_RANGES = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
_RETRY_ON = ("4xx", "5xx", "ct", "rt", "all")
_EDGES = (
    *("ashburn", "dublin", "frankfurt", "roaming", "sao-paulo", "singapore", "sydney"),
    *("tokyo", "umatilla"),
)
_PRIVATE_EDGES = (
    *("ashburn-ix", "frankfurt-ix", "london-ix", "san-jose-ix", "sao-paulo-ix"),
    *("singapore-ix", "sydney-ix", "tokyo-ix"),
)
_KEYLIKE = re.compile(
    r"(?:^|&)(token|secret|api_?key|password|passwd|pwd|auth)=[^&]", re.IGNORECASE
)
_SECRET_HEADER = re.compile(r"(?:token|secret|api-?key|password|authorization)$", re.IGNORECASE)
_SIP = re.compile(r"(?:(sips?):)?(?:([^@?]*)@)?([^@;?]*)((?:;[^?]*)?)(?:\?(.*))?", re.IGNORECASE)
_SIP_HOST = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!%*_+`'~.\-]+")
_STANDARD = ("user-to-user", "remote-party-id", "p-preferred-identity", "p-called-party-id")
_MOST_OF_HEADERS = 1024
_REGISTERED = "sip.twilio.com"
_OLD_PLACES = ("us1", "us1-ix")
"""What may stand in a SIP domain for the sake of old accounts (docs/api/errors/32220)."""


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


def _host(authority: str) -> tuple[str, str]:
    """Host and port of an authority."""
    found = re.fullmatch(r"(?:.*@)?(\[[^\]]*\]|[^:]*)(?::([0-9]*))?", authority)
    return (found[1], found[2] or "") if found else (authority, "")


def wrong_port(text: str) -> str | None:
    """Why the port of an address is the other protocol's."""
    scheme, authority = _split(text)[:2]
    port = _host(authority)[1]
    for wrong, other in (("http", "443"), ("https", "80")):
        if scheme == wrong and port == other:
            return f"{wrong}:// and port {other} do not go together"
    return None


def _split(text: str) -> tuple[str, str, str, str, str]:
    found = _PARTS.fullmatch(text)
    parts = found.groups("") if found else ("", "", text, "", "")
    return parts[0].lower(), parts[1], parts[2], parts[3], parts[4]


def address_remarks(spec: vocabulary.Attribute, text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd, or dangerous, about an address that can be read."""
    scheme, authority, path, query, fragment = _split(text)
    host = _host(authority)[0]
    if authority and host and is_private(host):
        message = f"Twilio cannot reach '{host}': it is no host of the open internet"
        hint = "give the address under which the world knows it"
        yield PRIVATE_HOST.at(span, message, hint=hint, twilio=_codes_of_host(spec))
    elif scheme == "http" and spec.fetch not in (Fetch.MEDIA, Fetch.MEDIA_OR_TWIML, None):
        message = f"{spec.name} sends what belongs to the call over http, for all to read"
        yield INSECURE_ADDRESS.at(span, message, hint="write https://")
    elif scheme == "http" and spec.fetch is not None:
        message = f"Twilio fetches this sound from {host} over http, in the open"
        yield SOUND_OVER_HTTP.at(span, message, hint="write https://")
    if ":" in authority.partition("@")[0] and "@" in authority:
        yield _secret("a password", span)
    elif key := _KEYLIKE.search(query):
        yield _secret(f"the value of {key[1]}", span)
    ending = path.rpartition(".")[2].lower()
    if 13420 in spec.twilio and "." in path and ending in _SILENT_FILES:
        message = f"Twilio plays no .{ending} file"
        yield NOT_AUDIO.at(span, message, hint="make an mp3 or a wav of it")
    if fragment:
        yield from _override(fragment, span)


def _codes_of_host(spec: vocabulary.Attribute) -> tuple[int, ...]:
    return (31904, 64102) if spec.scheme == "wss" else PRIVATE_HOST.twilio


def _secret(what: str, span: Span) -> Diagnostic:
    message = f"{what} stands in this address, and the document is open to everybody"
    return SECRET.at(span, message, hint="let your server check Twilio's request signature instead")


def _override(fragment: str, span: Span) -> Iterator[Diagnostic]:
    """Findings about a connection override; what is no override at all is passed over."""
    given = dict(part.partition("=")[::2] for part in fragment.split("&"))
    for key, value in given.items():
        codes: tuple[int, ...] = (11203,)
        if key in _RANGES:
            low, high = _RANGES[key]
            if value.isdecimal() and low <= int(value[:9]) <= high:
                continue
            message = f"{key}={value}: it takes a whole number from {low} to {high}"
        elif key == "rp":
            if all(word in _RETRY_ON for word in value.split(",")):
                continue
            codes = (11243,)
            message = f"rp={value}: it takes some of {', '.join(_RETRY_ON)}, with commas"
        elif key == "e":
            if all(edge in (*_EDGES, *_PRIVATE_EDGES) for edge in value.split(",")):
                continue
            codes = (11240, 11241)
            message = f"e={value}: no edge; open to all are {', '.join(_EDGES)}"
        else:
            continue
        yield BAD_OVERRIDE.at(span, message, twilio=codes)
        return
    total, first = given.get("tt", ""), given.get("ct", "")
    if total.isdecimal() and first.isdecimal() and int(total) < int(first):
        message = f"tt={total} is over before one connection with ct={first} may be"
        yield BAD_OVERRIDE.at(span, message, twilio=(11203,))


def private_edges(text: str) -> list[str]:
    """The edges of Interconnect that an address asks for behind its #."""
    wanted = (part.partition("=") for part in _split(text)[4].split("&"))
    edges = (edge for key, _, value in wanted if key == "e" for edge in value.split(","))
    return [edge for edge in edges if edge in _PRIVATE_EDGES]


def check_sip(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is wrong with the address of somebody who is dialed by SIP."""
    found = _SIP.fullmatch(text)
    _, user, host, params, headers = found.groups() if found else ("", None, "", "", None)
    if not _SIP_HOST.fullmatch(host or ""):
        message = f"'{text}' is no SIP address: there is no host behind the @"
        yield BAD_SIP_ADDRESS.at(span, message, hint="write it as sip:desk@pbx.example.com")
        return
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        message = "a % in a SIP address is followed by two hexadecimal digits"
        yield BAD_SIP_ADDRESS.at(span, message, hint="a % itself is written %25")
        return
    domain = SIP_DOMAIN.fullmatch(host)
    registered = host.lower().endswith(_REGISTERED) or domain is not None
    if registered and not user:
        message = f"'{text}' does not say whom to call at {host}"
        hint = f"write sip:NAME@{host}"
        yield BAD_SIP_ADDRESS.at(span, message, hint=hint, twilio=(32223,))
    for param in filter(None, params.split(";")):
        name, _, value = param.partition("=")
        allowed = {"transport": ("udp", "tcp", "tls"), "secure": ("true", "false")}.get(
            name.lower()
        )
        if allowed and value.lower() not in allowed:
            message = f"{name} of a SIP address is {' or '.join(allowed)}, not '{value}'"
            yield BAD_SIP_ADDRESS.at(span, message, twilio=(32114,))
        elif name.lower() == "edge" and registered:
            message = f"a telephone registered at {host} is found without an edge"
            yield BAD_SIP_ADDRESS.at(span, message, hint="leave edge out", twilio=(32220,))
    if domain is not None and domain["place"] and domain["place"].lower() not in _OLD_PLACES:
        message = (
            f"'{host}' is where telephones register; they are called without '{domain['place']}'"
        )
        hint = f"write {domain['name']}.sip.twilio.com"
        yield BAD_SIP_ADDRESS.at(span, message, hint=hint, twilio=(32220,))
    if user and re.fullmatch(r"\+[0-9(). \-]+", user):
        wrong = (found for found in number_remarks(user, span) if found.rule is UNKNOWN_COUNTRY)
        yield from (replace(found, twilio=(32101,)) for found in wrong)
    name_of_host = re.sub(r":[0-9]+$", "", host)
    if is_private(name_of_host):
        message = f"Twilio cannot reach '{name_of_host}': it is no host of the open internet"
        yield PRIVATE_HOST.at(span, message, twilio=(13254,))
    if user and ":" in user:
        yield _secret("a password", span)
    if headers:
        yield from _sip_headers(headers, span)


def _sip_headers(headers: str, span: Span) -> Iterator[Diagnostic]:
    if len(headers) >= _MOST_OF_HEADERS:
        message = f"the headers have {len(headers)} characters; {_MOST_OF_HEADERS - 1} is the most"
        yield BAD_SIP_HEADER.at(span, message, twilio=(13253, 13251))
        return
    for header in headers.split("&"):
        name, _, value = header.partition("=")
        lower = name.lower()
        if not _HEADER_NAME.fullmatch(name):
            message = f"'{name}' cannot be the name of a SIP header"
            yield BAD_SIP_HEADER.at(span, message, twilio=(32111,))
        elif not lower.startswith("x-") and lower not in _STANDARD:
            message = f"Twilio does not hand on the SIP header '{name}'"
            yield BAD_SIP_HEADER.at(span, message, hint=f"call it X-{name}")
        elif _SECRET_HEADER.search(name) and value:
            yield _secret(f"the value of {name}", span)
        elif lower.startswith("x-twilio"):
            message = f"'{name}' is a name that Twilio keeps for itself"
            yield BAD_SIP_HEADER.at(span, message)
        elif re.search(r"%(?:[01][0-9A-Fa-f]|7[Ff])", value):
            message = f"the value of '{name}' has a character that no SIP header can carry"
            yield BAD_SIP_HEADER.at(span, message, twilio=(32112,))
