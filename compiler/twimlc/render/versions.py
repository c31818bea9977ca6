"""Versions: a plan whose versions have no names yet comes in; pages and the named plan go out.

A version is called after what is in it: the SHA-256 over all of a flow's inner documents and
decisions, its own name left blank. So a name that Twilio was ever told never means anything else.
What a flow leads to in versions of other flows is part of it; flows that lead into each other
have one name together.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from twimlc.lower.keys import BLANK
from twimlc.lower.plan import Decision, Plan
from twimlc.render.document import Rendered, render

DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A plan as it is written. ``versions`` gives the version of each flow (``ROW/FLOW``) that has
    documents behind its entry; ``leads`` the flows whose versions any document of it leads to."""

    plan: Plan
    pages: tuple[Rendered, ...]
    versions: Mapping[str, str]
    leads: Mapping[str, Collection[str]]

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of every document by its path."""
        return {page.path: page.data for page in self.pages}


def finish(plan: Plan) -> Finished:
    """Render a plan and name its versions."""
    pages = render(plan)
    asked: dict[str, list[Decision]] = {}
    for decision in plan.decisions:
        asked.setdefault(decision.flow, []).append(decision)
    blanks: dict[str, str] = {}  # what stands for the version of each flow
    inner: dict[str, list[Rendered]] = {}
    for page in pages:
        found = BLANK.search(page.path)
        if found is not None:
            blanks[page.flow] = found[0]
            inner.setdefault(page.flow, []).append(page)
    flows = {blank: flow for flow, blank in blanks.items()}
    texts = {flow: _text(inner[flow], asked.get(flow, ())) for flow in sorted(blanks)}

    def others(flow: str, text: str) -> list[str]:
        return sorted({flows[blank] for blank in BLANK.findall(text)} - {flow})

    leads = {flow: others(flow, text) for flow, text in texts.items()}
    reached = {page.flow: set(leads.get(page.flow, ())) for page in pages}
    for page in pages:
        if BLANK.search(page.path) is None:
            reached[page.flow].update(others(page.flow, page.data.decode()))
    names: dict[str, str] = {}
    for circle in _circles(leads):
        whole = "\n".join(texts[flow] for flow in circle)
        for flow in {found for member in circle for found in leads[member]} - set(circle):
            whole = whole.replace(blanks[flow], names[flow])
        for number, flow in enumerate(circle):
            whole = whole.replace(blanks[flow], f"v.{number}")
        digest = f"v.{sha256(whole.encode()).hexdigest()[:DIGITS]}"
        names.update(dict.fromkeys(circle, digest))
    meant = {blank: names[flow] for flow, blank in blanks.items()}
    return Finished(
        replace(
            plan,
            documents=tuple(
                replace(document, path=named(document.path, meant)) for document in plan.documents
            ),
            decisions=tuple(_decision(decision, meant) for decision in plan.decisions),
        ),
        tuple(
            replace(
                page,
                path=named(page.path, meant),
                data=named(page.data.decode(), meant).encode(),
            )
            for page in pages
        ),
        names,
        reached,
    )


def named(text: str, meant: Mapping[str, str]) -> str:
    """The text with the names of versions in the places of their blanks."""
    return BLANK.sub(lambda found: meant[found[0]], text) if "\x0e" in text else text


def _text(pages: Sequence[Rendered], decisions: Sequence[Decision]) -> str:
    """All that a version is, as one text."""
    parts: list[str] = []
    for page in sorted(pages, key=lambda page: page.path):
        parts += (page.path.rpartition("/")[2], page.data.decode())
    for found in sorted(decisions, key=lambda decision: decision.path):
        parts += (found.path.rpartition("/")[2], found.parameter, repr(found.mark))
        parts += (f"{value} {path}" for value, path in (*found.marked, *found.branches))
        parts.append(found.default)
    return "\0".join(parts)


def _decision(decision: Decision, meant: Mapping[str, str]) -> Decision:
    def rows(found: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((value, named(path, meant)) for value, path in found)

    return replace(
        decision,
        path=named(decision.path, meant),
        branches=rows(decision.branches),
        marked=rows(decision.marked),
        default=named(decision.default, meant),
    )


def _circles(leads: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Flows that lead to each other, together; those that others lead to first (Tarjan)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: dict[str, None] = {}
    for first in leads:
        if first in number:
            continue
        walk = [(first, iter(leads[first]))]
        number[first] = lowest[first] = len(number)
        stack[first] = None
        while walk:
            flow, after = walk[-1]
            for other in after:
                if other not in number:
                    number[other] = lowest[other] = len(number)
                    stack[other] = None
                    walk.append((other, iter(leads[other])))
                    break
                if other in stack:
                    lowest[flow] = min(lowest[flow], number[other])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[flow])
                if lowest[flow] == number[flow]:
                    circle: list[str] = []
                    while flow not in circle[-1:]:
                        circle.append(stack.popitem()[0])
                    yield sorted(circle)
