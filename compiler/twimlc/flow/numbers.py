"""Phone numbers, caller IDs and names of apps that are known now.

Their text comes in; findings go out. Whether a number is answered only a call can tell.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc.findings import Diagnostic, rules
from twimlc.flow.model import Element
from twimlc.text import Span, lazy_pattern
from twimlc.vocabulary import numbers

_LONGEST = 15
_AMERICAN = 10  # digits behind +1
_SHORT = 6  # emergency numbers and short codes have no country
_FOREIGN_TO_NAMES = lazy_pattern(r"[^A-Za-z0-9_.!~*'()@%+=:-]")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def number_remarks(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd about a text that looks like a phone number."""
    digits = _digits(text)
    if not text.startswith("+"):
        if len(digits) > _SHORT:
            message = f"'{text}' has no country code"
            yield rules.NATIONAL_NUMBER.at(span, message, hint=with_country(digits))
        return
    if len(digits) > _LONGEST:
        message = f"'{text}' has {len(digits)} digits; no number has more than {_LONGEST}"
        yield rules.UNKNOWN_COUNTRY.at(span, message)
    elif not any(digits[:size] in numbers.COUNTRY_CODES for size in (1, 2, 3)):
        message = f"'{text}' does not begin with a known country code"
        hint = "after the plus comes the country code, without the zero of a national number"
        if len(digits) == _AMERICAN and not numbers.is_no_north_american(f"1{digits}"):
            hint = f"for a North American number write +1{digits}"
        yield rules.UNKNOWN_COUNTRY.at(span, message, hint=hint)
    elif (wrong := _wrong_length(text, digits, span)) is not None:
        yield wrong
    else:
        for size in range(3, 6):
            kind = numbers.COSTLY.get(digits[:size])
            if kind is not None:
                hint = "dial it only if the account allows it and you know what it costs"
                yield rules.COSTLY_NUMBER.at(span, f"'{text}' is {kind}", hint=hint)
                return


def with_country(digits: str) -> str:
    """How a number without a plus is written whole."""
    number = digits.removeprefix("00") if digits.startswith("00") else digits
    if len(number) == _AMERICAN and not numbers.is_no_north_american(f"1{number}"):
        return f"in North America it is +1{number}; elsewhere begin with + and the country code"
    if number != digits or (len(number) == _AMERICAN + 1 and number.startswith("1")):
        return f"write +{number}"
    return "begin with + and the country code, as in +14155550100"


def _wrong_length(text: str, digits: str, span: Span) -> Diagnostic | None:
    """A finding for a number with too few or too many digits, or with impossible ones."""
    at_home = next((code for code in numbers.TRUNK_ZERO if digits.startswith(f"{code}0")), None)
    if at_home is not None:
        message = f"'{text}' has a 0 after +{at_home}, which is only dialed inside the country"
        return rules.NUMBER_LENGTH.at(span, message, hint="leave out the 0 after the country code")
    length = numbers.length_of(digits)
    if length is None:
        return None
    count = len(digits) - len(length.country)
    if length.fewest <= count <= length.most:
        if not numbers.is_no_north_american(digits):
            return None
        message = f"'{text}' is not a valid North American number: its {_odd_part(digits)}"
        return rules.NUMBER_LENGTH.at(span, message, hint="look the number up again")
    wanted = str(length.fewest)
    if length.most > length.fewest:
        wanted += f" or {length.most}" if length.most == length.fewest + 1 else f" to {length.most}"
    message = f"'{text}' has {count} digits after +{length.country} and needs {wanted}"
    few = "one digit is missing" if count == length.fewest - 1 else "some digits are missing"
    many = "there is one digit too many" if count == length.most + 1 else "some are too many"
    return rules.NUMBER_LENGTH.at(span, message, hint=few if count < length.fewest else many)


def _odd_part(digits: str) -> str:
    part, name = (digits[1:4], "area code") if digits[1] in "01" else (digits[4:7], "exchange")
    return f"{name} {part} begins with {part[0]}"


def client_remarks(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd about the name of an app."""
    odd = _FOREIGN_TO_NAMES.search(text)
    if odd is not None:
        message = f"no app can have registered as '{text}': '{odd[0]}' is not allowed in a name"
        yield rules.BAD_CLIENT_NAME.at(span, message, hint="letters, digits and _ are safe")


def check_caller_id(dial: Element) -> Iterator[Diagnostic]:
    """Whether those who are called by phone can be shown the dial's callerId."""
    found = dial.get("callerId")
    if found is None or not isinstance(found.value, str):
        return
    spec = dial.spec
    phone = spec.text.as_child if spec is not None and spec.text is not None else None
    others = {*(spec.children if spec is not None else ())} - {phone}
    if any(child.tag in others for child in dial.elements()):
        return
    text = found.value.strip()
    digits = _digits(text)
    fits = re.fullmatch(r"\+?[0-9(). \-]+", text) and 3 <= len(digits) <= _LONGEST
    if fits and not text.startswith("+0"):
        if not text.startswith("+") and len(digits) > _SHORT:
            message = f"the callerId '{text}' has no country code"
            hint = with_country(digits)
            yield rules.NATIONAL_NUMBER.at(
                found.span, message, hint=hint, twilio=rules.BAD_CALLER_ID.twilio
            )
        elif text.startswith("+"):
            for wrong in number_remarks(text, found.span):
                if wrong.rule is not rules.COSTLY_NUMBER:
                    yield replace(wrong, twilio=rules.BAD_CALLER_ID.twilio)
        return
    message = f"'{text}' is not a number that the called party can be shown"
    hint = "give a phone number that you own or have verified, as in +14155550199"
    yield rules.BAD_CALLER_ID.at(found.span, message, hint=hint)
