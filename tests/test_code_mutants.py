"""Mutants of the compiler: made by rule, planted in a process of their own, and noticed."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

import code_mutants
import mutation
from mutation_cases import Case
from twimlc.flow.walks import loops, reached, strongly_connected

MODULE = "twimlc.flow.walks"
LEADS = {1: [2], 2: [1, 3], 3: [3], 4: [9, 1, 5], 5: [6], 6: [4, 2], 7: []}
SAMPLE = 80


def wrong() -> str | None:
    found = [sorted(circle) for circle in strongly_connected(LEADS, LEADS.__getitem__)]
    found += [sorted(loop) for loop in loops(LEADS, LEADS.__getitem__)]
    found += [list(reached((4,), lambda key: LEADS.get(key, ())))]
    connected, around = [[3], [1, 2], [4, 5, 6], [7]], [[3], [1, 2], [4, 5, 6]]
    return None if found == [*connected, *around, [4, 5, 6, 2, 3, 1, 9]] else str(found)


class Walks(Case):
    """Asks the functions themselves."""

    def answer(self) -> str:
        return str(wrong())


def test_each_mutant_of_a_module_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutation, "MOST_SECONDS", 1)  # of the processor: some never end
    case = Walks("walks", "", {})
    known = mutation.Map([case], [sha256(b"None").hexdigest()], [0.0], {}, set(), [])
    made = [mutant for mutant in code_mutants.mutants(MODULE) if mutant.function]
    assert {mutant.kind for mutant in made} == {"comparison", "constant", "branch"}
    verdicts = [mutation.tried(mutant, [0], known, [], 0) for mutant in made]
    survived = {verdict.mutant for verdict in verdicts if verdict.caught is None}
    # The key is looked for after each one, so the last two do as well as the last.
    assert survived == {"flow.walks strongly_connected 1 is 2 (4)"}
    assert survived <= mutation.named_survivors().keys()
    assert wrong() is None  # nothing was changed here


@pytest.mark.slow
def test_of_a_sample_each_mutant_is_noticed_or_named(sweep: bool) -> None:
    program = [sys.executable, str(Path(mutation.__file__))]
    asked = [[], ["--list"]] if sweep else [["--quick", "--one-in", str(SAMPLE)]]
    runs = [
        subprocess.run([*program, *words], capture_output=True, text=True, check=False)
        for words in asked
    ]
    assert runs[-1].returncode == 0, runs[-1].stdout + runs[-1].stderr


def test_rooms_have_mutants_by_the_thousand() -> None:
    mutants = mutation.all_mutants()
    names = {mutant.name for mutant in mutants}
    assert len(names) == len(mutants) > 3_000
    assert mutation.named_survivors().keys() <= names
    assert all(mutation.named_survivors().values())
