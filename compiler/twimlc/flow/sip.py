"""SIP addresses: the text of one comes in; what is wrong with it goes out."""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BAD_SIP_ADDRESS, BAD_SIP_HEADER, PRIVATE_HOST, UNKNOWN_COUNTRY
from twimlc.flow.addresses import is_port, secret
from twimlc.flow.numbers import number_remarks
from twimlc.formats.project_file import SIP_DOMAIN
from twimlc.project.site_address import is_private
from twimlc.text import Span, lazy_pattern

_SECRET_HEADER = lazy_pattern(r"(?:token|secret|api-?key|password|authorization)$", re.IGNORECASE)
_SIP = lazy_pattern(r"(?:(sips?):)?(?:([^@?]*)@)?([^@;?]*)((?:;[^?]*)?)(?:\?(.*))?", re.IGNORECASE)
_SIP_HOST = lazy_pattern(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
)
_HEADER_NAME = lazy_pattern(r"[A-Za-z0-9!%*_+`'~.\-]+")
_STANDARD = ("user-to-user", "remote-party-id", "p-preferred-identity", "p-called-party-id")
_MOST_OF_HEADERS = 1024
_REGISTERED = "sip.twilio.com"
_OLD_PLACES = ("us1", "us1-ix")
"""What may be in a SIP domain for the sake of old accounts (docs/api/errors/32220)."""


def check_sip(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is wrong with the address of somebody who is dialed by SIP."""
    found = _SIP.fullmatch(text)
    _, user, host, params, headers = found.groups() if found else ("", None, "", "", None)
    if not _SIP_HOST.fullmatch(host or ""):
        message = f"'{text}' is not a valid SIP address: there is no host after the @"
        yield BAD_SIP_ADDRESS.at(span, message, hint="write it as sip:desk@pbx.example.com")
        return
    port = re.search(r":([0-9]+)$", host)
    if port is not None and not is_port(port[1]):
        message = f"'{port[1]}' is not a valid port: a port is a number from 1 to 65535"
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
            message = f"a phone registered at {host} is found without an edge"
            yield BAD_SIP_ADDRESS.at(span, message, hint="leave edge out", twilio=(32220,))
    if domain is not None and domain["place"] and domain["place"].lower() not in _OLD_PLACES:
        message = f"'{host}' is where phones register; they are called without '{domain['place']}'"
        hint = f"write {domain['name']}.sip.twilio.com"
        yield BAD_SIP_ADDRESS.at(span, message, hint=hint, twilio=(32220,))
    if user and re.fullmatch(r"\+[0-9(). \-]+", user):
        wrong = (found for found in number_remarks(user, span) if found.rule is UNKNOWN_COUNTRY)
        yield from (replace(found, twilio=(32101,)) for found in wrong)
    name = re.sub(r":[0-9]+$", "", host)
    if is_private(name):
        message = f"Twilio cannot reach '{name}': it is not a host on the public internet"
        yield PRIVATE_HOST.at(span, message, twilio=(13254,))
    if user and ":" in user:
        yield secret("a password", span)
    if headers:
        yield from _sip_headers(headers, span)


def _sip_headers(headers: str, address: Span) -> Iterator[Diagnostic]:
    if len(headers) >= _MOST_OF_HEADERS:
        message = f"the headers have {len(headers)} characters; {_MOST_OF_HEADERS - 1} are allowed"
        yield BAD_SIP_HEADER.at(address, message, twilio=(13253, 13251))
        return
    for header in headers.split("&"):
        name, _, value = header.partition("=")
        lower, span = name.lower(), _part(address, header)
        if not _HEADER_NAME.fullmatch(name):
            message = f"'{name}' is not a valid name of a SIP header"
            yield BAD_SIP_HEADER.at(span, message, twilio=(32111,))
        elif not lower.startswith("x-") and lower not in _STANDARD:
            message = f"Twilio does not pass on the SIP header '{name}'"
            yield BAD_SIP_HEADER.at(span, message, hint=f"call it X-{name}")
        elif _SECRET_HEADER.search(name) and value:
            yield secret(f"the value of {name}", span)
        elif lower.startswith("x-twilio"):
            message = f"'{name}' is a name that Twilio reserves"
            yield BAD_SIP_HEADER.at(span, message)
        elif re.search(r"%(?:[01][0-9A-Fa-f]|7[Ff])", value):
            message = f"the value of '{name}' has a character that is not allowed in a SIP header"
            yield BAD_SIP_HEADER.at(span, message, twilio=(32112,))
        elif strange := re.search(r"[^\x21-\x7e]", value):
            message = f"'{strange[0]}' must be escaped in the value of '{name}'"
            escaped = "".join(f"%{byte:02X}" for byte in strange[0].encode())
            hint = f"write {escaped}"
            yield BAD_SIP_HEADER.at(span, message, hint=hint, twilio=(32112,))


def _part(whole: Span, part: str) -> Span:
    """The place of a part that is written once in a place; else the whole."""
    if whole.via is not None or not part or whole.text.count(part) != 1:
        return whole
    start = whole.start + whole.text.index(part)
    return Span(whole.file, start, start + len(part))
