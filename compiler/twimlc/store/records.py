"""Records as data: dataclasses, named tuples and what they hold become lists that JSON can hold.

What comes back is checked against the types that the records declare. A place is a path and two
offsets, so it fits where the text is the same, which the key of an entry sees to; a text that is
none of the known ones, such as an argument, goes along.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from twimlc.findings.catalogue import RULES
from twimlc.findings.diagnostic import Rule
from twimlc.text import SourceFile, Span

Read = Callable[[Any], Any]
Leaf = tuple[Read, Read]
"""How values of a type become data, and how they come back; the latter raises ValueError."""

_PLAIN = frozenset({str, int, bool, NoneType})
_MANY: dict[Any, Callable[[list[Any]], Any]] = {
    list: list, tuple: tuple, Sequence: tuple, Collection: tuple, set: set, frozenset: frozenset,
}  # fmt: skip


class Codec:
    """Both ways, for records whose places are in ``files``; ``leaves`` are types of one's own."""

    def __init__(self, leaves: Mapping[type, Leaf]) -> None:
        self.files: Mapping[str, SourceFile] = {}
        self._leaves: dict[Any, Leaf] = {
            Rule: (lambda rule: rule.slug, lambda slug: RULES[_as(str, slug)]),
            Span: (self._places, self._span),
            **leaves,
        }
        self._readers: dict[Any, Read] = {}
        self._writers: dict[type, Read] = {}

    def to_data(self, value: Any) -> Any:
        """A record as lists, maps, texts and numbers; sets in order, so that it is always the
        same."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        write = self._writers.get(kind)
        if write is None:
            write = self._writers[kind] = self._writer(kind)
        return write(value)

    def _writer(self, kind: type) -> Read:
        data = self.to_data
        if kind in self._leaves:
            return self._leaves[kind][0]
        if issubclass(kind, Enum):
            return lambda value: value.value
        assert not issubclass(kind, str), "a text of another kind would come back as a plain one"
        if issubclass(kind, set | frozenset):
            return lambda value: sorted(map(data, value))
        if issubclass(kind, Mapping):
            return lambda value: {key: data(each) for key, each in value.items()}
        if is_dataclass(kind):
            names = [each.name for each in fields(kind) if each.init]
            return lambda value: [data(getattr(value, name)) for name in names]
        return lambda value: [*map(data, value)]

    def from_data(self, kind: Any, data: Any) -> Any:
        """The record of a type. Raises ValueError where the data is none."""
        try:
            return self._reader(kind)(data)
        except (AttributeError, KeyError, TypeError) as fault:
            raise ValueError("this is no record") from fault

    def _reader(self, kind: Any) -> Read:
        found = self._readers.get(kind)
        if found is None:
            # A type may hold itself: while its reader is made, it is looked up at each use.
            self._readers[kind] = lambda data: self._readers[kind](data)
            found = self._readers[kind] = self._made(kind)
        return found

    def _made(self, kind: Any) -> Read:
        origin, inner = get_origin(kind), get_args(kind)
        if kind in self._leaves:
            return self._leaves[kind][1]
        if isinstance(kind, TypeVar):  # of a choice between documents, which are told by path
            kind = str
        if kind in _PLAIN:
            return lambda data: _as(kind, data)
        if origin in (Union, UnionType):
            return _either([self._reader(each) for each in inner])
        if origin in (dict, Mapping):
            value = self._reader(inner[1])
            return lambda data: {key: value(each) for key, each in _as(dict, data).items()}
        if origin is tuple and inner[-1] is not Ellipsis:
            return self._row(lambda *each: each, inner)
        if origin in _MANY:
            each, many = self._reader(inner[0]), _MANY[origin]
            return lambda data: many([each(item) for item in _as(list, data)])
        if issubclass(kind, Enum):
            return lambda data: kind(data)
        hints = get_type_hints(kind)
        if issubclass(kind, tuple):
            return self._row(kind, [hints[name] for name in kind._fields])
        names = [each.name for each in fields(kind) if each.init]

        def make(*values: Any) -> Any:
            return kind(**dict(zip(names, values, strict=True)))

        return self._row(make, [hints[name] for name in names])

    def _row(self, make: Callable[..., Any], kinds: Sequence[Any]) -> Read:
        readers = [self._reader(kind) for kind in kinds]

        def read(data: Any) -> Any:
            return make(*[each(item) for each, item in zip(readers, _as(list, data), strict=True)])

        return read

    def _places(self, span: Span) -> list[Any]:
        """A span and those that brought it in, the innermost first."""
        return [
            [place.file.path, place.start, place.end]
            + ([] if self.files.get(place.file.path) == place.file else [place.file.text])
            for place in (span, *span.chain)
        ]

    def _span(self, places: Any) -> Span:
        span = None
        for path, start, end, *text in reversed(places):
            words = [_as(str, each) for each in text]
            file = SourceFile(_as(str, path), *words) if words else self.files[path]
            if not 0 <= _as(int, start) <= _as(int, end):
                raise ValueError("a place ends before it begins")
            span = Span(file, start, end, span)
        if span is None:
            raise ValueError("a finding is nowhere")
        return span


def _as(kind: type, data: Any) -> Any:
    if type(data) is not kind:
        raise ValueError(f"this is no {kind.__name__}")
    return data


def _either(readers: Sequence[Read]) -> Read:
    def read(data: Any) -> Any:
        for each in readers[:-1]:
            try:
                return each(data)
            except (AttributeError, KeyError, TypeError, ValueError):
                continue
        return readers[-1](data)

    return read
