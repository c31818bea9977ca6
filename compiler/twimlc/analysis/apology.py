"""Whether callers understand the apology of a target, and what its words ask of them.

What each flow's callers may hear where nothing else is left comes in, findings go out.
"""

from collections.abc import Iterable, Iterator, Mapping

from twimlc.analysis.keys import is_emergency_number
from twimlc.analysis.languages import language_of
from twimlc.analysis.prompts import keys_told_in
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import APOLOGY_LANGUAGE
from twimlc.diagnostics.rules.hosts import APOLOGY_ASKS_FOR_KEY
from twimlc.flow.graph import Graph, Node
from twimlc.flow.readable import texts_of
from twimlc.text import Span


def check_apology(
    graph: Graph, apology: Mapping[str, tuple[Node, ...]], place: Span | None, usual: bool
) -> Iterator[Diagnostic]:
    """Findings about the apology, which ``place`` of the project file, if any, speaks of.

    Of what is said in words of the project file only the voice tells the language; the ``usual``
    words are English.
    """
    nodes = dict.fromkeys(node for found in apology.values() for node in found)
    for node in nodes:
        assert node.element is not None, "an apology is of verbs"
        words = " ".join(texts_of(node.element))
        told = [key for key in keys_told_in([node.element]) if not is_emergency_number(key, words)]
        if told:
            message = f"the apology tells callers to press {told[0]}, and nothing listens for keys"
            hint = "it is the end of the call: say whom to call, or to call again"
            yield APOLOGY_ASKS_FOR_KEY.at(place or node.span, message, hint=hint)
    spoken: dict[str, set[str | None]] = {}
    for key in graph.contexts:
        spoken.setdefault(graph.nodes[key].place.flow, set()).update(_languages([graph.nodes[key]]))
    strange = [
        flow
        for flow in graph.starts
        for said in [_languages(apology.get(flow, ()))]
        for heard in [spoken.get(flow, set())]
        if said and heard and None not in said | heard
        if heard.isdisjoint({"en"} if usual else said)
    ]
    if strange:
        others = f" and of {len(strange) - 1} more flows" if strange[1:] else ""
        message = f"callers of '{strange[0]}'{others} hear the apology in another language"
        hint = "give the target of twimlc.yaml words in theirs, or the name of a flow: apology: …"
        start = graph.flows[strange[0]]
        span = place or start.states[start.start].span
        yield APOLOGY_LANGUAGE.at(span, message, hint=hint)


def _languages(nodes: Iterable[Node]) -> set[str | None]:
    return {
        language_of(element)
        for node in nodes
        if node.element is not None
        for element in node.element.walk()
        if element.tag == "Say"
    }
