"""What makes a text no address at all: the value of an attribute in, a finding out."""

import re

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Fix
from twimlc.diagnostics.edits import rewrite_head
from twimlc.diagnostics.rules.twiml import BAD_ADDRESS
from twimlc.text import Span

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_AUTHORITY = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?//([^/?#]*)", re.IGNORECASE)
_HEAD = re.compile(r"(https?|wss?)(?:://|:/?|//)(?=[^/\s])", re.IGNORECASE)
_TO_FILL_IN = re.compile(r"[a-z]{2,5}://(<[a-z][a-z0-9 ._-]{0,60}>)", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_][\w',-]*(?: [\w',-]+){2,}[.!?]?")
_PORT = re.compile(r"(?:\[[^\]]*\]|[^:\[]*):(.+)")
_WORLD_WIDE = re.compile(r"www\.(?:[a-z0-9\-]{1,63}\.)+[a-z]{2,63}(?=[/?#:])", re.IGNORECASE)
_TEMPLATE_CODES = (11300, 11310, 11320)
_HIGHEST_PORT = 65_535


def is_address(text: str) -> bool:
    """Whether a URL attribute's text is an address rather than the name of a state."""
    return text.startswith("/") or any(mark in text for mark in ":.?")


def is_relative(text: str) -> bool:
    """Whether an address names something beside the document (no scheme, no leading slash)."""
    return not text.startswith("/") and not _SCHEME.match(text)


def is_port(text: str) -> bool:
    """Whether a text is the number of a port; none at all means the usual one."""
    return not text or (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= _HIGHEST_PORT)


def bad_address(spec: vocabulary.Attribute, text: str, span: Span) -> Diagnostic | None:
    """The finding about an address that Twilio cannot use as it is written."""
    hint = _hint(spec, text)
    if hint is None:
        return None
    shown = text if len(text) <= 60 else text[:57] + "…"
    message = f"{spec.name} is not an address that Twilio can use: '{shown}'"
    codes = (*spec.twilio, *BAD_ADDRESS.twilio, *(_TEMPLATE_CODES if "{" in text else ()))
    return BAD_ADDRESS.at(span, message, hint=hint, fix=_fix(text, span), twilio=codes)


def _hint(spec: vocabulary.Attribute, text: str) -> str | None:
    """What would make an address of the text; None where it is one."""
    if spec.scheme == "wss" and "?" in text:
        return "Twilio takes no query here; pass values as parameters"
    if 13420 in spec.twilio and _WORDS.fullmatch(text):
        return "these are words, not an address: write <Say>, or say in a flow"
    if (blank := _TO_FILL_IN.match(text)) is not None:
        return f"put the host that you mean in the place of {blank[1]}"
    if re.search(r"[\s{}<>\"\\^`|]", text):
        return "an address has no blanks, braces or quotes; write them as %20, %7B and so on"
    scheme = _SCHEME.match(text)
    if spec.scheme and not text.lower().startswith(spec.scheme + "://"):
        if scheme is None and spec.name == "url":
            return f"write the whole address, beginning with {spec.scheme}://"
        return f"it must begin with {spec.scheme}://"
    if slip := _slip(text):
        return f"an address begins with {slip}"
    if _WORLD_WIDE.match(text):
        return f"write https://{text}; without https:// it is a file beside the document"
    if not spec.scheme and scheme and scheme[0].lower() not in ("http:", "https:"):
        return "Twilio fetches over https:// and http:// only"
    authority = _AUTHORITY.match(text)
    if authority and (hint := _host_hint(text, authority[1].rpartition("@")[2])):
        return hint
    return None


def _slip(text: str) -> str | None:
    """How an address begins in which a colon or a slash behind the scheme was left out."""
    head = _HEAD.match(text)
    if head is None or head[0].endswith("://"):
        return None
    return f"{head[1].lower()}://"


def _host_hint(text: str, host: str) -> str | None:
    if not host or "_" in host or host.startswith((".", "-")):
        return "Twilio needs a valid host name, without underscores"
    port = _PORT.fullmatch(host)
    if port is None:
        return None
    if not is_port(port[1]):
        return f"a port is a number from 1 to {_HIGHEST_PORT}"
    given = text.partition(":")[0].lower()
    if (given, port[1]) in (("http", "443"), ("https", "80")):
        return f"{given}:// and port {port[1]} do not go together"
    return None


def _fix(text: str, span: Span) -> Fix | None:
    """The fix for what was left out of the beginning of an address."""
    head = _HEAD.match(text)
    slip = _slip(text)
    if head is not None and slip is not None:
        return rewrite_head(span, head[0], slip)
    return rewrite_head(span, "www.", "https://www.") if _WORLD_WIDE.match(text) else None
