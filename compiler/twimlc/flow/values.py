"""One value of an attribute or text, checked against the vocabulary.

A node of the expanded tree comes in; its canonical text, as TwiML will show it, goes out.
Which addresses are states of ours is decided elsewhere: here an address is only text.
"""

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from twimlc import vocabulary
from twimlc.findings import Diagnostic, rules
from twimlc.findings.edits import rewrite
from twimlc.flow.addresses import bad_address
from twimlc.flow.remarks import remarks
from twimlc.formats.leaves import takes
from twimlc.text import clip, lazy_pattern
from twimlc.vocabulary import AttributeType as T
from twimlc.vocabulary.codes import is_tag, meant_tag
from twimlc.yaml.names import meant, respell_part
from twimlc.yaml.tree import Atom, Node, Scalar, Sequence, Template

Checked = tuple[str | Template | None, list[Diagnostic]]

_INTEGER = lazy_pattern(r"0|[1-9][0-9]*")
_DECIMAL = lazy_pattern(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
_NEARLY_WHOLE = lazy_pattern(r"\s*+([0-9]{0,9})(?:[.,]([0-9]{1,9}))?\s*+(s|secs?|seconds?)?\s*")
_PHONE = lazy_pattern(r"[0-9]{2}|\+?[(). ]*(?:[0-9][(). \-]*){3,}")
_EXTENSION = 6  # digits that may be after a number, to be entered
_SID = lazy_pattern(r"[A-Z]{2}[0-9a-fA-F]{32}")
_SCHEME = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LOOKALIKES = {"yes": "true", "no": "false", "on": "true", "off": "false"}


def scalar_text(value: Atom, typed: str) -> str:
    """The text of a scalar inside text: as it was typed, ``true``/``false`` for booleans."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return typed
    return value or ""


def check_value(spec: vocabulary.Attribute, node: Node) -> Checked:
    """The canonical text of ``node`` as a value of ``spec``, and what is wrong with it."""
    if isinstance(node, Sequence) and spec.type in (
        T.LIST_OF_ENUM,
        T.LIST_OF_INTEGER,
        T.COMMA_LIST,
    ):
        return _check_list(spec, node)
    if not isinstance(node, Scalar):  # of anything but JSON the schema says what is wrong with it
        return None, [_wrong_type(spec, node, "a map")] if spec.type is T.JSON_OBJECT else []
    value = node.value
    if isinstance(value, Template):
        if spec.type is T.URL:
            message = f"{spec.name} is an address, which cannot hold a value of the call"
            return None, [rules.CALL_VALUE_IN_ADDRESS.at(node.span, message)]
        return value, []
    if value is None:
        if spec.allow_empty:
            return "", []
        return None, [_wrong_type(spec, node, "nothing")]
    text = scalar_text(value, node.text)
    if text == "" and spec.allow_empty:
        return "", []
    problem = _problem(spec, text, node)
    if problem and text.startswith(("“", "‘", "„")):
        problem = replace(problem, hint="curly quotes are part of the value: use straight quotes")
    return (None, [problem]) if problem else (text, list(remarks(spec, text, node.span)))


def _check_list(spec: vocabulary.Attribute, node: Sequence) -> Checked:
    words: list[str] = []
    findings: list[Diagnostic] = []
    single = spec._replace(type=T.INTEGER if spec.type is T.LIST_OF_INTEGER else T.STRING)
    if spec.type is T.LIST_OF_ENUM:
        single = spec._replace(type=T.ENUM)
    for item in node.items:
        text, problems = check_value(single, item)
        findings += problems
        if isinstance(text, Template):
            findings.append(_wrong_type(spec, item, "a value of the call"))
        elif text is not None:
            words.append(text)
    if findings or len(words) < len(node):
        return None, findings
    joined = spec.separator.join(words)
    problem = _problem(spec, joined, node)
    return (None, [problem]) if problem else (joined, [])


def expected(spec: vocabulary.Attribute) -> str:
    """What a value of ``spec`` looks like, in words."""
    words = takes(spec)
    if words != "text" and spec.type is not T.JSON_OBJECT:
        return words
    if choices := spec.values or spec.keywords:
        return f"one of {', '.join((*choices, *spec.aliases))}"
    if spec.type is T.DIGITS:
        return "one phone key" if spec.max_length == 1 else "phone keys"
    return f"a {spec.type.value.replace('-', ' ')}"


def _wrong_type(spec: vocabulary.Attribute, node: Node, got: str) -> Diagnostic:
    message = f"{spec.name} takes {expected(spec)}, not {got}"
    return rules.WRONG_TYPE.at(node.span, message, twilio=spec.twilio)


def _bad(spec: vocabulary.Attribute, text: str, node: Node, hint: str | None = None) -> Diagnostic:
    fix = None
    if hint is None:
        choices = (*spec.values, *spec.keywords, *spec.aliases)
        hint = meant(text, choices)
        fix = respell_part(node.span, text, choices)
    elif (canonical := _canonical(spec, text)) is not None:
        fix = rewrite(node.span, text, canonical)
    message = f"{spec.name} takes {expected(spec)}, not '{clip(text)}'"
    return rules.BAD_VALUE.at(node.span, message, hint=hint, fix=fix, twilio=spec.twilio)


def _canonical(spec: vocabulary.Attribute, text: str) -> str | None:
    """What was surely meant, written as Twilio takes it: ``true`` for yes, 20 for 020."""
    if spec.type is T.BOOLEAN:
        word = _LOOKALIKES.get(text.lower(), text.lower())
        return word if word in ("true", "false") else None
    if spec.type is T.LIST_OF_ENUM:
        words = text.replace(",", " ").split()
        commas = "," in text and {*words} <= {*spec.values}
        return " ".join(word for word in spec.values if word in words) if commas else None
    stripped = text.lstrip("0")
    if stripped != text and stripped.isdecimal() and stripped.isascii():
        return stripped if len(stripped) < 20 and _in_range(spec, int(stripped)) else None
    return None


def _number_hint(spec: vocabulary.Attribute, text: str) -> str | None:
    stripped = text.lstrip("0")
    if stripped.isdecimal() and stripped != text:
        return f"write {stripped} without leading zeros"
    parted = _NEARLY_WHOLE.fullmatch(text)
    if parted is None or spec.type is not T.INTEGER or not (parted[1] or parted[2]):
        return None
    if parted[3] and spec.unit != "seconds":
        return None
    # Rounded up, so that half a second does not become none.
    whole = int(parted[1] or "0") + (1 if (parted[2] or "").strip("0") else 0)
    return f"whole {spec.unit or 'numbers'} only: write {whole}" if _in_range(spec, whole) else None


def _problem(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    """What makes ``text`` no value of ``spec`` at all."""
    hint: str | None = None
    match spec.type:
        case T.BOOLEAN:
            fits = text in ("true", "false")
            meant = _canonical(spec, text)
            hint = f"write {meant}" if meant else None
        case T.INTEGER | T.DECIMAL | T.INTEGER_OR_KEYWORD:
            if text in spec.keywords:
                return None
            if (_DECIMAL if spec.type is T.DECIMAL else _INTEGER).fullmatch(text):
                return _out_of_range(spec, text, node)
            fits, hint = False, _number_hint(spec, text)
        case T.KEYWORD_OR_PATTERN:
            fits = text in spec.keywords or bool(re.fullmatch(spec.pattern or ".*", text))
        case T.ENUM | T.METHOD:
            fits = text in spec.values or text in spec.aliases
        case T.LIST_OF_ENUM:
            parted = _canonical(spec, text)
            if parted is not None:
                return _bad(spec, text, node, f"write '{parted}', with spaces and no commas")
            words = text.split(spec.separator.strip() or None) if spec.values else []
            wrong = next((word for word in words if word.strip() not in spec.values), None)
            return None if wrong is None else _bad(spec, wrong, node)
        case T.LIST_OF_INTEGER:
            for word in text.split():
                whole = _INTEGER.fullmatch(word)
                if problem := (_out_of_range if whole else _bad)(spec, word, node):
                    return problem
            return None
        case T.COMMA_LIST:
            return _bad_comma_list(spec, text, node)
        case T.SID:
            return _bad_sid(spec, text, node)
        case T.PHONE_NUMBER | T.PHONE_NUMBER_OR_SENDER_ID:
            return _bad_phone(spec, text, node)
        case T.LANGUAGE_TAG:
            fits = is_tag(text) or text == "multi"
            hint = f"write {meant_tag(text) or 'the language as in en-US'}"
        case T.JSON_OBJECT:
            fits, hint = _is_json_object(text), 'write a JSON object, as in {"tier": "gold"}'
        case T.URL:
            return bad_address(spec, text, node.span)
        case T.SIP_URI:
            other = _SCHEME.match(text) and text[:4].lower() not in ("sip:", "sips")
            if other or re.search(r"\s", text):
                return _bad(spec, text, node, "write it as sip:desk@example.com")
            return _too_long(spec, text.partition("?")[0], node)
        case T.DIGITS | T.DURATION:
            fits = not spec.pattern or bool(re.fullmatch(spec.pattern, text))
            hint = f"allowed values match {spec.pattern}"
        case (
            T.STRING
            | T.BOOLEAN_OR_STRING
            | T.VOICE
            | T.CLIENT_IDENTITY
            | T.QUEUE_NAME
            | T.CONFERENCE_NAME
            | T.ROOM_UNIQUE_NAME
        ):
            free = not spec.pattern or bool(spec.known_values)
            fits, hint = free or bool(re.fullmatch(spec.pattern or "", text)), spec.note
        case _:
            assert_never(spec.type)
    return _too_long(spec, text, node) if fits else _bad(spec, text, node, hint)


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _bad_sid(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    prefix = spec.prefix
    if not _SID.fullmatch(text):
        wanted = prefix or "two letters"
        message = f"'{clip(text)}' is not a valid SID: {wanted} and 32 hexadecimal digits"
    elif prefix and not text.startswith(prefix):
        message = f"'{text}' names something else: the SID for {spec.name} begins with {prefix}"
    else:
        return None
    return rules.BAD_SID.at(node.span, message, twilio=spec.twilio)


def _bad_phone(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    sender = spec.type is T.PHONE_NUMBER_OR_SENDER_ID
    if _PHONE.fullmatch(text) or (sender and re.fullmatch(spec.pattern or ".*", text)):
        return None
    is_not = "is neither a phone number nor a sender name" if sender else "is not a phone number"
    hint = None if sender else _phone_hint(text)
    message = f"'{clip(text)}' {is_not}"
    return rules.BAD_PHONE_NUMBER.at(node.span, message, hint=hint, twilio=spec.twilio or None)


def _phone_hint(text: str) -> str:
    if text.lower().startswith(("sip:", "sips:")):
        return "an address of SIP goes into <Sip>; in a flow: sip"
    parts = [part.strip() for part in re.split(r"[,;/|]", text)]
    if len(parts) > 1 and all(len(part) > _EXTENSION and _PHONE.fullmatch(part) for part in parts):
        return "write one <Number> for each; in a flow: number with a list"
    return "write it with a plus and the country code, as in +14155550100"


def _too_long(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    if spec.max_length is not None and len(text) > spec.max_length:
        message = f"{spec.name} has {len(text)} characters; Twilio takes {spec.max_length} at most"
        return rules.TOO_LONG.at(node.span, message, twilio=spec.twilio or None)
    return None


def _out_of_range(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    fits = len(text) <= 30 and _in_range(spec, Decimal(text))
    return None if fits else _bad(spec, text, node, "")  # the message says all


def _in_range(spec: vocabulary.Attribute, number: Decimal | int) -> bool:
    low, high = spec.minimum, spec.maximum
    return (low is None or number >= low) and (high is None or number <= high)


def _bad_comma_list(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    items = text.split(",")
    if spec.max_items is not None and len(items) > spec.max_items:
        message = f"{spec.name} has {len(items)} items; Twilio takes {spec.max_items} at most"
        return rules.TOO_LONG.at(node.span, message, twilio=spec.twilio or None)
    for item in map(str.strip, items):
        if spec.max_item_length is not None and len(item) > spec.max_item_length:
            most = f"an item of {spec.name} has {spec.max_item_length} at most"
            message = f"'{clip(item)}' has {len(item)} characters; {most}"
            return rules.TOO_LONG.at(node.span, message, twilio=spec.twilio or None)
    return None
