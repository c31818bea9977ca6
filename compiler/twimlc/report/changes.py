"""What an edit would change: texts before and after in, a unified diff out.

The diff can be given to ``patch -p1`` or ``git apply``.
"""

from difflib import unified_diff


def unified(path: str, before: str, after: str) -> str:
    """The changes of one file; empty where there are none."""
    lines = unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """Only a line feed ends a line here, as for the tools that take diffs."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [
        line for line in text.split("\n")[-1:] if line
    ]
