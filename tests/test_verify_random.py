"""Random flows and random callers: both interpreters agree. TWIMLC_RANDOM_FLOWS asks for more."""

import os

from random_campaign import campaign

SEEDS = 150


def test_random_flows_and_random_callers():
    seeds = int(os.environ.get("TWIMLC_RANDOM_FLOWS", SEEDS))
    assert campaign(seeds, first=10_000) > seeds
