"""Small wrong changes of documents, decisions and graphs, each with a name. No chance is involved."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from posixpath import dirname, relpath

from twimlc.flow.graph import Graph, Node
from twimlc.flow.model import Attribute, Element, StateLink
from twimlc.lower.plan import Decision

LINKS = ("action", "url", "waitUrl", "referUrl")
METHODS = ("method", "waitUrlMethod", "referMethod")


def of_documents(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """(what is wrong, the files with it) for every place in every document."""
    paths = [path for path in files if path.endswith(".xml")]
    for path in paths:
        for name, data in _of_document(files[path], paths, path):
            yield f"{path}: {name}", {**files, path: data}
        if len(ET.fromstring(files[path])):
            yield f"{path}: empty", {**files, path: b"<Response/>"}
        yield f"{path}: missing", {other: data for other, data in files.items() if other != path}


def _of_document(data: bytes, paths: list[str], path: str) -> Iterator[tuple[str, bytes]]:
    count = len(list(ET.fromstring(data).iter()))
    for number in range(count):
        for name, change in _changes(data, number, paths, path):
            root = ET.fromstring(data)
            element = list(root.iter())[number]
            above = next((one for one in root.iter() if element in list(one)), None)
            change(element, above)
            yield f"{name} at {number} <{element.tag}>", ET.tostring(root)


def _changes(data, number, paths, path):
    element = list(ET.fromstring(data).iter())[number]
    if element.tag != "Response":
        yield "element dropped", lambda one, above: above.remove(one)
        yield "element doubled", lambda one, above: above.insert(list(above).index(one), one)
        if not _is_last(data, number):
            yield "element moved down", _moved_down
    if (element.text or "").strip():
        yield "text changed", lambda one, above: setattr(one, "text", f"{one.text} or not")
    for attribute, value in element.attrib.items():
        yield f"{attribute} dropped", lambda one, above, a=attribute: one.attrib.pop(a)
        if attribute in METHODS:
            other = "GET" if value == "POST" else "POST"
            yield f"{attribute} {other}", lambda one, above, a=attribute, o=other: one.set(a, o)
        elif attribute in LINKS and "://" not in value:
            yield (
                f"{attribute} one folder up",
                lambda one, above, a=attribute, v=value: one.set(a, f"../{v}"),
            )
            for other in paths:
                name = relpath(other, dirname(path))
                same_start = value.endswith("index.xml") and name.endswith("index.xml")
                if other.split("/")[0] == path.split("/")[0] and name != value and not same_start:
                    yield (
                        f"{attribute} {name}",
                        lambda one, above, a=attribute, n=name: one.set(a, n),
                    )
        else:
            yield (
                f"{attribute} changed",
                lambda one, above, a=attribute, v=value: one.set(a, f"{v}1"),
            )


def _is_last(data, number):
    root = ET.fromstring(data)
    element = list(root.iter())[number]
    return any(len(one) and one[-1] is element for one in root.iter())


def _moved_down(one, above):
    at = list(above).index(one)
    above.remove(one)
    above.insert(at + 1, one)


def of_decisions(
    decisions: tuple[Decision, ...], paths: list[str]
) -> Iterator[tuple[str, tuple[Decision, ...]]]:
    """Every decision with a branch lost, two swapped, one led elsewhere, or another default."""
    for number, decision in enumerate(decisions):
        for name, made in _of_decision(decision, paths):
            yield f"{decision.path}: {name}", (*decisions[:number], made, *decisions[number + 1 :])
        yield f"{decision.path}: missing", decisions[:number] + decisions[number + 1 :]


def _of_decision(decision, paths):
    branches = decision.branches
    for at, (value, document) in enumerate(branches):
        yield f"{value} lost", replace(decision, branches=branches[:at] + branches[at + 1 :])
        yield (
            f"{value} leads to the default",
            replace(
                decision, branches=(*branches[:at], (value, decision.default), *branches[at + 1 :])
            ),
        )
        after = branches[(at + 1) % len(branches)]
        if after[1] != document:
            swapped = dict(branches) | {value: after[1], after[0]: document}
            yield (
                f"{value} and {after[0]} swapped",
                replace(decision, branches=tuple(swapped.items())),
            )
    folder = decision.path.rpartition("/")[0]
    for path in paths:
        if path.rpartition("/")[0] == folder and path != decision.default:
            yield f"default is {path}", replace(decision, default=path)
    yield "another parameter", replace(decision, parameter="CallStatus")
    if decision.mark is not None:
        yield "mark ignored", replace(decision, marked=())


def of_graph(graph: Graph) -> Iterator[tuple[str, Graph]]:
    """What a wrong lowering would have read: exits swapped, lost or led elsewhere, verbs skipped."""
    end = next((node.key for node in graph.nodes if node.element is None), None)
    for key in sorted(graph.contexts):
        node = graph.nodes[key]
        if node.element is None or node.entry is not None:  # an entry is fetched, whatever it is
            continue
        for name, made in _of_node(graph, node, end):
            nodes = (*graph.nodes[:key], made, *graph.nodes[key + 1 :])
            yield (
                f"{node.place.flow}/{node.place.state}.{node.place.index} #{key}: {name}",
                replace(graph, nodes=nodes),
            )


def _of_node(graph, node: Node, end):
    exits, keys = node.exits, node.keys
    targets = list(dict.fromkeys(exits.values()))
    groups = {target: [name for name, to in exits.items() if to == target] for target in targets}
    if len(targets) > 1:
        for one, other in pairwise(targets):
            swap = {one: other, other: one}
            yield (
                f"{groups[one][0]} and {groups[other][0]} swapped",
                copied(node, exits={name: swap.get(to, to) for name, to in exits.items()}),
            )
    for target in targets:
        if end is not None and graph.nodes[target].element is not None:
            yield (
                f"{groups[target][0]} ends",
                copied(
                    node, exits={name: end if to == target else to for name, to in exits.items()}
                ),
            )
        after = graph.nodes[target]
        behind = next(iter(after.exits.values()), None)
        if behind is not None and after.element is not None and behind != target:
            yield (
                f"{groups[target][0]} skips a verb",
                copied(
                    node, exits={name: behind if to == target else to for name, to in exits.items()}
                ),
            )
        yield (
            f"{groups[target][0]} comes back",
            copied(
                node, exits={name: node.key if to == target else to for name, to in exits.items()}
            ),
        )
    for digits, target in keys.items():
        yield (
            f"key {digits} lost",
            copied(node, keys={name: to for name, to in keys.items() if name != digits}),
        )
        for other, there in keys.items():
            if other > digits and there != target:
                yield (
                    f"keys {digits} and {other} swapped",
                    copied(node, keys={**keys, digits: there, other: target}),
                )
    for attribute in node.element.attributes:
        kept = tuple(one for one in node.element.attributes if one is not attribute)
        yield f"{attribute.name} lost", copied(node, element=replace(node.element, attributes=kept))
        if isinstance(attribute.value, StateLink):
            for state in graph.entries:
                if state != attribute.value.state and state.flow == attribute.value.state.flow:
                    wrong = Attribute(attribute.name, StateLink(state), attribute.span)
                    yield (
                        f"{attribute.name} {state}",
                        copied(node, element=replace(node.element, attributes=(*kept, wrong))),
                    )
    nouns = [child for child in node.element.children if isinstance(child, Element)]
    if len(nouns) > 1:
        turned = replace(node.element, children=tuple(reversed(node.element.children)))
        yield "children turned round", copied(node, element=turned)


def copied(node: Node, **changes) -> Node:
    return replace(node, **changes)
