"""What a build reports about what it wrote: reports of targets in, text or JSON out.

First a line for each target, what changed and what is worth knowing, then what is to be done:
paste, upload, set the numbers that are new, and try what Twilio's pages leave open.
"""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from twimlc.report.escape import visible
from twimlc.text import count, folded, grouped

if TYPE_CHECKING:
    from twimlc.pipeline import NumberSetting, TargetReport  # for annotations alone

_FEW = 5
"""Of more files, flows or numbers than this only the first are named, or all at once."""
_OCCASIONS = {"voice": "a call", "messaging": "a message", "fallback": "a failure"}


def summary_json(targets: "Sequence[TargetReport]") -> str:
    """All reports as one JSON object."""
    reports = [target._asdict() for target in targets]
    for report in reports:
        for key in ("numbers", "pastes", "test_calls"):
            report[key] = [part._asdict() for part in report[key]]
    content = {"version": 1, "targets": reports}
    return json.dumps(content, indent=2, default=str) + "\n"


def summary_table(
    targets: "Sequence[TargetReport]", *, written: bool = True, at_length: bool = False
) -> str:
    """A few lines for each target. ``written=False`` shows what a build would do.

    ``at_length`` shows everything: what each assumption means, all files, Bins and numbers.
    """
    lines: list[str] = []
    for target in targets:
        lines += _target(target, written, at_length)
    if written:
        lines += _test_calls([target for target in targets if target.written or at_length])
    return "".join(f"{visible(line)}\n" for line in lines)


def approximations(targets: "Sequence[TargetReport]") -> Iterator[str]:
    """What the targets do other than the flows say, as their authors allow; each once."""
    built = [target for target in targets if target.built]
    found = grouped((what, target.name) for target in built for what in target.approximations)
    for approximation, names in found.items():
        place, _, meaning = approximation.partition(": ")
        yield visible(f"approximation on {', '.join(names)}: {place}")
        yield from _hanging("  ", visible(meaning))


def _target(target: "TargetReport", written: bool, at_length: bool) -> Iterator[str]:
    head = f"{target.name} ({target.host}) {'in' if written else 'compared with'} {target.folder}"
    if not target.built:
        yield head
        yield "  not built: see the errors" + "; the last build stays" * target.again
        return
    if not target.documents and not target.removed:
        yield head
        yield _row("documents", "none: the target's 'flows' leave out what was asked for")
        return
    changes = [
        f"{number:,} {word}"
        for number, word, shown in (
            (target.written, "written" if written else "would change", True),
            (target.unchanged, "unchanged", at_length),
            (target.removed, "removed" if written else "would be removed", True),
        )
        if number and shown
    ]
    what = f"{count(len(target.numbers), 'flow')}, {count(target.documents, 'document')}"
    yield f"{head}: {what} ({', '.join(changes) or 'nothing changed'})"
    if not written:
        yield from _would("would change", target.changes, at_length)
        yield from _would("would remove", target.removals, at_length)
    elif target.changed_flows:
        yield from _wrapped("changed", _some(target.changed_flows, at_length))
    if target.largest is not None:
        path, size = target.largest
        yield _row("largest", f"{path}, {size:,} bytes")
    if target.fetches:
        where = f", in {target.fetches_flow}" if target.fetches_flow else ""
        yield _row("longest path", f"{count(target.fetches, 'fetch', 'fetches')}{where}")
    if target.pairs is None:
        yield _row("verified", "no, it was not asked for")
    elif at_length and not target.unverified:
        yield _row("verified", f"{count(target.pairs, 'pair')} of positions, all the same call")
    for flow in target.unverified:
        yield _row(
            "not verified", f"{flow} is too big to be compared with its documents completely"
        )
    if at_length:
        for assumption in target.assumptions:
            yield from _wrapped("assumes", assumption)
    elif target.assumptions and not (target.test_calls and written and target.written):
        names = ", ".join(text.partition(":")[0] for text in target.assumptions)
        yield from _wrapped("assumes", f"{names} (twimlc build -v explains them)")
    for remark in target.remarks:
        yield from _wrapped("note", remark)
    if written:
        yield from _to_do(target, at_length)


def _to_do(target: "TargetReport", at_length: bool) -> Iterator[str]:
    """What is left to be done by hand: texts to paste, files to upload, settings of numbers."""
    if len(target.pastes) > _FEW and not at_length:
        many = count(len(target.pastes), "text")
        yield _row("paste", f"{many}, each into its TwiML Bin unless the Bin shows its second line")
        yield _row("", f"{target.folder}/FLOW.xml; -v lists them all")
    else:
        for paste in target.pastes:
            place = f"the Bin {paste.bin}" if paste.bin else "a TwiML Bin"
            yield _row("paste", f"{paste.file} into {place} unless the Bin shows {paste.mark}")
    if target.upload is not None and target.written:
        yield from _wrapped("upload", target.upload)
    changed = [number for number in target.numbers if number.changed or at_length]
    alike = grouped(("; ".join(_settings(target, each, "FLOW")), each) for each in changed)
    for setting, numbers in alike.items():
        if len(numbers) > _FEW and not at_length:
            yield from _wrapped("number", f"for each of {count(len(numbers), 'flow')}: {setting}")
            changed = [number for number in changed if number not in numbers]
    for number in changed:
        own = "; ".join(_settings(target, number, number.flow))
        yield _row("number", f"{number.flow}: {own}")


def _test_calls(targets: "Sequence[TargetReport]") -> Iterator[str]:
    """The calls to make once before others call, each in a line."""
    calls: dict[str, tuple[list[str], set[str]]] = {}
    for target in targets:
        for each in target.test_calls:
            names, flows = calls.setdefault(each.call, ([], set()))
            flows.update(each.flows)
            names += [each.assumption] * (each.assumption not in names)
    if not calls:
        return
    yield f"Before you go live, make {'this' if len(calls) == 1 else 'these'} " + (
        f"{count(len(calls), 'test call')} (twimlc explain NAME says why):"
    )
    for call, (names, flows) in calls.items():
        where = f" ({_some(sorted(flows), False)})" if flows else ""
        yield from _hanging("  ", f"{', '.join(names)}: {call}{where}")


def _some(names: Sequence[str], at_length: bool) -> str:
    if at_length or len(names) <= _FEW:
        return ", ".join(names)
    return f"{', '.join(names[: _FEW - 2])} and {len(names) - _FEW + 2:,} more"


def _would(name: str, paths: Sequence[str], at_length: bool) -> Iterator[str]:
    """Which files a build would change: the first few, or all of them."""
    shown = paths if at_length else paths[:_FEW]
    for path in shown:
        yield _row(name, path)
    if len(paths) > len(shown):
        yield _row(name, f"and {len(paths) - len(shown):,} more (-v names them all)")


def _settings(target: "TargetReport", number: "NumberSetting", flow: str) -> Iterator[str]:
    """What to choose or to type on the page of a number in the Console.

    ``flow`` is written in the place of the flow's name at the end of an address.
    """
    for kind, url in ((number.kind, number.url), ("fallback", number.fallback)):
        if url is None:
            continue
        for end in ("/index.xml", ".xml"):
            if url.endswith(number.flow + end):
                url = url.removesuffix(number.flow + end) + flow + end
        if target.host == "twiml-bin":
            sid = f"Bin {url.rpartition('/')[2]}" if "://" in url else f"Bin with {url}"
            yield f"for {_OCCASIONS[kind]} choose the {sid}"
        elif "://" in url:
            yield f"{kind} URL {url} ({number.method})"
        else:
            yield f"{kind} URL https://YOUR-SERVER/{url} ({number.method})"


def _row(name: str, text: str) -> str:
    return f"  {name:<12} {text}"


def _wrapped(name: str, text: str) -> Iterator[str]:
    first, *rest = _hanging(" " * 15, text)
    yield _row(name, first.strip())
    yield from rest


def _hanging(indent: str, text: str) -> list[str]:
    """Lines of at most 80 columns, those after the first further in."""
    more = indent if len(indent) > 2 else f"{indent}  "
    return folded(text, indent, more)
