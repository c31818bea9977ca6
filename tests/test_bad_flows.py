"""Flows as people write them, each with one mistake: the finding it gets, and none when mended."""

from pathlib import Path

import pytest

from bad_cases import Case, Mark, cases
from folders import write_files
from twimlc import pipeline
from twimlc.cli.command import run
from twimlc.findings.catalogue import RULES
from twimlc.findings.diagnostic import Severity

CASES = cases()


def found(case: Case, files: dict[str, bytes], folder: Path) -> list[Mark]:
    """The rules that a case breaks, each with its file and line.

    Notes are left out: they tell what is worth knowing about sound flows too.
    """
    write_files(folder, files)
    options = pipeline.Options(
        paths=(folder / case.name,) if len(files) == 1 else (),
        targets=(case.target,) if case.target else (),
        cwd=folder,
        write=False,
    )
    return sorted(
        (
            finding.span.file.path,
            finding.span.begin.line,
            f"{finding.rule.code} {finding.rule.slug}",
        )
        for finding in pipeline.check(options).findings
        if finding.severity is not Severity.NOTE
    )


def has_error(case: Case) -> bool:
    """Whether one of the rules that the case breaks is an error."""
    return any(RULES[mark.split(" ")[1]].severity is Severity.ERROR for *_, mark in case.expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_mistake_is_found(case: Case, tmp_path: Path) -> None:
    assert case.expected
    assert found(case, case.files, tmp_path) == case.expected


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.mended is not None], ids=lambda case: case.name
)
def test_the_mended_flow_is_clean(case: Case, tmp_path: Path) -> None:
    assert case.mended is not None
    assert found(case, case.mended, tmp_path) == []


@pytest.mark.parametrize("case", CASES[::8], ids=lambda case: case.name)
def test_the_command_fails_where_there_is_an_error(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, case.files)
    monkeypatch.chdir(tmp_path)
    arguments = [case.name] if len(case.files) == 1 else []
    arguments += ["-t", case.target] if case.target else []
    assert run(["check", *arguments]) == int(has_error(case))


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 100
    assert len({mark for case in CASES for *_, mark in case.expected}) >= 75
    assert sum(case.mended is None for case in CASES) <= 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pizza-two-keys-in-a-list.yaml", "a line of its own"),
        ("padel-german-voicemail.yaml", "a say and a goodbye"),
        ("monastery-sip-user.yaml", "write sip: {sipUrl: …, username: …}"),
        ("dairy-room-in-dial.yaml", "'room' belongs inside connect"),
        ("nursery-component-as-path.yaml", "'use: closing' means _components/closing.yaml"),
        ("planetarium-plain-markup.yaml", "markup goes under ssml"),
        ("callback-bin-braces.yaml", "${call.From}"),
        ("midwife-then-means-afterwards.yaml", "let then lead elsewhere"),
    ],
)
def test_the_words_help(name: str, words: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == name)
    write_files(tmp_path, case.files)
    targets = (case.target,) if case.target else ()
    options = pipeline.Options(paths=(tmp_path / name,), targets=targets, cwd=tmp_path, write=False)
    hints = [finding.hint or "" for finding in pipeline.check(options).findings]
    assert any(words in hint for hint in hints), hints
