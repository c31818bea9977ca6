"""Documents that lead to each other: opened documents come in, findings about their ways go out.

Some documents play for somebody who waits or was called, and there Twilio runs only a few verbs.
Which ones those are is told by the documents that lead to them.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from urllib.parse import unquote

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Label, Severity
from twimlc.diagnostics.rules.documents import MISSING_DOCUMENT
from twimlc.diagnostics.rules.flow import SILENT_LOOP
from twimlc.diagnostics.rules.names import JUMP_BETWEEN_KINDS
from twimlc.diagnostics.rules.twiml import SILENT_WAIT, WRONG_CONTEXT
from twimlc.documents.opened import Opened
from twimlc.documents.order import SILENT, running_verbs
from twimlc.documents.replies import Onward, check_replies
from twimlc.flow.model import Element
from twimlc.source.names import nearest
from twimlc.text import Span
from twimlc.vocabulary import Fetch

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_DOCUMENT = re.compile(r".*\.(?:xml|twiml)", re.IGNORECASE)
_WAITS = ("Enqueue.waitUrl", "Conference.waitUrl")


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """An address in a document: the verb it stands in, what it does, and where it leads."""

    verb: Element
    name: str
    fetch: Fetch
    address: str
    span: Span
    to: Opened | None
    perhaps: tuple[Opened, ...]  # what else may be meant where several documents fit


@dataclass(frozen=True, slots=True)
class Folder:
    """What is found between documents, and those that play for somebody beside the call."""

    found: tuple[Diagnostic, ...]
    aside: frozenset[str]


def check_folder(documents: Sequence[Opened], there: Callable[[str], bool] | None = None) -> Folder:
    """Findings about the ways between documents.

    ``there`` tells whether a file is there that a path names; without it nothing is missed.
    """
    table = _Table(documents)
    ways = {opened.file.path: list(_ways(opened, table)) for opened in documents}
    found: list[Diagnostic] = []
    aside: set[str] = set()
    joined = {
        posixpath.dirname(path)
        for path, out in ways.items()
        if any(way.to is not None and way.to.file.path != path for way in out)
    }
    for opened in documents:
        for way in ways[opened.file.path]:
            context = vocabulary.CONTEXTS.get(way.name)
            if context is not None:
                for maybe in way.perhaps:
                    aside |= _reached(maybe, context, ways).keys()
            if way.to is None:
                found += _missing(way, opened, table, there, joined)
            elif context is not None:
                reached = _reached(way.to, context, ways)
                aside |= reached.keys()
                found += _context(way, context, reached, ways)
            elif way.fetch is Fetch.TWIML:
                found += _kinds(way, opened)
    found += _silent_circles(documents, ways)
    found += check_replies(documents, _redirected(ways))
    return Folder(tuple(found), frozenset(aside))


class _Table:
    """Finds a document by the address that leads to it."""

    def __init__(self, documents: Sequence[Opened]) -> None:
        self.by_path = {posixpath.normpath(opened.file.path): opened for opened in documents}
        self.by_tail: dict[str, list[Opened]] = {}
        for path, opened in self.by_path.items():
            parts = path.split("/")
            for tail in {"/".join(parts[-2:]), parts[-1]}:
                self.by_tail.setdefault(tail, []).append(opened)

    def holds(self, path: str) -> bool:
        """Whether a path lies in the folder around all documents."""
        folders = {posixpath.dirname(known) for known in self.by_path}
        absolute = {posixpath.isabs(folder) for folder in folders}
        if len(absolute) != 1:
            return False
        around = posixpath.commonpath(folders)
        outside = path.startswith("..") and not around.startswith("..")
        return not outside and (not around or path.startswith(f"{around}/"))

    def find(self, address: str, source: str) -> Sequence[Opened]:
        """The documents that may be at an address; with a host, folder and name have to agree."""
        path = unquote(re.split("[?#]", address, maxsplit=1)[0])
        if not path:
            return ()
        if not _SCHEME.match(path) and not path.startswith("/"):
            found = self.by_path.get(beside(source, path))
            return (found,) if found is not None else ()
        scheme = _SCHEME.match(path)
        parts = [part for part in path.split("/") if part]
        at_host = parts[2:] if scheme and not path.startswith("//") else parts[1:]
        parts = at_host if scheme else parts
        if not parts or (scheme and len(parts) == 1):
            return ()
        return self.by_tail.get("/".join(parts[-2:]), ())


def beside(source: str, path: str) -> str:
    """The path of a file that a document names as lying beside it."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _ways(opened: Opened, table: _Table) -> Iterator[Way]:
    if opened.document is None:
        return
    texts = opened.document.texts
    for verb in running_verbs(opened.document.root):
        for element in verb.walk():
            for name, spec, value, span in _addresses(element, texts.get(element)):
                if spec.fetch in (Fetch.TWIML, Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML) and value:
                    fits = tuple(table.find(value, opened.file.path))
                    to, perhaps = (fits[0], ()) if len(fits) == 1 else (None, fits)
                    yield Way(verb, name, spec.fetch, value, span, to, perhaps)


def _addresses(
    element: Element, text_span: Span | None
) -> Iterator[tuple[str, vocabulary.Attribute, str, Span]]:
    spec = element.spec
    if spec is None:
        return
    for attribute in element.attributes:
        known = spec.attributes.get(attribute.name)
        if known is not None and isinstance(attribute.value, str):
            yield f"{spec.name}.{known.name}", known, attribute.value, attribute.span
    texts = [child for child in element.children if not isinstance(child, Element)]
    if spec.text is not None and text_span is not None and all(isinstance(t, str) for t in texts):
        yield (
            spec.name,
            spec.text,
            "".join(t for t in texts if isinstance(t, str)).strip(),
            text_span,
        )


def _missing(
    way: Way,
    opened: Opened,
    table: _Table,
    there: Callable[[str], bool] | None,
    joined: Set[str],
) -> Iterator[Diagnostic]:
    """A file that is not there; only a note in a folder whose documents are strangers."""
    path = unquote(re.split("[?#]", way.address, maxsplit=1)[0])
    if (
        there is None
        or path.startswith("/")
        or _SCHEME.match(path)
        or not _DOCUMENT.fullmatch(path)
    ):
        return
    target = beside(opened.file.path, path)
    if not table.holds(target) or there(target):
        return
    folder = posixpath.dirname(target)
    # Alike in more than their ending: by that, menu.xml is as near to moon.xml as to any other.
    names = {
        posixpath.splitext(posixpath.basename(known))[0]: posixpath.basename(known)
        for known in table.by_path
        if posixpath.dirname(known) == folder
    }
    near = nearest(posixpath.splitext(posixpath.basename(target))[0], names)
    hint = f"did you mean {names[near]}?" if near else None
    finding = MISSING_DOCUMENT.at(way.span, f"no file '{path}' lies there", hint=hint)
    sure = near or posixpath.dirname(opened.file.path) in joined
    yield finding if sure else replace(finding, severity=Severity.NOTE)


def _reached(
    first: Opened, context: vocabulary.Context, ways: dict[str, list[Way]]
) -> dict[str, Opened]:
    """The documents that run in a context, by their paths: the first, and where it leads on to."""
    found = {first.file.path: first}
    waiting = [first]
    while waiting:
        for way in _onwards(waiting.pop(), context, ways):
            if way.to is not None and way.to.file.path not in found:
                found[way.to.file.path] = way.to
                waiting.append(way.to)
    return found


def _onwards(
    opened: Opened, context: vocabulary.Context, ways: dict[str, list[Way]]
) -> Iterator[Way]:
    for way in ways[opened.file.path]:
        spec = way.verb.spec
        if way.fetch is Fetch.TWIML and spec is not None and spec.name in context.verbs:
            yield way


def _context(
    way: Way,
    context: vocabulary.Context,
    reached: dict[str, Opened],
    ways: dict[str, list[Way]],
) -> Iterator[Diagnostic]:
    """Verbs that Twilio does not run where a document plays, and silence where words are due."""
    allowed = ", ".join(f"<{vocabulary.VOICE[name].tag}>" for name in context.verbs)
    heard = False
    for opened in reached.values():
        document = opened.document
        unknown = document is None or opened.filled
        heard = heard or unknown or any(w.to is None for w in _onwards(opened, context, ways))
        for verb in running_verbs(document.root) if document is not None else ():
            heard = heard or any(element.tag in ("Say", "Play") for element in verb.walk())
            if verb.spec is not None and verb.spec.name not in context.verbs:
                message = f"<{verb.tag}> cannot stand in a document that plays for {way.name}"
                labels = [Label(way.span, "this leads to it")]
                hint = f"allowed: {allowed}"
                yield WRONG_CONTEXT.at(
                    verb.span, message, hint=hint, labels=labels, twilio=context.twilio
                )
                heard = True
    if way.name in _WAITS and not heard:
        message = f"whoever waits with {way.address} hears nothing"
        hint = 'let it say or play something; for silence write an empty waitUrl=""'
        yield SILENT_WAIT.at(way.span, message, hint=hint)


def _kinds(way: Way, opened: Opened) -> Iterator[Diagnostic]:
    """A call that is led to an answer to messages, which says so by its Message."""
    from_, to = opened.document, way.to.document if way.to is not None else None
    if from_ is None or to is None or to.kind != "messaging" or from_.kind != "voice":
        return
    if any(verb.tag != "Redirect" for verb in from_.root.elements()):
        message = f"this leads a call to {way.address}, which answers messages"
        yield JUMP_BETWEEN_KINDS.at(way.span, message, hint="a call cannot run <Message>")


def _redirected(ways: dict[str, list[Way]]) -> dict[str, Onward]:
    """Where each document goes at its end."""
    ends = ((path, way) for path, out in ways.items() for way in out if way.name == "Redirect")
    return {path: Onward(way.span, way.to) for path, way in ends if way.to is not None}


def _silent_circles(
    documents: Sequence[Opened], ways: dict[str, list[Way]]
) -> Iterator[Diagnostic]:
    """Circles of documents that only redirect, told once each, at the first of them."""
    after: dict[str, Way] = {}
    for opened in documents:
        verbs = running_verbs(opened.document.root) if opened.document is not None else []
        redirects = [way for way in ways[opened.file.path] if way.name == "Redirect"]
        silent = all(verb.tag in (*SILENT, "Redirect") for verb in verbs)
        if silent and redirects and redirects[-1].to is not None:
            after[opened.file.path] = redirects[-1]
    done: set[str] = set()
    for start in sorted(after):
        path: list[str] = []
        at: str | None = start
        while at in after and at not in done and at not in path:
            path.append(at)
            to = after[at].to
            at = to.file.path if to is not None else None
        if at in path:
            ring = path[path.index(at) :]
            way = after[min(ring)]
            others = [Label(after[p].span, "and on from here") for p in sorted(ring)[1:]]
            message = "this goes round in a circle in which the caller hears nothing"
            hint = "say something or pause in it, and think of a way out"
            yield SILENT_LOOP.at(way.span, message, hint=hint, labels=others)
        done.update(path)
