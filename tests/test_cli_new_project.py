"""What somebody meets who writes a first project of several targets: told, and never a fault."""

import io
from pathlib import Path

import pytest

from twimlc.cli.command import run
from twimlc.interpret.assumptions import BY_NAME

FLOW = """\
start: menu
states:
  menu:
    - menu:
        prompt: For sales press 1.
        choices: {1: sales}
      fallback: next
    - say: Goodbye.
    - hangup
  sales:
    - say: We connect you.
    - dial: +14155550100
    - hangup
"""
SID = f"EH{1:032x}"
OTHER = f"EH{2:032x}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()
    for name in ("hello", "second"):
        (tmp_path / "flows" / f"{name}.yaml").write_text(FLOW)
    return tmp_path


def targets(project: Path, **each: str) -> None:
    lines = "".join(f"  {name}: {text}\n" for name, text in each.items())
    (project / "twimlc.yaml").write_text(f"targets:\n{lines}")


def test_two_flows_in_one_bin_are_a_finding(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets(project, bins=f"{{host: twiml-bin, bins: {{hello: {SID}, second: {SID}}}}}")
    assert run(["build"]) == 1
    assert "'second' has the Bin of 'hello'" in capsys.readouterr().err


def test_a_bin_may_have_any_sid(project: Path) -> None:
    targets(project, bins=f"{{host: twiml-bin, bins: {{hello: {OTHER}}}}}")
    assert run(["build"]) == 0


def test_a_bin_of_no_flow_is_a_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    targets(project, bins=f"{{host: twiml-bin, bins: {{helo: {SID}}}}}")
    assert run(["check"]) == 1
    assert "did you mean 'hello'?" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["{host: nowhere}", "{host: s3, router: twiml-bin}"])
@pytest.mark.parametrize("asked", [[], ["-t", "web"]])
def test_a_wrong_target_does_not_stop_the_others(
    project: Path, wrong: str, asked: list[str]
) -> None:
    targets(project, web="{host: nginx}", hop=wrong)
    assert run(["build", *asked]) == 1
    assert (project / "build" / "web" / "public" / "hello" / "index.xml").is_file()
    assert not (project / "build" / "hop").exists()


def test_a_flow_that_no_named_target_has(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    targets(project, web="{host: nginx, flows: second}", bins="{host: twiml-bin}")
    flow = "flows/hello.yaml"
    for command in ("build", "check"):
        assert run([command, flow, "-t", "web"]) == 2
        assert "'hello' is not built for 'web'" in capsys.readouterr().err
    assert run(["build", flow]) == 0
    assert "none: the target's 'flows' leave out" in capsys.readouterr().out


def test_a_document_is_for_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "answer.xml").write_text("<Response/>")
    assert run(["build", "answer.xml"]) == 1
    assert "twimlc check finds what is wrong in it" in capsys.readouterr().err


def test_numbers_are_set_as_the_console_asks(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bins = f"{{host: twiml-bin, url: 'https://v.example.com', bins: {{hello: {SID}}}}}"
    targets(project, bins=bins, web="{host: nginx}")
    assert run(["build"]) == 0
    out = capsys.readouterr().out
    assert f"hello: for a call choose the Bin {SID}\n" in out
    assert "second: for a call choose the Bin with second.xml\n" in out
    assert "hello: voice URL https://YOUR-SERVER/hello/index.xml (GET)\n" in out


def test_assumptions_are_named_once_and_explained(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets(project, bins="{host: twiml-bin}")
    assert run(["build"]) == 0
    out = capsys.readouterr().out
    names = "bin-parameters, bin-relative-query, bin-saved-as-typed, bin-sections"
    assert out.count("bin-sections") == out.count(names) == 1
    assert run(["build"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "bin-saved-as-typed, bin-sections (twimlc build -v explains them)" in told
    assert run(["build", "-v"]) == 0
    assert "bin-sections: a TwiML Bin tests by sections" in capsys.readouterr().out
    assert run(["explain", "bin-sections"]) == 0
    assert "Assumed: a TwiML Bin tests by sections" in capsys.readouterr().out
    assert run(["explain", "hunt-after-decline"]) == 0
    assert "It could be: ringing one after another stops" in capsys.readouterr().out


@pytest.mark.parametrize("tags", ["comment", "bare"])
def test_a_call_to_a_bin_shows_the_lines_of_the_flow(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tags: str,
) -> None:
    targets(project, bins=f"{{host: twiml-bin, tags: {tags}}}")
    monkeypatch.setattr("sys.stdin", io.StringIO("1\ncompleted\n"))
    assert run(["call", "hello"]) == 0
    out = capsys.readouterr().out
    assert "flows/hello.yaml:11\n" in out
    assert "  line " not in out


def test_only_what_is_new_is_to_be_set(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    targets(project, web="{host: nginx}")
    assert run(["build"]) == 0
    assert "  number       hello: voice URL" in capsys.readouterr().out
    flow = project / "flows" / "hello.yaml"
    flow.write_text(FLOW.replace("Goodbye", "Bye"))
    assert run(["build"]) == 0
    out = capsys.readouterr().out
    assert "  changed      hello\n" in out
    assert "number" not in out
    targets(project, web="{host: nginx, url: https://v.example.com}")
    assert run(["build"]) == 0
    assert "  number       hello: voice URL https://v.example.com/hello" in capsys.readouterr().out


def test_no_earlier_build_stays_where_there_was_none(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets(project, web="{host: static}")
    assert run(["build"]) == 1
    assert capsys.readouterr().out.endswith("  not built: see the errors\n")


def test_every_assumption_of_a_plan_has_a_test_call() -> None:
    asked = BY_NAME.values()
    assert all(each.test for each in asked if each.meaning)
    assert all(each.test for each in asked if not each.independent and each.words)


def test_rows_have_the_fallback_flow_outside_the_matrix(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets(project, web="{host: nginx, url: https://v.example.com, onError: second}")
    with (project / "twimlc.yaml").open("a") as file:
        file.write("matrix: {table: shops.csv, flows: [hello]}\n")
    (project / "shops.csv").write_text("shop\nnorth\nsouth\n")
    assert run(["build"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    for row in ("north", "south"):
        address = f"voice URL https://v.example.com/{row}/hello/index.xml (GET); fallback URL"
        assert f"{row}/hello: {address} https://v.example.com/second/index.xml (GET)" in out
    assert "second: voice URL https://v.example.com/second/index.xml (GET)" in out
