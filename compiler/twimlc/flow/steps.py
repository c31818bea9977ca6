"""Lists of steps, from the expanded tree to the model.

A list and the scope it stands in come in; steps go out. Faults of shape were reported by the
schema already, so what does not look like a step is passed over here.
"""

from collections.abc import Iterable
from dataclasses import replace

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.flow import ONE_WAY_OUT, RETURN_OUTSIDE, UNKNOWN_OUTCOME
from twimlc.diagnostics.rules.names import UNKNOWN_ALLOW
from twimlc.diagnostics.rules.shape import MISSING_KEY
from twimlc.diagnostics.rules.twiml import ACTION_OWNED, NOT_ALLOWED_INSIDE
from twimlc.flow.address_faults import is_address
from twimlc.flow.blocks import OWNED, BlockReader, Common, with_attribute
from twimlc.flow.elements import ElementReader, Surroundings
from twimlc.flow.markup import parse_twiml
from twimlc.flow.model import (
    NO_BRANCHES,
    Branches,
    Element,
    Goto,
    Kind,
    Perform,
    Return,
    State,
    StateKey,
    StateLink,
    Step,
    Target,
    ToState,
    Use,
)
from twimlc.flow.names import Scope
from twimlc.flow.targets import TargetReader, name_of
from twimlc.source.names import nearest
from twimlc.source.respell import respell
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, is_empty
from twimlc.text import Span

SIDE_KEYS = frozenset({"then", "when", "fallback", "if", "each", "as", "with", "allow", "note"})
ALLOWANCES = ("fallback-after-answer", "caller-chosen-number")
_ALWAYS_ASKED = ("Gather", "Record", "Pay")


class StepReader:
    """Reads the steps of one flow. ``lists`` collects the lists that are given as URLs."""

    def __init__(self, kind: Kind, flow: str, defaults: "dict[str, tuple[Entry, ...]]") -> None:
        self.kind = kind
        self.flow = flow
        self.findings: list[Diagnostic] = []
        self.lists: dict[StateKey, State] = {}
        self.scope: Scope | None = None
        self.home = ""
        self.elements = ElementReader(
            Surroundings(kind, flow, self.link, lambda name: defaults.get(name, ()), self.report)
        )
        self.targets = TargetReader(self.report, self.steps)
        self.blocks = BlockReader(self.elements, self.targets)
        self.returns: list[set[str]] = []  # what each component being read returns as
        self._made = 0

    def report(self, found: Iterable[Diagnostic]) -> None:
        self.findings += found

    def state(self, key: StateKey, node: Node, span: Span, scope: Scope) -> State:
        """A state with the steps of ``node``."""
        self.home = key.home
        steps = self.steps(node, scope) if isinstance(node, Sequence) else ()
        return State(key, steps, span)

    def steps(self, node: Sequence, scope: Scope) -> tuple[Step, ...]:
        """The steps of a list, blocks lowered."""
        before, self.scope = self.scope, scope
        steps: list[Step] = []
        for item in node.items:
            steps += self._step(item, scope)
        self.scope = before
        return tuple(steps)

    def link(self, node: Node) -> StateLink | None:
        """The state that a URL attribute means: a name, or a list that becomes a state."""
        scope = self.scope
        assert scope is not None
        if isinstance(node, Scalar):
            key, found = scope.resolve(node)
            self.report(found)
            return StateLink(key, scope.is_entry(key, node)) if key else None
        if not isinstance(node, Sequence):
            return None
        self._made += 1
        key = StateKey(self.flow, f"{self.home}~{self._made}", self.home)
        self.lists[key] = State(key, self.steps(node, scope), node.span)
        return StateLink(key)

    def _step(self, item: Node, scope: Scope) -> list[Step]:
        if isinstance(item, Scalar):
            name = name_of(item)
            if name is None or item.value is None:
                return []
            nothing = Scalar(None, "", item.span)
            item = Mapping((Entry(name, item.span, nothing),), item.span)
        if not isinstance(item, Mapping):
            return []
        verbs = [entry for entry in item.entries if entry.key not in SIDE_KEYS]
        if len(verbs) != 1:
            return []
        return self._verb(verbs[0], item, scope)

    def _common(self, step: Mapping) -> Common:
        names: set[str] = set()
        allow = step.get("allow")
        nodes = allow.items if isinstance(allow, Sequence) else () if is_empty(allow) else (allow,)
        for node in nodes:
            name = name_of(node)
            if name is None:
                continue
            if name not in ALLOWANCES and node is not None:
                close = nearest(name, ALLOWANCES)
                hint = (
                    f"did you mean '{close}'?" if close else f"there are {' and '.join(ALLOWANCES)}"
                )
                message = f"no approximation is called '{name}'"
                fix = respell(node.span, name, ALLOWANCES)
                self.report([UNKNOWN_ALLOW.at(node.span, message, hint=hint, fix=fix)])
            names.add(name)
        return Common(frozenset(names), name_of(step.get("note")))

    def _verb(self, verb: Entry, step: Mapping, scope: Scope) -> list[Step]:
        key, node = verb.key, verb.value
        span = Span(verb.key_span.file, verb.key_span.start, verb.key_span.end, verb.key_span.via)
        common = self._common(step)
        voice = self.kind is Kind.VOICE
        match key:
            case "goto":
                target = self.targets.named("goto", node, span, scope)
                self._no_branches(step, "goto")
                return [Goto(target, span, common.note)] if target else []
            case "use":
                return self._use(node, step, span, scope, common)
            case "return":
                return self._return(node, span, scope)
            case "menu" if voice:
                return self.blocks.menu(node, step, span, scope, common)
            case "offer" if voice:
                return self.blocks.offer(node, step, span, scope, common)
            case "voicemail" if voice:
                return self.blocks.voicemail(node, step, span, scope, common)
            case "hunt" if voice:
                return self.blocks.hunt(node, step, span, scope, common)
            case "twiml":
                elements, found = parse_twiml(node, self.kind.value)
                self.report(found)
                self._no_branches(step, "twiml")
                return [
                    Perform(e, NO_BRANCHES, span, "twiml", common.allow, common.note)
                    for e in elements
                ]
            case "redirect" if (named := self._jump(node)) is not None:
                state = named if isinstance(named, Scalar) else None
                target = self.targets.target(state, scope) if state else self._again(span)
                self._no_branches(step, "redirect")
                return [Goto(target, span, common.note)] if target else []
        element = self.elements.verb(key, node)
        if element is None:
            if not voice and vocabulary.element_by_key("voice", None, key) is not None:
                message = f"a messaging flow has no {key}"
                hint = "it has message, redirect, goto and use"
                codes = (14110, 12200)
                self.report([NOT_ALLOWED_INSIDE.at(span, message, hint=hint, twilio=codes)])
            elif voice and vocabulary.element_by_key("messaging", None, key) is not None:
                message = f"a voice flow has no {key}"
                hint = "write kind: messaging at the top of a flow that answers messages"
                self.report([NOT_ALLOWED_INSIDE.at(span, message, hint=hint, twilio=(12200,))])
            return []
        return [self._perform(element, key, step, span, scope, common)]

    def _jump(self, node: Node) -> "Scalar | str | None":
        """The state a redirect names ('' for the current document); None for an address."""
        url = node.get("url") if isinstance(node, Mapping) else node
        if is_empty(url) or (isinstance(url, Scalar) and url.value == ""):
            return ""
        if isinstance(url, Scalar) and isinstance(url.value, (str, int, bool)):
            text = url.value if isinstance(url.value, str) else url.text
            return None if is_address(text) else url
        return None

    def _again(self, span: Span) -> Target:
        """An empty address asks for the current document: the state it stands in."""
        return ToState(StateKey(self.flow, self.home, self.home), span)

    def _no_branches(self, step: Mapping, title: str) -> None:
        empty = Element("", None, (), (), step.span)
        self.targets.branches(step, empty, title, self._here())

    def _here(self) -> Scope:
        assert self.scope is not None
        return self.scope

    def _perform(
        self, element: Element, title: str, step: Mapping, span: Span, scope: Scope, common: Common
    ) -> Perform:
        element = replace(element, span=span)
        branches = self.targets.branches(step, element, title, scope)
        element, branches = self._actions(element, branches, title, span)
        hash_is_key = element.tag == "Gather" and any("#" in keys for keys in branches.keys)
        if hash_is_key and element.get("finishOnKey") is None:
            element = with_attribute(element, "finishOnKey", "")
        return Perform(element, branches, span, title, common.allow, common.note)

    def _actions(
        self, element: Element, branches: Branches, title: str, span: Span
    ) -> tuple[Element, Branches]:
        """Who writes the action: the author, or the compiler."""
        if element.spec is None or not element.spec.action:
            return element, branches
        action = element.get("action")
        branched = any(True for _ in branches.targets())
        owned = branched or (
            action is None
            and (
                element.tag in _ALWAYS_ASKED
                or any(c.tag == "VirtualAgent" for c in element.elements())
            )
        )
        if action is not None and not branched:
            if isinstance(action.value, StateLink):
                to: Target = ToState(action.value.state, action.span, action.value.entry)
            elif action.value == "":
                to = self._again(action.span)
            else:
                return element, branches
            kept = tuple(a for a in element.attributes if a.name not in OWNED)
            whole = None if element.tag == "Gather" else to
            return replace(element, attributes=kept), Branches(then=to, fallback=whole)
        for name in OWNED:
            found = element.get(name)
            if found is not None and (owned or name == "action"):
                message = f"{name} is written by the compiler for this {title}"
                hint = (
                    "say where the call goes with then, when and fallback, or with an action alone"
                    if branched
                    else "leave it out, or give an action of your own"
                )
                self.report([ACTION_OWNED.at(found.span, message, hint=hint)])
        kept = tuple(
            a
            for a in element.attributes
            if a.name not in OWNED or (action is not None and not owned)
        )
        return replace(element, attributes=kept), branches

    def _use(
        self, node: Node, step: Mapping, span: Span, scope: Scope, common: Common
    ) -> list[Step]:
        if not isinstance(node, Mapping):
            return []
        component = name_of(node.get("component")) or ""
        states_node, steps_node = node.get("states"), node.get("steps")
        self._made += 1
        number, home = self._made, self.home
        keys: dict[str, StateKey] = {}
        if isinstance(states_node, Mapping):
            keys = {
                e.key: StateKey(self.flow, f"{home}~{number}~{e.key}", home)
                for e in states_node.entries
            }
        inside = scope.inside(keys)
        start: StateKey | None = None
        start_node = node.get("start")
        if isinstance(start_node, Scalar) and not is_empty(start_node):
            start, found = inside.resolve(start_node)
            self.report(found)
        elif keys:
            start = next(iter(keys.values()))
        steps: tuple[Step, ...] = ()
        states: list[State] = []
        self.returns.append(set())
        if isinstance(steps_node, Sequence):
            steps = self.steps(steps_node, inside)
        if isinstance(states_node, Mapping):
            for entry in states_node.entries:
                body = self.steps(entry.value, inside) if isinstance(entry.value, Sequence) else ()
                states.append(State(keys[entry.key], body, entry.key_span))
        leaves = self.returns.pop()
        if isinstance(named := node.get("returns"), Sequence):
            leaves |= {item.text for item in named.items if isinstance(item, Scalar)}
        returns = self._returns(step, component, leaves, scope)
        then = self.targets.target(step.get("then"), scope)
        if (fallback := step.entry("fallback")) and not is_empty(fallback.value):
            message = "a component has no fallback of its own"
            hint = "name its returns: when: {NAME: …}" if leaves else "use then"
            self.report([ONE_WAY_OUT.at(fallback.key_span, message, hint=hint)])
        return [Use(component, steps, tuple(states), start, returns, then, span, common.note)]

    def _returns(
        self, step: Mapping, component: str, leaves: set[str], scope: Scope
    ) -> dict[str, Target]:
        when = step.get("when")
        returns: dict[str, Target] = {}
        for entry in when.entries if isinstance(when, Mapping) else ():
            target = self.targets.target(entry.value, scope)
            if entry.key not in leaves:
                close = nearest(entry.key, leaves)
                hint = f"did you mean '{close}'?" if close else None
                if hint is None and leaves:
                    hint = f"it returns as {', '.join(sorted(leaves))}"
                message = f"'{component}' never returns as '{entry.key}'"
                fix = respell(entry.key_span, entry.key, sorted(leaves))
                self.report([UNKNOWN_OUTCOME.at(entry.key_span, message, hint=hint, fix=fix)])
            elif target is not None:
                returns[entry.key] = target
        return returns

    def _return(self, node: Node, span: Span, scope: Scope) -> list[Step]:
        name = name_of(node) or ""
        if scope.outer is None:
            message = "return leaves a component, and this is none"
            hint = "write goto to go to a state"
            self.report([RETURN_OUTSIDE.at(span, message, hint=hint)])
            return []
        if not name:
            message = "there is nothing behind 'return:'; it takes a name for this way out"
            self.report([MISSING_KEY.at(span, message)])
        if self.returns:
            self.returns[-1].add(name)
        return [Return(name, span)]
