"""Rows that differ from one compiled before in texts alone: they are filled in, not compiled.

A row is compiled with its values marked (:mod:`twimlc.values.filled`). Rows with the same values
in the columns that something looked into, and names of one length, are a *class*. What the others
put into it are its *holes*: words that are said or sent, and phone numbers. The class is lowered
with texts as short and as long as any row's. Where both give the same documents, so does every text
between them: sizes grow with texts, and are compared with limits alone. A further row is filled in
if its texts differ from each other and from all others as those of the class do, if the checks of
single values accept each, and if the rules find the same in the graph with its texts as in that of
the class. Every other row is compiled alone.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph
from twimlc.flow.model import Element, Join, Menu, Offer, Perform
from twimlc.flow.values import check_value
from twimlc.hosts import lower
from twimlc.lower.host import Site
from twimlc.lower.plan import Decision, Document, Plan, escape_text
from twimlc.pipeline.media import Media
from twimlc.pipeline.variants import NO_GRAPH, Variant
from twimlc.project.matrix import Matrix
from twimlc.render.document import Rendered, render
from twimlc.render.versions import Finished, finish
from twimlc.rules.steps import steps_of
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.values.filled import Column, Filled
from twimlc.vocabulary import Attribute, AttributeType
from twimlc.yaml import tree as t

_FIRST, _LAST = 0xE000, 0xF8FF
_MARK = lazy_pattern(f"([{chr(_FIRST)}-{chr(_LAST)}])x*")
"""Stands for the text of a hole, by its number; no text that is filled in holds such a letter."""
_SHORTEST, _LONGEST = 3, 200
"""The bytes of a mark, and of the longest value that is filled in: one must not keep all out."""
_ROW = "\x11"
"""As many as the row's name has letters stand for it: no document can hold this one."""
_FEWEST = 3
"""The rows from which a class pays."""
_OF_ROW: Mapping[type, tuple[str, ...]] = {
    Plan: ("documents", "decisions", "entries", "approximations", "addresses"),
    Document: ("path", "flow"),
    Decision: ("path", "flow", "branches", "default", "marked"),
}
"""What holds the name of the row."""
_NOWHERE = Span(SourceFile("", ""), 0, 0)

Cells = Mapping[str, t.Scalar]


class Row(Protocol):
    """A row that was compiled, and what it was made of.

    ``told`` is what was found, ``trees`` are the expanded flows, ``aside`` elements of no graph.
    ``judge`` gives what the rules find in the graph as it is now; ``read`` are the columns that
    were looked into.
    """

    variant: Variant
    told: list[Diagnostic]
    trees: list[t.Node]
    aside: list[Element]
    site: Site | None
    judge: Callable[[], list[Diagnostic]]
    read: set[str]


class Rows:
    """The rows of one target, one after another."""

    def __init__(
        self, matrix: Matrix, names: Collection[str], media: Media, alone: Callable[[str], Row]
    ) -> None:
        """``names`` are those of the rows; ``alone`` compiles one with its values marked."""
        self._matrix, self._media, self._alone = matrix, media, alone
        self._rows = {name: matrix.rows[name] for name in names}
        self._kinds: dict[tuple[str, ...], Counter[object]] = {}  # by columns that were looked into
        self._classes: dict[object, _Class] = {}
        self._longest: dict[str, int] = {}
        for cells in self._rows.values():
            for name, cell in cells.items():
                if self._longest.get(name, 0) < (size := _size(cell.text)) <= _LONGEST:
                    self._longest[name] = size

    def compile(self, name: str) -> tuple[Variant, list[Diagnostic]]:
        """The row, and what is found in it."""
        cells = self._rows[name]
        for columns in self._kinds:
            known = self._classes.get(_key(name, columns, cells))
            if known is not None and (filled := known.fill(name, cells)) is not None:
                return filled, known.row.told
        row = self._alone(name)
        _note_others(row)
        columns = tuple(sorted(row.read))
        if columns not in self._kinds:
            keys = (_key(name, columns, cells) for name, cells in self._rows.items())
            self._kinds[columns] = Counter(keys)
        key = _key(name, columns, cells)
        asks = row.variant.plan is not None and row.variant.plan.questions
        if key not in self._classes and not asks and self._kinds[columns][key] >= _FEWEST:
            self._kinds[columns][key] //= 2  # whose first rows are all odd is not tried for ever
            with suppress(_UnlikeError):
                self._classes[key] = _Class(
                    row, cells, self._matrix.file.path, self._longest, self._media
                )
        return row.variant, row.told


class _UnlikeError(Exception):
    """Further rows of a class may differ in more than texts."""


def _sure(fact: bool) -> None:
    if not fact:
        raise _UnlikeError


class _Class:
    """A row, its holes, and its documents with a mark for each."""

    def __init__(
        self, row: Row, cells: Cells, table: str, longest: Mapping[str, int], media: Media
    ) -> None:
        """Raises `_UnlikeError` where it is not sure that further rows differ in texts alone."""
        variant, site = row.variant, row.site
        if site is None or variant.row is None or variant.plan is None:
            raise _UnlikeError
        _sure(not site.host.single and not site.host.hop)
        self.row, self._cells, self._media = row, cells, media
        self._holes: dict[tuple[str | Column, ...], int] = {}
        self._places: list[tuple[Element, tuple[object, ...], Attribute]] = []
        for element in _elements(variant.graph):
            children = tuple(map(self._numbered, element.children))
            if any(isinstance(child, int) for child in children) and (spec := element.spec):
                self._places += [(element, children, spec.text)] if spec.text else []
        self._before = [(element, element.children) for element, _, _ in self._places]
        self._columns = {p.name for parts in self._holes for p in parts if isinstance(p, Column)}
        self._said = self._texts(cells) or ()
        _sure(0 < len(self._holes) == len(self._said) <= _LAST - _FIRST)
        # Of findings that differ in their hints alone the first stands for those of all rows.
        told = " ".join(finding.message for finding in row.told)
        _sure(not any(f.is_error or f.span.file.path == table for f in row.told))
        _sure(all(path != table for path, _, _ in variant.graph.alive))
        _sure(not any(cells[name].text in told for name in self._columns))
        _sure(not any(_may_be_ours(leaf.text, site) for leaf in t.scalars(*row.trees)))
        self._judged = row.judge()
        marks = [chr(_FIRST + number) for number in range(len(self._holes))]
        wide = [
            mark + "x" * (sum(_width(part, longest) for part in parts) - _SHORTEST)
            for mark, parts in zip(marks, self._holes, strict=True)
        ]
        self._blank = _ROW * len(variant.row)
        blank = replace(site, row=self._blank)
        try:
            self._plan, self._pages = self._lowered(marks, blank)
            texts = (text for each in _elements(variant.graph) for text in _texts_in(each))
            self._others = {_normal(text) for text in texts} - {*marks}
            _sure((self._plan, self._pages) == self._lowered(wide, blank))
        finally:
            self._restore()
        self._pieces = [_MARK.split(page.data.decode()) for page in self._pages]
        _sure(self._is_unlike(self._said))
        _sure(all({*pieces[1::2]} <= {*marks} for pieces in self._pieces))
        _sure(_seen(self._finished(variant.row, self._said)) == _seen(variant.finished()))

    def fill(self, name: str, cells: Cells) -> Variant | None:
        """Another row of the class; None if it may differ in more than texts."""
        texts = self._texts(cells)
        if texts is None or not self._is_unlike(texts):
            return None
        for _, children, spec in self._places:
            for text in (texts[child] for child in children if isinstance(child, int)):
                if check_value(spec, t.Scalar(text, text, _NOWHERE, False)) != (text, []):
                    return None
        self._put(texts)
        try:
            judged = self.row.judge()
        finally:
            self._restore()
        if judged != self._judged:
            return None
        known, filled = self.row.variant, partial(self._finished, name, texts)
        return Variant(name, NO_GRAPH, known.plan, known.messaging, known.row or "", filled)

    def _numbered(self, child: object) -> object:
        """The number of a hole; anything else, such as a text that all rows have, is itself."""
        if not isinstance(child, Filled):
            return child
        parts = tuple(
            self._cells[part.name].text
            if isinstance(part, Column) and part.name in self.row.read
            else part
            for part in child.parts
        )
        if all(isinstance(part, str) for part in parts):
            return str(child)
        return self._holes.setdefault(parts, len(self._holes))

    def _texts(self, cells: Cells) -> list[str] | None:
        """The texts of the holes; None if one may be read as more than words."""
        values = {name: cells[name].text for name in self._columns}
        expressions = any("${" in cell.text for cell in cells.values())
        if expressions or not all(map(_is_wording, values.values())):
            return None
        texts = [
            "".join(part if isinstance(part, str) else values[part.name] for part in parts)
            for parts in self._holes
        ]
        return texts if all(_size(text) >= _SHORTEST for text in texts) else None

    def _is_unlike(self, texts: Sequence[str]) -> bool:
        """Whether these texts are each another one, and none of the others."""
        said = {_normal(text) for text in texts}
        return len(said) == len(texts) and said.isdisjoint(self._others)

    def _put(self, texts: Sequence[str]) -> None:
        """Have the elements of the graph say these texts."""
        for element, children, _ in self._places:
            said = (texts[child] if isinstance(child, int) else child for child in children)
            object.__setattr__(element, "children", tuple(said))

    def _restore(self) -> None:
        """Other targets may have the same graph."""
        for element, children in self._before:
            object.__setattr__(element, "children", children)

    def _lowered(self, texts: Sequence[str], site: Site) -> tuple[Plan, list[Rendered]]:
        """The plan and its pages with these texts for the holes, then marks for them."""
        self._put(texts)
        plan, _ = lower(self.row.variant.graph, site, self._media.read)
        if plan is None:
            raise _UnlikeError
        documents = tuple(replace(document, body=()) for document in plan.documents)
        pages = [
            Rendered(document, _MARK.sub(r"\1", page.data.decode()).encode(), page.lines)
            for document, page in zip(documents, render(plan), strict=True)
        ]
        return plan._replace(documents=documents), pages

    def _finished(self, name: str, texts: Sequence[str]) -> Finished:
        """The documents of a row."""
        written = [escape_text(text) for text in texts]
        of_row = {n: _renamed(getattr(self._plan, n), self._blank, name) for n in _OF_ROW[Plan]}
        plan = self._plan._replace(**of_row)
        pages = []
        for document, page, pieces in zip(plan.documents, self._pages, self._pieces, strict=True):
            filled = [*pieces]
            filled[1::2] = (written[ord(mark) - _FIRST] for mark in pieces[1::2])
            text = "".join(filled).replace(self._blank, name)
            pages.append(Rendered(document, text.encode(), page.lines))
        return finish(plan, pages)


def _note_others(row: Row) -> None:
    """Note the columns whose values are put anywhere but where a hole can be."""
    found: set[int] = set()
    for element in _elements(row.variant.graph):
        spec = element.spec.text if element.spec is not None else None
        plain = (AttributeType.STRING, AttributeType.PHONE_NUMBER)
        if spec is not None and spec.type in plain and spec.fetch is None:
            found.update(map(id, element.children))
    for outer in row.aside:
        for element in outer.walk():
            found.difference_update(map(id, element.children))
    for leaf in t.scalars(*row.trees):
        for text in leaf.value.parts if isinstance(leaf.value, t.Template) else (leaf.value,):
            if isinstance(text, Filled) and id(text) not in found:
                text.note()


def _elements(graph: Graph) -> Collection[Element]:
    """Every element of a graph and of the flows that it was made of, each once."""
    outer = [node.element for node in graph.nodes if node.element is not None]
    for flow in graph.flows.values():
        for step in steps_of(flow):
            match step:
                case Perform():
                    outer.append(step.element)
                case Menu():
                    outer += (step.gather, *step.prompt, *step.invalid, *step.silence)
                case Join():
                    outer += (step.element, *step.waiting)
                case Offer():
                    outer += (*step.prompt, *(option.gather for option in step.options))
    return {id(inner): inner for element in outer for inner in element.walk()}.values()


def _texts_in(element: Element) -> Iterator[str]:
    values = (*(attribute.value for attribute in element.attributes), *element.children)
    return (text for text in values if isinstance(text, str))


def _may_be_ours(text: str, site: Site) -> bool:
    """Whether a text may be an address of a row; which one hangs on the row's name."""
    own = urlsplit(site.url).netloc.lower() if site.url else ".xml"
    return "/" in text and any(part in text.lower() for part in (".xml", "%", own))


def _key(name: str, columns: Sequence[str], cells: Cells) -> object:
    return len(name), columns, *(cells[column].text for column in columns)


def _is_wording(value: str) -> bool:
    """Whether a value is nothing but words of ordinary length: nobody trims or folds it."""
    return value.isprintable() and value == value.strip() != "" and _size(value) <= _LONGEST


def _size(text: str) -> int:
    return len(escape_text(text).encode("utf-8", "surrogatepass"))


def _width(part: str | Column, longest: Mapping[str, int]) -> int:
    return _size(part) if isinstance(part, str) else longest[part.name]


def _normal(text: str) -> str:
    """What is the same of two texts that somebody may take for the same."""
    return "".join(filter(str.isalnum, text.casefold()))


def _renamed(value: Any, old: str, new: str) -> Any:
    """The same part of a plan with another name of the row."""
    match value:
        case str():
            return value.replace(old, new)
        case tuple():
            items = [_renamed(item, old, new) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        case Document() | Decision():
            names = _OF_ROW[type(value)]
            return replace(value, **{n: _renamed(getattr(value, n), old, new) for n in names})
    return value


def _seen(finished: Finished | None) -> object:
    """What is written of a row."""
    if finished is None:
        return None
    pages = [(page.path, page.data, page.lines) for page in finished.pages]
    documents = [replace(document, body=()) for document in finished.plan.documents]
    return pages, documents, finished.plan.decisions, finished.plan.entries, finished.versions
