"""Params: declarations and values from outside come in, one value for each name goes out.

What a single value expands to is not decided here; `fill` gets that as a function.
"""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Map
from types import MappingProxyType

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules import values as rules
from twimlc.diagnostics.rules.project import BAD_PROJECT
from twimlc.source.expression import names_in
from twimlc.source.names import valid_param
from twimlc.source.placeholder import Hole, scan
from twimlc.source.respell import hint_and_fix
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, is_empty
from twimlc.text import Span

Expand = Callable[[Node, Map[str, Node], frozenset[str]], Node | None]


def declared(tree: Mapping) -> dict[str, Entry]:
    """The params that a flow or component declares, by name."""
    params = tree.get("params")
    if not isinstance(params, Mapping):
        return {}
    return {entry.key: entry for entry in params.entries}


def read_params(node: Node | None, findings: list[Diagnostic]) -> Map[str, Node]:
    """A map of params as a target or a file of params gives them."""
    if node is None or is_empty(node):
        return {}
    if not isinstance(node, Mapping):
        findings.append(BAD_PROJECT.at(node.span, "params are a map: a name and a value each"))
        return {}
    params: dict[str, Node] = {}
    for part in node:
        reason = valid_param(part.key)
        if reason is None:
            params[part.key] = part.value
        else:
            message = f"'{part.key}' cannot name a param: {reason}"
            findings.append(BAD_PROJECT.at(part.key_span, message))
    return params


def places_of(node: Node | None) -> dict[str, Span]:
    """Where the name of each value stands."""
    return {e.key: e.key_span for e in node} if isinstance(node, Mapping) else {}


def undeclared(
    names: Iterable[str], given: Map[str, Node], places: Map[str, Span] = MappingProxyType({})
) -> list[Diagnostic]:
    """Findings for values given from outside under names that no flow declares."""
    known = list(dict.fromkeys(names))
    findings = []
    for name, value in given.items():
        if name in known:
            continue
        span = places.get(name, value.span)
        near, fix = hint_and_fix(span, name, known)
        hint = near or "declared are: " + ", ".join(known[:12])
        if name not in places:
            fix = None  # it was typed on the command line
        message = f"no flow declares a param called '{name}'"
        finding = rules.UNKNOWN_PARAM.at(span, message, hint=hint if known else None, fix=fix)
        findings.append(finding)
    return findings


def mentioned(*nodes: Node) -> set[str]:
    """Every name that an expression somewhere in the nodes mentions."""
    names: set[str] = set()
    todo: list[Node] = list(nodes)
    while todo:
        match todo.pop():
            case Scalar(value=str() as text) if "${" in text:
                for piece in scan(text):
                    if isinstance(piece, Hole):
                        names |= names_in(piece.source)
            case Sequence(items=items):
                todo.extend(items)
            case Mapping(entries=entries):
                todo.extend(entry.value for entry in entries)
    return names


def unused_params(tree: Mapping) -> list[Diagnostic]:
    """Findings for the params of a flow or component that nothing in it mentions."""
    params = declared(tree)
    if not params:
        return []
    rest = [e.value for e in tree.entries if e.key not in ("params", "components")]
    used = mentioned(*rest)
    # A param that only an unused param mentions is as unused as that one.
    todo = [name for name in used if name in params]
    while todo:
        new = mentioned(params[todo.pop()].value) - used
        used |= new
        todo.extend(name for name in new if name in params)
    return [
        rules.UNUSED_PARAM.at(
            entry.key_span,
            f"the param '{name}' is never used",
            hint=f"put ${{{name}}} where it belongs, or remove it",
        )
        for name, entry in params.items()
        if name not in used
    ]


def fill(
    values: Map[str, Node], places: Map[str, Entry], expand: Expand
) -> tuple[dict[str, Node], frozenset[str], list[Diagnostic]]:
    """Expand values that may use each other, each after those that it uses.

    ``expand`` gets a value, the values known so far and the names that are broken. Out come the
    values, the names that have none because of a finding, and the circles found (at ``places``).
    """
    needs = {
        name: sorted(n for n in mentioned(node) if n in values) for name, node in values.items()
    }
    order, circles = _in_order(needs)
    broken = {name for circle in circles for name in circle}
    known: dict[str, Node] = {}
    for name in order:
        if name in broken:
            continue
        value = expand(values[name], known, frozenset(broken))
        if value is None:
            broken.add(name)
        else:
            known[name] = value
    return known, frozenset(broken), [_circle(circle, values, places) for circle in circles]


def _circle(circle: list[str], values: Map[str, Node], places: Map[str, Entry]) -> Diagnostic:
    first = circle[0]
    span = places[first].key_span if first in places else values[first].span
    if len(circle) == 1:
        message = f"the param '{first}' uses itself"
    else:
        chain = "', which uses '".join([*circle[1:], first])
        message = f"the param '{first}' uses '{chain}'"
    return rules.PARAM_CIRCLE.at(span, message, hint="give one of them a value that stands alone")


def _in_order(needs: Map[str, list[str]]) -> tuple[list[str], list[list[str]]]:
    """Names so that each comes after what it needs, and the circles among them.

    Without recursion, because nothing bounds how many params follow one from another.
    """
    order: list[str] = []
    circles: list[list[str]] = []
    done: set[str] = set()
    for root in needs:
        path: list[str] = []
        on_path: dict[str, int] = {}
        todo: list[tuple[str, bool]] = [(root, False)]
        while todo:
            name, left = todo.pop()
            if left:
                path.pop()
                del on_path[name]
                done.add(name)
                order.append(name)
            elif name in on_path:
                circles.append(path[on_path[name] :])
            elif name not in done:
                on_path[name] = len(path)
                path.append(name)
                todo.append((name, True))
                todo.extend((need, False) for need in reversed(needs[name]))
    return order, circles
