"""Rows that are filled in are what they are when each is compiled alone, to the last byte."""

import ast
import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from folders import files_in, write_files
from random_rows import write_rows
from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.model import Element
from twimlc.pipeline import Options, Result, build, check, rows
from twimlc.pipeline.variants import Variant
from twimlc.rules import call_values, reach, streams, twiml

STORE = """\
flow: store
params: {name: x, place: y, phone: "+14155550199", open: "yes"}
states:
  main:
    - say: Welcome to ${name} at ${place}.
    - if: ${open == 'no'}
      goto: closed
    - menu: {prompt: "For the desk of ${name} press 1. To end, press 2.", choices: {"1": desk, "2": closed}}
      fallback: closed
  desk:
    - dial: {number: "${phone}", timeout: 20}
      fallback: closed
  closed:
    - say: ${name} is closed.
    - hangup
"""
PROJECT = (
    "matrix: stores.csv\nflows: flows\ntargets: {web: {host: nginx, url: https://v.example.com}}\n"
)


def stores(*lines: str, count: int = 12) -> str:
    """The table of so many ordinary rows, and these."""
    plain = [
        f"s{n},Oak Hill {n},{n} Main Street,+1415555{n:04d},yes" for n in range(10, 10 + count)
    ]
    return "\n".join(("store,name,place,phone,open", *plain, *lines)) + "\n"


def project(folder: Path, table: str, flow: str = STORE, text: str = PROJECT) -> Path:
    files = {"twimlc.yaml": text, "flows/store.yaml": flow, "stores.csv": table}
    return write_files(folder, files)


class Alone(rows.Rows):
    """Compiles every row alone."""

    def compile(self, name: str) -> tuple[Variant, list[Diagnostic]]:
        row = self._alone(name)
        return row.variant, row.told


def made(folder: Path) -> tuple[Result, Result, dict[str, bytes]]:
    """What a check and a build of a project give, and what is written."""
    shutil.rmtree(folder / "build", ignore_errors=True)
    built = build(Options(cwd=folder))
    there = files_in(folder / "build") if built.targets else {}
    return check(Options(cwd=folder)), built, there


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], int]:
    """Compares a project's rows with rows that are compiled alone; how many were filled in."""
    filled: list[str] = []
    fill = rows._Class.fill

    def counted(self: rows._Class, name: str, cells: rows.Cells) -> Variant | None:
        variant = fill(self, name, cells)
        filled.extend([name] if variant is not None else ())
        return variant

    monkeypatch.setattr(rows._Class, "fill", counted)

    def compare(folder: Path) -> int:
        filled.clear()
        shared, number = made(folder), len(filled) // 2
        with monkeypatch.context() as patch:
            patch.setattr("twimlc.pipeline.compile.Rows", Alone)
            alone = made(folder)
        for one, other in zip(shared, alone, strict=True):
            assert one == other
        return number

    return compare


def test_ordinary_rows_are_filled_in(tmp_path: Path, both: Callable[[Path], int]) -> None:
    closed = [f"t{n},Elm {n},{n} Side Street,+1415555{n:04d},no" for n in range(10, 16)]
    assert both(project(tmp_path, stores(*closed))) == 11 + 5


ODD = {
    "the same name as another text": "s50,Nobody,2 Main Street,+14155550150,yes",
    "a value that a param of its own is made of": 's50,"${place}",2 Main Street,+14155550150,yes',
    "a word that names a verb": "s50,hangup,2 Main Street,+14155550150,yes",
    "nothing": "s50,,2 Main Street,+14155550150,yes",
    "a key that the menu does not have": "s50,Oak. Press 7,2 Main Street,+14155550150,yes",
    "markup": "s50,<b>Oak</b> & sons,2 Main Street,+14155550150,yes",
    "a number nobody has": "s50,Oak,2 Main Street,+1415555,yes",
    "a costly number": "s50,Oak,2 Main Street,+19005550100,yes",
    "no number": "s50,Oak,2 Main Street,sip:a@example.com,yes",
    "much to say": f"s50,{'Oak ' * 1500},2 Main Street,+14155550150,yes",
    "letters that stand for texts": "s50,\ue000\ue001,2 Main Street,+14155550150,yes",
    "a longer name": "a-very-long-name,Oak,2 Main Street,+14155550150,yes",
    "two lines": 's50,"Oak\nHill",2 Main Street,+14155550150,yes',
    "the same in small letters": "s50,OAK HILL 10,oak hill 10,+14155550150,yes",
}


@pytest.mark.parametrize("line", ODD.values(), ids=ODD.keys())
def test_an_odd_row_is_what_it_is_alone(
    tmp_path: Path, both: Callable[[Path], int], line: str
) -> None:
    assert both(project(tmp_path, stores(line))) >= 11


FLOWS = {
    "two states that one row has alike": "states:\n  main: [{menu: {prompt: 'Press 1 or 2.', choices:"
    " {'1': one, '2': two}}, fallback: one}]\n  one: [{say: 'A ${name}'}, {goto: main}]\n"
    "  two: [{say: 'A ${place}'}, {goto: main}]\n",
    "an address of another row": "steps: [{say: '${name}'}, {redirect: https://v.example.com/s11/store/index.xml}]\n",
    "a name that decides": "steps: [{say: '${name}'}, {dial: {conference: '${place}'}, then: hangup}]\n",
    "a marked text": "steps: [{say: {ssml: '<p>${name}</p>'}}, hangup]\n",
    "an open question, whose note quotes words": "states:\n  hello:\n    - connect: {room: Daily}\n"
    "      then: bye\n      fallback: [{say: 'This is rather a long way to say that we are, at ${place},"
    " closed.'}]\n  bye: [{say: 'Thank you for coming.'}, hangup]\n",
    "numbers that differ in blanks": "steps: [{dial: {number: ['+1 415 555 0150', '${phone}']},"
    " fallback: [{say: 'No.'}, hangup]}]\n",
    "values beside each other": "steps: [{say: '${name}${place}'}, {say: '${place}'}, hangup]\n",
    "one document, nearly too long to go on": "states:\n  main: [{say: '${name}'}, {goto: more}]\n"
    "  more:\n" + "".join(f"    - say: '{n}{'x' * 1600}'\n" for n in range(5)) + "    - goto: more\n",
}  # fmt: skip


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS.keys())
def test_a_row_of_any_flow_is_what_it_is_alone(
    tmp_path: Path, both: Callable[[Path], int], flow: str
) -> None:
    params = 'params: {name: x, place: y, phone: "+14155550199", open: "yes"}\n'
    odd = "s50,Oak,Oak,+14155550150,yes", "s51,,Elm,+14155550151,yes", "s52,Elm,,+14155550152,"
    both(project(tmp_path, stores(*odd, count=6), f"flow: store\n{params}{flow}"))


HOSTS = (
    "host: static",
    "host: apache, url: https://v.example.com/a",
    "host: s3, url: https://v.example.com, router: cloudfront, onError: store",
    f"host: s3, url: https://v.example.com, router: twiml-bin, bin: EH{'0' * 32}",
    "host: twiml-bin",
)


@pytest.mark.parametrize("host", HOSTS)
def test_rows_of_any_host_are_what_they_are_alone(
    tmp_path: Path, both: Callable[[Path], int], host: str
) -> None:
    flow = STORE
    if host == "host: static":
        flow = "steps: [{say: '${name}'}, {dial: '${phone}'}, {say: 'At ${place}.'}]\n"
        flow = f'params: {{name: x, place: y, phone: "+14155550199"}}\n{flow}'
    text = f"matrix: stores.csv\nflows: flows\ntargets: {{web: {{{host}}}}}\n"
    filled = both(project(tmp_path, stores(count=5), flow, text))
    assert filled == (0 if "bin" in host else 4)


@pytest.mark.parametrize("letters", [*range(7_700, 8_140, 110)])
def test_texts_around_the_limit_of_a_document(
    tmp_path: Path, both: Callable[[Path], int], letters: int
) -> None:
    """Some rows go on in the same document, others in another."""
    words = [f"    - say: '{n} {'y' * (letters // 4)}'\n" for n in range(4)]
    flow = STORE.replace("  closed:\n", f"  closed:\n{''.join(words)}")
    long = [f"t{n},{'Elm ' * (n - 9)}{n},2 Main Street,+1415555{n:04d},yes" for n in range(10, 16)]
    both(project(tmp_path, stores(*long, count=4), flow))


@pytest.mark.sweep(20)
@pytest.mark.parametrize("seed", range(120))
def test_random_rows_are_what_they_are_alone(
    tmp_path: Path, both: Callable[[Path], int], seed: int
) -> None:
    write_rows(tmp_path / "project", seed)
    both(tmp_path / "project")


def test_an_element_keeps_nothing_of_its_texts() -> None:
    """They are exchanged in elements: what one kept of them would be that of another row."""
    parts = ["tag", "spec", "attributes", "children", "span", "asks"]  # who asks is not filled in
    assert [field.name for field in fields(Element)] == [*parts, "_linkless"]


def test_rules_that_are_not_asked_again_see_no_words() -> None:
    """Those outside of `check_words` know whether there are words, and no more."""
    allowed = {"literal_words": reach, "wordings": call_values}
    for module in (reach, streams, twiml, call_values):
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text("utf-8"))):
            assert not (isinstance(node, ast.Attribute) and node.attr == "children")
            if isinstance(node, ast.ImportFrom) and node.module == "twimlc.rules.words":
                assert all(allowed.get(name.name) is module for name in node.names)
