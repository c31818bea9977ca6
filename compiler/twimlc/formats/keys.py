"""What is said about keys that do not belong where they are: a place in, findings out."""

import re
from collections.abc import Iterator, Mapping as Table
from typing import Any

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic, Edit, Fix
from twimlc.findings.edits import rewrite
from twimlc.findings.rules import BAD_KEY, BAD_NAME, UNKNOWN_KEY
from twimlc.formats.place import COMMA_HINT, Place, after_comma, hours_in_quotes
from twimlc.formats.synonyms import choice_hint, clock_hint, inside_hint, sign_called
from twimlc.formats.validator import BESIDE, STEP, compiled
from twimlc.text import lazy_pattern
from twimlc.vocabulary.blocks import BLOCKS, OWNED
from twimlc.vocabulary.missing import attribute_codes, missing_codes
from twimlc.yaml.names import beyond_doubt, folded, nearest, proposed_name, valid_name, valid_param
from twimlc.yaml.tree import Entry, Mapping, Scalar, Sequence, is_empty

Schema = Table[str, Any]

BLOCK_VERBS = {
    key: vocabulary.VOICE[block.verb].key
    for key, block in BLOCKS.items()
    if block.verb and block.open
}
"""The blocks that take the attributes of the verb that they become, and that verb."""
_ON_PHONE = lazy_pattern(r"[0-9*#]+")
_SINGLE_TEXTS = ("flow", "kind", "description", "start")
"""The keys of a flow that hold a text, so that a misspelt one can be meant by a text."""
_TEXT_WORDS = frozenset({"text", "body", "content", "words", "value", "message", "to", "address"})


def unknown_keys(place: Place, schema: Schema) -> list[Diagnostic]:
    """A finding for each key of the map at ``place`` that its schema does not know."""
    assert isinstance(place.node, Mapping), "only maps have keys"
    known: Schema = schema.get("properties", {})
    patterns = [re.compile(text) for text in schema.get("patternProperties", ())]
    takes = schema.get("$comment", "")
    findings: list[Diagnostic] = []
    for entry in place.node:
        if entry.key in known or any(pattern.search(entry.key) for pattern in patterns):
            continue
        if takes.startswith("a map of keys"):
            findings.append(bad_key(entry))
        elif takes == "a map of key and then" and _ON_PHONE.fullmatch(entry.key):
            findings += _listed_choice(entry, place)
        elif not known and patterns:
            findings.append(_bad_map_name(entry, place.node, place.key or "", takes))
        else:
            findings.append(_unknown_key(entry, place, known, schema))
    return findings


def _listed_choice(entry: Entry, place: Place) -> Iterator[Diagnostic]:
    """The finding for the first of several choices that are maps with a dash each."""
    items = place.parent.items if isinstance(place.parent, Sequence) else (place.node,)
    keys = (each for item in items if isinstance(item, Mapping) for each in item)
    if entry is next(each for each in keys if _ON_PHONE.fullmatch(each.key)):
        goes = entry.value.text if isinstance(entry.value, Scalar) else "…"
        hint = f"drop the dashes, or write {{key: {entry.key}, then: {goes}}}"
        message = f"unknown key '{entry.key}' in an item of 'choices'"
        yield UNKNOWN_KEY.at(entry.key_span, message, hint=hint, twilio=())


def _bad_map_name(entry: Entry, names: Mapping, name: str, takes: str) -> Diagnostic:
    if "values" in takes:
        reason, noun = valid_param(entry.key), "a param"
    else:
        reason = valid_name(entry.key)
        noun = "a state" if name == "states" else "a component"
    if reason is None:
        reason = f"'{entry.key}' already says what happens where a state is named"
    proposal = proposed_name(entry.key) if noun != "a param" else _proposed_param(entry.key)
    hint = None if proposal is None else f"write '{proposal}'"
    fix = _renamed(entry, names, proposal) if noun == "a state" else None
    message = f"'{entry.key}' cannot name {noun}: {reason}"
    return BAD_NAME.at(entry.key_span, message, hint=hint, fix=fix)


def _renamed(entry: Entry, names: Mapping, proposal: str | None) -> Fix | None:
    """The fix for a state that is written otherwise wherever it is named, if at all."""
    if proposal is None or folded(proposal) != folded(entry.key):
        return None
    if any(other is not entry and folded(other.key) == folded(proposal) for other in names):
        return None
    same = re.findall(rf"(?<![\w-]){re.escape(entry.key)}(?![\w-])", entry.key_span.file.text)
    return rewrite(entry.key_span, entry.key, proposal) if len(same) == 1 else None


def _proposed_param(key: str) -> str | None:
    proposal = re.sub(r"[^A-Za-z0-9_]", "_", key)
    return proposal if valid_param(proposal) is None else None


def bad_key(entry: Entry) -> Diagnostic:
    """The finding for a choice whose key is on no phone."""
    message = f"'{entry.key}' is not a phone key: a choice is made of 0 to 9, * and #"
    if "${" in entry.key:
        hint = "a key cannot be an expression; a whole map can: 'choices: ${table}'"
        return BAD_KEY.at(entry.key_span, message, hint=hint)
    sign = sign_called(entry.key)
    fix = _quoted(entry, sign) if sign is not None else None
    return BAD_KEY.at(entry.key_span, message, hint=choice_hint(entry.key, sign), fix=fix)


def _quoted(entry: Entry, sign: str) -> Fix | None:
    """The fix that writes the key of the phone where its name is."""
    span = entry.key_span
    if span.via is not None or span.text.strip("\"'") != entry.key:
        return None
    return Fix(f'write "{sign}"', (Edit(span, f'"{sign}"'),))


def _unknown_key(entry: Entry, place: Place, known: Schema, schema: Schema) -> Diagnostic:
    of_component = "steps" in known and "flow" not in known
    where = f"'{place.key}'"
    if place.key is None and "steps" in known:
        where = "a component" if of_component else "a flow"
    message = f"unknown key '{entry.key}' in {where}"
    folded = re.sub(r"[-_ ]", "", entry.key).casefold()
    near = next((k for k in known if k.casefold() == folded), None)
    hint, renamed = None, near
    if near is not None:
        hint = f"it is written '{near}'"
    elif after_comma(entry):
        hint = COMMA_HINT
    elif (side := _of_the_step(entry.key, place, known)) is not None:
        hint = side
    elif of_component and entry.key in compiled("flow")[0]["properties"]:
        hint = f"'{entry.key}' belongs at the top of a flow"
    elif entry.key in _TEXT_WORDS and (text := _text_key(schema)) is not None:
        renamed, hint = text, f"the text of {place.key} is called '{text}'"
    elif (
        place.key is None
        and isinstance(entry.value, Sequence)
        and "states" in known
        and not (renamed := beyond_doubt(entry.key, known))
    ):
        hint = "states belong under 'states:': indent it"
    elif "choices" in known and _ON_PHONE.fullmatch(entry.key):
        goes = entry.value.text if isinstance(entry.value, Scalar) else "…"
        hint = f'keys belong under choices: {{choices: {{"{entry.key}": {goes}}}}}'
    elif entry.key in OWNED and "choices" in known:
        hint = "a menu writes it itself; give under 'choices' where each key leads"
    elif (other := inside_hint(entry.key, place.key or "", known)) is not None:
        hint = other
    elif (elsewhere := _of_another(entry.key, place)) is not None:
        hint = elsewhere
    elif place.key is None and "steps" in known and (own := _own_value(entry, known)) is not None:
        hint = own
    elif (near := nearest(entry.key, known)) is not None:
        hint = f"did you mean '{near}'?"
        renamed = beyond_doubt(entry.key, known)
    elif (owner := _owner(entry.key)) is not None:
        hint = f"'{entry.key}' belongs to {owner}"
    elif len(known) <= 14:
        hint = f"it can have {', '.join(key for key in known if key != 'extra')}"
    elif "extra" in known and place.key not in BLOCK_VERBS:
        hint = "an attribute newer than this compiler goes into 'extra:'"
    fix = rewrite(entry.key_span, entry.key, renamed) if renamed else None
    fix = hours_in_quotes(entry, place.node) if hint == COMMA_HINT else fix
    # Only a key that would have become TwiML could have met Twilio's check of it.
    becomes_twiml = "extra" in known and place.key not in BLOCK_VERBS
    could_meet = attribute_codes if near or renamed else missing_codes
    codes = could_meet(place.key or "", entry.key) if becomes_twiml else ()
    return UNKNOWN_KEY.at(entry.key_span, message, hint=hint, fix=fix, twilio=codes)


def _own_value(entry: Entry, known: Schema) -> str | None:
    """What is said at the top of a flow of what belongs into another file, or under ``params``."""
    if beyond_doubt(entry.key, known):
        return None
    if entry.key in compiled("project")[0]["properties"]:
        return f"'{entry.key}' belongs in the project file, twimlc.yaml"
    if (clock := clock_hint(entry.key)) is not None:
        return clock
    if not isinstance(entry.value, Scalar) or is_empty(entry.value) or valid_param(entry.key):
        return None
    hint = f"your own values go under params: {{{entry.key}: …}}"
    near = nearest(entry.key, [key for key in _SINGLE_TEXTS if key in known])
    return hint if near is None else f"did you mean '{near}'? {hint}"


def _of_the_step(key: str, place: Place, known: Schema) -> str | None:
    """What is said of a key in a verb's map that belongs beside the verb, be it misspelt."""
    verb = place.verb
    meant = key if key in BESIDE[STEP] else beyond_doubt(key, [*BESIDE[STEP], *known])
    if verb is None or meant not in BESIDE[STEP]:
        return None
    if "extra" not in known and place.key not in BLOCK_VERBS:
        return None
    inline = place.node.span.text.startswith("{")
    how = "write it after the }, as a key of the step" if inline else "indent it less"
    return f"'{meant}' belongs beside {verb}, not inside it: {how}"


def _of_another(key: str, place: Place) -> str | None:
    """What is said of an attribute of a noun beside it, or of a noun of another verb."""
    verbs = {element.key: element for element in vocabulary.VOICE.values()}
    verb = verbs.get(place.key or "")
    if verb is None or not isinstance(place.node, Mapping):
        return None
    for name, noun in verb.inside.items():
        if place.node.get(name) is not None and key in noun.attributes:
            text = f"{noun.text.name}: …, " if noun.text else ""
            return f"it belongs to the {name}: write {name}: {{{text}{key}: …}}"
    others = [other.key for other in verbs.values() if key in other.inside]
    return f"'{key}' belongs inside {others[0]}" if len(others) == 1 else None


def _text_key(schema: Schema) -> str | None:
    if "required" in schema:
        return str(schema["required"][0])
    for part in schema.get("anyOf", ()):
        return str(part["required"][0]) if "required" in part else None
    return None


def _owner(key: str) -> str | None:
    """The element that has the attribute, if there is only one."""
    owners = {element.key for element in vocabulary.ELEMENTS if key in element.attributes}
    return owners.pop() if len(owners) == 1 else None
