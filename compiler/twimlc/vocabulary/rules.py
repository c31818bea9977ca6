"""The kinds of rules that tie attributes, text and children of an element together.

Nothing comes in; rule records go out. Each kind knows how an element breaks it
(:meth:`ElementRule.breaches`); those that do not say need the whole document or call, or are facts
for people.
"""

from collections.abc import Iterator, Set
from functools import cache
from typing import NamedTuple

from twimlc.findings import Diagnostic, rules
from twimlc.text import Span
from twimlc.vocabulary.types import ElementRule, Parts, in_words

TEXT = "#text"
"""Stands for the text of an element among the alternatives of :class:`OneOf`."""

MAX_ENCODED_LENGTH = len("%F0%9F%93%9E")
"""The most that one character takes when it is URL-encoded."""

Breaches = Iterator[Diagnostic]


class Condition(NamedTuple):
    """Something an element may have: an attribute, one of some values of it, or a child.

    No ``values`` and no ``prefix`` mean any value. ``absent`` says that leaving the attribute out
    satisfies the condition too, because its default would.
    """

    attribute: str = ""
    values: tuple[str, ...] = ()
    absent: bool = False
    prefix: str = ""
    child: str = ""

    def holds(self, of: Parts) -> bool:
        """Whether an element has it."""
        if self.child:
            return any(kid.spec.name == self.child for kid in of.kids)
        value = of.given.get(self.attribute)
        if value is None:
            return self.absent
        if self.prefix:
            return value.startswith(self.prefix)
        # Commas between words are a finding of their own; what the words mean is clear.
        words = value.replace(",", " ").split()
        return not self.values or value in self.values or bool({*self.values} & {*words})

    def place(self, of: Parts) -> Span:
        """Where an element has it; the whole element if it does not."""
        inside = (kid.span for kid in of.kids if kid.spec.name == self.child)
        return of.place(self.attribute) if self.attribute else next(inside, of.span)

    def __str__(self) -> str:
        """The condition in words, to put into a message."""
        if self.child:
            return f"a {self.child}"
        if self.prefix:
            return f"{self.attribute} that starts with '{self.prefix}'"
        if self.values:
            choices = "' or '".join(self.values)
            return f"{self.attribute} '{choices}'"
        return self.attribute


class Remark(ElementRule):
    """A fact for people; nothing a compiler can check."""


class FirstVerbOnly(ElementRule):
    """The verb does its work only as the first one of the answer to a new call."""


class NeedsFollowingVerb(ElementRule):
    """A document that ends after this verb hangs up."""


class ContextOnly(ElementRule):
    """The verb has a meaning only in a document reached through ``context``, a key of CONTEXTS."""

    context: str


class MaxTracks(ElementRule):
    """At most ``max`` forked audio tracks in one call; ``both_tracks`` takes two."""

    max: int


class OneOfContent(ElementRule):
    """Text or children, not both."""

    def breaches(self, of: Parts) -> Breaches:
        if of.kids and of.has_text:
            yield self.finding(rules.CONFLICT, of.span, f"{of.key} has text and parts; it takes one")


class ExactlyOneChild(ElementRule):
    """One child element, no more and no fewer."""

    one_child = True

    def breaches(self, of: Parts) -> Breaches:
        if (number := len(of.kids)) != 1:
            message = f"{of.key} takes exactly one of {', '.join(of.spec.inside)}, not {number}"
            yield self.finding(rules.TOO_MANY if number else rules.MISSING_PART, of.span, message)


class SoleChild(ElementRule):
    """Each of ``children`` tolerates no sibling."""

    children: tuple[str, ...]

    def breaches(self, of: Parts) -> Breaches:
        alone = of.those(self.children)
        if alone and len(of.kids) > 1:
            message = f"{alone[0].spec.key} must be the only child of {of.key}"
            yield self.finding(rules.CONFLICT, alone[0].span, message)


class MaxChildren(ElementRule):
    """At most ``max`` of ``children``, counted together."""

    children: tuple[str, ...]
    max: int

    def breaches(self, of: Parts) -> Breaches:
        counted = of.those(self.children)
        if len(counted) > self.max:
            keys = of.keys_of(self.children)
            message = f"{of.key} takes at most {self.max} of {keys}, not {len(counted)}"
            yield self.finding(rules.TOO_MANY, counted[self.max].span, message)


class MinChildren(ElementRule):
    """At least ``min`` of ``children``, counted together; ``unless_text``: text does instead."""

    children: tuple[str, ...]
    min: int
    unless_text: bool = False

    def breaches(self, of: Parts) -> Breaches:
        if len(of.those(self.children)) < self.min and not (self.unless_text and of.has_text):
            message = f"{of.key} needs {of.keys_of(self.children)}"
            yield self.finding(rules.MISSING_PART, of.span, message)


class UniqueChildren(ElementRule):
    """No two of ``children`` have the same value of attribute ``by``."""

    children: tuple[str, ...]
    by: str

    def breaches(self, of: Parts) -> Breaches:
        seen: set[str] = set()
        for child in of.those(self.children):
            value = child.literal(self.by)
            if value in seen:
                yield self.finding(rules.CONFLICT, child.span, f"{self.by} '{value}' is used twice")
            if value is not None:
                seen.add(value)


class OneOf(ElementRule):
    """One of the alternatives (attribute names, or ``TEXT``) must be there.

    ``exclusive``: and only one of them.
    """

    alternatives: tuple[str, ...]
    exclusive: bool = False

    def breaches(self, of: Parts) -> Breaches:
        text = of.spec.text
        given = [of.has_text if name == TEXT else name in of.given for name in self.alternatives]
        shown = in_words([text.name if text and n == TEXT else n for n in self.alternatives])
        if not any(given) and not (text is not None and text.required):
            yield self.finding(rules.MISSING_PART, of.span, f"{of.key} needs {shown}")
        elif self.exclusive and sum(given) > 1:
            yield self.finding(rules.CONFLICT, of.span, f"{of.key} takes {shown}, not both")


class Requires(ElementRule):
    """Where ``subject`` holds, ``needs`` must hold."""

    subject: Condition
    needs: Condition

    def breaches(self, of: Parts) -> Breaches:
        if self.subject.holds(of) and not self.needs.holds(of):
            message = f"{self.subject} of {of.key} needs {self.needs}"
            yield self.finding(rules.NEEDS_OTHER, self.subject.place(of), message)


class Excludes(ElementRule):
    """Where ``subject`` holds, ``other`` must not."""

    subject: Condition
    other: Condition

    def breaches(self, of: Parts) -> Breaches:
        if self.subject.holds(of) and self.other.holds(of):
            message = f"{self.subject} and {self.other} do not go together in {of.key}"
            yield self.finding(rules.CONFLICT, self.subject.place(of), message)


class IgnoredWithout(ElementRule):
    """The attributes do nothing unless ``needs`` holds."""

    attributes: tuple[str, ...]
    needs: Condition

    def breaches(self, of: Parts) -> Breaches:
        for name in self.attributes:
            if of.wrote(name) and not self.needs.holds(of):
                message = f"{name} does nothing here without {self.needs}"
                yield self.finding(rules.IGNORED_PART, of.place(name), message)


class SameValue(ElementRule):
    """Where all the attributes are given, their values should be equal."""

    attributes: tuple[str, ...]

    def breaches(self, of: Parts) -> Breaches:
        if len({of.given[name] for name in self.attributes if name in of.given}) > 1:
            message = f"{' and '.join(self.attributes)} should be the same"
            yield self.finding(rules.IGNORED_PART, of.place(self.attributes[-1]), message)


class ValueLimit(ElementRule):
    """Under ``parent`` the attribute takes only ``values``."""

    attribute: str
    parent: str
    values: tuple[str, ...]

    def breaches(self, of: Parts) -> Breaches:
        value = of.given.get(self.attribute, self.values[0])
        if of.parent is not None and of.parent.name == self.parent and value not in self.values:
            choices = " or ".join(self.values)
            message = f"inside {of.parent.key}, {self.attribute} can only be {choices}"
            yield self.finding(rules.CONFLICT, of.place(self.attribute), message)


class RangeWhen(ElementRule):
    """Where ``when`` holds, the number in the attribute is at most ``max``."""

    attribute: str
    max: int
    when: Condition

    def breaches(self, of: Parts) -> Breaches:
        value = of.given.get(self.attribute, "")
        # What is too much at any rate is reported where the value is read.
        limit = of.spec.attributes[self.attribute].maximum or 10**9
        number = int(value) if value.isdecimal() and len(value) < 20 else 0
        if self.max < number <= limit and self.when.holds(of):
            message = f"{self.attribute} is at most {self.max} with {self.when}, not {value}"
            yield self.finding(rules.CONFLICT, of.place(self.attribute), message)


class ForbiddenInParent(ElementRule):
    """The attribute may not be used under these parents."""

    attribute: str
    parents: tuple[str, ...]

    def breaches(self, of: Parts) -> Breaches:
        if of.parent is not None and of.parent.name in self.parents and self.attribute in of.given:
            message = f"{self.attribute} cannot be used inside {of.parent.key}"
            yield self.finding(rules.CONFLICT, of.place(self.attribute), message)


class RequiredInParent(ElementRule):
    """The attribute must be given under these parents."""

    attribute: str
    parents: tuple[str, ...]

    def breaches(self, of: Parts) -> Breaches:
        given, parent = self.attribute in of.given, of.parent
        if parent is not None and parent.name in self.parents and not given:
            message = f"{of.key} in {parent.key} needs {self.attribute}"
            yield self.finding(rules.MISSING_PART, of.span, message)


class NeedsParameter(ElementRule):
    """Where ``when`` holds, a Parameter child of this name must be there."""

    name: str
    when: Condition

    def breaches(self, of: Parts) -> Breaches:
        known = [child.literal("name") for child in of.those(("Parameter",))]
        if self.when.holds(of) and self.name not in known:
            message = f"{self.when} of {of.key} needs a parameter named {self.name}"
            yield self.finding(rules.NEEDS_OTHER, self.when.place(of), message)


class ParameterLength(ElementRule):
    """Name and value of each Parameter child have fewer than ``max`` characters together."""

    max: int

    def breaches(self, of: Parts) -> Breaches:
        for child in of.those(("Parameter",)):
            length = len(child.literal("name") or "") + len(child.literal("value") or "")
            if length >= self.max:
                message = f"name and value have {length} characters; under {self.max} is allowed"
                yield self.finding(rules.TOO_LONG, child.span, message)


class TextMaxLength(ElementRule):
    """Where ``when`` holds, the text has at most ``max`` characters, those of SSML tags left out.

    ``url_encoded``: the encoded text is measured.
    """

    max: int
    when: Condition | None = None
    url_encoded: bool = False

    def breaches(self, of: Parts) -> Breaches:
        length = len(of.text)
        if self.when and not self.when.holds(of):
            return
        if self.url_encoded:
            from urllib.parse import quote  # most texts are far too short for the question

            length = len(quote(of.text))
        if length > self.max:
            counted = " when URL-encoded" if self.url_encoded else ""
            message = f"the text of {of.key} has {length} characters{counted}; {self.max} is the most"
            yield self.finding(rules.TOO_LONG, of.span, message)


@cache  # the rules of the table are few
def _about(rule: ElementRule) -> frozenset[str] | None:
    """Attributes and children: what has none of them does not break the rule. None: it may."""
    match rule:
        case (
            IgnoredWithout(attributes=names)
            | SameValue(attributes=names)
            | MaxChildren(children=names)
            | SoleChild(children=names)
            | UniqueChildren(children=names)
        ):
            return frozenset(names)
        case Requires(subject=has) | Excludes(subject=has) | NeedsParameter(when=has):
            return None if has.absent else frozenset((has.attribute or has.child,))
        case RangeWhen(attribute=name) | ForbiddenInParent(attribute=name):
            return frozenset((name,))
        case ParameterLength():
            return frozenset(("Parameter",))
    return frozenset() if type(rule).breaches is ElementRule.breaches else None


def may_break(rule: ElementRule, names: Set[str], letters: int) -> bool:
    """Whether an element with attributes and children of these ``names``, and a text of so many
    ``letters``, can break a rule at all: most cannot break most."""
    if isinstance(rule, TextMaxLength):
        return letters * MAX_ENCODED_LENGTH > rule.max
    about = _about(rule)
    return about is None or not about.isdisjoint(names)
