"""What is really in the sound files beside a flow."""

from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.findings.diagnostic import Diagnostic

HERE = "flow: f\nsteps:\n  - play: %s\n  - hangup\n"


def found(folder: Path, name: str, data: bytes, flow: str = HERE) -> list[Diagnostic]:
    (folder / name).write_bytes(data)
    (folder / "f.yaml").write_text(flow % name, encoding="utf-8")
    (folder / "twimlc.yaml").write_text(
        "flows: .\ntargets: {plain: {host: static, url: https://voice.example.com}}\n"
    )
    return list(pipeline.check(pipeline.Options(cwd=folder)).findings)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><title>Not found</title>",
        b"\xef\xbb\xbf\n<html lang=en>",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    ],
)
def test_no_sound(tmp_path: Path, data: bytes) -> None:
    (finding,) = found(tmp_path, "a.mp3", data)
    assert finding.rule.slug == "no-sound-inside"
    assert finding.is_error


@pytest.mark.parametrize(
    ("name", "data", "right"),
    [
        ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", True),
        ("a.mp3", b"RIFF\0\0\0\0WAVEfmt ", False),
        ("a.wav", b"OggS\0\2", False),
        ("a.mp3", b"fLaC", False),
        ("a.mp3", b"\0\0\0\x20ftypM4A ", False),
        ("a.mp3", b"\xff\xfb\x90\0", True),
        ("a.mp3", b"ID3\3", True),
        ("a.wav", b"\xff\xfb\x90\0", False),
        ("a.aif", b"FORM\0\0\0\0AIFF", True),
        ("a.aifc", b"FORM\0\0\0\0AIFC", True),
        ("a.ulaw", b"\xff\xfb\xff\xfb", True),  # samples may look like anything
        ("a.ulaw", b"RIFF\0\0\0\0WAVEfmt ", False),
        ("a.mp3", b"a placeholder", True),
        ("a.wav", b"RIFF\n", True),
    ],
)
def test_another_kind_than_the_name_says(
    tmp_path: Path, name: str, data: bytes, right: bool
) -> None:
    findings = found(tmp_path, name, data)
    assert [f.rule.slug for f in findings] == ([] if right else ["not-audio"])


def test_messages_take_other_files(tmp_path: Path) -> None:
    flow = "flow: f\nkind: messaging\nsteps:\n  - message: {body: Hello., media: %s}\n"
    assert [f.rule.slug for f in found(tmp_path, "a.html", b"<html>", flow)] == []
