"""Call scripts are read: a file's tree comes in; a :class:`Script` and findings go out.

The shape was checked against the published schema before; here the words are looked at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from twimlc.callscripts import expected
from twimlc.callscripts.far_end import CONNECT_NAMES
from twimlc.callscripts.model import (
    Act,
    Answer,
    Asked,
    CallScript,
    Expectation,
    Expected,
    Script,
    Wish,
)
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.scripts import (
    BAD_CALL_SCRIPT,
    BAD_CALLER_ACT,
    UNKNOWN_SCRIPT_OUTCOME,
)
from twimlc.schema.check import check_script
from twimlc.schema.script_file import CONNECT_WORDS, DIAL_WORDS, ROOM_WORDS, outcome_words
from twimlc.source import tree as t
from twimlc.source.reader import read_yaml
from twimlc.source.respell import hint_and_fix
from twimlc.text import SourceFile, Span

_KEYS = re.compile(r"[0-9*#]{1,64}")
_ACTS = ("silence", "speak", "hangup")

_CONNECT_MORE = ("over", "completed", "handoff", "live-agent-handoff")


def read_script(file: SourceFile, stem: str) -> tuple[Script | None, list[Diagnostic]]:
    """The calls of a file called ``stem``; None if there is no use in playing them."""
    node, findings = read_yaml(file)
    findings = list(findings)
    if node is None or any(f.is_error for f in findings):
        return None, findings
    if not isinstance(node, t.Mapping):
        message = "a call script is a map that holds 'calls:'"
        span = node.span if not t.is_empty(node) else Span(file, 0, 0)
        return None, [*findings, BAD_CALL_SCRIPT.at(span, message)]
    findings += check_script(node)
    if any(f.is_error for f in findings):
        return None, findings
    reader = _Reader(findings)
    script = reader.script(node, file, stem)
    return (None if any(f.is_error for f in findings) else script), findings


def texts(node: t.Node | None) -> Iterator[t.Scalar]:
    """The scalars of a list, or the one that stands in its place."""
    if isinstance(node, t.Sequence):
        yield from (item for item in node.items if isinstance(item, t.Scalar))
    elif isinstance(node, t.Scalar) and not t.is_empty(node):
        yield node


class _Reader:
    def __init__(self, findings: list[Diagnostic]) -> None:
        self.findings = findings

    def script(self, node: t.Mapping, file: SourceFile, stem: str) -> Script:
        named = {key: node.entry(key) for key in ("flow", "documents", "entry", "url")}
        given = {
            key: entry.value.text
            for key, entry in named.items()
            if entry and isinstance(entry.value, t.Scalar) and not t.is_empty(entry.value)
        }
        documents = named["documents"]
        if documents is not None and "documents" in given and "flow" in given:
            message = "this script has both 'flow' and 'documents', which is one too many"
            self.findings.append(BAD_CALL_SCRIPT.at(documents.key_span, message))
        for key in ("entry", "url"):
            entry = named[key]
            if entry is not None and key in given and "documents" not in given:
                message = f"'{key}' is for 'documents:', and this script is about a flow"
                self.findings.append(BAD_CALL_SCRIPT.at(entry.key_span, message))
        about = named["documents" if "documents" in given else "flow"]
        span = about.value.span if about and not t.is_empty(about.value) else Span(file, 0, 0)
        listed = node.get("calls")
        calls = listed.items if isinstance(listed, t.Sequence) else ()
        return Script(
            file,
            given.get("flow", stem),
            span,
            tuple(self._calls(calls)),
            given.get("documents"),
            given.get("entry", "index.xml"),
            given.get("url"),
            tuple(item.text for item in texts(node.get("row"))),
        )

    def _calls(self, items: Sequence[t.Node]) -> Iterator[CallScript]:
        known: set[str] = set()
        for item in items:
            if not isinstance(item, t.Mapping):
                continue
            entry = item.entry("name")
            assert entry is not None, "the schema requires it"
            name = entry.value.text.strip() if isinstance(entry.value, t.Scalar) else ""
            if not name:
                self.findings.append(BAD_CALL_SCRIPT.at(entry.key_span, "a call needs a name"))
            elif name in known:
                message = f"two calls of this file are called '{name}'"
                self.findings.append(BAD_CALL_SCRIPT.at(entry.value.span, message))
            known.add(name)
            yield self._call(item, name, entry.value.span)

    def _call(self, item: t.Mapping, name: str, span: Span) -> CallScript:
        parameters: dict[str, str] = {}
        for key, parameter in (("from", "From"), ("to", "To")):
            for scalar in texts(item.get(key)):
                parameters[parameter] = scalar.text
        params = item.get("params")
        for entry in params if isinstance(params, t.Mapping) else ():
            if isinstance(entry.value, t.Scalar):
                parameters[entry.key] = "" if t.is_empty(entry.value) else entry.value.text
        answers: dict[Asked, tuple[Answer, ...]] = {}
        spans: dict[Asked, Span] = {}
        for kind, words in _words().items():
            self._answers(item.get(kind), kind, words, answers, spans)
        caller = item.get("caller")
        acts = caller.items if isinstance(caller, t.Sequence) else ()
        expect = item.entry("expect")
        return CallScript(
            name,
            span,
            parameters,
            answers,
            spans,
            tuple(act for node in acts if (act := self._act(node)) is not None),
            self._expectation(expect) if expect and not t.is_empty(expect.value) else None,
            tuple((item.text, item.span) for item in texts(item.get("targets"))),
        )

    def _answers(
        self,
        node: t.Node | None,
        kind: str,
        words: tuple[str, ...],
        answers: dict[Asked, tuple[Answer, ...]],
        spans: dict[Asked, Span],
    ) -> None:
        if node is None or t.is_empty(node):
            return
        if kind in ("pay", "refer"):
            answers[kind, ""] = self._visits(node, kind, words)
            spans[kind, ""] = node.span
        elif isinstance(node, t.Mapping):
            for entry in node:
                name = CONNECT_NAMES.get(entry.key, entry.key) if kind == "connect" else entry.key
                answers[kind, name] = self._visits(entry.value, kind, words)
                spans[kind, name] = entry.key_span

    def _visits(self, node: t.Node, kind: str, words: tuple[str, ...]) -> tuple[Answer, ...]:
        items = node.items if isinstance(node, t.Sequence) else (node,)
        found = (self._answer(item, kind, words) for item in items)
        return tuple(answer for answer in found if answer is not None)

    def _answer(self, node: t.Node, kind: str, words: tuple[str, ...]) -> Answer | None:
        if isinstance(node, t.Scalar):
            return self._outcome(node.text, node.span, kind, words)
        if isinstance(node, t.Mapping) and len(node) == 1:
            entry = node.entries[0]
            answer = self._outcome(entry.key, entry.key_span, kind, words)
            if answer is None:
                return None
            if kind == "rooms":
                ends = isinstance(entry.value, t.Scalar) and entry.value.text == "hangup"
                if answer.outcome == "open" and ends:
                    return Answer("hangup", span=entry.key_span)
                message = "a room is open, closed, or {open: hangup}"
                self.findings.append(UNKNOWN_SCRIPT_OUTCOME.at(node.span, message))
                return None
            return self._more(answer, entry)
        shown = f"one of {', '.join(words)}, or a map of one of them and what goes with it"
        message = f"what happens here is {shown}"
        self.findings.append(UNKNOWN_SCRIPT_OUTCOME.at(node.span, message))
        return None

    def _more(self, answer: Answer, entry: t.Entry) -> Answer:
        """What goes with an outcome: the acts of whoever is there, or parameters."""
        value = entry.value
        if isinstance(value, t.Mapping):
            told = {e.key: e.value.text for e in value if isinstance(e.value, t.Scalar)}
            return Answer(answer.outcome, told=told, span=answer.span)
        items = value.items if isinstance(value, t.Sequence) else (value,)
        acts = tuple(act for item in items if (act := self._act(item)) is not None)
        return Answer(answer.outcome, acts, span=answer.span)

    def _outcome(self, word: str, span: Span, kind: str, words: tuple[str, ...]) -> Answer | None:
        if word in words or (kind == "connect" and word in _CONNECT_MORE):
            return Answer(word, span=span)
        noun = {
            "rooms": "a room",
            "dial": "somebody who is dialled",
            "queue": "waiting in a queue",
            "connect": "a connection",
            "pay": "a payment",
            "refer": "a transfer",
        }[kind]
        message = f"'{word}' is nothing that {noun} can come to; there are {', '.join(words)}"
        hint, fix = hint_and_fix(span, word, words)
        self.findings.append(UNKNOWN_SCRIPT_OUTCOME.at(span, message, hint=hint, fix=fix))
        return None

    def _act(self, node: t.Node) -> Act | None:
        if isinstance(node, t.Mapping):
            entry = node.entry("say")
            if entry is not None and isinstance(entry.value, t.Scalar):
                return Act("speech", " ".join(entry.value.text.split()), node.span)
        if isinstance(node, t.Scalar):
            if node.text in _ACTS:
                return Act(node.text, span=node.span)
            if _KEYS.fullmatch(node.text):
                return Act("keys", node.text, node.span)
        shown = f"'{node.text}'" if isinstance(node, t.Scalar) else "this"
        message = f"{shown} is nothing that a caller does"
        hint = 'there are keys such as "1", silence, {say: words}, speak and hangup'
        fix = None
        if isinstance(node, t.Scalar) and not t.is_empty(node):
            near, fix = hint_and_fix(node.span, node.text, _ACTS)
            hint = near or f"to speak words, write {{say: {node.text}}}"
        self.findings.append(BAD_CALLER_ACT.at(node.span, message, hint=hint, fix=fix))
        return None

    def _expectation(self, entry: t.Entry) -> Expectation:
        node, span = entry.value, entry.key_span
        if not isinstance(node, t.Mapping):
            return Expectation(span, events=self._events(node))
        last = self._events(node.get("last"))
        whole = node.get("events")
        return Expectation(
            span,
            events=None if whole is None else self._events(whole),
            last=last[0] if last else None,
            hears=self._events(node.get("hears")),
            never=self._events(node.get("never")),
            reaches=tuple(Wish(item.text, item.span) for item in texts(node.get("reaches"))),
            avoids=tuple(Wish(item.text, item.span) for item in texts(node.get("avoids"))),
            called=tuple(self._lists(node.get("called"))),
            waiting=tuple(self._lists(node.get("waiting"))),
        )

    def _lists(self, node: t.Node | None) -> Iterator[tuple[str, tuple[Expected, ...]]]:
        for entry in node if isinstance(node, t.Mapping) else ():
            yield entry.key, self._events(entry.value)

    def _events(self, node: t.Node | None) -> tuple[Expected, ...]:
        if node is None or t.is_empty(node):
            return ()
        items = node.items if isinstance(node, t.Sequence) else (node,)
        found = [expected.read_event(item, self.findings) for item in items]
        return tuple(event for event in found if event is not None)


def _words() -> Mapping[str, tuple[str, ...]]:
    return {
        "rooms": ROOM_WORDS,
        "dial": DIAL_WORDS,
        "queue": outcome_words("Enqueue"),
        "connect": CONNECT_WORDS,
        "pay": outcome_words("Pay"),
        "refer": outcome_words("Refer"),
    }
