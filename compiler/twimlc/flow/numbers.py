"""Phone numbers, caller IDs and names of apps that are known now.

Their text comes in; findings go out. Whether a number is answered only a call can tell.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import (
    BAD_CALLER_ID,
    BAD_CLIENT_NAME,
    COSTLY_NUMBER,
    NATIONAL_NUMBER,
    NUMBER_LENGTH,
    UNKNOWN_COUNTRY,
)
from twimlc.flow.model import Element
from twimlc.text import Span
from twimlc.vocabulary.numbers import (
    COSTLY,
    COUNTRY_CODES,
    TRUNK_ZERO,
    is_no_north_american,
    length_of,
)

_LONGEST = 15
_AMERICAN = 10  # digits behind +1
_SHORT = 6  # emergency numbers and short codes have no country
_FOREIGN_TO_NAMES = re.compile(r"[^A-Za-z0-9_.!~*'()@%+=:-]")
_OTHER_NOUNS = ("Client", "Sip", "Conference", "Queue", "Application", "WhatsApp", "Sim")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def number_remarks(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd about a text that looks like a phone number."""
    digits = _digits(text)
    if not text.startswith("+"):
        if len(digits) > _SHORT:
            message = f"the number '{text}' does not say which country it is in"
            hint = "write a plus and the country code, as in +14155550100"
            yield NATIONAL_NUMBER.at(span, message, hint=hint)
        return
    if len(digits) > _LONGEST:
        message = f"'{text}' has {len(digits)} digits; no number has more than {_LONGEST}"
        yield UNKNOWN_COUNTRY.at(span, message)
    elif not any(digits[:size] in COUNTRY_CODES for size in (1, 2, 3)):
        message = f"no country's numbers begin like '{text}'"
        hint = "behind the plus stands the country code, without the zero of a national number"
        if len(digits) == _AMERICAN and not is_no_north_american(f"1{digits}"):
            hint = f"for a number of North America write +1{digits}"
        yield UNKNOWN_COUNTRY.at(span, message, hint=hint)
    elif (wrong := _wrong_length(text, digits, span)) is not None:
        yield wrong
    else:
        for size in range(3, 6):
            kind = COSTLY.get(digits[:size])
            if kind is not None:
                hint = "dial it only if the account allows it and you know what it costs"
                yield COSTLY_NUMBER.at(span, f"'{text}' is {kind}", hint=hint)
                return


def _wrong_length(text: str, digits: str, span: Span) -> Diagnostic | None:
    """A finding for a number with too few or too many digits, or with impossible ones."""
    at_home = next((code for code in TRUNK_ZERO if digits.startswith(f"{code}0")), None)
    if at_home is not None:
        message = f"'{text}' has a 0 behind +{at_home}, which is only dialed inside the country"
        return NUMBER_LENGTH.at(span, message, hint="leave out the 0 behind the country code")
    length = length_of(digits)
    if length is None:
        return None
    count = len(digits) - len(length.country)
    if length.fewest <= count <= length.most:
        if not is_no_north_american(digits):
            return None
        message = f"'{text}' is no number of North America: its {_odd_part(digits)}"
        return NUMBER_LENGTH.at(span, message, hint="look the number up again")
    wanted = str(length.fewest)
    if length.most > length.fewest:
        wanted += f" or {length.most}" if length.most == length.fewest + 1 else f" to {length.most}"
    message = f"'{text}' has {count} digits behind +{length.country}, and needs {wanted}"
    few = "one is missing" if count == length.fewest - 1 else "some are missing"
    many = "one is too many" if count == length.most + 1 else "some are too many"
    return NUMBER_LENGTH.at(span, message, hint=few if count < length.fewest else many)


def _odd_part(digits: str) -> str:
    part, name = (digits[1:4], "area code") if digits[1] in "01" else (digits[4:7], "exchange")
    return f"{name} {part} begins with {part[0]}"


def client_remarks(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd about the name of an app."""
    odd = _FOREIGN_TO_NAMES.search(text)
    if odd is not None:
        message = f"no app can have registered as '{text}': '{odd[0]}' is no part of a name"
        yield BAD_CLIENT_NAME.at(span, message, hint="letters, digits and _ are safe")


def check_caller_id(dial: Element) -> Iterator[Diagnostic]:
    """Whether those who are called by phone can be shown the dial's callerId."""
    found = dial.get("callerId")
    if found is None or not isinstance(found.value, str):
        return
    nouns = {child.tag for child in dial.elements()}
    if nouns & {*_OTHER_NOUNS}:
        return
    text = found.value.strip()
    digits = _digits(text)
    fits = re.fullmatch(r"\+?[0-9(). \-]+", text) and 3 <= len(digits) <= _LONGEST
    if fits and not text.startswith("+0"):
        if not text.startswith("+") and len(digits) > _SHORT:
            message = f"the callerId '{text}' does not say which country it is in"
            hint = "write a plus and the country code, as in +14155550199"
            yield NATIONAL_NUMBER.at(found.span, message, hint=hint, twilio=BAD_CALLER_ID.twilio)
        elif text.startswith("+"):
            for wrong in number_remarks(text, found.span):
                if wrong.rule is not COSTLY_NUMBER:
                    yield replace(wrong, twilio=BAD_CALLER_ID.twilio)
        return
    message = f"'{text}' is not a number that the called party could be shown"
    hint = "give a phone number that you own or have verified, as in +14155550199"
    yield BAD_CALLER_ID.at(found.span, message, hint=hint)
