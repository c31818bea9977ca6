"""The public API: check and build, their options, and what they report."""

from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.pipeline import Options, UsageError

FLOW = "steps:\n  - say: Hi.\n  - gather: {prompt: Key?}\n    then: [say: Thanks.]\n    fallback: hangup\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "f.yaml").write_text(FLOW)
    return tmp_path


def test_check_writes_nothing(home: Path) -> None:
    assert pipeline.check(Options(cwd=home, targets=("static",))).ok
    assert sorted(path.name for path in home.iterdir()) == ["f.yaml"]


def test_build_reports_what_it_made(home: Path) -> None:
    (report,) = pipeline.build(Options(cwd=home, targets=("static",))).targets
    assert (report.name, report.host, report.built) == ("static", "static", True)
    # The entry, what follows, and the apology.
    assert (report.documents, report.written, report.unchanged, report.removed) == (3, 3, 0, 0)
    assert report.largest is not None
    assert report.largest[0] == "public/f/index.xml"
    assert (report.fetches, report.fetches_flow) == (2, "f")
    (number,) = report.numbers
    assert (number.flow, number.url, number.method, number.kind) == (
        "f",
        "f/index.xml",
        "GET",
        "voice",
    )


def test_a_dry_build_tells_and_does_not_touch(home: Path) -> None:
    options = Options(cwd=home, targets=("static",), write=False)
    (report,) = pipeline.build(options).targets
    assert report.written > 0
    assert not (home / "build").exists()


def test_a_loop_has_no_longest_way(home: Path) -> None:
    (home / "f.yaml").write_text("states:\n  a: [{say: Hi.}, {goto: a}]\n")
    (report,) = pipeline.build(Options(cwd=home, targets=("static",))).targets
    assert report.fetches == 0


def test_a_flow_may_come_from_standard_input(home: Path) -> None:
    stdin = ("other.yaml", b"steps: [say: Hello.]\n")
    result = pipeline.build(Options(cwd=home, targets=("static",), stdin=stdin))
    assert result.ok
    assert (home / "build/static/public/other/index.xml").exists()
    assert not (home / "build/static/public/f").exists()


@pytest.mark.parametrize(
    "options",
    [
        {"paths": (Path("nothing.yaml"),)},
        {"targets": ("nowhere",)},
        {"config": Path("nothing.yaml")},
        {"output": Path(".")},
    ],
)
def test_wrong_options_are_the_callers_fault(home: Path, options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        pipeline.build(Options(cwd=home, **{"targets": ("static",), **options}))  # type: ignore[arg-type]


def test_one_name_for_two_flows(home: Path) -> None:
    (home / "g.yaml").write_text("flow: f\nsteps: [say: Other.]\n")
    result = pipeline.build(Options(cwd=home, targets=("static",)))
    assert [f.rule.slug for f in result.findings if f.is_error] == ["duplicate-flow"]
    assert not (home / "build").exists()


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    result = pipeline.check(Options(cwd=tmp_path, targets=("static",)))
    assert [f.rule.slug for f in result.findings] == ["missing-path"]


def test_findings_come_in_the_order_of_the_files(home: Path) -> None:
    (home / "e.yaml").write_text("steps:\n  - goto: nowhere\n  - sya: Hi\n")
    (home / "g.yaml").write_text("steps: [goto: nowhere]\n")
    found = pipeline.check(Options(cwd=home, targets=("static",))).findings
    places = [(f.span.file.path, f.span.begin.line) for f in found]
    assert places == sorted(places)
    assert len(places) == 3


def test_rules_can_be_set_in_the_project(home: Path) -> None:
    (home / "f.yaml").write_text("steps: [{hangup: }, {say: Never.}]\n")
    (home / "twimlc.yaml").write_text(
        "targets: {static: {host: static}}\nrules: {unreachable-step: error}\n"
    )
    assert not pipeline.check(Options(cwd=home)).ok
    (home / "twimlc.yaml").write_text(
        "targets: {static: {host: static}}\nrules: {unreachable-step: off}\n"
    )
    assert pipeline.check(Options(cwd=home)).findings == ()
