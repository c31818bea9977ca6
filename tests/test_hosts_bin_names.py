"""Names in a Bin never change their meaning: what old links find in the text that replaced it."""

import re
from collections import Counter
from copy import deepcopy
from hashlib import sha256
from itertools import permutations
from random import Random

import pytest

from compiled import make, variant_of, whole
from rebuilt_bins import Bin, compare, edit, texts, written
from twimlc.cli.summary import summary_table
from twimlc.hosts.answer import ENGINES
from twimlc.hosts.twiml_bin import names as naming
from twimlc.hosts.twiml_bin.sections import told_apart
from twimlc.pipeline import Options, check

DESK = """
states:
  main:
    - menu: {prompt: Sales 1 or repairs 2., choices: {1: sales, 2: repairs}}
      fallback: hangup
  sales:
    - say: Sales.
    - gather: {prompt: A key for a call back.}
      then: [{say: Sales will call you back.}, hangup]
    - hangup
  repairs:
    - say: Repairs.
    - gather: {prompt: A key for a call back.}
      then: [{say: Repairs will call you back.}, hangup]
    - hangup
"""
WAITS = """
- enqueue: {name: sales, waitUrl: [{say: "Sales, ${call.From}."}]}
- enqueue: {name: repairs, waitUrl: [{say: "Repairs, ${call.From}."}]}
- enqueue: {name: others, waitUrl: [{say: All others.}]}
- dial: {number: {phoneNumber: +14155550100, url: [{say: "For sales, from ${call.From}."}]}}
  fallback:
    - dial: {number: {phoneNumber: +14155550100, url: [{say: "For repairs, from ${call.From}."}]}}
- hangup
"""


def text(flow):
    made = make(flow, target="twiml-bin")
    assert made.slugs == [], made.words
    assert not made.result.faults, made.result.faults[0]
    return (made.folder / "f.xml").read_text()


def words(run):
    return re.findall(r"\('Say', \[\], [\"'](.*?)[\"'], ", "".join(run))


@pytest.mark.sweep(4)
@pytest.mark.parametrize("seed", range(8))
def test_after_any_edit_an_old_link_finds_its_step_or_the_foot(seed, tmp_path):
    before = written(seed)
    old = texts(before, tmp_path / "old") or {}
    chance, counts = Random(seed), Counter()
    engine = ENGINES[seed % 2]
    bins = {path: Bin(found, engine) for path, found in old.items()}
    for number in range(3):
        after = deepcopy(before)
        edit(after, chance)
        new = texts(after, tmp_path / f"new{number}") or {}
        for path in bins.keys() & new.keys():
            compare(bins[path], Bin(new[path], engine), counts)
    assert counts["same"] or not old


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_that_is_gone_leaves_the_names_of_the_others(engine):
    old = Bin(text(DESK), engine)
    new = Bin(
        text(
            DESK.replace(
                "    - gather: {prompt: A key for a call back.}\n      then: [{say: Sales will call you back.}, hangup]\n",
                "",
            )
        ),
        engine,
    )
    found = {}
    for link in old.links():
        found |= dict.fromkeys(words(old.read(link, {})[0]), new.read(link, {})[0])
    assert found["Sales will call you back."] == new.foot("?")
    assert words(found["Repairs will call you back."]) == ["Repairs will call you back."]


@pytest.mark.parametrize("engine", ENGINES)
def test_no_table_answers_for_another(engine):
    old = Bin(text(DESK), engine)
    new = Bin(text(DESK.replace("{1: sales, 2: repairs}", "{2: sales, 1: repairs}")), engine)
    asked = [link for link in old.links() if "q=" in link]
    assert asked
    for link in asked:
        for key in "123":
            assert new.read(link, {"Digits": key})[0] == new.foot("?")


def test_a_state_by_another_name_changes_no_name():
    renamed = DESK.replace("sales:", "shop:").replace("1: sales", "1: shop")
    assert text(renamed) == text(DESK)


def test_attempts_that_read_alike_are_told_apart():
    menu = "- menu: {prompt: P., choices: {1: [{say: One.}, hangup]}, invalid: No., attempts: N}\n- say: Bye."
    three, four = (text(menu.replace("N", n)) for n in "34")
    names = [set(re.findall(r"\bq[0-9a-f]{6}", found)) for found in (three, four)]
    assert [len(found) for found in names] == [3, 4]
    compare(Bin(three, "mustache"), Bin(four, "mustache"), counts := Counter())
    assert counts["same"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_wait_or_whisper_with_a_value_is_opened_by_its_own_name(engine):
    old = Bin(text(WAITS), engine)
    links = [link for link in old.links() if "wait=1" in link or "leg=1" in link]
    heard = [words(old.read(link, {})[0]) for link in links]
    assert sorted(heard) == sorted(
        [[found] for found in re.findall(r'"(.*?)"', WAITS.replace("${call.From}", "+1415"))]
        + [["All others."]]
    )
    new = Bin(
        text(
            WAITS.replace("Sales", "Other")
            .replace("sales, from", "others, from")
            .replace("All", "The")
        ),
        engine,
    )
    for link, before in zip(links, heard, strict=True):
        after = new.read(link, {})[0]
        assert words(after) == before if "epairs" in before[0] else after == new.foot(link)


def test_of_two_names_each_carries_what_opens_not_the_other():
    chance = Random(1)
    names = [f"s{chance.getrandbits(24):06x}" for _ in range(150)]
    names += ["s000000", "s000001", "sffffff", "s7fffff"]
    codes = [told_apart(name) for name in names]
    for carried, absent in codes:
        assert not set(carried) & set(absent)
    for (carried, _), (_, absent) in permutations(codes, 2):
        assert set(carried) & set(absent)


def test_names_that_would_be_equal_take_more_digits(monkeypatch):
    real = naming.digest

    def close(*parts):
        return "00000000" + real(*parts)

    monkeypatch.setattr(naming, "digest", close)
    found = re.findall(r"\{\{#([sqt])(0{8}[0-9a-f]*)", text(DESK))
    assert {letter for letter, _ in found} == set("sq")  # one table is told apart by six
    assert min(len(digits) for _, digits in found) == 9


def hashed(monkeypatch, flow, tmp_path):
    """How many characters were hashed for the names of a flow."""
    count, real = [0], naming.digest

    def noted(*parts):
        count[0] += len(repr(parts))
        return real(*parts)

    with monkeypatch.context() as patch:
        patch.setattr(naming, "digest", noted)
        tmp_path.mkdir()
        (tmp_path / "f.yaml").write_text(whole(flow))
        assert variant_of(tmp_path, "twiml-bin").plan is not None
    return count[0]


def directory(size):
    rows = ", ".join(f"{n + 100}: [{{say: Entry {n}.}}, {{goto: main}}]" for n in range(size))
    return f"states:\n  main:\n    - menu: {{prompt: Who?, choices: {{{rows}}}, attempts: 2}}\n      fallback: hangup\n"


def chain(size):
    menus = "".join(
        f"  m{n}:\n    - menu: {{prompt: Page {n}., choices: {{1: m{n + 1}, 2: m0}}, invalid: No.}}\n      fallback: hangup\n"
        for n in range(size)
    )
    return f"start: m0\nstates:\n{menus}  m{size}: [{{say: Bye.}}, hangup]\n"


@pytest.mark.parametrize("flow", [directory, chain])
def test_a_flow_twice_as_big_takes_twice_the_hashing(flow, monkeypatch, tmp_path):
    small, big = (hashed(monkeypatch, flow(n), tmp_path / str(n)) for n in (30, 60))
    assert big < 2.2 * small


def test_a_bin_carries_a_mark_of_its_text():
    made = make(DESK, target="twiml-bin")
    lines = (made.folder / "f.xml").read_text().splitlines(keepends=True)
    digits = sha256("".join([lines[0], *lines[2:]]).encode()).hexdigest()[:12]
    assert lines[1] == f"<!-- twimlc f {digits} -->\n"
    for built in (made, make(folder=made.folder.parents[1], target="twiml-bin")):
        told = summary_table(built.result.targets)
        assert f"into a TwiML Bin unless the Bin shows twimlc f {digits}\n" in told


def test_no_mark_ends_its_comment(tmp_path):
    (tmp_path / "twimlc.yaml").write_text("targets: {b: {host: twiml-bin}}\nmatrix: rows.csv\n")
    made = make(
        files={"a--b.yaml": "steps: [hangup]\n", "rows.csv": "name\nnorth\n"},
        folder=tmp_path,
        target="b",
    )
    assert made.slugs == [], made.words
    (file,) = (path for path in made.files if path.endswith(".xml"))
    assert re.search(r"<!-- twimlc north/a-\.b [0-9a-f]{12} -->", (made.folder / file).read_text())


def test_the_same_words_have_a_name_for_each_line():
    bye = "[{say: Bye.}, hangup]"
    flow = f"""
    - gather: {{prompt: A key.}}
      then: {bye}
    - dial: {{number: {{phoneNumber: +14155550100, url: {bye}}}}}
      fallback: hangup
    - say: You talked.
    """
    links = " ".join(Bin(text(flow), "mustache").links())
    names = re.findall(r"(leg=1)?&(s[0-9a-f]{6})=", links)
    assert sorted(line for line, _ in names) == ["", "leg=1"]
    assert len({name for _, name in names}) == 2


def test_a_wait_that_starts_again_is_read_whole():
    sounds = ", ".join(f"{{play: https://a.example/{name}.mp3}}" for name in "abcd")
    flow = f"- dial: {{conference: {{name: all, waitUrl: [{sounds}]}}}}\n- hangup\n"
    names = [
        re.findall(r"&amp;(s[0-9a-f]+)=", text(f)) for f in (flow, flow.replace("d.mp3", "e.mp3"))
    ]
    assert [len(set(found)) for found in names] == [1, 1]
    assert names[0] != names[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_wait_that_is_gone_takes_nobody_out_of_the_queue(engine):
    old = Bin(text(WAITS), engine)
    new = Bin(text(DESK), engine)
    waits = [link for link in old.links() if "wait=1" in link]
    assert waits
    for link in waits:
        assert new.read(link, {}) == ((), {})


def test_check_takes_a_bin_with_its_mark(tmp_path):
    (tmp_path / "f.xml").write_text(text(WAITS))
    found = check(Options(cwd=tmp_path, paths=(tmp_path / "f.xml",)))
    assert {finding.rule.slug for finding in found.findings} == {"only-in-a-bin"}
