"""Lists of steps, from the expanded tree to the model.

A list and the scope it is in come in; steps go out. Faults of shape were reported by the
schema already, so what does not look like a step is passed over here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from twimlc import vocabulary
from twimlc.findings import rules
from twimlc.flow import model
from twimlc.flow.addresses import is_address
from twimlc.flow.blocks import BlockReader, StepAt
from twimlc.flow.deciding import read_hours, read_switch
from twimlc.flow.decisions import NOTHING_KNOWN, Known
from twimlc.flow.elements import Asking
from twimlc.flow.markup import parse_twiml
from twimlc.flow.names import LiesAt, Scope, defaults_of
from twimlc.flow.targets import allowed, asks_itself, lost, may_do, stays_unanswered
from twimlc.flow.values import check_value
from twimlc.text import Span
from twimlc.vocabulary import Attribute, AttributeType
from twimlc.vocabulary.blocks import BLOCKS, CALL_BLOCKS, OWNED, SIDE_KEYS
from twimlc.yaml import tree
from twimlc.yaml.names import unknown
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Template, is_empty

_ON = BLOCKS["accept"].on
_WORDS = "Press any key to accept this call."
_SWITCH = Attribute("accept", AttributeType.BOOLEAN)
_SWITCHES = ("true", "false", "yes", "no", "on", "off")


class StepReader(BlockReader):
    """Reads the steps of one flow."""

    def __init__(
        self,
        kind: vocabulary.DocumentKind,
        scope: Scope,
        lies_at: LiesAt,
        known: Known = NOTHING_KNOWN,
    ) -> None:
        super().__init__(kind, scope, lies_at, known)
        self.allow: frozenset[str] = frozenset()  # what uses of components around it allow
        self.done: frozenset[str] = frozenset()  # the approximations that its verbs may be
        self.returns: list[set[str]] = []  # what each component being read returns as
        self._uses: Counter[tuple[str, str]] = Counter()

    def state(self, key: model.StateKey, node: Node, span: Span) -> model.State:
        """A state with the steps of ``node``."""
        self.home = key.home
        return model.State(key, self.steps(node), span)

    def steps(self, node: Node | None) -> tuple[model.Step, ...]:
        """The steps of a list, blocks lowered."""
        before = self.outward
        steps: list[model.Step] = []
        for item in tree.items_of(node):
            self.outward = item.outward if isinstance(item, Mapping) else 0
            steps += self._step(item)
        self.outward = before
        return tuple(steps)

    def _step(self, item: Node) -> list[model.Step]:
        if isinstance(item, Scalar):
            name = tree.name_of(item)
            if name is None or item.value is None:
                return []
            item = Mapping((Entry(name, item.span, Scalar(None, "", item.span)),), item.span)
        verbs = [entry for entry in tree.entries_of(item) if entry.key not in SIDE_KEYS]
        if not isinstance(item, Mapping) or len(verbs) != 1:
            return []
        return self._verb(verbs[0], item)

    def _verb(self, verb: Entry, step: Mapping) -> list[model.Step]:
        key, note = verb.key, tree.name_of(step.get("note"))
        given, found = allowed(step)
        self.report(*found)
        at = StepAt(verb.value, step, verb.key_span, self.allow | given.keys(), note)
        if key == "use":
            return self._use(at, given)
        steps = self._read(verb, at)
        verbs = (one.element for one in steps if isinstance(one, model.Perform))
        done = frozenset[str]().union(*map(may_do, verbs))
        self.done |= done
        if steps:
            self.report(*lost(key, given, done))
        return steps

    def _read(self, verb: Entry, at: StepAt) -> list[model.Step]:
        """What a step stands for that is no use of a component."""
        key, voice = verb.key, self.kind == "voice"
        node, step, span, allow, note = at
        match key:
            case "goto":
                target = self.needed_target("goto", node, span)
                self._no_branches(step, "goto")
                return [model.Goto(target, span, note)] if target else []
            case "return":
                return self._return(at)
            case "switch" | "hours":
                read = read_switch(self, at) if key == "switch" else read_hours(self, at)
                return [model.Perform(*read, span, key, note=note)] if read else []
            case _ if key in CALL_BLOCKS and voice:
                return self.block(key, at)
            case "twiml":
                elements, found = parse_twiml(node, self.kind)
                self.report(*found)
                self._no_branches(step, "twiml")
                return [
                    model.Perform(e, model.NO_BRANCHES, span, "twiml", allow, note)
                    for e in elements
                ]
            case "redirect" if (named := self._jump(node)) is not None:
                target = self.target(named) if named else model.ToBegin(span)
                self._no_branches(step, "redirect")
                given = {e.key: e for e in tree.entries_of(node) if not is_empty(e.value)}
                url = given.pop("url", None)
                address = url is not None and is_address(tree.name_of(url.value) or "")
                for entry in () if address else given.values():
                    message = f"{entry.key} does nothing here: a redirect to a state is a goto"
                    self.report(rules.IGNORED_PART.at(entry.key_span, message))
                return [model.Goto(target, span, note)] if target else []
        spec = vocabulary.verbs(self.kind).get(key)
        if spec is None:
            others = vocabulary.verbs("messaging" if voice else "voice")
            if key in others or (key in CALL_BLOCKS and not voice):
                hint = "it has message, redirect, goto and use"
                if voice:
                    hint = "write kind: messaging at the top of a flow that answers messages"
                message = f"a {self.kind} flow has no {key}"
                codes = (12200,) if voice else (14110, 12200)
                self.report(rules.NOT_ALLOWED_INSIDE.at(span, message, hint=hint, twilio=codes))
            return []
        return [self._perform(self.element(spec, node), key, at)]

    def _jump(self, node: Node) -> "Scalar | Literal[False] | None":
        """The state a redirect names (False: the document again); None for an address."""
        url = node.get("url") if isinstance(node, Mapping) else node
        again = is_empty(url) or (isinstance(url, Scalar) and url.value == "")
        return False if again else self.state_name(url)

    def _no_branches(self, step: Mapping, title: str) -> None:
        self.branches(step, model.Element("", None, (), (), step.span), title)

    def _perform(self, element: model.Element, title: str, at: StepAt) -> model.Perform:
        branches = self.branches(at.step, element, title)
        element, branches = self._actions(element, branches, title, at.span)
        element = replace(element, span=at.span)
        hash_is_key = element.tag == "Gather" and any("#" in keys for keys in branches.keys)
        if hash_is_key and element.get("finishOnKey") is None:
            element = element.having("finishOnKey", "")
        return model.Perform(element, branches, at.span, title, at.allow & may_do(element), at.note)

    def _actions(
        self, element: model.Element, branches: model.Branches, title: str, span: Span
    ) -> tuple[model.Element, model.Branches]:
        """Who writes the action: the author, or the compiler."""
        if element.spec is None or not element.spec.leads:
            return element, branches
        action = element.get("action")
        branched = any(True for _ in branches.targets())
        owned = branched or (action is None and asks_itself(element))
        if action is not None and not branched:
            if isinstance(action.value, model.StateLink):
                key, entry = action.value.state, action.value.entry
                to: model.Target = model.ToState(key, action.span, entry, leaves=True)
            elif action.value == "":
                to = model.ToBegin(action.span)
            else:
                return element, branches
            failed = None if stays_unanswered(element) else to
            return element.without(*OWNED), model.Branches(then=to, fallback=failed)
        for name in OWNED:
            found = element.get(name)
            if found is not None and owned:
                message = f"{name} is written by the compiler for this {title}"
                hint = "leave it out, or give an action of your own"
                if branched:
                    ways = "then, when and fallback, or with an action alone"
                    hint = f"say where the call goes with {ways}"
                self.report(rules.ACTION_OWNED.at(found.span, message, hint=hint))
            elif found is not None:
                self.leave_out(element, found, "there is no action")
        return element.without(*OWNED), branches

    def _use(self, at: StepAt, given: dict[str, Span]) -> list[model.Step]:
        node, step, outer = at.node, at.step, self.scope
        if not isinstance(node, Mapping):
            return []
        component = tree.name_of(node.get("component")) or ""
        user, written = self.home, tree.entries_of(node.get("states"))
        keys = {entry.key: self._own_state(entry.key) for entry in written}
        self.scope = outer.inside(keys, defaults_of(node))
        start, start_node = next(iter(keys.values()), None), node.get("start")
        if isinstance(start_node, Scalar) and not is_empty(start_node):
            start, found = self.scope.resolve(start_node)
            self.report(*found)
        self.returns.append(set())
        before, self.allow, self.done = (self.allow, self.done), at.allow, frozenset()
        steps = self.steps(node.get("steps"))
        states = [self.state(keys[e.key], e.value, e.key_span) for e in written]
        self.home, self.scope = user, outer
        leaves = self.returns.pop()
        self.report(*lost("this use", given, self.done))
        self.allow, self.done = before[0], before[1] | self.done
        named = tree.items_of(node.get("returns"))
        leaves |= {item.text for item in named if isinstance(item, Scalar)}
        returns = self._returns(step, component, leaves)
        then = self.target(step.get("then"))
        if (fallback := step.entry("fallback")) and not is_empty(fallback.value):
            message = "a component has no fallback of its own"
            hint = "name its returns: when: {NAME: …}" if leaves else "use then"
            self.report(rules.ONE_WAY_OUT.at(fallback.key_span, message, hint=hint))
        note = at.note or tree.name_of(node.get("description"))
        return [model.Use(component, steps, tuple(states), start, returns, then, at.span, note)]

    def _own_state(self, name: str) -> model.StateKey:
        """A component's state, as everybody calls it: ``USE.2.STATE`` where USE has one already."""
        self._uses[self.home, name] += 1
        number = self._uses[self.home, name]
        called = f"{self.home}.{number}.{name}" if number > 1 else f"{self.home}.{name}"
        return model.StateKey(self.flow, called, called)

    def _returns(self, step: Mapping, component: str, leaves: set[str]) -> dict[str, model.Target]:
        returns: dict[str, model.Target] = {}
        for entry in tree.entries_of(step.get("when")):
            target = self.target(entry.value)
            if component and entry.key not in leaves:
                known, key, span = sorted(leaves), entry.key, entry.key_span
                message = f"'{component}' never returns as '{key}'"
                hint = f"it returns as {', '.join(known)}" if known else None
                self.report(unknown(rules.UNKNOWN_OUTCOME, span, key, known, message, hint))
            elif target is not None:
                returns[entry.key] = target
        return returns

    def _return(self, at: StepAt) -> list[model.Step]:
        name, span = tree.name_of(at.node) or "", at.span
        self._no_branches(at.step, "return")
        if self.scope.outer is None:
            message = "return leaves a component, and this is not one"
            self.report(rules.RETURN_OUTSIDE.at(span, message, hint="write goto to go to a state"))
            return []
        if name:
            self.returns[-1].add(name)
        return [model.Return(name, span, at.note)]

    # accept: whom a dial calls presses a key before the parties are joined

    def asking(self, given: Sequence[Entry], *names: str) -> Asking | None:
        """What ``accept`` says among these keys, or else in the defaults of these names."""
        written = (*given, *(entry for _, entry in self.defaults(*names)))
        values = (entry.value for entry in written if entry.key == "accept")
        node = next((value for value in values if not is_empty(value)), None)
        if not isinstance(node, Scalar) or isinstance(node.value, Template):
            return None if node is None else Asking(node, node.span)
        if not isinstance(node.value, bool) and node.text.lower() not in _SWITCHES:
            return Asking(node, node.span)
        text, found = check_value(_SWITCH, node)
        self.report(*found)
        return Asking(Mapping((), node.span) if text == "true" else None, node.span)

    def asked(self, asking: Asking, url: model.Attribute | None) -> model.Attribute | None:
        """The ``url`` of somebody who is asked, after the words of their own one."""
        link = url.value if url is not None else None
        if asking.node is None or (url is not None and not isinstance(link, model.StateLink)):
            if asking.node is not None and url is not None:
                message = "accept asks after the words of this url, which are not in this project"
                hint = "write them as a state or a list of steps, or leave accept out"
                self.report(rules.ACCEPT_CANNOT_ASK.at(url.span, message, hint=hint))
            return url
        words = link.state if isinstance(link, model.StateLink) else None
        if words not in asking.links:
            asking.steps[:] = asking.steps or [self._question(asking.node)]
            key = self.new_list()
            self.lists[key] = model.State(key, (*asking.steps,), asking.span, words)
            asking.links[words] = model.StateLink(key, asks=True)
        return model.Attribute("url", asking.links[words], asking.span)

    def _question(self, node: Node) -> model.Perform:
        """The question, as often as it is asked: any key joins, and then silence declines."""
        span = node.span
        body = node if isinstance(node, Mapping) else Mapping((Entry("prompt", span, node),), span)
        own = self._block_part(body, "accept", "prompt")
        words = (
            self._words(own, "Gather") if own else self.english(body, "accept", ["prompt"], _WORDS)
        )
        if not words:
            self.report(rules.MISSING_KEY.at(span, "accept has no words: write some, or true"))
        gather = replace(self._element(body, "accept"), children=words, span=span)
        target: model.Target = model.ToHangup(span)
        for _ in range(self._attempts(body, "accept")):
            step = model.Perform(gather, model.Branches(fallback=target), span, "accept")
            target = model.ToSteps((step,), span)
        return step

    def check_asked(self, dial: model.Element, asking: Asking | None, *, in_turn: bool) -> None:
        """Report a dial that asks nobody, and one that asks several who are rung at once."""
        nouns = dial.elements()
        inside = asking is not None and asking.node is not None and dial.span.covers(asking.span)
        if asking and inside and nouns and not any(n.spec and n.spec.name in _ON for n in nouns):
            message = "nobody is asked here: accept is for a number, a client or a sip"
            self.report(rules.ACCEPT_CANNOT_ASK.at(asking.span, message))
        urls = (url for noun in nouns if (url := noun.get("url")) is not None)
        asked = [u.span for u in urls if isinstance(u.value, model.StateLink) and u.value.asks]
        if asked and not in_turn and sum(noun.does.rings for noun in nouns) > 1:
            place = next((span for span in asked if dial.span.covers(span)), dial.span)
            message = "the first to pick up ends the ringing for the others, also a mailbox"
            hint = "hunt rings one after another, and goes on when somebody declines"
            self.report(rules.ACCEPT_RUNG_TOGETHER.at(place, message, hint=hint))
