"""Menus with many entries that come back to the menu: work in proportion, and nothing passed over."""

import re

import pytest

from compiled import make, variant_of
from proofs import verify_plan
from twimlc.hosts.answer import ENGINES
from twimlc.hosts.twiml_bin.answer import Part, Value, parse, render as answer
from twimlc.hosts.twiml_bin.names import Names
from twimlc.hosts.twiml_bin.sections import MOST_NESTED, deepest
from twimlc.interpret.assumptions import asked_about, may_depend
from twimlc.interpret.documents import Documents
from twimlc.lower.plan import Decision, Markup, Tags

BEHIND = """\
        invalid: There is no such number.
      fallback: bye
  bye:
    - say: Goodbye.
    - hangup
"""


def menu(entries):
    """A menu that each of its entries leads back to."""
    rows = (
        f'          "{1000 + number}": [{{say: Entry {number}.}}, {{goto: ask}}]\n'
        for number in range(entries)
    )
    head = "states:\n  ask:\n    - menu:\n        prompt: Your number?\n        numDigits: 4\n"
    return f"{head}        choices:\n{''.join(rows)}{BEHIND}"


def compiled(folder, entries, host="nginx"):
    """(graph, plan, files) of such a menu."""
    folder.mkdir()
    (folder / "menu.yaml").write_text(menu(entries))
    variant = variant_of(folder, host)
    finished = variant.finished()
    assert finished is not None
    return variant.graph, finished.plan, finished.files


def counted(monkeypatch, owner, name):
    """A list that grows by one with each call of a method."""
    calls, real = [], getattr(owner, name)

    def noted(self, *given, **named):
        calls.append(name)
        return real(self, *given, **named)

    monkeypatch.setattr(owner, name, noted)
    return calls


def test_a_menu_twice_as_big_takes_twice_the_walking(tmp_path, monkeypatch):
    taken = counted(monkeypatch, Documents, "take")
    counts = []
    for entries in (40, 80):
        before = len(taken)
        ((_, found),) = verify_plan(*compiled(tmp_path / str(entries), entries))
        assert found.same
        assert found.pairs > 10 * entries  # every pair is still compared
        counts.append(len(taken) - before)
    assert counts[1] < 2.2 * counts[0]


def test_a_bin_of_a_menu_twice_as_big_asks_as_many_questions(tmp_path, monkeypatch):
    looked = counted(monkeypatch, Names, "_question")
    compiled(tmp_path / "small", 20, "twiml-bin")
    assert len(looked) == 5  # one for each gather, however many documents ask it
    compiled(tmp_path / "big", 40, "twiml-bin")
    assert len(looked) == 10


def other_attempt(data):
    """The first menu of a document sends its keys where the second does."""
    first, second, *_ = re.findall(rb'action="([^"]+)"', data)
    assert first != second
    return data.replace(first, second, 1)


@pytest.mark.parametrize(
    "change",
    [
        other_attempt,
        lambda data: data.replace(b'numDigits="4"', b'numDigits="3"', 1),
        lambda data: data.replace(b'method="GET"', b'method="POST"', 1),
        lambda data: re.sub(rb'action="[^"]+"', b"", data, count=1),
        lambda data: re.sub(rb'action="[^"]+"', b'action="bye.xml"', data, count=1),
    ],
    ids=["other attempt", "fewer digits", "posted", "no action", "elsewhere"],
)
def test_each_document_that_the_menu_stands_in_counts(tmp_path, change):
    graph, plan, files = compiled(tmp_path / "menu", 12)
    holding = [path for path, data in files.items() if data.count(b"<Gather") > 1]
    assert len(holding) > 12
    for path in holding:
        wrong = {**files, path: change(files[path])}
        assert wrong[path] != files[path]
        assert not all(found.same for _, found in verify_plan(graph, plan, wrong)), path


def test_sections_are_counted_by_their_nesting():
    word = Markup("Say", (), ("Hello",))
    blocks = (Tags(("#a",)), word, Tags(("/a", "^b", "^c")), word, Tags(("/c", "/b")))
    assert deepest(blocks) == 2


def test_a_bin_that_nests_too_deeply_is_refused_in_words():
    entries = MOST_NESTED + 10
    made = make(menu(entries), target="twiml-bin")
    assert made.slugs == ["bin-too-big"]
    assert "sections inside one another" in made.words
    assert make(menu(20), target="twiml-bin").slugs == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("given", [{}, {"a": "1"}, {"b": "1"}, {"b": ""}, {"c": "1"}, {"d": "1"}])
def test_inverted_sections_inside_one_another_are_read_as_one(engine, given):
    (chain,) = parse("{{^a}}{{^b}}{{^c}}x{{d}}{{/c}}{{/b}}{{/a}}")
    assert chain == Part(frozenset("abc"), True, ("x", Value("d")))
    there = [name for name in "abc" if name in given and (given[name] or engine == "handlebars")]
    assert answer([chain], given, engine) == ("" if there else "x" + given.get("d", ""))


@pytest.mark.parametrize(
    "text", ["{{^a}}{{#b}}x{{/b}}{{/a}}", "{{#a}}{{^b}}x{{/b}}{{/a}}", "{{^a}}{{^b}}x{{/b}}y{{/a}}"]
)
def test_other_sections_stay_inside_one_another(text):
    (outer,) = parse(text)
    assert outer.names == {"a"}


def test_a_decision_looks_values_up_and_the_first_row_counts():
    decision = Decision("Digits", (("1", "a"), ("2", "b"), ("1", "c")), "d", path="f/x", flow="f")
    asked = [decision.document({"Digits": value}) for value in ("1", "2", "3")]
    assert asked == ["a", "b", "d"]
    assert decision.document({}) == "d"


@pytest.mark.parametrize(
    ("number", "asked"),
    [
        ("+14155550100", False),
        ("[+14155550100, +14155550101]", False),
        ("[{phoneNumber: +14155550100, url: bye}, +14155550101]", True),
    ],
)
def test_only_a_hunt_that_may_be_declined_is_asked_about(tmp_path, number, asked):
    flow = (
        f"states:\n  main:\n    - dial: {{sequential: true, number: {number}}}\n  bye: [hangup]\n"
    )
    (tmp_path / "f.yaml").write_text(flow)
    graph = variant_of(tmp_path, "nginx").graph
    names = {name for node in graph.nodes for name in asked_about(node)}
    assert ("hunt-after-decline" in names) is asked
    assert may_depend(graph) is asked
