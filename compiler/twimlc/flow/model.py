"""The model of a flow: what the author wrote, checked, with every name resolved.

Out of the expanded tree, into the control-flow graph. Blocks that are only shorter spellings
(``voicemail``, ``hunt``) are already the verbs they stand for; ``menu``, ``offer``, ``join`` and
``use`` remain, because where they lead is decided by the graph.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.flow.decisions import Asks, outcomes_of
from twimlc.records import record
from twimlc.text import SourceFile, Span
from twimlc.yaml.tree import Entry, Template


class StateKey(NamedTuple):
    """A state: its flow and its name.

    A component's own state is ``USE.STATE``, USE being the state that uses it. ``home`` is the
    state whose name its documents carry; it differs from ``name`` for a list given as a URL.
    """

    flow: str
    name: str
    home: str

    def __str__(self) -> str:
        return f"{self.flow}/{self.name}"

    @property
    def root(self) -> str:
        """The author's own state that it is, or is used in."""
        return self.home.partition(".")[0]

    def within(self, name: str) -> bool:
        """Whether it is the state of that name, or one of a component that is used there."""
        return f"{self.home}.".startswith(f"{name}.")


class StateLink(NamedTuple):
    """A URL that is the document of one of our own states.

    ``entry`` says that it was written as another flow's start (``FLOW/``), ``asks`` that its
    document asks who is called to accept the call.
    """

    state: StateKey
    entry: bool = False
    asks: bool = False


class MediaLink(NamedTuple):
    """A URL that is an audio file lying beside the flow (``path`` as written, relative to it)."""

    flow: str
    path: str


Link = StateLink | MediaLink
Text = str | Template
"""Literal text, or text with call-time values in it."""


class Attribute(NamedTuple):
    """An attribute with its canonical text (what TwiML will show), or the place it links to."""

    name: str
    value: Text | Link
    span: Span


@record(frozen=True, slots=True, eq=False)
class Element:
    """A TwiML element. Text is a child. ``spec`` is None for markup newer than the vocabulary.

    ``asks`` is what a step asks that decides before anything is heard.
    """

    tag: str
    spec: vocabulary.Element | None
    attributes: tuple[Attribute, ...]
    children: "tuple[Element | Text | Link, ...]"
    span: Span
    asks: Asks | None = None
    _linkless: bool = field(default=False, init=False, repr=False)

    @property
    def does(self) -> vocabulary.Does:
        """What it does in a call, as far as the vocabulary knows it."""
        return vocabulary.NOTHING_MORE if self.spec is None else self.spec.does

    @property
    def outcomes(self) -> vocabulary.Outcomes:
        """How it can end: of a Connect, as its noun says; without names where it only goes on."""
        if self.asks is not None:
            return outcomes_of(self.asks)
        for part in (*self.elements(), self) if self.does.connects else (self,):
            if part.spec is not None and part.spec.outcomes is not None:
                return part.spec.outcomes
        return vocabulary.NO_OUTCOMES

    @property
    def text_type(self) -> vocabulary.AttributeType | None:
        """What its text says, if it takes one that the vocabulary knows."""
        return self.spec.text.type if self.spec is not None and self.spec.text is not None else None

    def get(self, name: str) -> Attribute | None:
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None

    def literal(self, name: str) -> str | None:
        """The attribute's text if it is given and known now."""
        found = self.get(name)
        return found.value if found and isinstance(found.value, str) else None

    def known(self, name: str) -> str | None:
        """The attribute's text, its default where it is left out; None if only a call tells."""
        if self.get(name) is not None or self.spec is None:
            return self.literal(name)
        return self.spec.attributes[name].default

    def place(self, name: str) -> Span:
        """Where the attribute is; the whole element if it is left out."""
        return (self.get(name) or self).span

    def without(self, *names: str) -> "Element":
        """The element without some of its attributes."""
        kept = tuple([a for a in self.attributes if a.name not in names])
        return self if len(kept) == len(self.attributes) else replace(self, attributes=kept)

    def having(self, name: str, value: str) -> "Element":
        """The element with this attribute, in the vocabulary's order."""
        assert self.spec is not None
        kept = {a.name: a for a in self.attributes}
        kept[name] = Attribute(name, value, kept[name].span if name in kept else self.span)
        order = dict.fromkeys([n for n in self.spec.attributes if n in kept] + [*kept])
        return replace(self, attributes=tuple(kept[n] for n in order))

    def elements(self) -> "list[Element]":
        """The child elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> "list[Element]":
        """This element and all inside it, outermost first."""
        found = [self]
        for child in self.children:
            if isinstance(child, Element):
                found += child.walk()
        return found

    def links(self) -> "Sequence[PlacedLink]":
        """Every link in it: its own first, then those of each element inside."""
        if self._linkless:
            return ()
        inside: list[PlacedLink] = []
        found = [
            PlacedLink(self, attribute.name, attribute.value, attribute.span)
            for attribute in self.attributes
            if isinstance(attribute.value, (StateLink, MediaLink))
        ]
        for child in self.children:
            if isinstance(child, Element):
                inside += child.links()
            elif isinstance(child, (StateLink, MediaLink)):
                found.append(PlacedLink(self, None, child, self.span))
        found += inside
        if not found:  # as in most: every stage asks
            object.__setattr__(self, "_linkless", True)
        return found


class PlacedLink(NamedTuple):
    """A link in an element: of the attribute of that name, or (None) its content."""

    element: Element
    attribute: str | None
    link: Link
    span: Span


class ToState(NamedTuple):
    """A state; with ``entry`` another flow's start, as callers of that flow's number find it.

    With ``leaves`` it is left for as a URL: a component's own state ends the document there.
    """

    state: StateKey
    span: Span
    entry: bool
    leaves: bool = False


class ToBegin(NamedTuple):
    """The state, the list given as a URL or the component in which it is written, again."""

    span: Span


@dataclass(frozen=True, slots=True)
class ToHangup:
    span: Span


@dataclass(frozen=True, slots=True)
class ToNext:
    """The step after the one it hangs on."""

    span: Span


@record(frozen=True, slots=True, eq=False)
class ToSteps:
    """A list of steps; where it ends, the call goes on after the step it hangs on."""

    steps: "tuple[Step, ...]"
    span: Span


Target = ToState | ToBegin | ToHangup | ToNext | ToSteps


@record(frozen=True, slots=True, eq=False)
class Branches:
    """What is beside a verb: where its outcomes lead. Empty means: the next step.

    ``span`` is the key that makes outcomes differ: ``when`` with the keys of a gather, else
    ``fallback``, ``when`` or ``then``, whichever is there first.
    """

    then: Target | None = None
    when: "Mapping[str, Target]" = field(default_factory=dict)
    fallback: Target | None = None
    keys: "Mapping[str, Target]" = field(default_factory=dict)
    span: Span | None = None

    def targets(self) -> Iterator[Target]:
        for target in (self.then, *self.when.values(), *self.keys.values(), self.fallback):
            if target is not None:
                yield target


NO_BRANCHES = Branches()


@record(frozen=True, slots=True, eq=False)
class Perform:
    """Run one TwiML verb. ``title`` is the word the author used (``hunt``, ``voicemail``)."""

    element: Element
    branches: Branches
    span: Span
    title: str
    allow: frozenset[str] = frozenset()
    note: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Goto:
    """Go to a state; no return."""

    target: Target
    span: Span
    note: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Menu:
    """Keys as choices. ``gather`` holds the attributes, without the prompt.

    ``when`` says where the last attempt leads, by what happened in it.
    """

    gather: Element
    prompt: tuple[Element, ...]
    invalid: tuple[Element, ...]
    silence: tuple[Element, ...]
    choices: Mapping[str, Target]
    attempts: int
    when: Mapping[str, Target]
    fallback: Target | None
    span: Span
    note: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One option of an offer: its words as a Gather, and where any key leads."""

    gather: Element
    target: Target
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """Options spoken one after another; any key takes the one just spoken."""

    prompt: tuple[Element, ...]
    options: tuple[Option, ...]
    attempts: int
    fallback: Target | None
    span: Span
    note: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """A room that is knocked at ``attempts`` times, with what is heard ``waiting`` in between."""

    element: Element
    waiting: tuple[Element, ...]
    attempts: int
    branches: Branches
    span: Span
    note: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """The steps of a component, or its private states; ``returns`` says where each return leads."""

    component: str
    steps: "tuple[Step, ...]"
    states: "tuple[State, ...]"
    start: StateKey | None
    returns: Mapping[str, Target]
    then: Target | None
    span: Span
    note: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    """Leave a component: where to is said by the ``use`` step (no name: its ``then``)."""

    name: str
    span: Span
    note: str | None = None


Step = Perform | Goto | Menu | Offer | Join | Use | Return


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A list of steps, with the ``words`` of another state, if there is one, said before them."""

    key: StateKey
    steps: tuple[Step, ...]
    span: Span
    words: StateKey | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A flow. ``states`` holds the author's states in order; ``lists`` those given as URLs.

    ``nameless``: it was written as steps, so its only state has a name that nobody gave it.
    ``voice`` is what its ``defaults:`` give every say.
    """

    name: str
    kind: vocabulary.DocumentKind
    file: SourceFile
    start: StateKey
    states: Mapping[StateKey, State]
    lists: Mapping[StateKey, State]
    description: str | None
    span: Span
    nameless: bool = False
    voice: tuple[Entry, ...] = ()
