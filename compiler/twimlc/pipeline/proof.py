"""Is what will be written the call that was written down? A compiled target in, the answer out.

Each row is rendered once, for the comparison and for the folder.
"""

from collections.abc import Collection, Iterable, Iterator
from textwrap import shorten

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import DEPENDS_ON_ASSUMPTION
from twimlc.interpret.verify import Dependence, Proof
from twimlc.interpret.walk import Media
from twimlc.pipeline.built import Proven, led_to
from twimlc.pipeline.variants import Compiled, Variant

MOST_PAIRS = 1_000_000
"""A flow that can reach more pairs of positions than this is compared no further: at some forty
microseconds each this is most of a minute."""

MOST_FOR_NOTES = 20_000
"""The same for notes about open questions, which every check pays for."""

_PLAIN = {"join": "the conversation", "hangup": "the end of the call"}
"""Events whose names are no words of a flow, or say little to its reader."""


def prove(made: Compiled, variant: Variant, selected: Collection[str], proven: Proven) -> None:
    """Walk every chosen flow of one row together with its documents, and add what is found."""
    proof = _proof(made, variant, made.read_media)
    if proof is None:
        return
    finished = variant.finished()
    chosen = led_to(finished.leads, selected) if finished is not None else set[str]()
    for entry, found in proof.verified(flows=chosen, most_pairs=MOST_PAIRS):
        if found.difference is not None:
            proven.faults.append(
                f"the documents for target '{made.target.name}' are not the call that the flow"
                f" says; nothing of this target was written\n{found.difference.describe()}"
            )
        elif found.complete:
            proven.pairs[entry] = found.pairs
        else:
            proven.incomplete.append(entry)


def open_questions(made: Compiled, variant: Variant, selected: Collection[str]) -> list[Diagnostic]:
    """Notes about the steps that are right only as we read Twilio's pages."""
    proof = _proof(made, variant, None)
    if proof is None:
        return []
    found = list(proof.dependences(selected, MOST_FOR_NOTES))
    for each in found:
        flows = made.questions.setdefault(each.assumption.name, set())
        flows.add(variant.graph.nodes[each.node].state.flow)
    return list(_notes(variant, found))


def _notes(variant: Variant, dependences: Iterable[Dependence]) -> Iterator[Diagnostic]:
    """One for each question in a file, at the first step: one test call answers it for all."""
    seen = set()
    ordered = sorted(dependences, key=lambda found: variant.graph.nodes[found.node].span.start)
    for found in ordered:
        node = variant.graph.nodes[found.node]
        assumption, difference = found.assumption, found.difference
        if (assumption.name, node.span.file.path) in seen:
            continue
        seen.add((assumption.name, node.span.file.path))
        after = f" after '{difference.script[-1]}'" if difference.script else ""
        wanted, got = (
            _PLAIN.get(lines[-1].text, f"'{shorten(lines[-1].text, 60, placeholder='…')}'")
            for lines in (difference.flow, difference.documents)
        )
        yield DEPENDS_ON_ASSUMPTION.at(
            node.span,
            f"this '{node.title}' needs what Twilio's pages do not say:"
            f" {assumption.sentence(assumption.reading)} ({assumption.name})",
            hint=f"make one test call: {wanted} should follow{after}; if {got} follows,"
            f" {assumption.sentence(found.answer)}",
        )


def _proof(made: Compiled, variant: Variant, media: Media | None) -> Proof | None:
    finished = variant.finished()
    if finished is None:
        return None
    return Proof(variant.graph, finished.plan, finished.files, made.target.url, media)
