"""A Bin is replaced in the middle of a call: edits of random flows, and what old links then find.

A Bin is read through its renderings alone. ``read`` gives the run of verbs that a link leads to, up
to where the call may part, and the run behind each way out; links of ours count as equal.
"""

import json
from itertools import product
from random import Random
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from compiled import variant_of
from folders import write_files
from random_flows import WORDS, Author
from twimlc.hosts.twiml_bin.answer import parse, render
from twimlc.lower.hop import KINDS

PROJECT = 'targets: {bins: {host: twiml-bin, media: "https://media.example.com/s"}}\n'
VALUES = {
    "Digits": [*"0123456789*", "", "11", "12", "05", "99", "7777"],
    "DialCallStatus": ["completed", "answered", "busy", "no-answer", "failed", "canceled", "x"],
    "DialBridged": ["", "true", "false"],
    "QueueResult": ["bridged", "leave", "queue-full", "error", "redirected", "hangup"],
    "Result": ["success", "too-many-failed-attempts", "caller-interrupted-with-star", "x"],
    "ReferCallStatus": ["initiated", "ringing", "completed", "busy", "failed", "no-answer"],
    "SessionStatus": ["ended", "completed", "failed", "x"],
    "HandoffData": ["", "{}"],
    "VirtualAgentStatus": ["completed", "live-agent-handoff", "failed", "x"],
}
LEAVING = ("Hangup", "Redirect", "Leave", "Reject")
LINES = ("leg", "wait")


def answers(query):
    """What Twilio may send to a link: nothing of interest, or each value that is asked about."""
    asked = dict(parse_qsl(query[1:]))
    kind = next((kind for kind in KINDS if "q" in asked and kind.flag in asked), None)
    if kind is None:
        return [{}]
    names = [name for name in (kind.parameter, kind.mark) if name]
    found = product(*(VALUES[name] for name in names))
    return [dict(zip(names, values, strict=True)) for values in found]


class Bin:
    """The text of one Bin, asked under one engine."""

    def __init__(self, text, engine):
        self.pieces, self.engine = parse(text), engine
        self.known = {}

    def verbs(self, query, sent):
        """What plays: the answer to a link, behind Redirects to the Bin itself, to its end."""
        for _ in range(8):
            asked = dict(parse_qsl(query[1:], keep_blank_values=True)) | sent | {"From": "+1415"}
            found = list(ElementTree.fromstring(render(self.pieces, asked, self.engine)))
            if asked.keys().isdisjoint(LINES):
                last = next((n for n, verb in enumerate(found) if leaves(verb)), len(found))
                assert last < len(found), "a caller would go on into what stands behind"
                found = found[: last + 1]
            if not found or found[0].tag != "Redirect" or not found[0].text.startswith("?"):
                return found
            query, sent = found[0].text, {}
        raise AssertionError(f"{query} goes round")

    def read(self, query, sent, deep=1):
        asked = query, *sent.items(), deep
        if asked not in self.known:
            self.known[asked] = self.run(self.verbs(query, sent), deep)
        return self.known[asked]

    def run(self, verbs, deep):
        """(run, ways): ways give the run behind each answer, if ``deep``."""
        heard, round_ = [], set()
        while verbs:
            verb, *verbs = verbs
            if verb.tag == "Redirect" and verb.text.startswith("?"):
                if verb.text in round_:
                    return (*heard, "round"), {}
                round_.add(verb.text)
                verbs = self.verbs(verb.text, {})
                continue
            heard.append(alike(verb))
            if links := list(links_of(verb)):
                ways = {}
                if deep:
                    ways["on"] = self.run(verbs, 0)[0]
                    for where, link in links:
                        for sent in answers(link):
                            ways[where, *sent.items()] = self.read(link, sent, 0)[0]
                return tuple(heard), ways
        return tuple(heard), {}

    def links(self):
        """Every link of ours in what it answers from the start of a call on."""
        found, waiting = {}, [("?", {})]
        while waiting:
            query, sent = waiting.pop()
            asked = dict(parse_qsl(query[1:], keep_blank_values=True)) | sent | {"From": "+1415"}
            root = ElementTree.fromstring(render(self.pieces, asked, self.engine))
            for verb in root:
                for _, link in links_of(verb):
                    if link not in found:
                        found[link] = None
                        waiting += ((link, sent) for sent in answers(link))
        return list(found)

    def foot(self, query):
        """What a link is answered with that nobody knows."""
        line = next((f"&{name}=1" for name in LINES if f"&{name}=1" in query), "")
        return self.read(f"?go=1&named=1{line}&s-old=1", {}, 0)[0]


def leaves(verb):
    """Whether a caller's line never goes on behind a verb."""
    connects = verb.tag in ("Dial", "Enqueue", "Connect", "Refer") and verb.find("Room") is None
    asks_anyway = verb.get("actionOnEmptyResult") == "true"
    return verb.tag in LEAVING or ((connects or asks_anyway) and "action" in verb.attrib)


def links_of(verb):
    for element in verb.iter():
        for name, value in element.attrib.items():
            if value.startswith("?go=1"):
                yield f"{element.tag} {name}", value
        if element.text and element.text.startswith("?go=1"):
            yield element.tag, element.text


def alike(verb):
    """A verb as text, without its links of ours."""
    if isinstance(verb, str):
        return verb
    attributes = sorted(
        (name, "?" if value.startswith("?go=1") else value) for name, value in verb.attrib.items()
    )
    text = (verb.text or "").strip()
    inner = [(alike(child), (child.tail or "").strip()) for child in verb]
    return repr((verb.tag, attributes, "?" if text.startswith("?go=1") else text, inner))


def written(seed):
    """The flows of a seed, as trees: with values of the call, and without what Bins refuse."""
    chance = Random(seed)
    author = Author(seed, decisions=True)
    found = {}
    for name, text in author.write().items():
        for relative in ('"/x"', '"x.php"', '"../y"', '"?x=1"'):
            text = text.replace(f'"action": {relative}', '"action": "https://a.example/rel"')
        for old, new in (("#", "4"), ("##", "44"), ("0#", "05"), ("**", "88")):
            text = text.replace(f'"{old}": ', f'"{new}": ')
        tree = found[name] = json.loads(text)
        for steps in tree["states"].values():
            if chance.random() < 0.3:
                steps.insert(0, {"say": "You call from ${call.From}."})
    return found


def lists(tree):
    """Every list of steps in a flow."""
    for steps in tree["states"].values():
        yield from _lists(steps)


def _lists(steps):
    yield steps
    for place in _places(steps):
        for value in place.values():
            if isinstance(value, list) and value and isinstance(value[0], dict | str):
                yield from _lists(value)


def _places(steps):
    """The mappings in which a step says where the call goes on."""
    for step in steps:
        if isinstance(step, dict):
            yield {key: step[key] for key in ("then", "fallback") if key in step}
            yield step.get("when", {})
            yield step.get("menu", {}).get("choices", {})


def edit(trees, chance):
    """Change one thing; gives the name of what was done."""
    name = chance.choice(sorted(trees))
    tree = trees[name]
    states = tree["states"]
    steps = chance.choice(list(lists(tree)))
    what = chance.choice(
        ["insert", "delete", "swap", "rename", "keys", "words", "retarget", "attempts", "bodies"]
    )
    mappings = [step for found in lists(tree) for step in found if isinstance(step, dict)]
    menus = [step["menu"] for step in mappings if "menu" in step]
    if what == "insert":
        steps.insert(chance.randrange(len(steps) + 1), {"say": chance.choice(WORDS)})
    elif what == "delete" and len(steps) > 1:
        steps.pop(chance.randrange(len(steps)))
    elif what == "swap" and len(steps) > 1:
        one, two = chance.sample(range(len(steps)), 2)
        steps[one], steps[two] = steps[two], steps[one]
    elif what == "rename":
        old = chance.choice(sorted(states))
        for flow, found in trees.items():
            text = json.dumps(found).replace(f'"{name}/{old}"', f'"{name}/new-name"')
            trees[flow] = json.loads(
                text.replace(f'"{old}"', '"new-name"') if flow == name else text
            )
    elif what == "keys" and menus:
        choices = chance.choice(menus)["choices"]
        keys = list(choices)
        if len(keys) > 1 and chance.random() < 0.5:
            one, two = chance.sample(keys, 2)
            choices[one], choices[two] = choices[two], choices[one]
        else:
            choices["5" * len(keys[0])] = choices.pop(chance.choice(keys))
    elif what == "attempts" and menus:
        chance.choice(menus)["attempts"] = chance.randint(1, 4)
    elif what == "bodies":
        one, two = chance.sample(sorted(states), 2)
        states[one], states[two] = states[two], states[one]
    elif what == "words":
        said = [step for step in mappings if isinstance(step.get("say"), str)]
        if said:
            chance.choice(said)["say"] = chance.choice(["Other words.", *WORDS])
    elif what == "retarget":
        led = [
            (step, key)
            for step in mappings
            for key in ("goto", "then", "fallback")
            if isinstance(step.get(key), str)
        ]
        if led:
            step, key = chance.choice(led)
            step[key] = chance.choice(sorted(states))
    return what


def texts(trees, folder):
    """The Bin of each flow, or None where the edit made the flows wrong."""
    folder.mkdir(parents=True)
    files = {"sounds/la.mp3": b"ID3", "twimlc.yaml": f"flows: .\n{PROJECT}"}
    texts = {f"{name}.yaml": json.dumps(tree) for name, tree in trees.items()}
    found = variant_of(write_files(folder, files | texts)).finished()
    return found and {page.path: page.data.decode() for page in found.pages}


def compare(old, new, counts):
    """Every link of the old Bin, asked of the new one with every answer."""
    for link in old.links():
        for sent in answers(link):
            run, ways = new.read(link, sent)
            if run == new.foot(link):
                counts["foot"] += 1
                continue
            before, behind = old.read(link, sent)
            assert run == before, (link, sent, before, run)
            assert ways == behind, (link, sent, before, behind, ways)
            counts["same"] += 1
