"""What may be typed next: a file and an offset come in, proposals go out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from twimlc import vocabulary
from twimlc.languageserver.cursor import Cursor, Path, cursor_at
from twimlc.languageserver.facts import about
from twimlc.languageserver.names import Body, body_at
from twimlc.languageserver.offers import offered_keys, offered_values
from twimlc.languageserver.open_files import Question, kind_of_file
from twimlc.languageserver.places import Names
from twimlc.languageserver.shapes import FileKind, Shape, shapes_at
from twimlc.schema.elements import may_stand_bare
from twimlc.source.scope import SURROUNDING_NAMES
from twimlc.source.tree import Mapping as MappingNode
from twimlc.source.tree import Node, Scalar, Sequence
from twimlc.text import SourceFile

_IN_EXPRESSION = re.compile(r"(?<!\$)\$\{(.*)")
_CALL = re.compile(r"\bcall\.(\w*)$")
_NAME = re.compile(r"(?<!\w)[A-Za-z_]\w*$")
_STATE_KEYS = ("goto", "then", "fallback", "redirect")
_MESSAGES_ONLY = vocabulary.verbs("messaging").keys() - vocabulary.verbs("voice").keys()
_VOICE_ONLY = vocabulary.verbs("voice").keys() - vocabulary.verbs("messaging").keys()
_VOICE_BLOCKS = frozenset({"menu", "offer", "voicemail", "hunt"})


class Sort(StrEnum):
    """What a proposal is; editors show a picture for it."""

    VERB = "verb"
    ATTRIBUTE = "attribute"
    VALUE = "value"
    STATE = "state"
    COMPONENT = "component"
    PARAM = "param"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Put ``text`` in the place of what stands from ``start`` to ``end``."""

    label: str
    text: str
    sort: Sort
    start: int
    end: int
    detail: str = ""
    about: str = ""


def complete(question: Question, offset: int) -> list[Proposal]:
    """Everything that makes sense at an offset, the most likely first."""
    cursor = cursor_at(question.text, offset)
    line = SourceFile("", question.text).position(offset).line
    return list(_Completion(question, offset, cursor, line).run())


class _Completion:
    def __init__(self, question: Question, offset: int, cursor: Cursor, line: int) -> None:
        mended = question.mended(line)
        self.kind = kind_of_file(question.path)
        self.offset = offset
        self.cursor = cursor
        self.tree = mended.tree()
        self.names = Names(mended)
        self.body: Body | None = None
        if self.names.bodies:
            inner = (
                cursor.path[1] if cursor.path[:1] == ("components",) and cursor.path[1:] else None
            )
            self.body = next(
                (b for b in self.names.bodies if inner and _is_component(b, str(inner))),
                body_at(self.names.bodies[-1:], offset),
            )

    def run(self) -> Iterator[Proposal]:
        cursor = self.cursor
        inside = _IN_EXPRESSION.search(re.split(r"[}\n]", cursor.word)[-1])
        if inside is not None:
            yield from self._expression(inside[1])
            return
        if cursor.prose:
            return
        if cursor.is_key:
            yield from self._keys()
            if self._is_item() or cursor.path[-1:] == ("start",):
                yield from self._values(cursor.path)
        else:
            yield from self._values(cursor.path)

    def _proposal(
        self, label: str, text: str, sort: Sort, detail: str = "", about: str = ""
    ) -> Proposal:
        return Proposal(label, text, sort, self.cursor.start, self.offset, detail, about)

    def _is_item(self) -> bool:
        return bool(self.cursor.path) and isinstance(self.cursor.path[-1], int)

    # keys

    def _keys(self) -> Iterator[Proposal]:
        path = self.cursor.path
        taken = {*self.cursor.keys, *self._present(path)} - {self.cursor.word}
        outcomes = self._outcomes(path)
        if outcomes is not None:
            for name in outcomes:
                if name not in taken:
                    yield self._proposal(name, f"{name}: ", Sort.VALUE, "an outcome")
            return
        if path[-1:] == ("with",):
            yield from self._arguments(path, taken)
            return
        for name, detail in offered_keys(self.names, path):
            if name not in taken:
                yield self._proposal(name, f"{_safe(name, self.cursor)}: ", Sort.VALUE, detail)
        for shape in shapes_at(self.kind, path):
            if (
                not isinstance(path[-1] if path else "", int)
                and shape.schema.get("type") == "array"
            ):
                continue
            yield from self._of_map(shape, taken)

    def _of_map(self, shape: Shape, taken: set[str]) -> Iterator[Proposal]:
        known, beside = shape.keys(), shape.beside
        has_verb = beside is not None and any(key in known and key not in beside for key in taken)
        for key, below in known.items():
            if key in taken or (has_verb and beside is not None and key not in beside):
                continue
            if key == "with" and "use" not in taken:
                continue
            verb = beside is not None and key not in beside
            if verb and not self._fits(key):
                continue
            bare = verb and below.element is not None and may_stand_bare(below.element)
            sort = Sort.VERB if verb else Sort.ATTRIBUTE
            text = key if bare and not self.cursor.inline else f"{key}: "
            if below.holds != "text" and not verb and not self.cursor.inline:
                text = f"{key}:"
            detail = below.schema.get("$comment", "")
            yield self._proposal(key, text, sort, detail, about(key, below))

    def _fits(self, verb: str) -> bool:
        """Whether a verb belongs to the kind of the flow: calls or messages."""
        kind = self.tree.get("kind") if self.tree is not None else None
        if isinstance(kind, Scalar) and kind.text == "messaging":
            return verb not in _VOICE_ONLY and verb not in _VOICE_BLOCKS
        return verb not in _MESSAGES_ONLY

    def _present(self, path: Path) -> list[str]:
        node = _node(self.tree, path)
        return [entry.key for entry in node.entries] if isinstance(node, MappingNode) else []

    def _outcomes(self, path: Path) -> list[str] | None:
        """The names of outcomes where ``when`` is filled in; None anywhere else."""
        if path[-1:] != ("when",):
            return None
        step = _node(self.tree, path[:-1])
        found: list[str] = []
        verbs = vocabulary.verbs("voice")
        for entry in step.entries if isinstance(step, MappingNode) else ():
            verb = verbs.get("dial" if entry.key == "hunt" else entry.key)
            if verb is None:
                continue
            inside = entry.value.entries if isinstance(entry.value, MappingNode) else ()
            nouns = (vocabulary.child_keys(verb).get(below.key) for below in inside)
            rows = [verb, *(noun for noun in nouns if noun is not None)]
            found += [name for row in rows if row.outcomes for name in row.outcomes.names]
        return list(dict.fromkeys(found))

    def _arguments(self, path: Path, taken: set[str]) -> Iterator[Proposal]:
        step = _node(self.tree, path[:-1])
        used = step.get("use") if isinstance(step, MappingNode) else None
        if self.body is None or not isinstance(used, Scalar):
            return
        component = self.body.components.get(used.text)
        params = Body(component.body, component.file, None).params if component else {}
        for name, entry in params.items():
            if name not in taken:
                default = entry.value.text if isinstance(entry.value, Scalar) else ""
                detail = f"default {default}" if default else "has to be given"
                yield self._proposal(name, f"{name}: ", Sort.PARAM, detail)

    # values

    def _values(self, path: Path) -> Iterator[Proposal]:
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        owner = path[-2] if len(path) > 1 else ""
        if key == "use" and self.body is not None:
            for name in self.body.components:
                yield self._proposal(name, name, Sort.COMPONENT, "a component")
            return
        shapes = shapes_at(self.kind, path)
        fetched = any(
            shape.row is not None and shape.row.fetch in _FETCHED and not shape.values()
            for shape in shapes
        )
        jump = key in _STATE_KEYS or owner in ("when", "choices")
        if (jump or fetched or key == "start") and self.kind in (FileKind.FLOW, FileKind.COMPONENT):
            yield from self._states(jump and key != "redirect", flows=key != "start")
        for name, detail in offered_values(self.names, path):
            yield self._proposal(name, _safe(name, self.cursor), Sort.VALUE, detail)
        for shape in shapes:
            for value in shape.values():
                if isinstance(path[-1] if path else "", int) and shape.beside is not None:
                    continue
                yield self._proposal(value, _safe(value, self.cursor), Sort.VALUE, key)

    def _states(self, words: bool, *, flows: bool) -> Iterator[Proposal]:
        for name, entry in (self.body.states if self.body is not None else {}).items():
            yield self._proposal(name, name, Sort.STATE, f"state, line {entry.key_span.begin.line}")
        if words:
            yield self._proposal("hangup", "hangup", Sort.VALUE, "the call ends")
            yield self._proposal("next", "next", Sort.VALUE, "the next step")
        if not flows or self.body is None or self.body.flow is None:
            return
        for name, other in self.names.flows().items():
            yield self._proposal(f"{name}/", f"{name}/", Sort.STATE, "the start of that flow")
            if self.cursor.word.startswith(f"{name}/"):
                for state in other.states:
                    whole = f"{name}/{state}"
                    yield self._proposal(whole, whole, Sort.STATE, "state of another flow")

    # expressions

    def _expression(self, typed: str) -> Iterator[Proposal]:
        call = _CALL.search(typed)
        if call is not None:
            start = self.offset - len(call[1])
            for name in sorted({*vocabulary.STANDARD_PARAMETERS, *vocabulary.INPUT_PARAMETERS}):
                yield Proposal(name, name, Sort.PARAM, start, self.offset, "told by the call")
            return
        word = _NAME.search(typed)
        start = self.offset - len(word[0]) if word else self.offset
        for name, entry in (self.body.params if self.body is not None else {}).items():
            value = entry.value.text if isinstance(entry.value, Scalar) else "a list or map"
            yield Proposal(name, name, Sort.PARAM, start, self.offset, value or "has to be given")
        for name in (*SURROUNDING_NAMES, "call"):
            yield Proposal(name, name, Sort.PARAM, start, self.offset, "known everywhere")


_FETCHED = (
    vocabulary.Fetch.TWIML,
    vocabulary.Fetch.TWIML_LEG,
    vocabulary.Fetch.MEDIA_OR_TWIML,
)


def _is_component(body: Body, name: str) -> bool:
    known = body.components.get(name)
    return body.flow is None and known is not None and known.body is body.tree


def _node(tree: Node | None, path: Path) -> Node | None:
    for part in path:
        if isinstance(tree, MappingNode) and isinstance(part, str):
            tree = tree.get(part)
        elif isinstance(tree, Sequence) and isinstance(part, int) and part < len(tree.items):
            tree = tree.items[part]
        else:
            return None
    return tree


def _safe(value: str, cursor: Cursor) -> str:
    """The value as YAML takes it: keys of the phone and the like need quotes."""
    if cursor.quoted or re.fullmatch(r"[A-Za-z0-9][\w./+-]*", value):
        return value
    return f'"{value}"'
