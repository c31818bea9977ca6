"""Web addresses that Twilio fetches or calls.

The text of an address comes in; what is wrong with it goes out, as a hint or as findings.
"""

import re
from collections.abc import Iterable, Iterator

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Fix, Severity, rules
from twimlc.findings.edits import rewrite_head
from twimlc.project.site_address import is_private
from twimlc.text import Span, clip, lazy_pattern
from twimlc.vocabulary import Fetch

_PARTS = lazy_pattern(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?"
)
_SILENT_FILES = (
    *("html", "htm", "txt", "xml", "pdf", "json", "zip", "png", "jpg", "jpeg", "gif"),
    *("mp4", "mov", "avi", "webm", "m4a", "ogg", "flac", "wma"),
)
_PAGES = ("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "open.spotify.com")
_PAGES_OF_FILES = {
    "drive.google.com": lazy_pattern(r"/(?:file/d/[^/]+/(?:view|edit|preview)|open)\b"),
    "github.com": lazy_pattern(r"/[^/]+/[^/]+/blob/"),
    "www.dropbox.com": lazy_pattern(r"/(?:s|scl)/"),
}
"""Hosts where a sound has a page of its own, and the paths of such pages."""
_LIKE_A_HOST = lazy_pattern(r"(?:[a-z0-9\-]{1,63}\.)+(?:com|org|net)(?=/)", re.IGNORECASE)
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
_KEYLIKE = lazy_pattern(
    r"(?:^|&)(token|secret|api_?key|password|passwd|pwd|auth)=[^&]", re.IGNORECASE
)
_HEAD = lazy_pattern(r"(https?|wss?)(?:://|:/?|//)(?=[^/\s])", re.IGNORECASE)
_TO_FILL_IN = lazy_pattern(r"[a-z]{2,5}://(<[a-z][a-z0-9 ._-]{0,60}>)", re.IGNORECASE)
_WORDS = lazy_pattern(r"[^\W\d_][\w',-]*(?: [\w',-]+){2,}[.!?]?")
_PORT = lazy_pattern(r"(?:\[[^\]]*\]|[^:\[]*):(.+)")
_WORLD_WIDE = lazy_pattern(r"www\.(?:[a-z0-9\-]{1,63}\.)+[a-z]{2,63}(?=[/?#:])", re.IGNORECASE)
_TEMPLATE_CODES = (11300, 11310, 11320)
_HIGHEST_PORT = 65_535


def _split(text: str) -> tuple[str, str | None, str, str, str]:
    """Scheme, authority (None: there is no ``//``), path, query and fragment of an address."""
    match = _PARTS.fullmatch(text)
    scheme, authority, path, query, fragment = match.groups() if match else ("", None, text, "", "")
    return (scheme or "").lower(), authority, path, query or "", fragment or ""


def is_address(text: str) -> bool:
    """Whether a URL attribute's text is an address rather than the name of a state."""
    return text.startswith("/") or any(mark in text for mark in ":.?")


def has_host(text: str) -> bool:
    """Whether an address begins with a scheme, or with the two slashes before a host."""
    scheme, authority, *_ = _split(text)
    return scheme != "" or authority is not None


def is_relative(text: str) -> bool:
    """Whether an address names something beside the document (no scheme, no leading slash)."""
    return not text.startswith("/") and not has_host(text)


def without_query(text: str) -> str:
    """An address up to its query and fragment."""
    return re.split("[?#]", text, maxsplit=1)[0]


def is_port(text: str) -> bool:
    """Whether a text is the number of a port; none at all means the usual one."""
    return not text or (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= _HIGHEST_PORT)


def bad_address(spec: vocabulary.Attribute, text: str, span: Span) -> Diagnostic | None:
    """The finding about an address that Twilio cannot use as it is written."""
    hint = _hint(spec, text)
    if hint is None:
        return None
    shown = clip(text)
    message = f"{spec.name} is not an address that Twilio can use: '{shown}'"
    codes = (*spec.twilio, *rules.BAD_ADDRESS.twilio, *(_TEMPLATE_CODES if "{" in text else ()))
    return rules.BAD_ADDRESS.at(span, message, hint=hint, fix=_fix(text, span), twilio=codes)


def _hint(spec: vocabulary.Attribute, text: str) -> str | None:
    """What would make an address of the text; None where it is one."""
    if spec.scheme == "wss" and "?" in text:
        return "Twilio takes no query here; pass values as parameters"
    if 13420 in spec.twilio and _WORDS.fullmatch(text):
        return "these are words, not an address: write <Say>, or say in a flow"
    if (blank := _TO_FILL_IN.match(text)) is not None:
        return f"write your host instead of {blank[1]}"
    if re.search(r"[\s{}<>\"\\^`|]", text):
        return "an address has no spaces, braces or quotes; write them as %20, %7B and so on"
    scheme, authority, *_ = _split(text)
    if spec.scheme and not text.lower().startswith(spec.scheme + "://"):
        if not scheme and spec.name == "url":
            return f"write the whole address, beginning with {spec.scheme}://"
        return f"it must begin with {spec.scheme}://"
    if slip := _slip(text):
        return f"an address begins with {slip[1]}"
    if _WORLD_WIDE.match(text):
        return f"write https://{text}; without https:// it is a file next to the document"
    if not spec.scheme and scheme not in ("", "http", "https"):
        return "Twilio fetches over https:// and http:// only"
    if authority is None:
        return f"an address begins with {scheme}://" if scheme else None
    return _host_hint(scheme, authority.rpartition("@")[2])


def _slip(text: str) -> tuple[str, str] | None:
    """How an address begins in which a colon or a slash was left out, and how it should."""
    head = _HEAD.match(text)
    if head is None or head[0].endswith("://"):
        return None
    return head[0], f"{head[1].lower()}://"


def _host_hint(scheme: str, host: str) -> str | None:
    if not host or "_" in host or host.startswith((".", "-")):
        return "Twilio needs a valid host name, without underscores"
    port = _PORT.fullmatch(host)
    if port is None:
        return None
    if not is_port(port[1]):
        return f"a port is a number from 1 to {_HIGHEST_PORT}"
    if (scheme, port[1]) in (("http", "443"), ("https", "80")):
        return f"{scheme}:// and port {port[1]} do not go together"
    return None


def _fix(text: str, span: Span) -> Fix | None:
    """The fix for what was left out of the beginning of an address."""
    if slip := _slip(text):
        return rewrite_head(span, *slip)
    return rewrite_head(span, "www.", "https://www.") if _WORLD_WIDE.match(text) else None


def address_remarks(spec: vocabulary.Attribute, text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd, or dangerous, about an address that can be read."""
    scheme, authority, path, query, fragment = _split(text)
    server = (authority or "").rpartition("@")[2]
    named_host = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::[0-9]*)?", server)
    host = named_host[1] if named_host else server
    if host and is_private(host):
        message = f"Twilio cannot reach '{host}': it is not a host on the public internet"
        codes = (31904, 64102) if spec.scheme == "wss" else None
        yield rules.PRIVATE_HOST.at(span, message, hint="give its public address", twilio=codes)
    elif scheme == "http" and spec.fetch not in (Fetch.MEDIA, Fetch.MEDIA_OR_TWIML, None):
        message = f"{spec.name} sends call data over http, unencrypted"
        yield rules.INSECURE_ADDRESS.at(span, message, hint="write https://")
    elif scheme == "http" and spec.fetch is not None:
        what = _kind_of_media(spec, host, path)
        message = f"Twilio fetches {what} from {host} over http, unencrypted"
        yield rules.SOUND_OVER_HTTP.at(span, message, hint="write https://")
    if authority and "@" in authority and ":" in authority.partition("@")[0]:
        yield secret("a password", span)
    elif key := _KEYLIKE.search(query):
        yield secret(f"the value of {key[1]}", span)
    ending = path.rpartition(".")[2].lower()
    if 13420 in spec.twilio and "." in path and ending in _SILENT_FILES:
        message = f"Twilio plays no .{ending} file"
        yield rules.NOT_AUDIO.at(span, message, hint="make an mp3 or a wav of it")
    elif 13420 in spec.twilio and _is_page(host.lower(), path, query):
        message = f"an address at {host} is a page for a browser, not audio"
        yield rules.NOT_AUDIO.at(span, message, hint="give the address of an mp3 or a wav")
    if not scheme and not authority and (named := _LIKE_A_HOST.match(path)):
        message = f"'{named[0]}' looks like a host, but is a folder beside the document here"
        hint = f"write https://{text}, or ./{text} for a folder"
        yield rules.BAD_ADDRESS.at(span, message, hint=hint, severity=Severity.WARNING)
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
        return "this audio"
    return "this TwiML" if host.lower() == "twimlets.com" else "what plays here"


def secret(what: str, span: Span) -> Diagnostic:
    message = f"this address contains {what}, and the document is open to everybody"
    hint = "let your server check Twilio's request signature instead"
    return rules.SECRET.at(span, message, hint=hint)


def _override(fragment: str, span: Span) -> Iterator[Diagnostic]:
    """Findings about a connection override; what is no override at all is passed over."""
    given = dict(part.partition("=")[::2] for part in fragment.split("&"))
    for key, value in given.items():
        words: list[str] = value.split(",")
        codes: tuple[int, ...] = (11203,)
        if key in _RANGES:
            low, high = _RANGES[key]
            fits = value.isdecimal() and low <= int(value[:9]) <= high
            takes = f"it takes a whole number from {low} to {high}"
        elif key == "rp":
            fits, codes = {*words} <= {*_RETRY_ON}, (11243,)
            takes = f"it takes any of {', '.join(_RETRY_ON)}, separated by commas"
        elif key == "e":
            fits, codes = {*words} <= {*_EDGES, *_PRIVATE_EDGES}, (11240, 11241)
            takes = f"unknown edge; the public ones are {', '.join(_EDGES)}"
            if fits and (private := [edge for edge in words if edge in _PRIVATE_EDGES]):
                message = f"the edge {private[0]} is one of Interconnect, which needs a contract"
                hint = "with one, write account: {interconnect: true} into twimlc.yaml"
                yield rules.BAD_OVERRIDE.at(span, message, hint=hint, twilio=_NEEDS_INTERCONNECT)
        else:
            continue
        if not fits:
            yield rules.BAD_OVERRIDE.at(span, f"{key}={value}: {takes}", twilio=codes)
            return
    total, first = given.get("tt", ""), given.get("ct", "")
    if total.isdecimal() and first.isdecimal() and int(total) < int(first):
        message = f"tt={total} is over before one connection with ct={first} may be"
        yield rules.BAD_OVERRIDE.at(span, message, twilio=(11203,))


def under_contract(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings for an account that has Interconnect."""
    return [finding for finding in found if finding.twilio != _NEEDS_INTERCONNECT]
