"""Random flows by the thousand: ``python tests/random_campaign.py [HOW MANY] [FIRST SEED]``.

Each is compiled, walked together with its documents over everything that can happen, and played
by some random callers on both interpreters. The seed of one that fails is printed.
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random

from compiled import compile_target
from folders import write_files
from proofs import Call, verify_plan
from random_flows import Author
from twimlc.hosts.answer import served
from twimlc.interpret.documents import Documents
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.library import Library
from twimlc.pipeline import Options
from twimlc.pipeline.load import Loaded, load

HOSTS = ("static", "nginx", "s3", "twiml-bin", "caddy")
ASKS = {"static": ["hours"], "s3": ["hours"], "twiml-bin": ["first"]}
DECIDE = ("nginx", "twiml-bin", "caddy")
CALLERS = 3
MOST_CHOICES = 25


def plans(folder, seed):
    """(graph, plan) of the flows of one seed, for a host that takes them."""
    chosen = HOSTS[seed % len(HOSTS)]
    asks = ASKS.get(chosen, ["hours", "switch"]) if seed // len(HOSTS) % 2 else []
    texts = Author(seed, decisions=chosen in DECIDE, asks=asks).write()
    flows = {f"{stem}.yaml": text for stem, text in texts.items()}
    write_files(folder, {"twimlc.yaml": "flows: .\n", "sounds/la.mp3": b"\xff\xfbla", **flows})
    loaded = load(Options(cwd=folder, targets=(chosen,), write=False))
    assert isinstance(loaded, Loaded), f"seed {seed}: not read"
    for target in loaded.targets:
        made = compile_target(loaded, target)
        if made.ok:
            yield from (
                (variant.graph, variant) for variant in made.variants if variant.plan is not None
            )


def one(seed, folder):
    """How many flows of a seed were the same call. Raises AssertionError where one was not."""
    count = 0
    for graph, variant in plans(folder, seed):
        plan, files = variant.finished().plan, variant.finished().files
        for name, found in verify_plan(graph, plan, files):
            assert found.same, (
                f"seed {seed}, {name}\n{found.difference and found.difference.describe()}"
            )
            count += 1
        host = served(plan, files)
        spans = {made.span for made in plan.approximations}
        approximated = frozenset(node.key for node in graph.nodes if node.span in spans)
        for entry in plan.entries:
            for caller in range(CALLERS):
                played(
                    graph,
                    host,
                    entry,
                    approximated,
                    Random(f"{seed} {caller}"),
                    f"seed {seed}, {entry.flow}",
                )
    return count


def played(graph, host, entry, approximated, chance, title):
    """One random caller on both interpreters: the same traces, word for word."""
    name = entry.flow.rpartition("/")[2]
    address = host.url(entry.path)
    base = address.rpartition("/")[0].rpartition("/")[0] + "/"
    flow = Call(
        FlowMachine(
            graph,
            graph.starts[name],
            graph.contexts[graph.starts[name]],
            approximated=approximated,
            base=base,
        ),
        limit=200,
    )
    documents = Call(
        Documents(
            Library(host, authored(graph, base)),
            address,
            context=graph.contexts[graph.starts[name]],
        ),
        limit=200,
    )
    script = []
    for _ in range(MOST_CHOICES):
        assert flow.over == documents.over, (title, script)
        if flow.over:
            break
        choice = chance.choice(flow.choices())
        script.append(str(choice))
        flow.take(choice)
        documents.take(choice)
    heard = [
        [(event.kind, event.noun, said(event)) for event in call.trace]
        for call in (flow, documents)
    ]
    assert heard[0] == heard[1], (title, script, heard)


def authored(graph, base):
    """Addresses that the author wrote, though they look like ours."""
    from twimlc.interpret.walk import foreign

    return foreign(graph, base)


def said(event):
    """A link of ours is named by its state in the flow and by its address in a document."""
    return (
        event.value if event.kind in ("say", "dial", "pause", "record", "hangup", "message") else ""
    )


def campaign(number, first=0, tell=lambda line: None):
    """So many seeds; the number of flows that were compared."""
    flows = 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for done, seed in enumerate(range(first, first + number), 1):
            place = Path(folder, str(seed))
            flows += one(seed, place)
            for path in sorted(place.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            if done % 500 == 0:
                tell(f"{done} seeds, {flows} flows, {time.monotonic() - started:.0f} s")
    return flows


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    flows = campaign(*(asked or [10_000]), tell=lambda line: print(line, flush=True))
    print(f"{flows} flows are the same call as their documents")
