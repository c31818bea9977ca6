"""What a script expects: an event of it is read; a call that was played is judged.

Nodes of a script, or a script and what was heard, come in; events, or failures with their lines, go
out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import starmap, zip_longest
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.calls.play import Played
from twimlc.calls.player import Observed
from twimlc.calls.script import CONNECT_NAMES, CallScript, Expectation, Expected
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.edits import space_after
from twimlc.findings.rules import UNKNOWN_EVENT
from twimlc.formats.script_file import EVENTS, LEG_EVENTS, VERBS
from twimlc.interpret.markup import Part
from twimlc.text import Span
from twimlc.yaml import tree as t
from twimlc.yaml.names import hint_and_fix, unknown

_TAG = re.compile(r"<[^<>]*>")
_TEXTS = {
    "say": ("message", "ssml"),
    "digits": ("digits",),
    "pause": ("length",),
    "dial": ("targets", *(vocabulary.VOICE[tag].key for tag in vocabulary.DIAL_NOUNS)),
    "conference": ("name", "conference"),
    "failure": ("code",),
}
"""Keys under which the map of an event may hold what it is named by, where no row says it."""


def read_event(node: t.Node, findings: list[Diagnostic]) -> Expected | None:
    """One event of a script; None with a finding if there is no such event."""
    if isinstance(node, t.Scalar):
        kind, value, span = node.text.strip(), None, node.span
    elif isinstance(node, t.Mapping) and len(node) == 1:
        entry = node.entries[0]
        kind, value, span = entry.key, entry.value, entry.key_span
    else:
        message = "an event is a bare word, or a map with one key such as 'say: Hello'"
        findings.append(UNKNOWN_EVENT.at(node.span, message))
        return None
    if kind not in LEG_EVENTS:
        head = kind.partition(":")[0]
        hint, fix = hint_and_fix(span, kind, LEG_EVENTS)
        if head in EVENTS:
            hint = f"a space is missing after the colon: '{head}: …'"
            fix = space_after(span, f"{head}:")
        elif hint is None:
            hint = f"there are {', '.join(EVENTS)}"
        findings.append(UNKNOWN_EVENT.at(span, f"unknown event '{kind}'", hint=hint, fix=fix))
        return None
    text, kind = _text(kind, value), VERBS.get(kind, kind)
    if isinstance(value, t.Mapping):
        known = sorted(_attributes(kind))
        for entry in value:
            if entry.key not in known:
                message = f"unknown key '{entry.key}' in {kind}"
                found = unknown(UNKNOWN_EVENT, entry.key_span, entry.key, known, message)
                findings.append(found)
        attributes = tuple((entry.key, _values(entry.value)) for entry in value)
        return Expected(kind, text, node.span, None, attributes)
    return Expected(kind, text, node.span, _values(value))


def matches(wanted: Expected, observed: Observed) -> bool:
    """Whether an event is the one that a script asks for."""
    if wanted.kind != observed.event.kind:
        return False
    if wanted.values is not None and not _named(wanted.kind, wanted.values, observed):
        return False
    return all(_has(observed, key, values) for key, values in wanted.attributes)


def _named(kind: str, values: tuple[str, ...], observed: Observed) -> bool:
    if observed.event.noun and values[:1] in _nouns(observed):
        return len(values) == 1
    row = vocabulary.verbs("voice").get(kind)
    if not observed.event.value and row is not None and len(row.attributes) == 1:
        return _has(observed, next(iter(row.attributes)), values)
    return any(
        len(values) == len(names) and all(map(_same, values, names)) for names in _names(observed)
    )


def _nouns(observed: Observed) -> tuple[tuple[str], ...]:
    noun = observed.event.noun
    return ((noun,), (CONNECT_NAMES.get(noun, noun),))


def _names(observed: Observed) -> Iterator[tuple[str, ...]]:
    for event in (observed.event, observed.meant):
        if event is not None:
            yield event.value if isinstance(event.value, tuple) else (event.value,)


def _same(wanted: str, found: str) -> bool:
    wanted, found = " ".join(wanted.split()), " ".join(found.split())
    if found in (wanted, f"client:{wanted}"):
        return True
    if wanted.startswith(("+", "sip:", "client:")) and wanted.endswith("*"):
        return found.startswith(wanted[:-1])
    return "<" in wanted and " ".join(_TAG.sub("", wanted).split()) == found


def _has(observed: Observed, key: str, values: tuple[str, ...] | None) -> bool:
    if key and (key,) in _nouns(observed):
        return values is None or _named("", values, observed)
    if key in _named_by(observed.event.kind) and key not in dict(observed.event.attributes):
        if observed.event.kind == "dial" and key != "targets":
            return _dials(observed, key, values)
        return values is None or _named("", values, observed)
    events = (observed.event, observed.meant or observed.event)
    given = [text for event in events for name, text in event.attributes if name == key]
    if values is None:
        return bool(given)
    if not given and observed.part is not None:
        default = _default(observed.part, key)
        given = [] if default is None else [default]
    return any(_same(" ".join(values), text) for text in given)


def _dials(observed: Observed, key: str, values: tuple[str, ...] | None) -> bool:
    """Whether the nouns of one kind are those that were dialled."""
    if observed.part is None:
        return False
    if all(part.spec is None or part.spec.key != key for part in observed.part.parts()):
        return False
    found = {name for names in _names(observed) for name in names}
    return values is None or all(any(_same(value, name) for name in found) for value in values)


def _default(part: Part, key: str) -> str | None:
    for found in (part, *part.parts()):
        spec = found.spec.attributes.get(key) if found.spec else None
        if spec is not None:
            return spec.default
    return None


def _rows(kind: str) -> list[vocabulary.Element]:
    """The verbs that make an event of a kind."""
    verbs = (*vocabulary.verbs("voice").values(), *vocabulary.verbs("messaging").values())
    return [row for row in verbs if kind in row.events]


@cache
def _named_by(kind: str) -> tuple[str, ...]:
    """Keys under which the map of an event may hold what it is named by."""
    row = vocabulary.verbs("voice").get(kind)
    if row is not None and row.one_child and len(row.children) == 1:
        return tuple(row.inside)
    texts = (row.text.name for row in _rows(kind) if row.text is not None)
    return (*_TEXTS.get(kind, ()), *texts)


@cache
def _attributes(kind: str) -> frozenset[str]:
    """Every key that the map of an event may have."""
    known = set(_named_by(kind))
    for row in _rows(kind):
        known |= row.attributes.keys()
        for key, child in row.inside.items():
            if row.one_child:
                known |= {key, CONNECT_NAMES.get(key, key), *child.attributes}
            elif row.tag == "Dial" and kind in ("dial", key):
                known |= child.attributes.keys()
    return frozenset(known)


def _values(node: t.Node | None) -> tuple[str, ...] | None:
    if node is None or t.is_empty(node):
        return None
    if isinstance(node, t.Sequence):
        return tuple(item.text for item in node.items if isinstance(item, t.Scalar))
    return (node.text,) if isinstance(node, t.Scalar) else None


def _text(kind: str, value: t.Node | None) -> str:
    """An expected event on one line, as reports show it."""
    if value is None or t.is_empty(value):
        return kind
    quoted = kind == "say" and isinstance(value, t.Scalar)
    return f'{kind} "{_plain(value)}"' if quoted else f"{kind} {_plain(value)}"


def _plain(node: t.Node) -> str:
    if isinstance(node, t.Scalar):
        return " ".join(node.text.split())
    if isinstance(node, t.Sequence):
        return ", ".join(_plain(item) for item in node.items)
    return " ".join(f"{entry.key}={_plain(entry.value)}" for entry in node)


_MOST_CELLS = 250_000
"""Longer lists are compared line by line, since the best match would take too long to find."""


class Row(NamedTuple):
    """A line of both lists; one of the two may be missing. ``same``: they agree."""

    wanted: Expected | None
    heard: Observed | None
    same: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is not as expected. ``rows`` show both lists where lists were compared."""

    message: str
    span: Span
    rows: tuple[Row, ...] = ()


def judge(call: CallScript, played: Played) -> list[Failure]:
    """Everything in which a call is not what its script says."""
    found = [Failure(*problem) for problem in played.problems]
    all_heard = tuple(Row(None, heard, same=True) for heard in played.heard)
    expect = call.expect or Expectation(call.span)
    named = (*(expect.events or ()), *expect.hears, expect.last)
    if not any(event is not None and event.kind == "failure" for event in named):
        faults = (heard for heard in played.heard if heard.event.kind == "failure")
        found += [Failure(f"the call fails: {f.event.value}", call.span, all_heard) for f in faults]
    if found:
        return found
    forms = (Failure(*problem, all_heard) for problem in _short_forms(expect, played))
    return [*_lists(expect, played), *forms]


def _lists(expect: Expectation, played: Played) -> Iterator[Failure]:
    if expect.events is not None:
        yield from _whole(expect.events, played.heard, expect.span, "")
    for kind, lists in (("called", expect.called), ("waiting", expect.waiting)):
        what = "answers" if kind == "called" else "waits"
        for name, events in lists:
            heard = played.legs.get((kind, name)) or played.legs.get((kind, f"client:{name}"))
            if heard is None:
                span = events[0].span if events else expect.span
                yield Failure(f"nobody {what} at {name} in this call", span)
            else:
                yield from _whole(events, heard, expect.span, f" by who {what} at {name}")


def _whole(
    events: Sequence[Expected], heard: Sequence[Observed], span: Span, whose: str
) -> Iterator[Failure]:
    rows = align(events, heard)
    for wanted, found, same in rows:
        # What was not expected is shown at the line of the script before it.
        span = span if wanted is None else wanted.span
        if same:
            continue
        shown = found and found.shown
        if wanted is None:
            message = f"{shown} is heard{whose} and was not expected"
        elif found is None:
            message = f"{wanted.text} was expected{whose} and is not heard"
        else:
            message = f"{wanted.text} was expected{whose}; {shown} is heard"
        yield Failure(message, span, tuple(rows))
        return


def _short_forms(expect: Expectation, played: Played) -> Iterator[tuple[str, Span]]:
    if expect.last is not None:
        last = played.heard[-1] if played.heard else None
        if last is None or not matches(expect.last, last):
            shown = last.shown if last is not None else "nothing"
            message = f"the last event is {shown}, not {expect.last.text}"
            yield message, expect.last.span
    waiting = iter(played.heard)
    for wanted in expect.hears:
        if not any(matches(wanted, heard) for heard in waiting):
            yield f"{wanted.text} is not heard", wanted.span
            break
    for wanted in expect.never:
        came = next((heard for heard in played.heard if matches(wanted, heard)), None)
        if came is not None:
            message = f"{came.shown} happens, which must never be"
            yield message, wanted.span
    for states, meant in ((expect.reaches, True), (expect.avoids, False)):
        for state in states:
            # A document is called by its path, with or without its ending, or by the end of that.
            ends = (f"/{state.text}", f"/{state.text}.xml")
            if any(f"/{place}".endswith(ends) for place in played.reached) != meant:
                what = "does not reach" if meant else "reaches"
                yield f"the call {what} {state.text}", state.span


def align(wanted: Sequence[Expected], heard: Sequence[Observed]) -> list[Row]:
    """Both lists side by side, as many lines as can be facing each other."""
    by_line = [
        Row(w, h, w is not None and h is not None and matches(w, h))
        for w, h in zip_longest(wanted, heard)
    ]
    if all(row.same for row in by_line) or len(wanted) * len(heard) > _MOST_CELLS:
        return by_line
    same = [[matches(w, h) for h in heard] for w in wanted]
    best = [[0] * (len(heard) + 1) for _ in range(len(wanted) + 1)]
    for i in range(len(wanted) - 1, -1, -1):
        for j in range(len(heard) - 1, -1, -1):
            best[i][j] = (
                1 + best[i + 1][j + 1] if same[i][j] else max(best[i + 1][j], best[i][j + 1])
            )
    rows: list[Row] = []
    lost: list[Expected] = []
    extra: list[Observed] = []
    i = j = 0
    while i < len(wanted) and j < len(heard):
        if same[i][j]:
            rows += (*starmap(Row, zip_longest(lost, extra)), Row(wanted[i], heard[j], same=True))
            lost, extra = [], []
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            lost.append(wanted[i])
            i += 1
        else:
            extra.append(heard[j])
            j += 1
    return [*rows, *starmap(Row, zip_longest([*lost, *wanted[i:]], [*extra, *heard[j:]]))]
