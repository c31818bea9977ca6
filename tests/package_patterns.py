"""Every regular expression of the package, the way each is used, and the places where they stand.

``written()`` finds those that stand in the package. Run as a program, this module does a bit of
everything that makes patterns at run time, and prints those and where they were made.
"""

import ast
import contextlib
import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import twimlc
from compiled import check_document
from folders import write_files
from twimlc import vocabulary
from twimlc.text import LazyPattern
from twimlc.vocabulary import numbers
from twimlc.vocabulary.values import VOICE_FAMILIES

ROOT = Path(twimlc.__file__).parent
FUNCTIONS = {
    "compile",
    "match",
    "fullmatch",
    "search",
    "findall",
    "finditer",
    "split",
    "sub",
    "subn",
}


PATTERNS = (re.Pattern, LazyPattern)
PLACE_OF_FLAGS = {"compile": 1, "split": 3, "sub": 4, "subn": 4}


class Used(NamedTuple):
    pattern: str | bytes
    flags: int
    way: str


class Site(NamedTuple):
    """A call of ``re`` that makes its pattern at run time."""

    file: str
    first: int
    last: int

    def is_among(self, places: set[tuple[str, int]]) -> bool:
        return any(file == self.file and self.first <= line <= self.last for file, line in places)


def way_of(function: str) -> str:
    """How a function of ``re`` goes over a text; who only compiles may do anything."""
    return function if function in ("match", "fullmatch", "search") else "all"


@cache
def modules() -> list[ModuleType]:
    return [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages([str(ROOT)], "twimlc.")
        if not found.name.endswith("__main__")
    ]


@cache
def written() -> tuple[set[Used], set[Site]]:
    """The patterns that stand in the package, and the calls whose pattern does not."""
    used: set[Used] = set()
    sites: set[Site] = set()
    compiled: set[tuple[str | bytes, int]] = set()
    ways: dict[tuple[str | bytes, int], set[str]] = {}
    for module in modules():
        for value in vars(module).values():
            compiled.update((found.pattern, found.flags) for found in _patterns_in(value))
        path = Path(str(module.__file__))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        pairs = [(above, node) for above in ast.walk(tree) for node in ast.iter_child_nodes(above)]
        handed_on = _ways_of_locals([node for _, node in pairs], vars(module))
        held = {name: [*_patterns_in(value)] for name, value in vars(module).items()}
        for above, node in pairs:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                value = vars(module).get(node.id)
                function = above.attr if isinstance(above, ast.Attribute) else ""
                for found in held.get(node.id, ()) if function not in ("pattern", "flags") else ():
                    alone = isinstance(value, PATTERNS) and function in FUNCTIONS
                    key = (found.pattern, found.flags)
                    ways.setdefault(key, set()).update({way_of(function)} if alone else handed_on)
            elif call := _call_of_re(node):
                try:
                    pattern = eval(ast.unparse(call.args[0]), vars(module))
                    flags = eval(_flags_of(call), vars(module))
                except NameError:
                    sites.add(Site(str(path), call.lineno, call.end_lineno or 0))
                    continue
                made = re.compile(pattern, flags)
                if (function := _name_of(call)) != "compile":
                    way = way_of(function)
                    used.add(Used(made.pattern, made.flags, way))
                elif (made.pattern, made.flags) not in compiled:
                    used.add(Used(made.pattern, made.flags, "all"))
    for pattern, flags in compiled:
        used |= {Used(pattern, flags, way) for way in ways.get((pattern, flags), {"all"})}
    return used | set(_of_schemas()) | set(_of_vocabulary()), sites


class Recorder:
    """Writes down every pattern that the package hands to ``re`` while it runs."""

    def __init__(self) -> None:
        self.used: set[Used] = set()
        self.places: set[tuple[str, int]] = set()
        self._compile = re.compile
        for name in FUNCTIONS:
            setattr(re, name, self._recorded(name, getattr(re, name)))
        make = LazyPattern.__init__

        def made(lazy: LazyPattern, pattern: Any, flags: int) -> None:
            caller = sys._getframe(2)  # who called `lazy_pattern`
            self.used.add(Used(pattern, self._compile(pattern, flags).flags, ""))
            self.places.add((caller.f_code.co_filename, caller.f_lineno))
            make(lazy, pattern, flags)

        LazyPattern.__init__ = made  # type: ignore[method-assign]

    def _recorded(self, name: str, function: Any) -> Any:
        def recorded(pattern: Any, *rest: Any, **named: Any) -> Any:
            caller = sys._getframe(1)
            if caller.f_code.co_filename.startswith(str(ROOT)):
                at = PLACE_OF_FLAGS.get(name, 2) - 1
                flags = rest[at] if len(rest) > at else named.get("flags", 0)
                made = self._compile(pattern, flags)
                way = "" if name == "compile" else way_of(name)
                self.used.add(Used(made.pattern, made.flags, way))
                self.places.add((caller.f_code.co_filename, caller.f_lineno))
            return function(pattern, *rest, **named)

        return recorded


def _name_of(call: Any) -> str:
    """Which function of ``re`` a call stands for."""
    return "compile" if isinstance(call.func, ast.Name) else str(call.func.attr)


def _call_of_re(node: ast.AST) -> Any:
    match node:
        case ast.Call(func=ast.Name(id="lazy_pattern")):
            return node
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name)) if name in FUNCTIONS:
            return node
    return None


def _ways_of_locals(nodes: list[ast.AST], known: dict[str, Any]) -> set[str]:
    """How a module uses patterns that it has from a parameter or from a table."""
    functions = {
        node.func.attr
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in known)
    }
    # A split is one of texts: no pattern that is handed on splits.
    return {way_of(name) for name in functions & (FUNCTIONS - {"split"})} or {"all"}


def _flags_of(call: Any) -> str:
    named = [ast.unparse(word.value) for word in call.keywords if word.arg == "flags"]
    at = PLACE_OF_FLAGS.get(_name_of(call), 2)
    return (named + [ast.unparse(part) for part in call.args[at : at + 1]] + ["0"])[0]


def _patterns_in(value: Any, depth: int = 4) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, PATTERNS):
        yield value  # type: ignore[misc]
    elif depth and isinstance(value, dict):
        yield from _patterns_in([*value, *value.values()], depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _patterns_in(part, depth - 1)
    elif depth and type(value).__module__.startswith("twimlc") and hasattr(value, "__dict__"):
        yield from _patterns_in(list(vars(value).values()), depth - 1)


def _of_schemas() -> Iterator[Used]:
    """They are searched for, as JSON Schema has it; all but one begin with ^."""
    for file in sorted(ROOT.parents[1].glob("schema/*.json")):
        todo = [json.loads(file.read_text(encoding="utf-8"))]
        while todo:
            part = todo.pop()
            if isinstance(part, dict):
                todo += part.values()
                given = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
                for text in [*given, *part.get("patternProperties", ())]:
                    yield Used(text, re.compile(text).flags, "search")
            elif isinstance(part, list):
                todo += part


def _of_vocabulary() -> Iterator[Used]:
    """Those that say how an attribute's value looks."""
    elements = [*vocabulary.VOICE.values(), *vocabulary.MESSAGING.values()]
    texts = {attribute.pattern for element in elements for attribute in element.attributes.values()}
    texts |= {element.text.pattern for element in elements if element.text}
    texts |= {family.pattern for family in VOICE_FAMILIES.values()}
    texts |= {begins for _, begins, *_ in numbers._LENGTHS}
    for text in filter(None, texts):
        yield Used(text, re.compile(text).flags, "fullmatch")


EXAMPLES = (
    *("duplicate-key", "cut-by-comment", "unknown-key", "wrong-type", "bad-name", "key-ends-input"),
    *("jump-into-matrix", "unknown-call-value", "unclosed-expression", "not-allowed-inside"),
    *("unfamiliar-value", "connector-cannot", "room-ends-into-fallback", "bad-hours"),
)
DOCUMENTS = (
    '<Response><Say voice="alice><Play loop="1"/></Response>',
    '<Response><Say><prosody volume="loudest">Hello</prosody></Say></Response>',
    '<Response><Message from="?!">Hello</Message></Response>',
    "HTTP/1.1 200 OK\n\n<Response/>",
    '<?php echo "a" ?><Response><%= b %>{% if c %}[% d %]</Response>',
)


def work(folder: Path) -> None:
    """Something for every place that makes a pattern at run time."""
    from twimlc import pipeline
    from twimlc.calls.player import fits
    from twimlc.cli.reports import is_report
    from twimlc.editor.open_files import FileKind
    from twimlc.editor.rename import _inside
    from twimlc.editor.shapes import shapes_at
    from twimlc.findings.pages import page_of
    from twimlc.rules import keys
    from twimlc.text import SourceFile, Span
    from twimlc.values.grammar import names_of, parse
    from twimlc.values.values import ExpressionError

    for slug in EXAMPLES:
        example, here = page_of(slug).wrong, folder / slug
        write_files(here, {example.name: example.flow, **dict(example.files)})
        paths = () if example.files else (here / example.name,)
        pipeline.check(pipeline.Options(paths=paths, targets=(example.target,), cwd=here))
    (folder / "alone.yaml").write_text("steps: hangup\n", encoding="utf-8")
    pipeline.check(pipeline.Options(paths=(folder / "alone.yaml",), cwd=folder))
    for text in DOCUMENTS:
        check_document(SourceFile("a.xml", text))
    for language in ("en", *keys._ALONE):
        keys.reader_of(language)
    with contextlib.suppress(ExpressionError):
        names_of(parse("a b"))
    for form in ("human", "line", "github", "gitlab", "outputs"):
        for text in ("x", "[]\nx"):
            is_report(StringIO(text), form)
    fits("${call.A}-${call.B}-${call.C}", "1-2")
    shapes_at(FileKind.FLOW, ("states", "main"))
    _inside(Span(SourceFile("a.yaml", "main"), 0, 4), "main")


@cache
def made() -> tuple[set[Used], set[tuple[str, int]]]:
    """The patterns of :func:`work` that stand nowhere, and the places that made some.

    They are made in a process of their own, which has none in store.
    """
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    used, places = json.loads(done.stdout)
    known = written()[0]
    standing = {(each.pattern, each.flags) for each in known}
    new = {
        Used(pattern, flags, way or "all")
        for pattern, flags, way in used
        if way or (pattern, flags) not in standing
    }
    return new - known, {(file, line) for file, line in places}


def main() -> None:
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder:
        work(Path(folder))
    used = [each for each in recorder.used if isinstance(each.pattern, str)]
    json.dump([used, list(recorder.places)], sys.stdout)


if __name__ == "__main__":
    main()
