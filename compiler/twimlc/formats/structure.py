"""What a schema cannot say in good words: one verb a step, one body a flow.

Maps of the tree come in, findings go out.
"""

from collections.abc import Mapping as Table
from typing import Any

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import NO_VERB, NOT_A_FLOW, SEVERAL_VERBS, UNKNOWN_KEY
from twimlc.formats.place import COMMA_HINT, after_comma
from twimlc.formats.synonyms import beside_hint, clock_hint
from twimlc.formats.validator import BESIDE, NOUN, PERSON, compiled
from twimlc.vocabulary import scripted
from twimlc.vocabulary.missing import child_codes
from twimlc.yaml.names import hint_and_fix, meant, nearest, respell, valid_name
from twimlc.yaml.tree import Entry, Mapping, Scalar, Sequence, entries_of, is_empty

_BODIES = ("steps", "states")


def body_faults(
    tree: Mapping, schema: Table[str, Any], found: list[Diagnostic], *, component: bool = False
) -> list[Diagnostic]:
    """The findings about a file, with those about steps and states added or put in place.

    A component without either is reported where components are collected, not here.
    """
    known = schema["properties"]
    title = "this component" if component else "this flow"
    steps, states = (tree.entry(key) for key in _BODIES)
    given = [e for e in (steps, states) if e is not None and not is_empty(e.value)]
    if len(given) == 2:
        later = max(given, key=lambda entry: entry.key_span.start)
        message = f"{title} has both steps and states; it takes one of them"
        hint = "make the list under 'steps' a state, or drop one of the two"
        found = [*found, NOT_A_FLOW.at(later.key_span, message, hint=hint)]
    elif not given and not component:
        found = _without_body(tree, known, found)
    elif given == [steps] and not is_empty(tree.get("start")):
        start = tree.entry("start")
        assert start is not None, "it is not empty"
        message = f"'start' names the first state, and {title} has steps instead of states"
        found = [*found, UNKNOWN_KEY.at(start.key_span, message, hint="drop it")]
    for entry in entries_of(tree.get("components")):
        if isinstance(entry.value, Mapping):
            found = body_faults(entry.value, schema, found, component=True)
    return sorted(found, key=lambda finding: finding.span.start)


def _without_body(
    tree: Mapping, known: Table[str, Any], found: list[Diagnostic]
) -> list[Diagnostic]:
    unknown = [e for e in tree if e.key not in known and not e.key.startswith("x-")]
    lists = [e for e in unknown if isinstance(e.value, Sequence) and valid_name(e.key) is None]
    other_file = tree.get("targets") is not None or tree.get("calls") is not None
    if not other_file and any(nearest(e.key, _BODIES) for e in unknown):
        return found
    places = {e.key_span for e in lists}
    first = (lists or [*tree.entries])[:1]
    span = first[0].key_span if first else tree.span
    hint = None
    if lists:
        hint = f"states belong under 'states:': write it above '{lists[0].key}', and indent them"
        found = [finding for finding in found if finding.span not in places]
    elif tree.get("calls") is not None:
        hint = "this looks like a call script, whose file is called NAME.test.yaml"
    elif tree.get("targets") is not None:
        hint = "this looks like a project file, which is called twimlc.yaml"
    if not lists and unknown:
        # The unknown key says what the file was meant to be; one finding is enough.
        places = {e.key_span for e in unknown}
        found = [f for f in found if f.span not in places]
    message = "this file has neither 'steps' nor 'states', so the call has nothing to do"
    return [*found, NOT_A_FLOW.at(span, message, hint=hint)]


def step_faults(step: Mapping, schema: Table[str, Any]) -> tuple[list[Diagnostic], frozenset[str]]:
    """What is wrong with the keys of one step, and the verbs whose emptiness that explains."""
    beside = BESIDE[schema["$comment"]]
    known = schema["properties"]
    verbs = [e for e in step if e.key in known and e.key not in beside]
    unknown = [e for e in step if e.key not in known]
    candidates = [key for key in known if key not in beside]
    noun = "item" if schema["$comment"] in (PERSON, NOUN) else "step"
    findings: list[Diagnostic] = []
    if not verbs:
        return _without_verb(step, unknown, candidates, beside, noun), frozenset()
    first = verbs[0]
    inside = _keys_of(first.key)
    belongs = [e for e in unknown if e.key in inside]
    if is_empty(first.value):
        # `- say:` with `message:` not indented enough below it.
        belongs += [e for e in verbs[1:] if e.key in inside]
        verbs = [e for e in verbs if e not in belongs]
    if len(verbs) > 1:
        names = [e.key for e in verbs]
        shown = f"{', '.join(names[:-1])} and {names[-1]}"
        number = {2: "two", 3: "three"}.get(len(names), str(len(names)))
        message = f"a {noun} does one thing: {shown} are {number} {noun}s"
        if noun == "item":
            message = f"each item holds one thing: {shown} are {number}"
        hint = f"put a dash before '{verbs[1].key}'"
        if verbs[1].key in inside:
            hint += f"; or indent it deeper, if it belongs to {first.key}"
        findings.append(SEVERAL_VERBS.at(verbs[1].key_span, message, hint=hint))
    for entry in dict.fromkeys([*belongs, *unknown]):
        message = f"'{entry.key}' cannot be used beside {first.key}"
        if entry.key in beside:  # it was in a value, and is not decided
            hint = f"in a param it needs a list: [{{{first.key}: …, {entry.key}: …}}]"
            findings.append(UNKNOWN_KEY.at(entry.key_span, message, hint=hint, twilio=()))
            continue
        if entry in belongs:
            hint = f"it belongs inside {first.key}: indent it deeper"
            if isinstance(first.value, Scalar) and not is_empty(first.value):
                hint = f"it belongs inside: {first.key}: {{…, {entry.key}: {_sample(entry)}}}"
            findings.append(UNKNOWN_KEY.at(entry.key_span, message, hint=hint))
        else:
            allowed = [*beside, *inside] if len(verbs) == 1 else [*beside]
            other = beside_hint(entry.key, first.key)
            if first.key == "use" and nearest(entry.key, allowed) is None:
                other = f"a param belongs under with: {{{entry.key}: {_sample(entry)}}}"
            findings.append(_unknown(entry, message, allowed, other))
    return findings, frozenset({first.key} if belongs else ())


def _without_verb(
    step: Mapping,
    unknown: list[Entry],
    candidates: list[str],
    beside: frozenset[str],
    noun: str,
) -> list[Diagnostic]:
    if not unknown:
        span = step.entries[0].key_span if step.entries else step.span
        if not step.entries:
            return [NO_VERB.at(span, f"this {noun} is empty")]
        message = f"this {noun} has '{step.entries[0].key}', but no verb that it belongs to"
        hint = "a step is a verb such as say or dial; to go to a state, write goto"
        return [NO_VERB.at(span, message, hint=hint if noun == "step" else None)]
    findings: list[Diagnostic] = []
    verb_seen = False
    for entry in unknown:
        side = nearest(entry.key, beside)
        verb = nearest(entry.key, candidates)
        if side is not None and verb is None and len(unknown) > 1:
            findings.append(_unknown(entry, f"unknown key '{entry.key}'", beside))
        elif not verb_seen:
            verb_seen = True
            findings.append(_unknown_verb(entry, verb, candidates, noun))
    return findings


_OTHER_WORDS: Table[str, str] = {
    **dict.fromkeys(("speak", "text", "tts"), "say"),
    **dict.fromkeys(("call", "forward", "transfer"), "dial"),
    **dict.fromkeys(("wait", "sleep"), "pause"),
    **dict.fromkeys(("jump", "next"), "goto"),
    "audio": "play",
    "input": "gather",
    "ivr": "menu",
    "end": "hangup",
    **{noun: f"dial: {{{noun}: …}}" for noun in ("number", "client", "sip", "conference")},
    **{noun: f"connect: {{{noun}: …}}" for noun in ("room", "conversationRelay", "virtualAgent")},
    "stream": "connect: {stream: …} or start: {stream: …}",
    "queue": " or ".join(("dial: {queue: …}", *(row.key for row in scripted().get("queue", ())))),
    "prompt": "say, or gather: {prompt: …}",
}


def _unknown_verb(entry: Entry, verb: str | None, candidates: list[str], noun: str) -> Diagnostic:
    if noun == "item":
        message = f"'{entry.key}' cannot be used in this list, which holds {', '.join(candidates)}"
        fix = respell(entry.key_span, entry.key, candidates)
        return NO_VERB.at(entry.key_span, message, hint=meant(entry.key, candidates), fix=fix)
    message = f"unknown verb '{entry.key}'"
    codes = child_codes("response" if "dial" in candidates else "gather", entry.key)
    other = _OTHER_WORDS.get(entry.key)
    fix = None
    if other is not None and other.split(":")[0] in (*candidates, other):
        hint = f"write {other}"
    elif verb is not None:
        hint = f"did you mean '{verb}'?"
        fix = respell(entry.key_span, entry.key, candidates)
    elif (clock := clock_hint(entry.key)) is not None:
        hint = clock
    elif len(candidates) < 8:
        hint = f"allowed here: {', '.join(candidates)}"
    else:
        hint = "verbs newer than this compiler are written as `twiml: <NewVerb …/>`"
    return NO_VERB.at(entry.key_span, message, hint=hint, fix=fix, twilio=codes)


def _unknown(
    entry: Entry, message: str, allowed: "list[str] | frozenset[str]", other: str | None = None
) -> Diagnostic:
    # What is beside a verb never becomes TwiML, so Twilio has no error for it.
    if after_comma(entry):
        return UNKNOWN_KEY.at(entry.key_span, message, hint=COMMA_HINT, twilio=())
    if other is not None:
        return UNKNOWN_KEY.at(entry.key_span, message, hint=other, twilio=())
    hint, fix = hint_and_fix(entry.key_span, entry.key, sorted(allowed))
    return UNKNOWN_KEY.at(entry.key_span, message, hint=hint, fix=fix, twilio=())


def _keys_of(verb: str) -> frozenset[str]:
    """What may be inside a verb or block."""
    root, compiler = compiled("flow")
    step = root["definitions"]["steps"]["items"]["properties"]
    if verb not in step:
        return frozenset()
    return frozenset(compiler.resolve(step[verb]).get("properties", ()))


def _sample(entry: Entry) -> str:
    value = entry.value
    return value.text if isinstance(value, Scalar) and len(value.text) < 30 else "…"
