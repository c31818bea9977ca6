"""What came of the scripts, for people and for machines: results come in, text goes out."""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from twimlc.calls.coverage import Coverage, Step
from twimlc.calls.expected import Failure, Row
from twimlc.calls.run import CallResult, Verdict
from twimlc.report.escape import visible, width
from twimlc.report.junit import for_xml, junit_case, junit_report
from twimlc.text import Span, count, folded

_COLUMNS = 80
_INDENT = 6
_FEW = 3


def human(tested: Verdict, *, verbose: bool = False, coverage: bool = False) -> str:
    """What is not covered, the calls that failed (``verbose``: all), and the sum of it last."""
    lines = [*_coverage(tested)] if coverage else []
    lines += [f"note: {visible(note)}" for note in tested.notes]
    failed: dict[tuple[object, ...], list[CallResult]] = {}
    for result in tested.results:
        if result.ok and verbose:
            lines.append(f"ok    {_place(result.call.span)}: {visible(result.title)}")
        if not result.ok:
            messages = ((names, failure.message) for names, failure in result.failures)
            failed.setdefault((result.script, result.call.span, *messages), []).append(result)
    for results in failed.values():
        lines += _failed(results)
    lines += folded(", ".join(_sum(tested, coverage)))
    return "\n".join(lines) + "\n"


def _sum(tested: Verdict, coverage: bool) -> Iterator[str]:
    total = len(tested.results)
    targets = {name for result in tested.results for name in result.targets}
    rows = {result.row for result in tested.results if result.row}
    within = f" in {count(len(rows), 'row')}" if rows else ""
    yield f"{count(total, 'call')} played on {count(len(targets), 'target')}{within}"
    if tested.failed:
        yield f"{tested.failed} failed"
    elif not total:
        yield "nothing tested"
    elif any(finding.is_error for finding in tested.findings) and not tested.broken:
        yield "none failed, see the errors above"
    else:
        yield "all as expected"
    if tested.broken:
        were = "was" if tested.broken == 1 else "were"
        yield f"{count(tested.broken, 'script')} {were} not played (see above)"
    if tested.not_played:
        yield f"{count(tested.not_played, 'call')} could not be played"
    if coverage and tested.coverage:
        yield f"{floored(tested.percent)} covered"


def _place(span: Span) -> str:
    return f"{visible(span.file.path)}:{span.begin.line}"


def _failed(results: list[CallResult]) -> Iterator[str]:
    """A call that failed, in one row or in several alike."""
    result = results[0]
    first = f" (in {len(results)} rows, first: {result.row})"
    title = result.call.name + first if results[1:] else result.title
    yield f"FAIL  {_place(result.call.span)}: {visible(title)}"
    for names, failure in result.failures:
        on = "" if names == result.targets else f" (on {', '.join(names)})"
        text = f"{_place(failure.span)}: {visible(failure.message)}{visible(on)}"
        yield from _wrapped(text, " " * _INDENT)
        yield from (f"{'':{_INDENT}}{line}" for line in side_by_side(failure))


def side_by_side(failure: Failure) -> list[str]:
    """What was expected and what was heard, line by line, with the place of each.

    Where that is too wide for a terminal, one below the other.
    """
    if not failure.rows:
        return []
    both = any(row.wanted is not None for row in failure.rows)
    cells = [_cells(row) for row in failure.rows]
    head = ("  ", "expected" if both else "", "heard", "")
    lefts = max(width(left) for _, left, _, _ in [head, *cells])
    rights = max(width(right) for _, _, right, _ in [head, *cells])
    lines = []
    for mark, left, right, where in [head, *cells]:
        wanted = f"{_padded(left, lefts)} | " if both else ""
        lines.append(f"{mark}{wanted}{_padded(right, rights)}  {where}".rstrip())
    if max(map(width, lines)) <= _COLUMNS - _INDENT:
        return lines
    lines = ["expected (-), heard (+)" if both else "heard"]
    for mark, left, right, where in cells:
        if mark == "  ":
            lines += _wrapped(right, "  ")
            continue
        lines += _wrapped(left, "- ") if left else []
        lines += [*_wrapped(right, "+ "), f"      {where}"] if right else []
    return lines


def _wrapped(text: str, head: str) -> list[str]:
    """Lines of a terminal's width, the first after ``head``, the others further in."""
    wide = _COLUMNS - _INDENT if len(head) < _INDENT else _COLUMNS
    return folded(text, head, " " * (len(head) + 4), wide)


def _cells(row: Row) -> tuple[str, str, str, str]:
    wanted, heard, same = row
    left = f"{wanted.span.begin.line}: {visible(wanted.text)}" if wanted else ""
    right = visible(str(heard.shown)) if heard else ""
    places = (heard.line, heard.document) if heard else ()
    return "  " if same else "! ", left, right, ", ".join(visible(text) for text in places if text)


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def _coverage(tested: Verdict) -> Iterator[str]:
    listed = sorted(tested.coverage, key=lambda coverage: coverage.name)
    if not listed:
        return
    longest = max(len("all together"), *(width(visible(each.name)) for each in listed))
    yield ""
    yield f"{'coverage':<{longest}}  {'states':>9} {'steps':>9} {'outcomes':>9} {'':>7}"
    for each in listed:
        shown = " ".join(f"{f'{total - missing}/{total}':>9}" for total, missing in each.counts)
        yield f"{_padded(visible(each.name), longest)}  {shown} {floored(each.percent):>7}"
    yield f"{'all together':<{longest}}  {'':>29} {floored(tested.percent):>7}"
    yield ""
    missing = [line for each in listed for line in _missing(each, bool(tested.results))]
    yield from [*missing, ""] if missing else ()


def floored(percent: float) -> str:
    """A share that says 100 only where nothing is missing."""
    return f"{int(percent * 10) / 10:.1f}%"


def _missing(coverage: Coverage, others: bool) -> Iterator[str]:
    """What no call covers; what is the same in several rows, or turns of ``each``, once.

    ``others`` says whether there are calls at all: if not, a finding says how to have some.
    """
    steps, ways = coverage.steps_missing, coverage.ways_missing
    if not steps and not ways:
        return
    name = visible(coverage.name)
    yield f"{name}: {coverage.missing} of {coverage.total} not covered"
    if len(steps) == len(coverage.steps):
        yield "  no call comes here" + f"; twimlc test --generate {name} writes some" * others
        return
    rows: dict[str, list[str]] = {}
    states, shown, unmet = set(coverage.states_missing), set[str](), set(steps)
    for step in steps:
        words = f"{step.title} is never reached (state {_state(step)})"
        if step.place in states:
            if step.place in shown:
                continue
            shown.add(step.place)
            words = f"state {_state(step)} is never reached"
        rows.setdefault(f"{_at(step)}: {words}", []).append(step.row)
    for step, label, after in ways:
        if step not in unmet:
            end = "the end" if after is None else f"line {after.line}"
            words = f"{step.title} never ends with {label} (to {end})"
            rows.setdefault(f"{_at(step)}: {words}", []).append(step.row)
    for line, found in rows.items():
        yield from _wrapped(f"{line}{_rows(found)}", "  ")


def _rows(rows: list[str]) -> str:
    different = [row for row in dict.fromkeys(rows) if row]
    if not different:
        return f", {len(rows)} times" if rows[1:] else ""
    shown = ", ".join(different[:_FEW])
    return f", in {count(len(different), 'row')}: {shown}{' …' if different[_FEW:] else ''}"


def _at(step: Step) -> str:
    return visible(f"{step.path}:{step.line}")


def _state(step: Step) -> str:
    used = f", used in line {step.via[-1][1]}" if step.via else ""
    return visible(step.state.rpartition("/")[2]) + used


def as_json(tested: Verdict) -> str:
    """Everything, for programs."""
    whole: dict[str, Any] = {
        "version": 1,
        "calls": [_call(result) for result in tested.results],
        "coverage": [_covered(each) for each in tested.coverage],
        "notes": tested.notes,
        "withoutScript": tested.without,
        "summary": {
            "calls": len(tested.results),
            "failed": tested.failed,
            "notPlayed": tested.not_played,
            "scriptsNotPlayed": tested.broken,
            "percent": round(tested.percent, 2) if tested.coverage else None,
        },
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _call(result: CallResult) -> dict[str, Any]:
    return {
        "name": result.call.name,
        "row": result.row or None,
        "file": result.script.file.path,
        "line": result.call.span.begin.line,
        "flow": None if result.script.documents else result.script.flow,
        "targets": list(result.targets),
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
    wanted, heard, same = row
    return {
        "same": same,
        "expected": wanted.text if wanted else None,
        "line": wanted.span.begin.line if wanted else None,
        "heard": str(heard.shown) if heard else None,
        "source": (heard.line or None) if heard else None,
        "document": (heard.document or None) if heard else None,
    }


def _covered(coverage: Coverage) -> dict[str, Any]:
    return {
        "flow": coverage.name,
        "states": {"total": len(coverage.states), "missing": coverage.states_missing},
        "steps": {
            "total": len(coverage.steps),
            "missing": [_json_step(s) for s in coverage.steps_missing],
        },
        "outcomes": {
            "total": len(coverage.ways),
            "missing": [
                {
                    **_json_step(way.step),
                    "outcome": way.label,
                    "leadsTo": None if way.after is None else _json_step(way.after),
                }
                for way in coverage.ways_missing
            ],
        },
        "percent": round(coverage.percent, 2),
    }


def _json_step(step: Step) -> dict[str, Any]:
    return {"file": step.path, "line": step.line, "verb": step.title, "state": step.place}


def junit(tested: Verdict) -> str:
    """One test suite for each file, one test case for each call; and what was not played."""
    suites: dict[str, list[Element]] = {}
    for result in tested.results:
        path = result.script.file.path
        case = junit_case(result.title, path, result.call.span.begin.line)
        suites.setdefault(path, []).append(case)
        for names, failure in result.failures:
            text = [f"on {', '.join(names)}", *side_by_side(failure)]
            element = SubElement(case, "failure", type="call", message=for_xml(failure.message))
            element.text = "\n".join(map(for_xml, text))
    for fault in (finding for finding in tested.findings if finding.is_error):
        line = fault.span.begin.line
        case = junit_case(f"{fault.rule.title} at line {line}", fault.span.file.path, line)
        SubElement(case, "error", type=fault.rule.slug, message=for_xml(fault.message))
        suites.setdefault("not played", []).append(case)
    return junit_report("twimlc test", suites)
