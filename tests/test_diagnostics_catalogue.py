"""The catalogue: every rule once, found by each of its names."""

import re
from collections import Counter

import pytest

from twimlc.diagnostics.catalogue import ALL_RULES, RULES, find, nearest


def test_numbers_and_slugs_are_unique_and_well_formed() -> None:
    for names in ([rule.number for rule in ALL_RULES], [rule.slug for rule in ALL_RULES]):
        assert [name for name, times in Counter(names).items() if times > 1] == []
    for slug, rule in RULES.items():
        assert slug == rule.slug
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert 100 <= rule.number <= 999


@pytest.mark.parametrize("slug", list(RULES))
def test_every_rule_explains_itself(slug: str) -> None:
    rule = RULES[slug]
    assert rule.summary
    assert rule.why
    assert rule.wrong.flow.strip() or rule.wrong.files
    assert rule.right.flow.strip() or rule.right.files
    assert rule.wrong != rule.right
    assert find(slug) is find(rule.code) is find(str(rule.number)) is rule


def test_find_forgives_case_and_space() -> None:
    rule = RULES["unused-ignore"]
    assert find(" TW901 ") is find("tw901") is find("Unused-Ignore") is rule
    assert find("no-such-rule") is find("998") is find("") is find("TW") is None
    assert nearest("unusd-ignore") == "unused-ignore"
    assert nearest("???") is None
