"""What a build tells about what it wrote: reports of targets in, a table or JSON out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from twimlc.cli.present import counted
from twimlc.report.visible import visible

if TYPE_CHECKING:
    from twimlc.pipeline import NumberSetting, TargetReport

_FEW_FILES = 5
_OCCASIONS = {"voice": "a call", "messaging": "a message", "fallback": "a failure"}


def summary_json(targets: "Sequence[TargetReport]") -> str:
    """All reports as one JSON object."""
    content = {"version": 1, "targets": [asdict(target) for target in targets]}
    return json.dumps(content, indent=2, default=str) + "\n"


def summary_table(
    targets: "Sequence[TargetReport]", *, written: bool = True, at_length: bool = False
) -> str:
    """A few lines for each target. ``written=False`` tells what a build would do.

    ``at_length`` says what each assumption means.
    """
    lines: list[str] = []
    for target in targets:
        lines += _target(target, written, at_length)
    return "".join(f"{visible(line)}\n" for line in lines)


def _target(target: "TargetReport", written: bool, at_length: bool) -> Iterator[str]:
    yield f"{target.name} ({target.host}) {'in' if written else 'compared with'} {target.folder}"
    if not target.built:
        yield "  not built: see the errors; what was there stays"
        return
    changes = [
        f"{number:,} {word}"
        for number, word in (
            (target.written, "written" if written else "would change"),
            (target.unchanged, "unchanged"),
            (target.removed, "removed" if written else "would go"),
        )
        if number
    ]
    if not target.documents and not target.removed:
        yield _row("documents", "none: the target's 'flows' leave out what was asked for")
        return
    yield _row("documents", f"{target.documents:,} ({', '.join(changes) or 'nothing to write'})")
    if not written:
        yield from _would("would change", target.changes, at_length)
        yield from _would("would go", target.removals, at_length)
    if target.largest is not None:
        path, size = target.largest
        yield _row("biggest", f"{path}, {size:,} bytes")
    if target.fetches:
        where = f", in {target.fetches_flow}" if target.fetches_flow else ""
        yield _row("longest way", f"{counted(target.fetches, 'fetch', 'fetches')}{where}")
    if target.pairs is None:
        yield _row("verified", "no, it was not asked for")
    elif not target.unverified:
        yield _row("verified", f"{counted(target.pairs, 'pair')} of positions, all the same call")
    for flow in target.unverified:
        yield _row("not verified", f"{flow} is too big to be compared with its documents wholly")
    if at_length:
        for assumption in target.assumptions:
            yield _row("assumes", assumption)
    elif target.assumptions:
        names = ", ".join(text.partition(":")[0] for text in target.assumptions)
        yield _row("assumes", f"{names} (twimlc build -v tells what they mean)")
    for remark in target.remarks:
        yield _row("note", remark)
    if not written:
        return
    for paste in target.pastes:
        place = f"the Bin {paste.bin}" if paste.bin else "a TwiML Bin"
        unless = f"unless the Bin shows {paste.mark}"
        yield _row("paste", f"{paste.file}, {paste.size:,} bytes, into {place} {unless}")
    for number in target.numbers:
        yield _row("number", f"{number.flow}: {'; '.join(_settings(target, number))}")


def _would(name: str, paths: Sequence[str], at_length: bool) -> Iterator[str]:
    """Which files a build would change: the first few, or all of them."""
    shown = paths if at_length else paths[:_FEW_FILES]
    for path in shown:
        yield _row(name, path)
    if len(paths) > len(shown):
        yield _row(name, f"and {len(paths) - len(shown):,} more (-v names them all)")


def _settings(target: "TargetReport", number: "NumberSetting") -> Iterator[str]:
    """What to choose or to type on the page of a number in the Console."""
    for kind, url in ((number.kind, number.url), ("fallback", number.fallback)):
        if url is None:
            continue
        if target.host == "twiml-bin":
            sid = f"Bin {url.rpartition('/')[2]}" if "://" in url else f"Bin with {url}"
            yield f"for {_OCCASIONS[kind]} choose the {sid}"
        elif "://" in url:
            yield f"{kind} URL {url} ({number.method})"
        else:
            yield f"{kind} URL https://YOUR-SERVER/{url} ({number.method})"


def _row(name: str, text: str) -> str:
    return f"  {name:<12} {text}"
