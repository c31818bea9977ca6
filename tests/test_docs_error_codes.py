"""Twilio's error dictionary: every code in the table is caught as it says, or has its reason."""

from pathlib import Path

import pytest

from error_codes import CODES, PARTLY, WHOLE, Code
from twimlc import pipeline
from twimlc.findings.catalogue import RULES
from twimlc.findings.diagnostic import Severity

# A character that XML does not know, whatever it would be for.
NO_XML = {53102: 12100}
CAUGHT = [code for code in CODES if code.rule]


@pytest.mark.parametrize("code", CAUGHT, ids=lambda code: str(code.code))
def test_caught(code: Code, tmp_path: Path) -> None:
    if code.project:
        (tmp_path / "twimlc.yaml").write_text(code.project)
    for path, size in code.files:
        (tmp_path / path).write_bytes(bytes(size))
    options = pipeline.Options(
        stdin=("example.yaml", code.wrong.encode()),
        targets=(code.target,),
        cwd=tmp_path,
        write=False,
    )
    found = [f for f in pipeline.check(options).findings if f.severity is not Severity.NOTE]
    assert [finding.rule.slug for finding in found] == [code.rule]
    assert NO_XML.get(code.code, code.code) in found[0].twilio


def test_each_code_stands_once_with_a_rule_or_a_reason() -> None:
    numbers = [code.code for code in CODES]
    assert len(numbers) == len(set(numbers))
    for code in CODES:
        assert bool(code.rule) != bool(code.reason), code.code
        assert code.title
    assert {code.rule for code in CAUGHT} <= RULES.keys()


def test_nothing_was_lost_from_the_table() -> None:
    assert (len(WHOLE), len(PARTLY)) == (141, 89)
    assert sum(bool(code.rule) for code in WHOLE) >= 137
    assert sum(bool(code.rule) for code in PARTLY) >= 72


def test_codes_of_rules_are_in_the_table_where_a_document_shows_them() -> None:
    known = {code.code for code in CODES}
    shown = {code for rule in RULES.values() for code in rule.twilio}
    # 53205 is an event of Video rooms, not an error of the document.
    assert shown - known <= {53205}
