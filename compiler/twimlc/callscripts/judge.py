"""What was heard against what was expected: both come in, failures with their lines go out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twimlc.callscripts.expected import Heard, matches
from twimlc.callscripts.model import CallScript, Expectation, Expected, Wish
from twimlc.callscripts.play import Played
from twimlc.text import Span

_MOST_CELLS = 250_000
"""Longer lists are compared line by line, since the best match would take too long to find."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of both lists; one of the two may be missing. ``same``: they agree."""

    wanted: Expected | None
    heard: Heard | None
    same: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is not as expected. ``rows`` show both lists where lists were compared."""

    message: str
    span: Span
    rows: tuple[Row, ...] = ()


def judge(call: CallScript, played: Played) -> list[Failure]:
    """Everything in which a call is not what its script says."""
    found = [Failure(p.message, p.span or call.span) for p in played.problems]
    expect = call.expect
    if expect is None or not _expects_failure(expect):
        found += [
            Failure(f"the call fails: {heard.event.value}", call.span, _all(played))
            for heard in played.heard
            if heard.event.kind == "failure"
        ]
    if expect is not None and not found:
        found += _lists(expect, played)
        found += _short_forms(expect, played)
    return found


def _expects_failure(expect: Expectation) -> bool:
    named = (*(expect.events or ()), *expect.hears, expect.last)
    return any(event is not None and event.kind == "failure" for event in named)


def _all(played: Played) -> tuple[Row, ...]:
    return tuple(Row(None, heard, same=True) for heard in played.heard)


def _lists(expect: Expectation, played: Played) -> Iterator[Failure]:
    if expect.events is not None:
        yield from _whole(expect.events, played.heard, expect.span, "")
    for kind, lists in (("called", expect.called), ("waiting", expect.waiting)):
        for name, events in lists:
            heard = played.legs.get((kind, name))
            if heard is None:
                what = "answers" if kind == "called" else "waits"
                span = events[0].span if events else expect.span
                yield Failure(f"nobody {what} at {name} in this call", span)
                continue
            what = "answers" if kind == "called" else "waits"
            yield from _whole(events, heard, expect.span, f" by who {what} at {name}")


def _whole(
    events: Sequence[Expected], heard: Sequence[Heard], span: Span, whose: str
) -> Iterator[Failure]:
    rows = align(events, heard)
    parted = next((row for row in rows if not row.same), None)
    if parted is None:
        return
    if parted.wanted is None and parted.heard is not None:
        message = f"{parted.heard.shown} is heard{whose} and was not expected"
    elif parted.heard is None and parted.wanted is not None:
        message = f"{parted.wanted.text} was expected{whose} and is not heard"
    else:
        assert parted.wanted is not None
        assert parted.heard is not None
        message = f"{parted.wanted.text} was expected{whose}; {parted.heard.shown} is heard"
    place = parted.wanted.span if parted.wanted is not None else _before(rows, parted, span)
    yield Failure(message, place, tuple(rows))


def _before(rows: list[Row], parted: Row, span: Span) -> Span:
    """The line of the script behind which something unexpected was heard."""
    for row in rows:
        if row is parted:
            break
        if row.wanted is not None:
            span = row.wanted.span
    return span


def _short_forms(expect: Expectation, played: Played) -> Iterator[Failure]:
    if expect.last is not None:
        last = played.heard[-1] if played.heard else None
        if last is None or not matches(expect.last, last):
            shown = last.shown if last is not None else "nothing"
            message = f"the last event is {shown}, not {expect.last.text}"
            yield Failure(message, expect.last.span, _all(played))
    waiting = iter(played.heard)
    for wanted in expect.hears:
        if not any(matches(wanted, heard) for heard in waiting):
            yield Failure(f"{wanted.text} is not heard", wanted.span, _all(played))
            break
    for wanted in expect.never:
        for heard in played.heard:
            if matches(wanted, heard):
                message = f"{heard.shown} happens, which must never be"
                yield Failure(message, wanted.span, _all(played))
                break
    for wish in expect.reaches:
        if not _reached(wish, played):
            yield Failure(f"the call does not reach {wish.state}", wish.span, _all(played))
    for wish in expect.avoids:
        if _reached(wish, played):
            yield Failure(f"the call reaches {wish.state}", wish.span, _all(played))


def _reached(wish: Wish, played: Played) -> bool:
    # A document is called by its path, with or without its ending, or by the end of that.
    ends = (f"/{wish.state}", f"/{wish.state}.xml")
    return any(f"/{place}".endswith(ends) for place in played.reached)


def align(wanted: Sequence[Expected], heard: Sequence[Heard]) -> list[Row]:
    """Both lists side by side, as many lines as can be facing each other."""
    if len(wanted) == len(heard) and all(map(matches, wanted, heard)):
        return [Row(w, h, same=True) for w, h in zip(wanted, heard, strict=True)]
    if len(wanted) * len(heard) > _MOST_CELLS:
        return _line_by_line(wanted, heard)
    same = [[matches(w, h) for h in heard] for w in wanted]
    best = [[0] * (len(heard) + 1) for _ in range(len(wanted) + 1)]
    for i in range(len(wanted) - 1, -1, -1):
        for j in range(len(heard) - 1, -1, -1):
            best[i][j] = (
                1 + best[i + 1][j + 1] if same[i][j] else max(best[i + 1][j], best[i][j + 1])
            )
    rows: list[Row] = []
    lost: list[Expected] = []
    extra: list[Heard] = []
    i = j = 0
    while i < len(wanted) or j < len(heard):
        if i < len(wanted) and j < len(heard) and same[i][j]:
            rows += _facing(lost, extra)
            lost, extra = [], []
            rows.append(Row(wanted[i], heard[j], same=True))
            i, j = i + 1, j + 1
        elif j == len(heard) or (i < len(wanted) and best[i + 1][j] >= best[i][j + 1]):
            lost.append(wanted[i])
            i += 1
        else:
            extra.append(heard[j])
            j += 1
    return rows + _facing(lost, extra)


def _facing(lost: list[Expected], extra: list[Heard]) -> list[Row]:
    """What was expected and what was heard in its place."""
    height = max(len(lost), len(extra))
    return [
        Row(lost[n] if n < len(lost) else None, extra[n] if n < len(extra) else None)
        for n in range(height)
    ]


def _line_by_line(wanted: Sequence[Expected], heard: Sequence[Heard]) -> list[Row]:
    rows = []
    for n in range(max(len(wanted), len(heard))):
        w = wanted[n] if n < len(wanted) else None
        h = heard[n] if n < len(heard) else None
        rows.append(Row(w, h, same=w is not None and h is not None and matches(w, h)))
    return rows
