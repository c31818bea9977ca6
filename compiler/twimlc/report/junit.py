"""Findings for systems that only show tests: findings in, JUnit XML out.

Each finding is a test case; those bad enough to fail the run are failures. Without findings one
case passes, because an empty suite is an error to some systems.
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.report.escape import visible
from twimlc.report.human import human


def junit(findings: Sequence[Diagnostic], *, fail_on: Severity | None = Severity.ERROR) -> str:
    """The findings as one test suite."""
    cases = [_finding(finding, fail_on) for finding in findings] or [
        Element("testcase", classname="twimlc", name="no findings", time="0")
    ]
    return junit_report("twimlc", {"twimlc": cases})


def junit_report(name: str, suites: Mapping[str, Sequence[Element]]) -> str:
    """Test cases by suite as XML; each case holds its failures and errors."""
    cases = [case for suite in suites.values() for case in suite]
    root = Element("testsuites", {"name": name, **_counts(cases)})
    for each, inside in suites.items():
        found = {"name": for_xml(each), **_counts(inside), "skipped": "0"}
        SubElement(root, "testsuite", found).extend(inside)
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _counts(cases: Sequence[Element]) -> dict[str, str]:
    failures, errors = (
        sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error")
    )
    counts = {"tests": len(cases), "failures": failures, "errors": errors, "time": 0}
    return {key: str(number) for key, number in counts.items()}


def junit_case(name: str, path: str, line: int) -> Element:
    """A test case about a line of a file."""
    return Element(
        "testcase",
        classname=for_xml(path),
        name=for_xml(name),
        file=for_xml(path),
        line=str(line),
        time="0",
    )


def _finding(finding: Diagnostic, fail_on: Severity | None) -> Element:
    begin = finding.span.begin
    name = f"{finding.rule.title} at {begin.line}:{begin.column}"
    case = junit_case(name, finding.span.file.path, begin.line)
    report = "\n".join(for_xml(line) for line in human([finding]).splitlines())
    if fail_on is not None and finding.severity.rank <= fail_on.rank:
        kind = str(finding.severity)
        SubElement(case, "failure", type=kind, message=for_xml(finding.message)).text = report
    else:
        SubElement(case, "system-out").text = report
    return case


def for_xml(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
