"""Made-up calls, read by the compiler and by a second reader: nothing is heard that the language does not say."""

from dataclasses import replace

import pytest

from second.run import differences
from second.visits import Visits, short_of
from twimlc.flow import build as graphs

SAMPLE = 30  # seeds in which everything is met
LEAST = 20
PORTIONS = 40
SEEDS = 50  # in each portion, of a sweep


@pytest.mark.slow
def test_all_that_a_flow_can_say_is_read_alike() -> None:
    visits = Visits()
    for seed in range(SAMPLE):
        assert list(differences(seed, visits)) == []
    assert short_of(visits, LEAST) == {}


@pytest.mark.sweep(PORTIONS)
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_many_more_made_up_flows_are_read_alike(portion: int, sweep: bool) -> None:
    first = 1000 + portion * SEEDS
    for seed in range(first, first + (SEEDS if sweep else 1)):
        assert list(differences(seed, Visits())) == []


def mutant(method, change):
    """A builder whose ``method`` reads another step than was written."""
    right = getattr(graphs._Builder, method)
    return method, lambda self, step, *rest: right(self, replace(step, **change(step)), *rest)


def worse_when(step):
    """A good outcome goes where ``then`` says, whatever ``when`` says."""
    ways = step.branches
    worked = step.element.outcomes.worked if ways.then is not None else ()
    left = {name: to for name, to in ways.when.items() if name not in worked}
    return {"branches": replace(ways, when=left)}


MUTANTS = {
    "one attempt less": ("_menu", lambda step: {"attempts": max(1, step.attempts - 1)}),
    "invalid and silence swapped": (
        "_menu",
        lambda step: {"invalid": step.silence, "silence": step.invalid},
    ),
    "an offer is made once": ("_offer", lambda step: {"attempts": 1}),
    "return goes on behind use": ("_use", lambda step: {"returns": {}}),
    "then is stronger than when": ("_perform", worse_when),
    "start is passed over": (
        "_use",
        lambda step: {"start": step.states[0].key} if step.states else {},
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_reading_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = None
    monkeypatch.setattr(graphs._Builder, *mutant(*MUTANTS[name]))
    for seed in range(1, SAMPLE):
        found = found or next(differences(seed, Visits(), graph_alone=True), None)
        if found:
            break
    assert found is not None
    assert "refused" not in found
    assert "Traceback" not in found
