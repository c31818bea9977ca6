"""Counts the work of a build, so that tests can tell how it grows without a clock.

A function to run comes in; out go how many calls each package made, of Python's own functions too.
"""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

_PACKAGES: dict[str, str] = {}


def _package(path: str) -> str:
    """``source`` for ``…/twimlc/source/reader.py``; ``other`` for what is not ours."""
    found = _PACKAGES.get(path)
    if found is None:
        parts = path.replace("\\", "/").split("/")
        ours = "twimlc" in parts[:-1]
        found = parts[len(parts) - parts[::-1].index("twimlc")] if ours else "".join(parts[-2:-1])
        _PACKAGES[path] = found
    return found


def counted(run: Callable[[], object]) -> Counter[str]:
    """Calls by package; what C functions are called counts for the caller's."""
    found: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: Any) -> None:
        if event in ("call", "c_call"):
            found[_package(frame.f_code.co_filename)] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return found
