"""The ``account:`` part of the project file: a node comes in, what the account knows goes out.

All of it is optional. What is not said is not known, and nothing is checked against it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.project import BAD_PROJECT
from twimlc.source import tree
from twimlc.source.respell import hint_and_fix
from twimlc.source.settings import unknown_keys
from twimlc.source.tree import Node, Scalar, is_empty

CALLS = ("pstn", "sip", "client", "whatsapp")
"""How calls come in."""
CONNECTORS = ("pay", "virtualAgent", "stream", "siprec")
"""The nouns and verbs that go through a connector of the account."""
DEFAULT_CONNECTOR = "Default"
"""The connector that is asked for where a pay or a siprec names none."""
TOKEN_TYPES = ("one-time", "reusable", "payment-method")
PAYMENT_METHODS = ("credit-card", "ach-debit")

_SWITCHES = ("pci", "recordingEncryption", "callTransfer", "interconnect")
_LISTS = ("calls", "countries", "numbers", "callerIds", "sipDomains", "applications")
ACCOUNT_KEYS = ("region", *_SWITCHES, *_LISTS, "connectors")
PAY_KEYS = ("charge", "tokenTypes", "currencies", "paymentMethods", "parameters")

SIP_DOMAIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9-]*)\.sip(\.(?P<place>[a-z0-9-]+))?\.twilio\.com", re.IGNORECASE
)
"""A SIP domain at Twilio: its name, and the edge or Region that it is reached through."""
_NUMBER = re.compile(r"\+[1-9][0-9(). \-]*")
_APPLICATION = re.compile(r"AP[0-9a-fA-F]{32}")
_CURRENCY = re.compile(r"[A-Za-z]{3}")

Names = frozenset[str]


class PayConnector(NamedTuple):
    """What a connector for Pay can do. None: not said."""

    charge: bool | None = None
    token_types: Names | None = None
    currencies: Names | None = None
    payment_methods: Names | None = None
    parameters: tuple[str, ...] = ()


class Account(NamedTuple):
    """What only the account knows. None: not said.

    Numbers are digits without plus, countries ISO codes, SIP domains their names alone.
    ``connectors`` holds the names of the connectors of each kind that is told about, ``pay`` what
    those for Pay can do.
    """

    region: str | None = None
    pci: bool = False
    recording_encryption: bool = False
    call_transfer: bool = False
    interconnect: bool = False
    calls: Names | None = None
    countries: Names | None = None
    numbers: Names | None = None
    caller_ids: Names | None = None
    sip_domains: Names | None = None
    applications: Names | None = None
    connectors: Mapping[str, Names] = MappingProxyType({})
    pay: Mapping[str, PayConnector] = MappingProxyType({})


NOTHING_SAID = Account()
"""Of a project that says nothing of its account."""


_MISCALLED = {"UK": "GB", "ENGLAND": "GB", "USA": "US", "EN": "GB"}
"""Countries as people call them who do not know their code."""


def read_account(node: Node | None, findings: list[Diagnostic]) -> Account:
    """What the project file says of the account."""
    body = _map(node, ACCOUNT_KEYS, "'account'", findings)
    if body is None:
        return NOTHING_SAID
    # Few projects say anything here, and the command has to start quickly.
    from twimlc.vocabulary.countries import COUNTRIES
    from twimlc.vocabulary.regions import REGIONS

    parts = _Parts(body, findings)
    names, pay = _connectors(body.get("connectors"), findings)
    return Account(
        region=parts.word("region", REGIONS),
        pci=parts.switch("pci") or False,
        recording_encryption=parts.switch("recordingEncryption") or False,
        call_transfer=parts.switch("callTransfer") or False,
        interconnect=parts.switch("interconnect") or False,
        calls=parts.words("calls", CALLS),
        countries=parts.words("countries", sorted(COUNTRIES)),
        numbers=parts.numbers("numbers"),
        caller_ids=parts.numbers("callerIds"),
        sip_domains=parts.domains("sipDomains"),
        applications=parts.matching("applications", _APPLICATION, "the SID of an application: AP…"),
        connectors=names,
        pay=pay,
    )


def _map(
    node: Node | None, known: Sequence[str], what: str, findings: list[Diagnostic]
) -> tree.Mapping | None:
    """A map with the known keys; None, with a finding, for what is none."""
    if node is None or is_empty(node):
        return None
    if not isinstance(node, tree.Mapping):
        message = f"{what} is a map of {', '.join(known)}"
        findings.append(BAD_PROJECT.at(node.span, message))
        return None
    unknown_keys(node, known, what, findings)
    return node


def _connectors(
    node: Node | None, findings: list[Diagnostic]
) -> tuple[dict[str, Names], dict[str, PayConnector]]:
    body = _map(node, CONNECTORS, "'connectors'", findings)
    names: dict[str, Names] = {}
    pay: dict[str, PayConnector] = {}
    for entry in body or ():
        if entry.key == "pay" and isinstance(entry.value, tree.Mapping):
            pay = {part.key: _pay(part, findings) for part in entry.value}
            names["pay"] = frozenset(pay)
        elif entry.key in CONNECTORS and body is not None:
            found = _Parts(body, findings).texts(entry.key)
            if found is not None:
                names[entry.key] = frozenset(word.text for word in found)
    return names, pay


def _pay(entry: tree.Entry, findings: list[Diagnostic]) -> PayConnector:
    body = _map(entry.value, PAY_KEYS, f"the connector '{entry.key}'", findings)
    if body is None:
        return PayConnector()
    parts = _Parts(body, findings)
    currencies = parts.matching("currencies", _CURRENCY, "three letters, as in usd")
    return PayConnector(
        charge=parts.switch("charge"),
        token_types=parts.words("tokenTypes", TOKEN_TYPES),
        currencies=None if currencies is None else frozenset(map(str.lower, currencies)),
        payment_methods=parts.words("paymentMethods", PAYMENT_METHODS),
        parameters=tuple(word.text for word in parts.texts("parameters") or ()),
    )


class _Parts(NamedTuple):
    """Reads the values of one map. A value that cannot be read counts as not said."""

    body: tree.Mapping
    findings: list[Diagnostic]

    def texts(self, key: str) -> list[Scalar] | None:
        """The texts of a list; a single text counts as a list of one."""
        node = self.body.get(key)
        if node is None or is_empty(node):
            return None
        items = node.items if isinstance(node, tree.Sequence) else (node,)
        texts = [item for item in items if isinstance(item, Scalar) and item.value is not None]
        for item in items:
            if item not in texts:
                self.findings.append(BAD_PROJECT.at(item.span, f"'{key}' is a list of texts"))
        return texts

    def switch(self, key: str) -> bool | None:
        node = self.body.get(key)
        if node is None or is_empty(node):
            return None
        if isinstance(node, Scalar) and node.text in ("true", "false"):
            return node.text == "true"
        self.findings.append(BAD_PROJECT.at(node.span, f"'{key}' is true or false"))
        return None

    def word(self, key: str, known: Sequence[str]) -> str | None:
        node = self.body.get(key)
        if node is None or is_empty(node):
            return None
        if isinstance(node, Scalar) and node.text in known:
            return node.text
        self._unknown(key, node, known)
        return None

    def words(self, key: str, known: Sequence[str]) -> Names | None:
        texts = self.texts(key)
        if texts is None:
            return None
        for word in texts:
            if word.text not in known:
                self._unknown(key, word, known)
        return frozenset(word.text for word in texts)

    def matching(self, key: str, pattern: re.Pattern[str], form: str) -> Names | None:
        texts = self.texts(key)
        if texts is None:
            return None
        return frozenset(text for text, _ in self._fitting(key, texts, pattern, form))

    def numbers(self, key: str) -> Names | None:
        found = self.matching(key, _NUMBER, "a number with its country code, as in +14155550100")
        return None if found is None else frozenset(re.sub("[^0-9]", "", text) for text in found)

    def domains(self, key: str) -> Names | None:
        texts = self.texts(key)
        if texts is None:
            return None
        fitting = self._fitting(key, texts, SIP_DOMAIN, "such as desk.sip.twilio.com")
        return frozenset(match["name"].lower() for _, match in fitting)

    def _fitting(
        self, key: str, texts: list[Scalar], pattern: re.Pattern[str], form: str
    ) -> Iterator[tuple[str, re.Match[str]]]:
        for word in texts:
            match = pattern.fullmatch(word.text)
            if match is not None:
                yield word.text, match
                continue
            message = f"'{word.text}' does not belong in '{key}'"
            self.findings.append(BAD_PROJECT.at(word.span, message, hint=f"it takes {form}"))

    def _unknown(self, key: str, node: Node, known: Sequence[str]) -> None:
        word = node.text if isinstance(node, Scalar) else ""
        near, fix = hint_and_fix(node.span, word, known)
        few = f"it takes {', '.join(known)}" if len(known) < 10 else "two letters, as in US or GB"
        if key == "countries" and word.upper() in _MISCALLED:
            meant = _MISCALLED[word.upper()]
            near, fix = f"did you mean '{meant}'? it takes {few}", None
        message = f"'{key}' does not know '{word}'" if word else f"'{key}' takes one word"
        self.findings.append(BAD_PROJECT.at(node.span, message, hint=near or few, fix=fix))
