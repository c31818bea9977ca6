"""Targets of the project file: their part of the tree in, checked targets out.

What a host can do is not decided here, only that a target is described without mistakes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BAD_APOLOGY, BAD_TARGET, UNKNOWN_PROJECT_KEY
from twimlc.formats.project_file import KEEP, LIMITS, OPTIONS, ROUTERS, FlowPattern, selected
from twimlc.project.site_address import check_site_address
from twimlc.text import Span
from twimlc.yaml import tree
from twimlc.yaml.names import valid_name
from twimlc.yaml.tree import Node, is_empty


class Target(NamedTuple):
    """One way to build the project.

    ``keep`` earlier versions of each flow stay; ``places`` says where each key's value is.
    """

    name: str
    host: str
    url: str | None = None
    router: str | None = None
    bin: str | None = None
    bins: Mapping[str, str] = {}
    bin_flows: tuple[FlowPattern, ...] = ()  # the flows that ``bins`` names, where it does
    media: str | None = None
    flows: tuple[FlowPattern, ...] = ()
    params: Mapping[str, Node] = {}
    param_places: Mapping[str, Span] = {}
    allow: frozenset[str] = frozenset()
    on_error: str | None = None
    apology: str | None = None
    keep: int = KEEP
    limits: Mapping[str, int] = LIMITS
    tags: str | None = None
    span: Span | None = None
    places: Mapping[str, Span] = {}

    def covers(self, flow: str) -> bool:
        """Whether a flow is built for this target."""
        return selected(self.flows, flow)

    @property
    def apology_flow(self) -> str | None:
        """The flow that the apology names: one word in lower case is a name, all else is words."""
        word = self.apology
        return word if word is not None and valid_name(word) is None else None

    def place(self, key: str) -> Span | None:
        """Where a key's value is, else where the target does; None without a project file."""
        return self.places.get(key, self.span)


def host_target(host: str) -> Target:
    """The target that ``-t HOST`` means where no target of the project file is called so."""
    return Target(name=host, host=host)


def read_target(
    entry: tree.Entry, body: tree.Mapping, said: dict[str, Any]
) -> tuple[Target, list[Diagnostic]]:
    """A target, of which ``said`` are the values of its rows.

    The host of a target that names none, or none that is known, is empty.
    """
    findings: list[Diagnostic] = []
    places = {part.key: part.value.span for part in body if not is_empty(part.value)}
    for key in said.keys() & {"url", "media"}:
        found = check_site_address(key, said[key].text, places[key])
        findings += found
        refused = any(finding.is_error for finding in found)
        said[key] = None if refused else said[key].text.rstrip("/")
    said["on_error"] = said.pop("onError", None)
    said["limits"] = {**LIMITS, **said.get("limits", {})}
    bins = body.get("bins")
    if isinstance(bins, tree.Mapping):
        said["bins"], found = _own_bins(bins, said.get("bins", {}))
        findings += found
        own = (part for part in bins if part.key in said["bins"])
        said["bin_flows"] = tuple(FlowPattern(part.key, part.key_span) for part in own)
    target = Target(
        **{"name": entry.key, "host": "", **said},
        param_places=tree.key_spans(body.get("params")),
        span=entry.key_span,
        places=places,
    )
    findings += _faults(target, body)
    return target, findings


def _own_bins(
    node: tree.Mapping, bins: Mapping[str, str]
) -> tuple[dict[str, str], list[Diagnostic]]:
    """The Bins of flows without those that another flow has already, and findings for these."""
    owners: dict[str, str] = {}
    findings: list[Diagnostic] = []
    for entry in node:
        sid = bins.get(entry.key)
        if sid is not None and owners.setdefault(sid, entry.key) != entry.key:
            message = f"'{entry.key}' has the Bin of '{owners[sid]}'; a Bin holds one flow"
            hint = "make another Bin in Twilio's Console and give its SID"
            findings.append(BAD_TARGET.at(entry.value.span, message, hint=hint))
    return {flow: sid for sid, flow in owners.items()}, findings


def _faults(target: Target, body: tree.Mapping) -> Iterator[Diagnostic]:
    """What is wrong with a target though each of its keys is right."""
    words, places, router = target.apology, target.places, target.router
    if words is not None and not words.strip():
        hint = "leave 'apology' out for words in English"
        yield BAD_APOLOGY.at(places["apology"], "the apology says nothing", hint=hint)
    elif words is not None and "${" in words:
        message = "an apology cannot hold values: it is the same for every caller"
        hint = "write its words in full, or name a flow; a flow can use params"
        yield BAD_APOLOGY.at(places["apology"], message, hint=hint)
    for key, owner in OPTIONS.items():
        entry = body.entry(key)
        if entry is not None and target.host not in (owner, ""):
            message = f"'{key}' does nothing for the host {target.host}"
            hint = f"only the host {owner} takes it"
            yield UNKNOWN_PROJECT_KEY.at(entry.key_span, message, hint=hint)
    if router is not None and target.host not in (*ROUTERS[router], ""):
        message = f"the router {router} cannot be used before {target.host}"
        hint = f"it works with the host {' or '.join(ROUTERS[router])}"
        yield BAD_TARGET.at(places["router"], message, hint=hint)
    elif router == "twiml-bin" and "url" not in places:
        message = "the router twiml-bin leads back to the documents, so the target needs a url"
        hint = "url: https://voice.example.com/ivr"
        yield BAD_TARGET.at(places["router"], message, hint=hint)
    elif router == "twiml-bin" and "bin" not in places:
        message = "the router twiml-bin is a Bin, and the target does not say which"
        hint = "make an empty one in Twilio's Console and give its SID: bin: EH…"
        yield BAD_TARGET.at(places["router"], message, hint=hint)
    elif router != "twiml-bin" and "bin" in places:
        message = "'bin' is the Bin of the router twiml-bin, which this target does not have"
        hint = "bins: {FLOW: EH…}" if target.host == "twiml-bin" else "router: twiml-bin"
        yield BAD_TARGET.at(places["bin"], message, hint=hint)
