"""The files a host needs beside documents. Decisions come in, the bytes of these files go out.

Whatever reaches a template is a literal of a few safe characters, or JSON: nothing that an author
or a caller wrote can become a piece of configuration or code.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from twimlc.calendars.settled import Settled
from twimlc.flow.decisions import WITHHELD, Clock, subject_of
from twimlc.hosts.asked import Asked, Clocks, asked, to_json
from twimlc.hosts.by_plan import is_place
from twimlc.hosts.clocks import Timed, digits, seconds_between, timed, times_between
from twimlc.lower.hop import ASKED
from twimlc.lower.host import HostFile, base_path
from twimlc.lower.names import CACHE_CONTROL, FLOW, KEPT, VERSION
from twimlc.lower.plan import Decision, FlowPlace, Mark, Markup
from twimlc.lower.questions import Question
from twimlc.render.document import MEDIA_TYPE, environment, render_in_bin, with_mark

if TYPE_CHECKING:
    from jinja2 import Environment

_SAFE = re.compile(r"[A-Za-z0-9._~/*#%&-]*")
_MOST_NAMED = 100
"""More documents than this are not named one by one in a command."""

_LONGEST_MAP_KEY = 40
"""nginx keeps the keys of a map in buckets of 64 bytes, with some of its own beside each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Decision):
    """A decision as templates see it: ``number`` counts them, paths are those of the target."""

    number: int

    @property
    def rows(self) -> list[tuple[bool, str, str]]:
        """(marked, value, document): of rows with one value a marked one counts first, if the mark
        holds."""
        plain = [(False, value, path) for value, path in sorted(self.branches)]
        return plain + [(True, value, path) for value, path in sorted(self.marked)]

    @property
    def folder(self) -> str:
        """Where all its documents lie."""
        return _folder(self.path)

    @property
    def name(self) -> str:
        return self.path[len(self.folder) :].removesuffix(".decide")

    @property
    def rules(self) -> int:
        """How many rules it takes where each row is one: with guard, default and parameters."""
        return len(self.rows) + (3 if self.mark is None else 4)

    @property
    def longest(self) -> int:
        """The length of the longest value, however it may be spelled."""
        texts = (text for _, value, _ in self.rows for text in spellings(value))
        return max(map(len, texts), default=1)

    @property
    def entry(self) -> str:
        """Parameter, documents by value, default; then name and value of the mark, and its rows."""
        _, branches, default, mark, marked = self.mapped(self._name)
        more = [mark.parameter, mark.value or "", dict(marked)] if mark else []
        return to_json([self.parameter, dict(branches), default, *more])

    def _name(self, document: str) -> str:
        assert document.startswith(self.folder), "a decision and its documents share a folder"
        return document[len(self.folder) :].removesuffix(".xml")

    def stored(self) -> Iterator[tuple[str, str]]:
        """Keys and values for a store whose values are short: the decision, then each row."""
        key = self.folder + self.name
        more = [self.mark.parameter, self.mark.value or ""] if self.mark else []
        yield key, to_json([self.parameter, self._name(self.default), *more])
        for marked, value, document in self.rows:
            yield f"{key}?{int(marked)}&{value}", self._name(document)

    def keys(self) -> Iterator[tuple[str, str]]:
        """(key, document) with the values as a query string may spell them.

        A key is NUMBER&VALUE, or NUMBER&1&VALUE where the mark holds and NUMBER&0&VALUE where not.
        """
        plain = dict(self.branches)
        ways = [("0&", plain), ("1&", {**plain, **dict(self.marked)})]
        for way, rows in ways if self.mark is not None else [("", plain)]:
            for value, document in sorted(rows.items()):
                for spelt in spellings(value):
                    yield f"{self.number}&{way}{spelt}", document


@dataclass(frozen=True, slots=True)
class Switchboard:
    """All decisions, questions and versions of one target; ``tag`` keeps its names apart from other
    targets'.

    ``kept`` and ``live`` are expressions for paths after ``base``: files that never change, and
    addresses whose answer is never stored, ``by_plan`` the places that are switched by plan.
    ``apology`` is the last resort of a Bin, as TwiML.
    """

    target: str
    url: str
    base: str
    tag: str
    tables: tuple[Table, ...]
    flows: tuple[FlowPlace, ...]
    apology: str
    questions: tuple[Asked, ...]
    clocks: Clocks
    by_plan: tuple[str, ...]
    flow: str = FLOW
    version: str = VERSION
    kept: str = f"(?:{KEPT})"
    live: str = f"{FLOW}/(?:{VERSION}/|(?:index|changed)[.]xml$|[^/?]+[.]decide$)"
    no_store: str = CACHE_CONTROL["no-store"]
    immutable: str = CACHE_CONTROL["immutable"]

    @property
    def entries(self) -> list[str]:
        """The entries of all tables; equal ones, of versions that share a decision, come once."""
        return sorted({one.entry for one in self.tables} | {one.entry for one in self.questions})

    @property
    def folders(self) -> tuple[list[str], dict[str, int]]:
        """Decisions of a folder, as JSON, by number of their entry; and which a folder has.

        Every version is there. Those that decide alike share one.
        """
        number = {entry: at for at, entry in enumerate(self.entries)}
        found: dict[str, dict[str, int]] = {
            flow.path + version + "/": {} for flow in self.flows for version in flow.versions
        }
        for table in self.tables:
            found.setdefault(table.folder, {})[table.name] = number[table.entry]
        for folder, name, question in self._asked():
            found.setdefault(folder, {})[name.removesuffix(".decide")] = number[question.entry]
        texts = {folder: to_json(decisions) for folder, decisions in sorted(found.items())}
        alike = {text: at for at, text in enumerate(dict.fromkeys(texts.values()))}
        return list(alike), {folder: alike[text] for folder, text in texts.items()}

    @property
    def uncached(self) -> list[str]:
        """What decisions answer with; where that is too much for a command, whole versions."""
        found = {table.default for table in self.tables}
        found |= {document for table in self.tables for _, _, document in table.rows}
        for folder, _, question in self._asked():
            names = (to for turn in question.turns for to in turn.targets() if isinstance(to, str))
            found |= {f"{folder}{name}.xml" for name in names}
        if len(found) > _MOST_NAMED:
            found = {f"{_folder(document)}*" for document in found}
        return sorted(found)

    def _asked(self) -> Iterator[tuple[str, str, Asked]]:
        """(folder, name, question) of every path at which one is asked."""
        for question in self.questions:
            for path in question.paths:
                folder = _folder(path)
                yield folder, path[len(folder) :], question

    @property
    def timed(self) -> list[tuple[int, Settled, Timed, list[str], list[str]]]:
        """The calendars by number, with their names, and the paths of the questions that ask."""
        return [
            (
                *(number, settled, timed(settled)),
                [name for name, at in self.clocks.numbers.items() if at == number],
                [path for one in self.questions if number in one.clocks for path in one.paths],
            )
            for number, settled in enumerate(self.clocks.settled, 1)
        ]

    @property
    def withheld(self) -> str:
        """All words for a number that is withheld, as an expression."""
        return "|".join(re.escape(word) for word in sorted(WITHHELD) if word)

    def store(self) -> list[tuple[str, str]]:
        """Every key and value for a key-value store; a version is known by its folder's key. What
        replaces an earlier value comes last."""
        folders = [(folder, "1") for folder in self.folders[1]]
        asking = [pair for question in self.questions for pair in question.stored()]
        tables = [pair for table in self.tables for pair in table.stored()]
        return [*folders, *tables, *asking, *self.clocks.stored()]

    def groups(self) -> Iterator[tuple[int, str, Mark | None, list[Table]]]:
        """Tables that look at the same parameters, numbered."""

        def looks_at(table: Table) -> tuple[str, str, str]:
            mark = table.mark or Mark("", "")
            return table.parameter, mark.parameter, mark.value or ""

        found = groupby(sorted(self.tables, key=looks_at), looks_at)
        for number, (_, tables) in enumerate(found, 1):
            group = list(tables)
            yield number, group[0].parameter, group[0].mark, group


def render_host_files(
    files: Iterable[HostFile],
    target: str,
    url: str | None,
    decisions: Iterable[Decision],
    apology: tuple[Markup, ...] = (),
    *,
    flows: Iterable[FlowPlace] = (),
    questions: Iterable[Question] = (),
    calendars: Mapping[str, Settled] = MappingProxyType({}),
) -> list[tuple[HostFile, bytes]]:
    """The files of a host for all decisions, questions and flows of one target, in a fixed order.

    One that comes out empty is not needed. A calendar that is asked and not there is gone.
    """
    every = tuple(questions)
    base, places = base_path(url), tuple(sorted(flows))
    by_plan = tuple(question.path for question in every if is_place(question))
    questions = tuple(question for question in every if not is_place(question))
    tables = tuple(
        Table(
            *(d.parameter, d.branches, d.default, d.mark, d.marked),
            path=d.path,
            flow=d.flow,
            number=number,
        )
        for number, d in enumerate(sorted(decisions, key=lambda decision: decision.path), 1)
    )
    versions = (flow.path + "/".join(flow.versions) for flow in places)
    paths = (path for table in tables for path in (table.path, *table.targets()))
    words = [word for question in questions for word in _words(question)]
    outcomes = (outcome for settled in calendars.values() for outcome in settled.outcomes)
    for word in (base, *versions, *paths, *words, *outcomes, *by_plan):
        _literal(word)  # which refuses what could be configuration
    tag = sha256(f"{target}\n{url or ''}".encode()).hexdigest()[:8]
    last = render_in_bin(apology)
    board = Switchboard(
        *(target, (url or "").rstrip("/"), base, tag, tables, places, last),
        *asked(questions, calendars),
        by_plan,
    )
    rendered: list[tuple[HostFile, bytes]] = []
    waiting, stored = list(files), False
    while waiting:
        file = waiting.pop(0)
        template = _environment().get_template(file.template)
        text = template.render(board=board, stored=stored, asked=ASKED)
        if file.media_type == MEDIA_TYPE:  # a Bin to paste
            text = with_mark(file.path, text)
        data = text.encode("utf-8")
        if file.limit is not None and len(data) > file.limit:
            waiting, stored = [*file.beyond, *waiting], True
        elif data:
            rendered.append((file, data))
    return rendered


def _words(question: Question) -> Iterator[str]:
    """Every text of a question that is not checked elsewhere."""
    yield from (question.path, *question.targets())
    for turn in question.turns:
        yield subject_of(turn)
        yield from dict(turn.outcomes) if isinstance(turn, Clock) else ()


def spellings(value: str) -> tuple[str, ...]:
    """How a value may arrive that nobody decodes: only star and hash are ever encoded."""
    encoded = value.replace("*", "%2A").replace("#", "%23")
    raw = value.replace("#", "%23")
    return (raw,) if raw == encoded else (raw, encoded)


def _literal(text: str) -> str:
    """In double quotes, for configurations in which quoted letters of ours mean themselves."""
    if not _SAFE.fullmatch(text):
        raise ValueError(f"{text!r} cannot be used in a configuration")
    return f'"{text}"'


def _map_key(text: str) -> str:
    """A key of an nginx map; a long one as an expression, which needs no room in a bucket."""
    _literal(text)
    return f'"{text}"' if len(text) <= _LONGEST_MAP_KEY else f'"~^{_escaped(text)}$"'


def _folder(path: str) -> str:
    return path[: path.rindex("/") + 1]


def _either(expression: str) -> str:
    """An expression that takes letters of both cases where nothing else says so."""
    return re.sub(
        "[A-Za-z]", lambda letter: f"[{letter[0].upper()}{letter[0].lower()}]", expression
    )


def _escaped(text: str) -> str:
    """A path, or a value, as a regular expression for itself (PCRE and RE2)."""
    _literal(text)
    return re.sub(r"[.*]", r"\\\g<0>", text)


def _spelt(value: str) -> str:
    """A value as a regular expression for all ways in which a query string may spell it."""
    _literal(value)
    return value.replace("*", r"(?:\*|%2[Aa])").replace("#", "(?:#|%23)")


@cache
def _environment() -> "Environment":
    return environment(
        Path(__file__).parent,
        {
            "literal": _literal,
            "map_key": _map_key,
            "escaped": _escaped,
            "spelt": _spelt,
            "json": to_json,
            "either": _either,
            "folder": _folder,
            "digits": digits,
            "seconds_between": seconds_between,
            "times_between": times_between,
        },
        trim_blocks=True,
        lstrip_blocks=True,
        # Braces are what most of these files are made of.
        variable_start_string="<<",
        variable_end_string=">>",
    )
