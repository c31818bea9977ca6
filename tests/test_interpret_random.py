"""Random flows and random callers: both interpreters agree."""

import pytest

from random_campaign import campaign

PORTIONS = 8
SEEDS = 1250  # in each portion, of a sweep


@pytest.mark.sweep(4)
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_random_flows_and_random_callers(portion, sweep):
    seeds = SEEDS if sweep else 30
    flows = campaign(seeds, first=10_000 + portion * SEEDS)
    assert flows > seeds * 3 // 4  # else most are refused: steps that ask may go round in silence
