"""Whom verbs call: a number or an address of a promise comes in, a test of verbs goes out."""

import re
from collections.abc import Callable, Iterator

from twimlc.flow.model import Element
from twimlc.rules.words import VALUE, known_text
from twimlc.text import made_of
from twimlc.vocabulary import AttributeType

_NUMBER = re.compile(r"\+?[0-9]{2,15}\*?")
_ADDRESS = re.compile(r"(sip|client)s?:(?:[^\s*]+\*?|\*)", re.IGNORECASE)
_SIP = re.compile(r"(sips?:)([^@?]*@)?([^:;?*]*)(:[^;?*]*)?(\*?).*", re.IGNORECASE | re.DOTALL)
_SHORT = 6  # emergency numbers and short codes have no country
_KINDS = {
    AttributeType.PHONE_NUMBER: "",
    AttributeType.CLIENT_IDENTITY: "client",
    AttributeType.SIP_URI: "sip",
}


class UnclearError(Exception):
    """A part of a sentence that means nothing: what, and what may help."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def called(what: str) -> Callable[[Element | None], Iterator[str]]:
    """Of a verb all that it calls and that is, or may be, this (``+1900*``: begins like it).

    Numbers are without blanks, apps ``client:NAME``; a value of the call stands as ``VALUE``.
    """
    address = _ADDRESS.fullmatch(what)
    sought = what if address else re.sub(r"[ ().-]", "", what)
    if not address and not _NUMBER.fullmatch(sought):
        raise UnclearError(
            f"'{what}' is not a number",
            "write it as +14155550100, or +1900* for all of a kind; sip:… and client:… can be "
            "given too",
        )
    if sought[0].isdecimal() and len(sought) > _SHORT:
        raise UnclearError(
            f"the number '{what}' does not say which country it is in",
            "write a plus and the country code, as in +14155550100",
        )
    kind = address[1].lower() if address else ""
    sip = _SIP.fullmatch(sought)
    port = sip is not None and bool(sip[4])
    start = _plain(kind, sought, port=port).rstrip("*")

    def fits(text: str) -> bool:
        pieces = text.split(VALUE)
        if sought.endswith("*"):
            return text.startswith(start) or (len(pieces) > 1 and start.startswith(pieces[0]))
        return made_of(pieces, start)

    def found(element: Element | None) -> Iterator[str]:
        texts = (text for each, text in _dialed(element) if each == kind)
        yield from filter(fits, (_plain(kind, text, port=port) for text in texts))

    return found


def _plain(kind: str, text: str, *, port: bool) -> str:
    """An address without what does not tell whose it is: headers, the case of a host."""
    found = _SIP.fullmatch(text) if kind == "sip" else None
    if found is None:
        return text if kind else re.sub(rf"[^+0-9*{VALUE}]", "", text)
    scheme, user, host, number, star = (part or "" for part in found.groups())
    return f"{scheme.lower()}{user}{host.lower()}{number if port else ''}{star}"


def _dialed(element: Element | None) -> Iterator[tuple[str, str]]:
    """Whom a verb calls, or passes the caller on to: kinds of addresses, and these."""
    if element is None or not (element.tag == "Dial" or element.does.transfers):
        return
    for inner in element.walk():
        kind = _KINDS.get(inner.text_type) if inner.text_type is not None else None
        if kind is not None and inner.children:
            own = "".join(known_text(c) for c in inner.children if not isinstance(c, Element))
            if own:
                yield kind, f"client:{own}" if kind == "client" else own
