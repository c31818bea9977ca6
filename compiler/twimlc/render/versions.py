"""Versions: a plan whose versions have no names yet comes in; pages and the named plan go out.

A version is called after what is in it: the SHA-256 over all of a flow's inner documents and
decisions, its own name left blank. So a name that Twilio ever got never means anything else.
What a flow leads to in versions of other flows is part of it; flows that lead into each other
have one name together.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from twimlc.flow.walks import strongly_connected
from twimlc.lower.names import BLANK
from twimlc.lower.plan import Decision, Plan
from twimlc.lower.questions import Question
from twimlc.render.document import Rendered, render
from twimlc.text import grouped, sha256

DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A plan as it is written. ``versions`` gives the version of each flow (``ROW/FLOW``) that has
    documents after its entry; ``leads`` the flows whose versions any document of it leads to."""

    plan: Plan
    pages: tuple[Rendered, ...]
    versions: Mapping[str, str]
    leads: Mapping[str, Collection[str]]

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of every document by its path."""
        return {page.path: page.data for page in self.pages}


def finish(plan: Plan, pages: Sequence[Rendered] | None = None) -> Finished:
    """Render a plan, unless its ``pages`` are known, and name its versions."""
    pages = render(plan) if pages is None else pages
    asked = grouped((decision.flow, decision) for decision in plan.decisions)
    questions = grouped((question.flow, question) for question in plan.questions)
    blanks: dict[str, str] = {}  # what stands for the version of each flow
    inner: dict[str, list[Rendered]] = {}
    for page in pages:
        found = BLANK.search(page.path)
        if found is not None:
            blanks[page.document.flow] = found[0]
            inner.setdefault(page.document.flow, []).append(page)
    flows = {blank: flow for flow, blank in blanks.items()}
    texts = {
        flow: _text(inner[flow], asked.get(flow, ()), questions.get(flow, ()))
        for flow in sorted(blanks)
    }

    def others(flow: str, text: str) -> list[str]:
        return sorted({flows[blank] for blank in BLANK.findall(text)} - {flow})

    leads = {flow: others(flow, text) for flow, text in texts.items()}
    reached = {name: set(leads.get(name, ())) for name in (page.document.flow for page in pages)}
    for page in pages:
        if BLANK.search(page.path) is None:
            flow = page.document.flow
            reached[flow].update(others(flow, page.data.decode()))
    names: dict[str, str] = {}
    for circle in map(sorted, strongly_connected(leads, lambda flow: leads[flow])):
        whole = "\n".join(texts[flow] for flow in circle)
        for flow in {found for member in circle for found in leads[member]} - set(circle):
            whole = whole.replace(blanks[flow], names[flow])
        for number, flow in enumerate(circle):
            whole = whole.replace(blanks[flow], f"v.{number}")
        digest = f"v.{sha256(whole.encode()).hexdigest()[:DIGITS]}"
        names.update(dict.fromkeys(circle, digest))
    meant = {blank: names[flow] for flow, blank in blanks.items()}
    finished = tuple(
        page._replace(
            document=replace(page.document, path=path_of(page.path, meant)),
            data=named(page.data.decode(), meant).encode(),
        )
        for page in pages
    )
    decisions = tuple(
        Decision(
            *decision.mapped(lambda path: named(path, meant)),
            path=named(decision.path, meant),
            flow=decision.flow,
            states=decision.states,
        )
        for decision in plan.decisions
    )
    documents = tuple(page.document for page in finished)
    questioned = tuple(
        question.renamed(lambda path: path_of(path, meant)) for question in plan.questions
    )
    made = plan._replace(documents=documents, decisions=decisions, questions=questioned)
    return Finished(made, finished, names, reached)


def path_of(path: str, meant: Mapping[str, str]) -> str:
    """The path of a document: what lies beside an entry has the digits of the version alone."""
    return named(path, meant).replace("/index.v.", "/index.")


def named(text: str, meant: Mapping[str, str]) -> str:
    """The text with the names of versions in the places of their blanks."""
    return BLANK.sub(lambda found: meant[found[0]], text) if "\x0e" in text else text


def _text(
    pages: Sequence[Rendered], decisions: Sequence[Decision], questions: Sequence[Question]
) -> str:
    """All that a version is, as one text."""
    parts: list[str] = []
    for page in sorted(pages, key=lambda page: page.path):
        parts += (page.path.rpartition("/")[2], page.data.decode())
    for found in sorted(decisions, key=lambda decision: decision.path):
        parts += (found.path.rpartition("/")[2], found.parameter, repr(found.mark))
        parts += (f"{value} {path}" for value, path in (*found.marked, *found.branches))
        parts.append(found.default)
    for asked in sorted(questions, key=lambda question: question.path):
        parts += (asked.path.rpartition("/")[2], repr(asked.turns))
    return "\0".join(parts)
