"""Flow and documents are walked together: planted faults are found, right documents are passed."""

import xml.etree.ElementTree as ET

import pytest

from proofs import verify
from twimlc import vocabulary
from twimlc.flow.graph import Context, Graph, Node, Place, Root
from twimlc.flow.model import Attribute, Element, MediaLink, StateKey, StateLink
from twimlc.hosts.answer import FileHost
from twimlc.interpret.assumptions import Readings
from twimlc.interpret.machine import Choice
from twimlc.lower.plan import Approximation
from twimlc.text import SourceFile, Span

BASE = "https://voice.example.com/ivr"
FILE = SourceFile("flows/main.yaml", "\n" * 100)


def state(name):
    return StateKey("main", name, name)


def element(xml, parent="Response", line=1):
    """An element of a flow, written as TwiML; ``state:x`` and ``media:x`` are links of ours."""
    found = ET.fromstring(xml) if isinstance(xml, str) else xml
    spec = vocabulary.element_by_tag("voice", parent, found.tag)
    span = Span(FILE, line - 1, line)

    def value(text):
        kind, _, name = text.partition(":")
        return {"state": StateLink(state(name)), "media": MediaLink("main", name)}.get(kind, text)

    children = [value(found.text)] if found.text else []
    for child in found:
        children.append(element(child, spec.name if spec else "", line))
        children.extend([child.tail] if child.tail else [])
    attributes = tuple(Attribute(name, value(text), span) for name, text in found.items())
    return Element(found.tag, spec, attributes, tuple(children), span)


def graph(nodes, roots=(), keys=(), fallback=None, states=None):
    """Nodes as (TwiML or None, exits by outcome); ``"*"`` stands for all others of the verb."""
    keys = dict(keys)
    built = []
    for number, (xml, exits) in enumerate(nodes):
        made = element(xml, line=number + 1) if xml else None
        after = dict(exits)
        if "*" in after:
            noun = next(made.elements(), None) if made.tag == "Connect" else made
            after = dict.fromkeys(noun.spec.outcomes.names, after["*"]) | after
        built.append(
            Node(
                number,
                Place("main", "start", number),
                Span(FILE, number, number + 1),
                made,
                "step",
                state("start"),
                after,
                keys.get(number, {}),
                fallback if fallback is not None else dict(exits).get("*"),
            )
        )
    entries = {state("start"): 0} | {state(name): key for name, key in (states or {}).items()}
    return Graph({}, tuple(built), entries, {"main": 0}, tuple(roots), {})


def run(flow, index, host=FileHost, readings=None, **others):
    files = {
        f"main/{name}.xml": f"<Response>{text}</Response>".encode()
        for name, text in (("index", index), *others.items())
    }
    served = host(BASE, files)
    return verify(flow, "main", served.url("main/index.xml"), served, readings or Readings())


def found(*args, **kwargs):
    return run(*args, **kwargs).difference


HELLO = graph([("<Say>Hello</Say>", {"done": 1}), (None, {})])


def test_equal_calls_are_the_same():
    assert run(HELLO, "<Say>Hello</Say>").same
    assert run(HELLO, "<Say>Hello</Say><Hangup/>").same
    assert run(HELLO, "\n  <Say loop='1'>\n  Hello</Say>\n").same  # loop=1 is Twilio's own value


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "<Say>Hallo</Say>",
        "<Say>Hello</Say><Say>again</Say>",
        "<Say voice='man'>Hello</Say>",
        "<Say loop='2'>Hello</Say>",
        "<Say><emphasis>Hello</emphasis></Say>",
        "<Play>Hello</Play>",
        "<Say>Hello</Say><Redirect method='GET'>index.xml</Redirect>",
        "<Redirect method='GET'>gone.xml</Redirect>",
    ],
)
def test_every_change_of_a_line_is_found(wrong):
    assert found(HELLO, wrong)


DESK = graph(
    [
        ("<Connect><Room>Daily</Room></Connect>", {"ended": 3, "not-open": 1}),
        ("<Dial timeout='20'><Number>1</Number></Dial>", {"*": 2}),
        ("<Record maxLength='120'/>", {"recorded": 3}),
        ("<Say>Goodbye</Say>", {"done": 4}),
        (None, {}),
    ]
)
ROOM = "<Connect action='bye.xml' method='GET'><Room>Daily</Room></Connect>"
RING = "<Dial timeout='20'><Number>1</Number></Dial>"
RECORD = "<Record maxLength='120' action='bye.xml' method='GET'/>"
BYE = "<Say>Goodbye</Say>"


def test_a_flow_in_two_documents_is_the_same():
    verified = run(DESK, ROOM + RING + RECORD + BYE, bye=BYE)
    assert verified.same
    assert verified.pairs > 4


@pytest.mark.parametrize(
    ("index", "bye", "script"),
    [
        (ROOM.replace(" method='GET'", "") + RING + RECORD + BYE, BYE, ["ended"]),
        (ROOM.replace("action='bye.xml' ", "") + RING + RECORD + BYE, BYE, ["ended"]),
        (ROOM.replace("bye.xml", "bey.xml") + RING + RECORD + BYE, BYE, ["ended"]),
        (ROOM.replace("bye.xml", "../bye.xml") + RING + RECORD + BYE, BYE, ["ended"]),
        (ROOM + RECORD + BYE, BYE, ["not-open"]),
        (ROOM + RING.replace("20", "30") + RECORD + BYE, BYE, ["not-open"]),
        (
            ROOM + RING.replace("<Dial", "<Dial action='bye.xml' method='GET'") + RECORD + BYE,
            BYE,
            ["not-open", "completed"],
        ),
        (
            ROOM + RING + RECORD.replace("action='bye.xml'", "") + BYE,
            BYE,
            ["not-open", "completed", "recorded"],
        ),
        (ROOM + RING + RECORD, BYE, ["not-open", "completed", "silence"]),
        (ROOM + RING + RECORD + BYE, "<Say>Good night</Say>", ["ended"]),
    ],
)
def test_planted_faults_are_found_with_a_shortest_script(index, bye, script):
    difference = found(DESK, index, bye=bye)
    assert list(difference.script) == script
    shown = difference.describe()
    assert "flows/main.yaml:1" in shown
    assert "main/index.xml:1" in shown


def test_a_record_must_be_right_under_either_reading():
    assert run(
        DESK, ROOM + RING + RECORD + BYE, bye=BYE, readings=Readings().but("record-silence", "next")
    ).same
    assert found(DESK, ROOM + RING + RECORD, bye=BYE).script[-1] == "silence"


RETRY = graph(
    [
        ("<Gather timeout='3'><Say>Press</Say></Gather>", {"input": 3, "no-input": 1}),
        ("<Gather timeout='3'><Say>Press</Say></Gather>", {"input": 3, "no-input": 2}),
        ("<Say>Too bad</Say>", {"done": 4}),
        ("<Say>Thanks</Say>", {"done": 0}),
        (None, {}),
    ]
)
ASK = "<Gather timeout='3' action='thanks.xml' method='GET'><Say>Press</Say></Gather>"
THANKS = "<Say>Thanks</Say><Redirect method='GET'>index.xml</Redirect>"


def test_retries_and_loops_are_walked_to_their_end():
    assert run(RETRY, ASK + ASK + "<Say>Too bad</Say>", thanks=THANKS).same


def test_a_lost_retry_and_a_wrong_loop_are_found():
    assert found(RETRY, ASK + "<Say>Too bad</Say>", thanks=THANKS).script == ("silence",)
    assert found(RETRY, ASK * 3 + "<Say>Too bad</Say>", thanks=THANKS).script == (
        "silence",
        "silence",
    )
    wrong = THANKS.replace("index", "thanks")
    assert found(RETRY, ASK + ASK + "<Say>Too bad</Say>", thanks=wrong).script[0].startswith("keys")


class Switch(FileHost):
    """A host with decisions: the first parameter value that is part of a file's name chooses it."""

    def fetch(self, url, method, parameters):
        for value in parameters.values():
            named = url.replace(".xml", f".{value}.xml")
            if self.name(named) in self.files:
                url = named
        return FileHost.fetch(self, url, method, parameters)


MENU = graph(
    [
        ("<Gather numDigits='1'><Say>1 or 2</Say></Gather>", {"input": 3, "no-input": 3}),
        ("<Say>one</Say>", {"done": 4}),
        ("<Say>two</Say>", {"done": 4}),
        ("<Say>neither</Say>", {"done": 4}),
        (None, {}),
    ],
    keys={0: {"1": 1, "2": 2}},
)
CHOOSE = (
    "<Gather numDigits='1' action='keys.xml' method='GET'><Say>1 or 2</Say></Gather>"
    + "<Say>neither</Say>"
)
ONE, TWO, NEITHER = "<Say>one</Say>", "<Say>two</Say>", "<Say>neither</Say>"


def test_decisions_are_compared_key_by_key():
    right = {"keys": NEITHER, "keys.1": ONE, "keys.2": TWO}
    assert run(MENU, CHOOSE, Switch, **right).same
    assert found(MENU, CHOOSE, Switch, **{**right, "keys.1": TWO, "keys.2": ONE}).script == (
        "keys 1",
    )
    assert found(MENU, CHOOSE, Switch, **{**right, "keys.7": TWO}).script == ("keys 7",)
    assert found(MENU, CHOOSE, Switch, **{"keys": NEITHER, "keys.1": ONE}).script == ("keys 2",)
    assert found(MENU, CHOOSE, FileHost, **right)


BUSY = [
    ("<Dial><Number>1</Number></Dial>", {"*": 2, "completed": 1, "answered": 1}),
    ("<Say>Goodbye</Say>", {"done": 3}),
    ("<Say>Sorry</Say>", {"done": 1}),
    (None, {}),
]


def test_an_approximation_counts_only_where_it_is_made():
    flow = graph(BUSY, fallback=2)
    body = "<Dial><Number>1</Number></Dial><Say>Sorry</Say><Say>Goodbye</Say>"
    assert found(flow, body).script == ("completed",)
    host = FileHost(BASE, {"main/index.xml": f"<Response>{body}</Response>".encode()})
    made = Approximation("fallback-after-answer", "main", flow.nodes[0].span, "")
    assert verify(flow, "main", host.url("main/index.xml"), host, approximations=[made]).same


def test_sequential_rings_are_compared_one_by_one():
    hunt = "<Dial sequential='true'><Number>1</Number><Number>2</Number></Dial>"
    flow = graph([(hunt, {"*": 1}), (None, {})])
    assert run(flow, hunt).same
    swapped = "<Dial sequential='true'><Number>2</Number><Number>1</Number></Dial>"
    assert found(flow, swapped)
    assert found(flow, hunt.replace("sequential='true'", ""))


LEGS = graph(
    [
        ("<Dial><Number url='state:whisper'>1</Number></Dial>", {"*": 1}),
        ("<Enqueue waitUrl='state:hold'>support</Enqueue>", {"*": 2}),
        (None, {}),
        ("<Gather numDigits='1'><Say>Take it?</Say></Gather>", {"input": 2, "no-input": 4}),
        ("<Hangup/>", {}),
        ("<Play>media:hold.mp3</Play>", {"done": 2}),
    ],
    states={"whisper": 3, "hold": 5},
    roots=[
        Root(3, Context.LEG, "Number.url", Span(FILE, 0, 1)),
        Root(5, Context.QUEUE_WAIT, "Enqueue.waitUrl", Span(FILE, 0, 1)),
    ],
)
MAIN = "<Dial><Number url='whisper.xml' method='GET'>1</Number></Dial><Enqueue waitUrl='hold.xml' waitUrlMethod='GET'>support</Enqueue>"
WHISPER = (
    "<Gather numDigits='1' action='taken.xml' method='GET'><Say>Take it?</Say></Gather><Hangup/>"
)
HOLD = "<Play>../media/hold.1234abcd.mp3</Play>"


def run_legs(main=MAIN, whisper=WHISPER, hold=HOLD, audio=b"la", taken="", media=None):
    texts = {"index": main, "whisper": whisper, "hold": hold, "taken": taken}
    files = {
        f"main/{name}.xml": f"<Response>{text}</Response>".encode() for name, text in texts.items()
    }
    host = FileHost(BASE, files | {"media/hold.1234abcd.mp3": audio})
    return verify(LEGS, "main", host.url("main/index.xml"), host, media=media)


def test_documents_of_other_legs_are_walked_too():
    assert run_legs().same
    assert run_legs(media=lambda link: b"la").same


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"whisper": WHISPER.replace("<Hangup/>", "")}, "Number.url"),
        ({"taken": "<Hangup/>"}, "Number.url"),
        ({"hold": HOLD + "<Say>Still there?</Say>"}, "Enqueue.waitUrl"),
        ({"hold": HOLD + "<Hangup/>"}, "Enqueue.waitUrl"),
        ({"hold": HOLD.replace("../", "")}, "Enqueue.waitUrl"),
        ({"main": MAIN.replace("hold.xml", "whisper.xml")}, "Enqueue.waitUrl"),
        ({"main": MAIN.replace(" waitUrlMethod='GET'", "")}, "Enqueue.waitUrl"),
        ({"main": MAIN.replace("url='whisper.xml' method='GET'", "")}, "caller"),
        ({"media": lambda link: b"le"}, "Enqueue.waitUrl"),
    ],
)
def test_faults_on_other_legs_are_found(changed, where):
    assert where in run_legs(**changed).difference.where


def test_addresses_of_the_author_lead_elsewhere_even_on_our_host():
    flow = graph([("<Dial action='/next.php' method='GET'><Number>1</Number></Dial>", {})])
    assert run(flow, "<Dial action='/next.php' method='GET'><Number>1</Number></Dial>").same
    assert found(flow, "<Dial action='/next.php'><Number>1</Number></Dial>").script == (
        "completed",
    )
    relative = graph([("<Redirect>other.php</Redirect>", {})])
    assert run(relative, "<Redirect>other.php</Redirect>").same
    assert found(relative, "<Redirect>another.php</Redirect>")


def test_an_authors_gather_leaves_on_input_only():
    body = "<Gather action='https://a.example/in'><Say>Code?</Say></Gather>"
    flow = graph([(body, {"no-input": 1}), ("<Say>Bye</Say>", {"done": 2}), (None, {})])
    assert run(flow, body + "<Say>Bye</Say>").same
    assert found(flow, body + "<Say>Die</Say>").script == ("silence",)


def test_markup_nobody_knows_is_compared_as_it_stands():
    body = "<Whistle tune='a'><Note>c</Note></Whistle>"
    flow = graph([(body, {"done": 1}), (None, {})])
    assert run(flow, body).same
    assert found(flow, body.replace("'a'", "'b'"))


def test_the_walk_is_bounded():
    files = {"main/index.xml": ("<Response>" + ASK + ASK + "</Response>").encode()}
    host = FileHost(BASE, files)
    verified = verify(RETRY, "main", host.url("main/index.xml"), host, most_pairs=1)
    assert not verified.complete
    assert not verified.same


def test_choices_name_what_scripts_say():
    assert str(Choice("keys", "12#")) == "keys 12#"
    assert str(Choice("busy")) == "busy"
