"""``accept``: whom a dial calls is asked to press a key before the parties are joined.

What is written there, and the ``url`` of the same noun, come in; a document for the called party's
line goes out, as if it were a list given as the ``url``.
"""

from collections.abc import Sequence
from dataclasses import replace

from twimlc.findings import rules
from twimlc.flow import model
from twimlc.flow.blocks import BlockReader
from twimlc.flow.elements import Asking
from twimlc.flow.values import check_value
from twimlc.vocabulary import Attribute, AttributeType
from twimlc.vocabulary.blocks import BLOCKS
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Template, is_empty

_ON = BLOCKS["accept"].on
_WORDS = "Press any key to accept this call."
_SWITCH = Attribute("accept", AttributeType.BOOLEAN)
_SWITCHES = ("true", "false", "yes", "no", "on", "off")


class AcceptReader(BlockReader):
    """Reads ``accept`` beside the attributes of a dial and of its nouns."""

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
