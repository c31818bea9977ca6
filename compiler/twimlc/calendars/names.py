"""Names in calendars: zones, countries, holidays and outcomes. A name comes in, what is wrong
with it goes out: a message, a hint, and the fix if that is sure."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from twimlc.calendars import sources
from twimlc.calendars.settle import USUAL
from twimlc.findings.diagnostic import Fix
from twimlc.findings.edits import rewrite
from twimlc.text import clip
from twimlc.yaml.names import folded, hint_and_fix, meant, proposed_name, valid_name
from twimlc.yaml.tree import Scalar

NameFault = tuple[str, str | None, Fix | None]

_COMMON = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
    "Europe/London", "Europe/Berlin", "Europe/Athens", "Africa/Lagos", "Africa/Johannesburg", "Asia/Dubai",
    "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
_CLOCKS = {
    "EST": _COMMON[0], "EDT": _COMMON[0], "ET": _COMMON[0], "CST": _COMMON[1], "CDT": _COMMON[1],
    "MST": _COMMON[2], "MDT": _COMMON[2], "PST": _COMMON[3], "PDT": _COMMON[3], "PT": _COMMON[3],
    "GMT": _COMMON[5], "BST": _COMMON[5], "WET": "Europe/Lisbon", "CET": _COMMON[6], "CEST": _COMMON[6],
    "MET": _COMMON[6], "EET": _COMMON[7], "EEST": _COMMON[7], "IST": _COMMON[11], "JST": _COMMON[13],
    "AEST": _COMMON[14], "AEDT": _COMMON[14], "HST": "Pacific/Honolulu", "NZST": _COMMON[15],
}  # fmt: skip
"""What people call clocks, and a zone that is meant."""
_FIXED = ("EST", "MST", "HST")
_OFFSET = re.compile(r"(?:UTC|GMT|Etc/GMT|Etc/UTC|Z)? ?([+-]\d{1,2}):?(\d\d)?", re.IGNORECASE)
_COUNTRIES = {
    "UK": "GB",
    "ENGLAND": "GB-ENG",
    "SCOTLAND": "GB-SCT",
    "WALES": "GB-WLS",
    "USA": "US",
    "EN": "GB",
}


def zone_fault(node: Scalar) -> NameFault | None:
    """What is wrong with the name of a zone."""
    text, every = node.text, sources.zone_names()
    if text in every:
        return None
    if text.upper() in _CLOCKS:
        why = "never changes its clock" if text.upper() in _FIXED else "is the name of a clock"
        return (
            f"'{text}' {why}; a zone is Region/City",
            f"{_CLOCKS[text.upper()]}, for example",
            None,
        )
    if (match := _OFFSET.fullmatch(text)) is not None:
        ahead = int(match[1]) * 60 + (-1 if match[1][0] == "-" else 1) * int(match[2] or 0)
        near = [name for name in _COMMON if ahead in _ahead(name)]
        hint = f"a zone is Region/City: {', '.join(near) or _COMMON[0]}"
        return f"'{text}' is no zone: a zone knows when its clock changes", hint, None
    cities = [name for name in every if folded(name.rpartition("/")[2]) == folded(text)]
    if cities:
        return f"a zone is Region/City, and '{text}' is no zone", f"write {cities[0]}", None
    example = f"a zone is Region/City: {_COMMON[0]}"
    return f"unknown zone '{clip(text)}'", *hint_and_fix(node.span, text, every, example)


def _ahead(name: str) -> set[int]:
    """How many minutes a zone is ahead of UTC, in winter and summer."""
    offsets = (datetime(2026, month, 1, tzinfo=sources.zone(name)).utcoffset() for month in (1, 7))
    return {int(offset.total_seconds()) // 60 for offset in offsets if offset is not None}


def place_fault(node: Scalar) -> NameFault | None:
    """What is wrong with a country, or a part of one."""
    text, every = node.text, sources.places()
    country, dash, part = text.partition("-")
    if country in every and (not dash or part in every[country]):
        return None
    right = _COUNTRIES.get(text.upper(), text.upper())
    whole, _, rest = right.partition("-")
    if right != text and whole in every and (not rest or rest in every[whole]):
        return (
            f"holidays of '{text}' are not known",
            f"write '{right}'",
            rewrite(node.span, text, right),
        )
    if country in every:
        known = [f"{country}-{each}" for each in every[country]]
        near = meant(text, known)
        hint = f"it has {', '.join(known)}" if known else f"write {country}"
        return f"{country} has no part '{part}'", f"{near}; {hint}" if near else hint, None
    hint = "a country has two letters, as in US; a part of one is US-CA"
    return f"holidays of '{clip(text)}' are not known", hint, None


def holiday_fault(node: Scalar, places: Sequence[str], years: tuple[int, int]) -> NameFault | None:
    """What is wrong with the name of a holiday."""
    every = [sources.holidays_of(place, *years) for place in places]
    if any(
        sources.bare_name(node.text) in called for each in every for called in each.called.values()
    ):
        return None
    shown = {
        re.sub(r" \([^()]*\)$", "", name): None
        for each in every
        for names in each.names.values()
        for name in names
    }
    hint, fix = hint_and_fix(node.span, node.text, shown)
    there = f"there are {', '.join(sorted(shown))}"
    message = f"there is no holiday '{clip(node.text)}' in {', '.join(places)}"
    return message, there if hint is None else f"{hint} {there}", fix


def name_fault(name: str, taken: Collection[str] = ()) -> str | None:
    """Why something cannot be called so as an outcome."""
    if name == USUAL or name in ("hangup", "next"):
        return f"'{name}' cannot name an outcome: it means something else"
    if name in taken:
        return f"'{name}' is an outcome already"
    if (reason := valid_name(name)) is None:
        return None
    proposal = proposed_name(name)
    return f"'{clip(name)}' cannot name an outcome: {reason}" + (
        f"; write '{proposal}'" if proposal else ""
    )
