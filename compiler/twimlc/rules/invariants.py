"""Promises about a flow: ``invariants:`` of its file, held against every call that is possible.

Calls and sentences come in, findings go out. A sentence is one of ``_FORMS``. With
``always`` the worst way counts, without it the best. X may be several things: ``A or B``.
"""

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence as Listed
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BAD_INVARIANT, BROKEN_INVARIANT
from twimlc.flow.graph import Context, Node
from twimlc.flow.walks import loops
from twimlc.rules.costs import cheapest, worst
from twimlc.rules.dialing import UnclearError, called
from twimlc.rules.moments import Calls, Fits, Heard, Moment, answered, rings, shortest
from twimlc.rules.paths import told
from twimlc.rules.words import VALUE, heard_in
from twimlc.text import Span, clip
from twimlc.yaml.names import meant, nearest
from twimlc.yaml.tree import Node as Tree, Scalar, Sequence, Template

_LIMIT = re.compile(r"(.+?) within ([0-9]{1,6}) (keys?|words?|seconds?)")
_WHEN = re.compile(r"(.+?) when ([A-Za-z][A-Za-z0-9-]*) is ([^'\"]+)")
_NOBODY = "nobody is hung up on"
_FORMS = (
    "always reaches X",
    "always reaches X within N keys (or words, seconds)",
    'always hears "WORDS"',
    "reaches X within N keys",
    "never reaches X",
    "never dials NUMBER",
    "X before Y",
    "never X before Y",
    _NOBODY,
    "any of these, when CALENDAR is OUTCOME",
)
_NAME = re.compile(r"(?:^|(?<= or ))[a-z][a-z0-9-]*(?= |$)")
_QUOTED = r"""'(?:[^']|(?<=\w)'(?=\w)(?!or['"]))*'|"[^"]*\""""
_BETWEEN = re.compile(rf"{_QUOTED}|( or | before )")


class _Thing(NamedTuple):
    """What a sentence names, and the words of it that are in quotes."""

    fits: Fits
    quoted: tuple[str, ...] = ()


class _Limit(NamedTuple):
    most: int
    measure: str


def check_invariants(
    calls: Calls, flow: str, node: Tree, apology: tuple[Node, ...]
) -> Iterator[Diagnostic]:
    """Findings about the sentences of one flow; ``apology`` is what else its callers may hear."""
    if flow not in calls.graph.starts or not isinstance(node, Sequence):
        return
    for item in node.items:
        if isinstance(item, Scalar) and isinstance(item.value, Template):
            message = "a promise is about every call, and takes no values of one"
            yield BAD_INVARIANT.at(item.span, message, hint=f"write {_listed(_FORMS)}")
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            continue
        sentence = " ".join(item.value.split())
        try:
            yield from _check(_Promise(calls, flow, sentence, item.span, apology))
        except UnclearError as unclear:
            yield BAD_INVARIANT.at(item.span, str(unclear), hint=unclear.hint)


class _Promise(NamedTuple):
    """A sentence, where it stands, and what it is held against."""

    calls: Calls
    flow: str
    sentence: str
    span: Span
    apology: tuple[Node, ...]

    def broken(self, way: str) -> Diagnostic:
        return BROKEN_INVARIANT.at(self.span, f"'{clip(self.sentence)}' does not hold: {way}")

    @property
    def start(self) -> Moment:
        return Moment(self.calls.graph.starts[self.flow])

    def broken_by(
        self, fits: Fits, barred: Collection[Moment] = (), end: str = ""
    ) -> Iterator[Diagnostic]:
        """The finding if a way leads to what fits, past nothing that is barred."""
        found = shortest(self.calls, self.start, fits, barred=barred)
        if found is not None:
            yield self.broken(told(self.calls, found, end))

    def all_that_fit(self, fits: Fits) -> set[Moment]:
        return {moment for moment in self.calls.all_from(self.start) if fits(moment)}


def _where(promise: _Promise, words: str) -> tuple[_Promise, str]:
    """A promise about some calls alone, and the sentence without what says which."""
    found = _WHEN.fullmatch(words)
    if found is None:
        return promise, words
    words, subject, said = found.groups()
    known = promise.calls.answers(promise.start, subject)
    if not known:
        raise UnclearError(f"no step of this flow asks '{subject}'", "name a calendar or parameter")
    wanted = said.split(" or ")
    for each in wanted:
        if each not in known:
            hint = meant(each, known) or f"it can be {', '.join(sorted(known))}"
            raise UnclearError(f"'{subject}' is never '{each}'", hint)
    return promise._replace(calls=promise.calls.where(subject, wanted)), words


def _check(promise: _Promise) -> Iterator[Diagnostic]:
    promise, words = _where(promise, promise.sentence.rstrip("."))
    calls, flow = promise.calls, promise.flow
    word, _, rest = words.partition(" ")
    word = word.lower()
    if re.sub(r"^no[- ]one\b", "nobody", words.lower()).replace(" ever ", " ") == _NOBODY:
        if calls.graph.contexts.get(promise.start.node) is Context.MESSAGE:
            raise UnclearError("a text message has no call to hang up", "delete the sentence")
        yield from promise.broken_by(calls.is_cut_off, end="the call ends without a word")
        return
    if word not in ("always", "never"):
        word, rest = "", words
    verb, _, what = rest.partition(" ")
    if verb == "rings" and not what.startswith("before "):
        verb, what = "reaches", rest
    if word == "never" and verb == "dials" and what:
        yield from _never_dials(promise, what)
    elif verb in ("reaches", "says", "hears") and what and (verb == "reaches" or what[0] in "'\""):
        limit = None
        if (within := _LIMIT.fullmatch(what)) is not None:
            what, limit = within[1], _Limit(int(within[2]), within[3].rstrip("s") + "s")
        thing = _thing(calls, flow, what)
        if word == "never":
            if limit is not None:
                raise UnclearError("'never' takes no limit", f"write {_listed(_FORMS)}")
            found = list(promise.broken_by(thing.fits))
            apology = {text for node in promise.apology for text in heard_in(node.element)}
            if not found and any(q in text.lower() for q in thing.quoted for text in apology):
                found.append(promise.broken("the target's apology says it"))
            yield from found
        else:
            yield from _reaches(promise, thing, word == "always", limit)
    else:
        first, *others = _apart(rest, " before ")
        if len(others) != 1:
            message = f"'{promise.sentence}' is not a promise that can be checked"
            raise UnclearError(message, f"write {_near_forms(word, rest, _names(calls, flow))}")
        second = others[0]
        if word == "never":
            first, second = second, first
        before, after = _thing(calls, flow, first).fits, _thing(calls, flow, second).fits
        yield from promise.broken_by(after, promise.all_that_fit(before))


def _near_forms(word: str, rest: str, names: Listed[str]) -> str:
    """The forms that are nearest to a sentence which has none of them, with the nearest names."""
    verb, _, what = rest.partition(" ")
    dialling = nearest(verb.lower(), ["dial", "dials", "call", "calls", "ring"]) is not None
    if dialling and word == "never":
        return f"never dials {what or '+1900*'}"
    if dialling and word:
        return f"{word} reaches dial"
    if nearest(f"{word} {rest}".strip().lower(), [_NOBODY]) is not None:
        return _NOBODY
    if nearest(verb.lower(), ["reach", "reaches"]) is not None:
        what = _NAME.sub(lambda found: nearest(found[0], names) or found[0], what)
        return f"{word} reaches {what or 'X'}".strip()
    if nearest(verb.lower(), ["hear", "hears", "say", "says"]) is not None:
        return f"{word} hears '{what or 'WORDS'}'".strip()
    return _listed([form for form in _FORMS if form.startswith(word)])


def _listed(forms: Listed[str]) -> str:
    return f"{', '.join(forms[:-1])}, or {forms[-1]}"


def _reaches(
    promise: _Promise, thing: _Thing, always: bool, limit: _Limit | None
) -> Iterator[Diagnostic]:
    calls, start = promise.calls, promise.start
    if always:
        barred = promise.all_that_fit(thing.fits)
        ended = list(promise.broken_by(calls.is_end, barred)) or list(_caught(promise, barred))
        yield from ended
        if ended:
            return
    elif shortest(calls, start, thing.fits) is None:
        yield promise.broken("no path leads there")
        return
    if limit is None:
        return
    measure, quoted = limit.measure, thing.quoted
    if always:
        found = worst(calls, start, thing.fits, measure, quoted=quoted, queue=math.inf)
    else:
        found = cheapest(calls, start, thing.fits, measure, quoted=quoted)
    if found is None or (spent := getattr(found[0], measure)) <= limit.most:
        return
    amount = f"{math.ceil(spent)} {measure}" if math.isfinite(spent) else "any time"
    yield promise.broken(
        f"it {'may take' if always else 'takes'} {amount}: {told(calls, found[1])}"
    )


def _caught(promise: _Promise, barred: Collection[Moment]) -> Iterator[Diagnostic]:
    """A loop in which a caller who does nothing stays forever, without what was promised."""
    calls = promise.calls
    stays = {m for m in calls.all_from(promise.start) if m not in barred and calls.is_on_call(m)}
    stays = {moment for loop in loops(stays, calls.without_keys) for moment in loop}
    found = shortest(calls, promise.start, lambda moment: moment in stays, barred=barred)
    if found is None:
        return
    way, seen = [*found], set()
    while (way[-1].node, way[-1].left) not in seen:
        seen.add((way[-1].node, way[-1].left))
        way.append(next(m for m in calls.without_keys(way[-1]) if m in stays))
    yield promise.broken(f"{told(calls, tuple(way))}, and so on in an endless loop")


def _never_dials(promise: _Promise, what: str) -> Iterator[Diagnostic]:
    """The finding if such a number is dialed: on the caller's line, or on a called one."""
    calls, numbers = promise.calls, called(what)
    starts = [promise.start]
    for start in starts:
        way = shortest(calls, start, lambda m: any(numbers(calls.node(m).element)))
        if way is not None:
            known = any(VALUE not in text for text in numbers(calls.node(way[-1]).element))
            end = "" if known else f"a value of the call is dialed, which may be {what}"
            yield promise.broken(told(calls, way, end))
            return
        passed = {moment.node for moment in calls.all_from(start)}
        legs = (r for r in calls.graph.roots if r.context is Context.LEG and r.origin in passed)
        starts += {Moment(leg.node): None for leg in legs if Moment(leg.node) not in starts}


def _apart(text: str, word: str) -> list[str]:
    """The parts of a sentence between words like this one; none of them in quotes."""
    return _BETWEEN.sub(lambda f: "\n" if f[1] == word else f[0], text).split("\n")


def _thing(calls: Calls, flow: str, what: str) -> _Thing:
    """What a sentence names: one thing, or several with ``or`` between them."""
    each = [_one(calls, flow, part) for part in dict.fromkeys(_apart(what, " or "))]
    quoted = tuple(words for thing in each for words in thing.quoted)
    return _Thing(lambda moment: any(thing.fits(moment) for thing in each), quoted)


def _one(calls: Calls, flow: str, what: str) -> _Thing:
    """A state, a verb, words in quotes, or one of a few plain words."""
    graph = calls.graph

    def begins(fits: Callable[[Node], bool], *quoted: str) -> _Thing:
        return _Thing(lambda moment: not moment.left and fits(calls.node(moment)), quoted)

    words = " ".join(what[1:-1].lower().split())
    if re.fullmatch(_QUOTED, what) and words:
        return begins(lambda n: any(words in text.lower() for text in heard_in(n.element)), words)
    states = {key.name for key in graph.states(flow)}
    other, _, place = what.rpartition("/")
    if place in ({key.name for key in graph.states(other)} if other else states):
        own = other or flow
        start = Moment(graph.starts[flow])

        def gets_there(moment: Moment) -> bool:
            node = calls.node(moment)
            keys = node.passes.get(moment.left, ()) if moment.left else (node.state,)
            begin = graph.passed.get(flow, ()) if moment == start else ()
            return any(key.flow == own and key.within(place) for key in (*keys, *begin))

        return _Thing(gets_there)
    if what in _PLAIN:
        fits = _PLAIN[what]
        return _Thing(lambda moment: fits(calls.node(moment), moment))
    verbs = {spec.key: spec.tag for spec in vocabulary.verbs("voice").values()}
    if what in verbs:
        return begins(lambda node: node.tag == verbs[what])
    quoted = f"words that are said need quotes of their own, inside those of YAML: \"'{what}' …\""
    message = f"unknown name '{what}'"
    if any(what.lower() in text.lower() for node in graph.nodes for text in heard_in(node.element)):
        raise UnclearError(message, quoted)
    known = f"it can be a state, a verb, {', '.join(_PLAIN)}, or words in quotes;"
    raise UnclearError(message, f"{meant(what, _names(calls, flow)) or known} {quoted}")


def _names(calls: Calls, flow: str) -> list[str]:
    """What a sentence can name without quotes."""
    verbs = (spec.key for spec in vocabulary.verbs("voice").values())
    return [*sorted(key.name for key in calls.graph.states(flow)), *_PLAIN, *verbs]


def _is_voicemail(node: Node, moment: Moment) -> bool:
    """A recording that begins, and that words have announced."""
    return node.does.records and not moment.left and moment.heard in (Heard.WORDS, Heard.QUESTION)


_PLAIN: dict[str, Callable[[Node, Moment], bool]] = {
    "menu": lambda node, moment: node.title == "menu" and not moment.left,
    "offer": lambda node, moment: node.title == "offer" and not moment.left,
    "hunt": lambda node, moment: node.title == "hunt" and not moment.left,
    "rings": lambda node, moment: not moment.left and rings(node.element) > 0,
    "human": lambda node, moment: moment.left in answered(node.element),
    "connected": lambda node, moment: moment.left in answered(node.element, people=False),
    "voicemail": _is_voicemail,
    "hangup": lambda node, moment: not moment.left and node.is_over,
}
