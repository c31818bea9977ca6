"""The opening hours notation: what is taken, and what is said of the rest, letter by letter."""

import pytest

from twimlc.calendars.notation import read_hours

# What is written, the piece that is pointed at, a part of what is said, and what is meant.
WRONG = [
    ("Mo-Fr 9-17", "9-17", "times are written as 09:00-17:00", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr 9am-5pm", "9am-5pm", "times", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr 12am-12pm", "12am-12pm", "times", "Mo-Fr 00:00-12:00"),
    ("Mo-Fr 0900-1700", "00-17", "times", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr 09.00-17.00", ".00-17.", "times", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr 8-12,13-17:30", "8-12,13", "times", "Mo-Fr 08:00-12:00,13:00-17:30"),
    ("Mo–Fr 09:00-17:00", "–", "this dash", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr 09:00—17:00", "—", "this dash", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr  09:00-17:00", " ", "one blank", "Mo-Fr 09:00-17:00"),
    ("Mon-Fri 09:00-17:00", "n-Fri", "days are Mo Tu We Th Fr Sa Su", "Mo-Fr 09:00-17:00"),
    ("monday 09:00-17:00", "monday", "days are", "Mo 09:00-17:00"),
    ("Monday to Friday 9am to 5pm", "nday to Friday 9am to 5pm", "days", "Mo-Fr 09:00-17:00"),
    ("December 24 off", "ember", "months are", "Dec 24 off"),
    ("09:00-17:00 Mo-Fr", "09:00-17:00 Mo-Fr", "days come first", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr: 09:00-17:00", ":", "there is a blank", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr 09:00-12:00 13:00-17:00", " ", "a comma", "Mo-Fr 09:00-12:00,13:00-17:00"),
    ("Mo-Fr 9-12 and 13-17", "9-12 and 13-17", "commas", "Mo-Fr 09:00-12:00,13:00-17:00"),
    ("Mo, We 10:00-12:00", " ", "a list of days has no blanks", "Mo,We 10:00-12:00"),
    ("Mo 10:00-12:00 Sa 10:00-14:00", " ", "behind a ';'", "Mo 10:00-12:00; Sa 10:00-14:00"),
    ("Mo 10:00-12:00,Sa 10:00-14:00", "S", "behind ', '", "Mo 10:00-12:00, Sa 10:00-14:00"),
    ("Mo 12:00-12:00", "12:00-12:00", "begins and ends at once", None),
    ("Mo 25:00-26:00", "25:00-26:00", "no such time", None),
    ("Mo 10:61-11:00", "10:61-11:00", "no such time", None),
    ("Mo 10:00-49:00", "10:00-49:00", "no such time", None),
    ("Feb 30 off", "Feb 30", "there is no such day as Feb 30", None),
    ("Mo-Fr 09:00-17:00; 2027 Feb 29 off", "2027 Feb 29", "there is no such day", None),
    ("Jun 20-31 off", "Jun 20-31", "there is no such day as Jun 31", None),
    ("Mo-Fr 09:00-17:00; PH off", "PH", "'PH' is not taken", None),
    ("Mo-Fr 09:00-17:00; SH off", "SH", "'SH' is not taken", None),
    ("Mo-Fr sunrise-sunset", "sunrise", "'sunrise' is not taken", None),
    ("Mo-Fr 09:00+", "09:00+", "has no end", None),
    ("Mo-Fr 09:00-17:00/00:30", "/00:30", "do not come in turns", None),
    ("Mo-Fr unknown", "unknown", "'unknown' is not taken", None),
    ('Mo-Fr 09:00-17:00 "by call"', '"by call"', "a comment is not taken", None),
    ("Mo-Fr 09:00-17:00 || Sa 10:00-12:00", "||", "'||' is not taken", None),
    ("Mo-Fr 09:00-17:00 daily", "daily", "'daily' is not understood here", None),
    ("hello", "hello", "'hello' is not understood here", None),
    ("Mo-Fr 9-5", "9-5", "'9-5' is not understood here", None),
    ("Mo-Fr 09:00", "09:00", "'09:00' is not understood here", None),
]


@pytest.mark.parametrize(
    ("text", "piece", "message", "meant"), WRONG, ids=[row[0] for row in WRONG]
)
def test_wrong(text: str, piece: str, message: str, meant: str | None) -> None:
    hours = read_hours(text)
    (fault,) = hours.faults
    assert hours.text == ""
    assert not fault.odd
    assert text[fault.start : fault.end] == piece
    assert message in fault.message
    assert fault.mended == meant
    if meant is not None:
        assert read_hours(meant).faults == ()


ODD = [
    ("mo-fr 09:00-17:00", "mo-f", "Mo-Fr 09:00-17:00"),
    ("Mo-Fr 17:00-09:00", "17:00-09:00", None),
]


@pytest.mark.parametrize(("text", "piece", "meant"), ODD)
def test_odd(text: str, piece: str, meant: str | None) -> None:
    hours = read_hours(text)
    (fault,) = hours.faults
    assert fault.odd
    assert hours.rules
    assert text[fault.start : fault.end] == piece
    assert fault.mended == meant


RIGHT = [
    ("Mo-Fr 09:00-17:00; Sa 10:00-14:00; Jul-Aug Fr 09:00-13:00", 3),
    ("Mo,We,Fr 09:00-12:00,13:00-17:00", 1),
    ("Mo-Fr 09:00-12:00, 13:00-17:00", 1),
    ("Mo-Fr 09:00-12:00, Mo 13:00-17:00", 2),
    ("Mo-Fr 09:00-17:00; Dec 24 off; 2027 Jan 4-8 off; Dec 24-Jan 2 off", 4),
    ("week 1-53/2 Mo-Fr 09:00-17:00", 1),
    ("week 3,10-20 09:00-17:00", 1),
    ("Mo[1] 09:00-17:00; Fr[-1] 09:00-12:00; Tu[1,3] 10:00-11:00", 3),
    ("Mo-Fr 09:00-17:00; easter -2 days off; easter +1 day off", 3),
    ("Mo-Fr 22:00-02:00", 1),
    ("Mo-Fr 22:00-26:00", 1),
    ("Mo-Fr 17:00-33:00", 1),
    ("24/7", 1),
    ("24/7; Su off", 2),
    ("Mo-Fr", 1),
    ("Su closed", 1),
    ("off", 1),
    ("10:00-12:00", 1),
    ("2027-2028 Mo 10:00-12:00", 1),
    ("Jan-Mar,Nov Mo 10:00-12:00", 1),
    ("Feb 29 10:00-12:00", 1),
    ("Mo-Fr 9:00-17:00;Sa 10:00-14:00;", 2),
    ("Mo-Fr 09:00-17:00; Mo 12:00-13:00 off", 2),
]


@pytest.mark.parametrize(("text", "rules"), RIGHT)
def test_right(text: str, rules: int) -> None:
    hours = read_hours(text)
    assert hours.faults == ()
    assert hours.text == text.rstrip(";")
    assert len(hours.rules) == rules


def test_times_past_midnight_are_the_same_written_either_way() -> None:
    first, second = (read_hours(f"Mo 22:00-{end}").rules[0].times for end in ("02:00", "26:00"))
    assert first == second == ((1320, 1560),)
