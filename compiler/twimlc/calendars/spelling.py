"""Opening hours as people write them: a text comes in, the text that the notation has goes out."""

import re
from collections.abc import Callable
from typing import NamedTuple

DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

_WEEKDAY = (
    r"\b(?:mo(?:n(?:days?)?)?|tu(?:e(?:s(?:days?)?)?)?|we(?:d(?:nesdays?)?)?"
    r"|th(?:u(?:r(?:s(?:days?)?)?)?)?|fr(?:i(?:days?)?)?|sa(?:t(?:urdays?)?)?|su(?:n(?:days?)?)?)\b\.?"
)
_MONTH = (
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_CLOCK = r"\d{1,2}(?:[:.h]?\d\d)?(?: ?[ap]\.?m\b\.?)?"
_PAIR = rf"(?<![\w:.\[/+-])({_CLOCK}) ?h?-({_CLOCK})h?(?![\w:./+\]-])"
_TIMES = r"\d\d:\d\d-\d\d:\d\d"
_NO_TIME = re.compile(rf"(?:{MONTH}|week|easter) (?:[\d,/-]*)$|\[[^\]]*$", re.IGNORECASE)


class _Step(NamedTuple):
    """What is written otherwise, by what, and why."""

    pattern: str
    by: str | Callable[[re.Match[str]], str]
    why: str


def _pair(match: re.Match[str]) -> str:
    """Two times as the notation has them, unless they are days, weeks or years."""
    first, last = match[1], match[2]
    years = len(first) == len(last) == 4 and re.match(r" [A-Z\d]", match.string[match.end() :])
    # 9-5 may be meant until five in the afternoon.
    unsure = first.isdecimal() and last.isdecimal() and int(last) <= int(first) <= 12
    if _NO_TIME.search(match.string[: match.start()]) or years or unsure:
        return match[0]
    shown = [_clock(first, last), _clock(last, last)]
    return "-".join(filter(None, shown)) if None not in shown else match[0]


def _clock(text: str, other: str) -> str | None:
    """``9``, ``9am``, ``0900`` or ``09.00`` as ``09:00``; None for what is no time."""
    match = re.fullmatch(r"(\d{1,2})(?:[:.h]?(\d\d))?(?: ?([ap])\.?m\.?)?", text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), match[2] or "00", match[3]
    if half is not None and not 1 <= hour <= 12:
        return None
    if half is not None:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute}" if hour <= 48 and minute < "60" else None


_DAYS = "days are Mo Tu We Th Fr Sa Su"
_STEPS = (
    _Step("[\u2010-\u2015\u2212]", "-", "this dash is another sign than '-'"),
    _Step(r"\s+", " ", "one blank is enough here"),
    _Step(r"^ | $", "", "one blank is enough here"),
    _Step(_WEEKDAY, lambda match: match[0][:2].title(), _DAYS),
    _Step(_MONTH, lambda match: match[0][:3].title(), "months are Jan Feb Mar and so on"),
    _Step(
        r"\b(?:week|easter|days?|off|closed|open)\b",
        lambda match: match[0].lower(),
        "this word has small letters",
    ),
    _Step(r" (?:to|till?|until|thru|through) ", "-", "a range is written with '-'"),
    _Step(r"(?<=[\w\]]) ?- (?=\w)|(?<=\w) -(?=[A-Z])", "-", "a range has no blanks"),
    _Step(r" ?(?:\band\b|&) ?", ",", "a list is written with commas"),
    _Step(_PAIR, _pair, "times are written as 09:00-17:00"),
    _Step(r"(?<=[a-z\]]) ?: ?(?=\d)", " ", "between days and times there is a blank"),
    _Step(
        rf"(?<![\d,])({_TIMES}(?:,{_TIMES})*) ({DAY}[^;]*)",
        lambda match: match[0] if re.search(r"\d:", match[2]) else f"{match[2].strip()} {match[1]}",
        "days come first",
    ),
    _Step(rf"({_TIMES}) (?={_TIMES})", r"\1,", "between times there is a comma"),
    _Step(
        rf"(^|; ?)((?:{DAY}(?:-{DAY})?, ?)+)(?={DAY})",
        lambda match: match[1] + match[2].replace(", ", ","),
        "a list of days has no blanks",
    ),
    _Step(rf"({_TIMES}) (?={DAY}|{MONTH})", r"\1; ", "a new rule begins behind a ';'"),
    _Step(rf"({_TIMES}),(?={DAY}|{MONTH})", r"\1, ", "a new rule begins behind ', '"),
    _Step(r"[,.]$", "", "nothing comes behind this"),
)


def respelled(text: str) -> tuple[str, str]:
    """The text as the notation has it, as far as that is sure, and what was wrong first."""
    reason = ""
    for step in _STEPS:
        better = re.sub(step.pattern, step.by, text, flags=re.IGNORECASE if step.by else 0)
        if better != text:
            reason = reason or step.why
        text = better
    return text, reason
