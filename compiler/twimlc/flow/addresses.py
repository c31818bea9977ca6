"""Addresses that Twilio fetches or calls: web addresses and SIP addresses.

The text of an address comes in; what is wrong with it goes out, as a hint or as findings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Severity
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
from twimlc.diagnostics.rules.twiml import BAD_ADDRESS
from twimlc.flow.address_faults import is_port
from twimlc.flow.numbers import number_remarks
from twimlc.source.account import SIP_DOMAIN
from twimlc.source.private import is_private
from twimlc.text import Span
from twimlc.vocabulary import Fetch

_PARTS = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?"
)
_SILENT_FILES = (
    *("html", "htm", "txt", "xml", "pdf", "json", "zip", "png", "jpg", "jpeg", "gif"),
    *("mp4", "mov", "avi", "webm", "m4a", "ogg", "flac", "wma"),
)
_PAGES = ("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "open.spotify.com")
_PAGES_OF_FILES = {
    "drive.google.com": re.compile(r"/(?:file/d/[^/]+/(?:view|edit|preview)|open)\b"),
    "github.com": re.compile(r"/[^/]+/[^/]+/blob/"),
    "www.dropbox.com": re.compile(r"/(?:s|scl)/"),
}
"""Hosts where a sound has a page of its own, and the paths of such pages."""
_LIKE_A_HOST = re.compile(r"(?:[a-z0-9\-]{1,63}\.)+(?:com|org|net)(?=/)", re.IGNORECASE)
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
_NEEDS_INTERCONNECT = (11242,)
_KEYLIKE = re.compile(
    r"(?:^|&)(token|secret|api_?key|password|passwd|pwd|auth)=[^&]", re.IGNORECASE
)
_SECRET_HEADER = re.compile(r"(?:token|secret|api-?key|password|authorization)$", re.IGNORECASE)
_SIP = re.compile(r"(?:(sips?):)?(?:([^@?]*)@)?([^@;?]*)((?:;[^?]*)?)(?:\?(.*))?", re.IGNORECASE)
_SIP_HOST = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!%*_+`'~.\-]+")
_STANDARD = ("user-to-user", "remote-party-id", "p-preferred-identity", "p-called-party-id")
_MOST_OF_HEADERS = 1024
_REGISTERED = "sip.twilio.com"
_OLD_PLACES = ("us1", "us1-ix")
"""What may stand in a SIP domain for the sake of old accounts (docs/api/errors/32220)."""


def _host(authority: str) -> tuple[str, str]:
    """Host and port of an authority."""
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?", authority.rpartition("@")[2])
    return (found[1], found[2] or "") if found else (authority, "")


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
        what = _kind_of_media(spec, host, path)
        message = f"Twilio fetches {what} from {host} over http, in the open"
        yield SOUND_OVER_HTTP.at(span, message, hint="write https://")
    if ":" in authority.partition("@")[0] and "@" in authority:
        yield _secret("a password", span)
    elif key := _KEYLIKE.search(query):
        yield _secret(f"the value of {key[1]}", span)
    ending = path.rpartition(".")[2].lower()
    if 13420 in spec.twilio and "." in path and ending in _SILENT_FILES:
        message = f"Twilio plays no .{ending} file"
        yield NOT_AUDIO.at(span, message, hint="make an mp3 or a wav of it")
    elif 13420 in spec.twilio and _is_page(host.lower(), path, query):
        message = f"an address at {host} is a page for a browser, not a sound"
        yield NOT_AUDIO.at(span, message, hint="give the address of an mp3 or a wav")
    if not scheme and not authority and (named := _LIKE_A_HOST.match(path)):
        message = f"'{named[0]}' looks like a host, but is a folder beside the document here"
        finding = BAD_ADDRESS.at(
            span, message, hint=f"write https://{text}, or ./{text} for a folder"
        )
        yield replace(finding, severity=Severity.WARNING)
    if fragment:
        yield from _override(fragment, span)


def _is_page(host: str, path: str, query: str) -> bool:
    """Whether a browser is shown a page at an address where a sound should be."""
    shown = _PAGES_OF_FILES.get(host)
    if shown is None or not shown.match(path):
        return host in _PAGES
    given = query.split("&")
    return not ("raw=1" in given or "raw=true" in given or "dl=1" in given)


def _kind_of_media(spec: vocabulary.Attribute, host: str, path: str) -> str:
    if spec.fetch is Fetch.MEDIA or path.lower().endswith((".mp3", ".wav")):
        return "this sound"
    return "this TwiML" if host.lower() == "twimlets.com" else "what plays here"


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
            edges = value.split(",")
            if {*edges} <= {*_EDGES, *_PRIVATE_EDGES}:
                yield from _private_edge(edges, span)
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


def _private_edge(edges: list[str], span: Span) -> Iterator[Diagnostic]:
    private = [edge for edge in edges if edge in _PRIVATE_EDGES]
    if private:
        message = f"the edge {private[0]} is one of Interconnect, which needs a contract"
        hint = "with one, write account: {interconnect: true} into twimlc.yaml"
        yield BAD_OVERRIDE.at(span, message, hint=hint, twilio=_NEEDS_INTERCONNECT)


def under_contract(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings for an account that has Interconnect."""
    return [finding for finding in found if finding.twilio != _NEEDS_INTERCONNECT]


def check_sip(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is wrong with the address of somebody who is dialed by SIP."""
    found = _SIP.fullmatch(text)
    _, user, host, params, headers = found.groups() if found else ("", None, "", "", None)
    if not _SIP_HOST.fullmatch(host or ""):
        message = f"'{text}' is no SIP address: there is no host behind the @"
        yield BAD_SIP_ADDRESS.at(span, message, hint="write it as sip:desk@pbx.example.com")
        return
    port = re.search(r":([0-9]+)$", host)
    if port is not None and not is_port(port[1]):
        message = f"'{port[1]}' is no port: it is a number from 1 to 65535"
        yield BAD_SIP_ADDRESS.at(span, message, hint="without a port it is 5060, over TLS 5061")
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


def _sip_headers(headers: str, address: Span) -> Iterator[Diagnostic]:
    if len(headers) >= _MOST_OF_HEADERS:
        message = f"the headers have {len(headers)} characters; {_MOST_OF_HEADERS - 1} is the most"
        yield BAD_SIP_HEADER.at(address, message, twilio=(13253, 13251))
        return
    for header in headers.split("&"):
        name, _, value = header.partition("=")
        lower, span = name.lower(), _part(address, header)
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
        elif strange := re.search(r"[^\x21-\x7e]", value):
            message = f"'{strange[0]}' cannot stand in the value of '{name}' as it is"
            hint = f"write {_escaped(strange[0])}"
            yield BAD_SIP_HEADER.at(span, message, hint=hint, twilio=(32112,))


def _part(whole: Span, part: str) -> Span:
    """The place of a part that is written once in a place; else the whole."""
    if whole.via is not None or not part or whole.text.count(part) != 1:
        return whole
    start = whole.start + whole.text.index(part)
    return Span(whole.file, start, start + len(part))


def _escaped(text: str) -> str:
    from urllib.parse import quote  # loads a library that most flows do not need

    return quote(text)
