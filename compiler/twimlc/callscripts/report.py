"""What came of the scripts, for people and for machines: results come in, text goes out."""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from twimlc.callscripts.coverage import Coverage
from twimlc.callscripts.judge import Failure, Row
from twimlc.callscripts.run import CallResult, Verdict
from twimlc.callscripts.ways import Step, Way
from twimlc.report.visible import visible, width

FORMATS = ("human", "json", "junit")

_WIDEST = 48


def human(tested: Verdict, *, verbose: bool = False, coverage: bool = False) -> str:
    """The calls that failed (``verbose``: all), and what is not covered."""
    lines = [f"note: {visible(note)}" for note in tested.notes]
    for result in tested.results:
        if result.ok and verbose:
            lines.append(f"ok    {_place(result)}: {visible(result.call.name)}")
        if not result.ok:
            lines += _failed(result)
    if coverage:
        lines += _coverage(tested)
    lines.append(_summary(tested))
    return "\n".join(lines) + "\n"


def _summary(tested: Verdict) -> str:
    failed = sum(not result.ok for result in tested.results)
    total = len(tested.results)
    stages = len({name for result in tested.results for name in result.stages})
    words = [f"{_counted(total, 'call')} played on {_counted(stages, 'target')}"]
    words.append(f"{failed} failed" if failed else "all as expected" if total else "nothing tested")
    if tested.broken:
        were = "was" if tested.broken == 1 else "were"
        words.append(f"{_counted(tested.broken, 'script')} {were} not played, see the errors above")
    if tested.not_played:
        words.append(f"{_counted(tested.not_played, 'call')} could not be played")
    return ", ".join(words)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _place(result: CallResult) -> str:
    return f"{visible(result.script.file.path)}:{result.call.span.begin.line}"


def _failed(result: CallResult) -> Iterator[str]:
    yield f"FAIL  {_place(result)}: {visible(result.call.name)}"
    for names, failure in result.failures:
        on = "" if names == result.stages else f" (on {', '.join(names)})"
        begin = failure.span.begin
        where = f"{visible(failure.span.file.path)}:{begin.line}"
        yield f"      {where}: {visible(failure.message)}{visible(on)}"
        for line in side_by_side(failure):
            yield f"      {line}"


def side_by_side(failure: Failure) -> list[str]:
    """What was expected and what was heard, line by line, with where each of them stands."""
    if not failure.rows:
        return []
    both = any(row.wanted is not None for row in failure.rows)
    cells = [_cells(row) for row in failure.rows]
    head = ("  ", "expected" if both else "", "heard", "")
    lefts = min(_WIDEST, max(width(left) for _, left, _, _ in [head, *cells]))
    rights = min(_WIDEST, max(width(right) for _, _, right, _ in [head, *cells]))
    lines = []
    for mark, left, right, where in [head, *cells]:
        if mark == "! " and (width(left) > lefts or width(right) > rights):
            lines += [f"- {left}"] if left else []
            lines += [f"+ {right}  {where}".rstrip()] if right else []
            continue
        wanted = f"{_padded(left, lefts)} | " if both else ""
        lines.append(f"{mark}{wanted}{_padded(right, rights)}  {where}".rstrip())
    return lines


def _cells(row: Row) -> tuple[str, str, str, str]:
    left = ""
    if row.wanted is not None:
        left = f"{row.wanted.span.begin.line}: {visible(row.wanted.text)}"
    right = where = ""
    if row.heard is not None:
        right = visible(str(row.heard.shown))
        where = ", ".join(visible(text) for text in (row.heard.line, row.heard.document) if text)
    mark = "  " if row.same else "! "
    return mark, left, right, where


def _padded(text: str, wide: int) -> str:
    if width(text) > wide:
        while width(text) > wide - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (wide - width(text))


def _coverage(tested: Verdict) -> Iterator[str]:
    listed = sorted(tested.coverage, key=lambda one: one.name)
    if not listed:
        return
    longest = max(len("all together"), *(width(visible(one.name)) for one in listed))
    yield ""
    yield f"{'coverage':<{longest}}  {'states':>9} {'steps':>9} {'outcomes':>9} {'':>7}"
    for one in listed:
        counts = (
            (len(one.states), len(one.states_missing)),
            (len(one.steps), len(one.steps_missing)),
            (len(one.ways), len(one.ways_missing)),
        )
        shown = " ".join(f"{f'{total - missing}/{total}':>9}" for total, missing in counts)
        yield f"{_padded(visible(one.name), longest)}  {shown} {floored(one.percent):>7}"
    yield f"{'all together':<{longest}}  {'':>29} {floored(tested.percent):>7}"
    for one in listed:
        yield from _missing(one)
    yield ""


def floored(percent: float) -> str:
    """A share that says 100 only where nothing is missing."""
    return f"{int(percent * 10) / 10:.1f}%"


def _missing(coverage: Coverage) -> Iterator[str]:
    for step in coverage.steps_missing:
        yield f"  {_at(step)}: {step.title} is never reached (state {_state(step)})"
    unmet = set(coverage.steps_missing)
    for way in coverage.ways_missing:
        if way.step not in unmet:
            yield f"  {_at(way.step)}: {way.step.title} never ends with {told(way)}"


def told(way: Way) -> str:
    """A way in words, with where it leads."""
    end = "the end" if way.after is None else f"{way.after.title} in line {way.after.line}"
    return f"{way.label} (which leads to {end})"


def _at(step: Step) -> str:
    return visible(f"{step.path}:{step.line}")


def _state(step: Step) -> str:
    return visible(step.state.rpartition("/")[2])


def as_json(tested: Verdict) -> str:
    """Everything, for programs."""
    whole: dict[str, Any] = {
        "version": 1,
        "calls": [_call(result) for result in tested.results],
        "coverage": [_covered(one) for one in tested.coverage],
        "notes": tested.notes,
        "withoutScript": tested.without,
        "summary": {
            "calls": len(tested.results),
            "failed": sum(not result.ok for result in tested.results),
            "notPlayed": tested.not_played,
            "scriptsNotPlayed": tested.broken,
            "percent": round(tested.percent, 2) if tested.coverage else None,
        },
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _call(result: CallResult) -> dict[str, Any]:
    return {
        "name": result.call.name,
        "file": result.script.file.path,
        "line": result.call.span.begin.line,
        "flow": None if result.script.documents else result.script.flow,
        "targets": list(result.stages),
        "passed": result.ok,
        "seconds": result.seconds,
        "failures": [
            {
                "message": failure.message,
                "targets": list(names),
                "line": failure.span.begin.line,
                "rows": [_row(row) for row in failure.rows],
            }
            for names, failure in result.failures
        ],
    }


def _row(row: Row) -> dict[str, Any]:
    heard, wanted = row.heard, row.wanted
    return {
        "same": row.same,
        "expected": wanted.text if wanted else None,
        "line": wanted.span.begin.line if wanted else None,
        "heard": str(heard.shown) if heard else None,
        "source": (heard.line or None) if heard else None,
        "document": (heard.document or None) if heard else None,
    }


def _covered(one: Coverage) -> dict[str, Any]:
    return {
        "flow": one.name,
        "states": {"total": len(one.states), "missing": one.states_missing},
        "steps": {"total": len(one.steps), "missing": [_json_step(s) for s in one.steps_missing]},
        "outcomes": {
            "total": len(one.ways),
            "missing": [
                {
                    **_json_step(way.step),
                    "outcome": way.label,
                    "leadsTo": None if way.after is None else _json_step(way.after),
                }
                for way in one.ways_missing
            ],
        },
        "percent": round(one.percent, 2),
    }


def _json_step(step: Step) -> dict[str, Any]:
    return {"file": step.path, "line": step.line, "verb": step.title, "state": step.state}


def junit(tested: Verdict) -> str:
    """One test suite for each file, one test case for each call."""
    failed = sum(not result.ok for result in tested.results)
    faults = [finding for finding in tested.findings if finding.is_error]
    counts = {
        "tests": str(len(tested.results) + len(faults)),
        "failures": str(failed),
        "errors": str(len(faults)),
    }
    root = Element("testsuites", {"name": "twimlc test", **counts, "time": "0"})
    files: dict[str, list[CallResult]] = {}
    for result in tested.results:
        files.setdefault(result.script.file.path, []).append(result)
    for path, results in files.items():
        bad = sum(not result.ok for result in results)
        suite = SubElement(
            root,
            "testsuite",
            name=_xml(path),
            tests=str(len(results)),
            failures=str(bad),
            errors="0",
            skipped="0",
            time="0",
        )
        for result in results:
            _case(suite, result)
    if faults:
        numbers = {"tests": str(len(faults)), "failures": "0", "errors": str(len(faults))}
        suite = SubElement(root, "testsuite", {"name": "not played", **numbers, "time": "0"})
        for fault in faults:
            path, line = _xml(fault.span.file.path), fault.span.begin.line
            name = f"{fault.rule.code} {fault.rule.slug} at line {line}"
            case = SubElement(suite, "testcase", classname=path, name=name, file=path, time="0")
            SubElement(case, "error", type=fault.rule.slug, message=_xml(fault.message))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _case(suite: Element, result: CallResult) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=_xml(result.script.file.path),
        name=_xml(result.call.name),
        file=_xml(result.script.file.path),
        line=str(result.call.span.begin.line),
        time="0",
    )
    for names, failure in result.failures:
        text = "\n".join([f"on {', '.join(names)}", *side_by_side(failure)])
        element = SubElement(case, "failure", type="call", message=_xml(failure.message))
        element.text = "\n".join(_xml(line) for line in text.split("\n"))


def _xml(text: str) -> str:
    return visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
