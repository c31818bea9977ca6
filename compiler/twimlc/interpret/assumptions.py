"""Where Twilio's pages are silent or disagree: what is assumed, by name, and what else could be.

Nothing comes in; the table of assumptions and the set of readings in force go out. An
interpreter of documents is given :class:`Readings`, so any assumption can be switched.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from twimlc.about import URL
from twimlc.flow.graph import Context, Graph, Node
from twimlc.lower.lowering import assumed_of
from twimlc.vocabulary import VOICE, Assumption

_PROBE = f"call a Bin with {URL}/blob/main/docs/probe-bin.xml once; it must count to three"

ASSUMPTIONS: tuple[Assumption, ...] = (
    *(row.does.assumption for row in VOICE.values() if row.does.assumption is not None),
    Assumption(
        "hunt-after-decline",
        "Does sequential ringing go on when a person answered and declined?",
        "next-ring",
        ("end",),
        "docs/voice/twiml/dial does not say whether a declined leg counts as answered",
        words=(
            "ringing one after another goes on when somebody declines",
            "ringing one after another stops when somebody declines",
        ),
        test="let the first person decline; the next phone must ring",
        meaning="when somebody who is rung one after another declines in their own document,"
        " Twilio goes on to the next one",
    ),
    Assumption(
        "others-stop-ringing",
        "Do the other phones of a dial stop ringing when somebody picks up who is asked first?",
        "over",
        ("ring-on",),
        "docs/voice/twiml/number: the first to pick up ends the ringing for the others",
        words=(
            "the first to pick up ends the ringing for the others, also one who then declines",
            "the others go on ringing when the first to pick up declines",
        ),
        test="let two phones ring at once, pick up one and press nothing; the other must be silent",
        meaning="when several are rung at once, the first to pick up ends the ringing for the"
        " others, also one who then declines.",
    ),
    Assumption(
        "leg-end",
        "What happens at the end of the document of a called party?",
        "join",
        ("hangup",),
        "docs/voice/twiml/number describes it as run before the parties are joined",
        words=(
            "the parties are joined at the end of a called party's document",
            "a called party is hung up on at the end of its document",
        ),
        test="take the call at the called phone; both must then be joined",
    ),
    Assumption(
        "unknown-verb",
        "What happens at an element that Twilio does not know?",
        "next",
        ("failure",),
        "docs/api/errors/12200 is a warning with a line and a column",
    ),
    Assumption(
        "empty-answer",
        "What does an answer with nothing in it mean?",
        "failure",
        ("hangup",),
        "docs/api/errors/11770 speaks of chunked answers only; 204 is not described",
    ),
    Assumption(
        "relative-urls",
        meaning="Twilio resolves a relative address in url, waitUrl and the like against the"
        " document it stands in; that is documented for action and Redirect only. They are"
        " written in full where the target has its url, or for Bins their SIDs in bins.",
        test="take a call with an announcement, or wait in a queue; its words must play",
    ),
    Assumption(
        "bin-sections",
        meaning="a TwiML Bin tests by sections ({{#name}}, {{^name}}) whether a parameter of the"
        " request is there, as Mustache and Handlebars do.",
        test=_PROBE,
    ),
    Assumption(
        "bin-parameters",
        meaning="a TwiML Bin sees the parameters of its own query beside those that Twilio sends,"
        " by GET and by POST.",
        test=_PROBE,
    ),
    Assumption(
        "bin-relative-query",
        meaning="Twilio resolves an address that is only a query (?go=1) against the address of"
        " the Bin.",
        test=_PROBE,
    ),
    Assumption(
        "bin-saved-as-typed",
        meaning="the Console saves a Bin with sections between verbs as it was typed, after a"
        " warning.",
        test=_PROBE,
    ),
    Assumption(
        "known-values",
        meaning="Twilio reports no other outcomes than those of its documentation: the hop Bin"
        " leads to a file for each of them, and after another one to the number's fallback URL.",
        test="call the fallback URL's flow once: it is what an unknown outcome leads to",
    ),
    Assumption(
        "handoff-never-empty",
        meaning="Twilio sends HandoffData only when a relay has handed something over, never"
        " empty.",
        test="let the assistant end the call by itself; `then` must follow",
    ),
)

BY_NAME = {assumption.name: assumption for assumption in ASSUMPTIONS}


@dataclass(frozen=True, slots=True)
class Readings:
    """The answers in force: ours, except for those in ``changed``."""

    changed: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, name: str) -> str:
        for changed, answer in self.changed:
            if changed == name:
                return answer
        return BY_NAME[name].reading

    def but(self, name: str, answer: str) -> "Readings":
        """The same, with one question answered otherwise."""
        if answer not in BY_NAME[name].answers:
            raise ValueError(f"{name} is answered by {BY_NAME[name].answers}, not {answer!r}")
        kept = tuple(pair for pair in self.changed if pair[0] != name)
        return Readings((*kept, (name, answer)))

    def others(
        self, asked: set[str], *, independent: bool
    ) -> "Iterator[tuple[Assumption, Readings]]":
        """Every change of one answer to what is ``asked``: those that must make no difference
        (``independent``), or those that may change what a flow means."""
        for assumption in ASSUMPTIONS:
            if assumption.independent == independent and assumption.name in asked:
                for answer in assumption.answers:
                    if answer != self[assumption.name]:
                        yield assumption, self.but(assumption.name, answer)


OUR_READINGS = Readings()


def asked_about(node: Node) -> Iterator[str]:
    """The assumptions that the verb of a node can hang on, by name."""
    if node.element is not None:
        told = (part.does.assumption for part in node.element.walk())
        yield from (found.name for found in told if found is not None)
        yield from assumed_of(node)


def asked_of(context: Context) -> Iterator[str]:
    """The assumptions that a line can hang on, by name."""
    if context is Context.LEG:
        yield "leg-end"


def may_depend(graph: Graph) -> bool:
    """Whether any verb of a graph is one that a flow may mean something else by."""
    found = {name for node in graph.nodes for name in asked_about(node)}
    found.update(name for root in graph.roots for name in asked_of(root.context))
    return any(True for _ in OUR_READINGS.others(found, independent=False))
