"""Call scripts are read: a file's tree comes in; a :class:`Script` and findings go out.

The shape was checked against the published schema before; here the words are looked at.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from twimlc import vocabulary
from twimlc.calls import expected
from twimlc.calls.script import (
    CONNECT_NAMES,
    Answer,
    Asked,
    CallerInput,
    CallScript,
    Expectation,
    Expected,
    Script,
)
from twimlc.findings import rules
from twimlc.findings.diagnostic import Diagnostic
from twimlc.formats.format import At
from twimlc.formats.script_file import SCRIPT
from twimlc.text import SourceFile, Span
from twimlc.values.expansion import Expansion
from twimlc.values.expression import mentioned
from twimlc.values.scope import ExpressionContext, Scope
from twimlc.yaml import tree as t
from twimlc.yaml.names import hint_and_fix, unknown
from twimlc.yaml.reader import read_yaml

ALL = "all"
"""Instead of the names of rows: every one."""

Columns = Mapping[str, t.Node]
"""What a row of the matrix holds."""

_KEYS = re.compile(r"[0-9*#]{1,64}")
_ACTS = ("silence", "speak", "hangup")


def read_script(file: SourceFile, stem: str) -> tuple[Script | None, list[Diagnostic]]:
    """The calls of a file called ``stem``; None if there is no use in playing them."""
    node, findings = read_yaml(file)
    findings = list(findings)
    if any(f.is_error for f in findings):
        return None, findings
    if not isinstance(node, t.Mapping):
        message = "a call script is a map that holds 'calls:'"
        span = Span(file, 0, 0) if node is None or t.is_empty(node) else node.span
        return None, [*findings, rules.BAD_CALL_SCRIPT.at(span, message)]
    misshapen: list[Diagnostic] = []
    said = SCRIPT.read(At(node, node, misshapen))
    findings += sorted(misshapen, key=lambda finding: finding.span.start)
    if any(f.is_error for f in findings):
        return None, findings
    script, faults = _without_calls(node, said, file, stem)
    findings += faults
    if "${" in file.text:
        return replace(script, tree=node), findings
    script = replace(script, calls=read_calls(node, findings))
    return (None if any(f.is_error for f in findings) else script), findings


def read_calls(node: t.Mapping, findings: list[Diagnostic]) -> tuple[CallScript, ...]:
    """The calls of a script of which nothing is left to be filled in."""
    items, read = node.get("calls"), SCRIPT.read(At(node, node, [])).get("calls", ())
    reader, known = _Reader(findings), set[str]()
    calls: list[CallScript] = []
    for item, said in zip(items if isinstance(items, t.Sequence) else (), read, strict=True):
        assert isinstance(item, t.Mapping), "the rows ask for it"
        name = said["name"].text.strip() if "name" in said else ""
        if not name:
            findings.append(_at_key(item, "name", "a call needs a name"))
        elif name in known:
            message = f"two calls of this file are called '{name}'"
            findings.append(rules.BAD_CALL_SCRIPT.at(said["name"].span, message))
        known.add(name)
        calls.append(reader.call(item, said, name))
    return tuple(calls)


def _without_calls(
    node: t.Mapping, said: Mapping[str, Any], file: SourceFile, stem: str
) -> tuple[Script, list[Diagnostic]]:
    """What a script is about, and what is wrong with that."""
    given = {key: said[key].text for key in ("flow", "documents", "entry", "url") if key in said}
    findings = []
    if "documents" in given and "flow" in given:
        message = "this script has both 'flow' and 'documents'"
        findings.append(_at_key(node, "documents", message))
    for key in ("entry", "url"):
        if key in given and "documents" not in given:
            message = f"'{key}' is for 'documents:', and this script is about a flow"
            findings.append(_at_key(node, key, message))
    about = said.get("documents", said.get("flow"))
    script = Script(
        file,
        given.get("flow", stem),
        Span(file, 0, 0) if about is None else about.span,
        (),
        given.get("documents"),
        given.get("entry", "index.xml"),
        given.get("url"),
        said.get("row", ()),
        tuple(row for call in said.get("calls", ()) for row in call.get("row", ())),
    )
    return script, findings


def _at_key(node: t.Mapping, key: str, message: str) -> Diagnostic:
    entry = node.entry(key)
    assert entry is not None, "it was read"
    return rules.BAD_CALL_SCRIPT.at(entry.key_span, message)


def calls_in_row(
    script: Script, row: str, columns: Columns | None, *, whole: bool
) -> tuple[tuple[CallScript, ...], list[Diagnostic]]:
    """The calls with the columns of a row in them, without those that are for other rows.

    ``whole`` says that the script is for the row, ``columns`` is None where the flow has no rows.
    Values of the call stay as they are typed.
    """
    calls, findings = script.calls, list[Diagnostic]()
    if script.tree is not None:
        node = script.tree.get("calls")
        if columns is not None and node is not None:
            cells = {name: cell for name, cell in columns.items() if isinstance(cell, t.Scalar)}
            expansion = Expansion(ExpressionContext(script.flow, "", cells))
            findings = expansion.findings
            node = _filled(node, expansion, Scope(expansion.around, columns))
        entries = (replace(e, value=node) if e.key == "calls" and node else e for e in script.tree)
        if not any(finding.is_error for finding in findings):
            calls = read_calls(t.Mapping(tuple(entries), script.tree.span), findings)
    names = {row, ALL}
    wanted = (c for c in calls if (names & {name.text for name in c.rows} if c.rows else whole))
    return tuple(wanted), findings


def _filled(node: t.Node, expansion: Expansion, scope: Scope) -> t.Node:
    match node:
        case t.Sequence(items=items):
            return replace(node, items=tuple(_filled(item, expansion, scope) for item in items))
        case t.Mapping(entries=entries):
            return replace(node, entries=tuple(_entry(e, expansion, scope) for e in entries))
    return _text(node, expansion, scope)


def _entry(entry: t.Entry, expansion: Expansion, scope: Scope) -> t.Entry:
    key = _text(t.Scalar(entry.key, entry.key, entry.key_span), expansion, scope)
    return replace(entry, key=key.text, value=_filled(entry.value, expansion, scope))


def _text(node: t.Scalar, expansion: Expansion, scope: Scope) -> t.Scalar:
    found = expansion.expand(node, scope)
    if "target" in mentioned(node) - scope.names.keys():
        message = "'target' is not known here: a call is the same for every target"
        expansion.report(rules.UNKNOWN_NAME, node.span, message)
    if not isinstance(found, t.Scalar):
        return node
    if isinstance(found.value, t.Template):
        text = found.value.written("${call.NAME}")
        return replace(node, value=text, text=text)
    return found


class _Reader:
    def __init__(self, findings: list[Diagnostic]) -> None:
        self.findings = findings

    def call(self, item: t.Mapping, said: Mapping[str, Any], name: str) -> CallScript:
        """One call; ``said`` is what its rows read."""
        parameters = {key.title(): said[key].text for key in ("from", "to") if key in said}
        for key, value in said.get("params", {}).items():
            parameters[key] = "" if value is None else value.text
        found = [*self._answers(item)]
        expect = item.entry("expect")
        return CallScript(
            name,
            said["name"].span if "name" in said else item.span,
            parameters,
            {asked: answers for asked, answers, _ in found},
            {asked: span for asked, _, span in found},
            self._acts(t.items_of(item.get("caller"))),
            self._expectation(expect, said["expect"]) if expect and "expect" in said else None,
            said.get("targets", ()),
            said.get("row", ()),
            said.get("at"),
            said.get("hours", {}),
            t.key_spans(item.get("hours")),
        )

    def _answers(self, item: t.Mapping) -> Iterator[tuple[Asked, tuple[Answer, ...], Span]]:
        for kind, words in vocabulary.answer_words().items():
            node = item.get(kind)
            named = vocabulary.answered_by_name(vocabulary.scripted()[kind])
            if isinstance(node, t.Mapping) and named:
                for entry in node:
                    name = CONNECT_NAMES.get(entry.key, entry.key)
                    asked = (kind, name if kind == "connect" else entry.key)
                    yield asked, self._visits(entry.value, kind, words), entry.key_span
            elif node is not None and not t.is_empty(node):
                yield (kind, ""), self._visits(node, kind, words), node.span

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
                self.findings.append(rules.UNKNOWN_SCRIPT_OUTCOME.at(node.span, message))
                return None
            return self._more(answer, entry)
        shown = f"one of {', '.join(words)}, or a map of one of them and what goes with it"
        message = f"what happens here is {shown}"
        self.findings.append(rules.UNKNOWN_SCRIPT_OUTCOME.at(node.span, message))
        return None

    def _more(self, answer: Answer, entry: t.Entry) -> Answer:
        """What goes with an outcome: the acts of whoever is there, or parameters."""
        value = entry.value
        if isinstance(value, t.Mapping):
            sent = {e.key: e.value.text for e in value if isinstance(e.value, t.Scalar)}
            return replace(answer, sent=sent)
        acts = self._acts(value if isinstance(value, t.Sequence) else (value,))
        return replace(answer, acts=acts)

    def _acts(self, nodes: Iterable[t.Node]) -> tuple[CallerInput, ...]:
        return tuple(act for node in nodes if (act := self._act(node)) is not None)

    def _outcome(self, word: str, span: Span, kind: str, words: tuple[str, ...]) -> Answer | None:
        rows = vocabulary.scripted()[kind]
        outcomes = [name for row in rows[1:] if row.outcomes for name in row.outcomes.names]
        if word in words or word in outcomes:
            return Answer(word, span=span)
        what = rows[0].script.what if rows[0].script is not None else kind
        message = f"'{word}' is not how {what} ends; it ends as {', '.join(words)}"
        self.findings.append(unknown(rules.UNKNOWN_SCRIPT_OUTCOME, span, word, words, message))
        return None

    def _act(self, node: t.Node) -> CallerInput | None:
        if isinstance(node, t.Mapping):
            entry = node.entry("say")
            if entry is not None and isinstance(entry.value, t.Scalar):
                return CallerInput("speech", " ".join(entry.value.text.split()), node.span)
        if isinstance(node, t.Scalar):
            if node.text in _ACTS:
                return CallerInput(node.text, span=node.span)
            if _KEYS.fullmatch(node.text):
                return CallerInput("keys", node.text, node.span)
        shown = f"'{node.text}'" if isinstance(node, t.Scalar) else "this"
        message = f"{shown} is not something a caller does"
        hint = 'there are keys such as "1", silence, {say: words}, speak and hangup'
        fix = None
        if isinstance(node, t.Scalar) and not t.is_empty(node):
            near, fix = hint_and_fix(node.span, node.text, _ACTS)
            hint = near or f"to speak words, write {{say: {node.text}}}"
        self.findings.append(rules.BAD_CALLER_ACT.at(node.span, message, hint=hint, fix=fix))
        return None

    def _expectation(self, entry: t.Entry, said: Mapping[str, Any]) -> Expectation:
        body = entry.value
        silent = isinstance(body, t.Mapping) and body.get("events") is not None
        events = self._events(said.get("events", ()))
        return Expectation(
            entry.key_span,
            events=events if silent or "events" in said else None,
            last=next(iter(self._events([said["last"]] if "last" in said else ())), None),
            hears=self._events(said.get("hears", ())),
            never=self._events(said.get("never", ())),
            reaches=said.get("reaches", ()),
            avoids=said.get("avoids", ()),
            called=self._lists(said.get("called", {})),
            waiting=self._lists(said.get("waiting", {})),
        )

    def _lists(
        self, said: Mapping[str, Iterable[t.Node] | None]
    ) -> tuple[tuple[str, tuple[Expected, ...]], ...]:
        return tuple((name, self._events(nodes or ())) for name, nodes in said.items())

    def _events(self, nodes: Iterable[t.Node]) -> tuple[Expected, ...]:
        events = (expected.read_event(node, self.findings) for node in nodes)
        return tuple(event for event in events if event is not None)
