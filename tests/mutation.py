"""Does anything notice when the compiler is wrong? ``python tests/mutation.py [--one-in N]``.

Each mutant of ``code_mutants`` is planted in a process of its own, which is asked the cases that
run its lines until one answer is not that of the unchanged compiler. Verdicts are kept in
``.cache/mutation/verdicts.jsonl``, so that a run takes up where an earlier one ended:

    python tests/mutation.py --one-in 60        a sample: the same names as long as they are there
    python tests/mutation.py                    all that have no verdict yet
    python tests/mutation.py --again            those that survived
    python tests/mutation.py --quick            fewer cases, and nothing is kept: for the tests
    python tests/mutation.py --list             what survived and is not named, and what is named
                                                in surviving_mutants.txt though it was noticed

The first run on a tree asks every case once, and keeps which lines each runs. The cases themselves
are collected by the first run of all; take away ``cases.pickle`` to collect them anew.
"""

import argparse
import gc
import importlib
import json
import os
import pickle
import pkgutil
import re
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import _lru_cache_wrapper, cached_property, lru_cache
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any

import code_mutants
from code_mutants import Mutant, Probes
from mutation_cases import Case

KNOW_NO_FLOW = ("vocabulary", "text", "yaml", "formats", "project", "values", "render", "calls")
ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".cache" / "mutation"
NAMED = Path(__file__).parent / "surviving_mutants.txt"
DEAR = 0.15  # seconds of a case that is asked last
SECONDS = 0.6  # of the processor, for the cases of one mutant
MOST_SECONDS = 4  # more, after which a mutant counts as one that never ends
ENDLESS = 30  # where every case is to be asked, however slow the machine
MOST_MEMORY = 3 << 30


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the kind of the case that noticed it, or None."""

    mutant: str
    caught: str | None
    how: str = ""


@dataclass(eq=False)
class Map:
    """The cases with their answers and costs, and which of them run a line (bit by bit)."""

    cases: list[Case]
    answers: list[str]
    costs: list[float]
    lines: dict[tuple[str, int], int]
    imports: set[tuple[str, int]]  # lines that run when the compiler is loaded
    libraries: list[str]  # modules of others that the compiler loads

    @cached_property
    def texts(self) -> list[bytes]:
        """What the files of each case say, in small letters."""
        return [
            b"\n".join([*map(str.encode, case.targets), *case.files.values()]).lower()
            for case in self.cases
        ]


def all_mutants(rooms: Iterable[str] = code_mutants.ROOMS) -> list[Mutant]:
    """Every mutant of the rooms, in the order of modules and lines."""
    return [
        mutant
        for room in rooms
        for module in code_mutants.modules(room)
        for mutant in code_mutants.mutants(module)
    ]


def load_all() -> None:
    """Load all that the cases need, so that a planted mutant is met by every one."""
    import twimlc

    for module in pkgutil.walk_packages(twimlc.__path__, "twimlc."):
        if not module.name.startswith(("twimlc.cli", "twimlc.editor", "twimlc.__main__")):
            importlib.import_module(module.name)


def draw_map(cases: list[Case], rooms: Iterable[str] = code_mutants.ROOMS) -> Map:
    """Ask every case once; the compiler must not be loaded yet."""
    before = set(sys.modules)
    probes = Probes([module for room in rooms for module in code_mutants.modules(room)])
    load_all()
    loaded = {name for name in set(sys.modules) - before if not name.startswith("twimlc")}
    known = Map(cases, [], [], {}, set(probes.take()), sorted(loaded))
    cases[0].answer()
    caches = cached_functions()
    for number, case in enumerate(cases):
        for cache in caches:
            cache.cache_clear()
        probes.take()
        started = time.process_time()
        answer = case.answer()
        known.answers.append(sha256(answer.encode("utf-8", "surrogatepass")).hexdigest())
        known.costs.append(time.process_time() - started)
        for place in probes.take():
            known.lines[place] = known.lines.get(place, 0) | 1 << number
    return known


def cached_functions() -> list[Any]:
    """Those whose results can depend on what the rooms do."""
    others = tuple(f"twimlc.{room}" for room in KNOW_NO_FLOW)
    found = [value for value in gc.get_objects() if isinstance(value, _lru_cache_wrapper)]
    ours = [value for value in found if value.__module__.startswith("twimlc.")]
    return [value for value in ours if not value.__module__.startswith(others)]


def kept_map() -> Map:
    """The map of this tree, drawn when it is first asked for."""
    digest = sha256(kept_cases())
    for file in sorted((ROOT / "compiler").rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    kept = KEPT / f"map-{digest.hexdigest()[:16]}.pickle"
    if not kept.is_file():
        kept.write_bytes(in_child(_fresh_map))
    return Map(*pickle.loads(kept.read_bytes()))


def _fresh_map() -> tuple[Any, ...]:
    cases = pickle.loads(kept_cases())
    print(f"{len(cases)} cases", flush=True)
    return _drawn(cases)


def _drawn(cases: list[Case]) -> tuple[Any, ...]:
    known = draw_map(cases)
    return tuple(getattr(known, field.name) for field in fields(known))


def kept_cases() -> bytes:
    """The cases, collected once: they are only projects, so those of an older tree will do."""
    kept = KEPT / "cases.pickle"
    if not kept.is_file():
        KEPT.mkdir(parents=True, exist_ok=True)
        from mutation_cases import all_cases

        kept.write_bytes(in_child(lambda: list(all_cases())))
    return kept.read_bytes()


def in_child(work: Callable[[], Any]) -> bytes:
    """What ``work`` gives in a child of this process, pickled; nothing if the child dies."""
    sys.stdout.flush()
    read, write = os.pipe()
    if not (child := os.fork()):
        status = 1
        try:
            os.close(read)
            with os.fdopen(write, "wb") as out:
                pickle.dump(work(), out)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read, "rb") as found:
        data = found.read()
    os.waitpid(child, 0)
    return data


def tried(
    mutant: Mutant, numbers: list[int], known: Map, caches: list[Any] | None, seconds: float
) -> Verdict:
    """Plant a mutant in a child of this process, and ask the cases one after another.

    Without ``caches`` the compiler is not loaded yet, and the child loads the mutant.
    """

    def work() -> Verdict:
        return _in_child(mutant, numbers, known, caches, seconds)

    data = in_child(work)
    return pickle.loads(data) if data else Verdict(mutant.name, "never ends")


def _in_child(
    mutant: Mutant, numbers: list[int], known: Map, caches: list[Any] | None, seconds: float
) -> Verdict:
    limit = int(seconds) + MOST_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        if caches is None:
            code_mutants.plant_in_module(mutant)
            load_all()
        else:
            code_mutants.plant(mutant)
            for cache in caches:
                cache.cache_clear()
    except Exception as error:
        return Verdict(mutant.name, "load", f"{type(error).__name__}: {error}"[:200])
    started = time.process_time()
    for asked, number in enumerate(numbers):
        case = known.cases[number]
        try:
            answer = case.answer()
        except BaseException as error:
            answer = f"raises {type(error).__name__}"
        if sha256(answer.encode("utf-8", "surrogatepass")).hexdigest() != known.answers[number]:
            return Verdict(mutant.name, case.kind, case.name)
        if time.process_time() - started > seconds:
            return Verdict(mutant.name, None, f"{asked + 1} of {len(numbers)} cases")
    return Verdict(mutant.name, None, f"all {len(numbers)} cases")


def cases_for(mutant: Mutant, known: Map) -> list[int]:
    """The cases that run a line of the mutant, of different ways through the function in turn.

    Those that name a word of the statement, or are kept for what they notice, come first, and of one
    way the cheapest.
    """
    fitting = 0
    for line in mutant.lines:
        fitting |= known.lines.get((mutant.module, line), 0)
    early = at_load(mutant, known)
    ways = _ways(mutant.module, None if early else mutant.around, known)
    if early:  # what the module holds is read anywhere in it
        fitting = -1
    ranks: list[dict[int, list[int]]] = [{}, {}, {}]
    for number, way in ways.items():
        if fitting >> number & 1:
            text = known.texts[number]
            names_one = any(word in text for word in mutant.words)
            names_one = names_one or known.cases[number].kind == "kept"
            rank = 2 if known.costs[number] > DEAR else 0 if names_one else 1
            if early:
                way = hash((known.cases[number].kind, known.cases[number].targets))
            ranks[rank].setdefault(way, []).append(number)
    return [
        number
        for by_way in ranks
        for turn in zip_longest(*by_way.values())
        for number in turn
        if number is not None
    ]


@lru_cache(maxsize=2)
def _ways(module: str, around: frozenset[int] | None, known: Map) -> dict[int, int]:
    """By case, cheap ones first, which lines of a function (None: of a module) it runs, bit by bit."""
    ways: dict[int, int] = {}
    places = [
        cases
        for (name, line), cases in known.lines.items()
        if name == module and (around is None or line in around)
    ]
    for at, cases in enumerate(places):
        for bit in re.finditer("1", bin(cases)[:1:-1]):
            ways[bit.start()] = ways.get(bit.start(), 0) | 1 << at
    return {number: ways[number] for number in sorted(ways, key=known.costs.__getitem__)}


def at_load(mutant: Mutant, known: Map) -> bool:
    """Whether a mutant changes what runs when the compiler is loaded."""
    places = {(mutant.module, line) for line in mutant.lines}
    return mutant.function is None or not places.isdisjoint(known.imports)


def campaign(mutants: list[Mutant], known: Map, seconds: float) -> Iterator[Verdict]:
    """A verdict on each mutant: last those of what runs when the compiler is loaded."""
    later = [mutant for mutant in mutants if at_load(mutant, known)]
    for name in known.libraries:
        with suppress(ImportError):  # parts of others that are no modules by themselves
            importlib.import_module(name)
    others = [mutant for mutant in mutants if not at_load(mutant, known)]
    yield from _streamed(lambda: _of_calls(others, known, seconds))
    for mutant in later:
        yield tried(mutant, cases_for(mutant, known), known, None, seconds)


def _of_calls(mutants: list[Mutant], known: Map, seconds: float) -> Iterator[Verdict]:
    load_all()
    caches = cached_functions()
    gc.freeze()
    for mutant in mutants:
        numbers = cases_for(mutant, known)
        no_case = Verdict(mutant.name, None, "no case gets here")
        yield tried(mutant, numbers, known, caches, seconds) if numbers else no_case


def _streamed(work: Callable[[], Iterator[Verdict]]) -> Iterator[Verdict]:
    """What ``work`` gives in a child of this process, which stays without the compiler."""
    read, write = os.pipe()
    if not os.fork():
        try:
            with os.fdopen(write, "wb") as out:
                for verdict in work():
                    pickle.dump(verdict, out)
                    out.flush()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as given:
        while given.peek(1):
            yield pickle.load(given)
    os.wait()


def kept_verdicts() -> dict[str, Verdict]:
    """The last verdict on each mutant, by its name."""
    kept = KEPT / "verdicts.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    return {(verdict := Verdict(**json.loads(line))).mutant: verdict for line in lines}


def named_survivors() -> dict[str, str]:
    """Why each mutant that is known to survive does, by its name."""
    lines = NAMED.read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" — ") for line in lines if line and not line.startswith("#")]
    return dict(pairs)


def sample(mutants: list[Mutant], one_in: int, first: int = 0) -> list[Mutant]:
    """One in so many, chosen by name, so that a change elsewhere leaves the sample as it is."""

    def number(mutant: Mutant) -> int:
        return int.from_bytes(sha256(mutant.name.encode()).digest()[:8])

    return [mutant for mutant in mutants if number(mutant) % one_in == first]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--one-in", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="only those that survived")
    parser.add_argument("--list", action="store_true", help="compare with surviving_mutants.txt")
    parser.add_argument("--quick", action="store_true", help="fewer cases; keep nothing")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each mutant")
    asked = parser.parse_args()
    every = all_mutants()
    mutants = sample(every, asked.one_in, asked.first)
    if asked.quick:
        verdicts = {verdict.mutant: verdict for verdict in _quick(mutants)}
        return _listed(mutants, verdicts)
    verdicts = kept_verdicts()
    if asked.list:
        return _listed(every, verdicts)
    chosen = [
        mutant
        for mutant in mutants
        if (mutant.name in verdicts and verdicts[mutant.name].caught is None) == asked.again
        and (asked.again or mutant.name not in verdicts)
    ]
    known = kept_map()
    print(len(chosen), "mutants", flush=True)
    counts: Counter[str] = Counter()
    with (KEPT / "verdicts.jsonl").open("a", encoding="utf-8") as kept:
        for verdict in campaign(chosen, known, asked.seconds):
            counts[verdict.caught or "survived"] += 1
            print(verdict.caught or "SURVIVED", verdict.mutant, "|", repr(verdict.how), flush=True)
            kept.write(json.dumps(asdict(verdict)) + "\n")
            kept.flush()
    print(dict(counts))
    return 0


def _quick(mutants: list[Mutant]) -> Iterator[Verdict]:
    """Verdicts of all cases that need no run of the tests: on any machine the same ones."""

    def cases() -> list[Case]:
        from mutation_cases import quick_cases

        return list(quick_cases())

    chosen = pickle.loads(in_child(cases))
    known = Map(*pickle.loads(in_child(lambda: _drawn(chosen))))
    return campaign(mutants, known, ENDLESS)


def _listed(mutants: list[Mutant], verdicts: dict[str, Verdict]) -> int:
    """Print what the list of survivors lacks or has too much; 1 where that is something."""
    named = named_survivors()
    names = {mutant.name for mutant in mutants}
    tried_ones = names & verdicts.keys()
    caught = {name for name in tried_ones if verdicts[name].caught}
    survived = tried_ones - caught
    wrong = {
        "survived, and is not named": survived - named.keys(),
        "is named, and was noticed": named.keys() & caught,
        "is named, and is no mutant": named.keys() - {mutant.name for mutant in all_mutants()},
    }
    for what, found in wrong.items():
        for name in sorted(found):
            print(f"{what}: {name}")
    print(f"{len(names)} mutants: {len(caught)} noticed, {len(survived)} survived")
    return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
