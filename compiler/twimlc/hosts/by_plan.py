"""Hours on hosts without a clock: questions and calendars come in, ``plan.json`` goes out.

Each place that asks is a file, and each outcome has a file beside it; the plan says which of them
is due when. Who carries it out needs no compiler.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

from twimlc.calendars.kept import to_json, until
from twimlc.calendars.settled import DAY, Settled
from twimlc.flow.decisions import Clock
from twimlc.lower.questions import JOINED, Question

VERSION = 1


def is_place(question: Question) -> bool:
    """Whether a question is answered by exchanging the file at its path."""
    return not question.path.endswith(".decide")


def asks(question: Question) -> tuple[str, ...]:
    """The calendars that a question asks, each once, in order."""
    clocks = (turn.calendar for turn in question.turns if isinstance(turn, Clock))
    return tuple(dict.fromkeys(clocks))


def combinations(names: Iterable[str], outcomes: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Every combination of outcomes of these calendars, as the plan names them."""
    return map(JOINED.join, product(*map(outcomes, names)))


def plan_json(
    questions: Iterable[Question], calendars: Mapping[str, Settled], file: Callable[[str], str]
) -> bytes:
    """The plan of a target; ``file`` gives the name in the target's folder of a question's path."""
    places = [question for question in questions if is_place(question)]
    asked = dict.fromkeys(name for place in places for name in asks(place))
    known = {name: calendars[name] for name in sorted(asked) if name in calendars}
    plan = {
        "version": VERSION,
        "calendars": {name: _calendar(settled) for name, settled in known.items()},
        "places": [_place(place, known, file) for place in sorted(places, key=lambda p: p.path)],
    }
    return (json.dumps(plan, indent=1, ensure_ascii=False) + "\n").encode()


def _place(
    place: Question, calendars: Mapping[str, Settled], file: Callable[[str], str]
) -> dict[str, Any]:
    names = asks(place)

    def document(combination: str) -> str:
        return file(place.document(dict(zip(names, combination.split(JOINED), strict=True))))

    def outcomes(name: str) -> tuple[str, ...]:
        return calendars[name].outcomes if name in calendars else ("",)

    return {
        "flow": place.flow,
        "file": file(place.path),
        "asks": list(names),
        "files": {
            each: document(each) for each in combinations(names, outcomes) if each.strip(JOINED)
        },
        "otherwise": document(JOINED.join("" for _ in names)),
    }


def _calendar(settled: Settled) -> dict[str, Any]:
    begin, end = settled.first * DAY * 60, (settled.last + 2) * DAY * 60
    first = (begin, settled.outcome_at(begin))
    return {
        "zone": settled.zone,
        "until": until(settled),
        "switches": [[_utc(at), to] for at, to in (first, *settled.switches(begin, end))],
        "settled": to_json(settled),
    }


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
