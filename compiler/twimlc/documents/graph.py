"""The graph of TwiML files: documents come in, the ways between them, findings and a graph go out.

Which document of several is meant an address tells by its folder and its name alone. The graph is
of the same kind as that of flows, so that the same rules judge it. A verb is a node, and so is the
end of each document. An action and a Redirect lead to the first verb of the document that they
name; what leads to an address elsewhere has no exit for it.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from urllib.parse import unquote

from twimlc.documents.document import Opened
from twimlc.documents.verbs import ends_in, is_own, leads_away
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.findings.rules import JUMP_BETWEEN_KINDS, MISSING_DOCUMENT
from twimlc.flow.addresses import has_host, is_relative, without_query
from twimlc.flow.contexts import context_at, on_line
from twimlc.flow.graph import Context, Graph, Node, NodeKey, Place, Root
from twimlc.flow.model import Element, StateKey
from twimlc.flow.targets import stays_unanswered
from twimlc.flow.walks import reached
from twimlc.text import Span, grouped
from twimlc.vocabulary import CONTEXTS, TWIML_FETCHES, Fetch
from twimlc.yaml.names import nearest

_DOCUMENT = re.compile(r".*\.(?:xml|twiml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """An address in a document: the verb it is in, what it does, and where it leads.

    ``name`` is the element with its attribute (``Number.url``), or alone where it is the text.
    ``documents`` are the paths of those that fit the address: the one meant, or several that may
    be.
    """

    verb: Element
    name: str
    fetch: Fetch
    address: str
    span: Span
    documents: tuple[str, ...]

    @property
    def to(self) -> str | None:
        """The document that it leads to, where that is one of ours for sure."""
        return self.documents[0] if len(self.documents) == 1 else None


class Folder:
    """Documents, and the ways out of each by its path."""

    def __init__(self, documents: Sequence[Opened]) -> None:
        self.documents = {posixpath.normpath(opened.file.path): opened for opened in documents}
        self.by_folder = grouped(map(posixpath.split, self.documents))
        self.by_tail = grouped(
            (tail, opened.file.path)
            for path, opened in self.documents.items()
            for tail in {"/".join(path.split("/")[-2:]), posixpath.basename(path)}
        )
        self.ways = {opened.file.path: [*self._ways(opened)] for opened in documents}

    def check(self, there: Callable[[str], bool] | None) -> Iterator[Diagnostic]:
        """Findings about files that are not there, and about calls that get to answers to messages.

        ``there`` tells whether a file is there that a path names; without it nothing is missed.
        """
        answers = {o.file.path for o in self.documents.values() if o.answers_messages}
        joined = {
            posixpath.dirname(path)
            for path, out in self.ways.items()
            if any(way.to not in (None, path) for way in out)
        }
        for opened in self.documents.values():
            verbs = opened.document.root.elements() if opened.document is not None else ()
            is_call = not opened.answers_messages and any(v.tag != "Redirect" for v in verbs)
            for way in self.ways[opened.file.path]:
                if way.to in answers:
                    if is_call and way.fetch is Fetch.TWIML and way.name not in CONTEXTS:
                        message = f"this leads a call to {way.address}, which answers messages"
                        hint = "a call cannot run <Message>"
                        yield JUMP_BETWEEN_KINDS.at(way.span, message, hint=hint)
                elif way.to is None and there is not None:
                    yield from self._missing(way, opened.file.path, there, joined)

    def _ways(self, opened: Opened) -> Iterator[Way]:
        if opened.document is None:
            return
        for verb in opened.verbs:
            for element, known, address, span in opened.document.addresses(verb):
                if known.fetch in TWIML_FETCHES and address:
                    spec = element.spec
                    assert spec is not None, "of others no address is known"
                    name = spec.name if known is spec.text else f"{spec.name}.{known.name}"
                    fits = tuple(self._find(address, opened.file.path))
                    yield Way(verb, name, known.fetch, address, span, fits)

    def _find(self, address: str, source: str) -> Sequence[str]:
        """The documents that may be at an address; with a host, folder and name have to agree."""
        path = unquote(without_query(address))
        if is_relative(path):
            found = self.documents.get(_beside(source, path)) if path else None
            return (found.file.path,) if found is not None else ()
        parts = [part for part in path.split("/") if part]
        if has_host(path):
            parts = parts[1:] if path.startswith("//") else parts[2:]
            if len(parts) == 1:
                return ()
        return self.by_tail.get("/".join(parts[-2:]), ())

    def _holds(self, path: str) -> bool:
        """Whether a path lies in the folder around all documents."""
        if len({posixpath.isabs(folder) for folder in self.by_folder}) != 1:
            return False
        around = posixpath.commonpath(self.by_folder)
        outside = path.startswith("..") and not around.startswith("..")
        return not outside and (not around or path.startswith(f"{around}/"))

    def _missing(
        self, way: Way, source: str, there: Callable[[str], bool], joined: Set[str]
    ) -> Iterator[Diagnostic]:
        """A file that is not there; only a note in a folder whose documents are strangers."""
        path = unquote(without_query(way.address))
        if not is_relative(path) or not _DOCUMENT.fullmatch(path):
            return
        target = _beside(source, path)
        if not self._holds(target) or there(target):
            return
        # Alike in more than their ending: by that, menu.xml is as near to moon.xml as to any other.
        folder, missed = posixpath.split(target)
        names = {posixpath.splitext(name)[0]: name for name in self.by_folder.get(folder, ())}
        near = nearest(posixpath.splitext(missed)[0], names)
        hint = f"did you mean {names[near]}?" if near else None
        finding = MISSING_DOCUMENT.at(way.span, f"there is no file '{path}'", hint=hint)
        sure = near or posixpath.dirname(source) in joined
        yield finding if sure else replace(finding, severity=Severity.NOTE)


def _beside(source: str, path: str) -> str:
    """The path of a file that a document names as lying beside it."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def documents_graph(folder: Folder) -> Graph:
    """The graph of those documents that are clear.

    Each document may answer a call or a message. One that others lead to from another line, such
    as a wait, is of that line.
    """
    # What a program completes may send more messages, or fewer.
    documents = (opened for opened in folder.documents.values() if opened.document is not None)
    clear = [opened for opened in documents if not (opened.filled and opened.answers_messages)]
    nodes: list[Node] = []
    entries: dict[str, NodeKey] = {}
    contexts: dict[NodeKey, Context] = {}
    for opened in clear:
        path, state = opened.file.path, StateKey(*3 * (opened.file.path,))
        entries[path] = len(nodes)
        context = Context.MESSAGE if opened.answers_messages else Context.CALL
        for index, verb in enumerate((*opened.verbs, None)):
            span = verb.span if verb is not None else Span(opened.file, 0, 0)
            title = f"<{verb.tag}>" if verb is not None else "end"
            contexts[len(nodes)] = context
            nodes.append(Node(len(nodes), Place(path, path, index), span, verb, title, state))
    keys = {node.element: node.key for node in nodes if node.element is not None}
    ways = [way for opened in clear for way in folder.ways[opened.file.path]]
    aside = [way for way in ways if way.name in CONTEXTS]
    going_on = (way for way in ways if way.name == "Redirect" or way.name.endswith(".action"))
    onwards = {keys[way.verb]: way for way in going_on}
    for node in nodes:
        if (onward := onwards.get(node.key)) is not None:
            node.branching = onward.span
        _lead_on(node, entries.get(onward.to or "") if onward is not None else None)
    for name, path in {(way.name, path): None for way in aside for path in way.documents}:
        if path in entries:
            contexts |= dict.fromkeys(on_line(nodes, entries[path], name), context_at(name))
    roots = (
        Root(entries[way.to], context_at(way.name), way.name, way.span, keys[way.verb])
        for way in aside
        if way.to in entries
    )
    starts = dict(_starts(nodes, entries, contexts))
    filled = frozenset(opened.file.path for opened in clear if opened.filled)
    states = {nodes[entry].state: entry for entry in entries.values()}
    known = (tuple(nodes), states, starts, tuple(roots), contexts)
    return Graph({}, *known, twiml=True, filled=filled)


def _lead_on(node: Node, to: NodeKey | None) -> None:
    """Write the exits of a node; ``to`` is where its address leads, None for what is elsewhere."""
    verb, following = node.element, node.key + 1
    if verb is None or verb.spec is None:
        return
    outcomes = verb.outcomes
    if is_own(verb):
        to = node.key - node.place.index
    elif not (leads_away(verb) or verb.spec.default_action):  # that has a rule of its own
        to = None if ends_in(verb) else following
    exits = dict.fromkeys(outcomes.names or ("done",), to)
    if outcomes.names and stays_unanswered(verb):
        exits |= dict.fromkeys(outcomes.failed, following)
    elif outcomes.next_verb:  # it may run, whatever the action is
        node.fallback = following
    node.exits = {name: after for name, after in exits.items() if after is not None}


def _starts(
    nodes: Sequence[Node], entries: Mapping[str, NodeKey], contexts: Mapping[NodeKey, Context]
) -> Iterator[tuple[str, NodeKey]]:
    """The documents that no other of their kind leads to; of those in a loop the first."""
    seen: set[NodeKey] = set()

    def after(key: NodeKey) -> list[NodeKey]:
        return [to for _, to in nodes[key].successors() if contexts[to] is contexts[key]]

    led_to = {to for node in nodes for to in after(node.key)}
    for path, entry in sorted(entries.items(), key=lambda pair: pair[1] in led_to):
        if entry not in seen:
            yield path, entry
            seen.update(reached((entry,), after))
