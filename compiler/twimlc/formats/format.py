"""A file format as rows: keys and shapes come in, a JSON Schema and a reader of files go out.

What may be where in a project file or a call script is written down once, as shapes. Editors
get them as a schema (:attr:`Shape.schema`). A file is read by them (:meth:`Shape.read`): typed
values come out, and a finding for each thing that does not fit. What no shape can say, such as
two keys that exclude each other, is asked by whoever reads the values.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from twimlc.findings.diagnostic import Diagnostic, Fix, Rule
from twimlc.findings.rules import BAD_NAME, MISSING_KEY, UNKNOWN_KEY
from twimlc.formats import leaves, wording
from twimlc.formats.leaves import TEXT_TYPES, Schema
from twimlc.formats.place import COMMA_HINT, Path, Place, after_comma, hours_in_quotes
from twimlc.yaml import tree
from twimlc.yaml.names import beyond_doubt, hint_and_fix, proposed_name
from twimlc.yaml.tree import Node, Scalar, is_empty

_KINDS = {Scalar: ("string", "integer"), tree.Sequence: ("array",), tree.Mapping: ("object",)}


class At(NamedTuple):
    """A place in a file that is read: its node, the way to it, and where findings go.

    ``unknown`` is the rule that an unknown key breaks; ``broken`` the one for what does not fit,
    None for the rule of its kind, such as wrong-type or missing-key.
    """

    node: Node
    root: Node
    findings: list[Diagnostic]
    unknown: Rule = UNKNOWN_KEY
    broken: Rule | None = None
    path: Path = ()

    def below(self, part: str | int, node: Node, rule: Rule | None = None) -> "At":
        """A place inside this one; ``rule`` is broken by what does not fit there."""
        return self._replace(node=node, broken=rule or self.broken, path=(*self.path, part))

    def refuse(
        self, shape: "Shape", keyword: str, hint: str | None = None, fix: Fix | None = None
    ) -> None:
        """Add the finding that the value breaks ``keyword`` of its shape's schema."""
        place = Place.of(self.root, self.path)
        said = wording.word(place, keyword, shape.inline.get(keyword), shape.inline)
        rule, fix = self.broken or said.rule, fix or said.fix
        hint = hint or shape.hint or said.hint
        self.findings.append(rule.at(said.span, said.message, hint=hint, fix=fix, twilio=()))


class Shape:
    """What a place takes: a schema for editors, who find it at ``ref`` if it is in many places.

    ``hint`` is said where something else is. Read: the node.
    """

    def __init__(self, inline: Schema, hint: str | None = None, ref: str = "") -> None:
        self.inline, self.hint = inline, hint
        self.schema: Schema = {"$ref": ref} if ref else inline
        types = inline.get("type", ("string", "array", "object"))
        self._types = frozenset([types] if isinstance(types, str) else types)

    def read(self, at: At) -> Any:
        """The value at a place; None, with findings, if it does not fit."""
        if self._types.isdisjoint(_KINDS[type(at.node)]):
            return at.refuse(self, "type")
        return self.value(at)

    def value(self, at: At) -> Any:
        """The value of a node of the right kind."""
        return at.node


class Leaf(Shape):
    """A single value. Read: what ``into`` makes of it, which is None where it does not fit.

    ``words`` are those that may be meant by another one, ``synonyms`` what people write instead (in
    capitals) and the word that is meant, or what to do; ``unknown`` is the rule that an unknown
    word breaks.
    """

    def __init__(
        self,
        inline: Schema,
        into: Callable[[Scalar], Any],
        hint: str | None = None,
        words: Sequence[str] = (),
        synonyms: Mapping[str, str] = MappingProxyType({}),
        unknown: Rule | None = None,
    ) -> None:
        super().__init__(inline, hint)
        self.into, self.words = into, words
        self.synonyms, self.unknown = synonyms, unknown

    def value(self, at: At) -> Any:
        node = at.node
        if not isinstance(node, Scalar) or is_empty(node):
            return at.refuse(self, "type")
        if (value := self.into(node)) is None:
            hint, fix = hint_and_fix(node.span, node.text, self.words)
            if (meant := self.synonyms.get(node.text.upper())) is not None:
                hint, fix = meant if " " in meant else f"did you mean '{meant}'?", None
            at = at._replace(broken=self.unknown or at.broken)
            at.refuse(self, "anyOf" if "anyOf" in self.inline else "pattern", hint, fix)
        return value


def text(
    takes: str = "text",
    into: Callable[[Scalar], Any] = lambda node: node,
    hint: str | None = None,
    types: str | list[str] = TEXT_TYPES,
) -> Leaf:
    """Any text, however YAML may type it. Read: the scalar, unless ``into`` says otherwise."""
    return Leaf({"type": types, "$comment": takes}, into, hint)


def of_form(pattern: re.Pattern[str], takes: str, hint: str, description: str = "") -> Leaf:
    """Text that is matched by ``pattern`` as a whole. Read: the text."""
    inline = leaves.matching(pattern.pattern, takes, description)
    return Leaf(inline, lambda node: node.text if pattern.fullmatch(node.text) else None, hint)


def word(
    *words: str,
    description: str = "",
    synonyms: Mapping[str, str] = MappingProxyType({}),
    unknown: Rule | None = None,
) -> Leaf:
    """One of a few words. Read: the word."""
    inline = leaves.one_of(description, *words)
    return Leaf(inline, among(words), words=words, synonyms=synonyms, unknown=unknown)


def among(words: Sequence[str]) -> Callable[[Scalar], str | None]:
    """A scalar read as one of the words."""
    return lambda node: node.text if node.text in words else None


def switch() -> Leaf:
    """True or false. Read: which."""
    return Leaf(leaves.boolean(""), lambda node: {"true": True, "false": False}.get(node.text))


def number(low: int, high: int | None = None) -> Leaf:
    """A whole number, both bounds included. Read: the number."""
    most = {} if high is None else {"maximum": high}
    inline = {"type": "integer", "minimum": low, **most}

    def into(node: Scalar) -> int | None:
        value = int(node.text) if re.fullmatch(r"[0-9]{1,12}", node.text) else -1
        return value if low <= value <= (value if high is None else high) else None

    return Leaf({**inline, "$comment": leaves.whole_number(low, high, "")}, into)


class Several(Shape):
    """A list, and whatever else is of the types. Read: ``into`` of what its items are read into.

    Where ``named`` is given, a map of names and such values is read into a dict.
    """

    def __init__(
        self,
        item: Shape,
        takes: str = "a list",
        types: Sequence[str] = (*TEXT_TYPES, "array"),
        named: Shape | None = None,
        into: Callable[[Sequence[Any]], Any] = tuple,
    ) -> None:
        more = {} if named is None else {"additionalProperties": named.schema}
        super().__init__({"type": [*types], "items": item.schema, **more, "$comment": takes})
        self.item, self.into = item, into
        self.named = None if named is None else Names(named, "", empty=True)

    def value(self, at: At) -> Any:
        if self.named is not None and isinstance(at.node, tree.Mapping):
            return self.named.value(at)
        parts = enumerate(tree.items_of(at.node))
        listed = isinstance(at.node, tree.Sequence)
        items = [at.below(index, part) for index, part in parts] if listed else [at]
        values = map(self.item.read, items)
        return self.into([value for value in values if value is not None])


class Names(Shape):
    """A map whose keys its author chooses. Read: a dict by key.

    Keys look like ``pattern``, and editors are offered those that are ``known``; ``refused`` gives
    the reason why one cannot name ``noun``. ``rule`` is broken by what is in the map. ``empty``: a
    value may be left out, and is None.
    """

    def __init__(
        self,
        item: Shape,
        takes: str,
        pattern: str = "",
        known: Sequence[str] = (),
        noun: str = "",
        refused: Callable[[str], str | None] = lambda key: None,
        rule: Rule | None = None,
        hint: str | None = None,
        empty: bool = False,
    ) -> None:
        inline: Schema = {"type": ["object", "null"]}
        if known:
            inline["properties"] = dict.fromkeys(known, item.schema)
        if pattern:
            inline["patternProperties"] = {f"^{pattern}$": item.schema}
        inline["additionalProperties"] = False if pattern else item.schema
        super().__init__({**inline, "$comment": takes}, hint)
        self.item, self.noun, self.refused = item, noun, refused
        self.rule, self.empty = rule, empty

    def value(self, at: At) -> Any:
        found: dict[str, Any] = {}
        for entry in tree.entries_of(at.node):
            key, place, node = entry.key, entry.key_span, entry.value
            below = at.below(key, node, self.rule)
            if (reason := self.refused(key)) is not None:
                proposal = proposed_name(key)
                sound = proposal is not None and self.refused(proposal) is None
                hint, fix = f"write '{proposal}'" if sound else None, None
                if after_comma(entry):
                    hint, fix = COMMA_HINT, hours_in_quotes(entry, at.node)
                message, rule = f"'{key}' cannot name {self.noun}: {reason}", below.broken
                at.findings.append(
                    (rule or BAD_NAME).at(place, message, hint=hint, fix=fix, twilio=())
                )
            left_out = self.empty and is_empty(node)
            value = None if left_out else self.item.read(below)
            if left_out or value is not None:
                found[key] = value
        return found


class Row(NamedTuple):
    """One key of a map: its shape, what editors say of it, and the rule that what is in it breaks.

    A record has a field of the key's name in Python's spelling.
    """

    key: str
    shape: Shape
    description: str = ""
    default: object = None
    examples: list[Any] = []
    rule: Rule | None = None

    @property
    def field(self) -> str:
        return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", self.key)

    @property
    def schema(self) -> Schema:
        more = {"description": self.description, "default": self.default, "examples": self.examples}
        return {**self.shape.schema, **{key: value for key, value in more.items() if value}}


class Map(Shape):
    """A map with known keys. Read: the record ``into`` of what is there and fits, or a dict by key.

    ``name`` is what findings call it. ``needs`` is the key that has to be there, ``filled`` with
    more than nothing. If it is ``leading``, it decides what the others mean: where it does not
    fit, nothing is said of unknown ones, and what the others say is read all the same. What is no
    map, but of the types, is the value of the first key. ``notes``: keys that begin with x- are
    the author's.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        takes: str,
        into: Callable[..., Any] | None = None,
        types: str | tuple[str, ...] = ("object", "null"),
        name: str = "",
        needs: str = "",
        filled: bool = True,
        leading: bool = False,
        notes: bool = False,
        hint: str | None = None,
        **inline: Any,
    ) -> None:
        items = {"items": rows[0].schema["items"]} if "array" in types else {}
        keys: Schema = {"properties": {row.key: row.schema for row in rows}}
        if notes:
            keys["patternProperties"] = {"^x-": {}}
        if needs:
            keys["required"] = [needs]
        keys |= {"additionalProperties": False, "$comment": takes}
        kinds = types if isinstance(types, str) else [*types]
        super().__init__({"type": kinds, **items, **keys, **inline}, hint)
        self.rows = {row.key: row for row in rows}
        self.into, self.name, self.notes = into, name, notes
        self.needs, self.filled, self.leading = needs, filled, leading

    def value(self, at: At) -> Any:
        if not isinstance(at.node, tree.Mapping):
            first = next(iter(self.rows.values()))
            value = first.shape.read(at)
            return None if value is None else self._record({first.key: value})
        rows = ((self.rows.get(e.key), e.key, e.value) for e in at.node if not is_empty(e.value))
        read = {key: row.shape.read(at.below(key, n, row.rule)) for row, key, n in rows if row}
        said = {key: value for key, value in read.items() if value is not None}
        return self._record(said) if self._keys_fit(at, at.node, said) else None

    def _record(self, said: dict[str, Any]) -> Any:
        if self.into is None:
            return said
        return self.into(**{self.rows[key].field: value for key, value in said.items()})

    def _keys_fit(self, at: At, body: tree.Mapping, said: Mapping[str, Any]) -> bool:
        """Whether the key that is needed is there; unknown keys are refused on the way."""
        needed = body.get(self.needs)
        surplus = [e for e in body if e.key not in self.rows]
        if self.notes:
            surplus = [e for e in surplus if not e.key.startswith("x-")]
        if self.leading and self.needs not in said:
            slips = (e for e in surplus if beyond_doubt(e.key, self.rows) == self.needs)
            surplus = [*slips][:1] if needed is None else []
        for entry in surplus:
            self._unknown(at, entry)
        lacks = self.needs and (is_empty(needed) if self.filled else needed is None)
        if lacks and not surplus:  # a misspelt key is also a missing one; it is one mistake
            place, rule = Place.of(at.root, at.path), at.broken or MISSING_KEY
            # What could have stood alone is shown whole.
            span = at.node.span if "string" in self._types else place.head_span
            message = f"{place.name} needs '{self.needs}'"
            at.findings.append(rule.at(span, message, hint=self.hint, twilio=()))
        return self.leading or not lacks

    def _unknown(self, at: At, entry: tree.Entry) -> None:
        hint, fix = hint_and_fix(entry.key_span, entry.key, self.rows)
        if after_comma(entry):
            hint, fix = COMMA_HINT, hours_in_quotes(entry, at.node)
        elif hint is None:
            more = ", and x-… for notes" if self.notes else ""
            hint = f"it can have {', '.join(self.rows)}{more}"
        keys = [part for part in at.path if isinstance(part, str)]
        message = f"unknown key '{entry.key}' in {self.name or repr(keys[-1])}"
        at.findings.append(at.unknown.at(entry.key_span, message, hint=hint, fix=fix, twilio=()))
