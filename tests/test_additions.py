"""What it takes to add something: in a copy of the compiler an attribute, a verb with two outcomes, a
rule, a command and two hosts are added, each in exactly the files that docs/architecture.md names.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VOICE = "compiler/twimlc/vocabulary/voice.py"
GENERATED = {"docs/twiml.md", "schema/flow.schema.json"}

ATTRIBUTE = """\
        Attribute("mood", T.ENUM, "How it sounds.", values=("calm", "glad"), twilio=(13512,)),
"""
VERB = """\
    Element("Vote", Kind.VERB, "Asks the caller for a vote.", "docs/voice/twiml",
        attributes.action("Address that takes the call over when the caller has voted."),
        attributes.method(),
        flow=Flow.ACTION_IF_SET,
        outcomes=Outcomes(("in-favor",), ("against",), "VoteResult", _as_named("in-favor", "against")),
    ),
"""
RULE = 'SHOUTING = Rule(999, "shouting", WARNING)\n'
PAGE = """\
# shouting

**TW999.**

A text is written in capitals.

Voices spell such words out.

## Wrong

```yaml
steps:
  - say: PLEASE HOLD
  - hangup
```

## Right

```yaml
steps:
  - say: Please hold.
  - hangup
```
"""
CHECK = """\
            if element.tag == "Say" and "".join(texts_of(element)).isupper():
                yield rules.SHOUTING.at(element.span, "this text is written in capitals")
"""
COMMAND = '''\
"""``twimlc greet``: says hello."""

import click

from twimlc.cli.streams import write


@click.command()
def greet() -> None:
    """Say hello."""
    write("hello\\n")
'''
HOST = '''\
"""Shelves: plain files, with a note on where to put them."""

from twimlc.lower.host import Host, HostFile

HOST = Host(
    "book-shelf",
    "a shelf of plain files",
    files=(HostFile("SHELF.md", "book_shelf/SHELF.md.j2", "text/markdown"),),
)
'''
ROUTING_HOST = '''\
"""A server that reads its table from a file."""

from twimlc.lower.host import Host, HostFile

HOST = Host(
    "switch",
    "a server that reads its table",
    decisions=True,
    files=(HostFile("table.txt", "switch/table.txt.j2", "text/plain"),),
)
'''
TABLE = """\
{% for table in board.tables %}{% for marked, value, document in table.rows %}
<< table.path | literal >> << value | literal >> << document | literal >>
{% endfor %}{% endfor %}
"""
MENU = """\
states:
  main:
    - menu: {prompt: Press one., choices: {1: thanks}}
    - hangup
  thanks: [{say: Thank you.}, hangup]
"""
PROJECT = """\
flows: flows
targets:
  plain: {host: static}
  nginx: {host: nginx, url: https://voice.example.com/ivr}
  bins: {host: twiml-bin}
"""
VOTING = """\
states:
  main:
    - vote: {}
      then: thanks
      when: {against: sorry}
  thanks: [{say: You are in favor.}, hangup]
  sorry: [{say: You are against it.}, hangup]
"""
CALLS = """\
calls:
  - name: in favor
    expect: [vote, say: You are in favor., hangup]
  - name: against
    vote: against
    expect: [vote, say: You are against it., hangup]
"""


class Copy:
    """A copy of the compiler beside a project of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "twimlc.yaml", folder)
        for name in ("compiler", "docs", "flows", "schema"):
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=without)
        self.project = folder / "project"
        self.put("project/twimlc.yaml", PROJECT)
        self.before = self._files()

    def put(self, name: str, text: str) -> None:
        """Write a new file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def insert(self, name: str, before: str, text: str) -> None:
        """Put ``text`` before the line that holds ``before`` for the first time."""
        path = self.folder / name
        head, found, rest = path.read_text("utf-8").partition(before)
        assert found, f"{name} has no {before!r}"
        start = head.rfind("\n") + 1
        path.write_text(head[:start] + text + head[start:] + found + rest, "utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def generate(self) -> None:
        """What CONTRIBUTING.md says to run after a change of the vocabulary or of a rule."""
        self.python(self.folder, "-m", "twimlc.formats.generate")
        self.python(self.folder, "docs/generate.py")

    def changed(self) -> set[str]:
        """The files of the compiler that are other than before, or new."""
        return {name for name, data in self._files().items() if self.before.get(name) != data}

    def twimlc(self, *arguments: str, status: int = 0) -> str:
        """What a command says, run in the project."""
        return self.python(self.project, "-m", "twimlc", *arguments, status=status)

    def python(self, where: Path, *arguments: str, status: int = 0) -> str:
        paths = os.pathsep.join(str(self.folder / name) for name in ("compiler", "docs"))
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=where, env=environment, capture_output=True, text=True
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def documents(self, target: str) -> str:
        """The text of all documents of a target."""
        folder = self.project / "build" / target
        return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.xml")))

    def _files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and self.project not in path.parents
        }


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Copy]:
    """Makes copies of the compiler."""
    return lambda: Copy(tmp_path_factory.mktemp("compiler"))


def test_an_attribute_is_a_line_of_its_row(originals: Callable[[], Copy]) -> None:
    copy = originals()
    copy.insert(VOICE, 'Attribute("voice", T.VOICE', ATTRIBUTE)
    copy.generate()
    assert copy.changed() == {VOICE, *GENERATED}
    copy.put("project/flows/a.yaml", "steps:\n  - say: {message: Hello., mood: glad}\n  - hangup\n")
    copy.twimlc("build", "--strict")
    assert '<Say mood="glad">Hello.</Say>' in copy.documents("plain")
    copy.put(
        "project/flows/a.yaml", "steps:\n  - say: {message: Hello., mood: gladd}\n  - hangup\n"
    )
    told = copy.twimlc("check", "-t", "plain", status=1)
    assert "a.yaml:2:34: error" in told
    assert "did you mean 'glad'?" in told


def test_a_verb_is_a_row(originals: Callable[[], Copy]) -> None:
    copy = originals()
    copy.insert(VOICE, 'Element("Say", Kind.VERB', VERB)
    copy.replace(VOICE, 'children=("Connect", "Dial",', 'children=("Vote", "Connect", "Dial",')
    copy.generate()
    assert copy.changed() == {VOICE, *GENERATED, "schema/script.schema.json"}
    copy.put("project/flows/a.yaml", VOTING)
    copy.put("project/flows/a.test.yaml", CALLS)
    assert "a.yaml:5:7: error[TW701" in copy.twimlc(
        "check", "-t", "plain", status=1
    )  # plain files cannot tell
    copy.twimlc("build", "--strict", "-t", "nginx", "-t", "bins")  # and each build is proven
    assert any(
        "VoteResult" in path.read_text("utf-8")
        for path in (copy.project / "build" / "nginx").rglob("*.conf")
    )
    assert "2 calls" in copy.twimlc("test", "-t", "nginx", "--coverage", "--fail-under", "100")
    copy.twimlc("test", "-t", "bins")
    assert "against" in copy.twimlc("graph", "a", "-t", "nginx")
    copy.put("project/flows/a.yaml", VOTING.replace("against: sorry", "agianst: sorry"))
    assert "did you mean 'against'?" in copy.twimlc("check", "-t", "nginx", status=1)


def test_a_rule_is_a_line_a_page_and_a_check(originals: Callable[[], Copy]) -> None:
    copy = originals()
    rules, check = "compiler/twimlc/findings/rules.py", "compiler/twimlc/rules/spoken.py"
    page = "docs/findings/shouting.md"
    path = copy.folder / rules
    path.write_text(path.read_text("utf-8") + RULE, "utf-8")
    copy.put(page, PAGE)
    copy.insert(check, 'if element.tag == "Say" and element not in seen', CHECK)
    copy.generate()
    assert copy.changed() == {rules, check, page, "docs/findings.md"}
    assert "Voices spell such words out." in copy.twimlc("explain", "TW999")
    flow = PAGE.split("```yaml\n")[1].split("```")[0]
    copy.put("project/flows/a.yaml", flow)
    told = copy.twimlc("check", "-t", "plain", "--strict", status=1)
    assert "a.yaml:2:5: warning[TW999 shouting]" in told
    assert '"Voices spell such words out.' in copy.twimlc(
        "check", "-t", "plain", "--format", "sarif"
    )
    copy.put("project/flows/a.yaml", f"# twimlc: ignore-file[shouting] they like it\n{flow}")
    copy.twimlc("check", "-t", "plain", "--strict")


def test_a_command_is_a_file(originals: Callable[[], Copy]) -> None:
    copy = originals()
    command = "compiler/twimlc/cli/commands/greet.py"
    copy.put(command, COMMAND)
    copy.generate()
    assert copy.changed() == {command}
    assert copy.twimlc("greet") == "hello\n"
    assert "greet    Say hello." in copy.twimlc("--help")
    assert "Did you mean 'greet'?" in copy.twimlc("gret", status=2)


def test_a_host_is_a_folder(originals: Callable[[], Copy]) -> None:
    copy = originals()
    folder = "compiler/twimlc/hosts/book_shelf"
    copy.put(f"{folder}/__init__.py", HOST)
    copy.put(f"{folder}/SHELF.md.j2", "Put public/ of << board.target >> on the shelf.\n")
    copy.put(f"{folder}/page.md", "## book-shelf\n\nPut the files on the shelf.\n")
    copy.generate()
    own = {f"{folder}/{name}" for name in ("__init__.py", "SHELF.md.j2", "page.md")}
    generated = {"docs/hosts.md", "docs/constructs.md", "schema/project.schema.json"}
    assert copy.changed() == {*own, *generated}
    assert "Put the files on the shelf." in (copy.folder / "docs/hosts.md").read_text("utf-8")
    assert "book-shelf: a shelf of plain files" in copy.twimlc("hosts")
    copy.put("project/twimlc.yaml", "flows: flows\ntargets: {own: {host: book-shelf}}\n")
    copy.put("project/flows/a.yaml", "steps:\n  - say: Hello.\n  - hangup\n")
    copy.put("project/flows/a.test.yaml", "calls: [{name: all, expect: [say: Hello., hangup]}]\n")
    copy.twimlc("build", "--strict")  # which is proven
    assert "<Say>Hello.</Say>" in copy.documents("own")
    note = copy.project / "build" / "own" / "SHELF.md"
    assert note.read_text("utf-8") == "Put public/ of own on the shelf.\n"
    assert "1 call" in copy.twimlc("test")
    copy.put("project/flows/a.yaml", MENU)
    assert "a.yaml:3:7: error[TW701" in copy.twimlc("check", status=1)
    copy.put("project/twimlc.yaml", "flows: flows\ntargets: {own: {host: book-shelv}}\n")
    assert "did you mean 'book-shelf'?" in copy.twimlc("check", status=1)


def test_a_host_with_routing_is_a_folder(originals: Callable[[], Copy]) -> None:
    copy = originals()
    copy.put("compiler/twimlc/hosts/switch/__init__.py", ROUTING_HOST)
    copy.put("compiler/twimlc/hosts/switch/table.txt.j2", TABLE)
    copy.put("project/twimlc.yaml", "flows: flows\ntargets: {own: {host: switch}}\n")
    copy.put("project/flows/a.yaml", MENU)
    copy.twimlc("build")
    table = (copy.project / "build" / "own" / "table.txt").read_text("utf-8")
    assert re.search(r'"a/v[.]\w+/main[.]0[.]decide" "1" "a/v[.]\w+/thanks[.]xml"', table)
    copy.put("project/twimlc.yaml", "flows: flows\ntargets: {own: {host: static}}\n")
    told = " ".join(copy.twimlc("check", status=1).replace("|", " ").split())
    assert "apache, switch, vercel, or s3 with a router" in told
