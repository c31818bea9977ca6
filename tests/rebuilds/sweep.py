"""Thousands of exchanges: ``python -m rebuilds.sweep [EXCHANGES] [--first SEED] [--compiler DIR]``.

Prints what callers met, by host and by kind of edit; exits 1 where a call went wrong. ``--compiler``
names another checkout whose compiler is judged.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count, product
from pathlib import Path

from rebuilds.flows import HOSTS
from rebuilds.judge import RIGHT, WRONG
from rebuilds.servers import REAL

MOST_IDLE = 1000  # worlds of which nothing came
SHOWN = 3  # faults told in full, of each sort


def use(folder):
    """Makes ``folder``, a checkout, the one whose compiler is imported."""
    if folder is not None:
        sys.path.insert(0, str(folder / "compiler"))
        import twimlc

        assert Path(twimlc.__file__).is_relative_to(folder), twimlc.__file__


def one(task):
    from rebuilds.world import judged

    try:
        return judged(*task)
    except Exception as fault:
        fault.add_note(f"in the world of {task}")
        raise


def swept(exchanges, first, compiler, jobs, hosts, kinds):
    """The report of so many exchanges, from the worlds of ``first`` on."""
    from rebuilds.world import KINDS, Report

    pairs = list(product(kinds or KINDS, hosts or HOSTS))
    tasks = (task for seed in count(first) for task in of_seed(seed, pairs, kinds or KINDS, hosts))
    report = Report()
    with ProcessPoolExecutor(jobs, initializer=partial(use, compiler)) as pool:
        pending = []
        while report.count < exchanges and (report.count or report.none.total() < MOST_IDLE):
            while len(pending) < jobs * 3:
                pending.append(pool.submit(one, next(tasks)))
            report.add(pending.pop(0).result())
        for later in pending:
            later.cancel()
    return report


def of_seed(seed, pairs, kinds, hosts):
    """The worlds of one seed: each kind on each host, and one on each server itself."""
    yield from ((seed, host, kind) for kind, host in pairs)
    if not hosts:
        yield from ((seed, real, kinds[(seed + n) % len(kinds)]) for n, real in enumerate(REAL))


def table(report):
    """Lines: outcomes by host, by kind, and all."""
    columns = (*RIGHT, *WRONG)
    lines = [f"{'':26}{'exchanges':>10}" + "".join(f"{name:>10}" for name in columns)]

    def line(title, chosen):
        found = [
            sum(n for key, n in report.outcomes.items() if chosen(key) and key[2] == c)
            for c in columns
        ]
        lines.append(f"{title:26}{sum(found):>10}" + "".join(f"{n or '.':>10}" for n in found))

    for host in dict.fromkeys(key[0] for key in report.outcomes):
        line(host, lambda key, host=host: key[0] == host)
    lines.append("")
    for kind in dict.fromkeys(key[1] for key in report.outcomes):
        line(kind, lambda key, kind=kind: key[1] == kind)
    lines.append("")
    line("all", lambda key: True)
    idle = {pair for pair in report.none if not any(pair == key[:2] for key in report.outcomes)}
    for kind in dict.fromkeys(kind for _, kind in sorted(idle)):
        hosts = ", ".join(sorted(host for host, other in idle if other == kind))
        lines.append(f"not tried: {kind} ({hosts})")
    return lines


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("exchanges", nargs="?", type=int, default=20_000)
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--compiler", type=Path, help="a checkout whose compiler is judged")
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--host", action="append", help="only there (again for more)")
    asked.add_argument("--kind", action="append", help="only that kind of edit (again for more)")
    chosen = asked.parse_args()
    use(chosen.compiler)
    report = swept(
        chosen.exchanges, chosen.first, chosen.compiler, chosen.jobs, chosen.host, chosen.kind
    )
    told = dict.fromkeys(WRONG, 0)
    for fault in report.faults:
        sort = fault.partition(":")[0]
        told[sort] += 1
        if told[sort] <= SHOWN:
            print(fault, end="\n\n")
    print("\n".join(table(report)))
    sys.exit(bool(report.faults))


if __name__ == "__main__":
    main()
