"""One value of an attribute or text, checked against the vocabulary.

A node of the expanded tree comes in; its canonical text, as TwiML will show it, goes out.
Which addresses are states of ours is decided elsewhere: here an address is only text.
"""

import json
import re
from decimal import Decimal
from typing import assert_never

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.edits import rewrite
from twimlc.diagnostics.rules.shape import BAD_VALUE, WRONG_TYPE
from twimlc.diagnostics.rules.twiml import (
    BAD_PHONE_NUMBER,
    BAD_SID,
    CALL_VALUE_IN_ADDRESS,
    TOO_LONG,
)
from twimlc.flow.address_faults import bad_address
from twimlc.flow.remarks import remarks
from twimlc.source.names import nearest
from twimlc.source.respell import respell_part
from twimlc.source.tree import Atom, Mapping, Node, Sequence, Template
from twimlc.vocabulary import AttributeType as T
from twimlc.vocabulary.locales import is_tag, meant_tag

Checked = tuple[str | Template | None, list[Diagnostic]]

_INTEGER = re.compile(r"0|[1-9][0-9]*")
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
_PHONE = re.compile(r"\+?[(). \-]*[0-9][0-9(). \-]*")
_EXTENSION = 6  # digits that may stand behind a number, to be keyed in
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
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
    if isinstance(node, Mapping):
        return None, [_wrong_type(spec, node, "a map")]
    if isinstance(node, Sequence):
        if spec.type in (T.LIST_OF_ENUM, T.LIST_OF_INTEGER, T.COMMA_LIST):
            return _check_list(spec, node)
        return None, [_wrong_type(spec, node, "a list")]
    value = node.value
    if isinstance(value, Template):
        if spec.type is T.URL:
            message = f"{spec.name} is an address, which cannot hold a value of the call"
            return None, [CALL_VALUE_IN_ADDRESS.at(node.span, message)]
        return value, []
    if value is None:
        if spec.allow_empty:
            return "", []
        return None, [_wrong_type(spec, node, "nothing")]
    text = scalar_text(value, node.text)
    if text == "" and spec.allow_empty:
        return "", []
    problem = _problem(spec, text, node)
    return (None, [problem]) if problem else (text, list(remarks(spec, text, node.span)))


def _check_list(spec: vocabulary.Attribute, node: Sequence) -> Checked:
    words: list[str] = []
    found: list[Diagnostic] = []
    single = spec._replace(type=T.INTEGER if spec.type is T.LIST_OF_INTEGER else T.STRING)
    if spec.type is T.LIST_OF_ENUM:
        single = spec._replace(type=T.ENUM)
    for item in node.items:
        text, problems = check_value(single, item)
        found += problems
        if isinstance(text, Template):
            found.append(_wrong_type(spec, item, "a value of the call"))
        elif text is not None:
            words.append(text)
    if found:
        return None, found
    joined = spec.separator.join(words)
    problem = _problem(spec, joined, node)
    return (None, [problem]) if problem else (joined, [])


_NEARLY_WHOLE = re.compile(r"\s*+([0-9]{0,9})(?:[.,]([0-9]{1,9}))?\s*+(s|secs?|seconds?)?\s*")
_PLAIN = {
    T.INTEGER: "a whole number",
    T.DECIMAL: "a number",
    T.BOOLEAN: "true or false",
    T.METHOD: "GET or POST",
    T.DIGITS: "keys of a phone",
}


def expected(spec: vocabulary.Attribute) -> str:
    """What a value of ``spec`` looks like, in words."""
    if spec.type is T.INTEGER:
        unit = f" of {spec.unit}" if spec.unit else ""
        if spec.minimum is not None and spec.maximum is not None:
            return f"a whole number{unit} from {spec.minimum} to {spec.maximum}"
        if spec.minimum is not None:
            return f"a whole number{unit}, {spec.minimum} or more"
        return f"a whole number{unit}"
    if spec.type is T.INTEGER_OR_KEYWORD:
        return f"a whole number or {' or '.join(spec.keywords)}"
    if spec.values and spec.type is not T.METHOD:
        shown = ", ".join((*spec.values, *spec.aliases))
        return f"some of {shown}" if spec.type is T.LIST_OF_ENUM else f"one of {shown}"
    if spec.keywords:
        return f"one of {', '.join(spec.keywords)}"
    if spec.type is T.DIGITS and spec.max_length == 1:
        return "one key of a phone"
    return _PLAIN.get(spec.type, f"a {spec.type.value.replace('-', ' ')}")


def _wrong_type(spec: vocabulary.Attribute, node: Node, got: str) -> Diagnostic:
    return WRONG_TYPE.at(
        node.span, f"{spec.name} takes {expected(spec)}, not {got}", twilio=spec.twilio
    )


def _bad(spec: vocabulary.Attribute, text: str, node: Node, hint: str | None = None) -> Diagnostic:
    fix = None
    if hint is None:
        choices = (*spec.values, *spec.keywords, *spec.aliases)
        close = nearest(text, choices) if choices else None
        hint = f"did you mean '{close}'?" if close else None
        fix = respell_part(node.span, text, choices)
    elif (canonical := _canonical(spec, text)) is not None:
        fix = rewrite(node.span, text, canonical)
    message = f"{spec.name} takes {expected(spec)}, not '{_short(text)}'"
    return BAD_VALUE.at(node.span, message, hint=hint, fix=fix, twilio=spec.twilio)


def _canonical(spec: vocabulary.Attribute, text: str) -> str | None:
    """What was surely meant, written as Twilio takes it: ``true`` for yes, 20 for 020."""
    if spec.type is T.BOOLEAN:
        word = _LOOKALIKES.get(text.lower(), text.lower())
        return word if word in ("true", "false") else None
    if spec.type is T.LIST_OF_ENUM:
        words = text.replace(",", " ").split()
        commas = "," in text and "," not in spec.separator and {*words} <= {*spec.values}
        return " ".join(word for word in spec.values if word in words) if commas else None
    stripped = text.lstrip("0")
    if stripped != text and stripped.isdecimal() and stripped.isascii():
        low, high = spec.minimum, spec.maximum
        number = int(stripped) if len(stripped) < 20 else None
        if number is None or (low is not None and number < low):
            return None
        return stripped if high is None or number <= high else None
    return None


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


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
    low, high = spec.minimum, spec.maximum
    if (low is not None and whole < low) or (high is not None and whole > high):
        return None
    return f"whole {spec.unit or 'numbers'} only: write {whole}"


def _problem(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    """What makes ``text`` no value of ``spec`` at all."""
    match spec.type:
        case T.BOOLEAN:
            if text not in ("true", "false"):
                close = _LOOKALIKES.get(text.lower(), text.lower())
                hint = f"write {close}" if close in ("true", "false") else None
                return _bad(spec, text, node, hint)
        case T.INTEGER:
            if not _INTEGER.fullmatch(text):
                return _bad(spec, text, node, _number_hint(spec, text))
            return _out_of_range(spec, text, node)
        case T.DECIMAL:
            if not _DECIMAL.fullmatch(text):
                return _bad(spec, text, node, _number_hint(spec, text))
            return _out_of_range(spec, text, node)
        case T.INTEGER_OR_KEYWORD:
            if text in spec.keywords:
                return None
            if not _INTEGER.fullmatch(text):
                return _bad(spec, text, node)
            return _out_of_range(spec, text, node)
        case T.KEYWORD_OR_PATTERN:
            if text not in spec.keywords and not re.fullmatch(spec.pattern or ".*", text):
                return _bad(spec, text, node)
        case T.ENUM | T.METHOD:
            if text not in spec.values and text not in spec.aliases:
                return _bad(spec, text, node)
        case T.LIST_OF_ENUM:
            parted = _canonical(spec, text)
            if parted is not None:
                return _bad(spec, text, node, f"write '{parted}', with blanks and no commas")
            for word in text.split(spec.separator.strip() or None):
                if spec.values and word.strip() not in spec.values:
                    return _bad(spec, word, node)
        case T.LIST_OF_INTEGER:
            for word in text.split():
                if not _INTEGER.fullmatch(word):
                    return _bad(spec, word, node)
                if out := _out_of_range(spec, word, node):
                    return out
        case T.COMMA_LIST:
            return _bad_comma_list(spec, text, node)
        case T.DIGITS | T.DURATION:
            if spec.pattern and not re.fullmatch(spec.pattern, text):
                allowed = f"what it takes looks like {spec.pattern}"
                return _bad(spec, text, node, allowed)
            return _too_long(spec, text, node)
        case T.SID:
            return _bad_sid(spec, text, node)
        case T.PHONE_NUMBER:
            if not _PHONE.fullmatch(text):
                message = f"'{_short(text)}' is not a phone number"
                return BAD_PHONE_NUMBER.at(
                    node.span, message, hint=_phone_hint(text), twilio=spec.twilio or None
                )
        case T.PHONE_NUMBER_OR_SENDER_ID:
            if not _PHONE.fullmatch(text) and not re.fullmatch(spec.pattern or ".*", text):
                message = f"'{_short(text)}' is neither a phone number nor a sender name"
                return BAD_PHONE_NUMBER.at(node.span, message, twilio=spec.twilio or None)
        case T.LANGUAGE_TAG:
            if not is_tag(text) and text != "multi":
                meant = meant_tag(text) or "the language as in en-US"
                return _bad(spec, text, node, f"write {meant}")
        case T.JSON_OBJECT:
            try:
                if not isinstance(json.loads(text), dict):
                    return _bad(spec, text, node, 'write a JSON object, as in {"tier": "gold"}')
            except (ValueError, RecursionError):
                return _bad(spec, text, node, 'write a JSON object, as in {"tier": "gold"}')
        case T.URL:
            return bad_address(spec, text, node.span)
        case T.SIP_URI:
            if re.search(r"\s", text) or (
                _SCHEME.match(text) and text[:4].lower() not in ("sip:", "sips")
            ):
                return _bad(spec, text, node, "write it as sip:desk@example.com")
            return _too_long(spec, text.partition("?")[0], node)
        case (
            T.STRING
            | T.BOOLEAN_OR_STRING
            | T.VOICE
            | T.CLIENT_IDENTITY
            | T.QUEUE_NAME
            | T.CONFERENCE_NAME
            | T.ROOM_UNIQUE_NAME
        ):
            if spec.pattern and not spec.known_values and not re.fullmatch(spec.pattern, text):
                return _bad(spec, text, node, spec.note)
            return _too_long(spec, text, node)
        case _:
            assert_never(spec.type)
    return None


def _bad_sid(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    prefix = spec.prefix
    if not _SID.fullmatch(text):
        wanted = prefix or "two letters"
        message = f"'{_short(text)}' is no SID: {wanted} and 32 hexadecimal digits"
    elif prefix and not text.startswith(prefix):
        message = f"'{text}' names something else: the SID for {spec.name} begins with {prefix}"
    else:
        return None
    return BAD_SID.at(node.span, message, twilio=spec.twilio)


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
        return TOO_LONG.at(node.span, message, twilio=spec.twilio or None)
    return None


def _out_of_range(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    if len(text) > 30:
        return _bad(spec, text, node, "")
    number = Decimal(text)
    low, high = spec.minimum, spec.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        return _bad(spec, text, node, "")
    return None


def _bad_comma_list(spec: vocabulary.Attribute, text: str, node: Node) -> Diagnostic | None:
    items = text.split(",")
    if spec.max_items is not None and len(items) > spec.max_items:
        message = f"{spec.name} has {len(items)} items; Twilio takes {spec.max_items} at most"
        return TOO_LONG.at(node.span, message, twilio=spec.twilio or None)
    for item in items:
        if spec.max_item_length is not None and len(item.strip()) > spec.max_item_length:
            message = (
                f"'{_short(item.strip())}' has {len(item.strip())} characters; an item of "
                f"{spec.name} has {spec.max_item_length} at most"
            )
            return TOO_LONG.at(node.span, message, twilio=spec.twilio or None)
    return None
