"""Input that once held the compiler up or broke it: odd paths, and sizes that grew by the square."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from compiled import make
from growth import overgrown
from twimlc import pipeline
from twimlc.cli.command import run
from twimlc.yaml.names import nearest

LONG = "a" * 300


def check(folder: Path, text: str) -> pipeline.Result:
    options = pipeline.Options(
        stdin=("flow.yaml", text.encode()), targets=("static",), cwd=folder, write=False
    )
    return pipeline.build(options)


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("steps: [say: Hello.]\n")
    (tmp_path / "one.yaml").symlink_to("two.yaml")
    (tmp_path / "two.yaml").symlink_to("one.yaml")
    (tmp_path / "twimlc.yaml").write_text("flows: .\nbuild: round\n")
    (tmp_path / "round").symlink_to("round")
    found = pipeline.check(pipeline.Options(cwd=tmp_path)).findings
    assert {finding.rule.slug for finding in found} >= {"unreadable-file"}


@pytest.mark.parametrize("arguments", [["check", f"{LONG}.yaml"], ["check", "-c", LONG]])
def test_too_long_a_name_is_not_there(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2


def test_too_long_a_folder(tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text(f"flows: {LONG}\n")
    found = pipeline.check(pipeline.Options(cwd=tmp_path)).findings
    assert "bad-folder" in {finding.rule.slug for finding in found}


def test_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run(["check", "-"]) == 2


def test_endless_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert size >= 0, "the whole of it was asked for"
            return b"a" * size

    class Stream:
        buffer = Endless()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", Stream())
    assert run(["check", "-"]) == 1


def test_a_bare_noun(tmp_path: Path) -> None:
    assert check(tmp_path, "steps:\n  - start: recording\n  - say: Hello.\n").ok


@pytest.mark.parametrize(
    "text",
    [
        lambda size: "".join(f"key{n}: x\n" for n in range(size)),
        lambda size: "states:\n  main:\n" + "".join(f"    - goto: mian{n}\n" for n in range(size)),
        lambda size: (
            "states:\n"
            + "".join(f"  s{n}:\n    - say: Hi.\n    - goto: s{n + 1}\n" for n in range(size))
            + f"  s{size}: [hangup]\n"
        ),
    ],
    ids=["keys", "typos", "chain"],
)
def test_work_grows_with_size(text: Callable[[int], str], tmp_path: Path) -> None:
    assert overgrown(lambda size: check(tmp_path, text(size)), 100) == {}


def ring(size: int, folder: Path) -> pipeline.Options:
    """A project of flows of which each leads to the next, and the last to the first."""
    for number in range(size):
        prompt = f"{{numDigits: 1, prompt: '{number}'}}"
        text = f"steps:\n  - gather: {prompt}\n    then: f{(number + 1) % size}/\n"
        (folder / f"f{number}.yaml").write_text(text)
    return pipeline.Options(cwd=folder, targets=("static",))


def test_flows_in_a_ring_have_no_longest_way(tmp_path: Path) -> None:
    result = pipeline.build(ring(10, tmp_path))
    assert result.ok
    assert result.targets[0].fetches == 0


def test_many_flows_in_a_ring(tmp_path: Path) -> None:
    def checked(size: int) -> None:
        folder = tmp_path / str(size)
        folder.mkdir()
        assert pipeline.check(ring(size, folder)).ok

    assert overgrown(checked, 40) == {}


def test_nearest_among_many() -> None:
    names = [f"branch-{number}" for number in range(5_000)] + ["voicemail"]
    assert nearest("voicemial", names) == "voicemail"
    assert nearest("oicemail", names) == "voicemail"
    assert nearest("Voice_Mail", names) == "voicemail"
    assert nearest("xyz", names) is None


def test_a_sound_that_is_not_there_in_a_bin(tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text(
        "flows: .\ntargets: {bins: {host: twiml-bin, media: https://media.example.com}}\n"
    )
    (tmp_path / "line.yaml").write_text("steps: [play: chime.wav]\n")
    found = pipeline.check(pipeline.Options(cwd=tmp_path)).findings
    assert [finding.rule.slug for finding in found if finding.is_error] == ["missing-media"]


@pytest.mark.parametrize("address", ["//[", "http://[::1", "https://[v", "["])
@pytest.mark.parametrize(
    "step",
    [
        "play: ADDRESS",
        "redirect: ADDRESS",
        "gather: {action: ADDRESS, numDigits: 1}",
        "dial: {number: {phoneNumber: '+14155550100', url: ADDRESS, statusCallback: ADDRESS}}",
        "enqueue: {name: q, waitUrl: ADDRESS, action: ADDRESS}",
    ],
)
def test_half_an_address_of_ipv6_is_no_fault_of_ours(step: str, address: str) -> None:
    made = make(f"- {step.replace('ADDRESS', repr(address))}\n- hangup\n", target="nginx")
    assert made.result.faults == ()
    assert made.result.targets[0].built or made.slugs
