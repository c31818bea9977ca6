"""Mutants of the compiler itself: every comparison, constant and branch of a room, each changed once.

``mutants`` makes them by rule from the source of a module; ``planted`` puts one into the running
program. What is changed:

- a comparison: ``==`` and ``!=``, ``<`` and ``<=``, ``>`` and ``>=``, ``in`` and ``not in``,
  ``is`` and ``is not`` take each other's place
- a constant: a number becomes the next one, a text gets a letter more, ``True`` becomes ``False``
- a branch: the test of an ``if``, a ``while``, a ternary or a comprehension is turned round;
  ``and`` and ``or`` take each other's place; ``return X`` of a function with several becomes
  ``return None``

What stays, since it is no decision of the code: texts with a space, which are words for people;
docstrings, annotations and patterns; and the entries of a collection that a module or a class holds,
which are facts (names of voices, endings of files), told apart from code by standing in a table.
"""

import ast
import functools
import importlib
import importlib.abc
import importlib.util
import inspect
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import twimlc

PACKAGE = Path(twimlc.__file__).parent

ROOMS = {
    "flow": ("flow/*.py",),
    "lower": (
        "lower/*.py",
        "hosts/twiml_bin/checks.py",
        "hosts/twiml_bin/lowering.py",
        "hosts/twiml_bin/names.py",
        "hosts/twiml_bin/sections.py",
    ),
}
"""The files of the rooms that are changed: those that read flows, and those that lower them."""
LEFT_OUT = ("__init__", "references")
"""What only hands on names, and what only an editor asks: its own tests judge that."""

SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}

_COLLECTIONS = (ast.Dict, ast.Set, ast.List, ast.Tuple)
Change = Callable[[ast.AST], None]  # changes a node of a copy of the tree


@dataclass(frozen=True)
class Mutant:
    """One change: the module, the place, what it is, and how it is made.

    ``tree`` gives the module's tree with it. All mutants of a module share the tree, so a process
    makes one of them only.
    """

    module: str
    line: int
    lines: frozenset[int]  # of the statement, one of which runs when the change can matter
    around: frozenset[int]  # of the outermost function
    words: frozenset[bytes]  # texts in the statement
    kind: str  # comparison, constant, branch
    what: str
    function: str | None  # qualified name of the outermost function; None in the module itself
    tree: Callable[[], ast.Module]

    @property
    def name(self) -> str:
        """Holds no line number, so that it stays when lines are added above."""
        return f"{self.module.removeprefix('twimlc.')} {self.function or '-'} {self.what}"


def modules(room: str) -> list[str]:
    """The modules of a room, by name."""
    paths = [path for pattern in ROOMS[room] for path in sorted(PACKAGE.glob(pattern))]
    assert paths, f"no file is of {room}"
    names = [path.relative_to(PACKAGE).with_suffix("").parts for path in paths]
    return [".".join(("twimlc", *parts)) for parts in names if parts[-1] not in LEFT_OUT]


def mutants(module: str) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its lines; names are unique."""
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    counts: Counter[tuple[str | None, str]] = Counter()
    for node, function, statement, outer in list(_walk(tree)):
        for kind, what, change in _changes(node):
            counts[function, what] += 1
            if (times := counts[function, what]) > 1:
                what = f"{what} ({times})"
            yield Mutant(
                module,
                getattr(node, "lineno", statement.lineno),
                _lines(statement),
                _lines(outer),
                _words(statement),
                kind,
                what,
                function,
                functools.partial(_changed, tree, node, change),
            )


def _changed(tree: ast.Module, node: ast.AST, change: Change) -> ast.Module:
    change(node)
    return ast.fix_missing_locations(tree)


Place = tuple[ast.AST, str | None, ast.stmt, ast.stmt]


def _walk(tree: ast.Module) -> Iterator[Place]:
    """Each node whose change can matter, with its outermost function and its statement.

    The last is the statement of the function, or of the module where there is none.
    """

    def inside(
        node: ast.AST,
        names: tuple[str, ...],
        function: str | None,
        statement: ast.stmt,
        outer: ast.stmt,
    ) -> Iterator[Place]:
        for child in _meaning(node):
            if function is None and isinstance(node, _COLLECTIONS):
                if not isinstance(child, ast.Constant):
                    yield from inside(child, names, function, statement, outer)
                continue
            if isinstance(child, ast.arguments) and isinstance(node, ast.FunctionDef):
                # Defaults are evaluated where the function is defined.
                own = None if node is outer else function
                yield from inside(child, names, own, statement, outer)
                continue
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and function is None:
                own_names = (*names, child.name)
                name = ".".join(own_names) if isinstance(child, ast.FunctionDef) else None
                yield from inside(child, own_names, name, child, child)
                continue
            where = child if isinstance(child, ast.stmt) else statement
            top = where if function is None else outer
            yield child, function, _own_lines(where), top
            yield from inside(child, names, function, where, top)

    head = ast.Pass(lineno=1, end_lineno=1)
    yield from inside(tree, (), None, head, head)


def _lines(statement: ast.stmt) -> frozenset[int]:
    return frozenset(range(statement.lineno, (statement.end_lineno or 0) + 1))


def _words(statement: ast.stmt) -> frozenset[bytes]:
    found = [part.value for part in ast.walk(statement) if isinstance(part, ast.Constant)]
    return frozenset(
        word.lower().encode() for word in found if isinstance(word, str) and 2 < len(word) < 30
    )


def _own_lines(statement: ast.stmt) -> ast.stmt:
    """A statement without its body: an ``if`` matters where its test runs."""
    test = getattr(statement, "test", None) or getattr(statement, "iter", None)
    if test is None or not hasattr(statement, "body"):
        return statement
    own = ast.Expr(test)
    own.lineno, own.end_lineno = statement.lineno, test.end_lineno
    return own


def _meaning(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node but for docstrings, annotations, and calls that make patterns."""
    body = getattr(node, "body", None)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "bases", "decorator_list"):
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":  # of zip: it asserts
            continue
        if isinstance(node, ast.JoinedStr) and _is_for_people(node):
            value = [part for part in node.values if not isinstance(part, ast.Constant)]
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom):
                continue
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if body and is_text:
                continue
            if isinstance(child, ast.Call) and ast.unparse(child.func).startswith("re."):
                continue
            yield child


def _is_for_people(text: ast.JoinedStr) -> bool:
    return any(isinstance(part, ast.Constant) and " " in part.value for part in text.values)


def _changes(node: ast.AST) -> Iterator[tuple[str, str, Change]]:
    match node:
        case ast.Compare():
            for at, operator in enumerate(node.ops):
                other = SWAPPED[type(operator)]
                what = f"{ast.unparse(node)[:60]}: {type(operator).__name__} is {other.__name__}"
                yield "comparison", what, functools.partial(_compare, at, other)
        case ast.Constant(value=bool()):
            yield "constant", f"{node.value} is {not node.value}", _negate_constant
        case ast.Constant(value=int()):
            yield "constant", f"{node.value} is {node.value + 1}", _count_on
        case ast.Constant(value=str()) if node.value and " " not in node.value:
            yield "constant", f"{node.value!r} has a letter more", _spell_otherwise
        case ast.If() | ast.While() | ast.IfExp() if _is_branch(node.test):
            yield "branch", f"if not {ast.unparse(node.test)[:60]}", _turn_round
        case ast.comprehension() if node.ifs:
            yield "branch", f"no `if {ast.unparse(node.ifs[0])[:60]}`", _without_if
        case ast.BoolOp():
            yield "branch", f"{ast.unparse(node)[:60]}: and is or", _other_operator
        case ast.Return() if node.value is not None and ast.unparse(node.value) != "None":
            yield "branch", f"return None for {ast.unparse(node.value)[:50]}", _return_nothing


def _is_branch(test: ast.expr) -> bool:
    """A comparison is a mutant already; what only a type checker reads never runs."""
    return not isinstance(test, ast.Compare) and ast.unparse(test) != "TYPE_CHECKING"


def _compare(at: int, other: type[ast.cmpop], node: ast.AST) -> None:
    node.ops[at] = other()  # type: ignore[attr-defined]


def _negate_constant(node: ast.AST) -> None:
    node.value = not node.value  # type: ignore[attr-defined]


def _count_on(node: ast.AST) -> None:
    node.value += 1  # type: ignore[attr-defined]


def _spell_otherwise(node: ast.AST) -> None:
    node.value += "x"  # type: ignore[attr-defined]


def _turn_round(node: ast.AST) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]


def _without_if(node: ast.AST) -> None:
    del node.ifs[0]  # type: ignore[attr-defined]


def _other_operator(node: ast.AST) -> None:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()  # type: ignore[attr-defined]


def _return_nothing(node: ast.AST) -> None:
    node.value = ast.Constant(None)  # type: ignore[attr-defined]


def plant(mutant: Mutant) -> None:
    """Put a mutant of a function into this process, for good; every reference to it is changed.

    What caches hold stays.
    """
    assert mutant.function is not None
    names = mutant.function.split(".")
    top = [part for part in mutant.tree().body if getattr(part, "name", None) == names[0]]
    code = compile(ast.Module(top, []), str(path_of(mutant.module)), "exec", dont_inherit=True)
    found = importlib.import_module(mutant.module)
    for name in names:
        code = next(part for part in code.co_consts if _is_code(part, name))
        found = inspect.getattr_static(found, name)
    _function(found).__code__ = code


def plant_in_module(mutant: Mutant) -> None:
    """Let this process, which has not imported the module yet, import the mutant."""
    sys.meta_path.insert(0, _Finder({mutant.module: mutant.tree}, {}))


class Probes:
    """Which lines of some modules run, in a process that has not imported them yet.

    Every statement of a function first sets a mark, which costs little; a tracer costs much.
    """

    def __init__(self, modules: list[str]) -> None:
        self.places: list[tuple[str, int]] = []  # a module and the first line of a statement
        trees = {name: functools.partial(self._probed, name) for name in modules}
        self.marks = bytearray(100_000)
        sys.meta_path.insert(0, _Finder(trees, {"__marks__": self.marks}))

    def take(self) -> list[tuple[str, int]]:
        """The places that were run since the last time."""
        found = [place for place, mark in zip(self.places, self.marks, strict=False) if mark]
        self.marks[:] = bytes(len(self.marks))
        return found

    def _probed(self, module: str) -> ast.Module:
        tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                self._mark(module, function)
        return ast.fix_missing_locations(tree)

    def _mark(self, module: str, node: ast.AST) -> None:
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if not isinstance(body, list):
                continue
            marked: list[ast.stmt] = []
            for statement in body:
                if not isinstance(statement, ast.FunctionDef):  # which gets marks of its own
                    self._mark(module, statement)
                mark = ast.parse(f"__marks__[{len(self.places)}] = 1").body
                self.places.append((module, statement.lineno))
                marked += [*mark, statement]
            setattr(node, field, marked)
        for field in ("handlers", "cases"):
            for part in getattr(node, field, ()):
                self._mark(module, part)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules from trees instead of their files, with some names given to them."""

    def __init__(
        self, trees: dict[str, Callable[[], ast.Module]], given: dict[str, object]
    ) -> None:
        self.trees = trees
        self.given = given

    def find_spec(self, name, path, target=None):  # type: ignore[no-untyped-def]
        if name not in self.trees:
            return None
        return importlib.util.spec_from_file_location(name, path_of(name), loader=self)

    def create_module(self, spec):  # type: ignore[no-untyped-def]
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        vars(module).update(self.given)
        name = module.__name__
        exec(compile(self.trees[name](), str(path_of(name)), "exec"), vars(module))


def path_of(module: str) -> Path:
    """The file of a module."""
    return PACKAGE.parent / (module.replace(".", "/") + ".py")


def _is_code(part: object, name: str) -> bool:
    return isinstance(part, types.CodeType) and part.co_name == name


def _function(found: object) -> types.FunctionType:
    """The function in what a class or a module holds under its name."""
    for name in ("__func__", "fget", "func", "__wrapped__"):
        found = getattr(found, name, found)
    assert isinstance(found, types.FunctionType), found
    return found
