"""What an account would refuse: the graph and what is known of the account in, findings out.

Only literal values are held against the account, and only what the project file says of it.
"""

import re
from collections.abc import Callable, Iterator

from twimlc.analysis.payments import check_payment
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.account import (
    COUNTRY_NOT_ENABLED,
    NO_SIP_CALLER,
    NOT_IN_ACCOUNT,
    NOT_IN_REGION,
    NOT_TRANSCRIBED,
    TRANSFER_UNANSWERED,
    UNKNOWN_CONNECTOR,
)
from twimlc.flow.graph import Graph
from twimlc.flow.model import Attribute, Element
from twimlc.source.account import DEFAULT_CONNECTOR, SIP_DOMAIN, Account

_THROUGH_CONNECTOR = {"VirtualAgent": "virtualAgent", "Stream": "stream", "Siprec": "siprec"}
_CONNECTOR_CODES = {"virtualAgent": (32602,), "stream": (31940,), "siprec": ()}
_SIP_HOST = re.compile(r"(?:sips?:)?(?:[^@?]*@)?([^@;?:]*)", re.IGNORECASE)


def check_account(graph: Graph, account: Account) -> Iterator[Diagnostic]:
    """Each finding once, however many attempts of a menu show it."""
    seen: set[Diagnostic] = set()
    for key in graph.contexts:
        element = graph.nodes[key].element
        if element is None or element.tag == "Stop":  # a stop only names what was started
            continue
        for inner in element.walk():
            for check in _CHECKS:
                fresh = [found for found in check(inner, account) if found not in seen]
                seen.update(fresh)
                yield from fresh


def _text(element: Element) -> str | None:
    """The text of an element where all of it is known."""
    parts = [child for child in element.children if not isinstance(child, Element)]
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts).strip() if texts and len(texts) == len(parts) else None


def _digits(text: str | None) -> str | None:
    """The digits of a number that says its country."""
    return re.sub("[^0-9]", "", text) if text and text.startswith("+") else None


def _region(element: Element, account: Account) -> Iterator[Diagnostic]:
    if account.region in (None, "us1"):
        return
    from twimlc.vocabulary.regions import ONLY_IN_US1

    for thing, codes in ONLY_IN_US1.items():
        tag, _, name = thing.partition(".")
        attribute: Attribute | None = element.get(name) if name else None
        if element.tag != tag or (name and attribute is None):
            continue
        what = f"{name} of {tag}" if name else tag
        message = f"{what} does not exist in the Region {account.region}"
        span = attribute.span if attribute is not None else element.span
        hint = "only us1 has it; where yours has it in a beta, silence this rule"
        yield NOT_IN_REGION.at(span, message, hint=hint, twilio=codes)


def _country(element: Element, account: Account) -> Iterator[Diagnostic]:
    if account.countries is None or element.tag not in ("Dial", "Number"):
        return
    from twimlc.vocabulary.countries import countries_of

    digits = _digits(_text(element))
    countries = countries_of(digits) if digits else ()
    if countries and not account.countries.intersection(countries):
        message = f"'+{digits}' lies in {' or '.join(countries)}, which the account does not call"
        hint = f"it calls {', '.join(sorted(account.countries))}, as twimlc.yaml says"
        yield COUNTRY_NOT_ENABLED.at(element.span, message, hint=hint)


def _connector(element: Element, account: Account) -> Iterator[Diagnostic]:
    kind = _THROUGH_CONNECTOR.get(element.tag)
    known = account.connectors.get(kind) if kind else None
    if kind is None or known is None:
        return
    given = element.get("connectorName")
    name = element.literal("connectorName")
    if given is None and kind == "siprec":
        name = DEFAULT_CONNECTOR
    if name is not None and name not in known:
        message = f"no connector of the account is called '{name}'"
        hint = f"for {kind} there is {', '.join(sorted(known)) or 'none'}, as twimlc.yaml says"
        span = given.span if given is not None else element.span
        yield UNKNOWN_CONNECTOR.at(span, message, hint=hint, twilio=_CONNECTOR_CODES[kind])


def _foreign(element: Element, account: Account) -> Iterator[Diagnostic]:
    """Numbers, applications and SIP domains of others."""
    text = _text(element) or ""
    if element.tag == "Sip" and account.sip_domains is not None:
        host = _SIP_HOST.match(text)
        domain = SIP_DOMAIN.fullmatch(host[1]) if host else None
        if domain is not None and domain["name"].lower() not in account.sip_domains:
            message = f"'{domain[0]}' is none of the account's SIP domains"
            hint = _listed("it has", (f"{name}.sip.twilio.com" for name in account.sip_domains))
            yield NOT_IN_ACCOUNT.at(element.span, message, hint=hint, twilio=(32002, 32214))
    sids = account.applications
    sid = _application(element)
    if sids is not None and sid is not None and sid not in sids:
        message = f"'{sid}' is none of the account's applications"
        hint = _listed("it has", sids)
        yield NOT_IN_ACCOUNT.at(element.span, message, hint=hint, twilio=(21218,))


def _application(element: Element) -> str | None:
    if element.tag != "Application":
        return None
    inner = (_text(child) for child in element.elements() if child.tag == "ApplicationSid")
    return _text(element) or next(inner, None)


def _sender(element: Element, account: Account) -> Iterator[Diagnostic]:
    """The number that a call or a message comes from."""
    if element.tag == "Dial" and account.caller_ids is not None:
        if all(noun.tag == "Number" for noun in element.elements()):
            own = account.caller_ids | (account.numbers or frozenset())
            yield from _own(element.get("callerId"), own, (13214,))
    elif element.tag == "Message" and account.numbers is not None:
        yield from _own(element.get("from"), account.numbers, (14102,))


def _own(
    given: Attribute | None, own: frozenset[str], codes: tuple[int, ...]
) -> Iterator[Diagnostic]:
    digits = _digits(given.value) if given and isinstance(given.value, str) else None
    if given is not None and digits and digits not in own:
        message = f"'+{digits}' is none of the account's numbers"
        hint = _listed("it has", (f"+{number}" for number in own))
        yield NOT_IN_ACCOUNT.at(given.span, message, hint=hint, twilio=codes)


def _listed(begin: str, names: "Iterator[str] | frozenset[str]") -> str:
    return f"{begin} {', '.join(sorted(names)) or 'none'}, as twimlc.yaml says"


def _calls(element: Element, account: Account) -> Iterator[Diagnostic]:
    """What depends on how calls come in, and on what becomes of them."""
    if element.tag == "Refer" and account.calls is not None and "sip" not in account.calls:
        message = f"calls come in by {', '.join(sorted(account.calls)) or 'nothing'}, not by SIP"
        yield NO_SIP_CALLER.at(element.span, message, hint="to pass the call on, dial")
    by_sip = element.tag == "Dial" and any(noun.tag == "Sip" for noun in element.elements())
    if account.call_transfer and by_sip and element.get("referUrl") is None:
        message = "whoever is called by SIP may transfer the call, and nothing answers that"
        yield TRANSFER_UNANSWERED.at(element.span, message, hint="give the dial a referUrl")


def _transcribed(element: Element, account: Account) -> Iterator[Diagnostic]:
    asked = element.get("transcribe")
    if element.tag != "Record" or asked is None or asked.value != "true":
        return
    if account.pci or account.recording_encryption:
        why = "in PCI mode" if account.pci else "for an account that encrypts its recordings"
        message = f"Twilio transcribes nothing {why}"
        yield NOT_TRANSCRIBED.at(asked.span, message, hint="leave transcribe out")


_CHECKS: tuple[Callable[[Element, Account], Iterator[Diagnostic]], ...] = (
    _region,
    _country,
    _connector,
    check_payment,
    _foreign,
    _sender,
    _calls,
    _transcribed,
)
