"""The project file as rows: everything that ``twimlc.yaml`` may say, once.

Every part may be left out, or be there and empty. What ``account:`` does not say is not known, and
nothing is checked against it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from operator import attrgetter
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, NamedTuple

from twimlc.findings import rules
from twimlc.formats.calendar_rows import CALENDARS
from twimlc.formats.format import (
    Leaf,
    Map,
    Names,
    Row,
    Several,
    Shape,
    among,
    number,
    of_form,
    switch,
    text,
    word,
)
from twimlc.formats.leaves import DRAFT, NAME, PARAM_NAME, TEXT_TYPES, Schema, matching
from twimlc.text import Span, lazy_pattern
from twimlc.vocabulary import Element, connected
from twimlc.vocabulary.blocks import APPROXIMATIONS
from twimlc.vocabulary.codes import COUNTRIES, REGIONS
from twimlc.yaml.names import valid_name, valid_param
from twimlc.yaml.tree import Scalar


class FlowPattern(NamedTuple):
    """A flow's name, or a glob over names, and where it is."""

    text: str
    span: Span

    def matches(self, flow: str) -> bool:
        return fnmatchcase(flow, self.text)


def selected(patterns: Sequence[FlowPattern], flow: str) -> bool:
    """Whether a flow is meant; no patterns mean every flow."""
    return not patterns or any(pattern.matches(flow) for pattern in patterns)


SIP_DOMAIN = lazy_pattern(
    r"(?P<name>[a-z0-9][a-z0-9-]*)\.sip(\.(?P<place>[a-z0-9-]+))?\.twilio\.com", re.IGNORECASE
)
"""A SIP domain at Twilio: its name, and the edge or Region that it is reached through."""

_DIGITS = lazy_pattern(r"\+[1-9][0-9(). \-]*")
_MISCALLED = {"UK": "GB", "ENGLAND": "GB", "USA": "US", "EN": "GB"}
"""Countries as people call them who do not know their code."""


class PaymentConnector(NamedTuple):
    """What a connector that takes payments can do. None: not said."""

    charge: bool | None = None
    token_types: frozenset[str] | None = None
    currencies: frozenset[str] | None = None
    payment_methods: frozenset[str] | None = None
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What only the account knows. None: not said.

    Numbers are digits without plus, countries ISO codes, SIP domains their names alone.
    ``connectors`` holds the names of the connectors of each kind that it names, ``payments`` what
    those that take payments can do.
    """

    region: str | None = None
    pci: bool = False
    recording_encryption: bool = False
    call_transfer: bool = False
    interconnect: bool = False
    calls: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    numbers: frozenset[str] | None = None
    caller_ids: frozenset[str] | None = None
    sip_domains: frozenset[str] | None = None
    applications: frozenset[str] | None = None
    connectors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    payments: Mapping[str, PaymentConnector] = field(default_factory=dict)


NOTHING_SAID = Account()
"""Of a project that says nothing of its account."""


def _account(connectors: Mapping[str, Any] = MappingProxyType({}), **said: Any) -> Account:
    """The record; of connectors there are names, or a map that says what each can do."""
    maps = [known for known in connectors.values() if type(known) is dict]
    can = {name: each or PaymentConnector() for known in maps for name, each in known.items()}
    names = {kind: frozenset(known) for kind, known in connectors.items()}
    return Account(**said, connectors=names, payments=can)


def _digits(node: Scalar) -> str | None:
    return re.sub("[^0-9]", "", node.text) if _DIGITS.fullmatch(node.text) else None


def _domain(node: Scalar) -> str | None:
    match = SIP_DOMAIN.fullmatch(node.text)
    return match["name"].lower() if match else None


def _currency(node: Scalar) -> str | None:
    return node.text.lower() if re.fullmatch("[A-Za-z]{3}", node.text) else None


_typed = attrgetter("text")


def _set(item: Leaf) -> Several:
    return Several(item, into=frozenset)


_COUNTRIES = sorted(COUNTRIES)
_COUNTRY = Leaf(matching("[A-Z]{2}", "a two-letter country code", ""), among(_COUNTRIES), "such as US or GB", _COUNTRIES, _MISCALLED)
_NUMBER = text("a number with its country code, as in +14155550100", _digits)
_SIP_DOMAIN = text("a SIP domain, such as desk.sip.twilio.com", _domain)
_APPLICATION = of_form(lazy_pattern("AP[0-9a-fA-F]{32}"), "the SID of an application", "an application SID is AP and 32 hexadecimal digits")
_CURRENCY = text("a currency", _currency, "three letters, as in usd")
_CONNECTOR = text("the name of a connector", _typed)

PAYMENTS = Map(
    (
        Row("charge", switch(), "Whether it charges."),
        Row("tokenTypes", _set(word("one-time", "reusable", "payment-method")), "The tokens it makes; an empty list for none."),
        Row("currencies", _set(_CURRENCY), "The currencies it charges in."),
        Row("paymentMethods", _set(word("credit-card", "ach-debit")), "The payment methods it accepts."),
        Row("parameters", Several(text("a name", _typed)), "The parameters it needs."),
    ),
    "a map of what the connector can do",
    PaymentConnector,
    description="What a connector can do; what is not given is not checked.",
)


def _connectors(key: str, element: Element) -> Row:
    if not element.does.takes_payment:
        return Row(key, _set(_CONNECTOR), f"Connectors for {key}, by name.")
    takes = "a list of names, or a map of names and what they can do"
    shape = Several(_CONNECTOR, takes, (*TEXT_TYPES, "array", "object"), named=PAYMENTS)
    return Row(key, shape, f"Connectors for {key}, by name; or what each can do.")


CONNECTORS = Map(
    tuple(_connectors(key, element) for key, element in connected().items()),
    f"a map of {', '.join(connected())}",
)

ACCOUNT = Map(
    (
        Row("region", word(*REGIONS), "The Region that calls are processed in.", default="us1"),
        Row("pci", switch(), "Whether PCI mode is on."),
        Row("recordingEncryption", switch(), "Whether recordings are encrypted with your own key."),
        Row("callTransfer", switch(), "Whether SIP phones transfer calls by REFER."),
        Row("interconnect", switch(), "Whether there is an Interconnect contract."),
        Row("calls", _set(word("pstn", "sip", "client", "whatsapp")), "How calls come in."),
        Row("countries", _set(_COUNTRY), "Voice Geographic Permissions: the countries that may be called.", examples=[["US", "CA", "GB"]]),
        Row("numbers", _set(_NUMBER), "Phone numbers that the account owns."),
        Row("callerIds", _set(_NUMBER), "Verified Caller IDs."),
        Row("sipDomains", _set(_SIP_DOMAIN), "SIP domains of the account.", examples=[["desk.sip.twilio.com"]]),
        Row("applications", _set(_APPLICATION), "TwiML applications of the account."),
        Row("connectors", CONNECTORS, "The connectors that are installed."),
    ),
    "a map of facts about the account",
    _account,
)
"""The rows of ``account:``."""


RULES = (rules.UNKNOWN_PROJECT_KEY, rules.BAD_PROJECT)
"""What an unknown key of a project file breaks, and what does not fit."""

_FIRST = ("static", "s3", "twiml-bin", "nginx", "caddy", "apache")
_FOLDERS = {
    module.name.replace("_", "-") for module in iter_modules([str(Path(__file__).parents[1] / "hosts")]) if module.ispkg
}
HOSTS = (*_FIRST, *sorted(name for name in _FOLDERS.difference(_FIRST) if not name.startswith("router-")))
"""The hosts, each a folder of ``twimlc.hosts``: the common ones first, all others by name."""
_AS_FILES = "for plain files write host: static, and the url they are served at"
_AS_BUCKET = "a store with Amazon's protocol is host: s3"
OTHER_HOSTS: Mapping[str, str] = {
    **dict.fromkeys(("NETLIFY", "GITHUB-PAGES", "GITHUB", "GITLAB-PAGES", "GITLAB", "PAGES", "CLOUDFLARE", "CLOUDFLARE-PAGES", "FIREBASE", "GCS", "GCP", "GOOGLE", "AZURE", "AZURE-BLOB", "BLOB", "RENDER", "SURGE", "IIS", "FILES", "PLAIN", "WEB"), _AS_FILES),
    **dict.fromkeys(("R2", "MINIO", "SPACES", "BACKBLAZE", "B2", "AWS", "BUCKET"), _AS_BUCKET),
    **dict.fromkeys(("TWILIO", "BIN", "BINS", "TWIML-BINS", "TWIMLBIN", "TWIML"), "twiml-bin"),
    **dict.fromkeys(("HTTPD", "APACHE2"), "apache"),
    "CLOUDFRONT": "write host: s3 and router: cloudfront",
}
"""Places that are no host by that name, in capitals: the host that is meant, or what to write."""
ROUTERS = {"cloudfront": ("s3", "static"), "twiml-bin": ("s3", "static")}
"""Routers, and the hosts that each can be before."""
OPTIONS: Mapping[str, str] = dict.fromkeys(("media", "bins", "tags"), "twiml-bin")
"""The keys of a target that one host alone takes, and that host."""
KEEP = 3
"""How many earlier versions of each flow stay, where the target does not say."""
LIMITS: Mapping[str, int] = {"documents": 5_000, "bytes": 50 * 1024 * 1024}
"""What one flow may be written as, unless the target says otherwise."""

_GLOB = lazy_pattern(r"[a-z0-9*?\[\]!-]+")


def _flow_pattern(node: Scalar) -> FlowPattern | None:
    return FlowPattern(node.text, node.span) if _GLOB.fullmatch(node.text) else None


_FLOWS = Several(
    text("the name of a flow, or a glob", _flow_pattern, "flows are named here, not files: a-z, 0-9, '-' and the wildcards * and ?", "string"),
    "names of flows, or globs",
    ("array", "string", "null"),
)
_SOME_FLOWS = [["standup", "notice-*"]]
_SID = lazy_pattern("EH[0-9a-fA-F]{32}"), "the SID of a TwiML Bin", "a Bin's SID is EH and 32 hexadecimal digits; its page in the Console shows it"
_APPROXIMATION = Leaf({"type": "string", "$comment": "the name of an approximation"}, among(APPROXIMATIONS), f"it can be {' or '.join(APPROXIMATIONS)}", APPROXIMATIONS)

ALLOW = Row(
    "allow",
    Several(_APPROXIMATION, f"some of {', '.join(APPROXIMATIONS)}", ("array", "string", "null"), into=frozenset),
    f"Approximations that are accepted where a host cannot do better: {' and '.join(APPROXIMATIONS)}.",
    examples=[[name] for name in APPROXIMATIONS],
)
"""The approximations that an author puts up with, in a target and beside a verb."""

LISTS = Names(Several(text("a case, such as +14155550123 or +1900*"), "a list of cases, or a file with one case a line"), "a map of names and lists", NAME, noun="a list", refused=valid_name)
"""Lists of cases by name, in the project file and in flows."""

PARAMS = Names(Shape({}), "a map of names and values", PARAM_NAME, noun="a param", refused=valid_param)
"""Values given from outside: in a target, or in a file of params."""

TARGET = Map(
    (
        Row("host", word(*HOSTS, synonyms=OTHER_HOSTS, unknown=rules.UNKNOWN_HOST), "What kind of host serves the documents."),
        Row("url", text(), "Where the build will be served, such as https://voice.example.com/ivr."),
        Row("router", word(*ROUTERS), "What makes decisions where the host cannot."),
        Row("bin", of_form(*_SID), "The hop's TwiML Bin."),
        Row("bins", Names(of_form(*_SID, "The TwiML Bin of a flow."), "a map of flows and SIDs"), "The TwiML Bins of flows, once they exist."),
        Row("media", text(), "Where audio files are served, for a host that cannot serve them."),
        Row("flows", _FLOWS, "The flows of this target; by default all.", examples=_SOME_FLOWS, rule=rules.BAD_PROJECT),
        Row("keep", number(0, 999), f"How many earlier versions of each flow are kept; {KEEP} by default."),
        Row("params", PARAMS, "Params for this target.", rule=rules.BAD_PROJECT),
        ALLOW,
        Row("onError", text(into=_typed), "The flow for the number's fallback URL."),
        Row("apology", text(into=_typed), "What callers hear as a last resort: words, or a flow's name.", examples=["Sorry, this line has a fault. In an emergency hang up and call 911."]),
        Row("limits", Map([Row(name, number(1), default=most) for name, most in LIMITS.items()], "a map of documents and bytes"), "The most that one flow may be built into."),
        Row("tags", word("comment", "bare"), "How a Bin's sections are placed."),
    ),
    "a map that names its host",
    types="object",
    name="a target",
    needs="host",
    leading=True,
    hint="for example: {host: static}",
    description="One way to build the flows.",
)

MATRIX = Map(
    (
        Row("table", text(), "The CSV file, beside the project file."),
        Row("folder", text(), "The column that names the folders; by default the first one."),
        Row("flows", _FLOWS, "Flows that are built once per row; by default all.", examples=_SOME_FLOWS),
    ),
    "the name of a CSV file, or a map of table, folder and flows",
    types=("string", "object", "null"),
    name="a matrix",
    needs="table",
    hint="matrix: {table: stores.csv}",
)

_MEASURES = [Row(measure, number(0, 999_999)) for measure in ("seconds", "words", "keys")]

BUDGETS = Map(
    (
        Row("choice", Map(_MEASURES[:2], "a map of seconds and words"), "What may come before the first choice."),
        Row("human", Map(_MEASURES, "a map of seconds, words and keys"), "What may come before a human."),
        Row("sound", Map(_MEASURES[:2], "a map of seconds and words"), "What an audio file of unknown length counts as."),
    ),
    "a map of choice, human and sound",
    hint="budgets: {choice: {seconds: 30}, human: {keys: 3}}",
)

_SEVERITIES = {
    **dict.fromkeys(("NO", "IGNORE", "IGNORED", "FALSE", "NONE", "NULL", "DISABLE", "DISABLED", "SKIP", "SILENT", "0"), "off"),
    **dict.fromkeys(("INFO", "HINT", "NOTICE"), "note"),
    **dict.fromkeys(("WARN", "ON", "YES", "TRUE", "1"), "warning"),
    **dict.fromkeys(("ERR", "FATAL", "2"), "error"),
}
_SEVERITY = word("off", "note", "warning", "error", description="The severity of findings of this rule.", synonyms=_SEVERITIES)

PROJECT = Map(
    (
        Row("flows", text(), "Folder of the flows, searched recursively.", default="flows"),
        Row("build", text(), "Folder that is built into.", default="build"),
        Row("params", PARAMS, "Params of all flows that declare them; stronger than their defaults."),
        Row("targets", Names(TARGET, "a map of names and targets", NAME, noun="a target", refused=valid_name, rule=rules.BAD_TARGET, hint="plain: {host: static}"), "What the flows are built for. Without -t all of them are built."),
        Row("matrix", MATRIX, "A table. The flows are built once per row; columns become params."),
        Row("calendars", CALENDARS, "When lines are open, by name; `hours` steps ask them."),
        Row("lists", LISTS, "Lists of cases that `switch` steps name."),
        Row("budgets", BUDGETS, "How much a caller has to sit through, at worst, on any path through a flow."),
        Row("account", ACCOUNT, "Facts about the account. What is not given is not checked."),
        Row("rules", Names(_SEVERITY, "a map of rules and off, note, warning or error", rule=rules.BAD_RULE_SETTING), "Severities of findings, by rule. Errors cannot be turned off."),
    ),
    "a map of flows, build, targets and more",
    name="the project file",
    notes=True,
)
"""The rows of the whole file."""


def project_schema() -> Schema:
    """The schema of ``twimlc.yaml``."""
    return {
        "$schema": DRAFT,
        "title": "A twimlc project",
        "description": "Where the flows are and what they are built for.",
        **PROJECT.schema,
    }
