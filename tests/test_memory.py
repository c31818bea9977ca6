"""What a run holds: sounds stay where they are, rows go one after another, and long work is told."""

import io
import tracemalloc
from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.cli import streams as progress_line
from twimlc.pipeline import Options

SOUND = 12 * 1024 * 1024
FLOW = """\
flow: shop
params: {name: x, phone: "+14155550100"}
states:
  main:
    - menu: {prompt: "Welcome to ${name}. For the desk press 1.", choices: {"1": desk}}
      fallback: desk
  desk:
    - dial: {number: "${phone}", timeout: 20}
      fallback: sorry
  sorry:
    - say: Nobody is at ${name}.
    - hangup
"""


def peak(work: object) -> int:
    """The most bytes that were held at once."""
    assert callable(work)
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def wav(number: int) -> bytes:
    head = b"RIFF" + (SOUND - 8).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\1\0\1\0"
    head += (8000).to_bytes(4, "little") * 2 + b"\1\0\x08\0data"
    return head + (SOUND - 44).to_bytes(4, "little") + bytes([number]) * (SOUND - 44)


def test_sounds_are_copied_and_never_held(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"s{number}.wav").write_bytes(wav(number))
    steps = "".join(f"  - play: s{number}.wav\n" for number in range(4))
    (tmp_path / "f.yaml").write_text(f"flow: f\nsteps:\n{steps}  - hangup\n")
    options = Options(cwd=tmp_path, targets=("static",))
    assert pipeline.build(options).ok  # what is imported is held once
    assert peak(lambda: pipeline.check(options)) < SOUND // 3
    assert peak(lambda: pipeline.build(options)) < SOUND // 3
    copied = list((tmp_path / "build/static/public/media").iterdir())
    assert sorted(file.read_bytes() for file in copied) == [wav(number) for number in range(4)]


def test_a_sound_that_changes_while_it_is_copied_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from twimlc.output import stage

    sound = tmp_path / "s.wav"
    sound.write_bytes(wav(1))
    (tmp_path / "f.yaml").write_text("flow: f\nsteps:\n  - play: s.wav\n  - hangup\n")
    put = stage.put

    def changed(*given: object) -> None:
        sound.write_bytes(wav(2))
        put(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "put", changed)
    result = pipeline.build(Options(cwd=tmp_path, targets=("static",)))
    assert [finding.rule.slug for finding in result.findings] == ["cannot-write"]
    assert not list((tmp_path / "build").rglob("*.wav"))


def rows(folder: Path, count: int) -> Options:
    folder.mkdir()
    (folder / "twimlc.yaml").write_text(
        "flows: .\nmatrix: stores.csv\ntargets: {site: {host: nginx}}\n"
    )
    (folder / "shop.yaml").write_text(FLOW)
    table = "".join(f"s{n},Store {n},+1415555{n:04d}\n" for n in range(count))
    (folder / "stores.csv").write_text(f"store,name,phone\n{table}")
    return Options(cwd=folder)


def test_rows_go_one_after_another(tmp_path: Path) -> None:
    few, many = rows(tmp_path / "few", 50), rows(tmp_path / "many", 250)
    assert pipeline.check(few).ok
    grown = peak(lambda: pipeline.check(many)) - peak(lambda: pipeline.check(few))
    assert grown / 200 < 6_000  # the row of the table; a row's graph and documents are 24 kB


def test_every_row_is_told(tmp_path: Path) -> None:
    told: list[tuple[object, ...]] = []
    options = rows(tmp_path / "few", 3)
    for work in (pipeline.check, pipeline.build):
        told.clear()
        assert work(Options(cwd=options.cwd, progress=lambda *given: told.append(given))).ok
        ways = [("checking", 0, 4, "rows"), ("checking", 4, 4, "rows")]  # three, and none
        assert [each for each in told if each[3] == "rows"] == ways


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)])
def test_what_takes_long_is_told_on_a_terminal_alone(
    stream: io.StringIO, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(progress_line.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(progress_line.sys, "stderr", stream)
    progress = progress_line.Progress()
    for done in range(1, 41):
        now[0] += 0.1
        progress("site", done, 40)
    text = stream.getvalue()
    assert ("site: 22 of 40 rows" in text) is shown
    assert "site: 19 of 40 rows" not in text  # nobody waits yet
    assert text.endswith("\r") is shown


def test_every_flow_and_target_is_told(tmp_path: Path) -> None:
    told: list[tuple[object, ...]] = []
    (tmp_path / "flows").mkdir()
    for name in ("hello", "other"):
        (tmp_path / "flows" / f"{name}.yaml").write_text("steps: [{say: Hello.}]\n")
    options = Options(
        cwd=tmp_path, targets=("static", "nginx"), progress=lambda *given: told.append(given)
    )
    assert pipeline.build(options).ok
    ways = (("checking", "flows"), ("writing", "targets"))
    assert told == [(work, done, 2, noun) for work, noun in ways for done in range(3)]


def test_one_that_takes_long_is_told_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[float, object]] = []

    class Timer:
        def __init__(self, seconds: float, work: object) -> None:
            started.append((seconds, work))

        def start(self) -> None:
            pass

        cancel = start

    stream = Terminal()
    monkeypatch.setattr(progress_line.time, "monotonic", lambda: 0.0)
    monkeypatch.setattr(progress_line.sys, "stderr", stream)
    monkeypatch.setattr(progress_line, "Timer", Timer)
    progress = progress_line.Progress()
    progress("checking", 0, 2, "targets")
    progress("checking", 1, 2, "targets")
    ((seconds, late),) = started
    assert (seconds, stream.getvalue()) == (2.0, "")
    late()  # type: ignore[operator]
    assert stream.getvalue() == "\rchecking: 1 of 2 targets"
    progress("checking", 2, 2, "targets")
    late()  # type: ignore[operator]
    assert stream.getvalue().endswith("targets\r" + " " * len("checking: 1 of 2 targets") + "\r")
