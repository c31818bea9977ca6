"""Builds of random projects with the compiler, and the exchanges of every call between them."""

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from rebuilds import edits, servers
from rebuilds.edits import Editor
from rebuilds.flows import APOLOGY, Author, Tree
from rebuilds.hosts import KINDS as HOSTS, Bins
from rebuilds.judge import WRONG, Judge, Rules
from rebuilds.places import heard
from rebuilds.player import Call, Fetch
from rebuilds.reader import Project
from rebuilds.script import Script

CALLS = 4  # scripts for each flow
TRIES = 30  # for a project, or an edit, that can be built
DEFAULT_KEEP = 3
MANY = ("several", "step by step", "keep 0", "keep 1", "path", "previous", "behind", "ahead")
KINDS = (*edits.KINDS, *MANY)


def compiled(folder, flows=()):
    """Builds the project in ``folder``, or some flows of it; whether it could be built."""
    from twimlc import pipeline  # late: the sweep chooses which compiler

    paths = tuple(folder / "flows" / f"{flow}.yaml" for flow in flows)
    return pipeline.build(pipeline.Options(cwd=folder, verify=False, paths=paths)).ok


def command(folder, *words):
    """Whether ``twimlc build`` with these words did its work."""
    run = "import sys; sys.path[:0] = sys.argv[1].split(); sys.argv[1:2] = []; from twimlc.__main__ import main; sys.exit(main())"
    asked = [sys.executable, "-c", run, " ".join(sys.path[:3]), "build", "--no-verify", *words]
    return subprocess.run(asked, cwd=folder, capture_output=True, check=False).returncode == 0


@cache
def abilities():
    """What the compiler knows of the newer parts of the language: by trying."""
    say = {"say": "Hello."}
    menu = {"menu": {"prompt": "Hello.", "choices": {"1": [say]}}, "when": {"silence": [say]}}
    tried = {
        "menu when": ([menu], ""),
        "join": ([{"join": {"room": "Daily", "attempts": 2}}], ""),
        "accept": (
            [{"dial": {"number": {"phoneNumber": "+14155550100", "accept": "Take it?"}}}],
            "",
        ),
        "keep": ([say], ", keep: 1"),
    }
    found = set()
    for name, (steps, more) in tried.items():
        with tempfile.TemporaryDirectory() as place:
            Tree({"front": {"main": steps}}).write(Path(place), "nginx", more)
            if compiled(Path(place)):
                found.add(name)
            if name == "keep" and command(Path(place), "--previous", "build", "-o", "later"):
                found.add("previous")
    return frozenset(found)


@dataclass
class World:
    """The builds of one project, one after another; each with its flows as a reader sees them."""

    host: str
    kind: str
    folder: Path
    sites: list = field(default_factory=list)
    projects: list = field(default_factory=list)
    rules: Rules | None = None
    copies: bool = False  # of each build, for servers
    steps: bool = False  # each later build takes the place of the one before while the call goes on

    def settle(self, output="build"):
        """Takes the build that is in the folder now."""
        place = self.folder / output / "site"
        before = self.sites[-1] if self.sites else None
        self.sites.append(
            Bins(place, before) if self.host == "twiml-bin" else HOSTS[self.host](place)
        )
        self.projects.append(Project.read(self.folder))
        if self.copies:
            shutil.copytree(place, self.folder / "copies" / str(len(self.sites) - 1) / "site")

    def exchanges(self, calls=CALLS):
        """Yields (flow, seed, k, verdict, items agreed with, items) of every call and every k."""
        last = len(self.sites) - 1
        if self.rules.behind:
            yield from self.early(calls)
        for flow in self.projects[0].first:
            known = []
            for seed in range(calls):
                whole = self.call(flow, seed, lambda n: 0)
                if whole.items in known:
                    continue
                known.append(whole.items)
                for k in range(1, whole.fetches):

                    def when(n, k=k):
                        return max(0, min(n - k, last)) if self.steps else last * (n > k)

                    call = self.call(flow, seed, when)
                    judge = Judge(call.items, call.cut, self.projects, seed, self.rules)
                    yield flow, seed, k, *judge.verdict(flow), call.items

    def early(self, calls):
        """Calls that the new entries answer before the routers know them: they are exchanged from the start."""
        for flow in self.projects[-1].first:
            for seed in range(calls):
                call = Call(self.sites, lambda n: len(self.sites) - 1, Script(seed))
                call.play(self.sites[-1].entry(flow))
                judge = Judge(
                    call.items, call.cut, self.projects, seed, self.rules, len(self.sites) - 1
                )
                yield flow, seed, 0, *judge.verdict(flow), call.items

    def call(self, flow, seed, when):
        call = Call(self.sites, when, Script(seed))
        call.play(self.sites[0].entry(flow))
        return call


ROUTED = ("nginx", "caddy", "apache", "cloudfront")


def world(seed, host, kind, folder, copies=False):
    """A world of a seed, or None where the compiler has no such thing, or nothing came of it."""
    knows = abilities()
    keep = {"keep 0": 0, "keep 1": 1}.get(kind, DEFAULT_KEEP)
    if (kind.startswith("keep") and "keep" not in knows) or (
        kind == "previous" and kind not in knows
    ):
        return None
    if kind in ("behind", "ahead") and host not in ROUTED:
        return None
    chance = Random(f"{seed} {host} {kind}")
    more = f", keep: {keep}" if kind.startswith("keep") else ""
    made = World(host, kind, folder, copies=copies)
    author = Author(chance, host, knows)
    author.relative &= not copies
    for _ in range(TRIES):
        tree = author.project()
        shutil.rmtree(folder / "flows", ignore_errors=True)
        tree.write(folder, host, more)
        if compiled(folder):
            break
    else:
        return None
    made.settle()
    flow = chance.choice(list(tree.flows)) if kind == "path" else None
    many = {"several": (2, keep + 2), "step by step": (2, keep), "keep 1": (1, 2)}.get(kind, (1, 1))
    for _ in range(chance.randint(*many)):
        tree = edited(made, author, tree, flow, more)
        if tree is None:
            return None
    versioned = made.sites[-1].versioned
    made.steps = kind == "step by step"
    made.rules = Rules(
        APOLOGY,
        names=host == "twiml-bin",
        keep=keep,
        answered=host in ROUTED and versioned,
        live=versioned,
        partial=flow,
        behind=kind == "behind",
        decides=host != "static",
    )
    if copies:
        return made
    if kind == "behind":
        made.sites[1] = made.sites[1].with_tables(made.sites[0])
    elif kind == "ahead":
        made.sites[1] = made.sites[0].with_tables(made.sites[1])
        made.projects[1] = made.projects[0]
    return made


def edited(made, author, tree, flow, more):
    """The tree after one edit that can be built, and is; None if none was found."""
    editor = Editor(author)
    output = "later" if made.kind == "previous" else "build"
    for tried in range(TRIES):
        kind = made.kind if made.kind in edits.KINDS else author.chance.choice(edits.KINDS)
        if flow and kind in ("circle", "flow out", "renamed flow", "rename", "dropped state"):
            continue  # these write in other flows too
        new = editor.edit(tree, kind, flow)
        if new is None or (tried < TRIES // 2 and kind in edits.WORDY and alike(tree, new)):
            continue
        new.write(made.folder, made.host, more)
        if made.kind == "previous":
            done = command(made.folder, "--previous", "build", "-o", output)
        else:
            done = compiled(made.folder, (flow,) if flow else ())
        if done:
            made.settle(output)
            return new
    return None


def alike(tree, new):
    """Whether nobody is likely to hear the difference between two trees."""
    one, other = (Project(made.flows, made.sounds) for made in (tree, new))
    return all(
        heard(one, one.start(flow), seed) == heard(other, other.start(flow), seed)
        for flow in tree.flows
        for seed in range(CALLS * 2)
    )


@dataclass
class Report:
    """Outcomes by host and kind, and the faults told in full."""

    outcomes: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)
    none: Counter = field(default_factory=Counter)

    @property
    def count(self):
        return sum(self.outcomes.values())

    def add(self, other):
        self.outcomes += other.outcomes
        self.none += other.none
        self.faults += other.faults


def judged(seed, host, kind, calls=CALLS):
    """The report of all exchanges of one world; a host "real nginx" is the server itself."""
    report = Report()
    _, real, named = host.rpartition("real ")
    if real and not servers.installed(named):
        report.none[host, kind] += 1
        return report
    with tempfile.TemporaryDirectory(prefix="twimlc-") as place, ExitStack() as running:
        made = world(seed, named, kind, Path(place), copies=bool(real))
        if made is None:
            report.none[host, kind] += 1
            return report
        if real:
            servers.serve(made, running)
        for flow, script, k, verdict, agreed, items in made.exchanges(calls):
            report.outcomes[host, kind, verdict] += 1
            if verdict in WRONG:
                told = [shown(item, at == agreed) for at, item in enumerate(items)]
                title = f"{verdict}: seed {seed}, {host}, {kind}; a call to {flow}, script {script}, exchanged behind fetch {k}"
                report.faults.append("\n".join([title, *told]))
    return report


def shown(item, here):
    mark = "  > " if here else "    "
    if isinstance(item, Fetch):
        return f"{mark}(build {item.served} answers {item.status}: {item.url})"
    return mark + item[0] + " ".join(str(part) for part in item[1:])
