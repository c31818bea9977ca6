"""The files a host needs beside documents. Decisions come in, the bytes of these files go out.

Whatever reaches a template is a literal of a few safe characters, or JSON: nothing that an author
or a caller wrote can become a piece of configuration or code.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from twimlc.lower.capability import HostFile
from twimlc.lower.host import base_path
from twimlc.lower.plan import Decision, Mark
from twimlc.render.bin import with_mark
from twimlc.render.document import MEDIA_TYPE, TEMPLATES

if TYPE_CHECKING:
    from jinja2 import Environment

_SAFE = re.compile(r"[A-Za-z0-9._~/*#%&-]*")
_LONGEST_MAP_KEY = 40
"""nginx keeps the keys of a map in buckets of 64 bytes, with some of its own beside each."""


@dataclass(frozen=True, slots=True)
class Table:
    """A decision as templates see it: ``number`` counts them, paths begin with a slash.

    ``rows`` are (marked, value, document): of rows with one value a marked one counts first, if
    the mark holds. ``folder`` is where all its documents lie.
    """

    number: int
    path: str
    name: str
    parameter: str
    mark: Mark | None
    rows: tuple[tuple[bool, str, str], ...]
    default: str

    @property
    def folder(self) -> str:
        return self.path[: self.path.rindex("/") + 1]

    @property
    def rules(self) -> int:
        """How many rules it takes where each row is one: with its guard and its default."""
        return len(self.rows) + 2

    @property
    def entry(self) -> list[object]:
        """Parameter, documents by value, default; then name and value of the mark, and its rows."""
        plain = self._documents(marked=False)
        entry: list[object] = [self.parameter, plain, self._name(self.default)]
        if self.mark is not None:
            entry += [self.mark.parameter, self.mark.value or "", self._documents(marked=True)]
        return entry

    def _name(self, document: str) -> str:
        assert document.startswith(self.folder), "a decision and its documents share a folder"
        return document[len(self.folder) :]

    def _documents(self, *, marked: bool) -> dict[str, str]:
        return {value: self._name(to) for has, value, to in self.rows if has is marked}

    def stored(self) -> Iterator[tuple[str, str]]:
        """Keys and values for a store whose values are short: the decision, then each row."""
        entry = [self.parameter, self._name(self.default)]
        if self.mark is not None:
            entry += [self.mark.parameter, self.mark.value or ""]
        yield self.name, _json(entry)
        for marked, value, document in self.rows:
            yield f"{self.name}?{int(marked)}&{value}", self._name(document)

    def keys(self) -> Iterator[tuple[str, str]]:
        """(key, document) with the values as a query string may spell them.

        A key is NUMBER&VALUE, or NUMBER&1&VALUE where the mark holds and NUMBER&0&VALUE where not.
        """
        marked = {value: document for has, value, document in self.rows if has}
        plain = {value: document for has, value, document in self.rows if not has}
        ways = [("", plain)] if self.mark is None else [("0&", plain), ("1&", {**plain, **marked})]
        for way, rows in ways:
            for value, document in sorted(rows.items()):
                for spelt in spellings(value):
                    yield f"{self.number}&{way}{spelt}", document


@dataclass(frozen=True, slots=True)
class Switchboard:
    """All decisions of one target. ``tag`` sets its names apart from those of other targets."""

    target: str
    url: str
    base: str
    tag: str
    tables: tuple[Table, ...]

    def store(self) -> list[tuple[str, str]]:
        """Every key and value for a key-value store."""
        return [pair for table in self.tables for pair in table.stored()]

    def groups(self) -> Iterator[tuple[int, str, Mark | None, list[Table]]]:
        """Tables that look at the same parameters, numbered."""

        def looks_at(table: Table) -> tuple[str, str, str]:
            mark = table.mark
            return table.parameter, mark.parameter if mark else "", (mark and mark.value) or ""

        found = groupby(sorted(self.tables, key=looks_at), looks_at)
        for number, (_, tables) in enumerate(found, 1):
            group = list(tables)
            yield number, group[0].parameter, group[0].mark, group


def render_host_files(
    files: Iterable[HostFile], target: str, url: str | None, decisions: Iterable[Decision]
) -> list[tuple[HostFile, bytes]]:
    """The files of a host for all decisions of one target, in a fixed order."""
    board = _switchboard(target, url, decisions)
    rendered: list[tuple[HostFile, bytes]] = []
    waiting, stored = list(files), False
    while waiting:
        file = waiting.pop(0)
        text = _environment().get_template(file.template).render(board=board, stored=stored)
        if file.media_type == MEDIA_TYPE:  # a Bin to paste
            text = with_mark(file.path, text)
        data = text.encode("utf-8")
        if file.limit is not None and len(data) > file.limit:
            waiting, stored = [*file.beyond, *waiting], True
        else:
            rendered.append((file, data))
    return rendered


def spellings(value: str) -> tuple[str, ...]:
    """How a value may arrive that nobody decodes: only star and hash are ever encoded."""
    encoded = value.replace("*", "%2A").replace("#", "%23")
    raw = value.replace("#", "%23")
    return (raw,) if raw == encoded else (raw, encoded)


def _switchboard(target: str, url: str | None, decisions: Iterable[Decision]) -> Switchboard:
    base = base_path(url)
    tables: list[Table] = []
    for number, decision in enumerate(sorted(decisions, key=lambda found: found.path), 1):
        marked = [(True, value, base + path) for value, path in sorted(decision.marked)]
        plain = [(False, value, base + path) for value, path in sorted(decision.branches)]
        tables.append(
            Table(
                number,
                base + decision.path,
                decision.path,
                decision.parameter,
                decision.mark,
                (*marked, *plain),
                base + decision.default,
            )
        )
    tag = sha256(f"{target}\n{url or ''}".encode()).hexdigest()[:8]
    return Switchboard(target, (url or "").rstrip("/"), base, tag, tuple(tables))


def _literal(text: str) -> str:
    """In double quotes, for configurations in which quoted letters of ours mean themselves."""
    if not _SAFE.fullmatch(text):
        raise ValueError(f"{text!r} cannot stand in a configuration")
    return f'"{text}"'


def _map_key(text: str) -> str:
    """A key of an nginx map; a long one as an expression, which needs no room in a bucket."""
    _literal(text)
    return f'"{text}"' if len(text) <= _LONGEST_MAP_KEY else f'"~^{_escaped(text)}$"'


def _escaped(text: str) -> str:
    """A path, or a value, as a regular expression for itself (PCRE and RE2)."""
    _literal(text)
    return re.sub(r"[.*]", r"\\\g<0>", text)


def _spelt(value: str) -> str:
    """A value as a regular expression for all ways in which a query string may spell it."""
    _literal(value)
    return value.replace("*", r"(?:\*|%2[Aa])").replace("#", "(?:#|%23)")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "hosts"),
        autoescape=False,  # none of these is HTML; each value goes through one of the filters
        undefined=StrictUndefined,
        auto_reload=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        # Braces are what most of these files are made of.
        variable_start_string="<<",
        variable_end_string=">>",
    )
    environment.filters |= {
        "literal": _literal,
        "map_key": _map_key,
        "escaped": _escaped,
        "spelt": _spelt,
        "json": _json,
    }
    return environment
