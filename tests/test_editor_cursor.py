"""Where a cursor stands, and how editors count."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

from twimlc.cli.commands import lsp
from twimlc.editor.cursor import cursor_at
from twimlc.editor.protocol import Units, to_offset, to_units
from twimlc.editor.shapes import FileKind, shapes_at
from twimlc.text import SourceFile
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import Mapping, Node, Sequence

FLOWS = sorted((Path(__file__).parent.parent / "flows").rglob("*.yaml"))


def keys(
    node: Node, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str, int]]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            quoted = entry.key_span.text[-1:] in "\"'"
            yield path, entry.key, entry.key_span.end - quoted
            yield from keys(entry.value, (*path, entry.key))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from keys(item, (*path, index))


@pytest.mark.parametrize("file", FLOWS, ids=lambda path: path.name)
def test_every_key_of_the_example_flows_is_found_where_the_tree_has_it(file: Path) -> None:
    source = SourceFile(file.name, file.read_text(encoding="utf-8"))
    node, _ = read_yaml(source)
    assert node is not None
    if "&" in source.text or "<<" in source.text:
        pytest.skip("an alias stands in two places")
    for path, key, end in keys(node):
        cursor = cursor_at(source.text, end)
        assert (cursor.is_key, cursor.path, cursor.word) == (True, path, key)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("steps:\n  - dial: {number: 1, time", ("steps", 0, "dial", "time")),
        ("steps:\n  - dial: {number: 1\n  - say: ", ("steps", 1, "say")),
        ("star\nstates:\n  ", ("states", "")),
        ("states:\n  main:\n    ", ("states", "main", "")),
        ("states:\n  main:\n    - say: Hello.\n    -", ("states", "main", 1, "")),
        ("states:\n  main:\n    - say: Hello.\n    ", ("states", "main", "")),
        ('steps:\n  - say: "Hello, ', ("steps", 0, "say")),
        ("steps:\n  - say: {message: ${na", ("steps", 0, "say", "message")),
        ("steps:\n  - say: |\n      Hello, ", ("steps", 0, "say")),
        ("steps:\n  - goto: main  # the sta", ()),
    ],
)
def test_a_cursor_in_a_text_that_is_not_whole(text: str, place: tuple[str | int, ...]) -> None:
    assert cursor_at(text, len(text)).place == place


@pytest.mark.sweep
@given(st.text(alphabet=" \n-:{}[],#'\"|>ab${}&*📞", max_size=60), st.integers(0, 60))
def test_no_text_is_too_broken(text: str, offset: int) -> None:
    cursor = cursor_at(text, min(offset, len(text)))
    assert 0 <= cursor.start <= len(text)
    shapes_at(FileKind.FLOW, cursor.place)


@pytest.mark.sweep
@given(st.text(alphabet="a\n\r\u2028é📞", max_size=40), st.integers(0, 40), st.sampled_from(Units))
def test_counting_there_and_back(text: str, offset: int, units: Units) -> None:
    file = SourceFile("x", text)
    offset = min(offset, len(text))
    place = file.position(offset)
    if place.column - 1 <= len(file.line(place.line)):  # not between CR and LF
        assert to_offset(file, *to_units(file, offset, units), units) == offset


def test_a_character_beyond_the_first_plane_takes_two_units() -> None:
    file = SourceFile("x", "a\n📞b")
    assert to_units(file, 3, Units.UTF16) == (1, 2)
    assert to_units(file, 3, Units.UTF8) == (1, 4)
    assert to_units(file, 3, Units.UTF32) == (1, 1)


def test_without_the_extra_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setattr(lsp, "find_spec", lambda name: None)
    result = CliRunner().invoke(lsp.lsp, [], standalone_mode=False)
    assert result.return_value == 3
    assert "pip install 'pygls>=2'" in result.stderr
