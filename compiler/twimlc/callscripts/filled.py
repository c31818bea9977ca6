"""Texts with values of the running call: one as the flow says it and one as it is heard come in.

Whether the second is the first with the values filled in goes out.
"""

import re

_CALL_VALUE = re.compile(r"\$\{call\.\w+\}")


def fits(meant: str, heard: str) -> bool:
    """Whether ``heard`` may be what became of ``meant``."""
    if "${call." not in meant:
        return meant == heard
    pattern = ".*".join(map(re.escape, _CALL_VALUE.split(meant)))
    return re.fullmatch(pattern, heard, re.DOTALL) is not None
