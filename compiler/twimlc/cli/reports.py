"""Reports in files: ``--report FORMAT=FILE`` in, files written; nothing that was read is lost."""

import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from twimlc.cli.streams import say
from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.report import FORMATS, render
from twimlc.report.visible import visible

_SOURCES = (".yaml", ".yml")
_KEPT = (".xml", ".twiml", ".csv", ".mp3", ".wav")
"""What files end in that a run may read, and a report may be called too."""
_OPEN = re.compile(r"/dev/(?P<name>stdout|stderr)|/(?:dev|proc/self)/fd/(?P<number>[0-9]{1,9})")
_STREAMS = {"stdout": 1, "stderr": 2}
_HEAD = 4096
_OURS = re.compile(
    rb'<testsuites name="twimlc"|"name": "twimlc"|"check_name": |\A\[\]\s*\Z|\A## Call flows'
)
"""What the first bytes of our own reports have."""


def report_files(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    """``--report sarif=out.sarif`` as a form and a file."""
    reports: list[tuple[str, Path]] = []
    for text in given:
        form, equals, name = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"'{text}' is not FORMAT=FILE", ctx, param)
        if form not in FORMATS:
            known = ", ".join(FORMATS)
            raise click.BadParameter(f"there is no format '{form}', only {known}", ctx, param)
        reason = _refused(name, form, [path for _, path in reports])
        if reason is not None:
            raise click.BadParameter(reason, ctx, param)
        reports.append((form, Path(name)))
    return tuple(reports)


def _refused(name: str, form: str, others: Iterable[Path]) -> str | None:
    """Why a report cannot go there."""
    if name == "-":
        return f"a report goes to a file; --format {form} prints it"
    place = os.path.realpath(name)
    if any(place == os.path.realpath(other) for other in others):
        return f"'{name}' cannot hold two reports"
    if _descriptor(name) is not None:
        return None
    endings = {Path(name).suffix.lower(), Path(place).suffix.lower()}
    if endings & set(_SOURCES):
        return f"no report is YAML, and '{name}' may be a flow"
    if endings & set(_KEPT) and not _replaceable(place):
        return f"'{name}' is there, and no earlier report"
    return None


def _replaceable(place: str) -> bool:
    """Whether nothing is lost where a report takes the place of what is there."""
    try:
        if not stat.S_ISREG(os.stat(place).st_mode):
            return True
        with open(place, "rb") as stream:
            head = stream.read(_HEAD)
    except OSError:  # not there; or the writing tells what is the matter
        return True
    return not head.strip() or _OURS.search(head) is not None


def refuse_inputs(reports: Iterable[tuple[str, Path]], inputs: Iterable[str | Path]) -> None:
    """Refuse a report in the place of a file that the command line names."""
    read = {os.path.realpath(path) for path in inputs}
    for _, path in reports:
        if os.path.isfile(path) and os.path.realpath(path) in read:
            raise click.UsageError(f"the report '{path}' would take the place of what is read")


def write_reports(
    reports: Iterable[tuple[str, Path]], findings: Sequence[Diagnostic], fail_on: Severity | None
) -> bool:
    """Write every report; of each that cannot be written one line tells. Whether all could."""
    whole = True
    for form, path in reports:
        text = render(findings, form, fail_on=fail_on)
        try:
            _write(path, text.encode("utf-8", "backslashreplace"))
        except BrokenPipeError:  # whoever read it has gone, which is no fault
            continue
        except OSError as error:
            reason = error.strerror or type(error).__name__
            say(f"twimlc: the report {visible(str(path))} cannot be written: {reason}")
            whole = False
    return whole


def _write(path: Path, data: bytes) -> None:
    handle = _descriptor(str(path))
    if handle is None:
        from twimlc.output.sources import write_file

        write_file(path, data)
        return
    # Opened anew, a file behind it would be written from its start.
    with open(handle, "wb", closefd=False) as stream:
        stream.write(data)


def _descriptor(name: str) -> int | None:
    """The number of the open file that a name such as ``/dev/fd/63`` stands for."""
    found = _OPEN.fullmatch(name)
    if found is None:
        return None
    return _STREAMS[found["name"]] if found["name"] else int(found["number"])
