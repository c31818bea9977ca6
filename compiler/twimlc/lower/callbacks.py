"""Callbacks that would arrive at files: the graph and a host come in, findings go out."""

from collections.abc import Iterator

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import CALLBACK_TO_FILE
from twimlc.flow.graph import Graph
from twimlc.flow.model import Element
from twimlc.lower.host import WITH_POST, Site


def check_callbacks(graph: Graph, site: Site) -> Iterator[Diagnostic]:
    """A finding for each callback by POST that a host of files would refuse."""
    # A Bin's address is Twilio's own, and it answers everything.
    if site.url is None or site.host.single or "POST" in site.host.methods:
        return
    below = f"{site.url}/".lower()
    for key in graph.contexts:
        element = graph.nodes[key].element
        for inner in element.walk() if element is not None else ():
            yield from _callbacks(inner, below, site)


def _callbacks(element: Element, below: str, site: Site) -> Iterator[Diagnostic]:
    for attribute in element.attributes:
        spec = element.spec.attributes.get(attribute.name) if element.spec else None
        if spec is None or spec.fetch is not vocabulary.Fetch.STATUS:
            continue
        method = element.literal(spec.method_attribute) if spec.method_attribute else None
        if not isinstance(attribute.value, str) or method == "GET":
            continue
        if attribute.value.lower().startswith(below):
            message = f"'{site.host.name}' answers no POST, so {attribute.name} would get an error"
            hint = f"a callback goes to a server of yours, or to {WITH_POST}"
            yield CALLBACK_TO_FILE.at(attribute.span, message, hint=hint)
