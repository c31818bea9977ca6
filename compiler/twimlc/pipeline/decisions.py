"""Decisions and the manifest: decisions of plans come in and go to its JSON, and back from there.

A build of some flows has to write the router's files for all of them, so it reads the others'
decisions from the last manifest. That file is not trusted: what could not have been written by a
build makes all of it foreign.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from twimlc.lower.capability import Host
from twimlc.lower.plan import Decision, FlowPlace, Mark, Markup
from twimlc.output.manifest import PUBLIC, ForeignManifestError, Manifest
from twimlc.output.plan import OutputFile
from twimlc.render.host_files import render_host_files
from twimlc.source.files import FileContent

_VERSION = r"public/(?:[a-z0-9-]+/){1,2}v\.[0-9a-f]{12}/"
_DOCUMENT = re.compile(rf"{_VERSION}[a-z0-9-]+(?:\.[a-z0-9-]+){{0,2}}\.xml")
_DECISION = re.compile(rf"{_VERSION}[a-z0-9-]+\.[0-9]+(?:-[0-9]+)?\.decide")
_NAME = re.compile(r"[A-Z][A-Za-z]{0,63}")
_VALUE = re.compile(r"[a-z0-9*#-]{1,1000}")


def decision_as_json(decision: Decision) -> dict[str, object]:
    """A decision as the manifest holds it."""
    found: dict[str, object] = {
        "flow": decision.flow,
        "path": PUBLIC + decision.path,
        "states": list(decision.states),
        "parameter": decision.parameter,
        "branches": _in_folder(decision.branches),
        "default": PUBLIC + decision.default,
    }
    if decision.mark is not None:
        found["mark"] = {"parameter": decision.mark.parameter, "value": decision.mark.value}
        found["marked"] = _in_folder(decision.marked)
    return found


def decision_from_json(item: Any) -> Decision:
    """The decision that the manifest holds; raises ForeignManifestError for anything else."""
    try:
        mark = item.get("mark")
        decision = Decision(
            path=_address(_DECISION, item["path"]),
            flow=str(item["flow"]),
            parameter=_matching(_NAME, item["parameter"]),
            branches=_rows(item["branches"]),
            default=_address(_DOCUMENT, item["default"]),
            mark=None if mark is None else _mark(mark),
            marked=() if mark is None else _rows(item["marked"]),
            states=tuple(map(str, item["states"])),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise ForeignManifestError("it holds a decision that no build has written") from fault
    folder = decision.path.rpartition("/")[0]
    documents = [decision.default, *(to for _, to in (*decision.branches, *decision.marked))]
    if any(document.rpartition("/")[0] != folder for document in documents):
        raise ForeignManifestError("it holds a decision that leads out of its folder")
    return decision


def router_files(
    host: Host, manifest: Manifest, apology: tuple[Markup, ...] = ()
) -> list[OutputFile]:
    """What the host needs to make every decision of a target, whichever build wrote it."""
    decisions = [decision_from_json(item) for item in manifest.decisions]
    flows = [FlowPlace(f"{name}/", flow.versions) for name, flow in sorted(manifest.flows.items())]
    rendered = render_host_files(
        host.files, manifest.target, manifest.url, decisions, apology, flows=flows
    )
    return [OutputFile(file.path, FileContent.of(data), file.media_type) for file, data in rendered]


def decisions_of(decisions: Iterable[Decision]) -> tuple[dict[str, object], ...]:
    """The manifest's part for decisions, in the order of their paths."""
    return tuple(decision_as_json(d) for d in sorted(decisions, key=lambda d: d.path))


def _in_folder(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {value: PUBLIC + path for value, path in rows}


def _address(pattern: re.Pattern[str], value: Any) -> str:
    """What a path of the folder is called by those who ask for it."""
    return _matching(pattern, value).removeprefix(PUBLIC)


def _mark(body: Any) -> Mark:
    value = body["value"]
    name = _matching(_NAME, body["parameter"])
    return Mark(name, None if value is None else _matching(_VALUE, value))


def _rows(body: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(body, Mapping):
        raise TypeError(type(body))
    return tuple((_matching(_VALUE, key), _address(_DOCUMENT, body[key])) for key in sorted(body))


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError(value)
    return value
