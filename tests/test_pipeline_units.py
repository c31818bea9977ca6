"""Flows that lead to each other are one unit of work; the result does not depend on the parting."""

import pickle
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from folders import write_files
from twimlc.pipeline import Options, build, check, compiled, run
from twimlc.pipeline.look import survey
from twimlc.pipeline.survey import Survey
from twimlc.pipeline.unit import Task, compile_unit

if TYPE_CHECKING:
    from twimlc.findings.diagnostic import Diagnostic

FLOWS = {
    "flows/alone.yaml": "steps: [{say: Hello.}]\n",
    "flows/desk.yaml": "steps: [{say: The desk.}, {goto: closed/}]\n",
    "flows/closed.yaml": "steps: [{say: We are closed.}]\n",
    "flows/door.yaml": "steps: [{redirect: https://voice.example.com/ivr/desk/index.xml}]\n",
    "flows/hidden.yaml": 'steps: [{goto: "\\x61lone/"}]\n',
}
PROJECT = "targets: {web: {host: nginx, url: https://voice.example.com/ivr}}\n"


def looked(folder: Path, flows: dict[str, str], project: str = PROJECT) -> Survey:
    write_files(folder, {"twimlc.yaml": project, **flows})
    found = survey(Options(cwd=folder))
    assert isinstance(found, Survey)
    return found


def parted(found: Survey, further: tuple[tuple[str, str], ...] = ()) -> list[list[str]]:
    return sorted(sorted(each.name for each in group) for group in found.groups(further))


def told(findings: "tuple[Diagnostic, ...] | list[Diagnostic]") -> list[str]:
    return [f"{f.span.file.path} {f.span.place} {f.rule.slug} {f.sentence}" for f in findings]


def test_texts_tell_what_belongs_together(tmp_path: Path) -> None:
    found = looked(tmp_path, FLOWS)
    assert parted(found) == [["alone"], ["closed", "desk", "door"], ["hidden"]]
    joined = (("hidden", "alone"), ("alone", "nobody"))
    assert parted(found, joined) == [["alone", "hidden"], ["closed", "desk", "door"]]


def test_a_jump_that_no_text_tells_is_found_when_it_is_met(tmp_path: Path) -> None:
    found = looked(tmp_path, FLOWS)
    (hidden,) = (group for group in found.groups(()) if group[0].name == "hidden")
    assert compile_unit(found, Task(hidden)).elsewhere == "alone"
    assert check(Options(cwd=tmp_path)).ok


def test_a_flow_is_called_as_its_tree_says(tmp_path: Path) -> None:
    flows = {"flows/lead.yaml": "steps: [{goto: lost/}]\n"}
    flows["flows/file.yaml"] = 'steps: [{say: "Hello. flow: x"}]\n"flow": lost\n'
    assert parted(looked(tmp_path, flows)) == [["lead", "lost"]]
    assert check(Options(cwd=tmp_path)).ok


def test_a_wrong_guess_of_a_name_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("twimlc.pipeline.look")
    looked(tmp_path, FLOWS)
    before = told(check(Options(cwd=tmp_path)).findings)
    monkeypatch.setattr(module, "name_in", lambda file, path: f"not-{path.stem}")
    assert told(check(Options(cwd=tmp_path)).findings) == before


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_rows_may_be_parted(tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    project = "matrix: stores.csv\n" + PROJECT
    table = "store,name,count\nnorth,North,3\nsouth,South,two\neast,East,\n"
    flow = "params: {name: x, count: 1}\nsteps:\n  - say: ${name}\n  - say: {message: a, loop: '${count}'}\n"
    looked(tmp_path, {"flows/f.yaml": flow, "stores.csv": table}, project)
    whole = told(compiled(Options(cwd=tmp_path))[2])
    assert any("south" in line or "two" in line for line in whole)
    monkeypatch.setattr(run, "ROWS", rows)
    assert told(check(Options(cwd=tmp_path)).findings) == whole


def test_tasks_and_results_are_plain_records(tmp_path: Path) -> None:
    found = looked(tmp_path, FLOWS)
    for group in found.groups((("hidden", "alone"),)):
        task = Task(group, None, write=True, verify=True)
        survey_there, task_there = pickle.loads(pickle.dumps((found, task)))
        there, here = compile_unit(survey_there, task_there), compile_unit(found, task)
        there = pickle.loads(pickle.dumps(there))
        assert told(there.findings) == told(here.findings)
        parts = [result.parts["web"] for result in (there, here)]
        files = [
            {file.path: file.content.head for each in part.built for file in each.files}
            for part in parts
        ]
        assert files[0] == files[1] != {}
        assert parts[0].proven == parts[1].proven


def test_later_rows_may_lead_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flow that only a row of another piece leads to is compiled with all rows."""
    project = "matrix: stores.csv\n" + PROJECT
    table = "store,dest\nnorth,here/\nsouth,here/\neast,other/\nwest,here/\n"
    flows = {
        "flows/f.yaml": "params: {dest: here/}\nsteps: [{goto: '${dest}'}]\n",
        "flows/here.yaml": "steps: [{say: Here.}]\n",
        "flows/other.yaml": "steps: [{say: Other.}]\n",
        "stores.csv": table,
    }
    looked(tmp_path, flows, project)
    monkeypatch.setattr(run, "ROWS", 2)
    assert build(Options(cwd=tmp_path)).ok
    public = tmp_path / "build/web/public"
    entries = {path.parent.parent.name for path in public.glob("*/f/index.xml")}
    assert entries == {"north", "south", "east", "west"}
    assert "../other/" in (public / "east/f/index.xml").read_text()


@pytest.mark.parametrize(
    ("said", "files", "given"),
    [
        ('"${\\x74arget}"', {}, {}),
        ('"\\x24{target}"', {}, {}),
        ('"${tar\\\n  get}"', {}, {}),
        ("'${name}'", {}, {"name": "${target}"}),
        ("'${name}'", {"stores.csv": "store,name\nnorth,${target}\nsouth,South\n"}, {}),
    ],
)
def test_each_target_hears_its_own_name(
    tmp_path: Path, said: str, files: dict[str, str], given: dict[str, str]
) -> None:
    """However it is written that an expression asks for it, and wherever that stands."""
    table = "matrix: stores.csv\n" if files else ""
    project = f"{table}targets: {{red: {{host: nginx}}, blue: {{host: nginx}}}}\n"
    flow = f"params: {{name: x}}\nsteps: [{{say: {said}}}, {{say: '${{name}}'}}]\n"
    looked(tmp_path, {"flows/f.yaml": flow, **files}, project)
    assert build(Options(cwd=tmp_path, params=given)).ok
    for target in ("red", "blue"):
        entries = (tmp_path / "build" / target / "public").rglob("f/index.xml")
        assert any(f"<Say>{target}</Say>" in path.read_text() for path in entries)
