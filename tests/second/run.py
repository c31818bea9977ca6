"""``python -m second.run --seeds 0-199``: made-up flows, read twice; 1 where two calls differ.

The compiler is the one that Python finds first (PYTHONPATH), or the one in ``--compiler DIR``.
"""

import argparse
import sys
import tempfile
import traceback
from pathlib import Path
from unittest import mock

CALLS = 4  # of each flow, to each host; eight times as many are compared with the graph


def differences(seed, visits, calls=CALLS, graph_alone=False):
    """Lines that tell each difference of one seed; ``graph_alone``: without its documents."""
    from second.author import Author

    with tempfile.TemporaryDirectory(prefix="twimlc-") as place:
        folder = Path(place)
        author = Author(seed)
        author.write(folder, author.hosts[-1:] if graph_alone else None)
        try:
            yield from compared(seed, folder, author, visits, calls, graph_alone)
        except Exception:  # a compiler that fails is one that differs
            yield f"seed {seed}: {traceback.format_exc()}"


def compared(seed, folder, author, visits, calls, graph_alone):
    from rebuilds.hosts import KINDS
    from second.bins import QuickBins
    from second.events import Script, told
    from second.graph import GraphCall
    from second.player import Player
    from second.reader import Reader
    from second.scopes import Project
    from twimlc import pipeline
    from twimlc.flow.build import build_graph

    graphs = []

    def kept(*given, **named):
        made = build_graph(*given, **named)
        graphs.append(made[0])
        return made

    with (
        mock.patch("twimlc.pipeline.compile.build_graph", kept),
        # Spares a search of all paths for notes that nobody reads here.
        mock.patch("twimlc.pipeline.proof.open_questions", return_value=[]),
    ):
        result = pipeline.build(pipeline.Options(cwd=folder, verify=False))
    wrong = [
        f"{one.span.file.path}:{one.span.begin.line}: {one.message}"
        for one in result.findings
        if one.is_error
    ]
    if not result.ok or wrong:
        yield f"seed {seed}, {author.flavor}: refused\n  " + "\n  ".join(
            [*wrong[:5], *result.faults[:1]]
        )
        return
    project = Project(folder)
    kinds = {**KINDS, "twiml-bin": QuickBins}
    hosts = {path.name: kinds[path.name](path) for path in sorted((folder / "build").iterdir())}
    for flow, kind in project.kinds.items():
        for number in range(calls * 8):
            name = f"{seed} {flow} {number}"
            known = {}

            def read(made_up, decides, name=name, flow=flow, known=known):
                """What the second reader hears; each call is read once for all hosts."""
                if (made_up, decides) not in known:
                    reader = Reader(project, Script(name, made_up), visits, decides=decides)
                    known[made_up, decides] = reader.play(flow)
                return known[made_up, decides]

            odd = number % 4 > 0
            for host, served in hosts.items() if number < calls and not graph_alone else ():
                made_up = odd and host != "hop"  # which has a file for each value
                heard = Player(served, Script(name, made_up)).play(flow, kind)
                if read(made_up, host != "static") != heard:
                    what = f"seed {seed}, {host}: call {number} to {flow}"
                    yield title(
                        what, told(read(made_up, host != "static")), told(heard), "the documents"
                    )
            graph = next(each for each in reversed(graphs) if flow in each.starts)
            heard = GraphCall(graph, Script(name, False), folder / "flows").play(flow, kind)
            if read(False, True) != heard:
                yield title(
                    f"seed {seed}, graph: call {number} to {flow}",
                    told(read(False, True)),
                    told(heard),
                    "the graph",
                )


def title(what, read, heard, other):
    """Two calls side by side, up to where they part."""
    same = next(
        (at for at, pair in enumerate(zip(read, heard, strict=False)) if pair[0] != pair[1]),
        min(len(read), len(heard)),
    )
    lines = [what, *(f"    {line}" for line in read[max(0, same - 6) : same])]
    lines += [
        f"  the second reader: {line}" for line in read[same : same + 3] or ["(nothing more)"]
    ]
    lines += [f"  {other}: {line}" for line in heard[same : same + 3] or ["(nothing more)"]]
    return "\n".join(lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0-199", help="FIRST-LAST")
    parser.add_argument("--compiler", help="the folder that holds the package twimlc")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first difference")
    parser.add_argument(
        "--keep-going", action="store_true", help="tell every difference, not one of each seed"
    )
    parser.add_argument("--visits", type=int, help="tell what was walked fewer times than this")
    parser.add_argument("--calls", type=int, default=CALLS)
    asked = parser.parse_args(arguments)
    if asked.compiler:
        sys.path.insert(0, asked.compiler)
    from second.visits import Visits, short_of

    first, _, last = asked.seeds.partition("-")
    visits, differing, count = Visits(), 0, 0
    for seed in range(int(first), int(last or first) + 1):
        count += 1
        for line in differences(seed, visits, asked.calls):
            differing += 1
            print(line, flush=True)
            if asked.fail_fast:
                return 1
            if not asked.keep_going:
                break
    print(f"{count} seeds, {differing} that differ")
    if asked.visits:
        print(
            f"walked fewer than {asked.visits} times: {short_of(visits, asked.visits) or 'nothing'}"
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
