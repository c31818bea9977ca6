"""What an account would refuse: the graph and what is known of the account in, findings out.

Only literal values are held against the account, and only what the project file says of it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from twimlc.findings import Diagnostic, rules
from twimlc.flow.graph import Graph
from twimlc.flow.model import Attribute, Element
from twimlc.formats.project_file import SIP_DOMAIN, Account
from twimlc.text import lazy_pattern
from twimlc.vocabulary.codes import ONLY_IN_US1, countries_of

_SIP_HOST = lazy_pattern(r"(?:sips?:)?(?:[^@?]*@)?([^@;?:]*)", re.IGNORECASE)


def check_account(graph: Graph, account: Account) -> Iterator[Diagnostic]:
    """Each finding once, however many attempts of a menu show it."""
    seen: dict[Diagnostic, None] = {}
    for _, verb in graph.verbs():
        for inner in verb.walk() if not verb.does.stops else ():  # it only names what was started
            for check in _CHECKS:
                seen.update(dict.fromkeys(check(inner, account)))
    yield from seen


def _text(element: Element) -> str | None:
    """The text of an element where all of it is known."""
    parts = [child for child in element.children if not isinstance(child, Element)]
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts).strip() if texts and len(texts) == len(parts) else None


def _digits(text: str | None) -> str | None:
    """The digits of a number that says its country."""
    return re.sub("[^0-9]", "", text) if text and text.startswith("+") else None


def _foreign(
    at: Element | Attribute, what: str, of: str, own: Iterable[str], codes: tuple[int, ...]
) -> Diagnostic:
    """The finding for something of another account; ``own`` is what this one has of the kind."""
    hint = f"it has {', '.join(sorted(own)) or 'none'}, as twimlc.yaml says"
    message = f"'{what}' is not one of the account's {of}"
    return rules.NOT_IN_ACCOUNT.at(at.span, message, hint=hint, twilio=codes)


def _region(element: Element, account: Account) -> Iterator[Diagnostic]:
    if account.region in (None, "us1"):
        return
    for thing, codes in ONLY_IN_US1.items():
        tag, _, name = thing.partition(".")
        attribute: Attribute | None = element.get(name) if name else None
        if element.tag != tag or (name and attribute is None):
            continue
        what = f"{name} of {tag}" if name else tag
        message = f"{what} does not exist in the Region {account.region}"
        hint = "only us1 has it; where yours has it in a beta, silence this rule"
        yield rules.NOT_IN_REGION.at((attribute or element).span, message, hint=hint, twilio=codes)


def _country(element: Element, account: Account) -> Iterator[Diagnostic]:
    if account.countries is None or element.tag not in ("Dial", "Number"):
        return
    digits = _digits(_text(element))
    countries = countries_of(digits) if digits else ()
    if countries and not account.countries.intersection(countries):
        message = f"'+{digits}' is in {' or '.join(countries)}, which the account does not call"
        hint = f"it calls {', '.join(sorted(account.countries))}, as twimlc.yaml says"
        yield rules.COUNTRY_NOT_ENABLED.at(element.span, message, hint=hint)


def _connector(element: Element, account: Account) -> Iterator[Diagnostic]:
    """Whether a connector exists; nothing where it is chosen during the call."""
    through = element.does.connector
    kind = element.spec.key if element.spec is not None else ""
    name = element.known(through.attribute) if through is not None else None
    if through is None or name is None:
        return
    known = account.connectors.get(kind)
    if known is not None and name not in known:
        message = f"unknown connector '{name}'"
        hint = f"for {kind} there is {', '.join(sorted(known)) or 'none'}, as twimlc.yaml says"
        span = element.place(through.attribute)
        yield rules.UNKNOWN_CONNECTOR.at(span, message, hint=hint, twilio=through.twilio)
    if element.does.takes_payment and name in account.payments:
        yield from _payment(element, name, account)


def _payment(payment: Element, name: str, account: Account) -> Iterator[Diagnostic]:
    """What a connector that takes payments cannot do of what is asked."""
    connector = account.payments[name]

    def lacks(able: frozenset[str] | None, wanted: str | None) -> bool:
        return able is not None and wanted is not None and wanted not in able

    def cannot(attribute: str, message: str, code: int) -> Diagnostic:
        hint = "what the connector can do is listed in twimlc.yaml, under account"
        return rules.CONNECTOR_CANNOT.at(
            payment.place(attribute), message, hint=hint, twilio=(code,)
        )

    charged = payment.get("chargeAmount") is not None
    amount = payment.literal("chargeAmount") if charged else "0"
    method = payment.known("paymentMethod")
    currency = payment.known("currency")
    token = payment.known("tokenType")
    if lacks(connector.payment_methods, method):
        yield cannot("paymentMethod", f"{name} takes no {method}", 64013)
    if amount is not None and Decimal(amount):
        if connector.charge is False:
            message = f"{name} makes tokens only, and charges nothing"
            yield cannot("chargeAmount", message, 64007)
        elif lacks(connector.currencies, currency and currency.lower()):
            yield cannot("currency", f"{name} does not charge in {currency}", 64011)
    elif amount is not None and lacks(connector.token_types, token):
        if connector.token_types:
            yield cannot("tokenType", f"{name} makes no {token} tokens", 64006)
        else:
            message = f"{name} charges only, and without a chargeAmount a token is asked for"
            yield cannot("chargeAmount", message, 64005)
    given = {child.literal("name") for child in payment.elements() if child.tag == "Parameter"}
    for parameter in connector.parameters:
        if parameter not in given and None not in given:
            yield cannot("", f"{name} needs the parameter {parameter}", 64015)


def _sip_domain(element: Element, account: Account) -> Iterator[Diagnostic]:
    if element.tag != "Sip" or account.sip_domains is None:
        return
    host = _SIP_HOST.match(_text(element) or "")
    domain = SIP_DOMAIN.fullmatch(host[1]) if host else None
    if domain is not None and domain["name"].lower() not in account.sip_domains:
        own = (f"{name}.sip.twilio.com" for name in account.sip_domains)
        yield _foreign(element, domain[0], "SIP domains", own, (32002, 32214))


def _application(element: Element, account: Account) -> Iterator[Diagnostic]:
    if element.tag != "Application" or account.applications is None:
        return
    inner = (_text(child) for child in element.elements() if child.tag == "ApplicationSid")
    sid = _text(element) or next(inner, None)
    if sid is not None and sid not in account.applications:
        yield _foreign(element, sid, "applications", account.applications, (21218,))


def _sender(element: Element, account: Account) -> Iterator[Diagnostic]:
    """The number that a call or a message comes from."""
    own, given, codes = None, None, (13214,)
    if element.tag == "Message":
        own, given, codes = account.numbers, element.get("from"), (14102,)
    elif element.tag == "Dial" and all(noun.tag == "Number" for noun in element.elements()):
        if account.caller_ids is not None:
            own = account.caller_ids | (account.numbers or frozenset())
        given = element.get("callerId")
    digits = _digits(given.value) if given and isinstance(given.value, str) else None
    if own is not None and given is not None and digits and digits not in own:
        yield _foreign(given, f"+{digits}", "numbers", (f"+{number}" for number in own), codes)


def _calls(element: Element, account: Account) -> Iterator[Diagnostic]:
    """What depends on how calls come in, and on what becomes of them."""
    if element.does.transfers and account.calls is not None and "sip" not in account.calls:
        message = f"calls come in by {', '.join(sorted(account.calls)) or 'nothing'}, not by SIP"
        yield rules.NO_SIP_CALLER.at(element.span, message, hint="to pass the call on, dial")
    by_sip = element.tag == "Dial" and any(noun.tag == "Sip" for noun in element.elements())
    if account.call_transfer and by_sip and element.get("referUrl") is None:
        message = "a party called by SIP may transfer the call, and nothing answers the transfer"
        yield rules.TRANSFER_UNANSWERED.at(element.span, message, hint="give the dial a referUrl")


def _transcribed(element: Element, account: Account) -> Iterator[Diagnostic]:
    asked = element.get("transcribe")
    if not element.does.records or asked is None or asked.value != "true":
        return
    if account.pci or account.recording_encryption:
        why = "in PCI mode" if account.pci else "for an account that encrypts its recordings"
        message = f"Twilio transcribes nothing {why}"
        yield rules.NOT_TRANSCRIBED.at(asked.span, message, hint="leave transcribe out")


_CHECKS: tuple[Callable[[Element, Account], Iterator[Diagnostic]], ...] = (
    _region,
    _country,
    _connector,
    _sip_domain,
    _application,
    _sender,
    _calls,
    _transcribed,
)
