"""Addresses that lie in the folder a target builds: what lies there, and findings if nothing does.

A name of a flow or state is checked and gets its method. An address that an author writes is only
text: where it leads to a flow or state of the build it is that name (:func:`name_at`), else it is
held against what is really written. The address of a Bin is Twilio's own, and answers everything.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from posixpath import normpath
from urllib.parse import unquote, urljoin, urlsplit

from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.findings.rules import CALLBACK_TO_FILE, OWN_ADDRESS
from twimlc.flow.addresses import has_host, is_relative, without_query
from twimlc.flow.graph import Graph
from twimlc.lower.host import HANDLER, WITH_POST, Site, base_path
from twimlc.lower.names import VERSION
from twimlc.lower.plan import Plan
from twimlc.rules.words import wordings
from twimlc.text import Span, lazy_pattern
from twimlc.vocabulary import TWIML_FETCHES, Fetch
from twimlc.yaml.names import nearest

_BY_NAME = "write the name of the flow or state instead, as in goto: FLOW/; then it is checked"
_DOCUMENT = lazy_pattern(f"([a-z0-9-]+)/(?:({VERSION})/)?([a-z0-9-]+)[.]xml")


def name_at(site: Site, flows: Collection[str]) -> Callable[[str, str], str | None]:
    """A function: which flow (``FLOW/``) or state (``FLOW/STATE``) lies at an address in a flow.

    None: neither, as far as names tell. A name in a version stands for whatever version is built.
    """
    bins = {HANDLER + sid: flow for flow, sid in site.bins}

    def named(address: str, flow: str) -> str | None:
        if site.host.single:
            found = bins.get(without_query(address))
            return None if found is None or "?" in address else f"{found}/"
        path = _path(address, flow, site)
        if path is None or not path.startswith(site.root):
            return None
        there = _DOCUMENT.fullmatch(path[len(site.root) :])
        if there is None or there[1] not in flows:
            return None
        if there[3] == "index":
            return f"{there[1]}/"
        return f"{there[1]}/{there[3]}" if there[2] else None

    return named


def check_own_addresses(
    graph: Graph,
    site: Site,
    plan: Plan,
    written: Callable[[str], bool],
    others: Collection[str] = (),
) -> Iterator[Diagnostic]:
    """Findings; ``plan`` is of some flows in one row, ``others`` are the names of all in it.

    ``written`` says whether any row has a path.
    """
    if site.host.single:
        return
    own = {document.path for document in plan.documents}
    flows = {*graph.flows, *others}
    seen: set[Span] = set()
    for key in graph.contexts:
        node = graph.nodes[key]
        for address, span, _, _, row in wordings(node.element, addresses=True):
            if row is None or row.fetch not in TWIML_FETCHES or not isinstance(address, str):
                continue
            path = _path(address, node.place.flow, site)
            if path is None or span in seen or path in own:
                continue
            sure = path.endswith(".xml")
            if written(path):
                if sure:
                    seen.add(span)
                    message = f"'{path}' is a document of another row; a jump stays in its row"
                    yield OWN_ADDRESS.at(span, message, hint=_BY_NAME)
                continue
            if sure or (has_host(address) and row.fetch is not Fetch.MEDIA_OR_TWIML):
                seen.add(span)
                yield from _missing(path, span, graph, flows, site, sure=sure)


def check_served(graph: Graph, site: Site) -> Iterator[Diagnostic]:
    """Findings for addresses that files do not serve: mere queries, and callbacks by POST.

    A query is the document again, whichever a later build puts there.
    """
    below = f"{site.url}/".lower() if site.url is not None and not site.host.posts else None
    for key in graph.contexts if not site.host.single else ():
        for text, span, element, name, row in wordings(graph.nodes[key].element, addresses=True):
            if row is None or not isinstance(text, str):
                continue
            if row.fetch in TWIML_FETCHES and text[:1] in ("?", "#"):
                message = f"'{text}' asks for the document itself, and files look at no query"
                found = OWN_ADDRESS.at(span, message, hint="write the name of the state instead")
                yield replace(found, severity=Severity.ERROR)
            elif row.fetch is Fetch.STATUS and below and text.lower().startswith(below):
                method = row.method_attribute
                if method is None or element.literal(method) != "GET":
                    message = f"'{site.host.name}' answers no POST, so {name} would get an error"
                    hint = f"a callback goes to a server of yours, or to {WITH_POST}"
                    yield CALLBACK_TO_FILE.at(span, message, hint=hint)


def _path(address: str, flow: str, site: Site) -> str | None:
    """The path below the target's folder that an address in a flow leads to; None: elsewhere."""
    address = without_query(address)
    if not address:
        return None
    if not is_relative(address):
        if site.url is None:
            return None
        there, base = urlsplit(urljoin(site.url, address)), urlsplit(site.url)
        if (there.scheme, _host(there.netloc)) != (base.scheme, _host(base.netloc)):
            return None
        if not there.path.startswith(base_path(site.url)):
            return None
        path = normpath(unquote(there.path[len(base_path(site.url)) :]))
    else:
        path = normpath(f"{site.root}{flow}/{unquote(address)}")
    return None if path.startswith("..") else path


def _host(authority: str) -> str:
    return authority.lower().removesuffix(":443")


def _missing(
    path: str, span: Span, graph: Graph, flows: Collection[str], site: Site, *, sure: bool
) -> Iterator[Diagnostic]:
    """A finding for a document that nobody writes; sure in a flow's folder, likely beside it."""
    flow, _, name = path.removeprefix(site.root).partition("/")
    known = [key.name for key in graph.entries if key.flow == flow and "~" not in key.name]
    wanted = name.rpartition("/")[2].partition(".")[0]
    near = wanted if wanted in known else nearest(wanted, known) if known else None
    meant = flow if flow in flows else nearest(flow, flows)
    close = f"write the name instead; the nearest is {meant}/{near or ''}"
    hint = _BY_NAME if meant is None else close
    found_there = OWN_ADDRESS.at(span, f"this build writes no document '{path}'", hint=hint)
    if flow in flows and sure:
        yield replace(found_there, severity=Severity.ERROR)
    elif base_path(site.url) != "/" or path.endswith("/index.xml"):
        yield found_there  # a host of its own may well serve documents of others beside the build
