"""Reports in files: ``--report FORMAT=FILE`` in, files written; nothing but a report is lost."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

import click

from twimlc.cli.streams import for_log, say
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.project.kinds import YAML_ENDINGS
from twimlc.report import FORMATS, render
from twimlc.report.escape import visible
from twimlc.text import lazy_pattern

_OPEN = lazy_pattern(r"/dev/(?P<name>stdout|stderr)|/(?:dev|proc/self)/fd/(?P<number>[0-9]{1,9})")
_STREAMS = {"stdout": 1, "stderr": 2}
_TOOL = "twimlc"
_LONGEST_LINE = 1 << 16
_RULE = r"TW\d{3} [a-z0-9-]+"
_HEAD = rf"(?=.+: (?:error|warning|note)\[{_RULE}\] ).*"
_FIRST_LINES = {"human": _HEAD, "gitlab": r"\[\]?"}
_LINES = {
    "human": rf"{_HEAD}|  \S.*: .*|[ \d]{{5,}} \|.*|      = prevents .*| {{4}}\S.*|",
    "line": rf"(?=.+:\d+:\d+: (?:error|warning|note): ).*\[{_RULE}\]",
    "github": rf"::(?:error|warning|notice) file=[^,]*,line=\d+,[^:]*,title={_RULE}::.*",
    "gitlab": r"\[|\]|  \{|  \},?|    \}|      \}"
    rf'|    "description": "{_RULE}: .*",|    "check_name": "[a-z0-9-]+",'
    r'|    "fingerprint": "[0-9a-f]{32}:\d+",|    "severity": "(?:major|minor|info)",'
    r'|    "location": \{|      "path": ".*",|      "lines": \{|        "(?:begin|end)": \d+,?',
    "outputs": r"(?:errors|warnings|notes|findings)=\d+",
}


def report_files(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    """``--report sarif=out.sarif`` as a form and a file."""
    reports: list[tuple[str, Path]] = []
    places: set[str] = set()
    for text in given:
        form, equals, name = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"'{text}' is not FORMAT=FILE", ctx, param)
        if form not in FORMATS:
            known = ", ".join(FORMATS)
            raise click.BadParameter(f"unknown format '{form}', known are {known}", ctx, param)
        if name == "-":
            message = f"a report goes to a file; --format {form} prints it"
            raise click.BadParameter(message, ctx, param)
        reason = "cannot hold two reports" if (place := os.path.realpath(name)) in places else None
        if reason := reason or _refusal(form, name):
            raise click.BadParameter(f"'{name}' {reason}", ctx, param)
        places.add(place)
        reports.append((form, Path(name)))
    return tuple(reports)


def _refusal(form: str, name: str) -> str | None:
    """Why a report must not go there; None where nothing is there, nothing in it, or its like.

    A link may lead about in the repository (without one: the working folder), or, elsewhere, in
    its own folder.
    """
    if _descriptor(name) is not None:
        return None
    here, written, place = Path.cwd(), Path(os.path.abspath(name)), Path(os.path.realpath(name))
    home = next((each for each in (here, *here.parents) if (each / ".git").exists()), here)
    folder = home if written.is_relative_to(home) else written.parent
    if not place.is_relative_to(os.path.realpath(folder)):
        return f"is a link out of '{folder}'; name the file that it leads to"
    if {written.suffix.lower(), place.suffix.lower()} & {*YAML_ENDINGS}:
        return "may be a flow, and reports are not YAML; name another file"
    if place.is_dir():
        return "is a folder; name a file in it"
    if not place.is_file() or not place.stat().st_size:
        return None
    try:
        with open(place, encoding="utf-8", errors="replace") as stream:
            if is_report(stream, form):
                return None
    except OSError as error:
        return f"cannot be read ({error.strerror}), so it may be no report; name another file"
    return f"exists and is not an earlier {form} report; delete it or name another file"


def is_report(stream: TextIO, form: str) -> bool:
    """Whether nothing but a report of ``form`` can be what ``stream`` holds.

    Forms that name the tool are known by their beginning; of the others every line is as in them.
    """
    beginning, tool, _ = render([], form).partition(_TOOL)
    if tool:
        return stream.read(len(beginning + tool)) == beginning + tool
    pattern = _FIRST_LINES.get(form, _LINES[form])
    while line := stream.readline(_LONGEST_LINE):
        if not re.fullmatch(pattern, line.removesuffix("\n")):
            return False
        pattern = _LINES[form]
    return True


def write_reports(
    reports: Iterable[tuple[str, Path]], findings: Sequence[Diagnostic], fail_on: Severity | None
) -> bool:
    """Write every report; of each that cannot be written one line tells. Whether all could."""
    whole = True
    for form, path in reports:
        text = render(findings, form, fail_on=fail_on)
        try:
            # What is there may have come since the command line was read.
            reason = _refusal(form, str(path))
            if reason is None:
                _write(path, form, text)
                continue
            reason = f"it {reason}"
        except BrokenPipeError:  # whoever read it has gone, which is no fault
            continue
        except OSError as error:
            reason = error.strerror or type(error).__name__
        say(f"twimlc: the report {visible(str(path))} cannot be written: {reason}")
        whole = False
    return whole


def _write(path: Path, form: str, text: str) -> None:
    handle = _descriptor(str(path))
    if handle is None:
        # Few ask for a report in a file.
        from twimlc.output.sources import write_file

        write_file(path, text.encode("utf-8", "backslashreplace"))
        return
    text = text if form == "github" else for_log(text)
    # Opened anew, a file that it leads to would be written from its start.
    with open(handle, "wb", closefd=False) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def _descriptor(name: str) -> int | None:
    """The number of the open file that a name such as ``/dev/fd/63`` stands for."""
    found = _OPEN.fullmatch(name)
    if found is None:
        return None
    return _STREAMS[found["name"]] if found["name"] else int(found["number"])
