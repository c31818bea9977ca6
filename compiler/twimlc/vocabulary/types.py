"""The records that the table of TwiML is made of. Nothing comes in; the record types go out.

They are named tuples rather than dataclasses: the command builds several hundred of them each
time it starts, and a named tuple costs a fifth of a frozen dataclass to define and to fill.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

from twimlc.findings.diagnostic import Diagnostic, Rule, Severity
from twimlc.text import Span
from twimlc.vocabulary.attributes import Attribute, Fetch, Status, TextArgument
from twimlc.vocabulary.traits import NOTHING_MORE, Does, Script


class Content(StrEnum):
    """What may be between the tags."""

    NONE = "none"
    TEXT = "text"
    TEXT_SSML = "text+ssml"
    CHILDREN = "children"
    TEXT_OR_CHILDREN = "text-or-children"


class Kind(StrEnum):
    """The part an element plays."""

    ROOT = "root"
    VERB = "verb"
    NOUN = "noun"
    SSML = "ssml"
    PARAMETER = "parameter"


class Flow(StrEnum):
    """Where a call goes after a verb."""

    NEXT = "next"
    NEVER = "never"
    ACTION_IF_SET = "action-if-set"
    ACTION_ALWAYS = "action-always"
    ACTION_IF_INPUT = "action-if-input"
    ASYNC = "async"


class Outcomes(NamedTuple):
    """How a verb, or a noun of Connect, can end.

    ``values`` gives the values of request parameter ``parameter`` that mean an outcome.
    ``read_elsewhere`` gives another parameter and its values for outcomes that ``parameter`` does
    not report; no values there mean that the parameter is present and not empty.
    ``not_outcomes`` are values Twilio also reports after which nothing of the flow follows:
    the caller hung up, or the call was moved by REST. After those in ``next_verb`` the next verb
    runs, or may run, although there is an action. ``flags`` are
    letters that stand for ``parameter`` in TwiML Bins, and for what ``read_elsewhere`` names.
    ``words`` are what pictures call an outcome, or several at once (names joined by blanks).
    """

    worked: tuple[str, ...]
    failed: tuple[str, ...] = ()
    parameter: str | None = None
    values: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    not_outcomes: tuple[str, ...] = ()
    read_elsewhere: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType({})
    next_verb: tuple[str, ...] = ()
    flags: str = ""
    words: Mapping[str, str] = MappingProxyType({})

    @property
    def names(self) -> tuple[str, ...]:
        """Every outcome, the good ones first."""
        return self.worked + self.failed

    @property
    def untold(self) -> bool:
        """Whether no request reports a failure: then the next verb runs, even with an action."""
        return self.parameter is None and bool(self.failed)


NO_OUTCOMES = Outcomes(())
"""Of a verb that only goes on."""


class _ReadOnly:
    """What is written once, by its row."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.__dict__:
            raise AttributeError(f"{name} of a row of the table is read-only")
        self.__dict__[name] = value


@dataclass_transform(kw_only_default=True)
class _Record(_ReadOnly):
    """A record whose fields are given by name. (Two dozen named tuples take far longer to define,
    and the command defines them each time it starts.)"""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class ElementRule(_Record):
    """What ties attributes, text and children of an element together.

    ``note`` says it in plain words, ``twilio`` holds the codes of the errors that breaking it
    causes. ``confirmed`` is false where Twilio's pages do not say so outright: such a rule
    deserves a warning at most. ``one_child`` says that the element is all about the one inside it.
    """

    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True

    one_child: ClassVar[bool] = False

    def breaches(self, of: "Parts") -> Iterator[Diagnostic]:
        """What is wrong with an element that breaks it."""
        return iter(())

    def finding(self, rule: Rule, span: Span, message: str) -> Diagnostic:
        """A finding about an element that breaks it."""
        hint, codes = self.note or None, self.twilio or None
        severity = None if self.confirmed else Severity.WARNING
        return rule.at(span, message, hint=hint, twilio=codes, severity=severity)


_Kind = TypeVar("_Kind", bound=ElementRule)


def in_words(choices: Sequence[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _key(tag: str) -> str:
    return tag[0].lower() + tag[1:]


class Element(_ReadOnly):
    """One element. ``name`` is its key in the table; ``tag`` differs only for ``ReferSip``.

    ``key`` is what flows call it, ``map_key`` what they call all of them together where they are
    written as one map (``parameters: {tenant: contoso}``; ``languages`` is a list of maps).
    ``default_action`` is where the call goes without an ``action``; ``leads`` says whether an
    ``action`` takes over the call (of a Start or a Message it does not), ``only_posts`` whether
    Twilio then requests it by POST, whatever is written. ``does`` says what it does in
    a call. From the whole table follow ``parents`` and ``inside``, the children by the key that
    flows use, those that are written as one map by their ``map_key``. SSML is inside text, so it
    has no keys there.
    """

    parents: tuple[str, ...]
    inside: Mapping[str, "Element"]

    def __init__(
        self,
        name: str,
        kind: Kind,
        summary: str,
        doc: str | None,
        *attributes: Attribute,
        content: Content = Content.NONE,
        text: TextArgument | None = None,
        children: tuple[str, ...] = (),
        rules: tuple[ElementRule, ...] = (),
        flow: Flow | None = None,
        outcomes: Outcomes | None = None,
        default_action: str | None = None,
        map_key: str | None = None,
        status: Status = Status.CURRENT,
        status_note: str = "",
        note: str = "",
        does: Does = NOTHING_MORE,
        tag: str = "",
    ) -> None:
        self.attributes = MappingProxyType({attribute.name: attribute for attribute in attributes})
        self.name, self.tag, self.kind, self.map_key = name, tag or name, kind, map_key
        self.key = _key(self.tag)
        self.summary, self.doc, self.note = summary, doc, note
        self.status, self.status_note = status, status_note
        self.content, self.text, self.rules = content, text, rules
        self.children = children
        self.flow, self.outcomes, self.does = flow, outcomes, does
        action = self.attributes.get("action")
        self.default_action = default_action or (action.default if action is not None else None)
        asked = action if action is not None and action.fetch is Fetch.TWIML else None
        self.leads = asked is not None and flow is not Flow.ASYNC
        self.only_posts = asked is not None and self.leads and asked.method_attribute is None
        self.required = tuple(attribute for attribute in attributes if attribute.required)

    @property
    def ends(self) -> bool:
        """Whether nothing of the document runs after it, and no other document either."""
        return self.flow is Flow.NEVER and self.text is None


    @property
    def one_child(self) -> bool:
        """Whether it is all about the one noun inside it."""
        return any(rule.one_child for rule in self.rules)

    @property
    def script(self) -> Script | None:
        """How call scripts say how it ends, with all defaults filled in; None where it only goes
        on, or the caller decides."""
        if self.outcomes is None or self.does.listens:
            return None
        script = self.does.script or Script(self.key, f"the {self.key}")
        return script._replace(
            name=script.name or self.key,
            title=script.title or self.key,
            usual=script.usual or self.outcomes.worked[0],
        )

    @property
    def script_words(self) -> tuple[str, ...]:
        """The words for its outcomes in call scripts, the good ones first."""
        script = self.script
        if script is None or self.outcomes is None:
            return ()
        return tuple(dict.fromkeys(map(script.word, self.outcomes.names)))

    @property
    def events(self) -> tuple[str, ...]:
        """What can be observed of a verb in a call; its key unless its row says otherwise."""
        return (self.key,) if self.does.events is None else self.does.events

    def called(self, key: str) -> "Element":
        """The same element under another key."""
        other = copy(self)
        other.__dict__["key"] = key
        return other

    def rule(self, kind: type[_Kind]) -> _Kind | None:
        """The first of its rules that is of a kind."""
        return next((rule for rule in self.rules if isinstance(rule, kind)), None)


class Child(NamedTuple):
    """A child of an element; ``literal`` gives the text of an attribute that is known now."""

    spec: Element
    span: Span
    literal: Callable[[str], str | None]


class Parts(NamedTuple):
    """An element that somebody wrote, as its rules look at it.

    ``given`` holds its attributes as text and ``places`` where they are; ``text`` is all words in
    it, ``has_text`` says whether some are its own.
    """

    spec: Element
    parent: Element | None
    span: Span
    given: Mapping[str, str]
    places: Mapping[str, Span]
    kids: Sequence[Child]
    text: str
    has_text: bool

    @property
    def key(self) -> str:
        return self.spec.key

    def those(self, names: tuple[str, ...]) -> list[Child]:
        """Its children of these names."""
        return [child for child in self.kids if child.spec.name in names]

    def keys_of(self, names: tuple[str, ...]) -> str:
        """What flows call children of these names, in words."""
        return in_words([*map(_key, names)])

    def place(self, name: str) -> Span:
        """Where it has an attribute; the whole element if it does not."""
        return self.places.get(name, self.span)

    def wrote(self, name: str) -> bool:
        """Whether an attribute is in the element; one of defaults: may be meant for others."""
        return name in self.places and self.span.covers(self.places[name])


def tabulate(*rows: Element) -> Mapping[str, Element]:
    """The table of ``rows`` by name, each with its parents and what is inside it."""
    table, parents = {row.name: row for row in rows}, dict[str, tuple[str, ...]]()
    for row in rows:
        for name in row.children:
            parents[name] = (*parents.get(name, ()), row.name)
    for row in rows:
        children = [child for name in row.children if (child := table[name]).kind is not Kind.SSML]
        row.inside = MappingProxyType({child.map_key or child.key: child for child in children})
        row.parents = parents.get(row.name, ())
    return MappingProxyType(table)
