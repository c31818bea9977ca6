"""What may be typed next: a file and an offset come in, proposals go out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from twimlc import vocabulary
from twimlc.editor.cursor import Cursor, Path, cursor_at
from twimlc.editor.hover import about
from twimlc.editor.names import Names
from twimlc.editor.offers import Offer, calendars_of, lists_of, offered_keys, offered_values
from twimlc.editor.open_files import Snapshot
from twimlc.editor.shapes import Shape, shapes_at
from twimlc.flow.decisions import CALLERS
from twimlc.flow.references import JUMP_MAPS, JUMPS
from twimlc.formats.elements import may_stand_bare
from twimlc.project.kinds import FileKind, kind_of_file
from twimlc.text import SourceFile, lazy_pattern
from twimlc.values.scope import SURROUNDING_NAMES
from twimlc.vocabulary.blocks import BLOCKS, CALL_BLOCKS
from twimlc.yaml.tree import Mapping as MappingNode, Node, Scalar, Sequence

_IN_EXPRESSION = lazy_pattern(r"(?<!\$)\$\{(.*)")
_CALL = lazy_pattern(r"\bcall\.(\w*)$")
_NAME = lazy_pattern(r"(?<!\w)[A-Za-z_]\w*$")
_MESSAGES_ONLY = vocabulary.verbs("messaging").keys() - vocabulary.verbs("voice").keys()
_VOICE_ONLY = vocabulary.verbs("voice").keys() - vocabulary.verbs("messaging").keys()


class Sort(StrEnum):
    """What a proposal is, as the protocol calls the picture that editors show for it."""

    VERB = "Function"
    ATTRIBUTE = "Property"
    VALUE = "EnumMember"
    STATE = "Reference"
    COMPONENT = "Module"
    PARAM = "Variable"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Put ``text`` in the place of what is written from ``start`` to ``end``."""

    label: str
    text: str
    sort: Sort
    start: int
    end: int
    detail: str = ""
    about: str = ""


def complete(snapshot: Snapshot, offset: int) -> list[Proposal]:
    """Everything that makes sense at an offset, the most likely first."""
    return list(_Completion(snapshot, offset).run())


class _Completion:
    def __init__(self, snapshot: Snapshot, offset: int) -> None:
        self.kind = kind_of_file(snapshot.path)
        self.offset = offset
        self.cursor = cursor_at(snapshot.text, offset)
        self.path = self.cursor.path
        self.last = self.path[-1] if self.path else ""
        line = SourceFile("", snapshot.text).position(offset).line
        self.names = Names(snapshot.readable_without(line))
        self.tree = self.names.tree
        self.step = _node(self.tree, self.path[:-1])
        self.body = self.names.bodies[-1] if self.names.bodies else None
        match self.path:
            case ("components", str(name), *_) if self.body is not None:
                self.body = self.body.used(name) or self.body
        present = _node(self.tree, self.path)
        self.taken = {*self.cursor.keys}
        if isinstance(present, MappingNode):
            self.taken |= {entry.key for entry in present}
        self.taken.discard(self.cursor.word)

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
        if not cursor.is_key or isinstance(self.last, int) or self.last == "start":
            yield from self._values()

    def _proposal(
        self, label: str, text: str, sort: Sort, detail: str = "", about: str = ""
    ) -> Proposal:
        return Proposal(label, text, sort, self.cursor.start, self.offset, detail, about)

    def _as_keys(self, offers: Iterable[Offer], sort: Sort = Sort.VALUE) -> Iterator[Proposal]:
        for name, detail in offers:
            if name not in self.taken:
                yield self._proposal(name, f"{_safe(name, self.cursor)}: ", sort, detail)

    def _as_values(self, offers: Iterable[Offer], sort: Sort = Sort.VALUE) -> Iterator[Proposal]:
        for name, detail in offers:
            yield self._proposal(name, _safe(name, self.cursor), sort, detail)

    # keys

    def _keys(self) -> Iterator[Proposal]:
        if self.last == "when":
            yield from self._as_keys(
                (name, "an outcome") for name in dict.fromkeys(self._outcomes())
            )
        elif self.last == "with":
            yield from self._as_keys(self._arguments(), Sort.PARAM)
        else:
            yield from self._as_keys(offered_keys(self.names, self.path))
            for shape in shapes_at(self.kind, self.path):
                if isinstance(self.last, int) or shape.schema.get("type") != "array":
                    yield from self._of_map(shape)

    def _of_map(self, shape: Shape) -> Iterator[Proposal]:
        known, beside, taken = shape.keys(), shape.beside, self.taken
        has_verb = beside is not None and any(key in known and key not in beside for key in taken)
        for key, below in known.items():
            verb = beside is not None and key not in beside
            if key in taken or (verb and (has_verb or not self._fits(key))):
                continue
            if key == "with" and "use" not in taken:
                continue
            bare = verb and below.element is not None and may_stand_bare(below.element)
            text = key if bare and not self.cursor.inline else f"{key}: "
            if below.holds != "text" and not verb and not self.cursor.inline:
                text = f"{key}:"
            detail = below.schema.get("$comment", "")
            sort = Sort.VERB if verb else Sort.ATTRIBUTE
            yield self._proposal(key, text, sort, detail, about(key, below))

    def _fits(self, verb: str) -> bool:
        """Whether a verb belongs to the kind of the flow: calls or messages."""
        kind = self.tree.get("kind") if self.tree is not None else None
        if isinstance(kind, Scalar) and kind.text == "messaging":
            return verb not in _VOICE_ONLY and verb not in CALL_BLOCKS
        return verb not in _MESSAGES_ONLY

    def _outcomes(self) -> Iterator[str]:
        """The names of outcomes of the step whose ``when`` is filled in."""
        lowered = {key: vocabulary.VOICE[block.verb] for key, block in BLOCKS.items() if block.verb}
        verbs = {**vocabulary.verbs("voice"), **lowered}
        for entry in self.step if isinstance(self.step, MappingNode) else ():
            asked = entry.value.text if isinstance(entry.value, Scalar) else ""
            if entry.key == "hours":  # `then` is open
                outcomes = calendars_of(self.names).get(asked, ())
                yield from (outcome for outcome in outcomes if outcome != "open")
            elif entry.key == "switch":
                yield from (*lists_of(self.names), *["withheld"] * (asked in CALLERS))
            verb, block = verbs.get(entry.key), BLOCKS.get(entry.key)
            if verb is None or (block is not None and "when" not in block.beside):
                continue
            if block is not None and block.outcomes:
                yield from block.outcomes
                continue
            inside = entry.value if isinstance(entry.value, MappingNode) else ()
            nouns = (verb.inside.get(below.key) for below in inside)
            for row in (verb, *nouns):
                if row is not None and row.outcomes:
                    yield from row.outcomes.names

    def _arguments(self) -> Iterator[Offer]:
        """What the component takes whose ``with`` is filled in."""
        used = self.step.get("use") if isinstance(self.step, MappingNode) else None
        component = None
        if self.body is not None and isinstance(used, Scalar):
            component = self.body.used(used.text)
        for name, entry in component.params.items() if component is not None else ():
            default = entry.value.text if isinstance(entry.value, Scalar) else ""
            yield name, f"default {default}" if default else "has to be given"

    # values

    def _values(self) -> Iterator[Proposal]:
        key = next((part for part in reversed(self.path) if isinstance(part, str)), "")
        owner = self.path[-2] if len(self.path) > 1 else ""
        if key == "use" and self.body is not None:
            components = ((name, "a component") for name in self.body.components)
            yield from self._as_values(components, Sort.COMPONENT)
            return
        shapes = shapes_at(self.kind, self.path)
        fetched = any(
            shape.row and shape.row.fetch in vocabulary.TWIML_FETCHES and not shape.values()
            for shape in shapes
        )
        jump = key in JUMPS or owner in JUMP_MAPS
        if (jump or fetched or key == "start") and self.kind in (FileKind.FLOW, FileKind.COMPONENT):
            yield from self._states(jump and key != "redirect", flows=key != "start")
        yield from self._as_values(offered_values(self.names, self.path))
        for shape in shapes:
            if not isinstance(self.last, int) or shape.beside is None:
                yield from self._as_values((value, key) for value in shape.values())

    def _states(self, words: bool, *, flows: bool) -> Iterator[Proposal]:
        own = self.body.states if self.body is not None else {}
        lines = ((name, f"state, line {at.key_span.begin.line}") for name, at in own.items())
        yield from self._as_values(lines, Sort.STATE)
        if words:
            yield from self._as_values((("hangup", "the call ends"), ("next", "the next step")))
        if not flows or self.body is None or self.body.flow is None:
            return
        for name, other in self.names.other_flows().items():
            yield from self._as_values([(f"{name}/", "the start of that flow")], Sort.STATE)
            if self.cursor.word.startswith(f"{name}/"):
                states = ((f"{name}/{state}", "state of another flow") for state in other.states)
                yield from self._as_values(states, Sort.STATE)

    # expressions

    def _expression(self, typed: str) -> Iterator[Proposal]:
        call, word = _CALL.search(typed), _NAME.search(typed)
        start = self.offset - len(call[1] if call else word[0] if word else "")
        offers: list[Offer] = []
        if call is not None:
            known = {*vocabulary.STANDARD_PARAMETERS, *vocabulary.INPUT_PARAMETERS}
            offers += [(name, "from the call") for name in sorted(known)]
        else:
            for name, entry in self.body.params.items() if self.body is not None else ():
                value = entry.value.text if isinstance(entry.value, Scalar) else "a list or map"
                offers.append((name, value or "has to be given"))
            offers += [(name, "known everywhere") for name in (*SURROUNDING_NAMES, "call")]
        for name, detail in offers:
            yield Proposal(name, name, Sort.PARAM, start, self.offset, detail)


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
