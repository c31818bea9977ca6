"""Findings and other records as data come back as they were; odd data is refused."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bad_cases import Case, cases
from folders import write_files
from twimlc import pipeline
from twimlc.findings.diagnostic import Diagnostic
from twimlc.pipeline import Options
from twimlc.store.records import Codec
from twimlc.text import SourceFile, Span

CASES = cases()
FINDINGS = list[Diagnostic]


def check(case: Case, folder: Path) -> list[Diagnostic]:
    write_files(folder, case.files)
    paths = () if "twimlc.yaml" in case.files else (folder / case.name,)
    targets = (case.target,) if case.target else ()
    return list(pipeline.check(Options(paths=paths, targets=targets, cwd=folder)).findings)


def spans(found: Diagnostic) -> Iterator[Span]:
    edits = found.fix.edits if found.fix is not None else ()
    for span in (found.span, *(label.span for label in found.labels), *(e.span for e in edits)):
        yield from (span, *span.chain)


def files_of(findings: list[Diagnostic], folder: Path) -> dict[str, SourceFile]:
    """The files that lie in the folder."""
    files = {span.file.path: span.file for found in findings for span in spans(found)}
    return {path: file for path, file in files.items() if (folder / path).is_file()}


@pytest.mark.sweep(4)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_they_come_back(case: Case, tmp_path: Path) -> None:
    findings = check(case, tmp_path)
    files = files_of(findings, tmp_path)
    codec = Codec({})
    codec.files = files
    data = json.loads(json.dumps(codec.to_data(findings)))
    back = codec.from_data(FINDINGS, data)
    assert findings
    assert back == findings
    assert [found.fix for found in back] == [found.fix for found in findings]
    told = [found.span.text for found in findings]
    assert [found.span.text for found in back] == told
    # The texts of files are not in the data, those of arguments and missing files are.
    text = json.dumps(data)
    assert not any(json.dumps(file.text) in text for file in files.values() if file.text)


ODD: list[Any] = [None, True, -1, 10**30, 1.5, "", "a", "\ud800", [], [[]], {}, {"a": []}]


def mutated(data: Any, chance: random.Random) -> Any:
    """The data with one thing in it replaced, left out or doubled."""
    if not isinstance(data, list) or not data or chance.random() < 0.1:
        return chance.choice(ODD)
    at = chance.randrange(len(data))
    match chance.randrange(5):
        case 0:
            return data[:at] + data[at + 1 :]
        case 1:
            return data[: at + 1] + data[at:]
        case _:
            return [*data[:at], mutated(data[at], chance), *data[at + 1 :]]


def test_odd_data_is_refused_or_is_findings(tmp_path: Path, sweep: bool) -> None:
    chance = random.Random(7)
    refused = 0
    for number, case in enumerate(CASES[:: 1 if sweep else 20]):
        findings = check(case, tmp_path / str(number))
        codec = Codec({})
        codec.files = files_of(findings, tmp_path / str(number))
        data = codec.to_data(findings)
        for _ in range(100):
            try:
                again = codec.from_data(FINDINGS, mutated(data, chance))
            except ValueError:
                refused += 1
            else:
                json.dumps(codec.to_data(again))
    assert refused > 100
