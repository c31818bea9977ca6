"""Streams and their like in one document: its verbs come in, findings go out.

What an earlier document of the call started is not known here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic, Label, Severity
from twimlc.diagnostics.rules.addresses import NAME_TAKEN, STOPS_NOTHING
from twimlc.flow.model import Attribute, Element
from twimlc.source.names import nearest

_NAMED = ("Stream", "Siprec", "Transcription")
"""A second recording is told by a rule of its own, whatever its name."""


def check_started(running: Sequence[Element]) -> Iterator[Diagnostic]:
    """Findings about names that are taken twice, or stopped and never started."""
    yield from _taken(running)
    yield from _never_started(running)


def _taken(running: Sequence[Element]) -> Iterator[Diagnostic]:
    still: dict[tuple[str, str], Element] = {}
    for verb in running:
        for noun in verb.elements():
            name = noun.literal("name")
            if verb.tag == "Stop":
                # A name that only the call knows may be any.
                ended = [key for key in still if key[0] == noun.tag and name in (key[1], None)]
                for key in ended:
                    del still[key]
            elif verb.tag == "Start" and noun.tag in _NAMED and name is not None:
                first = still.setdefault((noun.tag, name), noun)
                if first is not noun:
                    message = f"a {noun.tag.lower()} called '{name}' still runs here"
                    hint = "give each its own name, or stop the first before"
                    labels = [Label(first.span, "it is started here")]
                    yield NAME_TAKEN.at(noun.span, message, hint=hint, labels=labels)


def _never_started(running: Sequence[Element]) -> Iterator[Diagnostic]:
    """Stops behind starts of their kind, with another name than all of those."""
    started: list[Element] = []
    for verb in running:
        if verb.tag == "Start":
            started += verb.elements()
        if verb.tag != "Stop":
            continue
        for noun in verb.elements():
            given = noun.get("name")
            alike = [other for other in started if other.tag == noun.tag]
            names = [other.literal("name") for other in alike]
            if given is None or not isinstance(given.value, str) or not names:
                continue
            unsaid = any(name is None for name in names)
            if given.value not in names and not unsaid:
                known = sorted({name for name in names if name is not None})
                yield _stops_nothing(noun, given, given.value, known)


def _stops_nothing(noun: Element, given: Attribute, name: str, known: Sequence[str]) -> Diagnostic:
    """A warning for a slip of a name; another name may be that of an earlier document."""
    kind = noun.tag.lower()
    message = f"no {kind} called '{name}' is started in this document"
    close = nearest(name, known)
    if close:
        return STOPS_NOTHING.at(given.span, message, hint=f"did you mean '{close}'?")
    hint = f"there is {', '.join(known)}; right if an earlier document started '{name}'"
    return replace(STOPS_NOTHING.at(given.span, message, hint=hint), severity=Severity.NOTE)
