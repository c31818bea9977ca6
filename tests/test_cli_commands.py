"""The subcommands against a pipeline that answers what the test says: options, streams, statuses."""

import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import twimlc
from command_line import Command
from twimlc.cli.streams import wants_color
from twimlc.findings.diagnostic import Diagnostic, Rule, Severity
from twimlc.report.picture import Box, Picture, Way
from twimlc.text import SourceFile, Span

SPAN = Span(SourceFile("flows/a.yaml", "steps: oops\n"), 7, 11)
ERROR = Rule(301, "unknown-state", Severity.ERROR).at(SPAN, "bad")
WARNING = Rule(405, "odd-step", Severity.WARNING).at(SPAN, "odd")
NOTE = Rule(601, "stiff-words", Severity.NOTE).at(SPAN, "stiff")
FULL = Rule(801, "cannot-write", Severity.ERROR).at(SPAN, "disk full")


@dataclass(frozen=True, slots=True)
class Options:
    paths: tuple[Path, ...] = ()
    config: Path | None = None
    targets: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    params_files: tuple[Path, ...] = ()
    output: Path | None = None
    stdin: tuple[str, bytes] | None = None
    cwd: Path | None = None
    previous: Path | None = None
    found: dict[str, object] | None = None
    force: bool = False
    write: bool = True
    verify: bool = True
    progress: object = field(default=None, compare=False)
    store: bool = False
    jobs: int | None = None
    executor: str | None = None
    today: object = field(default=None, compare=False)


class NumberSetting(NamedTuple):
    flow: str
    url: str
    method: str
    kind: str = "voice"
    fallback: str | None = None
    changed: bool = True


class Paste(NamedTuple):
    file: str
    mark: str
    bin: str | None = None


class Call(NamedTuple):
    assumption: str
    call: str
    flows: tuple[str, ...]


class TargetReport(NamedTuple):
    name: str = "plain"
    host: str = "static"
    folder: str = "build/plain"
    built: bool = True
    documents: int = 3
    written: int = 2
    unchanged: int = 1
    removed: int = 0
    largest: tuple[str, int] | None = ("hello/index.xml", 1234)
    fetches: int = 4
    fetches_flow: str | None = "hello"
    approximations: tuple[str, ...] = (
        "fallback-after-answer at flows/a.yaml:3: everybody who comes back from this 'dial' goes on"
        " in 'message', also after a conversation",
    )
    assumptions: tuple[str, ...] = ("relative links are resolved",)
    numbers: tuple[NumberSetting, ...] = (NumberSetting("hello", "hello/index.xml", "GET"),)
    pairs: int | None = 4
    unverified: tuple[str, ...] = ()
    pastes: tuple[Any, ...] = ()
    changes: tuple[str, ...] = ("hello/index.xml", "hello/menu.xml")
    removals: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    again: bool = False
    changed_flows: tuple[str, ...] = ()
    upload: str | None = None
    test_calls: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    findings: tuple[Diagnostic, ...] = ()
    targets: tuple[TargetReport, ...] = ()
    faults: tuple[str, ...] = ()
    scripts: tuple[Path, ...] = ()
    read: tuple[str, ...] = ()


class UsageError(Exception):
    pass


class FakePipeline(ModuleType):
    """Stands in for ``twimlc.pipeline``: remembers the options, answers ``result`` or raises."""

    Options = Options
    UsageError = UsageError

    def __init__(self) -> None:
        super().__init__("twimlc.pipeline")
        self.options = Options()
        self.result: Any = Result()
        self.error: BaseException | None = None

    def check(self, options: Options) -> Any:
        self.options = options
        if self.error is not None:
            raise self.error
        return self.result

    build = check

    def project_file(self, options: Options) -> Path:
        return options.config or Path("twimlc.yaml")

    def graph(self, options: Options, flow: str, row: str | None) -> Any:
        self.flow = flow
        return self.check(options)

    def part_of(self, picture: Any, state: str | None, depth: int | None) -> Any:
        return picture


@pytest.fixture(autouse=True)
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline()
    for name in ("twimlc.pipeline", "twimlc.pipeline.picture"):
        monkeypatch.setitem(sys.modules, name, fake)
    monkeypatch.setattr(twimlc, "pipeline", fake, raising=False)
    return fake


def test_options_reach_the_pipeline(
    command: Command, pipeline: FakePipeline, tmp_path: Path
) -> None:
    more = tmp_path / "more.yaml"
    more.touch()
    status, _, _ = command(
        *(
            "build",
            "flows/a.yaml",
            "flows",
            "-t",
            "plain",
            "-t",
            "site",
            "-p",
            "a=1",
            "-p",
            "b=x=y",
        ),
        *("-p", "a=2", "--params", str(more), "-o", "out", "-j", "2", "--config", "twimlc.yaml"),
        *("--previous", "last", "--force"),
    )
    assert status == 0
    assert pipeline.options == Options(
        paths=(Path("flows/a.yaml"), Path("flows")),
        config=Path("twimlc.yaml"),
        targets=("plain", "site"),
        params={"a": "2", "b": "x=y"},
        params_files=(more,),
        output=Path("out"),
        previous=Path("last"),
        force=True,
        jobs=2,
        store=True,
    )


def test_environment_names_target_and_format(
    command: Command, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIMLC_TARGET", "plain site")
    monkeypatch.setenv("TWIMLC_FORMAT", "json")
    assert json.loads(command("check")[1])["findings"] == []
    assert pipeline.options.targets == ("plain", "site")


def test_standard_input(
    command: Command, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"steps: []\xff")))
    assert command("check", "-", "--stdin-filename", "flows/x.yaml")[0] == 0
    assert pipeline.options.stdin == ("flows/x.yaml", b"steps: []\xff")
    assert pipeline.options.paths == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "-", "a.yaml"],
        ["check", "--stdin-filename", "x"],
        ["check", ""],
        ["check", "-p", "novalue"],
        ["check", "-p", "=x"],
        ["check", "--format", "xml"],
        ["check", "--fail-on", "info"],
        ["build", "-j", "0"],
        ["watch", "-"],
        ["graph"],
        ["graph", "a", "--format", "png"],
        ["schema", "flows"],
        ["explain", "no-such-rule"],
        ["bild"],
        ["--nothing"],
        [],
    ],
)
def test_wrong_usage_is_2(command: Command, arguments: list[str]) -> None:
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert err


def test_what_the_pipeline_refuses_is_wrong_usage(command: Command, pipeline: FakePipeline) -> None:
    pipeline.error = UsageError("unknown target 'pl\x1b[0mane'")
    status, out, err = command("build")
    assert (status, out) == (2, "")
    assert "Error: unknown target 'pl\\x1b[0mane'" in err


def test_near_names_are_offered(command: Command) -> None:
    assert "Did you mean 'build'?" in command("bild")[2]
    assert "Did you mean 'unused-ignore'?" in command("explain", "unusd-ignore")[2]


def test_check_tells_on_standard_output(command: Command, pipeline: FakePipeline) -> None:
    pipeline.result = Result((ERROR, WARNING))
    status, out, err = command("check")
    assert status == 1
    assert out.startswith("flows/a.yaml:1:8: error[TW301 unknown-state] bad\n")
    assert err == "1 error, 1 warning\n"
    assert pipeline.options.write is False
    assert command("check", "-q")[2] == ""


def test_verbose_tells_of_targets_and_time(command: Command, pipeline: FakePipeline) -> None:
    pipeline.result = Result((), (TargetReport(),))
    _, out, err = command("check", "-v")
    assert out == ""
    assert "target plain (static): 3 documents\n" in err
    assert err.endswith(" seconds\n")


def test_clean(command: Command) -> None:
    assert command("check") == (0, "", "no problems found\n")


@pytest.mark.parametrize("name", ["build", "graph a"])
def test_others_tell_on_standard_error(command: Command, pipeline: FakePipeline, name: str) -> None:
    pipeline.result = (None, [ERROR]) if name != "build" else Result((ERROR,))
    status, out, err = command(*name.split())
    assert (status, out) == (1, "")
    assert err.startswith("flows/a.yaml:1:8: error")


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_documents_are_whole_and_alone(command: Command, pipeline: FakePipeline, form: str) -> None:
    assert command("check", "--format", form)[1]
    pipeline.result = Result((WARNING,), (TargetReport(),))
    _, _, err = command("build", "-q", "-v", "--format", form)
    assert err.count("TW405") >= 1
    if form != "junit":
        json.loads(err)


@pytest.mark.parametrize(
    ("options", "findings", "status"),
    [
        ("", (WARNING, NOTE), 0),
        ("--strict", (WARNING,), 1),
        ("--strict", (NOTE,), 0),
        ("--fail-on warning", (WARNING,), 1),
        ("--fail-on note", (NOTE,), 1),
        ("--fail-on never", (ERROR,), 0),
        ("--format json", (ERROR,), 1),
        ("--format sarif", (WARNING,), 0),
        ("--fail-on never", (FULL,), 3),
        ("", (ERROR, FULL), 3),
    ],
)
def test_exit_status(
    command: Command,
    pipeline: FakePipeline,
    options: str,
    findings: tuple[Diagnostic, ...],
    status: int,
) -> None:
    pipeline.result = Result(findings)
    assert command("check", *options.split())[0] == status


def test_build_tells_what_it_wrote(command: Command, pipeline: FakePipeline) -> None:
    failed = TargetReport("site", built=False), TargetReport("old", built=False, again=True)
    changed = TargetReport(again=True, changed_flows=("hello",), upload="to the server")
    pipeline.result = Result((), (changed, *failed))
    status, out, err = command("build", "--fail-on", "never")
    assert status == 1
    assert err == (
        "approximation on plain: fallback-after-answer at flows/a.yaml:3\n"
        "  everybody who comes back from this 'dial' goes on in 'message', also after a\n"
        "    conversation\n"
    )
    assert out.splitlines() == [
        "plain (static) in build/plain: 1 flow, 3 documents (2 written)",
        "  changed      hello",
        "  largest      hello/index.xml, 1,234 bytes",
        "  longest path 4 fetches, in hello",
        "  assumes      relative links are resolved (twimlc build -v explains them)",
        "  upload       to the server",
        "  number       hello: voice URL https://YOUR-SERVER/hello/index.xml (GET)",
        "site (static) in build/plain",
        "  not built: see the errors",
        "old (static) in build/plain",
        "  not built: see the errors; the last build stays",
    ]


def test_build_at_length_tells_the_rest(command: Command, pipeline: FakePipeline) -> None:
    told = TargetReport(again=True, numbers=(NumberSetting("a", "a.xml", "GET", changed=False),))
    pipeline.result = Result((), (told,))
    _, out, _ = command("build")
    assert "verified" not in out
    assert "number" not in out
    _, out, _ = command("build", "-v")
    assert "(2 written, 1 unchanged)" in out
    assert "  verified     4 pairs of positions, all the same call\n" in out
    assert "  number       a: voice URL https://YOUR-SERVER/a.xml (GET)\n" in out


@pytest.mark.parametrize("flows", [5, 6])
def test_many_numbers_and_bins_are_one_line(
    command: Command, pipeline: FakePipeline, flows: int
) -> None:
    names = [f"flow{number}" for number in range(flows)]
    report = TargetReport(
        numbers=tuple(
            NumberSetting(name, f"https://x.example/{name}/index.xml", "GET") for name in names
        ),
        pastes=tuple(Paste(f"{name}.xml", f"twimlc {name} 012345678901") for name in names),
    )
    pipeline.result = Result((), (report,))
    rows = [line.split()[0] for line in command("build")[1].splitlines()]
    assert (rows.count("number"), rows.count("paste")) == ((1, 1) if flows > 5 else (5, 5))
    assert "FLOW/index.xml" in command("build")[1] or flows == 5
    rows = [line.split()[0] for line in command("build", "-v")[1].splitlines()]
    assert (rows.count("number"), rows.count("paste")) == (flows, flows)


def test_test_calls_come_last_and_once(command: Command, pipeline: FakePipeline) -> None:
    first = TargetReport(test_calls=(Call("room-not-open", "call early", ("standup",)),))
    second = TargetReport(test_calls=(*first.test_calls, Call("leg-end", "call early", ("desk",))))
    pipeline.result = Result((), (first, second))
    assert command("build")[1].splitlines()[-2:] == [
        "Before you go live, make this 1 test call (twimlc explain NAME says why):",
        "  room-not-open, leg-end: call early (desk, standup)",
    ]
    unchanged = TargetReport(written=0, test_calls=first.test_calls)
    pipeline.result = Result((), (unchanged,))
    assert "test call" not in command("build")[1]


def test_build_as_json(command: Command, pipeline: FakePipeline) -> None:
    pipeline.result = Result((WARNING,), (TargetReport(),))
    status, out, err = command("build", "--format", "json")
    assert status == 0
    assert json.loads(out)["targets"][0]["numbers"][0]["flow"] == "hello"
    assert json.loads(err)["summary"]["warnings"] == 1


def test_build_check_compares(command: Command, pipeline: FakePipeline) -> None:
    pipeline.result = Result((), (TargetReport(written=0, changes=()),))
    assert command("build", "--check")[0] == 0
    assert pipeline.options.write is False
    pipeline.result = Result((), (TargetReport(written=0, removed=1),))
    status, out, _ = command("build", "--check")
    assert status == 1
    assert "compared with build/plain" in out


def test_build_check_names_the_files_and_nothing_to_do_by_hand(
    command: Command, pipeline: FakePipeline
) -> None:
    names = tuple(f"menu/{number}.xml" for number in range(1, 8))
    report = TargetReport(written=7, removed=1, changes=names, removals=("old.xml",))
    pipeline.result = Result((), (report,))
    status, out, _ = command("build", "--check")
    assert status == 1
    lines = [line.strip() for line in out.splitlines()]
    assert [line for line in lines if line.startswith("would")] == [
        *(f"would change {name}" for name in names[:5]),
        "would change and 2 more (-v names them all)",
        "would remove old.xml",
    ]
    assert "voice URL" not in out
    assert "would change menu/7.xml" in command("build", "--check", "-v")[1]
    out = command("build")[1]
    assert "voice URL" in out
    assert "menu/1.xml" not in out


def test_graph(command: Command, pipeline: FakePipeline) -> None:
    way = Way("failure", "b0", "b0", ("busy",), "busy")
    pipeline.result = (Picture("hello", "", "b0", {"b0": Box("b0", "a", "a")}, (way,)), [WARNING])
    status, out, err = command("graph", "hello", "-t", "plain")
    assert (status, err) == (0, "")
    assert out.startswith("flowchart TD\n")
    assert (pipeline.flow, pipeline.options.targets) == ("hello", ("plain",))
    assert command("graph", "hello", "--format", "dot")[1].startswith("digraph")
    assert "odd-step" in command("graph", "hello", "-v")[2]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("two\nlines \x1b[0m"), "twimlc: internal error: ValueError: two\\nlines \\x1b"),
        (RecursionError(), "twimlc: internal error: nested too deeply"),
        (MemoryError(), "twimlc: out of memory"),
        (
            OSError(28, "No space left on device", "build/a"),
            "twimlc: build/a: No space left on dev",
        ),
        (AssertionError(), "twimlc: internal error: AssertionError; please report it at https://"),
    ],
)
def test_our_own_faults_are_one_line_and_3(
    command: Command, pipeline: FakePipeline, error: Exception, words: str
) -> None:
    pipeline.error = error
    status, out, err = command("build")
    assert (status, out, err.count("\n")) == (3, "", 1)
    assert err.startswith(words)


def test_debug_shows_where(
    command: Command, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIMLC_DEBUG", "1")
    pipeline.error = ValueError("x")
    status, _, err = command("build")
    assert status == 3
    assert err.startswith("Traceback")


def test_interrupted_is_130(command: Command, pipeline: FakePipeline) -> None:
    pipeline.error = KeyboardInterrupt()
    status, out, _ = command("build")
    assert (status, out) == (130, "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "stream", "environment", "color"),
    [
        ("auto", Terminal(), {}, True),
        ("auto", io.StringIO(), {}, False),
        ("auto", Terminal(), {"TERM": "dumb"}, False),
        ("auto", Terminal(), {"NO_COLOR": "1"}, False),
        ("auto", Terminal(), {"NO_COLOR": ""}, True),
        ("auto", io.StringIO(), {"FORCE_COLOR": "1"}, True),
        ("auto", io.StringIO(), {"FORCE_COLOR": "0"}, False),
        ("auto", Terminal(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Terminal(), {"FORCE_COLOR": "1"}, False),
        ("auto", None, {}, False),
    ],
)
def test_color(choice: str, stream: Any, environment: Mapping[str, str], color: bool) -> None:
    assert wants_color(choice, stream, environment) is color


def test_color_on_the_command_line(command: Command, pipeline: FakePipeline) -> None:
    pipeline.result = Result((ERROR,))
    assert "\x1b[31m" in command("check", "--color", "always")[1]
    assert "\x1b" not in command("check")[1]


def test_watch_builds_again_and_ctrl_c_is_0(
    command: Command, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    def signals(*_: object) -> Iterator[None]:
        pipeline.result = Result((ERROR,), (TargetReport(built=False, again=True),))
        yield
        pipeline.error = OSError(2, "gone", "flows/a.yaml")
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr("twimlc.cli.commands.watch.changes", signals)
    pipeline.result = Result((), (TargetReport(),))
    status, out, err = command("watch")
    assert status == 0
    first, second = out.splitlines()
    assert first.startswith("built plain (3 documents, 2 changed) in ")
    assert second.startswith("plain keeps its last build; 1 error in ")
    assert "unknown-state" in err
    assert "twimlc: flows/a.yaml: gone" in err
    assert pipeline.options.found == {}


def test_watch_refuses_what_is_wrong_from_the_start(
    command: Command, pipeline: FakePipeline
) -> None:
    pipeline.error = UsageError("unknown target 'x'")
    assert command("watch", "-t", "x")[0] == 2
