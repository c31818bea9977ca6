"""Whether the connector of a payment can do what is asked: a pay in, findings out."""

from collections.abc import Iterator
from decimal import Decimal

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.account import CONNECTOR_CANNOT, UNKNOWN_CONNECTOR
from twimlc.flow.model import Element
from twimlc.source.account import DEFAULT_CONNECTOR, Account, PayConnector


def check_payment(element: Element, account: Account) -> Iterator[Diagnostic]:
    """Findings about a Pay; nothing where its connector is chosen during the call."""
    known = account.connectors.get("pay")
    if element.tag != "Pay" or known is None:
        return
    name = _known_now(element, "paymentConnector", DEFAULT_CONNECTOR)
    if name is None:
        return
    if name not in known:
        given = element.get("paymentConnector")
        message = f"no connector of the account is called '{name}'"
        hint = f"for pay there is {', '.join(sorted(known)) or 'none'}, as twimlc.yaml says"
        span = given.span if given is not None else element.span
        yield UNKNOWN_CONNECTOR.at(span, message, hint=hint, twilio=(64004,))
    elif name in account.pay:
        yield from _able(element, name, account.pay[name])


def _known_now(element: Element, name: str, default: str) -> str | None:
    """The value of an attribute, its default where it is left out; None if only a call tells."""
    return default if element.get(name) is None else element.literal(name)


def _lacks(can: frozenset[str] | None, wanted: str | None) -> bool:
    return can is not None and wanted is not None and wanted not in can


def _able(pay: Element, name: str, connector: PayConnector) -> Iterator[Diagnostic]:
    amount = _known_now(pay, "chargeAmount", "0")
    method = _known_now(pay, "paymentMethod", "credit-card")
    if _lacks(connector.payment_methods, method):
        yield _cannot(pay, "paymentMethod", f"{name} takes no {method}", 64013)
    if amount is not None and Decimal(amount):
        yield from _charge(pay, name, connector)
    elif amount is not None:
        yield from _token(pay, name, connector)
    given = {child.literal("name") for child in pay.elements() if child.tag == "Parameter"}
    for parameter in connector.parameters:
        if parameter not in given and None not in given:
            yield _cannot(pay, "", f"{name} needs the parameter {parameter}", 64015)


def _charge(pay: Element, name: str, connector: PayConnector) -> Iterator[Diagnostic]:
    if connector.charge is False:
        yield _cannot(pay, "chargeAmount", f"{name} makes tokens only, and charges nothing", 64007)
        return
    currency = _known_now(pay, "currency", "usd")
    if _lacks(connector.currencies, currency and currency.lower()):
        yield _cannot(pay, "currency", f"{name} does not charge in {currency}", 64011)


def _token(pay: Element, name: str, connector: PayConnector) -> Iterator[Diagnostic]:
    tokens = connector.token_types
    wanted = _known_now(pay, "tokenType", "reusable")
    if not _lacks(tokens, wanted):
        return
    if not tokens:
        message = f"{name} charges only, and without a chargeAmount a token is asked for"
        yield _cannot(pay, "chargeAmount", message, 64005)
    else:
        yield _cannot(pay, "tokenType", f"{name} makes no {wanted} tokens", 64006)


def _cannot(pay: Element, attribute: str, message: str, code: int) -> Diagnostic:
    given = pay.get(attribute)
    span = given.span if given is not None else pay.span
    hint = "what the connector can do stands in twimlc.yaml, under account"
    return CONNECTOR_CANNOT.at(span, message, hint=hint, twilio=(code,))
