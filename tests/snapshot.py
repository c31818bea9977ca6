"""What a compiler says and builds, kept whole, to see what a change changes. Run by hand.

    python tests/snapshot.py save               keep what this tree does
    python tests/snapshot.py compare            what this tree does otherwise
    python tests/snapshot.py compare --show 20  more of the differences

``--tree DIR`` asks the compiler of another checkout, ``--only KIND`` looks at a part, ``--from
NAME`` keeps several. Of findings, places (file, span, rule, severity) and words are held apart: a
change of wording leaves the kinds ``places`` and ``bytes`` equal.

Each question is put to the command itself, in a process of its own that starts from one with all
modules loaded, in a folder of its own: arguments and files in, status, output and files out.
"""

import argparse
import difflib
import gzip
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from folders import write_files

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache" / "snapshots"
CORPUS = ROOT.parent / "shared" / "corpus"
HOSTS = ("static", "s3", "nginx", "caddy", "apache", "cloudfront", "twiml-bin", "hop", "vercel")
RANDOM_FLOWS = 2_000
COMMANDS = (
    "init",
    "check",
    "build",
    "watch",
    "test",
    "call",
    "graph",
    "explain",
    "hosts",
    "lsp",
    "schema",
)

PROJECT = """\
flows: .
targets:
  static: {host: static}
  s3: {host: s3, url: https://voice.example.com/ivr}
  nginx: {host: nginx, url: https://voice.example.com/ivr}
  caddy: {host: caddy, url: https://voice.example.com/ivr}
  apache: {host: apache, url: https://voice.example.com/ivr}
  cloudfront: {host: s3, router: cloudfront, url: https://voice.example.com/ivr}
  twiml-bin: {host: twiml-bin, media: https://media.example.com/ivr}
  hop: {host: s3, router: twiml-bin, url: https://voice.example.com/hop,
        bin: EH00000000000000000000000000000001}
  vercel: {host: vercel, url: https://voice.example.com/ivr}
"""

Files = dict[str, bytes]


class Question(NamedTuple):
    """One run of the command: its arguments, the files it finds, and what is kept of it."""

    kind: str
    name: str
    arguments: tuple[str, ...]
    files: Files
    stdin: bytes = b""


def main() -> int:
    """Save or compare; 1 where something differs."""
    arguments = _arguments()
    tree = arguments.tree.resolve()
    if not (tree / "compiler" / "twimlc").is_dir():
        sys.exit(f"{tree} holds no compiler")
    now = _answers(tree, arguments.only, arguments.random)
    kept = KEPT / arguments.kept
    if arguments.what == "save":
        kept.mkdir(parents=True, exist_ok=True)
        for kind, answers in now.items():
            with gzip.open(kept / f"{kind}.json.gz", "wt", encoding="utf-8") as file:
                json.dump(answers, file)
        print(", ".join(f"{len(answers)} {kind}" for kind, answers in now.items()))
        return 0
    differ = [_compared(kind, kept, now[kind], arguments) for kind in sorted(now)]
    return int(any(differ))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("save", "compare"))
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout that is asked")
    parser.add_argument("--only", default="", help="kinds whose name starts with this")
    parser.add_argument("--from", dest="kept", default="main", help="the name of what is kept")
    parser.add_argument("--show", type=int, default=3, help="differences shown of each kind")
    parser.add_argument("--random", type=int, default=RANDOM_FLOWS, help="how many random flows")
    return parser.parse_args()


def _answers(tree: Path, only: str, random: int) -> dict[str, dict[str, str]]:
    """What the compiler of ``tree`` answers, by kind and name."""
    found: dict[str, dict[str, str]] = {}
    with ProcessPoolExecutor(initializer=_load, initargs=(tree,)) as pool:
        asked = partial(filter, lambda question: question.kind.startswith(only.split("-")[0]))
        for answers in pool.map(_answered, asked(_questions(random)), chunksize=4):
            for kind, name, text in answers:
                found.setdefault(kind, {})[name] = text
    return {kind: answers for kind, answers in found.items() if kind.startswith(only)}


def _compared(kind: str, kept: Path, now: dict[str, str], arguments: argparse.Namespace) -> bool:
    """Whether a kind differs; what differs is printed."""
    show: int = arguments.show
    try:
        with gzip.open(kept / f"{kind}.json.gz", "rt", encoding="utf-8") as file:
            before: dict[str, str] = json.load(file)
    except FileNotFoundError:
        sys.exit(f"nothing is kept of {kind}: save first")
    fewer = arguments.random < RANDOM_FLOWS  # those that were not asked for are not gone
    before = {
        name: text
        for name, text in before.items()
        if name in now or not (fewer and name.startswith("random "))
    }
    gone, new = before.keys() - now.keys(), now.keys() - before.keys()
    changed = [name for name in now if name in before and now[name] != before[name]]
    equal = len(now) - len(changed) - len(new)
    print(f"{kind}: {equal} equal, {len(changed)} changed, {len(gone)} gone, {len(new)} new")
    for name in [*sorted(gone), *sorted(new)][:show]:
        print(f"  {'gone' if name in gone else 'new'}: {name}")
    for name in changed[:show]:
        pair = before[name].splitlines(), now[name].splitlines()
        lines = [*difflib.unified_diff(*pair, lineterm="", n=1)][2:42]
        print(f"  {name}", *(line[:400] for line in lines), sep="\n    ")
    return bool(changed or gone or new)


# What is asked


def _questions(random: int) -> Iterator[Question]:
    yield from _texts()
    yield from _flows()
    for kind in ("sound_flows", "golden"):
        for path in sorted((ROOT / "tests" / kind).iterdir()):
            yield from _project(kind, path.name, _read(path, "expected"))
    yield from _bad_flows()
    yield from _corpus()
    yield from _random_flows(random)


def _texts() -> Iterator[Question]:
    """Help, explanations, schemas and the table of hosts."""
    yield Question("help", "twimlc", ("--help",), {})
    for name in COMMANDS:
        yield Question("help", name, (name, "--help"), {})
    for name in ("flow", "project", "manifest", "report", "script"):
        yield Question("schema", name, ("schema", name), {})
    yield Question("hosts", "hosts", ("hosts",), {})
    yield Question("explain", "all", ("explain",), {})
    for number in range(100, 900):
        yield Question("explain", f"{number}", ("explain", f"{number}"), {})


def _flows() -> Iterator[Question]:
    """The example flows: findings, all builds, call scripts, pictures, calls and reports."""
    files = {f"flows/{name}": data for name, data in _read(ROOT / "flows").items()}
    files["twimlc.yaml"] = (ROOT / "twimlc.yaml").read_bytes()
    yield Question("findings", "flows", ("check", "--format", "json"), files)
    yield Question("bytes", "flows", ("build", "-v"), files)
    yield Question("calls", "flows", ("test", "--coverage"), files)
    yield Question("calls", "flows json", ("test", "--format", "json"), files)
    for name in sorted(path.stem for path in (ROOT / "flows").glob("*.yaml")):
        if name.endswith(".test"):
            continue
        for form in ("mermaid", "dot", "json"):
            yield Question("graph", f"{name} {form}", ("graph", name, "--format", form), files)
        for number, typed in enumerate((b"1\n\n2\n\n", b"\n\n\n\n\n", b"busy\n9\n", b"h\n")):
            yield Question("transcripts", f"{name} {number}", ("call", name, "-v"), files, typed)
        yield Question("generated", name, ("test", "--generate", name, "--force"), files)


def _project(kind: str, name: str, files: Files) -> Iterator[Question]:
    """A project, or a flow for every host there is."""
    if "twimlc.yaml" in files:
        yield Question("findings", f"{kind} {name}", ("check", "--format", "json"), files)
        yield Question("bytes", f"{kind} {name}", ("build",), files)
        return
    files = {**files, "twimlc.yaml": PROJECT.encode()}
    for host in HOSTS:
        target = ("-t", host)
        yield Question(
            "findings", f"{kind} {name} {host}", ("check", *target, "--format", "json"), files
        )
        yield Question("bytes", f"{kind} {name} {host}", ("build", "-q", *target), files)


def _bad_flows() -> Iterator[Question]:
    """Flows with a mistake: findings and their fixes; some in every form there is."""
    forms = ("human", "line", "sarif", "github", "gitlab", "junit", "markdown", "outputs")
    for number, path in enumerate(sorted((ROOT / "tests" / "bad_flows").iterdir())):
        files = _read(path)
        target = () if "twimlc.yaml" in files else ("-t", _target(files[path.name]))
        check = ("check", *target, *(() if "twimlc.yaml" in files else (path.name,)))
        yield Question("findings", f"bad {path.name}", (*check, "--format", "json"), files)
        yield Question("fixes", f"bad {path.name}", (*check, "--fix", "--diff"), files)
        form = forms[number % len(forms)]
        yield Question("reports", f"{path.name} {form}", (*check, "--format", form), files)


def _target(flow: bytes) -> str:
    named = re.match(rb"# target: (\S+)", flow)
    return named[1].decode() if named else "static"


def _corpus() -> Iterator[Question]:
    """TwiML that others wrote: each document alone, and the folders together."""
    if not CORPUS.is_dir():
        print("NOT COMPARED: there is no corpus here", file=sys.stderr)
        return
    for folder in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        files = {f"{folder.name}/{name}": data for name, data in _read(folder).items()}
        files = {name: data for name, data in files.items() if name.endswith(".xml")}
        check = ("check", "--format", "json")
        yield Question("findings", f"corpus {folder.name}", (*check, folder.name), files)
        for name in files:
            alone = {name: files[name]}
            yield Question("findings", f"corpus {name}", (*check, name), alone)
            typed = b"1\n\n2\n\n"
            call = ("call", "--documents", folder.name, "--entry", Path(name).name)
            if Path(name).parent.name == folder.name:
                yield Question("transcripts", f"corpus {name}", call, alone, typed)


def _random_flows(number: int) -> Iterator[Question]:
    """Flows made up at random, for two hosts each."""
    sys.path.insert(0, str(ROOT / "tests"))
    from random_flows import Author

    for seed in range(number):
        first, second = HOSTS[seed % 2], HOSTS[2 + seed % 7]
        for host in (first, second):
            texts = Author(seed, decisions=host not in ("static", "s3")).write()
            files = {f"{stem}.yaml": text.encode() for stem, text in texts.items()}
            files |= {"twimlc.yaml": PROJECT.encode(), "sounds/la.mp3": b"\xff\xfbla"}
            name = f"random {seed} {host}"
            yield Question(
                "bytes", name, ("build", "-t", host, "--no-verify", "--format", "json"), files
            )


def _read(path: Path, *left_out: str) -> Files:
    """A file under its name, or all files of a folder under their paths in it, but for the store."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.relative_to(path).parts[0] not in (*left_out, ".twimlc")
    }


# How it is answered


def _load(tree: Path) -> None:
    """Load every module of the compiler once; each question is then put to a copy."""
    sys.path.insert(0, str(tree / "compiler"))
    os.environ.update(NO_COLOR="1", COLUMNS="100", LC_ALL="C.UTF-8")
    os.environ.pop("FORCE_COLOR", None)
    os.environ.pop("GITHUB_ACTIONS", None)
    import twimlc

    assert Path(twimlc.__file__).is_relative_to(tree), "another compiler was loaded"
    for question in (
        Question("", "", ("build", "-q"), {"flows/a.yaml": b"steps: [hangup]\n"}),
        Question("", "", ("check", "a.yaml"), {"a.yaml": b"steps: [hangup, {play: 1, x: 2}]\n"}),
    ):
        with (
            tempfile.TemporaryDirectory() as folder,
            redirect_stderr(StringIO()),
            redirect_stdout(StringIO()),
        ):
            _run(question, Path(folder))


def _answered(question: Question) -> list[tuple[str, str, str]]:
    """(kind, name, text) of what is kept of the answer."""
    with tempfile.TemporaryDirectory(prefix="snapshot-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        write_files(home, question.files)
        output = Path(folder) / "output"
        child = os.fork()
        if child == 0:
            _ask(question, home, output)
        _, status = os.waitpid(child, 0)
        said = output.read_bytes().decode("utf-8", "surrogateescape").replace(folder, "HOME")
        head = (
            f"$ twimlc {' '.join(question.arguments)}\nstatus {os.waitstatus_to_exitcode(status)}\n"
        )
        if question.kind in ("bytes", "generated"):
            return [
                (question.kind, question.name, head + _written(home, question.files)),
                (f"{question.kind}-words", question.name, head + said),
            ]
        if question.kind == "findings":
            return [
                ("findings-places", question.name, head + _places(said)),
                ("findings-words", question.name, head + said),
            ]
        return [(question.kind, question.name, (head + said).encode("utf-8", "replace").decode())]


def _ask(question: Question, home: Path, output: Path) -> None:
    """Run the command in this process, and end it."""
    status = 70
    try:
        typed = output.with_name("typed")
        typed.write_bytes(question.stdin)
        os.dup2(os.open(typed, os.O_RDONLY), 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        for name, mode, number in (("stdin", "r", 0), ("stdout", "w", 1), ("stderr", "w", 2)):
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)
        status = _run(question, home)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(question: Question, home: Path) -> int:
    from twimlc.__main__ import main as command

    for name, data in question.files.items():
        if not (home / name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(data)
    os.chdir(home)
    sys.argv = ["twimlc", *question.arguments]
    return command()


def _written(home: Path, given: Files) -> str:
    """Every file that was not there, or is otherwise."""
    lines = []
    for name, data in _read(home).items():
        if given.get(name) != data:
            lines += [f"--- {name}", data.decode("utf-8", "surrogateescape")]
    return "\n".join(lines).encode("utf-8", "replace").decode()


def _places(report: str) -> str:
    """Of findings in JSON: rule, severity and place, one a line."""
    start = report.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(report[start:])
    except ValueError:
        return report
    keys = ("rule", "severity", "file", "line", "column", "endLine", "endColumn", "twilio")
    lines = []
    for one in found["findings"]:
        edits = (one.get("fix") or {}).get("edits", ())
        lines.append(json.dumps([{key: one.get(key) for key in keys}, *edits]))
    return "\n".join(lines)


if __name__ == "__main__":
    if hasattr(os, "fork"):
        sys.exit(main())
    sys.exit("snapshots need a system that forks")
