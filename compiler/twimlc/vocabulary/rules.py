"""The kinds of rules that tie attributes, text and children of an element together.

Nothing comes in; rule records go out. Every rule has a ``note`` in plain words, the codes of
the Twilio errors that breaking it causes (``twilio``), and ``confirmed``, which is false where
Twilio's pages do not say so outright: such a rule deserves a warning at most.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

TEXT = "#text"
"""Stands for the text of an element among the alternatives of :class:`OneOf`."""


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

    def holds(self, attributes: Mapping[str, str], children: Collection[str] = ()) -> bool:
        """Whether an element with these attributes (XML text) and children satisfies it."""
        if self.child:
            return self.child in children
        value = attributes.get(self.attribute)
        if value is None:
            return self.absent
        if self.prefix:
            return value.startswith(self.prefix)
        # Commas between words are a finding of their own; what the words mean is clear.
        words = value.replace(",", " ").split()
        return not self.values or value in self.values or bool({*self.values} & {*words})

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


class _Plain(NamedTuple):
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class Remark(_Plain):
    """A fact for people; nothing a compiler can check."""

    __slots__ = ()


class OneOfContent(_Plain):
    """Text or children, not both."""

    __slots__ = ()


class ExactlyOneChild(_Plain):
    """One child element, no more and no fewer."""

    __slots__ = ()


class FirstVerbOnly(_Plain):
    """The verb does its work only as the first one of the answer to a new call."""

    __slots__ = ()


class NeedsFollowingVerb(_Plain):
    """A document that ends behind this verb hangs up."""

    __slots__ = ()


class _Children(NamedTuple):
    children: tuple[str, ...]
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class SoleChild(_Children):
    """Each of ``children`` tolerates no sibling."""

    __slots__ = ()


class MaxChildren(NamedTuple):
    """At most ``max`` of ``children``, counted together."""

    children: tuple[str, ...]
    max: int
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class MinChildren(NamedTuple):
    """At least ``min`` of ``children``, counted together; ``unless_text``: text does instead."""

    children: tuple[str, ...]
    min: int
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True
    unless_text: bool = False


class UniqueChildren(NamedTuple):
    """No two of ``children`` have the same value of attribute ``by``."""

    children: tuple[str, ...]
    by: str
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class OneOf(NamedTuple):
    """One of the alternatives (attribute names, or ``TEXT``) must be there.

    ``exclusive``: and only one of them.
    """

    alternatives: tuple[str, ...]
    exclusive: bool = False
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class _Pair(NamedTuple):
    subject: Condition
    needs: Condition
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class Requires(_Pair):
    """Where ``subject`` holds, ``needs`` must hold."""

    __slots__ = ()


class Excludes(_Pair):
    """Where ``subject`` holds, ``needs`` must not."""

    __slots__ = ()


class IgnoredWithout(NamedTuple):
    """The attributes do nothing unless ``needs`` holds."""

    attributes: tuple[str, ...]
    needs: Condition
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class SameValue(NamedTuple):
    """Where all the attributes are given, their values should be equal."""

    attributes: tuple[str, ...]
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class MinAttributes(NamedTuple):
    """At least ``min`` of the attributes must be given."""

    attributes: tuple[str, ...]
    min: int = 1
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class ValueLimit(NamedTuple):
    """Under ``parent`` the attribute takes only ``values``."""

    attribute: str
    parent: str
    values: tuple[str, ...]
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class RangeWhen(NamedTuple):
    """Where ``when`` holds, the number in the attribute is at most ``max``."""

    attribute: str
    max: int
    when: Condition
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class _InParent(NamedTuple):
    attribute: str
    parents: tuple[str, ...]
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class ForbiddenInParent(_InParent):
    """The attribute may not be used under these parents."""

    __slots__ = ()


class RequiredInParent(_InParent):
    """The attribute must be given under these parents."""

    __slots__ = ()


class ContextOnly(NamedTuple):
    """The verb has a meaning only in a document reached through ``context``, a key of CONTEXTS."""

    context: str
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class TextMaxLength(NamedTuple):
    """Where ``when`` holds, the text has at most ``max`` characters.

    ``markup`` tells whether SSML tags count, ``url_encoded`` that the encoded text is measured.
    """

    max: int
    when: Condition | None = None
    markup: bool = True
    url_encoded: bool = False
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class NoSsml(NamedTuple):
    """Where ``when`` holds, the text has no SSML."""

    when: Condition
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class NeedsParameter(NamedTuple):
    """Where ``when`` holds, a Parameter child of this name must be there."""

    name: str
    when: Condition
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class _Limit(NamedTuple):
    max: int
    note: str = ""
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class ParameterLength(_Limit):
    """Name and value of each Parameter child stay under ``max`` characters together."""

    __slots__ = ()


class MaxTracks(_Limit):
    """At most ``max`` forked audio tracks in one call; ``both_tracks`` takes two."""

    __slots__ = ()


ElementRule = (
    Remark
    | OneOfContent
    | ExactlyOneChild
    | FirstVerbOnly
    | NeedsFollowingVerb
    | SoleChild
    | MaxChildren
    | MinChildren
    | UniqueChildren
    | OneOf
    | Requires
    | Excludes
    | IgnoredWithout
    | SameValue
    | MinAttributes
    | ValueLimit
    | RangeWhen
    | ForbiddenInParent
    | RequiredInParent
    | ContextOnly
    | TextMaxLength
    | NoSsml
    | NeedsParameter
    | ParameterLength
    | MaxTracks
)
