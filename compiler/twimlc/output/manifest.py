"""The manifest of a target: what a build wrote, for whom, and from what.

Comes in as dataclasses or as the JSON of an earlier build, goes out as the other. Nothing in it
depends on the clock or the machine. A manifest from the disk is not trusted: paths that could
lead out of the target's folder make all of it foreign.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from twimlc import about
from twimlc.lower import names
from twimlc.text import lazy_pattern

MANIFEST = "manifest.json"
STAGE = ".twimlc-"
"""What the names of a build's own passing files begin with."""
VERSION = 2
PUBLIC = "public/"
"""The folder of a target that a server serves, and nothing else."""

_SHA256 = lazy_pattern(r"[0-9a-f]{64}")
_VERSION = lazy_pattern(names.VERSION)
_FLOW = lazy_pattern(names.FLOW)
_UNPRINTED = lazy_pattern(r"[\\\x00-\x1f\x7f]")
_DRIVE = lazy_pattern(r"[A-Za-z]:")

Line = tuple[int, str, int]
"""A line of a document, the FLOW/STATE it comes from, and the line of the source."""


class ForeignManifestError(Exception):
    """The text is no manifest of ours; says what is wrong with it."""


class OldManifestError(Exception):
    """The manifest is of the format before versions; says which files it lists."""

    def __init__(self, documents: "Mapping[str, DocumentEntry]") -> None:
        self.documents = documents


class FlowEntry(NamedTuple):
    """Where a flow begins and what to set on its number (``voiceUrl``, ``voiceMethod``, …).

    ``version`` is the present version, if anything follows the entry; ``versions`` are all that
    are there, newest first. A flow that is gone has ``entry`` None: what is left of it are versions
    that calls in progress may still be in. ``earlier`` says of each entry (or Bin) before the
    present one, newest first, which versions it led into and which sounds it played. ``pairs``
    counts the pairs of positions in which the flow and its documents were compared; None if they
    were not, or not all of them.
    """

    entry: str | None
    source: str
    number: Mapping[str, str] = {}
    pairs: int | None = None
    version: str | None = None
    versions: tuple[str, ...] = ()
    earlier: tuple[tuple[str, ...], ...] = ()


class DocumentEntry(NamedTuple):
    """One file of the build. ``flow`` is ``FLOW`` or ``ROW/FLOW``, empty for what is shared.

    ``cache`` is how a host lets it be cached: ``no-store`` or ``immutable``; empty for what is
    not served.
    """

    media_type: str
    flow: str = ""
    cache: str = ""
    source: str | None = None
    states: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    sha256: str = ""
    size: int = 0


class Manifest(NamedTuple):
    """One target's build. All paths are seen from the target's folder.

    ``built_on`` is the SHA-256 of the manifest of the build whose versions were kept. Decisions,
    questions, calendars (by name), approximations and assumptions are maps for JSON; those with a
    ``flow`` key belong to that flow, others to the whole target.
    """

    target: str
    host: str
    url: str | None = None
    built_on: str | None = None
    flows: Mapping[str, FlowEntry] = {}
    documents: Mapping[str, DocumentEntry] = {}
    decisions: tuple[Any, ...] = ()
    questions: tuple[Any, ...] = ()
    calendars: Mapping[str, Any] = {}
    approximations: tuple[Any, ...] = ()
    assumptions: tuple[Any, ...] = ()
    version: str = about.VERSION


def to_json(manifest: Manifest) -> bytes:
    """The text of ``manifest.json``."""
    whole = {
        "version": VERSION,
        "tool": {"name": "twimlc", "version": manifest.version},
        "target": manifest.target,
        "host": manifest.host,
        "url": manifest.url,
        "builtOn": manifest.built_on,
        "verified": _verified([flow for flow in manifest.flows.values() if flow.entry is not None]),
        "flows": {
            name: {
                "entry": flow.entry,
                "source": flow.source,
                "number": flow.number,
                "version": flow.version,
                "versions": flow.versions,
                "earlierEntries": flow.earlier,
                "verified": _verified([flow]),
            }
            for name, flow in manifest.flows.items()
        },
        "documents": {
            path: {
                "sha256": document.sha256,
                "bytes": document.size,
                "mediaType": document.media_type,
                "cache": document.cache or None,
                "flow": document.flow,
                "source": document.source,
                "states": document.states,
                "lines": document.lines,
            }
            for path, document in manifest.documents.items()
        },
        "decisions": manifest.decisions,
        **({"questions": manifest.questions} if manifest.questions else {}),
        **({"calendars": manifest.calendars} if manifest.calendars else {}),
        "approximations": manifest.approximations,
        "assumptions": manifest.assumptions,
    }
    return (_text(whole, "") + "\n").encode()


def from_json(data: bytes) -> Manifest:
    """The manifest that ``data`` holds; raises :class:`ForeignManifestError` for anything else."""
    try:
        whole = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ForeignManifestError("it is not JSON") from None
    try:
        return _manifest(whole)
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        raise ForeignManifestError("it is not a manifest of twimlc") from fault


def path_fault(path: str) -> str | None:
    """Why a path of a manifest could lead out of the target's folder; None when it cannot."""
    if not path or path.startswith("/") or _DRIVE.match(path):
        return "is not relative"
    if _UNPRINTED.search(path):
        return "has characters that no path of a build has"
    if not {"", ".", ".."}.isdisjoint(path.split("/")):
        return "leads out of the folder"
    if path.casefold() == MANIFEST or path.startswith(STAGE):
        return "is kept for the build itself"
    return None


def base_name(flow: str) -> str:
    """The flow of ``ROW/FLOW``."""
    return flow.rpartition("/")[2]


def _verified(flows: Collection[FlowEntry]) -> Any:
    """``{"pairs": N}`` if all flows were verified, else ``False``."""
    pairs = [flow.pairs for flow in flows if flow.pairs is not None]
    return {"pairs": sum(pairs)} if len(pairs) == len(flows) else False


def _text(value: Any, indent: str) -> str:
    # A list without maps stays on one line: the source map of a document would else be most of
    # the file. It also goes through the fast encoder, which knows no indentation.
    inner = indent + "  "
    if isinstance(value, Mapping) and value:
        body = ",\n".join(
            f"{inner}{encode_basestring(key)}: {_text(item, inner)}"
            for key, item in sorted(value.items())
        )
        return f"{{\n{body}\n{indent}}}"
    if isinstance(value, (list, tuple)) and any(isinstance(item, Mapping) for item in value):
        body = ",\n".join(inner + _text(item, inner) for item in value)
        return f"[\n{body}\n{indent}]"
    return encode_basestring(value) if type(value) is str else _encode(value)


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False).encode


def _manifest(whole: Any) -> Manifest:
    if not isinstance(whole, dict) or whole["tool"]["name"] != "twimlc":
        raise ForeignManifestError("it is not a manifest of twimlc")
    if whole["version"] not in (1, VERSION):
        raise ForeignManifestError(f"its format has version {whole['version']!r}, not {VERSION}")
    documents = {_path(path): _document(body) for path, body in whole["documents"].items()}
    if whole["version"] == 1:
        raise OldManifestError(documents)
    return Manifest(
        target=_string(whole["target"]),
        host=_string(whole["host"]),
        url=None if whole["url"] is None else _string(whole["url"]),
        built_on=None if whole["builtOn"] is None else matching(_SHA256, whole["builtOn"]),
        flows={matching(_FLOW, name): _flow(body) for name, body in whole["flows"].items()},
        documents=documents,
        decisions=tuple(item for item in _items(whole["decisions"]) if _path(item["path"])),
        questions=tuple(i for i in _items(whole.get("questions", [])) if _path(i["path"])),
        calendars=_map(whole.get("calendars", {})),
        approximations=_items(whole["approximations"]),
        assumptions=_items(whole["assumptions"]),
        version=_string(whole["tool"]["version"]),
    )


def _flow(body: Any) -> FlowEntry:
    number = {_string(key): _string(value) for key, value in body["number"].items()}
    verified = body.get("verified", False)
    pairs = None if verified is False else verified["pairs"]
    if pairs is not None and (type(pairs) is not int or pairs < 0):
        raise ValueError(pairs)
    version = None if body["version"] is None else matching(_VERSION, body["version"])
    versions = tuple(matching(_VERSION, name) for name in body["versions"])
    if (version is not None and version not in versions) or len({*versions}) < len(versions):
        raise ValueError(versions)
    entry = None if body["entry"] is None else _path(body["entry"])
    earlier = tuple(tuple(map(_path, _items(paths))) for paths in _items(body["earlierEntries"]))
    return FlowEntry(entry, _string(body["source"]), number, pairs, version, versions, earlier)


def _document(body: Any) -> DocumentEntry:
    sha256, size = matching(_SHA256, body["sha256"]), body["bytes"]
    if type(size) is not int or size < 0:
        raise ValueError(size)
    lines = tuple((int(line), _string(state), int(at)) for line, state, at in body["lines"])
    return DocumentEntry(
        media_type=_string(body["mediaType"]),
        flow=_string(body["flow"]),
        cache=_string(body.get("cache") or ""),
        source=None if body["source"] is None else _string(body["source"]),
        states=tuple(map(_string, body["states"])),
        lines=lines,
        sha256=sha256,
        size=size,
    )


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value))
    value.encode()  # lone surrogates could not be written again
    return value


def matching(pattern: re.Pattern[str], value: Any) -> str:
    """The text that a value is; raises TypeError or ValueError where the pattern is not met."""
    text = _string(value)
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _path(value: Any) -> str:
    path = _string(value)
    fault = path_fault(path)
    if fault is not None:
        raise ForeignManifestError(f"its path {path!r} {fault}")
    return path


def _map(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(type(value))
    _encode(value).encode()
    return value


def _items(value: Sequence[Any]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(type(value))
    _encode(value).encode()  # what could not be written again is refused now
    return tuple(value)
