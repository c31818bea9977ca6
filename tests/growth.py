"""Counts the work of a build, so that tests can tell how it grows without a clock.

A function to run comes in; out go how many calls each package made, of Python's own functions too.
"""

from collections import Counter
from collections.abc import Callable
from cProfile import Profile
from types import CodeType

_PACKAGES: dict[str, str] = {}


def _package(path: str) -> str:
    """``yaml`` for ``…/twimlc/yaml/reader.py``; ``other`` for what is not ours."""
    found = _PACKAGES.get(path)
    if found is None:
        parts = path.replace("\\", "/").split("/")
        ours = "twimlc" in parts[:-1]
        found = parts[len(parts) - parts[::-1].index("twimlc")] if ours else "".join(parts[-2:-1])
        _PACKAGES[path] = found
    return found


def counted(run: Callable[[], object]) -> Counter[str]:
    """Calls by package; what C functions are called counts for the caller's."""
    profile = Profile()
    profile.runcall(run)
    found: Counter[str] = Counter()
    for entry in profile.getstats():
        if isinstance(entry.code, CodeType):
            package = _package(entry.code.co_filename)
            found[package] += entry.callcount
            found[package] += sum(
                called.callcount for called in entry.calls or () if isinstance(called.code, str)
            )
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
