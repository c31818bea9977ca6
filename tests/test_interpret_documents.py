"""Documents are played as Twilio plays them: one test for each fact, on hand-written documents."""

import os
from pathlib import Path

import pytest

from proofs import Call
from twimlc.flow.graph import Context
from twimlc.hosts.answer import FileHost, Response
from twimlc.interpret.assumptions import Readings
from twimlc.interpret.documents import Documents
from twimlc.interpret.library import Library
from twimlc.interpret.machine import Choice

BASE = "https://voice.example.com/ivr"
KEYS = Choice("keys", "1")
SILENCE = Choice("silence")
HANGUP = Choice("hangup")


def document(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{body}</Response>'.encode()


def call(body, *choices, context=Context.CALL, readings=None, **others):
    """The trace of a call on ``main/index.xml``; ``others`` are further documents by stem."""
    files = {"main/index.xml": document(body)}
    files.update({f"main/{name}.xml": document(text) for name, text in others.items()})
    host = FileHost(BASE, files)
    run = Documents(
        Library(host), host.url("main/index.xml"), "GET", context, readings or Readings()
    )
    played = Call(run)
    for choice in choices:
        assert choice in played.choices(), (choice, played.choices())
        played.take(choice)
    return played


def trace(*args, **kwargs):
    return [
        f"{event.kind} {event.value}".strip()
        if isinstance(event.value, str)
        else f"{event.kind} {'+'.join(event.value)}"
        for event in call(*args, **kwargs).trace
    ]


def test_verbs_run_in_order_and_the_end_hangs_up():
    assert trace("<Say>Hello</Say><Pause/><Play>https://a.example/x.mp3</Play>") == [
        "say Hello",
        "pause 1",
        "play https://a.example/x.mp3",
        "hangup",
    ]


def test_an_empty_document_ends_the_call():
    assert trace("") == ["hangup"]


def test_hangup_and_reject_end_at_once():
    assert trace("<Hangup/><Say>never</Say>") == ["hangup"]
    assert trace('<Reject reason="busy"/><Say>never</Say>') == ["reject"]


def test_words_are_compared_without_markup():
    assert (
        trace("<Say>One <break/> two\n  <emphasis>three</emphasis></Say>")[0] == "say One two three"
    )


def test_tones_are_an_event_of_their_own():
    assert trace('<Play digits="1w2"/>') == ["digits 1w2", "hangup"]


def test_a_redirect_loses_the_rest_and_its_link_is_relative_to_the_document():
    body = '<Redirect method="GET">other.xml</Redirect><Say>never</Say>'
    assert trace(body, other="<Say>there</Say>") == ["say there", "hangup"]
    assert "goto-external /other.xml" in trace('<Redirect method="GET">/other.xml</Redirect>')


def test_a_redirect_without_method_posts_and_files_answer_405():
    (failure,) = trace("<Redirect>other.xml</Redirect>", other="")
    assert "405" in failure


def test_redirects_in_a_ring_are_a_failure():
    (failure,) = trace('<Redirect method="GET">index.xml</Redirect>')
    assert failure.startswith("failure documents")


def test_unknown_documents_are_a_failure():
    assert "404" in trace('<Redirect method="GET">missing.xml</Redirect>')[0]


def test_addresses_of_others_are_left_for():
    body = '<Dial action="https://a.example/next"><Number>1</Number></Dial>'
    played = call(body, Choice("busy"))
    assert str(played.trace[-1]) == "goto-external https://a.example/next (method=POST)"


GATHER = '<Gather action="keys.xml" method="GET" {}><Say>Press</Say></Gather><Say>Nothing</Say>'


def test_gather_with_input_asks_its_action_and_without_goes_on():
    assert trace(GATHER.format(""), KEYS, keys="<Say>Got</Say>") == [
        "say Press",
        "say Got",
        "hangup",
    ]
    assert trace(GATHER.format(""), SILENCE, keys="<Say>Got</Say>") == [
        "say Press",
        "say Nothing",
        "hangup",
    ]


def test_gather_with_action_on_empty_result_never_goes_on():
    body = GATHER.format('actionOnEmptyResult="true"')
    assert trace(body, SILENCE, keys="<Say>Got</Say>")[-2] == "say Got"


def test_gather_without_action_asks_for_the_same_document_again():
    body = '<Gather method="GET"><Say>Press</Say></Gather>'
    assert trace(body, KEYS, KEYS, SILENCE) == ["say Press"] * 3 + ["hangup"]
    assert "405" in trace("<Gather/>", KEYS)[-1]


def test_a_lone_finish_key_is_no_input():
    finish = Choice("keys", "*")
    assert trace(GATHER.format('finishOnKey="*"'), finish, keys="")[-2] == "say Nothing"
    assert trace(GATHER.format('finishOnKey=""'), finish, keys="")[-1] == "hangup"


def test_digits_end_at_the_finish_key_and_at_num_digits():
    class Listening(FileHost):
        def fetch(self, url, method, parameters):
            asked.append(dict(parameters))
            return FileHost.fetch(self, url, method, parameters)

    asked = []
    for attributes in ("", 'numDigits="2"', 'finishOnKey="3"'):
        body = document(GATHER.format(attributes))
        host = Listening(BASE, {"main/index.xml": body, "main/keys.xml": document("")})
        played = Call(Documents(Library(host), host.url("main/index.xml")))
        played.take(Choice("keys", "123#4"))
    assert [found["Digits"] for found in asked if found] == ["123", "12", "12"]


def test_speech_is_offered_only_where_it_is_heard():
    speech = Choice("speech", "words")
    assert speech not in call(GATHER.format("")).choices()
    body = GATHER.format('input="speech"')
    assert trace(body, speech, keys="<Say>Got</Say>")[-2] == "say Got"
    assert KEYS not in call(body).choices()


def test_record_asks_its_action_also_after_silence_unless_read_otherwise():
    body = '<Record action="done.xml" method="GET"/><Say>behind</Say>'
    done = "<Say>done</Say>"
    assert trace(body, Choice("recorded"), done=done) == ["record", "say done", "hangup"]
    assert trace(body, SILENCE, done=done)[1] == "say done"
    other = Readings().but("record-silence", "next")
    assert trace(body, SILENCE, readings=other, done=done)[1] == "say behind"


def test_record_without_action_asks_for_itself():
    assert trace('<Record method="GET"/>', Choice("recorded"), HANGUP) == [
        "record",
        "record",
        "caller-hangup",
    ]


DIAL = "<Dial {}><Number>+14155550100</Number></Dial><Say>behind</Say>"


@pytest.mark.parametrize("outcome", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_dial_without_action_goes_on_whatever_happened(outcome):
    assert trace(DIAL.format(""), Choice(outcome)) == ["dial +14155550100", "say behind", "hangup"]


def test_dial_with_action_never_reaches_the_next_verb():
    body = DIAL.format('action="over.xml" method="GET"')
    assert trace(body, Choice("completed"), over="<Say>over</Say>")[1] == "say over"


def test_declining_needs_a_document_on_the_called_leg():
    assert Choice("declined") not in call(DIAL.format("")).choices()
    body = '<Dial><Number url="ask.xml" method="GET">1</Number></Dial>'
    assert Choice("declined") in call(body, ask="").choices()


def test_sequential_ringing_is_one_event_per_ring():
    body = '<Dial sequential="true"><Number>1</Number><Client>ann</Client></Dial><Say>behind</Say>'
    assert trace(body, Choice("busy"), Choice("no-answer")) == [
        "dial 1",
        "dial client:ann",
        "say behind",
        "hangup",
    ]
    assert trace(body, Choice("completed")) == ["dial 1", "say behind", "hangup"]
    together = body.replace('sequential="true"', "")
    assert trace(together, Choice("busy"))[0] == "dial 1+client:ann"


def test_a_conference_is_answered_not_completed():
    played = call("<Dial><Conference>stand-up</Conference></Dial>")
    assert played.trace[0].kind == "conference"
    assert played.trace[0].value == "stand-up"
    assert Choice("answered") in played.choices()
    assert Choice("completed") not in played.choices()


def test_a_room_that_is_not_open_goes_on_even_with_an_action():
    body = '<Connect action="ended.xml" method="GET"><Room>DailyStandup</Room></Connect><Say>closed</Say>'
    ended = "<Say>ended</Say>"
    assert trace(body, Choice("not-open"), ended=ended)[1] == "say closed"
    assert trace(body, Choice("ended"), ended=ended)[1] == "say ended"
    bare = "<Connect><Room>DailyStandup</Room></Connect><Say>next</Say>"
    assert trace(bare, Choice("ended"))[1] == "say next"
    assert call(bare).trace[0].noun == "room"


def test_a_stream_blocks_and_a_started_one_does_not():
    stream = '<Stream url="wss://a.example/"/>'
    assert call(f"<Connect>{stream}</Connect><Say>x</Say>").choices() == (Choice("over"), HANGUP)
    assert trace(f"<Start>{stream}</Start>") == ["start wss://a.example/", "hangup"]


def test_enqueue_goes_on_without_action():
    body = "<Enqueue>support</Enqueue><Say>behind</Say>"
    assert trace(body, Choice("queue-full")) == ["enqueue support", "say behind", "hangup"]


def test_pay_posts_to_itself_so_files_cannot_serve_it():
    assert "405" in trace("<Pay/>", Choice("success"))[-1]


def test_refer_goes_on_without_action():
    body = "<Refer><Sip>sip:a@b.example</Sip></Refer><Say>behind</Say>"
    assert trace(body, Choice("busy")) == ["refer sip:a@b.example", "say behind", "hangup"]


def test_the_end_of_a_leg_joins_and_hangup_declines():
    assert trace("<Say>A call</Say>", context=Context.LEG) == ["say A call", "join"]
    assert trace("<Hangup/>", context=Context.LEG) == ["hangup"]


def test_queue_music_repeats_by_itself_and_conference_music_does_not():
    body = "<Say>wait</Say>"
    assert trace(body, context=Context.CONFERENCE_WAIT) == ["say wait", "silence"]
    repeated = trace(body, context=Context.QUEUE_WAIT)
    assert repeated[:3] == ["say wait"] * 3
    assert repeated[-1].startswith("failure")
    again = '<Say>wait</Say><Redirect method="GET">index.xml</Redirect>'
    assert trace(again, context=Context.CONFERENCE_WAIT)[:2] == ["say wait"] * 2


def test_leave_ends_a_wait():
    assert trace("<Say>wait</Say><Leave/><Say>x</Say>", context=Context.QUEUE_WAIT) == [
        "say wait",
        "leave",
    ]


def test_messages_are_sent():
    assert trace("<Message>Hi</Message>", context=Context.MESSAGE) == ["message Hi", "sent"]


class Odd:
    """A host that answers everything the same way, until it is asked for the second document."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def owns(self, url):
        return url.startswith(BASE)

    def name(self, url):
        return url

    def open(self, url, answers):
        return None

    def fetch(self, url, method, parameters):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (Response(500), "failure 11200"),
        (Response(200, "", document("")), "failure 12300"),
        (Response(200, "text/xml", b"<Response>"), "failure 12100"),
        (Response(200, "text/xml", b""), "failure 12100"),
        (Response(200, "text/xml", b"<Answer/>"), "failure 12102"),
        (Response(200, "text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><Response/>'), "failure 12100"),
        (Response(200, "text/xml", document("<Say>a</Say>" * 6000)), "failure 11750"),
        (Response(301, location="/x"), "failure 11215"),
        (Response(200, "text/plain", b"Good day"), "say Good day"),
        (Response(200, "text/html; charset=utf-8", document("<Say>a</Say>")), "say a"),
        (Response(200, "audio/mpeg", b"\xff"), "play"),
    ],
)
def test_answers_are_read_by_their_type(answer, heard):
    played = Call(Documents(Library(Odd(answer)), BASE + "/index.xml"))
    first = played.trace[0]
    assert f"{first.kind} {first.value}".startswith(heard)


def test_http_redirects_are_followed_and_are_the_new_base():
    moved = Response(302, location="/ivr/new/index.xml")
    run = Documents(
        Library(Odd(moved, Response(200, "text/xml", document("")))), BASE + "/index.xml"
    )
    run.begin()
    assert run.library.documents[0].url == BASE + "/new/index.xml"


def test_a_question_can_be_answered_otherwise_only_as_listed():
    with pytest.raises(ValueError, match="record-silence"):
        Readings().but("record-silence", "perhaps")


def _corpus():
    shared = os.environ.get("TWIMLC_SHARED") or Path(__file__).parents[2] / "shared"
    return sorted(Path(shared, "corpus", "twiml").glob("*.xml"))


@pytest.mark.parametrize("first", [0, 1, -1])
def test_real_documents_are_playable(first):
    """Every real document plays without an exception, whichever choice is taken each time."""
    paths = _corpus()
    if not paths:
        pytest.skip("NO REAL TWIML: ../shared/corpus/twiml is absent (or set TWIMLC_SHARED)")
    for path in paths:
        host = FileHost(BASE, {"main/index.xml": path.read_bytes()})
        played = Call(Documents(Library(host), host.url("main/index.xml")), limit=100)
        for _ in range(20):
            choices = [choice for choice in played.choices() if choice != HANGUP]
            if not choices:
                break
            played.take(choices[min(first, len(choices) - 1)])
        assert played.trace, path.name
