"""Texts with values of the running call: one as the flow says it and one as it is heard come in.

Whether the second is the first with the values filled in goes out.
"""

import re

_CALL_VALUE = re.compile(r"(?:\$\{call\.\w+\})+")


def fits(meant: str, heard: str) -> bool:
    """Whether ``heard`` may be what became of ``meant``: its literal pieces, in order."""
    first, *rest = _CALL_VALUE.split(meant)
    if not rest:
        return meant == heard
    if not heard.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        if (found := heard.find(piece, at)) < 0:
            return False
        at = found + len(piece)
    return heard.endswith(rest[-1]) and len(heard) - len(rest[-1]) >= at
