"""Reads the flows of `bad_flows`: what is wrong in each, and how it would be right.

A case is a flow, or a folder with a project file. Its first comment may name the target. `# expect:`
ends the line at which a rule is to be found. `# right:` stands above a line and says what the line
should be; where the # stands, the right line starts. Several take the place of one line, an empty
one takes the line away. Where no comment can stand, the head of the case says `# expect at 12:` or
`# right at 12:`, in a folder with the name of the file before the number.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "bad_flows"
PROJECT = "twimlc.yaml"

TARGET = re.compile(r"# target: (\S+)")
EXPECT = re.compile(r"# expect: (TW\d{3} [a-z0-9-]+)\s*$")
EXPECT_AT = re.compile(r"# expect at (?:(\S+):)?(\d+): (TW\d{3} [a-z0-9-]+)")
RIGHT = re.compile(r"(\s*)# right:(?: (.*))?$")
RIGHT_AT = re.compile(r"# right at (?:(\S+):)?(\d+): ?(.*)")

Mark = tuple[str, int, str]  # the file, the line, the rule's number and name


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its files as they are, what is to be found in them, and its mended twin."""

    name: str
    target: str | None
    files: dict[str, bytes]
    expected: list[Mark]
    mended: dict[str, bytes] | None


def cases() -> list[Case]:
    """All cases, in the order of their names."""
    return [_case(path) for path in sorted(FOLDER.iterdir())]


def _case(path: Path) -> Case:
    files = (
        {path.name: path.read_bytes()}
        if path.is_file()
        else {
            str(file.relative_to(path)): file.read_bytes()
            for file in sorted(path.rglob("*"))
            if file.is_file()
        }
    )
    head = path.name if path.is_file() else PROJECT
    # Latin-1 reads any byte, and writes it back as it was.
    lines = {name: data.decode("latin-1").split("\n") for name, data in files.items()}
    mended = _mended(lines, head)
    named = TARGET.match(lines[head][0])
    return Case(
        path.name,
        named[1] if named else "static" if path.is_file() else None,
        files,
        sorted(_expected(lines, head)),
        None
        if mended == lines
        else {name: "\n".join(text).encode("latin-1") for name, text in mended.items()},
    )


def _expected(files: dict[str, list[str]], head: str) -> list[Mark]:
    found = [
        (name, number, mark[1])
        for name, lines in files.items()
        for number, line in enumerate(lines, 1)
        if (mark := EXPECT.search(line))
    ]
    marks = filter(None, map(EXPECT_AT.match, files[head]))
    return found + [(mark[1] or head, int(mark[2]), mark[3]) for mark in marks]


def _mended(files: dict[str, list[str]], head: str) -> dict[str, list[str]]:
    mended = {name: list(lines) for name, lines in files.items()}
    for mark in filter(None, map(RIGHT_AT.match, files[head])):
        mended[mark[1] or head][int(mark[2]) - 1] = mark[3]
    return {name: _with_right_lines(lines) for name, lines in mended.items()}


def _with_right_lines(lines: list[str]) -> list[str]:
    out: list[str] = []
    pending: list[str] | None = None
    for line in lines:
        if mark := RIGHT.match(line):
            pending = pending or []
            pending += [mark[1] + mark[2]] if mark[2] else []
        elif pending is None:
            out.append(line)
        else:
            out += pending
            pending = None
    return out
