"""Targets of the project file: their part of the tree in, checked targets out.

What a host can do is not decided here, only that a target is described without mistakes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.project import (
    BAD_APOLOGY,
    BAD_TARGET,
    UNKNOWN_HOST,
    UNKNOWN_PROJECT_KEY,
)
from twimlc.source import tree
from twimlc.source.multiples import LIMITS
from twimlc.source.names import proposed_name, valid_name
from twimlc.source.params import places_of, read_params
from twimlc.source.patterns import FlowPattern, listed, read_patterns, selected
from twimlc.source.respell import beyond_doubt, hint_and_fix
from twimlc.source.site_address import check_site_address
from twimlc.source.tree import Node, Scalar, is_empty
from twimlc.text import Span

HOSTS = ("static", "s3", "twiml-bin", "nginx", "caddy", "apache", "vercel")
ROUTERS = {"cloudfront": ("s3", "static"), "twiml-bin": ("s3", "static")}
"""Routers, and the hosts that each can stand before."""
APPROXIMATIONS = ("fallback-after-answer", "caller-chosen-number")

_KEYS = (
    *("host", "url", "router", "bin", "bins", "media"),
    *("flows", "params", "allow", "onError", "apology", "keep", "limits"),
)
KEEP = 3
"""How many earlier versions of each flow stay, where the target does not say."""
_OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "twiml-bin": {"tags": ("comment", "bare")},
}
"""What one host needs beside the keys of every target, and the words it takes."""

_BIN = re.compile(r"EH[0-9a-fA-F]{32}")
_SID_HINT = "it is EH and 32 digits of 0-9 and a-f; the Bin's page in the Console has it"


@dataclass(frozen=True, slots=True)
class Target:
    """One way to build the project.

    ``keep`` earlier versions of each flow stay; ``places`` says where each key's value stands.
    """

    name: str
    host: str
    url: str | None = None
    router: str | None = None
    bin: str | None = None
    bins: Mapping[str, str] = field(default_factory=dict)
    bin_flows: tuple[FlowPattern, ...] = ()  # the flows that ``bins`` names, where it does
    media: str | None = None
    flows: tuple[FlowPattern, ...] = ()
    params: Mapping[str, Node] = field(default_factory=dict)
    param_places: Mapping[str, Span] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()
    on_error: str | None = None
    apology: str | None = None
    keep: int = KEEP
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    options: Mapping[str, Scalar] = field(default_factory=dict)
    span: Span | None = None
    places: Mapping[str, Span] = field(default_factory=dict)

    def covers(self, flow: str) -> bool:
        """Whether a flow is built for this target."""
        return selected(self.flows, flow)

    @property
    def apology_flow(self) -> str | None:
        """The flow that the apology names: one word in lower case is a name, all else is words."""
        word = self.apology
        return word if word is not None and valid_name(word) is None else None

    def place(self, key: str) -> Span | None:
        """Where a key's value stands, else where the target does; None without a project file."""
        return self.places.get(key, self.span)


def host_target(host: str) -> Target:
    """The target that ``-t HOST`` means where no target of the project file is called so."""
    return Target(name=host, host=host)


def read_target(entry: tree.Entry) -> tuple[Target | None, list[Diagnostic]]:
    """One entry of ``targets``. A target with an error is returned only if its host is known."""
    name, body, findings = entry.key, entry.value, list[Diagnostic]()
    reason = valid_name(name)
    if reason is not None:
        proposal = proposed_name(name)
        hint = None if proposal is None else f"'{proposal}' would do"
        findings.append(
            BAD_TARGET.at(entry.key_span, f"'{name}' cannot name a target: {reason}", hint=hint)
        )
    if not isinstance(body, tree.Mapping):
        hint = f"for example: {{host: {name if name in HOSTS else 'static'}}}"
        message = f"the target '{name}' must be a map that names its host"
        place = entry.key_span if is_empty(body) else body.span
        return None, [*findings, BAD_TARGET.at(place, message, hint=hint)]
    parts = _Parts(body, findings)
    host = parts.host(entry)
    bins = parts.bins()
    target = Target(
        name=name,
        host=host or "static",
        url=parts.address("url"),
        router=parts.word("router", ROUTERS, "router"),
        bin=parts.bin(),
        bins={flow.text: sid for flow, sid in bins},
        bin_flows=tuple(flow for flow, _ in bins),
        media=parts.address("media"),
        flows=read_patterns(body.get("flows"), findings),
        params=parts.params(),
        param_places=places_of(body.get("params")),
        allow=parts.allow(),
        on_error=parts.text("onError"),
        apology=parts.apology(),
        keep=parts.number("keep", KEEP),
        limits=parts.limits(),
        options=parts.options(host),
        span=entry.key_span,
        places={part.key: part.value.span for part in body if not is_empty(part.value)},
    )
    findings += _router_faults(target)
    return (None if host is None else target), findings


@dataclass(frozen=True, slots=True)
class _Parts:
    body: tree.Mapping
    findings: list[Diagnostic]

    def text(self, key: str) -> str | None:
        node = self.body.get(key)
        if node is None or is_empty(node):
            return None
        if isinstance(node, Scalar):
            return node.text
        self.findings.append(BAD_TARGET.at(node.span, f"'{key}' takes one value"))
        return None

    def number(self, key: str, default: int) -> int:
        word = self.text(key)
        if word is None or (word.isdecimal() and word.isascii() and len(word) < 4):
            return default if word is None else int(word)
        message = f"'{key}' takes a whole number from 0 to 999"
        self.findings.append(BAD_TARGET.at(self._place(key), message))
        return default

    def apology(self) -> str | None:
        words = self.text("apology")
        message = hint = ""
        if words is not None and not words.strip():
            message, hint = "the apology says nothing", "leave 'apology' out for words in English"
        elif words is not None and "${" in words:
            message = "an apology shows no values: whoever is on the line, it says the same"
            hint = "write out what it says, or name a flow; a flow can say params"
        if message:
            self.findings.append(BAD_APOLOGY.at(self._place("apology"), message, hint=hint))
        return words

    def host(self, entry: tree.Entry) -> str | None:
        slip = self._slip_of("host")
        if slip is not None:
            self._unknown(slip, _KEYS)
            return None
        if is_empty(self.body.get("host")):
            message = f"the target '{entry.key}' does not say its host"
            hint = f"hosts are {', '.join(HOSTS)}"
            self.findings.append(BAD_TARGET.at(entry.key_span, message, hint=hint))
            return None
        host = self.text("host")
        if host is None or host in HOSTS:
            return host
        span = self._place("host")
        near, fix = hint_and_fix(span, host, HOSTS)
        hint = near or f"hosts are {', '.join(HOSTS)}"
        message = f"no host is called '{host}'"
        self.findings.append(UNKNOWN_HOST.at(span, message, hint=hint, fix=fix))
        return None

    def word(self, key: str, allowed: Mapping[str, object], noun: str) -> str | None:
        word = self.text(key)
        if word is None or word in allowed:
            return word
        span, message = self._place(key), f"no {noun} is called '{word}'"
        near, fix = hint_and_fix(span, word, allowed)
        hint = near or f"{noun}s are {', '.join(allowed)}"
        self.findings.append(BAD_TARGET.at(span, message, hint=hint, fix=fix))
        return None

    def address(self, key: str) -> str | None:
        url = self.text(key)
        if url is None:
            return None
        found = check_site_address(key, url, self._place(key))
        self.findings.extend(found)
        if any(finding.is_error for finding in found):
            return None
        return url.rstrip("/")

    def bin(self) -> str | None:
        sid = self.text("bin")
        if sid is None or _BIN.fullmatch(sid):
            return sid
        message = f"'{sid}' is no SID of a TwiML Bin"
        self.findings.append(BAD_TARGET.at(self._place("bin"), message, hint=_SID_HINT))
        return None

    def bins(self) -> list[tuple[FlowPattern, str]]:
        node = self.body.get("bins")
        if node is None or is_empty(node):
            return []
        if not isinstance(node, tree.Mapping):
            message = "'bins' is a map: a flow, and the SID of its Bin"
            self.findings.append(BAD_TARGET.at(node.span, message))
            return []
        known: list[tuple[FlowPattern, str]] = []
        owners: dict[str, str] = {}
        for part in node:
            sid = part.value.text if isinstance(part.value, Scalar) else ""
            if not _BIN.fullmatch(sid):
                message = f"'{sid}' is no SID of a TwiML Bin"
                hint = _SID_HINT
            elif sid in owners:
                message = f"'{part.key}' has the Bin of '{owners[sid]}'; a Bin holds one flow"
                hint = "make another Bin in Twilio's Console and give its SID"
            else:
                owners[sid] = part.key
                known.append((FlowPattern(part.key, part.key_span), sid))
                continue
            self.findings.append(BAD_TARGET.at(part.value.span, message, hint=hint))
        return known

    def params(self) -> Mapping[str, Node]:
        return read_params(self.body.get("params"), self.findings)

    def allow(self) -> frozenset[str]:
        names: list[str] = []
        for item in listed(self.body.get("allow")):
            name = item.text if isinstance(item, Scalar) else ""
            if name in APPROXIMATIONS:
                names.append(name)
                continue
            message = f"'{name}' is nothing that can be allowed"
            near, fix = hint_and_fix(item.span, name, APPROXIMATIONS)
            hint = near or f"it can be {' or '.join(APPROXIMATIONS)}"
            self.findings.append(BAD_TARGET.at(item.span, message, hint=hint, fix=fix))
        return frozenset(names)

    def limits(self) -> Mapping[str, int]:
        node, found = self.body.get("limits"), dict(LIMITS)
        if not isinstance(node, tree.Mapping):
            if node is not None and not is_empty(node):
                message = "'limits' is a map: documents, bytes, and how many each flow may have"
                self.findings.append(BAD_TARGET.at(node.span, message))
            return found
        for part in node:
            if part.key not in LIMITS:
                hint, fix = hint_and_fix(part.key_span, part.key, LIMITS)
                hint = hint or f"it can have {' and '.join(LIMITS)}"
                message = f"'limits' has no '{part.key}'"
                self.findings.append(
                    UNKNOWN_PROJECT_KEY.at(part.key_span, message, hint=hint, fix=fix)
                )
                continue
            text = part.value.text if isinstance(part.value, Scalar) else ""
            if re.fullmatch(r"[1-9][0-9]{0,11}", text):
                found[part.key] = int(text)
            elif not is_empty(part.value):
                message = f"'{part.key}' takes a whole number from 1 on"
                self.findings.append(BAD_TARGET.at(part.value.span, message))
        return found

    def options(self, host: str | None) -> Mapping[str, Scalar]:
        known = _OPTIONS.get(host or "", {})
        options: dict[str, Scalar] = {}
        for part in self.body:
            if part.key in _KEYS:
                continue
            if part.key not in known:
                # Of a host that is not known nobody can say which options it has.
                if host is not None:
                    self._unknown(part, [*_KEYS, *known])
                continue
            if is_empty(part.value):
                continue
            word = part.value.text if isinstance(part.value, Scalar) else ""
            if isinstance(part.value, Scalar) and word in known[part.key]:
                options[part.key] = part.value
                continue
            message = f"'{part.key}' takes {' or '.join(known[part.key])}"
            hint, fix = hint_and_fix(part.value.span, word, known[part.key])
            self.findings.append(BAD_TARGET.at(part.value.span, message, hint=hint, fix=fix))
        return options

    def _unknown(self, part: tree.Entry, known: Sequence[str]) -> None:
        near, fix = hint_and_fix(part.key_span, part.key, known)
        hint = near or f"it can have {', '.join(known)}"
        owners = [name for name, keys in _OPTIONS.items() if part.key in keys]
        if owners:
            hint, fix = f"only the host {' or '.join(owners)} takes it", None
        message = f"a target has no '{part.key}'"
        self.findings.append(UNKNOWN_PROJECT_KEY.at(part.key_span, message, hint=hint, fix=fix))

    def _slip_of(self, key: str) -> tree.Entry | None:
        """The part that can only have been meant as a key that is not there."""
        if self.body.get(key) is not None:
            return None
        others = (part for part in self.body if part.key not in _KEYS)
        return next((part for part in others if beyond_doubt(part.key, _KEYS) == key), None)

    def _place(self, key: str) -> Span:
        node = self.body.get(key)
        return self.body.span if node is None else node.span


def _router_faults(target: Target) -> list[Diagnostic]:
    router, findings = target.router, list[Diagnostic]()
    place = target.place("router")
    if router is not None and place is not None:
        if target.host not in ROUTERS[router]:
            hosts = " or ".join(ROUTERS[router])
            message = f"the router {router} cannot stand before {target.host}"
            findings.append(BAD_TARGET.at(place, message, hint=f"it works with the host {hosts}"))
        elif router == "twiml-bin" and "url" not in target.places:
            message = "the router twiml-bin leads back to the documents, so the target needs a url"
            findings.append(
                BAD_TARGET.at(place, message, hint="url: https://voice.example.com/ivr")
            )
        elif router == "twiml-bin" and "bin" not in target.places:
            message = "the router twiml-bin is a Bin, and the target does not say which"
            hint = "make an empty one in Twilio's Console and give its SID: bin: EH…"
            findings.append(BAD_TARGET.at(place, message, hint=hint))
    elif "bins" in target.places and target.host != "twiml-bin":
        message = "'bins' gives the Bin of each flow, for the host twiml-bin"
        findings.append(BAD_TARGET.at(target.places["bins"], message, hint="host: twiml-bin"))
    elif "bin" in target.places and "router" not in target.places:
        message = "'bin' is the Bin of the router twiml-bin, which this target does not have"
        findings.append(BAD_TARGET.at(target.places["bin"], message, hint="router: twiml-bin"))
    return findings
