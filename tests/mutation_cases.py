"""What notices a mutant of the compiler: projects, and all that the compiler says and builds of each.

A case is noticed to differ by any finding (place, severity, words, hint, labels and fix), by any
file of any target's folder, manifest included, and by any count of the proof. Kinds of cases:

- ``kept``: small flows that notice what others do not, in ``mutation_flows``
- ``rules``: the wrong and the right example of every rule's page
- ``mistakes``: flows as people write them, each with one mistake, and its right twin
- ``tests``: every project that the tests of reading and lowering give to the compiler
- ``flows``: the examples, flows without a mistake and the golden projects, on all hosts
- ``random``: made-up flows, on two hosts each
- ``changed``: a case as above with one value, key or line changed, mostly for one of another case
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from random import Random

from folders import write_files

TESTS = Path(__file__).parent
FLOWS = TESTS.parent / "flows"
CHANGED = 8_000
RANDOM_FLOWS = 150
READ_TWICE = 25
MOST_BYTES = 30_000  # of a project that a test makes: larger ones are slow, and no other
TOPICS = (
    "addresses",
    "rules",
    "apology",
    "bad",
    "bin_contexts",
    "bin_names",
    "bin_same_call",
    "call_values",
    "component",
    "contract",
    "fetches",
    "fix",
    "flow",
    "flows_of_targets",
    "formats",
    "hop",
    "hosts_capabilities",
    "hosts_fragments",
    "hosts_upload",
    "interpret",
    "keys",
    "kept_versions",
    "limits",
    "lower",
    "meaning",
    "output",
    "own_addresses",
    "pipeline",
    "project",
    "render",
    "second_reader_language",
    "unknown_values",
    "value_typos",
    "values",
    "verify_big_menus",
    "verify_build",
    "verify_carried",
    "versions",
    "yaml",
)
"""The beginnings of the names of test files whose projects are cases."""


@dataclass(frozen=True)
class Case:
    """A project to build: its files, and the options. ``drawn`` also asks for pictures of flows."""

    kind: str
    name: str
    files: dict[str, bytes]
    targets: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    drawn: bool = False

    def answer(self) -> str:
        """All that the compiler says and builds."""
        folder = tempfile.mkdtemp(prefix="twimlc-mutation-", dir=_MEMORY)
        try:
            said = self._said(Path(folder))
        except ImportError:
            raise
        except Exception as error:
            said = f"raises {type(error).__name__}: {error}"
        finally:
            shutil.rmtree(folder)
        return said.replace(folder, "HOME")

    def _said(self, folder: Path) -> str:
        from twimlc import pipeline
        from twimlc.pipeline.picture import graph
        from twimlc.report import render
        from twimlc.report.graph import render_graph

        write_files(folder, self.files)
        options = pipeline.Options(
            cwd=folder,
            targets=self.targets,
            paths=tuple(folder / path for path in self.paths),
            params=dict(self.params),
        )
        result = pipeline.build(options)
        said = [render(result.findings, "json"), *map(repr, result.targets), *result.faults]
        for file in sorted((folder / "build").rglob("*")):
            if file.is_file():
                said += [file.relative_to(folder).as_posix(), file.read_text("latin-1")]
        if self.drawn:
            flows = {path[:-5] for path in self.files if path.endswith(".yaml") and "/" not in path}
            for name in sorted(flows - {"twimlc"}):
                view, _ = graph(replace(options, paths=()), name)
                said += [render_graph(view)] if view is not None else []
        return "\n".join(said)


_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None


def all_cases() -> Iterator[Case]:
    """Every case once, whatever the number of tests that make it."""
    cases = list(_every_case())
    return _once([*cases, *changed(cases, CHANGED)])


def _once(cases: list[Case]) -> Iterator[Case]:
    seen: set[str] = set()
    for case in cases:
        asked = (sorted(case.files.items()), case.targets, case.paths, case.params)
        digest = sha256(repr(asked).encode()).hexdigest()
        if digest not in seen:
            seen.add(digest)
            yield case


def quick_cases() -> Iterator[Case]:
    """Cases that are there without a run of the tests, and cheap."""
    yield from _kept()
    yield from _rules()
    yield from _mistakes()


def _every_case() -> Iterator[Case]:
    yield from quick_cases()
    yield from _of_tests()
    yield from _flows()
    yield from _random()
    yield from _read_twice()


def _kept() -> Iterator[Case]:
    """Each file of ``mutation_flows`` is a flow, its first line the target; a folder a project."""
    for path in sorted((TESTS / "mutation_flows").iterdir()):
        if path.is_dir():
            yield Case("kept", path.name, _files(path), drawn=True)
        else:
            flow = path.read_bytes()
            target = flow.partition(b"\n")[0].removeprefix(b"# target: ").decode()
            yield Case("kept", path.stem, {"f.yaml": flow}, (target,), drawn=True)


def _rules() -> Iterator[Case]:
    from test_findings_examples import OUTPUT, SCRIPTS, WHOLE
    from twimlc.findings.catalogue import RULES
    from twimlc.findings.pages import page_of

    for slug in sorted(set(RULES) - WHOLE - OUTPUT - SCRIPTS):
        page = page_of(slug)
        for name, example in ((slug, page.wrong), (f"{slug}, right", page.right)):
            texts = {example.name: example.flow, **dict(example.files)}
            if any(" MB>" in text or text.startswith("-> ") for text in texts.values()):
                continue
            files = {path: text.encode("utf-8", "surrogatepass") for path, text in texts.items()}
            alone = () if example.files else (example.name,)
            yield Case("rules", name, files, (example.target,), alone)


def _mistakes() -> Iterator[Case]:
    import bad_cases

    for case in bad_cases.cases():
        for name, files in ((case.name, case.files), (f"{case.name}, right", case.mended)):
            if files is not None:
                paths = (case.name,) if len(files) == 1 else ()
                targets = (case.target,) if case.target else ()
                yield Case("mistakes", name, files, targets, paths)


def _flows() -> Iterator[Case]:
    from snapshot import HOSTS, PROJECT

    sound = sorted((TESTS / "sound_flows").iterdir())
    for path in [*sorted(FLOWS.glob("*.yaml")), *sound]:
        if not path.name.endswith(".test.yaml"):
            files = {
                path.name: path.read_bytes(),
                "twimlc.yaml": PROJECT.encode(),
                "chime.wav": b"RIFF",
            }
            for host in HOSTS:
                drawn = host == "nginx"
                yield Case("flows", f"{path.stem} on {host}", files, (host,), drawn=drawn)
    for path in sorted((TESTS / "golden").iterdir()):
        files = {
            file.relative_to(path).as_posix(): file.read_bytes()
            for file in sorted(path.rglob("*"))
            if file.is_file() and file.relative_to(path).parts[0] != "expected"
        }
        targets = () if "twimlc.yaml" in files else ("static",)
        yield Case("flows", path.name, files, targets)


def _random() -> Iterator[Case]:
    from random_flows import Author
    from snapshot import HOSTS, PROJECT

    for seed in range(RANDOM_FLOWS):
        for host in (HOSTS[seed % 2], HOSTS[2 + seed % 7]):
            texts = Author(seed, decisions=host not in ("static", "s3")).write()
            files = {f"{stem}.yaml": text.encode() for stem, text in texts.items()}
            files |= {"twimlc.yaml": PROJECT.encode(), "sounds/la.mp3": b"\xff\xfbla"}
            yield Case("random", f"random flow {seed} on {host}", files, (host,))


def _read_twice() -> Iterator[Case]:
    from second.author import Author

    for seed in range(READ_TWICE):
        with tempfile.TemporaryDirectory() as place:
            author = Author(seed)
            author.write(Path(place), author.hosts[-1:])
            yield Case("random", f"made-up flows {seed}", _files(Path(place)))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "build" not in file.relative_to(folder).parts
    }


_VALUE = re.compile(r"""\b([A-Za-z]+): *("[^"\n]*"|'[^'\n]*'|[^\s,{}\[\]"'][^,{}\[\]\n]*)""")
_ODD = ("", "0", "1", "-1", "true", "~", "[]", "{}", "a b", "*", "'#'", "x", "1.5", "${call.From}")
_PARTS = (":0", ":443", ":65535", "?x=1", "#f", "/", ".", "@", "..", "-", " ", "_", "%2F", "é", "0")


def changed(cases: list[Case], number: int) -> Iterator[Case]:
    """So many changes of cases; the same each time."""
    random = Random(1)
    values: dict[str, list[str]] = {}
    bases = []
    for case in cases:
        flows = [name for name in case.files if name.endswith(".yaml") and name != "twimlc.yaml"]
        texts = [case.files[name].decode("utf-8", "replace") for name in flows]
        for key, value in (pair for text in texts for pair in _VALUE.findall(text)):
            values.setdefault(key, []).append(value)
        if flows and sum(map(len, case.files.values())) < 2_500:
            bases.append((case, flows))
    known = {key: sorted(set(given)) for key, given in values.items()}
    for count in range(number):
        case, flows = random.choice(bases)
        name = random.choice(flows)
        text = case.files[name].decode("utf-8", "replace")
        text = random.choice((_other_value,) * 5 + (_other_key, _other_line))(text, random, known)
        files = {**case.files, name: text.encode("utf-8", "surrogatepass")}
        yield replace(case, kind="changed", name=f"{count}: {case.name}", files=files)


def _other_value(text: str, random: Random, known: dict[str, list[str]]) -> str:
    found = list(_VALUE.finditer(text))
    if not found:
        return text
    match = random.choice(found)
    value = match[2]
    inner = value.strip("\"'")
    at = random.randrange(len(inner) + 1)
    changes = [
        random.choice(known[match[1]]),
        random.choice(known[match[1]]),
        random.choice(_ODD),
        f'"{inner[:at]}{random.choice(_PARTS)}{inner[at:]}"',
        f'"{inner[:at]}{inner[at + 1 :]}"',
        f'"{inner.swapcase()}"',
        re.sub(r"\d+", lambda n: str(int(n[0]) + random.choice((-1, 1))), value, count=1),
    ]
    return text[: match.start(2)] + random.choice(changes) + text[match.end(2) :]


def _other_key(text: str, random: Random, known: dict[str, list[str]]) -> str:
    found = list(_VALUE.finditer(text))
    if not found:
        return text
    match = random.choice(found)
    return text[: match.start(1)] + random.choice(sorted(known)) + text[match.end(1) :]


def _other_line(text: str, random: Random, known: dict[str, list[str]]) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
    key = random.choice(sorted(known))
    new = f"{indent}{key}: {random.choice(known[key])}"
    lines[at : at + 1] = random.choice(([], [lines[at]] * 2, [lines[at], new], [new]))
    return "\n".join(lines)


def _of_tests() -> Iterator[Case]:
    """The projects that tests make; the tests are run for it, each in its own way."""
    import pickle

    with tempfile.TemporaryDirectory() as place:
        kept = Path(place, "cases")
        names = [f"{path}" for topic in TOPICS for path in sorted(TESTS.glob(f"test_{topic}*.py"))]
        asked = ["-q", "-x", "-m", "not slow", "-p", "no:cacheprovider", *dict.fromkeys(names)]
        done = subprocess.run(
            [sys.executable, __file__, str(kept), *asked], check=False, stdout=subprocess.DEVNULL
        )
        assert done.returncode == 0, "the tests fail without any change"
        yield from pickle.loads(kept.read_bytes())


class _Recorder:
    """A plugin of pytest that keeps every project that is loaded, as it is at that time."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.test = ""

    def pytest_runtest_setup(self, item) -> None:  # type: ignore[no-untyped-def]
        self.test = item.nodeid.rpartition("/")[2]

    def note(self, options) -> None:  # type: ignore[no-untyped-def]
        folder = options.folder
        temporary = folder.is_relative_to(tempfile.gettempdir())
        if not temporary or options.stdin or options.params_files or options.texts:
            return
        try:
            files = _files(folder)
            paths = tuple((folder / path).relative_to(folder).as_posix() for path in options.paths)
        except (ValueError, OSError):
            return
        if sum(map(len, files.values())) <= MOST_BYTES and len(files) <= 40:
            params = tuple(options.params.items())
            self.cases.append(Case("tests", self.test, files, options.targets, paths, params))


def _record(kept: Path, arguments: list[str]) -> int:
    import pickle

    import pytest

    from twimlc import pipeline
    from twimlc.pipeline import picture, proof, single  # noqa: F401  (they hold the name, too)

    recorder, load = _Recorder(), pipeline.load

    def noted(options):  # type: ignore[no-untyped-def]
        recorder.note(options)
        return load(options)

    for name, holder in list(sys.modules.items()):
        if name.startswith("twimlc") and getattr(holder, "load", None) is load:
            holder.load = noted
    assert pipeline.load is noted
    status = pytest.main(arguments, plugins=[recorder])
    from mutation_cases import Case as Named  # this file runs as a program: name the class so

    cases = [Named(**vars(case)) for case in recorder.cases]
    kept.write_bytes(pickle.dumps(cases))
    return int(status)


if __name__ == "__main__":
    sys.exit(_record(Path(sys.argv[1]), sys.argv[2:]))
