"""Findings for systems that only show tests: findings in, JUnit XML out.

Each finding is a test case; those bad enough to fail the run are failures. Without findings one
case passes, because an empty suite is an error to some systems.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.report.human import human
from twimlc.report.visible import visible


def junit(findings: Sequence[Diagnostic], *, fail_on: Severity | None = Severity.ERROR) -> str:
    """The findings as one test suite."""
    cases = [_case(finding, fail_on) for finding in findings] or [
        Element("testcase", classname="twimlc", name="no findings", time="0")
    ]
    failures = sum(case.find("failure") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "time": "0"}
    root = Element("testsuites", {"name": "twimlc", **counts})
    suite = SubElement(root, "testsuite", {"name": "twimlc", **counts, "skipped": "0"})
    suite.extend(cases)
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _case(finding: Diagnostic, fail_on: Severity | None) -> Element:
    rule, span = finding.rule, finding.span
    begin = span.begin
    case = Element(
        "testcase",
        classname=_xml(span.file.path),
        name=f"{rule.code} {rule.slug} at {begin.line}:{begin.column}",
        file=_xml(span.file.path),
        line=str(begin.line),
        time="0",
    )
    report = "\n".join(_xml(line) for line in human([finding]).splitlines())
    if fail_on is not None and finding.severity.rank <= fail_on.rank:
        kind = str(finding.severity)
        SubElement(case, "failure", type=kind, message=_xml(finding.message)).text = report
    else:
        SubElement(case, "system-out").text = report
    return case


def _xml(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
