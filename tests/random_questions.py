"""Settled calendars and questions, made up: what servers, routers and plans are asked about."""

from datetime import UTC, datetime
from functools import cache
from random import Random
from urllib.parse import quote
from zoneinfo import ZoneInfo

from twimlc.calendars.settled import DAY, Override, Settled
from twimlc.flow.decisions import CALLERS, Cases, Clock
from twimlc.lower.questions import Question

FIRST, LAST = 20454, 21549
"""2026-01-01 and 2028-12-31."""
BEGIN, END = FIRST * 86400, (LAST + 1) * 86400

ZONES = (
    "America/New_York",
    "Asia/Kolkata",  # half an hour, and no changes
    "Australia/Adelaide",  # half an hour, in the south
    "Australia/Lord_Howe",  # changes by half an hour
    "America/Phoenix",
    "Pacific/Chatham",
    "America/Santiago",  # changes at midnight
    "Africa/Casablanca",
    "Asia/Beirut",
)

OUTCOMES = ("closed", "open", "holiday", "lunch", "winter-break")


@cache
def offsets(zone):
    """(seconds in UTC, minutes ahead of it from then on) from 2026 to ten years later."""

    def minutes(at):
        return round(datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset().total_seconds()) // 60

    found = [(0, minutes(BEGIN))]
    for day in range(BEGIN, END + 3652 * 86400, 86400):
        low, high = day, day + 86400
        if minutes(low) != minutes(high):
            while high - low > 60:
                middle = (low + high) // 120 * 60
                low, high = (middle, high) if minutes(middle) == minutes(low) else (low, middle)
            found.append((high, minutes(high)))
    return tuple(found)


def _pattern(random, outcomes):
    """A day, which may begin with what the evening before left over."""
    step = random.choice([1, 5, 15, 30, 60])
    edges = {0, *(random.randrange(0, DAY, step) for _ in range(random.choice([0, 1, 2, 2, 4])))}
    rows = []
    for minute in sorted(edges):
        outcome = random.randrange(outcomes)
        if not rows or rows[-1][1] != outcome:
            rows.append((minute, outcome))
    return tuple(rows)


def calendar(random, zone=None, override=True):
    """Any calendar that can be."""
    zone = zone or random.choice(ZONES)
    count = random.randint(1, len(OUTCOMES))
    patterns = tuple({_pattern(random, count): None for _ in range(random.randint(1, 7))})
    weeks = tuple(
        tuple(random.randrange(len(patterns)) for _ in range(7))
        for _ in range(random.randint(1, 3))
    )
    starts = sorted(random.sample(range(FIRST, LAST), random.choice([0, 0, 2, 6, 30])))
    days = sorted(random.sample(range(FIRST, LAST), random.choice([0, 3, 40])))
    over = None
    if override and random.random() < 0.2:
        until = random.choice([None, random.randrange(BEGIN, END)])
        over = Override(random.randrange(count), until)
    return Settled(
        zone,
        OUTCOMES[:count],
        offsets(zone),
        patterns,
        weeks,
        tuple((day, random.randrange(len(weeks))) for day in [FIRST, *starts]),
        tuple((day, random.randrange(len(patterns))) for day in days),
        *(FIRST, LAST, over),
    )


OFFICE = Settled(
    "America/New_York",
    ("closed", "open", "lunch", "holiday"),
    offsets("America/New_York"),
    (((0, 0),), ((0, 0), (540, 1), (720, 2), (780, 1), (1020, 0)), ((0, 3),)),
    ((1, 1, 1, 1, 1, 0, 0),),
    ((FIRST, 0),),
    tuple((day, 2) for day in (20454, 20598, 20638, 20811, 20812)),
    *(FIRST, LAST),
)
"""Weekdays from nine to five but for lunch."""

VALUES = (
    *(
        "",
        " ",
        "+",
        "++",
        "+1",
        "1",
        "anonymous",
        "Anonymous",
        "RESTRICTED",
        "+266696687",
        "266696687",
    ),
    *("17378742833", "+17378742833", "+27378742833", "7748283", "+anonymous", "blocked1", "None"),
    *(
        "+14155550123",
        "14155550123",
        "+1415555012",
        "+141555501234",
        "+1415x",
        "+1415 ",
        "1415-555",
    ),
    *("client:amy", "client:Amy", "client:", "client:amy.b", "client", "sip:amy@example.com"),
    *(
        "sip:amy@example.comx",
        "SIP:AMY@EXAMPLE.COM",
        "sip:amy@examplexcom",
        "sip:a+b@example.com:5060",
    ),
    *(
        "whatsapp:+14155550100",
        "whatsapp:14155550100",
        "US",
        "us",
        "94105",
        "94105-1234",
        "outbound-api",
    ),
    *(
        "+14155550123,x",
        "a b",
        "%",
        "%2B1",
        '"; return 200',
        "${x}",
        "{env.HOME}",
        "*",
        "é",
        "=1",
        "a&b",
    ),
)
"""What is sent: each of these and, in questions, what their cases are made of."""

_NUMBERS = ("+14155550123", "+1415", "+14155550100", "+1", "+141", "+491701234567", "+94105")
_TEXTS = ("client:amy", "sip:amy@example.com", "sip:", "client:", "whatsapp:+1415", "us", "a.b_c-d")
_TEXTS = (
    *_TEXTS,
    "sip:a+b@example.com:5060",
    "whatsapp:+14155550100",
    "outbound-api",
    "94105-1234",
)


def cases(random, targets, parameter=None, more=()):
    """Any switch between these targets."""
    parameter = parameter or random.choice([*CALLERS, "FromCountry", "FromZip", "AnsweredBy"])
    pool = [*_NUMBERS, *_TEXTS, *more]
    whole = random.sample(pool, random.randint(0, len(pool)))
    begin = random.sample([*pool, "+"], random.randint(0, len(pool)))
    withheld = random.choice(targets) if parameter in CALLERS else None
    return Cases(
        parameter,
        withheld,
        tuple((case, random.choice(targets)) for case in whole),
        tuple((case, random.choice(targets)) for case in begin),
        random.choice(targets),
    )


def question(random, path, calendars, parameters=None):
    """A question of one to four turns, some of which may be skipped."""
    folder = path.rpartition("/")[0]
    documents = [f"{folder}/{name}.xml" for name in ("a", "b", "c.1", "hangup")]
    turns, count = [], random.choice([1, 1, 2, 3, 4])
    for number in range(count):
        targets = [*documents, *range(number + 1, count)]
        if calendars and random.random() < 0.5:
            known = random.sample([*OUTCOMES, "unheard-of"], random.randint(0, 4))
            rows = tuple((outcome, random.choice(targets)) for outcome in known)
            name = random.choice(calendars)
            turns.append(Clock(name, rows, random.choice(targets)))
        else:
            parameter = parameters and random.choice(parameters)
            turns.append(cases(random, targets, parameter))
    return Question(path, "desk", tuple(turns))


def queries(name, value):
    """Every way in which a parameter may be written, and what it means decoded."""
    if value is None:
        return
    yield f"{name}={quote(value, safe='')}"
    yield f"{name}={quote(value, safe=':@')}"
    small = quote(value, safe="").replace("%2B", "%2b").replace("%3A", "%3a")
    yield f"{name}={small}&{name}=%2B1900"
    yield f"x{name}=%2B1415&{name}={quote(value, safe=':@').replace('%20', '+')}"


def utc(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def instants(settled, begin=BEGIN, end=END):
    """A second before, at and after every switch."""
    for at, _ in settled.switches(begin, end):
        yield from (at - 1, at, at + 1)


def draw(seed):
    return Random(seed)
