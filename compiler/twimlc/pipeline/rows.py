"""Rows that differ from one compiled before in texts alone: they are filled in, not compiled.

A row is compiled with its values marked (:mod:`twimlc.values.filled`). Rows with the same values
in the columns that something looked into, and names of one length, are a *class*. What the others
fill in are its *holes*: words that are said or sent, and phone numbers. The class is lowered with
texts as short and as long as any row's. Where both give the same documents, so does every text
between them: sizes grow with texts, and are compared with limits alone. A further row is filled in
if its texts differ from each other and from all others as those of the class do, if the checks of
single values accept each, and if the rules find the same in the graph with its texts as in that of
the class. Every other row is compiled alone.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph, Node
from twimlc.flow.model import Element, Menu, Offer, Perform
from twimlc.flow.values import check_value
from twimlc.hosts import lower
from twimlc.lower.host import Site
from twimlc.lower.own_addresses import path_below
from twimlc.lower.plan import Plan, escape_text
from twimlc.pipeline.media import Media
from twimlc.pipeline.variants import NO_GRAPH, Variant, slimmed
from twimlc.project.matrix import Matrix
from twimlc.render.document import Rendered, render
from twimlc.render.versions import Finished, finish
from twimlc.rules.steps import steps_of
from twimlc.rules.words import wordings
from twimlc.text import SourceFile, Span
from twimlc.values.filled import Column, Filled
from twimlc.vocabulary import Attribute, AttributeType
from twimlc.yaml import tree as t

_FIRST, _LAST = 0xE000, 0xF8FF
_MARK = re.compile(f"([{chr(_FIRST)}-{chr(_LAST)}])x*")
"""Stands for the text of a hole, by its number; no text that is filled in holds such a letter."""
_SHORTEST, _LONGEST = 3, 200
"""The bytes of a mark, and of the longest value that is filled in: one must not keep all out."""
_ROW = "\x11"
"""As many as the row's name has letters stand for it: no document can hold this one."""
_NAME = re.compile("[a-z-]*")
"""May be a name or a keyword of the language."""
_NOWHERE = Span(SourceFile("", ""), 0, 0)
_MOST = 32
"""So many classes are kept."""
_TEXTS = (AttributeType.STRING, AttributeType.PHONE_NUMBER)

Parts = tuple[str | Column, ...]
Cells = Mapping[str, t.Scalar]


@dataclass(slots=True, eq=False)
class Whole:
    """A row that was compiled, and what it was made of.

    ``trees`` are its expanded flows, ``aside`` nodes that are in no graph. ``judge`` gives what the
    rules find in the graph as it is now. ``read`` are the columns that were looked into, ``placed``
    says that an address was found among our own.
    """

    variant: Variant
    findings: list[Diagnostic]
    trees: Sequence[t.Node]
    aside: Collection[Node]
    site: Site | None
    judge: Callable[[], list[Diagnostic]]
    read: set[str]
    placed: bool


def marked(cells: Cells, read: set[str]) -> dict[str, t.Scalar]:
    """The values of a row, each with its name; ``read`` collects those that are looked into."""
    texts = {name: Filled.of(cell.text, (Column(name),), read) for name, cell in cells.items()}
    return {
        name: t.Scalar(texts[name], texts[name], cell.span, False) for name, cell in cells.items()
    }


class Rows:
    """The rows of one target, one after another."""

    def __init__(self, matrix: Matrix, media: Media, alone: Callable[[str], Whole]) -> None:
        """``alone`` compiles a row with its values marked."""
        self._matrix, self._media, self._alone = matrix, media, alone
        self._read: dict[tuple[str, ...], None] = {}  # the columns that some row looked into
        self._seen: dict[object, bool] = {}  # whether a class of this key makes no sense
        self._classes: dict[object, _Class] = {}
        self._longest: dict[str, int] = {}
        for cells in matrix.rows.values():
            for name, cell in cells.items():
                size = _size(cell.text)
                if self._longest.get(name, 0) < size <= _LONGEST:
                    self._longest[name] = size

    def compile(self, row: str) -> tuple[Variant, list[Diagnostic]]:
        """The row, and what is found in it."""
        cells = self._matrix.rows[row]
        for columns in self._read:
            known = self._classes.get(_key(row, columns, cells))
            if known is not None and (filled := known.fill(row, cells)) is not None:
                return filled, known.whole.findings
        whole = self._alone(row)
        columns = tuple(sorted(whole.read))
        self._read[columns] = None
        key = _key(row, columns, cells)
        if self._seen.get(key) is False and key not in self._classes:  # it pays from the third on
            self._seen[key] = True
            if (made := self._class(whole, cells)) is not None:
                self._classes[key] = made
                if len(self._classes) > _MOST:
                    oldest = next(iter(self._classes))
                    del self._classes[oldest]
                    self._seen[oldest] = False
        self._seen.setdefault(key, False)
        return whole.variant, whole.findings

    def _class(self, whole: Whole, cells: Cells) -> "_Class | None":
        try:
            return _Class(whole, cells, self._matrix.file.path, self._longest, self._media)
        except _UnlikeError:
            return None


class _UnlikeError(Exception):
    """Further rows of a class may differ in more than texts."""


def _sure(fact: bool) -> None:
    if not fact:
        raise _UnlikeError


@dataclass(slots=True, eq=False)
class _Place:
    """An element with holes among its children, each by its number. ``row`` says what they are."""

    element: Element
    children: tuple[object, ...]
    row: Attribute

    def put(self, texts: Sequence[str]) -> None:
        """Have the element say these texts."""
        said = (texts[child] if isinstance(child, int) else child for child in self.children)
        object.__setattr__(self.element, "children", tuple(said))


class _Class:
    """A row, its holes, and its documents with a mark in each."""

    def __init__(
        self, whole: Whole, cells: Cells, table: str, longest: Mapping[str, int], media: Media
    ) -> None:
        """Raises `_UnlikeError` where it is not sure that further rows differ in texts alone."""
        variant, site = whole.variant, whole.site
        _sure(site is not None and variant.plan is not None and not whole.placed)
        assert site is not None
        _sure(not site.host.single and not site.host.hop)
        self.whole, self._cells, self._table = whole, cells, table
        self._holes: dict[Parts, int] = {}
        self._places: list[_Place] = []
        self._find_places(variant.graph)
        self._columns = {p.name for parts in self._holes for p in parts if isinstance(p, Column)}
        said = self._texts(cells)
        _sure(said is not None and len(self._holes) <= _LAST - _FIRST)
        assert said is not None
        assert variant.row is not None
        self._sure_of_findings([cells[name].text for name in self._columns])
        self._sure_of_addresses(variant.graph, site)
        self._judged = whole.judge()
        marks = [chr(_FIRST + number) for number in range(len(self._holes))]
        wide = [
            mark + "x" * (self._width(parts, longest) - _SHORTEST)
            for mark, parts in zip(marks, self._holes, strict=True)
        ]
        blank = replace(site, row=_ROW * len(variant.row))
        self._blank = blank.row or ""
        try:
            self._plan, pages = self._lowered(variant.graph, blank, marks, media)
            self._others = {_normal(text) for text in _texts_of(variant.graph)} - {*marks}
            _sure((self._plan, pages) == self._lowered(variant.graph, blank, wide, media))
        finally:
            self._put(said)
        self._pages = [(page, _MARK.split(page.data.decode())) for page in pages]
        _sure(all({*pieces[1::2]} <= {*marks} for _, pieces in self._pages))
        _sure(self._is_unlike(said))
        finished = variant.finished()
        assert finished is not None
        _sure(_written(self._finished(variant.row, said)) == _written(slimmed(finished)))

    def fill(self, row: str, cells: Cells) -> Variant | None:
        """Another row of the class; None if it may differ in more than texts."""
        texts = self._texts(cells)
        if texts is None or not self._is_unlike(texts):
            return None
        for place in self._places:
            for child in place.children:
                if isinstance(child, int) and _found(place.row, texts[child]) != (texts[child], []):
                    return None
        before = self._put(texts)
        try:
            judged = self.whole.judge()
        finally:
            for place, children in zip(self._places, before, strict=True):
                object.__setattr__(place.element, "children", children)
        if [(f, f.fix) for f in judged] != [(f, f.fix) for f in self._judged]:
            return None
        known = self.whole.variant
        fill = partial(self._finished, row, texts)
        return Variant(row, NO_GRAPH, known.plan, known.messaging, known.row, fill)

    def _find_places(self, graph: Graph) -> None:
        """Find the elements that the holes are in; nothing else may have a value of the row."""
        found: set[int] = set()
        for element in _elements(graph):
            filled = [child for child in element.children if isinstance(child, Filled)]
            if filled:
                row = element.spec.text if element.spec is not None else None
                _sure(row is not None and row.type in _TEXTS and row.fetch is None)
                assert row is not None
                found.update(map(id, filled))
                children = tuple(map(self._numbered, element.children))
                self._places.append(_Place(element, children, row))
        for leaf in t.scalars(*self.whole.trees):
            parts = leaf.value.parts if isinstance(leaf.value, t.Template) else (leaf.value,)
            _sure(all(id(part) in found for part in parts if isinstance(part, Filled)))
        for node in self.whole.aside:
            for element in node.element.walk() if node.element is not None else ():
                _sure(not any(isinstance(child, Filled) for child in element.children))

    def _numbered(self, child: object) -> object:
        """The number of a hole; anything else, such as a text that all rows have, is itself."""
        if not isinstance(child, Filled):
            return child
        read, cells = self.whole.read, self._cells
        parts = tuple(
            cells[part.name].text if isinstance(part, Column) and part.name in read else part
            for part in child.parts
        )
        if all(isinstance(part, str) for part in parts):
            return str(child)
        return self._holes.setdefault(parts, len(self._holes))

    def _sure_of_findings(self, values: Sequence[str]) -> None:
        """What is found must not be about a value."""
        graph = self.whole.variant.graph
        _sure(all(path != self._table for path, _, _ in graph.alive))
        for finding in self.whole.findings:
            spans = [finding.span, *(label.span for label in finding.labels)]
            spans += [edit.span for edit in finding.fix.edits] if finding.fix else []
            files = {place.file.path for span in spans for place in (span, *span.chain)}
            told = f"{finding.message}{finding.hint}{finding.labels}{finding.fix}"
            _sure(not finding.is_error and self._table not in files)
            _sure(not any(value in told for value in values))

    def _sure_of_addresses(self, graph: Graph, site: Site) -> None:
        """No address may be one of ours: whether it is hangs on the row's name."""
        for node in graph.nodes:
            for wording in wordings(node.element):
                address, row = wording.text, wording.row
                if isinstance(address, str) and row is not None and row.fetch is not None:
                    _sure(path_below(address, node.place.flow, site) is None)

    def _texts(self, cells: Cells) -> list[str] | None:
        """The texts of the holes; None if one may be read as more than words."""
        values = {name: cells[name].text for name in self._columns}
        if not all(map(_is_wording, values.values())):
            return None
        texts = [
            "".join(part if isinstance(part, str) else values[part.name] for part in parts)
            for parts in self._holes
        ]
        plain = all(_size(text) >= _SHORTEST and not _NAME.fullmatch(text) for text in texts)
        return texts if plain else None

    def _is_unlike(self, texts: Sequence[str]) -> bool:
        """Whether these texts are each another one, and none of the others."""
        said = {_normal(text) for text in texts}
        return len(said) == len(texts) and said.isdisjoint(self._others)

    def _width(self, parts: Parts, longest: Mapping[str, int]) -> int:
        return sum(_size(p) if isinstance(p, str) else longest[p.name] for p in parts)

    def _put(self, texts: Sequence[str]) -> Sequence[tuple[object, ...]]:
        """Have all places say these texts; what they said before."""
        before = [place.element.children for place in self._places]
        for place in self._places:
            place.put(texts)
        return before

    def _lowered(
        self, graph: Graph, site: Site, texts: Sequence[str], media: Media
    ) -> tuple[Plan, list[Rendered]]:
        """The plan and its pages with these texts for the holes, then marks for them."""
        self._put(texts)
        plan, _ = lower(graph, site, media.read)
        _sure(plan is not None)
        assert plan is not None
        documents = tuple(replace(document, body=()) for document in plan.documents)
        pages = [
            Rendered(document, _MARK.sub(r"\1", page.data.decode()).encode(), page.lines)
            for document, page in zip(documents, render(plan), strict=True)
        ]
        return replace(plan, documents=documents), pages

    def _finished(self, row: str, texts: Sequence[str]) -> Finished:
        """The documents of a row."""
        written = [escape_text(text) for text in texts]
        blank = self._blank

        def named(text: str) -> str:
            return text.replace(blank, row)

        plan = self._plan
        documents = [
            replace(document, path=named(document.path), flow=named(document.flow))
            for document in plan.documents
        ]
        pages = []
        for document, (page, pieces) in zip(documents, self._pages, strict=True):
            filled = [*pieces]
            filled[1::2] = (written[ord(mark) - _FIRST] for mark in pieces[1::2])
            pages.append(Rendered(document, named("".join(filled)).encode(), page.lines))
        decisions = (
            replace(
                decision,
                path=named(decision.path),
                flow=named(decision.flow),
                branches=tuple((value, named(path)) for value, path in decision.branches),
                default=named(decision.default),
                marked=tuple((value, named(path)) for value, path in decision.marked),
            )
            for decision in plan.decisions
        )
        of_row = replace(
            plan,
            documents=tuple(documents),
            decisions=tuple(decisions),
            entries=tuple(
                entry._replace(flow=named(entry.flow), path=named(entry.path))
                for entry in plan.entries
            ),
            approximations=tuple(
                found._replace(flow=named(found.flow)) for found in plan.approximations
            ),
            addresses=tuple((named(at), named(address)) for at, address in plan.addresses),
        )
        return finish(of_row, pages)


def _key(row: str, columns: Sequence[str], cells: Cells) -> object:
    return len(row), columns, *(cells[name].text for name in columns)


def _size(text: str) -> int:
    return len(escape_text(text).encode("utf-8", "surrogatepass"))


def _normal(text: str) -> str:
    """What is the same of two texts that somebody may take for the same."""
    return " ".join(text.split()).casefold()


def _elements(graph: Graph) -> Iterator[Element]:
    """Every element of a graph and of the flows that it was made of, each once."""
    outer = [node.element for node in graph.nodes if node.element is not None]
    for flow in graph.flows.values():
        for step in steps_of(flow):
            match step:
                case Perform():
                    outer.append(step.element)
                case Menu():
                    outer += (step.gather, *step.prompt, *step.invalid, *step.silence)
                case Offer():
                    outer += (*step.prompt, *(option.gather for option in step.options))
    yield from {id(inner): inner for element in outer for inner in element.walk()}.values()


def _texts_of(graph: Graph) -> Iterator[str]:
    for element in _elements(graph):
        values = (attribute.value for attribute in element.attributes)
        yield from (text for text in (*values, *element.children) if isinstance(text, str))


def _written(finished: Finished) -> object:
    return finished.plan, finished.pages, finished.versions, finished.leads


def _is_wording(value: str) -> bool:
    """Whether a value is nothing but words of ordinary length: nobody trims or folds it."""
    return value.isprintable() and value == value.strip() != "" and _size(value) <= _LONGEST


def _found(row: Attribute, text: str) -> object:
    """What the check of a single value makes of a text."""
    return check_value(row, t.Scalar(text, text, _NOWHERE, False))
