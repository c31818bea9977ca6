"""Counts the work of a build, so that tests can tell how it grows without a clock.

A function to run comes in; out go how many calls each package made, of Python's own functions too.
"""

import faulthandler
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


MOST = 5
"""Four times as much may take so many times the work: more than in proportion is a sort at most."""


def overgrown(run: Callable[[int], object], size: int) -> dict[str, str]:
    """The packages whose work grows more than in proportion, with the calls of both runs.

    ``run`` is run once small first, so that what is found once for all is not counted.
    """
    run(2)
    small, big = (counted(lambda n=n: run(n)) for n in (size, 4 * size))  # type: ignore[misc]
    return {
        package: f"{small[package]:,} -> {calls:,}"
        for package, calls in big.items()
        if calls > MOST * small[package] + 12_000
    }


@contextmanager
def stopped_if_it_hangs(seconds: float = 900) -> Iterator[None]:
    """Ends the tests, with what was being done, where something would else run for ever."""
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
