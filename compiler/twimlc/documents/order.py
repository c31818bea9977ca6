"""What runs after what in one document: its verbs come in, findings go out.

A document alone says where a call stops: behind a Redirect nothing runs, behind a Gather that
nobody answers the line goes dead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Label, Severity
from twimlc.diagnostics.rules.addresses import RECORDING_TWICE
from twimlc.diagnostics.rules.documents import ASKS_ITSELF
from twimlc.diagnostics.rules.experience import (
    ENDLESS_ROUND,
    KEY_ENDS_INPUT,
    KEY_TOO_EARLY,
    NO_WAY_OUT,
)
from twimlc.diagnostics.rules.flow import DEAD_END, SILENT_LOOP, UNREACHABLE_STEP
from twimlc.diagnostics.rules.twiml import REJECT_NOT_FIRST
from twimlc.documents.started import check_started
from twimlc.documents.told import check_told
from twimlc.documents.words import keys_named, spoken
from twimlc.flow.dialed import check_identity
from twimlc.flow.model import Element
from twimlc.vocabulary import Fetch, Flow

SILENT = ("Start", "Stop", "Sms")
"""Verbs that are over at once, without a sound."""
_HEARD = ("Say", "Play", "Pause")
_ITSELF = {
    "Gather": "what is keyed in is sent to this very document, which asks again, for ever",
    "Record": "when the recording ends this very document is asked again, and records again",
    "Pay": "when the payment ends this very document is asked again, and asks again",
}


def check_order(root: Element, *, waits: bool) -> Iterator[Diagnostic]:
    """Findings about the verbs of a document that answers a call.

    ``waits``: it plays for somebody beside the call, which goes on where it ends.
    """
    verbs = [verb for verb in root.elements() if verb.spec is not None]
    running = running_verbs(root)
    yield from _never_run(verbs, len(running) - 1)
    for index, verb in enumerate(running):
        if verb.tag == "Reject" and index:
            message = "<Reject> only declines a call as its very first verb; here it is too late"
            yield REJECT_NOT_FIRST.at(verb.span, message, hint="write <Hangup/>")
        if verb.tag in _ITSELF and not _given(verb, "action"):
            hint = f"give <{verb.tag}> an action: the address of what follows"
            message = f"<{verb.tag}> has no action: {_ITSELF[verb.tag]}"
            codes = (13338,) if verb.literal("actionOnEmptyResult") == "true" else ()
            yield ASKS_ITSELF.at(verb.span, message, hint=hint, twilio=codes)
        if verb.tag == "Redirect" and _is_empty(verb):
            yield from _round(running, waits=waits)
        if verb.tag == "Gather":
            yield from _menu_too_early(running[:index], verb)
            yield from _key_ends_input(verb)
    yield from _recorded_twice(running)
    yield from check_started(running)
    yield from check_told(running)
    for verb in running:
        for element in verb.walk():
            yield from check_identity(element)
    if running and not waits:
        yield from _dead_end(running[-1])


def running_verbs(root: Element) -> list[Element]:
    """The verbs of a document up to the one behind which nothing ever runs."""
    verbs = [verb for verb in root.elements() if verb.spec is not None]
    last = next((index for index, verb in enumerate(verbs) if _leaves(verb)), len(verbs) - 1)
    return verbs[: last + 1]


def _is_empty(redirect: Element) -> bool:
    """Whether a Redirect leads to the very document that it stands in."""
    return all(isinstance(child, str) and not child.strip() for child in redirect.children)


def _round(running: Sequence[Element], *, waits: bool) -> Iterator[Diagnostic]:
    """A document that asks for itself: silence is a mistake, music on hold is not."""
    before, redirect = running[:-1], running[-1]
    hint = "write the address of the next document between its tags"
    if all(verb.tag in SILENT for verb in before):
        message = "<Redirect> is empty: this document is asked for again and again, in silence"
        yield SILENT_LOOP.at(redirect.span, message, hint=hint)
    elif not waits and all(verb.tag in (*_HEARD, *SILENT) for verb in before):
        message = "<Redirect> is empty: callers hear this document again and again, without end"
        hint = f"right for somebody who waits; else {hint}"
        finding = NO_WAY_OUT.at(redirect.span, message, hint=hint)
        yield replace(finding, severity=Severity.NOTE)
    elif not waits and all(verb.tag in (*_HEARD, *SILENT) or _asks_on(verb) for verb in before):
        message = "<Redirect> is empty: a caller who does nothing is asked again, without end"
        hint = "right for somebody who waits; else lead to a document that says goodbye"
        finding = ENDLESS_ROUND.at(redirect.span, message, hint=hint)
        yield replace(finding, severity=Severity.NOTE)


def _asks_on(verb: Element) -> bool:
    """Whether a verb leads on for those who key something in, and is passed by all others."""
    return (
        verb.tag == "Gather"
        and _given(verb, "action")
        and verb.literal("actionOnEmptyResult") != "true"
    )


def _recorded_twice(running: Sequence[Element]) -> Iterator[Diagnostic]:
    first: Element | None = None
    for verb in running:
        if not any(child.tag == "Recording" for child in verb.elements()):
            continue
        if verb.tag == "Start" and first is not None:
            message = "the recording that was started before still runs here"
            labels = [Label(first.span, "it is started here")]
            yield RECORDING_TWICE.at(verb.span, message, hint="stop it first", labels=labels)
        first = verb if verb.tag == "Start" else None


def _given(element: Element, name: str) -> bool:
    found = element.get(name)
    return found is not None and found.value != ""


def _leaves(verb: Element) -> bool:
    """Whether nothing behind a verb ever runs."""
    spec = verb.spec
    if spec is None:
        return False
    if spec.flow is Flow.NEVER:
        return True
    if spec.flow is Flow.ACTION_IF_SET and _given(verb, "action"):
        # A room that is not open lets the call go on, whatever the action says.
        falls = any(_may_fall_through(noun) for noun in verb.elements())
        return spec.attributes["action"].fetch is Fetch.TWIML and not falls
    return verb.tag in ("Say", "Play") and verb.literal("loop") == "0"


def _may_fall_through(noun: Element) -> bool:
    outcomes = noun.spec.outcomes if noun.spec is not None else None
    return outcomes is not None and "not-open" in outcomes.failed


def _never_run(verbs: Sequence[Element], last: int) -> Iterator[Diagnostic]:
    rest = verbs[last + 1 :]
    if not rest or (len(rest) == 1 and rest[0].tag == "Hangup"):  # a belt beside braces
        return
    leaving = verbs[last]
    reason = f"<{leaving.tag}> before it leaves in every case"
    if _given(leaving, "action"):
        reason = f"<{leaving.tag}> before it goes on with its action in every case"
    elif leaving.literal("loop") == "0":
        reason = f"<{leaving.tag}> before it is repeated for ever"
    more = f" (nor what follows: {len(rest)} verbs)" if len(rest) > 1 else ""
    message = f"<{rest[0].tag}> never runs{more}"
    labels = [Label(leaving.span, "the document is left here")]
    yield UNREACHABLE_STEP.at(rest[0].span, message, hint=reason, labels=labels)


def _dead_end(verb: Element) -> Iterator[Diagnostic]:
    hint = "let something follow, or write <Hangup/> if the silence is meant"
    if verb.tag == "Gather" and verb.literal("actionOnEmptyResult") != "true":
        message = "if nothing is keyed in, the line goes dead behind this <Gather>"
        yield DEAD_END.at(verb.span, message, hint=hint)
    elif verb.spec is not None and verb.spec.name == "Start":
        message = "what is started here ends at once: nothing follows, so the call ends"
        hint = "let something follow that keeps the call, such as <Dial> or <Say>"
        yield DEAD_END.at(verb.span, message, hint=hint)


def _menu_too_early(before: Sequence[Element], gather: Element) -> Iterator[Diagnostic]:
    """Words right before a Gather that already tell which keys it takes."""
    if "dtmf" not in (gather.literal("input") or "dtmf"):
        return
    for verb in reversed(before):
        if verb.tag not in _HEARD:
            return
        keys = keys_named(spoken(verb)) if verb.tag == "Say" else []
        if keys:
            message = f"this says to press {keys[0]}, but keys only count in the <Gather> behind it"
            hint = "move the words into the <Gather>, so that callers need not wait"
            labels = [Label(gather.span, "keys count from here on")]
            yield KEY_TOO_EARLY.at(verb.span, message, hint=hint, labels=labels)
            return


def _key_ends_input(gather: Element) -> Iterator[Diagnostic]:
    found = gather.get("finishOnKey")
    known = vocabulary.VOICE["Gather"].attributes["finishOnKey"]
    key = found.value if found is not None else known.default
    if not isinstance(key, str) or len(key) != 1:
        return
    span = found.span if found is not None else gather.span
    length = gather.literal("numDigits")
    named = key in keys_named(spoken(gather))
    if named and (length == "1" or (key.isdecimal() and length is None)):
        message = f"callers are told to press {key}, which only ends the input and is dropped"
        if found is None:
            message += " (# does unless finishOnKey says otherwise)"
        hint = 'write finishOnKey="" so that every key counts'
        yield KEY_ENDS_INPUT.at(span, message, hint=hint)
    elif key.isdecimal() and length not in (None, "1"):
        message = f"{key} ends the input, so nothing with a {key} in it can be keyed in"
        yield KEY_ENDS_INPUT.at(span, message, hint="take # or *")
