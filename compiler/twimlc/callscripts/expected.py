"""Expected events: a node of a script comes in, an event goes out; and whether one was heard."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.callscripts.far_end import CONNECT_NAMES
from twimlc.callscripts.model import Expected
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.edits import blank_behind
from twimlc.diagnostics.rules.scripts import UNKNOWN_EVENT
from twimlc.interpret.events import Event
from twimlc.interpret.markup import Part
from twimlc.schema.script_file import EVENTS, LEG_EVENTS
from twimlc.source import tree as t
from twimlc.source.respell import hint_and_fix

_TAG = re.compile(r"<[^<>]*>")
_TEXTS = {
    "say": ("message", "ssml"),
    "play": ("url",),
    "digits": ("digits",),
    "pause": ("length",),
    "dial": ("targets", *(vocabulary.VOICE[tag].key for tag in vocabulary.DIAL_NOUNS)),
    "conference": ("name", "conference"),
    "enqueue": ("name",),
    "refer": ("sip",),
    "message": ("body",),
    "goto-external": ("url",),
    "failure": ("code",),
}
"""Keys under which the map of an event may hold what it is named by."""

_ELEMENTS = {
    "digits": ("Play",),
    "conference": ("Dial", "Conference"),
    "goto-external": ("Redirect",),
    "dial": ("Dial", *vocabulary.DIAL_NOUNS),
}


class Heard(NamedTuple):
    """One event of a call that was played.

    ``event`` is what the documents do and ``meant`` what the flow says of it (names of states and
    files where documents have addresses); ``document`` and ``line`` are where that stands.
    """

    event: Event
    meant: Event | None = None
    part: Part | None = None
    document: str = ""
    line: str = ""

    @property
    def shown(self) -> Event:
        """The event as its author knows it."""
        return self.event if self.meant is None else self.meant


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
            hint = f"a blank is missing behind the colon: '{head}: …'"
            fix = blank_behind(span, f"{head}:")
        elif hint is None:
            hint = f"there are {', '.join(EVENTS)}"
        findings.append(UNKNOWN_EVENT.at(span, f"there is no event '{kind}'", hint=hint, fix=fix))
        return None
    if isinstance(value, t.Mapping):
        known = sorted(_attributes(kind))
        for entry in value:
            if entry.key not in known:
                message = f"{kind} has no '{entry.key}' that could be compared"
                hint, fix = hint_and_fix(entry.key_span, entry.key, known)
                findings.append(UNKNOWN_EVENT.at(entry.key_span, message, hint=hint, fix=fix))
        found = tuple((entry.key, _values(entry.value)) for entry in value)
        return Expected(kind, _text(kind, node), node.span, None, found)
    return Expected(kind, _text(kind, node), node.span, _values(value))


def matches(wanted: Expected, heard: Heard) -> bool:
    """Whether an event is the one that a script asks for."""
    if wanted.kind != heard.event.kind:
        return False
    if wanted.values is not None and not _named(wanted.kind, wanted.values, heard):
        return False
    return all(_has(heard, key, values) for key, values in wanted.attributes)


def _named(kind: str, values: tuple[str, ...], heard: Heard) -> bool:
    if kind in ("connect", "start", "stop") and values[:1] in _nouns(heard):
        return len(values) == 1
    if kind == "reject":
        return _has(heard, "reason", values)
    return any(_equal(values, found) for found in _names(heard))


def _nouns(heard: Heard) -> tuple[tuple[str], ...]:
    noun = heard.event.noun
    return ((noun,), (CONNECT_NAMES.get(noun, noun),))


def _names(heard: Heard) -> Iterator[tuple[str, ...]]:
    for event in (heard.event, heard.meant):
        if event is not None:
            yield event.value if isinstance(event.value, tuple) else (event.value,)


def _equal(values: tuple[str, ...], found: tuple[str, ...]) -> bool:
    return len(values) == len(found) and all(map(_same, values, found))


def _same(wanted: str, found: str) -> bool:
    wanted, found = " ".join(wanted.split()), " ".join(found.split())
    if wanted == found or (wanted.startswith(("+", "sip:")) and _begins(wanted, found)):
        return True
    return "<" in wanted and " ".join(_TAG.sub("", wanted).split()) == found


def _begins(pattern: str, found: str) -> bool:
    return pattern.endswith("*") and found.startswith(pattern[:-1])


def _has(heard: Heard, key: str, values: tuple[str, ...] | None) -> bool:
    if key and (key,) in _nouns(heard):
        return values is None or _named("", values, heard)
    if key in _TEXTS.get(heard.event.kind, ()) and key not in dict(heard.event.attributes):
        if heard.event.kind == "dial" and key != "targets":
            return _dials(heard, key, values)
        return values is None or _named("", values, heard)
    for event in (heard.event, heard.meant):
        for name, text in event.attributes if event is not None else ():
            if name == key and (values is None or _same(" ".join(values), text)):
                return True
    given = {name for name, _ in heard.event.attributes}
    if key in given or values is None or heard.part is None:
        return False
    default = _default(heard.part, key)
    return default is not None and _same(" ".join(values), default)


def _dials(heard: Heard, key: str, values: tuple[str, ...] | None) -> bool:
    """Whether the nouns of one kind are those that were dialled."""
    if heard.part is None:
        return False
    nouns = [part for part in heard.part.parts() if part.spec is not None and part.spec.key == key]
    if not nouns:
        return False
    found = {name for names in _names(heard) for name in names}
    return values is None or all(any(_same(value, name) for name in found) for value in values)


def _default(part: Part, key: str) -> str | None:
    for found in (part, *part.parts()):
        spec = found.spec.attributes.get(key) if found.spec else None
        if spec is not None:
            return spec.default
    return None


@cache
def _attributes(kind: str) -> frozenset[str]:
    """Every key that the map of an event may have."""
    known = set(_TEXTS.get(kind, ()))
    for tag in _ELEMENTS.get(kind, (kind[:1].upper() + kind[1:],)):
        spec = vocabulary.VOICE.get(tag) or vocabulary.MESSAGING.get(tag)
        if spec is None:
            continue
        known |= spec.attributes.keys()
        if kind in ("connect", "start", "stop"):
            for child in spec.children:
                key = vocabulary.VOICE[child].key
                known |= {key, CONNECT_NAMES.get(key, key), *vocabulary.VOICE[child].attributes}
    return frozenset(known)


def _values(node: t.Node | None) -> tuple[str, ...] | None:
    if node is None or t.is_empty(node):
        return None
    if isinstance(node, t.Sequence):
        return tuple(item.text for item in node.items if isinstance(item, t.Scalar))
    return (node.text,) if isinstance(node, t.Scalar) else None


def _text(kind: str, node: t.Node) -> str:
    """An expected event on one line, as reports show it."""
    if isinstance(node, t.Scalar):
        return kind
    assert isinstance(node, t.Mapping)
    value = node.entries[0].value
    if t.is_empty(value):
        return kind
    return f"{kind} {_plain(value)}" if kind != "say" else f"say {_quoted(value)}"


def _quoted(node: t.Node) -> str:
    return f'"{" ".join(node.text.split())}"' if isinstance(node, t.Scalar) else _plain(node)


def _plain(node: t.Node) -> str:
    if isinstance(node, t.Scalar):
        return " ".join(node.text.split())
    if isinstance(node, t.Sequence):
        return ", ".join(_plain(item) for item in node.items)
    return " ".join(f"{entry.key}={_plain(entry.value)}" for entry in node)
