"""Questions and calendars as the manifest holds them, and back; that file is not trusted."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twimlc.calendars import kept
from twimlc.calendars.settled import Settled
from twimlc.flow.decisions import Cases, Clock
from twimlc.lower import names
from twimlc.lower.questions import Question, To, Turn
from twimlc.output.manifest import PUBLIC, ForeignManifestError, matching
from twimlc.text import lazy_pattern

_FOLDER = f"{PUBLIC}{names.FLOW}"
_PATH = lazy_pattern(
    rf"{_FOLDER}/(?:{names.VERSION}/(?:[a-z0-9-]+\.)+[0-9]+(?:-[0-9]+)?\.decide"
    rf"|(?:{names.VERSION}/)?(?:[a-z0-9-]+\.)+xml)"
)
_DOCUMENT = lazy_pattern(rf"{_FOLDER}/(?:{names.VERSION}/)?(?:[a-z0-9+-]+\.)+xml")
_BIN = lazy_pattern(rf"{names.FLOW}\.xml")
_BEGUN = lazy_pattern(rf"{names.FLOW}\.xml(?:\?h[0-9a-f]{{12}}=1)?")
_PARAMETER = lazy_pattern(r"[A-Z][A-Za-z]{0,63}")
_CASE = lazy_pattern(r"[a-z0-9+_.:@-]{1,500}")
_CALENDAR = lazy_pattern(r"(?:[a-z0-9-]{1,64}/){0,2}[a-z][a-z0-9-]{0,63}")


def text_of(question: Question, *, single: bool = False) -> str:
    """A question as JSON; that of a Bin (``single``) is about what is pasted, not served."""
    question = question.renamed(lambda path: path if single else PUBLIC + path)
    turns = [_turn(turn) for turn in question.turns]
    whole = {"flow": question.flow, "path": question.path, "turns": turns}
    return json.dumps({**whole, "states": list(question.states)}, sort_keys=True)


def _turn(turn: Turn) -> dict[str, Any]:
    """A later turn is its number, a document its path."""
    said = turn._asdict()
    return {key: dict(v) if isinstance(v, tuple) else v for key, v in said.items()}


def question_of(item: Any) -> Question:
    """The question that the manifest holds; raises ForeignManifestError for anything else."""
    try:
        single = _BIN.fullmatch(item["path"]) is not None
        whole = item["path"] if single else matching(_PATH, item["path"])

        def to(value: Any, number: int) -> To:
            if type(value) is int and number < value < len(item["turns"]):
                return value
            if not single:
                return matching(_DOCUMENT, value).removeprefix(PUBLIC)
            if _BEGUN.fullmatch(value) is None:
                raise ValueError(value)
            return str(value)

        path = whole if single else whole.removeprefix(PUBLIC)
        turns = tuple(_read(turn, partial(to, number=n)) for n, turn in enumerate(item["turns"]))
        question = Question(path, str(item["flow"]), turns, tuple(map(str, item["states"])))
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise ForeignManifestError("it holds a question that no build has written") from fault
    folder = path.rpartition("/")[0]
    if not turns or any(to.rpartition("/")[0] != folder for to in question.targets()):
        raise ForeignManifestError("it holds a question that leads out of its folder")
    return question


def _read(turn: Any, to: Callable[[Any], To]) -> Turn:
    def rows(body: Mapping[str, Any], pattern: Any) -> tuple[tuple[str, To], ...]:
        return tuple((matching(pattern, key), to(body[key])) for key in sorted(body))

    default = to(turn["default"])
    if "calendar" in turn:
        name = matching(_CALENDAR, turn["calendar"])
        return Clock(name, rows(turn["outcomes"], kept.NAME), default)
    withheld = None if turn["withheld"] is None else to(turn["withheld"])
    cases = rows(turn["whole"], _CASE), rows(turn["beginnings"], _CASE)
    return Cases(matching(_PARAMETER, turn["parameter"]), withheld, *cases, default)


def calendars_of(items: Mapping[str, Any]) -> dict[str, Settled]:
    """The calendars that the manifest holds; raises ForeignManifestError for anything else."""
    try:
        return {matching(_CALENDAR, name): kept.from_json(body) for name, body in items.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise ForeignManifestError("it holds a calendar that no build has written") from fault
