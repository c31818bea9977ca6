"""``twimlc check --fix`` and ``--diff``: options in; files fixed, or their changes printed."""

from dataclasses import replace
from difflib import unified_diff
from io import StringIO
from pathlib import Path

from twimlc.calls.run import mend_with_scripts
from twimlc.cli.present import Reporter
from twimlc.cli.streams import write
from twimlc.output.sources import mark_of
from twimlc.pipeline import Options, Result
from twimlc.pipeline.fixes import write_mended
from twimlc.report.escape import visible
from twimlc.text import count, folded


def compare(options: Options, reporter: Reporter) -> tuple[Result, bool]:
    """Print how the files would change. What they say now is reported; whether one would change."""
    done = mend_with_scripts(options)
    for each in done.files:
        mark = mark_of(Path(each.file.path))
        write(unified(each.file.path, mark + each.file.text, mark + each.text))
    if done.files:
        fixes = count(len(done.mended), "fix", "fixes")
        reporter.news(f"{fixes} in {count(len(done.files), 'file')} could be made")
    return done.before, any(each.text != each.file.text for each in done.files)


def fix(options: Options, reporter: Reporter) -> Result:
    """Fix the files; what is left to report."""
    done = mend_with_scripts(options)
    refused = write_mended(done)
    kept = {finding.span.file.path for finding in refused}
    for finding in done.mended:
        assert finding.fix is not None, "only what has a fix is fixed"
        begin, rule = finding.span.begin, finding.rule
        if any(edit.span.file.path in kept for edit in finding.fix.edits):
            continue
        place = f"{visible(finding.span.file.path)}:{begin.line}"
        line = f"{place}: fixed: {visible(finding.fix.title)} [{rule.title}]"
        reporter.news("\n".join(folded(line)))
    if not refused:
        return done.remaining
    # What is left depends on which files could be written.
    left = mend_with_scripts(options).before
    return replace(left, findings=(*left.findings, *refused))


def unified(path: str, before: str, after: str) -> str:
    """The changes of one file for ``patch -p1`` or ``git apply``; empty where there are none."""
    # Only a line feed ends a line here, as for the tools that take diffs.
    lines = unified_diff([*StringIO(before)], [*StringIO(after)], f"a/{path}", f"b/{path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
