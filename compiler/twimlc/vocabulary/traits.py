"""What verbs and nouns do in a call: the record that a row of the table says it with.

Nothing comes in; the record types go out. Where something depends on what a verb does, ask for its
trait rather than for its name: then a new verb is a row, and nothing else.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Assumption(NamedTuple):
    """What Twilio's pages leave open, or answer in two ways, and a build takes as given.

    ``question`` asks how a call goes on: ``reading`` is our answer, ``alternatives`` are the other
    possible ones, ``source`` the page. With ``independent`` a document that the compiler writes
    must be right under every answer. ``words`` say each answer as a sentence. ``meaning`` says what
    is assumed of a build's documents or their host. ``test`` is the call that shows whether an
    assumption holds, and what must be heard.
    """

    name: str
    question: str = ""
    reading: str = ""
    alternatives: tuple[str, ...] = ()
    source: str = ""
    independent: bool = False
    words: tuple[str, ...] = ()
    test: str = ""
    meaning: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """Ours, and the others."""
        return (self.reading, *self.alternatives)

    def sentence(self, answer: str) -> str:
        """An answer in words; only questions that are not ``independent`` have them."""
        return self.words[self.answers.index(answer)]


class Script(NamedTuple):
    """How a call script (``NAME.test.yaml``) says how a verb, or a noun of Connect, ends.

    ``key`` is the key of a call that holds the answers. ``what`` says in a sentence what ends.
    ``name`` is what a noun is known by there, ``title`` what the name of a call says for it; both
    are its key where they are left out. ``words`` holds the outcomes that a script has another
    word for, ``said`` those that the name of a call has another word for, and ``usual`` is the
    outcome where a script says nothing: the first one that worked if it is empty.
    """

    key: str
    what: str = ""
    name: str = ""
    title: str = ""
    words: Mapping[str, str] = MappingProxyType({})
    said: Mapping[str, str] = MappingProxyType({})
    usual: str = ""

    def word(self, outcome: str) -> str:
        """The word of a script for an outcome."""
        return self.words.get(outcome, outcome)


class Connector(NamedTuple):
    """``attribute`` names a connector that the account has to have; ``twilio``: if it has none."""

    attribute: str
    twilio: tuple[int, ...] = ()


class Does(NamedTuple):
    """What a verb or noun does in a call, beyond its attributes, its outcomes and its rules.

    ==================  ==========================================================================
    ``audible``         the caller hears it: words or audio
    ``silent``          over at once, and the caller hears nothing
    ``listens``         collects keys, speech or a recording: its outcome is up to the caller alone
    ``records``         makes a recording
    ``reaches``         hands the caller to somebody or something to talk to
    ``people``          those to talk to are people, not a program
    ``alone``           outcomes that worked although the caller has talked to nobody
    ``connects``        joins the call to the service of its noun; the noun says how it ends
    ``rings``           names a party that Dial rings
    ``waits``           the attribute with what the caller hears until somebody comes
    ``transfers``       passes a SIP call on to another system (SIP REFER)
    ``takes_payment``   takes a payment, through a connector
    ``starts``          starts a service in the background
    ``stops``           stops one
    ``ends_call``       the call is over
    ``decides``         no verb of TwiML: the host decides before it answers
    ``connector``       the connector of the account that it goes through
    ``assumption``      what Twilio's pages leave open about where the call goes on
    ``script``          how call scripts say how it ends; see :attr:`Element.script`
    ``shown``           its symbol in pictures, and a word or two, with ``{}`` for what it is about
    ``events``          what can be observed of it; see :attr:`Element.events`
    ==================  ==========================================================================
    """

    audible: bool = False
    silent: bool = False
    listens: bool = False
    records: bool = False
    reaches: bool = False
    people: bool = False
    alone: tuple[str, ...] = ()
    connects: bool = False
    rings: bool = False
    waits: str = ""
    transfers: bool = False
    takes_payment: bool = False
    starts: bool = False
    stops: bool = False
    ends_call: bool = False
    decides: bool = False
    connector: Connector | None = None
    assumption: Assumption | None = None
    script: Script | None = None
    shown: tuple[str, str] | None = None
    events: tuple[str, ...] | None = None


NOTHING_MORE = Does()
"""Of an element whose attributes, outcomes and rules say all, and of an unknown one."""
