"""The apology: what whoever is on the line gets where nothing else is left.

A flow comes in, the body of a document goes out. Nobody knows whose line asks, the caller's or a
called party's, so it holds only what both may hear, and ends the call: nobody is joined.
"""

from collections.abc import Iterator
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import APOLOGY_NOT_STRAIGHT
from twimlc.flow.graph import Graph, Node
from twimlc.lower.content import check_content
from twimlc.lower.host import Site
from twimlc.lower.keys import DocumentKey, Keys
from twimlc.lower.links import Addresses, Writer
from twimlc.lower.plan import Markup
from twimlc.lower.size import EMPTY_DOCUMENT, element_size
from twimlc.lower.ways import END

SORRY = "We are sorry, something went wrong. Please call again."
SORRY_IN_TEXT = "We are sorry, something went wrong. Please send your message again."


def place_of(flow: str) -> DocumentKey:
    """The apology as a document of its flow: like an entry, it is replaced by later builds."""
    return DocumentKey(flow, END, entry=True)


def apology(graph: Graph, site: Site, flow: str, writer: Writer) -> tuple[Markup, ...]:
    """The body for a flow, or for none (an empty name): words and Hangup, or Messages.

    ``writer`` is of that flow's folder, and shares nothing with the writers of its documents.
    """
    texts = flow in graph.flows and graph.flows[flow].kind == "messaging"
    nodes = site.apology.get(flow)
    if nodes is None:
        usual = Markup("Message", (), (SORRY_IN_TEXT,)) if texts else Markup("Say", (), (SORRY,))
        body: tuple[Markup, ...] = (usual,)
    else:
        body = tuple(_written(node, writer) for node in nodes)
    return body if texts else (*body, Markup("Hangup"))


def _written(node: Node, writer: Writer) -> Markup:
    """A verb; words of the project file are no line of a flow."""
    found = writer.verb(node, None)
    return found if node.place.flow else replace(found, span=None, state="")


def apology_nodes(site: Site) -> list[Node]:
    """Every verb of the apologies."""
    return [node for nodes in dict.fromkeys(site.apology.values()) for node in nodes]


def check_apology(graph: Graph, site: Site) -> Iterator[Diagnostic]:
    """Findings about the texts of the apologies, and their size."""
    for node in apology_nodes(site):
        yield from check_content(node, site)
    keys, links = Keys(graph, site.root), Addresses("/", {}, {}, site)
    for nodes, flow in {nodes: flow for flow, nodes in site.apology.items() if nodes}.items():
        body = apology(graph, site, flow, Writer(place_of(flow), keys, site, links))
        size = EMPTY_DOCUMENT + sum(map(element_size, body))
        if size > site.host.document_limit:
            yield APOLOGY_NOT_STRAIGHT.at(
                nodes[0].span,
                f"the apology makes a document of {size:,} bytes; Twilio takes at most"
                f" {site.host.document_limit:,}",
                hint="say less, or play a recording",
            )
