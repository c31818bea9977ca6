"""A rule that an element is said not to break is not broken by it: random elements of every row."""

import random

from twimlc import vocabulary
from twimlc.text import SourceFile, Span
from twimlc.vocabulary.rules import may_break
from twimlc.vocabulary.types import Child, Element, Parts

ROWS = [row for row in (*vocabulary.VOICE.values(), *vocabulary.MESSAGING.values()) if row.rules]
SPAN = Span(SourceFile("a.yaml", "say: Hello."), 0, 3)
WORDS = ("true", "20", "100000", "both_tracks", "Polly.Amy", "man", "speech", "dtmf", "name")
TEXTS = ("", "Hello.", "é" * 700, "word " * 900)


def _parts(row: Element, chance: random.Random) -> Parts:
    """An element with some of the attributes and children that its row has."""
    names = chance.sample([*row.attributes], chance.randint(0, min(3, len(row.attributes))))
    given = {name: chance.choice((*row.attributes[name].values, *WORDS, "")) for name in names}
    kids = list(row.inside.values())
    inside = chance.choices(kids, k=chance.randint(0, 3)) if kids else []
    children = [Child(kid, SPAN, lambda name: chance.choice((None, *WORDS))) for kid in inside]
    parents = [vocabulary.VOICE[name] for name in row.parents if name in vocabulary.VOICE]
    text = chance.choice(TEXTS)
    parent = chance.choice([None, *parents])
    return Parts(row, parent, SPAN, given, dict.fromkeys(given, SPAN), children, text, bool(text))


def test_only_rules_that_may_be_broken_are() -> None:
    chance, spared, asked = random.Random(1), 0, 0
    for row in ROWS * 200:
        parts = _parts(row, chance)
        names = {*parts.given, *(child.spec.name for child in parts.kids)}
        for rule in row.rules:
            if may_break(rule, names, len(parts.text)):
                asked += bool([*rule.breaches(parts)])
            else:
                spared += 1
                assert [*rule.breaches(parts)] == [], rule
    assert spared
    assert asked
