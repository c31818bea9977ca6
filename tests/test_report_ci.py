"""Reports written to files, the action for GitHub and the hooks of pre-commit, each really run."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from folders import write_files
from twimlc.cli.command import command_names, run
from twimlc.report import FORMATS

ROOT = Path(__file__).parents[1]
GOOD = "steps:\n  - say: Hello\n  - hangup\n"
BAD = "steps:\n  - say: Hello\n  - goto: elsewhere\n"
SLIP = "steps:\n  - Say: Hello   # as it is\n  - hangup\n"
ONE_ERROR = {"errors": "1", "warnings": "0", "notes": "0", "findings": "1"}


def project(folder: Path, **flows: str) -> Path:
    texts = {f"flows/{name}.yaml": text for name, text in flows.items()}
    return write_files(folder, {"twimlc.yaml": "targets:\n  plain: {host: static}\n", **texts})


def test_several_reports_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(tmp_path, bad=BAD))
    forms = {"json": "a.json", "sarif": "out/a.sarif", "junit": "a.xml", "gitlab": "q.json"}
    given = [f"--report={form}={name}" for form, name in forms.items()]
    assert run(["check", *given]) == 1
    assert "error[TW301 unknown-state]" in capsys.readouterr().out
    assert json.loads(Path("a.json").read_text())["summary"]["errors"] == 1
    assert json.loads(Path("out/a.sarif").read_text())["runs"][0]["results"]
    assert ElementTree.fromstring(Path("a.xml").read_text()).get("failures") == "1"
    assert json.loads(Path("q.json").read_text())[0]["location"]["path"] == "flows/bad.yaml"


def test_a_report_of_a_clean_project_takes_the_place_of_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project(tmp_path, good=GOOD))
    Path("a.json").touch()
    for _ in range(2):
        assert run(["build", "--report", "json=a.json"]) == 0
    assert json.loads(Path("a.json").read_text())["findings"] == []


@pytest.mark.parametrize(
    "given", ["json", "json=", "=a", "pdf=a.pdf", "Json=a.json", "foo=x", "json=-", "json=a.yaml"]
)
def test_a_wrong_report_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--report", given]) == 2
    assert "Invalid value for '--report'" in capsys.readouterr().err


def test_two_reports_cannot_share_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--report", "json=a", "--report", "sarif=a"]) == 2
    assert "'a' cannot hold two reports" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["./a", "b/../a"])
def test_nor_under_another_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    assert run(["check", "--report", "json=a", "--report", f"sarif={name}"]) == 2
    assert "cannot hold two reports" in capsys.readouterr().err


def test_a_report_beside_another_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(tmp_path, bad=BAD))
    assert run(["check", "--format", "json", "--report", "sarif=x"]) == 1
    assert json.loads(capsys.readouterr().out)["summary"]["errors"] == 1
    assert json.loads(Path("x").read_text())["runs"][0]["results"][0]["ruleId"] == "TW301"


def test_a_report_that_cannot_be_written_is_the_machines_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(tmp_path, good=GOOD))
    assert run(["check", "--report", "json=twimlc.yaml/a.json"]) == 3
    assert "twimlc.yaml" in capsys.readouterr().err


def test_paths_are_told_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path / "phone", bad=BAD)
    monkeypatch.chdir(tmp_path)
    for name, text in (("flows/bad.yaml", BAD), ("twimlc.yaml", "wrong: 1\n")):
        (tmp_path / "phone" / name).write_text(text, encoding="utf-8")
        assert run(["check", "--config", "phone/twimlc.yaml", "--format", "line"]) == 1
        assert capsys.readouterr().out.startswith(f"phone/{name}:")


# The action: its steps are run as a runner does, but for the installation.


def action() -> Any:
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def obeyed(log: str) -> list[str]:
    """The names of the commands that GitHub's runner takes from a log, by its own rules."""
    names = {"add-mask", "add-matcher", "debug", "error", "group", "notice", "save-state"}
    names |= {"set-output", "stop-commands", "warning"}
    stopped = ""
    found = []
    for line in re.split(r"[\r\n]+", log):
        name, text = "", ""
        if (first := line.lstrip()).startswith("::") and "::" in first[2:]:
            name, _, text = first[2:].partition("::")
        name = name.partition(" ")[0].lower()
        if name not in names | ({stopped} - {""}) and "]" in (old := line.partition("##[")[2]):
            name, _, text = old.partition("]")
            name = name.partition(" ")[0].lower()
        if stopped:
            stopped = "" if name == stopped else stopped
        elif name == "stop-commands":
            stopped = text.lower()
        elif name in names:
            found.append(name)
    assert not stopped, "the log ends without commands being taken again"
    return found


@pytest.mark.parametrize(
    ("log", "names"),
    [
        ("::error file=a::b", ["error"]),
        (" \t::Add-Mask::b\n##[debug]a", ["add-mask", "debug"]),
        ('  "file": "###[add-mask]e"', ["add-mask"]),
        ("a\r::set-output name=a::b", ["set-output"]),
        ("a ::error::b\n::nobody::b\n::error\n##[error", []),
        ("::stop-commands::X\n::error::\n##[debug]a\n::x::\n::error::", ["error"]),
    ],
)
def test_the_runner_of_these_tests_reads_commands_as_the_real_one(
    log: str, names: list[str]
) -> None:
    assert obeyed(log) == names


def hostile(folder: Path) -> None:
    """Modules that do harm when they are imported, under names that are imported early."""
    harm = f"open({str(folder / 'was-here')!r}, 'w').close()\nraise SystemExit(0)\n"
    for name in ("json", "venv", "logging", "sitecustomize", "usercustomize", "secrets", "pip"):
        (folder / f"{name}.py").write_text(harm, encoding="utf-8")
    (folder / "twimlc").mkdir()
    (folder / "twimlc" / "__init__.py").write_text(harm, encoding="utf-8")
    (folder / "twimlc" / "__main__.py").write_text(harm, encoding="utf-8")


class Runner:
    """A job of GitHub's, as far as the action uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temp = folder.parent / f"{folder.name}-temp"
        self.temp.mkdir()

    def run(
        self, used: Path | str = sys.executable, **inputs: str
    ) -> subprocess.CompletedProcess[str]:
        step = next(step for step in action()["runs"]["steps"] if step.get("id") == "check")
        step["env"]["PYTHON"] = str(used)
        return self._step(step, inputs)

    def install(
        self, source: Path, python: str = sys.executable
    ) -> subprocess.CompletedProcess[str]:
        step = action()["runs"]["steps"][0]
        step["env"]["SOURCE"] = step["env"]["SOURCE"].replace(
            "${{ github.action_path }}", str(source)
        )
        return self._step(step, {"python": python})

    def _step(self, step: Any, inputs: dict[str, str]) -> subprocess.CompletedProcess[str]:
        values = {name: str(given["default"]) for name, given in action()["inputs"].items()}
        values |= {name.replace("_", "-"): value for name, value in inputs.items()}
        environment = {
            **os.environ,
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
        }
        environment["PYTHONPATH"] = str(self.folder)  # as a workflow may have it for its own tests
        (self.temp / "output").unlink(missing_ok=True)
        for name, text in step["env"].items():
            for key, value in values.items():
                text = text.replace(f"${{{{ inputs.{key} }}}}", value)
            environment[name] = text.replace("${{ runner.temp }}", str(self.temp))
            assert "${{" not in environment[name]
        assert "${{" not in step["run"], "inputs reach the script as variables only"
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def output(self) -> dict[str, str]:
        lines = (self.temp / "output").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="the action needs bash")
def test_the_action_installs_itself_and_checks(tmp_path: Path) -> None:
    """Both steps as a runner does them: a new environment, pip from where the action lies."""
    source, _ = clone(tmp_path / "twimlc")
    runner = Runner(project(tmp_path / "mine", bad=BAD, good=GOOD))
    hostile(runner.folder)
    done = runner.install(source)
    assert "metadata-generation-failed" not in done.stderr  # that would be ours
    if done.returncode:
        pytest.skip(f"the action could not be installed: {done.stderr[-300:]}")
    place = Path(runner.output["python"])
    assert place.parents[1] == runner.temp / "twimlc"
    done = runner.run(used=place, junit_file="out/tests.xml")
    assert done.returncode == 1
    assert "\n::error file=flows/bad.yaml,line=3," in done.stdout
    assert runner.output == {**ONE_ERROR, "status": "1"}
    assert (runner.folder / "out" / "tests.xml").is_file()
    assert not (runner.folder / "was-here").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="the action needs bash")
def test_the_action_says_that_a_python_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    runner = Runner(project(tmp_path / "mine", good=GOOD))
    done = runner.install(ROOT, python=str(old))
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=twimlc::Python 3.11 or newer is needed")


@pytest.fixture
def needs_command() -> None:
    found = [sys.executable, "-I", "-c", "import twimlc"]
    if shutil.which("bash") is None or subprocess.run(found, check=False).returncode:
        pytest.skip("the action needs bash and an installed twimlc")


@pytest.mark.usefixtures("needs_command")
def test_the_action_annotates_and_tells_the_outcome(tmp_path: Path) -> None:
    runner = Runner(project(tmp_path / "a b", bad=BAD, good=GOOD))
    done = runner.run(sarif_file="log.sarif", junit_file="out/tests.xml")
    assert done.returncode == 1
    assert "flows/bad.yaml:3:11: error[TW301 unknown-state]" in done.stdout
    assert "\n::error file=flows/bad.yaml,line=3," in done.stdout
    assert runner.output == {**ONE_ERROR, "status": "1"}
    assert "1 error." in (runner.temp / "summary.md").read_text(encoding="utf-8")
    assert (runner.folder / "log.sarif").is_file()
    assert (runner.folder / "out" / "tests.xml").is_file()


@pytest.mark.usefixtures("needs_command")
def test_the_action_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    project(tmp_path / "all" / "phone & fax", bad=BAD, good=GOOD)
    runner = Runner(tmp_path / "all")
    done = runner.run(working_directory="phone & fax")
    assert "\n::error file=phone & fax/flows/bad.yaml,line=3," in done.stdout
    done = runner.run(working_directory="phone & fax", paths="flows/good.yaml", targets="plain")
    assert (done.returncode, obeyed(done.stdout)) == (0, [])
    assert runner.run(fail_on="; touch oops", summary="false").returncode == 2
    assert not (runner.folder / "oops").exists()


HOSTILE = """\
steps:
  - say: "##[add-mask]hello"
    goto: "##[stop-commands]x"
  - {say: Hello, "::set-output name=status::0": 1}
  ::set-output name=errors::0
"""


@pytest.mark.usefixtures("needs_command")
def test_the_action_neither_runs_nor_obeys_what_lies_in_the_repository(tmp_path: Path) -> None:
    runner = Runner(project(tmp_path / "mine", bad=BAD, good=GOOD))
    hostile(runner.folder)
    names = ("::stop-commands::x", "##[add-mask]e", "##[set-output name=errors;]0")
    for name in names:
        (runner.folder / f"{name}.yaml").write_text(HOSTILE, encoding="utf-8")
    paths = "\n".join(["flows", *(f"./{name}.yaml" for name in names)])
    for given in (paths, paths.replace("./", "")):
        done = runner.run(paths=given, sarif_file="log.sarif")
        assert done.returncode == 1
        assert "stop-commands::x.yaml:" in done.stdout
        found = obeyed(done.stdout)
        assert found
        assert set(found) == {"error"}
        assert runner.output["status"] == "1"
        assert int(runner.output["errors"]) >= 4
    assert not (runner.folder / "was-here").exists()


@pytest.mark.usefixtures("needs_command")
def test_a_step_of_the_action_that_cannot_do_its_work_fails(tmp_path: Path) -> None:
    runner = Runner(project(tmp_path / "mine", good=GOOD))
    (runner.folder / "package.json").write_text('{"name": "twimlc"}\n', encoding="utf-8")
    (runner.folder / "out.xml").symlink_to(tmp_path / "elsewhere.xml")
    for inputs in ({"sarif_file": "package.json"}, {"junit_file": "out.xml"}):
        done = runner.run(**inputs)
        assert done.returncode == 2
        assert runner.output == {"status": "2"}
    assert not (tmp_path / "elsewhere.xml").exists()
    assert (runner.folder / "package.json").read_text(encoding="utf-8") == '{"name": "twimlc"}\n'
    quiet = tmp_path / "python"
    quiet.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    quiet.chmod(0o755)
    assert runner.run(used=quiet).returncode != 0


# Outside the action: what is printed where GitHub reads along.


@pytest.mark.parametrize("form", FORMATS)
def test_no_text_of_a_flow_is_a_command_in_a_log(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(tmp_path, good=GOOD))
    names = ("::stop-commands::x.yaml", "a##[add-mask]e.yaml", "###[add-mask]f.yaml")
    for name in names:
        Path(name).write_text(HOSTILE, encoding="utf-8")
    outside: dict[str, Any] = {}
    for where in ("", "true"):
        monkeypatch.setenv("GITHUB_ACTIONS", where)
        for command in ("check", "build"):
            assert run([command, "--format", form, *names]) == 1
            out, err = capsys.readouterr()
            taken = set(obeyed(out + err)) if where else set()
            assert taken == ({"error"} if where and form == "github" else set())
            if form in ("json", "sarif", "gitlab") and command == "check":
                assert outside.setdefault(command, json.loads(out)) == json.loads(out)
            if form == "junit" and command == "check":
                ElementTree.fromstring(out)


def test_a_diff_and_a_report_on_standard_output_are_no_commands_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    text = 'steps:\n  - Say: "Hello"\n  - say: "\n  ::set-output name=a::b\n  ##[add-mask]b\n  "\n'
    monkeypatch.chdir(project(tmp_path, slip=text))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run(["check", "--diff"]) == 1
    out = capfd.readouterr().out
    assert '+  - say: "Hello"' in out
    assert "set-output name=a::b" in out
    assert obeyed(out) == []
    Path("::debug::x.yaml").write_text(BAD, encoding="utf-8")
    assert run(["check", "-q", "--report", "human=/dev/stdout", "::debug::x.yaml"]) == 1
    assert obeyed(capfd.readouterr().out) == []


# The hooks: tried with the real pre-commit against a clone of this repository.


def hooks() -> Any:
    return yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_every_hook_calls_a_command_that_is_there() -> None:
    for hook in hooks():
        words = hook["entry"].split()
        assert words[0] == "twimlc"
        assert words[1] in command_names()
        assert hook["pass_filenames"] is False


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *names, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def clone(folder: Path) -> tuple[Path, str]:
    """A repository with what is being tested, committed or not."""
    folder.mkdir()
    shutil.copytree(
        ROOT / "compiler", folder / "compiler", ignore=shutil.ignore_patterns("*cache*")
    )
    for name in ("schema", "flows"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "docs" / "findings", folder / "docs" / "findings")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "tested")
    return folder, git(folder, "rev-parse", "HEAD")


@pytest.mark.slow
def test_hooks_with_pre_commit(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed; the hooks are not tried")
    source, revision = clone(tmp_path / "twimlc")
    home = project(tmp_path / "mine", good=GOOD, slip=SLIP)
    config = {
        "repos": [
            {
                "repo": str(source),
                "rev": revision,
                "hooks": [{"id": "twimlc-check"}, {"id": "twimlc-fix"}],
            }
        ]
    }
    (home / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    git(home, "init", "-q")
    git(home, "add", "-A")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    environment.pop("PYTHONPATH", None)

    def hook(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", *arguments],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    made = hook("install-hooks")
    assert "metadata-generation-failed" not in made.stdout  # that would be ours
    if made.returncode:
        pytest.skip(f"no environment for the hooks could be built: {made.stdout[-300:]}")
    done = hook("run", "twimlc-check")
    assert done.returncode == 1
    assert "flows/slip.yaml:2:5: error[TW206 no-verb]" in done.stdout
    done = hook("run", "twimlc-fix")
    assert "files were modified by this hook" in done.stdout
    assert (home / "flows" / "slip.yaml").read_text(encoding="utf-8") == SLIP.replace("Say", "say")
    git(home, "add", "-A")
    assert hook("run", "--all-files").returncode == 0


# What the page about continuous integration says to write is there, and does not fail.


def recipes() -> list[Any]:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    fragments = re.findall(r"^```yaml[^\n]*\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [yaml.safe_load(fragment) for fragment in fragments]


def texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from texts(part)


def commands() -> list[list[str]]:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    shell = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    found = [line for text in (*texts(recipes()), *shell) for line in text.splitlines()]
    lines = [re.split(r"[|>]", line)[0] for line in found if line.startswith("twimlc ")]
    return [shlex.split(line)[1:] for line in lines] + [
        hook["entry"].split()[1:] for hook in hooks()
    ]


def test_the_recipes_are_there() -> None:
    assert len(recipes()) == 4
    assert len(commands()) >= 10


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_of_a_recipe_takes_its_options(words: list[str]) -> None:
    command = getattr(import_module(f"twimlc.cli.commands.{words[0]}"), words[0])
    assert command.make_context(words[0], words[1:])


def test_the_recipe_for_github_gives_inputs_that_the_action_has() -> None:
    (ours,) = [
        step
        for recipe in recipes()
        if isinstance(recipe, dict)
        for job in recipe.get("jobs", {}).values()
        for step in job["steps"]
        if step.get("uses", "").startswith("twimlc/")
    ]
    assert ours["with"].keys() <= action()["inputs"].keys()
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    table = page.partition("| input |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([^`]+)`", "".join(rows))) == action()["inputs"].keys()
    told = page.partition("Its outputs are ")[2].partition(". ")[0]
    assert set(re.findall(r"`(\w+)`", told)) == action()["outputs"].keys()


def test_the_page_names_every_hook_and_no_other() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    table = page.partition("| hook |")[2].partition("\n\n")[0]
    names = {hook["id"] for hook in hooks()}
    assert set(re.findall(r"^\| `(twimlc-[a-z-]+)`", table, re.MULTILINE)) == names
    (recipe,) = [each for each in recipes() if isinstance(each, dict) and "repos" in each]
    assert {hook["id"] for hook in recipe["repos"][0]["hooks"]} <= names
