"""Four times the input is four times the work, in every stage: counted in calls, not in seconds.

A stage is a package: reading (``yaml``, ``values``), the model and the graph (``flow``), ``formats``,
``rules``, ``lower``, ``render``, the proof (``interpret``), ``output``, ``calls``. The bound
is `growth.MOST` times the calls for four times as much of one thing.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from folders import write_files
from growth import overgrown
from twimlc import pipeline
from twimlc.lower.transitions import Way

Files = dict[str, str]
Make = Callable[[int], Files]

HOSTS = {
    "static": "host: static",
    "nginx": "host: nginx",
    "cloudfront": "host: s3, router: cloudfront",
    "hop": "host: s3, url: 'https://v.example.com', router: twiml-bin, bin: EH" + "0" * 31 + "1",
    "twiml-bin": "host: twiml-bin",
}
WORDS = "Some words that take up room, so that a document is full after a few steps. " * 10


def _steps(step: str) -> Make:
    return lambda size: {
        "f.yaml": "steps:\n"
        + "".join(f"  - {step % ((n,) * step.count('%'))}\n" for n in range(size))
    }


def _states(size: int) -> Files:
    return {
        "f.yaml": "states:\n"
        + "".join(
            f"  s{n}:\n    - say: State {n}. {WORDS}\n"
            f"    - gather: {{prompt: Any key}}\n      then: s{n + 1}\n      fallback: s{n + 1}\n"
            for n in range(size)
        )
        + f"  s{size}: [say: The end.]\n"
    }


def _entries(size: int) -> Files:
    rows = "".join(
        f"          {1000 + n}: [{{say: Entry {n}}}, {{goto: a}}]\n" for n in range(size)
    )
    head = "states:\n  a:\n    - menu:\n        prompt: Which extension?\n        choices:\n"
    return {"f.yaml": head + rows + "      fallback: [hangup]\n"}


def _flows(step: str) -> Make:
    return lambda size: {
        f"f{n}.yaml": f"steps:\n  - say: Flow {n}\n  - {step}\n" for n in range(size)
    }


def _jumps(size: int) -> Files:
    flow = "steps:\n  - gather: {prompt: Any}\n    then: end/\n"
    return {"end.yaml": "steps: [say: The end.]\n", **{f"f{n}.yaml": flow for n in range(size)}}


def _components(size: int) -> Files:
    files = {f"_components/c{n}.yaml": f"steps: [say: Part {n}]\n" for n in range(size)}
    return files | {f"f{n}.yaml": f"steps:\n  - use: c{n}\n  - hangup\n" for n in range(size)}


def _used(size: int) -> Files:
    component = "components:\n  c:\n    params: {x: null}\n    steps:\n      - say: 'Part ${x} '\n"
    uses = "".join(f"  - use: c\n    with: {{x: '{n} {WORDS}'}}\n" for n in range(size))
    asks = "      - gather: {prompt: Any key}\n        then: next\n        fallback: next\n"
    return {"f.yaml": f"{component}{asks}steps:\n{uses}"}


def _rows(size: int) -> Files:
    table = "id,words\n" + "".join(f"row-{n},Words {n}\n" for n in range(size))
    step = "- gather: {prompt: 'Hello ${words}'}\n    then: next\n"
    return {"t.csv": table, "f.yaml": f"params: {{words: null}}\nsteps:\n  {step}"}


def _values(size: int) -> Files:
    params = "".join(f"  p{n}: Words {n}\n" for n in range(size))
    every = ", ".join(f"'${{p{n}}}'" for n in range(size))
    return {
        "f.yaml": f"params:\n{params}  all: [{every}]\n"
        "steps:\n  - each: ${all}\n    as: x\n    say: Hello ${x}.\n"
    }


def _wrong(size: int) -> Files:
    steps = "".join(
        f"  - say: {{vioce: x, message: Hello {n}}}\n  - goto: there{n}\n" for n in range(size)
    )
    return {"f.yaml": f"steps:\n{steps}"}


MENU = "menu: {prompt: 'Menu %d', choices: {1: [say: One], 2: [say: Two]}}\n    fallback: next"
OFFER = "offer: {options: [{say: 'For %d', then: [say: One]}]}"
# How many there are in a sweep; a sample takes half as many.
MANY: dict[str, tuple[Make, int, tuple[str, ...]]] = {
    "steps": (_steps("say: Word %d."), 40, ("static", "twiml-bin")),
    "silences between": (_steps("say: Word %d. # a remark\n\n    # another"), 40, ("static",)),
    "recordings": (_steps(f"record: {{maxLength: 1%d}}\n  - say: {WORDS}"), 60, ("static",)),
    "dials": (
        _steps("dial: +1415%07d\n    fallback: [say: Nobody]"),
        30,
        ("nginx", "hop", "twiml-bin"),
    ),
    "whispers": (
        _steps("dial: {number: {phoneNumber: +14155550100, url: [say: Call %d]}}"),
        30,
        ("static", "twiml-bin"),
    ),
    "menus": (_steps(f"{MENU}\n  - say: {WORDS}"), 50, ("nginx",)),
    "offers": (_steps(f"{OFFER}\n  - say: {WORDS}"), 100, ("static",)),
    "states": (_states, 30, ("static", "twiml-bin")),
    "entries": (_entries, 60, ("nginx", "cloudfront", "twiml-bin")),
    "flows": (_flows("gather: {prompt: Any}\n    then: next"), 30, ("static", "twiml-bin")),
    "flows that decide": (_flows(MENU % 1), 12, ("nginx", "hop", "twiml-bin")),
    "flows that jump": (_jumps, 30, ("static",)),
    "shared components": (_components, 40, ("static",)),
    "uses": (_used, 40, ("static",)),
    "rows": (_rows, 30, ("static", "twiml-bin")),
    "values": (_values, 60, ("static",)),
    "mistakes": (_wrong, 60, ("static",)),
}
CASES = [(name, host) for name, (_, _, hosts) in MANY.items() for host in hosts]


def _project(folder: Path, files: Files, host: str) -> Path:
    matrix = "matrix: t.csv\n" if "t.csv" in files else ""
    project = f"flows: flows\ntargets: {{t: {{{HOSTS[host]}}}}}\n{matrix}"
    flows = {path if path == "t.csv" else f"flows/{path}": text for path, text in files.items()}
    return write_files(folder, {"twimlc.yaml": project, **flows})


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "host"), CASES)
def test_work_is_in_proportion(name: str, host: str, tmp_path: Path, sweep: bool) -> None:
    make, size, _ = MANY[name]
    size //= 1 if sweep else 2

    def build(count: int) -> None:
        folder = _project(tmp_path / str(count), make(count), host)
        result = pipeline.build(pipeline.Options(cwd=folder))
        assert result.targets[0].built is (name != "mistakes"), result.findings

    assert overgrown(build, size) == {}


@pytest.mark.parametrize("grows", ["steps of a call", "calls", "flows"])
def test_call_scripts_are_in_proportion(grows: str, tmp_path: Path) -> None:
    from twimlc.calls.run import play_scripts

    flow = "states:\n  a:\n    - menu: {prompt: Go, attempts: 1, choices: {1: a}}\n      fallback: [hangup]\n"

    def play(count: int) -> None:
        keys, calls, flows = (
            count if grows == name else 2 for name in ("steps of a call", "calls", "flows")
        )
        call = f"caller: [{', '.join(['1'] * keys)}], expect: {{last: hangup}}"
        script = "calls:\n" + "".join(f"  - {{name: call {n}, {call}}}\n" for n in range(calls))
        files = {f"f{n}.yaml": flow for n in range(flows)}
        files |= {f"f{n}.test.yaml": f"flow: f{n}\n{script}" for n in range(flows)}
        folder = _project(tmp_path / str(count), files, "nginx")
        assert play_scripts(pipeline.Options(cwd=folder)).ok

    assert overgrown(play, 30) == {}


def test_bins_walk_the_ways_of_all_flows_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[Way] = []
    nodes = Way.nodes

    def noted(way: Way) -> object:
        walked.append(way)
        return nodes(way)

    monkeypatch.setattr(Way, "nodes", noted)
    make = _flows("gather: {prompt: Any}\n    then: next")

    def looked_at(count: int) -> int:
        walked.clear()
        folder = _project(tmp_path / str(count), make(count), "twiml-bin")
        assert pipeline.check(pipeline.Options(cwd=folder)).ok
        return len(walked)

    assert looked_at(40) <= 4 * looked_at(10)
