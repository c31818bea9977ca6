"""Results of units in the store: what is compiled again, and what a hostile store can do (nothing)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from folders import files_in, write_files
from twimlc.pipeline import Options, Result, build, check, kept, run
from twimlc.store import folder

PROJECT = {
    "twimlc.yaml": "targets: {web: {host: nginx, url: https://voice.example.com}, s: {host: s3}}\n",
    "flows/one.yaml": "steps:\n  - play: ../sounds/a.wav\n  - use: bye\n",
    "flows/two.yaml": "steps:\n  - say: Hello.\n  - goto: three/\n",
    "flows/three.yaml": "steps:\n  - say: {message: Hi., voice: Polly.Vicki, language: en-US}\n",
    "flows/odd.yaml": 'steps:\n  - say: Hello.\n  - goto: "\\x6fne/"\n',
    "flows/_components/bye.yaml": "steps:\n  - say: Good bye.\n",
    "sounds/a.wav": b"RIFF",
}


class Project:
    """A project; ``compiled`` are the flows of the units that the last run compiled."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = write_files(root, PROJECT)
        self.compiled: list[set[str]] = []
        really = run.compile_unit

        def counted(survey: Any, task: Any) -> Any:
            self.compiled.append({each.name for each in task.files})
            return really(survey, task)

        patch.setattr(run, "compile_unit", counted)

    def __call__(self, what: Callable[[Options], Result] = build, **more: Any) -> Result:
        self.compiled = []
        return what(Options(cwd=self.root, **{"store": True, **more}))

    def alone(self, **more: Any) -> Result:
        """The same run without a store; nothing is written."""
        return self(store=False, write=False, **more)

    @property
    def entries(self) -> list[Path]:
        return sorted((self.root / folder.FOLDER).glob("*/*.json"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("CI", raising=False)
    return Project(tmp_path, monkeypatch)


def test_only_what_changed_is_compiled(project: Project) -> None:
    first = project()
    assert project.compiled == [{"odd"}, {"one"}, {"three", "two"}, {"odd", "one"}]
    again = project()
    assert not project.compiled
    assert again.findings == first.findings
    assert [target.unchanged for target in again.targets] > [0]
    write_files(project.root, {"flows/two.yaml": "steps:\n  - say: Bye.\n  - goto: three/\n"})
    project()
    assert project.compiled == [{"three", "two"}]
    write_files(project.root, {"sounds/a.wav": b"RIFX"})
    assert project().targets[0].written
    assert project.compiled == [{"one"}, {"odd", "one"}]


@pytest.mark.parametrize(
    "change",
    [
        {"twimlc.yaml": str(PROJECT["twimlc.yaml"]) + "rules: {language-of-voice: off}\n"},
        {"flows/_components/bye.yaml": "steps:\n  - say: Good bye to you.\n"},
        {"flows/_components/more.yaml": "steps: []\n"},
        {"flows/new.yaml": "steps: [hangup]\n"},
    ],
    ids=["project file", "component", "new component", "new flow"],
)
def test_what_all_hang_on_makes_all_anew(project: Project, change: dict[str, str]) -> None:
    project()
    write_files(project.root, change)
    project()
    assert len(project.compiled) >= 4


@pytest.mark.parametrize(
    "options", [{"params": {"x": "1"}}, {"verify": False}, {"targets": ("s",)}], ids=str
)
def test_options_count(project: Project, options: dict[str, Any]) -> None:
    project()
    assert project(**options).findings == project.alone(**options).findings


def test_a_check_has_entries_of_its_own(project: Project) -> None:
    first = project(check)
    assert project.compiled
    assert project(check).findings == first.findings
    assert not project.compiled


def test_what_a_build_found_out_serves_a_check(project: Project) -> None:
    project()
    found = project(check)
    assert not project.compiled
    assert found.findings == check(Options(cwd=project.root)).findings


def test_the_library_keeps_nothing_unasked(project: Project) -> None:
    build(Options(cwd=project.root))
    assert not (project.root / folder.FOLDER).exists()


def resigned(path: Path, change: Callable[[Any], Any]) -> None:
    """Change what an entry holds, and sign it anew."""
    kept = json.loads(path.read_bytes().partition(b"\n")[2])
    data = json.dumps(change(kept), sort_keys=True, separators=(",", ":")).encode()
    path.write_bytes(folder.digest(data).encode() + b"\n" + data)


def replaced(data: Any, old: str, new: Any) -> Any:
    if isinstance(data, list):
        return [replaced(each, old, new) for each in data]
    if isinstance(data, dict):
        return {key: replaced(each, old, new) for key, each in data.items()}
    return new if isinstance(data, str) and data.startswith(old) else data


HOSTILE: dict[str, Callable[[Any], Any]] = {
    "paths that lead out": lambda kept: replaced(kept, "public/", "../../../evil.xml"),
    "paths from the root": lambda kept: replaced(kept, "public/", "/tmp/evil.xml"),
    "sounds elsewhere": lambda kept: {**kept, "sounds": [["../..", "evil.wav", ""]]},
    "sounds that are nowhere": lambda kept: {**kept, "sounds": [["flows", "a\0b", ""]]},
    "numbers for texts": lambda kept: replaced(kept, "public/", 1),
    "nothing": lambda kept: {"key": kept["key"]},
    "a list": lambda kept: [kept],
    "the key of another": lambda kept: {**kept, "key": "0" * 40},
    "no result": lambda kept: {**kept, "result": None},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_entry_counts_as_absent(project: Project, name: str, tmp_path: Path) -> None:
    first = project()
    compiled = len(project.compiled)
    before = files_in(tmp_path)
    for path in project.entries:
        resigned(path, HOSTILE[name])
    again = project()
    assert again.findings == first.findings
    # An entry without documents (of a flow that leads elsewhere) has no paths to change.
    assert len(project.compiled) >= compiled - 1
    assert files_in(tmp_path) == before
    assert not (tmp_path.parent / "evil.xml").exists()


def test_a_deep_entry_counts_as_absent(project: Project) -> None:
    project()
    for path in project.entries:
        data = b"[" * 10**6
        path.write_bytes(folder.digest(data).encode() + b"\n" + data)
    project()
    assert len(project.compiled) == 4


def test_an_entry_of_another_version_counts_as_absent(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project()
    monkeypatch.setattr(kept, "VERSION", "0.2.0")
    project()
    assert len(project.compiled) == 4


def test_entries_under_names_of_others_count_as_absent(project: Project) -> None:
    project()
    first, *others = project.entries
    for path in others:
        path.write_bytes(first.read_bytes())
    project()
    assert len(project.compiled) >= 3


def test_a_flow_outside_the_project_is_kept_with_its_sounds(
    project: Project, tmp_path: Path
) -> None:
    elsewhere = {"ivr/line.yaml": PROJECT["flows/one.yaml"], "ivr/a.wav": b"RIFF"}
    elsewhere["ivr/line.yaml"] = "steps:\n  - play: a.wav\n"
    outside = write_files(tmp_path.parent / f"{tmp_path.name}-outside", elsewhere)
    flow = outside / "ivr" / "line.yaml"
    first = project(paths=(flow,))
    assert first.ok
    again = project(paths=(flow,))
    assert not project.compiled
    assert again.findings == first.findings
    (outside / "ivr" / "a.wav").unlink()
    assert not project(paths=(flow,)).ok


def test_the_apology_counts(project: Project) -> None:
    sorry = "steps:\n  - play: a.wav\n  - say: We are sorry.\n"
    target = "{host: nginx, url: https://voice.example.com, apology: sorry}"
    files = {"twimlc.yaml": f"targets: {{web: {target}}}\n", "flows/deep/sorry.yaml": sorry}
    write_files(project.root, {**files, "flows/deep/a.wav": b"RIFF"})
    assert project().ok
    assert project().ok
    assert not project.compiled
    write_files(project.root, {"flows/deep/sorry.yaml": sorry.replace("sorry", "very sorry")})
    assert project().ok
    assert len(project.compiled) > 3


def test_an_apology_that_is_found_to_lead_elsewhere_is_compiled(project: Project) -> None:
    """What was made without it is not taken for what is made of both."""
    write_files(
        project.root,
        {
            "twimlc.yaml": "targets: {web: {host: nginx}, other: {host: static, apology: k}}\n",
            "flows/k.yaml": 'steps: [{say: hi}, {goto: "\\x68/idle"}]\n',
            "flows/h.yaml": "states: {main: [{say: h}], idle: [{say: never}]}\n",
        },
    )
    for _ in range(2):
        assert not project().ok  # that is no apology, and the other target is built all the same
        assert (project.root / "build/web/public/k/index.xml").exists()
