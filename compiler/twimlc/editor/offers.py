"""Names that take a whole project to know, for call scripts and the project file.

A cursor's path comes in; what may be written there goes out, as (word, what it is).
"""

from collections.abc import Iterator

from twimlc.calendars import sources
from twimlc.editor.cursor import Path
from twimlc.editor.names import Names
from twimlc.findings.catalogue import RULES
from twimlc.findings.pages import page_of
from twimlc.flow.references import Body, keyed_maps, script_flow, states_of_components
from twimlc.project.kinds import FileKind, stem_of
from twimlc.values.declarations import declared
from twimlc.vocabulary import scripted, verbs
from twimlc.vocabulary.requests import SWITCH_ANYWHERE, SWITCH_FIRST
from twimlc.yaml.tree import Mapping, Node, Scalar, Sequence, entries_of

Offer = tuple[str, str]

_NOT_OF_VERBS = ("caller-hangup", "join", "silence")
"""Events that mostly have no value."""


def offered_values(names: Names, path: Path) -> Iterator[Offer]:
    """Names that may be the value at a path."""
    keys = tuple(part for part in path if isinstance(part, str))
    if keys[:1] == ("calendars",) and len(keys) >= 3 and not sources.missing():
        if keys[2:] == ("zone",):
            yield from ((name, "a zone") for name in sources.zone_names())
        elif keys[2:] in (("holidays",), ("holidays", "of")):
            yield from ((name, "a country") for name in sources.places())
    if names.kind in (FileKind.FLOW, FileKind.COMPONENT) and path[-1:] == ("hours",):
        yield from ((name, "a calendar") for name in calendars_of(names))
    elif names.kind in (FileKind.FLOW, FileKind.COMPONENT) and path[-1:] == ("switch",):
        yield from ((name, "of the request") for name in (*SWITCH_ANYWHERE, *SWITCH_FIRST))
    loaded = names.project if names.kind in (FileKind.SCRIPT, FileKind.PROJECT) else None
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
                inside = states_of_components(body)
                yield from ((name, "a component's state") for name in inside)
        case FileKind.SCRIPT, ("row",) if loaded.project.matrix is not None:
            yield from ((name, "a row") for name in loaded.project.matrix.rows)
        case FileKind.SCRIPT, ("calls", "expect", *rest) if _takes_events(rest, path):
            ending = (key for key, verb in verbs("voice").items() if verb.ends)
            yield from ((name, "an event") for name in (*ending, *_NOT_OF_VERBS))
        case FileKind.PROJECT, ("targets", _, "flows" | "onError" | "apology") | (
            "matrix",
            "flows",
        ):
            yield from flows
        case FileKind.PROJECT, ("matrix", "folder") if loaded.project.matrix is not None:
            for row in list(loaded.project.matrix.params.values())[:1]:
                yield from ((name, "a column") for name in row)


def calendars_of(names: Names) -> dict[str, tuple[str, ...]]:
    """The calendars that a flow can ask, those of the project first, and their outcomes."""
    found: dict[str, tuple[str, ...]] = {}
    if names.project is not None:
        for each in names.project.project.calendars.values():
            found[each.name] = each.outcomes
    for entry in entries_of(names.tree.get("calendars") if names.tree is not None else None):
        outcomes = ["open", "closed"]
        for part in entries_of(entry.value):
            if part.key == "holidays":
                outcomes.append("holiday")
            elif part.key == "periods":
                outcomes += (period.key for period in entries_of(part.value))
            days = part.value.items if isinstance(part.value, Sequence) else (part.value,)
            named = (day.get("is") for day in days if isinstance(day, Mapping))
            outcomes += (each.text for each in named if isinstance(each, Scalar))
        found[entry.key] = tuple(each for each in dict.fromkeys(outcomes) if each != "usual")
    return found


def lists_of(names: Names) -> list[str]:
    """The lists of cases that a flow can name."""
    own = names.tree.get("lists") if names.tree is not None else None
    shared = names.project.project.lists if names.project is not None else None
    return [entry.key for lists in (shared, own) for entry in entries_of(lists)]


def offered_keys(names: Names, path: Path) -> Iterator[Offer]:
    """Names that may be keys of the map at a path."""
    keys = tuple(part for part in path if isinstance(part, str))
    match names.kind, keys:
        case FileKind.PROJECT, ("rules",):
            yield from ((slug, page_of(slug).summary) for slug in RULES)
        case FileKind.PROJECT, ("targets", _, "bins"):
            yield from ((name, "a flow") for name in names.flows)
        case FileKind.PROJECT, ("params",) | ("targets", _, "params"):
            for source in names.flows.values():
                yield from ((name, f"a param of {source.name}") for name in declared(source.tree))
        case FileKind.SCRIPT, ("calls", "dial") | ("calls", "expect", "called"):
            for body in _bodies(names):
                yield from ((name, "is dialed") for name in _dialed(body))
        case FileKind.SCRIPT, ("calls", "rooms"):
            yield from _named(names, "rooms", "a room")
        case FileKind.SCRIPT, ("calls", "queue") | ("calls", "expect", "waiting"):
            yield from _named(names, "queue", "a queue")


def _takes_events(rest: list[str], path: Path) -> bool:
    inside = rest[:1] in ([], ["events"], ["hears"], ["never"], ["last"])
    return inside and len(rest) < 2 and (rest[:1] == ["last"] or isinstance(path[-1], int))


def _bodies(names: Names) -> list[Body]:
    """The flow that a script is about."""
    flow = script_flow(names.tree, stem_of(names.snapshot.path)) if names.tree else None
    body = names.flow(flow) if flow is not None else None
    return [] if body is None else [body]


def _dialed(body: Body) -> Iterator[str]:
    for mapping, key in keyed_maps(body.tree):
        inside = key in ("dial", "hunt", "people")
        for entry in mapping.entries:
            bare = entry.key == "dial" and not isinstance(entry.value, Mapping)
            if bare or (inside and entry.key in ("number", "client", "sip")):
                yield from _texts(body, entry.value)


def _named(names: Names, script: str, what: str) -> Iterator[Offer]:
    """What is named in the flow by the verbs and nouns whose end a script gives under a key."""
    for body in _bodies(names):
        for mapping, _ in keyed_maps(body.tree):
            for row in scripted().get(script, ()):
                node = mapping.get(row.key)
                if isinstance(node, Mapping):
                    node = node.get("name")
                if node is not None:
                    yield from ((name, what) for name in _texts(body, node))


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
