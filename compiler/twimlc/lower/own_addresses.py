"""Addresses that lie in the folder a target builds: graph and documents in, findings out.

A name of a flow or state is checked and gets its method; an address is only text, so here it is
held against what is really written.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from posixpath import normpath

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.hosts import OWN_ADDRESS
from twimlc.flow.graph import Graph, Node
from twimlc.flow.model import Element
from twimlc.lower.host import Site, base_path
from twimlc.lower.plan import Plan
from twimlc.text import Span
from twimlc.vocabulary import Attribute, Fetch

_DOCUMENTS = (Fetch.TWIML, Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML)
_WITH_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//")


def check_own_addresses(
    graph: Graph, site: Site, plan: Plan, written: Callable[[str], bool]
) -> Iterator[Diagnostic]:
    """Findings; ``plan`` is that of one row, ``written`` tells of a path whether any row has it."""
    if site.host.single:  # the address of a Bin is Twilio's own
        return
    starts = {entry.path: entry.flow.removeprefix(site.root) for entry in plan.entries}
    own = {document.path for document in plan.documents}
    seen: set[Span] = set()
    for key in graph.contexts:
        node = graph.nodes[key]
        for element, spec, address, span in _addresses(node):
            path = _path(address, node, site)
            if path is None or span in seen:
                continue
            seen.add(span)
            if path not in own and not written(path):
                yield from _missing(path, span, graph, site)
            elif path in own:
                yield _by_address(path, span, element, spec, site, starts.get(path))


def check_queries(graph: Graph, site: Site) -> Iterator[Diagnostic]:
    """Findings for mere queries: the document again, whichever a later build puts there."""
    for key in graph.contexts if not site.host.single else ():
        for _, _, address, span in _addresses(graph.nodes[key]):
            if address[:1] in ("?", "#"):
                message = f"'{address}' asks for the document itself, and files look at no query"
                found = OWN_ADDRESS.at(span, message, hint="write the name of the state instead")
                yield replace(found, severity=Severity.ERROR)


def _addresses(node: Node) -> Iterator[tuple[Element, Attribute, str, Span]]:
    """Every address of the author's that Twilio asks for TwiML."""
    for element in node.element.walk() if node.element is not None else ():
        if element.spec is None:
            continue
        for attribute in element.attributes:
            spec = element.spec.attributes.get(attribute.name)
            if spec is not None and spec.fetch in _DOCUMENTS and isinstance(attribute.value, str):
                yield element, spec, attribute.value, attribute.span
        text = element.spec.text
        if text is not None and text.fetch in _DOCUMENTS:
            for child in element.children:
                if isinstance(child, str):
                    yield element, text, child, element.span


def _path(address: str, node: Node, site: Site) -> str | None:
    """The path of a document below the target's folder; None for what lies elsewhere."""
    address = re.split("[?#]", address, maxsplit=1)[0]
    if not address.lower().endswith(".xml"):
        return None
    if _WITH_HOST.match(address):
        below = f"{site.url}/"
        if site.url is None or not address.lower().startswith(below.lower()):
            return None
        path = normpath(address[len(below) :])
    elif address.startswith("/"):
        base = base_path(site.url)
        if site.url is None or not address.startswith(base):
            return None
        path = normpath(address[len(base) :])
    else:
        path = normpath(f"{site.root}{node.place.flow}/{address}")
    return None if path.startswith("..") else path


def _missing(path: str, span: Span, graph: Graph, site: Site) -> Iterator[Diagnostic]:
    """A finding for a document that nobody writes; sure in a flow's folder, likely beside it."""
    flow = path.removeprefix(site.root).partition("/")[0]
    hint = "write the name of the flow or state instead, as in goto: FLOW/; then it is checked"
    found = OWN_ADDRESS.at(span, f"this build writes no document '{path}'", hint=hint)
    if flow in graph.flows:
        yield replace(found, severity=Severity.ERROR)
    elif base_path(site.url) != "/" or path.endswith("/index.xml"):
        yield found  # a host of its own may well serve documents of others beside the build


def _by_address(
    path: str, span: Span, element: Element, spec: Attribute, site: Site, flow: str | None
) -> Diagnostic:
    """A finding for a document of ours that is asked for by its address."""
    known = element.spec.attributes.get(spec.method_attribute or "") if element.spec else None
    method = element.literal(known.name) or known.default if known is not None else None
    name = f"{flow}/" if flow is not None else "the name of its state"
    hint = f"write {name} instead of the address; then the jump is checked and has its method"
    if method == "POST" and "POST" not in site.host.methods:
        message = f"'{path}' is a document of this build, asked for with POST, which gets a 405"
        return OWN_ADDRESS.at(span, message, hint=hint)
    message = f"'{path}' is a document of this build, named by its address"
    return replace(OWN_ADDRESS.at(span, message, hint=hint), severity=Severity.NOTE)
