"""Names that only a whole project tells, for call scripts and the project file.

A cursor's path comes in; what may stand there goes out, as (word, what it is).
"""

from collections.abc import Iterator

from twimlc.languageserver.cursor import Path
from twimlc.languageserver.mentions import script_flow
from twimlc.languageserver.names import Body, maps
from twimlc.languageserver.open_files import stem_of
from twimlc.languageserver.places import Names
from twimlc.languageserver.shapes import FileKind
from twimlc.source.params import declared
from twimlc.source.tree import Mapping, Node, Scalar, Sequence

Offer = tuple[str, str]

_EVENTS_ALONE = ("hangup", "caller-hangup", "leave", "join", "silence", "reject")
"""Events that mostly stand without anything behind them."""


def offered_values(names: Names, path: Path) -> Iterator[Offer]:
    """Names that may be the value at a path."""
    keys = tuple(part for part in path if isinstance(part, str))
    loaded = names.whole() if names.kind in (FileKind.SCRIPT, FileKind.PROJECT) else None
    if loaded is None:
        return
    flows = [(name, "a flow") for name in loaded.flows]
    match names.kind, keys:
        case FileKind.SCRIPT, ("flow",):
            yield from flows
        case FileKind.SCRIPT, ("calls", "targets"):
            yield from ((name, "a target") for name in loaded.project.targets)
        case FileKind.SCRIPT, ("calls", "expect", "reaches" | "avoids"):
            for body in _bodies(names):
                yield from ((name, "a state") for name in body.states)
        case FileKind.SCRIPT, ("row",) if loaded.project.matrix is not None:
            yield from ((name, "a row") for name in loaded.project.matrix.rows)
        case FileKind.SCRIPT, ("calls", "expect", *rest) if _takes_events(rest, path):
            yield from ((name, "an event") for name in _EVENTS_ALONE)
        case FileKind.PROJECT, ("targets", _, "flows" | "onError" | "apology") | (
            "matrix",
            "flows",
        ):
            yield from flows
        case FileKind.PROJECT, ("matrix", "folder") if loaded.project.matrix is not None:
            for row in list(loaded.project.matrix.params.values())[:1]:
                yield from ((name, "a column") for name in row)


def offered_keys(names: Names, path: Path) -> Iterator[Offer]:
    """Names that may be keys of the map at a path."""
    keys = tuple(part for part in path if isinstance(part, str))
    match names.kind, keys:
        case FileKind.PROJECT, ("rules",):
            from twimlc.diagnostics.catalogue import ALL_RULES

            yield from ((rule.slug, rule.summary) for rule in ALL_RULES)
        case FileKind.PROJECT, ("targets", _, "bins"):
            loaded = names.whole()
            yield from ((name, "a flow") for name in (loaded.flows if loaded else ()))
        case FileKind.PROJECT, ("targets", _, "params"):
            loaded = names.whole()
            for source in loaded.flows.values() if loaded else ():
                yield from ((name, f"a param of {source.name}") for name in declared(source.tree))
        case FileKind.SCRIPT, ("calls", "dial") | ("calls", "expect", "called"):
            for body in _bodies(names):
                yield from ((name, "is dialled") for name in _dialled(body))
        case FileKind.SCRIPT, ("calls", "rooms"):
            for body in _bodies(names):
                yield from ((name, "a room") for name in _named(body, "room"))
        case FileKind.SCRIPT, ("calls", "queue") | ("calls", "expect", "waiting"):
            for body in _bodies(names):
                yield from ((name, "a queue") for name in _named(body, "enqueue"))


def _takes_events(rest: list[str], path: Path) -> bool:
    inside = rest[:1] in ([], ["events"], ["hears"], ["never"], ["last"])
    return inside and len(rest) < 2 and (rest[:1] == ["last"] or isinstance(path[-1], int))


def _bodies(names: Names) -> Iterator[Body]:
    """The flow that a script is about."""
    flow = script_flow(names.tree, stem_of(names.question.path)) if names.tree else None
    for body in names.every_body():
        if flow is not None and body.flow == flow:
            yield body


def _dialled(body: Body) -> Iterator[str]:
    for mapping, key in maps(body.tree):
        inside = key in ("dial", "hunt", "people")
        for entry in mapping.entries:
            bare = entry.key == "dial" and not isinstance(entry.value, Mapping)
            if bare or (inside and entry.key in ("number", "client", "sip")):
                yield from _texts(body, entry.value)


def _named(body: Body, key: str) -> Iterator[str]:
    for mapping, _ in maps(body.tree):
        node = mapping.get(key)
        if isinstance(node, Mapping):
            node = node.get("name")
        if node is not None:
            yield from _texts(body, node)


def _texts(body: Body, node: Node) -> Iterator[str]:
    """The texts of a value as callers' software sees them: of a param its own value."""
    items = node.items if isinstance(node, Sequence) else (node,)
    for item in items:
        given = item.get("name") or item.get("number") if isinstance(item, Mapping) else item
        if not isinstance(given, Scalar):
            continue
        entry = body.params.get(given.text.removeprefix("${").removesuffix("}").strip())
        if given.text.startswith("${"):
            value = entry.value if entry is not None else None
            yield from _texts(body, value) if isinstance(value, (Scalar, Sequence)) else ()
        elif given.text:
            yield given.text
