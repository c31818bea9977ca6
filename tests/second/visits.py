"""What the second reader walked, and what it has to walk: by the tables of the compiler."""

from collections import Counter

from second.events import MADE_UP
from twimlc import vocabulary
from twimlc.vocabulary.blocks import BLOCKS, BRANCHES, REPEATERS
from twimlc.vocabulary.types import Kind

APPROXIMATED = ("dial", "hunt", "use")
UNREAD = ("switch", "hours", "join")
"""What it does not read: test_contract_deciding.py and test_contract_join.py play these."""
ENDS = ("goto", "return", "leave", "hangup", "reject", "redirect")  # to repeat them changes nothing


class Visits(Counter):
    """How often each construct, outcome, and pair of a verb and a key beside it was walked."""

    def step(self, verb, sides, frame):
        self[verb] += 1
        repeaters = sides.get("repeaters", ())
        for side in (*sides, *repeaters):
            if side in (*BRANCHES, "with", "allow", "note", *repeaters):
                self[f"{verb} + {side}"] += 1
        if frame.scope.user is not None:
            self["steps of a component"] += 1

    def noun(self, within, key):
        if within:
            self[f"{within}.{key}"] += 1

    def outcome(self, verb, name):
        self[f"{verb}: {name}"] += 1

    def leg(self, key, name, frame):
        self[f"{key}.{name}"] += 1
        if frame.scope.user is not None:
            self[f"{key}.{name} of a component"] += 1

    def repeated(self, what, repeaters):
        for key in repeaters:
            self[f"{what} + {key}"] += 1

    def more(self, what):
        self[what] += 1


def constructs():
    """Every verb and block that the second reader knows and that is a step."""
    verbs = {**vocabulary.verbs("messaging"), **vocabulary.verbs("voice")}
    return [*verbs, *(key for key, block in BLOCKS.items() if not block.on and key not in UNREAD)]


def nouns():
    """Every noun, by what it is in."""
    for table in (vocabulary.VOICE, vocabulary.MESSAGING):
        for row in table.values():
            for name in row.children if row.kind in (Kind.VERB, Kind.NOUN) else ():
                child = table[name]
                carried = (
                    row.text is not None and row.text.as_child == name
                )  # the row's own text, written out
                if (
                    child.kind is Kind.NOUN
                    and (child.text is not None or row.key in ("connect", "start", "stop"))
                    and not carried
                ):
                    yield f"{row.key}.{child.key}"


def outcomes():
    """Every outcome of every verb and noun, and those of blocks."""
    for row in vocabulary.VOICE.values():
        for name in row.outcomes.names if row.outcomes else ():
            yield f"{row.key}: {name}"
    dial = vocabulary.VOICE["Dial"].outcomes
    yield from (
        f"hunt: {name}" for name in dial.names if name != "answered"
    )  # of conferences alone
    yield from (
        "menu: choice",
        "menu: last invalid",
        "menu: last silence",
        "offer: key",
        "offer: silence",
        "use: return",
    )


def pairs():
    """Every verb or block, and every key that may stand beside it."""
    verbs = {**vocabulary.verbs("messaging"), **vocabulary.verbs("voice")}
    for key in constructs():
        sides = ["note", "if"]
        if key not in ENDS:
            sides += [side for side in REPEATERS if side != "if"]
        sides += ["allow"] if key in APPROXIMATED else []
        if key == "use":
            sides += ["with", "then", "when"]
        elif key in BLOCKS:
            sides += branches(BLOCKS[key])
        elif key == "connect":
            sides += BRANCHES
        elif verbs[key].outcomes:
            sides += ["then", "when", *(["fallback"] if verbs[key].outcomes.failed else [])]
        yield from (f"{key} + {side}" for side in sides)


def branches(block):
    """Where a block's outcomes lead, as far as keys beside it say so."""
    if not block.leads:
        return []
    if block.verb is None:  # a voicemail, which has the one outcome of its recording
        return ["then"]
    return [side for side in BRANCHES if side in block.beside]


def required():
    """All that has to be walked."""
    found = [*constructs(), *nouns(), *outcomes(), *pairs()]
    found += [f"{what} + {key}" for what in ("words", "option", "person") for key in REPEATERS]
    found += [
        f"{name} of a component"
        for name in ("number.url", "client.url", "sip.url", "enqueue.waitUrl", "conference.waitUrl")
    ]
    found += [
        "steps of a component",
        "dial.referUrl",
        "queue.url",
        "an action that is a state",
        "an empty redirect",
    ]
    told = [
        row.key
        for row in vocabulary.VOICE.values()
        if row.outcomes and row.outcomes.parameter and row.key != "gather"
    ]
    found += ["menu choices as a list", *(f"{key}: {MADE_UP}" for key in told)]
    return list(dict.fromkeys(found))


def short_of(visits, least):
    """What was walked less often, and how often it was."""
    return {name: visits[name] for name in required() if visits[name] < least}
