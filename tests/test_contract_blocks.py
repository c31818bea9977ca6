"""Blocks and ways on: goto, menu, offer, voicemail, hunt, use; then, when and fallback."""

import pytest

from compiled import make, slugs, xml

DESK = "+14155550100"


def test_goto_within_a_flow() -> None:
    flow = """
        start: first
        states:
          second: [say: Two.]
          first: [say: One., goto: second]
    """
    flow = flow.replace("[say: One., goto: second]", "[{say: One.}, {goto: second}]")
    assert xml(flow) == "<Say>One.</Say><Say>Two.</Say>"


@pytest.mark.parametrize(
    ("to", "then"),
    [
        ("g/", '<Redirect method="GET">../g/index.xml</Redirect>'),
        ("g/other", "<Say>Other 1</Say>"),
    ],
)
def test_goto_another_flow_with_params_of_its_own(to: str, then: str) -> None:
    other = """
        params: {x: 1}
        start: begin
        states:
          other: [say: "Other ${x}"]
          begin: [{say: "G ${x}"}, {goto: other}]
    """
    made = make(
        f"params: {{x: 9}}\nsteps: [{{say: '${{x}}'}}, {{goto: {to}}}]\n", files={"g.yaml": other}
    )
    assert made.slugs == []
    assert made.xml() == f"<Say>9</Say>{then}"
    assert made.xml("g/index.xml") == "<Say>G 1</Say><Say>Other 1</Say>"


def test_a_state_named_like_a_type_is_a_name() -> None:
    assert xml("states:\n  a: [{goto: true}]\n  true: [{say: Yes.}]\n") == "<Say>Yes.</Say>"


@pytest.mark.parametrize(
    ("to", "slug", "hint"),
    [
        ("frist", "unknown-state", "did you mean 'first'?"),
        ("nobody/", "unknown-flow", ""),
        ("g/nowhere", "unknown-state", ""),
        ("g", "unknown-state", "g/"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(to: str, slug: str, hint: str) -> None:
    made = make(
        f"states:\n  first: [{{say: Hi}}, {{goto: {to}}}]\n", files={"g.yaml": "steps: [say: G]\n"}
    )
    assert made.slugs == [slug]
    assert hint in made.words


def test_redirect_to_a_state_is_a_goto() -> None:
    assert xml("states:\n  a: [{redirect: b}]\n  b: [{say: B.}]\n") == "<Say>B.</Say>"


def test_voicemail() -> None:
    made = make("- voicemail\n")
    assert made.xml().startswith("<Say>Please leave a message after the tone.</Say><Record")
    assert made.xml().endswith("<Say>Thank you. Goodbye.</Say>")
    own = "- voicemail: {say: Speak., record: {maxLength: 5}, goodbye: Bye.}\n  then: hangup\n- say: Not here.\n"
    made = make(own)
    assert "<Say>Speak.</Say><Record" in made.xml()
    assert 'maxLength="5"' in made.xml()
    assert made.xml().endswith("<Say>Bye.</Say><Hangup/>")


def test_a_record_never_comes_round_again() -> None:
    """Without an action of ours Twilio would ask for the same document again."""
    made = make("- record: {maxLength: 9}\n  then: [say: Thanks.]\n")
    action = made.xml().split('action="')[1].split('"')[0]
    assert made.xml(f"f/{action}") == "<Say>Thanks.</Say>"


def test_hunt_rings_one_after_another() -> None:
    people = "- hunt: {people: [{number: +14155550100}, {client: bob}], callerId: +14155550199}\n"
    document = xml(people)
    for part in ('sequential="true"', 'timeout="20"', 'callerId="+14155550199"'):
        assert part in document
    assert document.endswith("><Number>+14155550100</Number><Client>bob</Client></Dial>")
    many = ", ".join(f"+141555501{number:02}" for number in range(11))
    assert slugs(f"- hunt: {{number: [{many}]}}\n") == ["too-many-parts"]


def test_offer_needs_no_decision() -> None:
    flow = """
        - offer:
            prompt: Welcome.
            attempts: 2
            options:
              - {say: For sales press any key now., then: [say: Sales.]}
              - {say: For help press any key now., then: hangup}
          fallback: [say: Nobody wanted anything.]
        - say: After.
    """
    made = make(flow)
    document = made.xml()
    assert made.slugs == []
    assert document.startswith("<Say>Welcome.</Say><Gather ")
    assert document.count("Welcome.") == 1
    assert document.count("For sales") == document.count("For help") == 2
    assert document.count('timeout="3"') == 4
    assert document.endswith("<Say>Nobody wanted anything.</Say><Say>After.</Say>")
    action = document.split('action="')[1].split('"')[0]
    assert made.xml(f"f/{action}") == "<Say>Sales.</Say><Say>After.</Say>"


def test_an_option_may_go_on_with_the_next_step() -> None:
    made = make("- offer: {prompt: Hi., options: [{say: Any key., then: next}]}\n- say: After.\n")
    action = made.xml().split('action="')[1].split('"')[0]
    assert made.xml(f"f/{action}") == "<Say>After.</Say>"


MENU = """
- menu: {{prompt: Choose., choices: {{{choices}}}{more}}}
  fallback: hangup
"""


def test_plain_files_refuse_what_needs_a_decision() -> None:
    menu = make(MENU.format(choices="1: [say: One.], 2: next", more=""))
    assert menu.slugs == ["decision-needs-host"]
    assert "'offer'" in menu.words
    dial = make(f"- dial: {DESK}\n  fallback: [say: Nobody.]\n")
    assert dial.slugs == ["decision-needs-host"]
    assert "fallback-after-answer" in dial.words
    assert slugs("- enqueue: q\n  then: hangup\n  fallback: [say: Full.]\n") == [
        "decision-needs-host"
    ]
    assert slugs("- gather: {prompt: Hi.}\n  when: {1: [say: One.]}\n  fallback: hangup\n") == [
        "decision-needs-host"
    ]


def test_the_same_after_every_outcome_needs_no_decision() -> None:
    dial = f"- dial: {DESK}\n  then: [say: After.]\n  fallback: [say: After.]\n"
    assert xml(dial) == f"<Dial><Number>{DESK}</Number></Dial><Say>After.</Say>"
    assert xml(f"- dial: {DESK}\n- say: After.\n") == xml(dial)


def test_an_allowed_approximation_is_built_and_reported() -> None:
    flow = f"- dial: {DESK}\n  fallback: [say: Nobody.]\n  allow: [fallback-after-answer]\n"
    made = make(flow)
    assert made.slugs == []
    assert made.xml() == f"<Dial><Number>{DESK}</Number></Dial><Say>Nobody.</Say>"
    (report,) = made.result.targets
    assert report.approximations[0].startswith("fallback-after-answer at f.yaml:2")
    assert "fallback-after-answer" in (made.folder / "manifest.json").read_text()
    wrong = make(flow.replace("fallback-after-answer", "fallback-after-anser"))
    assert wrong.slugs == ["unknown-allow"]


@pytest.mark.parametrize(
    ("more", "slug"),
    [
        ("  then: hangup\n", "choices-say-where"),
        ("  when: {1: hangup}\n", "choices-say-where"),
    ],
)
def test_nothing_but_fallback_stands_beside_menu_and_offer(more: str, slug: str) -> None:
    assert slugs("- menu: {prompt: Hi., choices: {1: hangup}}\n  fallback: hangup\n" + more) == [
        slug
    ]
    offer = "- offer: {prompt: Hi., options: [{say: Key., then: hangup}]}\n" + more
    assert slugs(offer) == [slug]


def test_a_menu_owns_its_action() -> None:
    menu = MENU.format(choices="1: hangup", more=", action: 'https://x.example.com/a'")
    assert slugs(menu) == ["action-owned"]


def test_choices_of_mixed_lengths_warn() -> None:
    assert "mixed-choices" in slugs(MENU.format(choices="1: hangup, 12: next", more=""))


@pytest.mark.parametrize(
    ("choices", "digits", "waits"),
    [
        ("1: hangup", 4, True),
        ("12: hangup, 34: next", 3, True),
        ("1: hangup", 1, False),
        ("1234: hangup", 4, False),
    ],
)
def test_a_menu_waits_for_no_more_keys_than_its_choices_have(
    choices: str, digits: int, waits: bool
) -> None:
    found = slugs(MENU.format(choices=choices, more=f", numDigits: {digits}"))
    assert ("more-keys-than-choices" in found) is waits


@pytest.mark.parametrize("key", ["x", "1a", "-1", "default"])
def test_a_choice_is_made_of_the_keys_of_a_phone(key: str) -> None:
    assert slugs(MENU.format(choices=f'"{key}": hangup', more="")) == ["bad-key"]


ROOM = "- connect: {room: DailyStandup}\n"


def test_a_room_without_then_has_no_action_and_a_note_says_so() -> None:
    made = make(ROOM + "  fallback: [say: Not open.]\n- say: After.\n")
    assert made.slugs == []
    assert "room-ends-into-fallback" in made.notes
    assert "then: hangup" in made.words
    assert made.xml() == (
        "<Connect><Room>DailyStandup</Room></Connect><Say>Not open.</Say><Say>After.</Say>"
    )


@pytest.mark.parametrize("then", ["next", "hangup", "[say: Thanks.]"])
def test_a_room_with_then_has_an_action(then: str) -> None:
    made = make(
        f"{ROOM}  then: {then}\n  fallback: [say: Not open., hangup: ]\n- say: After.\n".replace(
            "[say: Not open., hangup: ]", "[{say: Not open.}, hangup]"
        )
    )
    assert "room-ends-into-fallback" not in made.notes
    action = made.xml().split('action="')[1].split('"')[0]
    assert made.xml().endswith("<Say>Not open.</Say><Hangup/>")
    heard = {"next": "<Say>After.</Say>", "hangup": "<Hangup/>"}
    assert made.xml(f"f/{action}") == heard.get(then, "<Say>Thanks.</Say><Say>After.</Say>")


def test_both_spellings_of_a_rooms_outcomes() -> None:
    short = make(ROOM + "  then: [say: Bye.]\n  fallback: [say: Not open.]\n")
    long = make(ROOM + "  when: {ended: [say: Bye.], not-open: [say: Not open.]}\n")
    assert sorted(short.documents.values()) == sorted(long.documents.values())
    assert slugs(ROOM + "  then: hangup\n  when: {ended: hangup}\n  fallback: hangup\n") == [
        "duplicate-outcome"
    ]
    assert slugs(ROOM + "  then: hangup\n  when: {not-open: hangup}\n  fallback: hangup\n") == [
        "duplicate-outcome"
    ]


def test_the_second_caller_throws_out_the_first() -> None:
    flow = "- connect: {room: {name: R, participantIdentity: host}}\n  fallback: hangup\n"
    assert slugs(flow) == ["fixed-identity"]


@pytest.mark.parametrize(
    "verb", ["record: {}", "connect: {stream: {url: 'wss://x.example.com/s'}}"]
)
def test_what_cannot_fail_has_no_fallback(verb: str) -> None:
    assert slugs(f"- {verb}\n  fallback: hangup\n") == ["one-way-out"]


@pytest.mark.parametrize(
    "verb",
    ["say: Hi", "pause: {length: 2}", "play: 'https://x.example.com/a.mp3'", "start: recording"],
)
@pytest.mark.parametrize("key", ["then: hangup", "fallback: hangup", "when: {busy: hangup}"])
def test_other_verbs_have_one_way_on(verb: str, key: str) -> None:
    made = make(f"- {verb}\n  {key}\n- say: After.\n")
    assert made.slugs == ["branch-not-allowed"]
    assert "goto" in made.words


@pytest.mark.parametrize("name", ["hangup", "caller-hung-up", "redirected"])
def test_a_caller_who_hangs_up_is_no_outcome(name: str) -> None:
    made = make(f"- dial: {DESK}\n  when: {{{name}: hangup}}\n")
    assert made.slugs == ["no-outcome"]
    assert "nothing can follow" in made.words


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        ("dial: +14155550100", "buzy"),
        ("enqueue: q", "full"),
        ("gather: {prompt: Hi.}", "one"),
        ("refer: {sip: 'sip:a@x.example.com'}", "no-answer"),
        ("pay: {chargeAmount: '10.00'}", "failed"),
        ("connect: {virtualAgent: {connectorName: a}}", "over"),
        ("connect: {conversationRelay: {url: 'wss://x.example.com/s'}}", "closed"),
        ("record: {}", "silence"),
    ],
)
def test_an_outcome_nobody_knows_is_an_error(verb: str, name: str) -> None:
    assert slugs(f"- {verb}\n  when: {{{name}: hangup}}\n") == ["unknown-outcome"]


@pytest.mark.parametrize(
    ("verb", "outcomes"),
    [
        ("dial: +14155550100", "completed answered busy no-answer failed canceled"),
        (
            "enqueue: q",
            "bridged leave redirected-from-bridged bridging-in-process queue-full error system-error",
        ),
        ("refer: {sip: 'sip:a@x.example.com'}", "accepted busy failed canceled"),
        ("connect: {virtualAgent: {connectorName: a}}", "completed live-agent-handoff failed"),
        ("connect: {conversationRelay: {url: 'wss://x.example.com/s'}}", "ended handoff failed"),
        ("record: {}", "recorded"),
        ("connect: {stream: {url: 'wss://x.example.com/s'}}", "over"),
    ],
)
def test_every_outcome_of_the_table_has_its_name(verb: str, outcomes: str) -> None:
    for name in outcomes.split():
        found = slugs(f"- {verb}\n  when: {{{name}: [say: Then.]}}\n- say: After.\n")
        assert not {"unknown-outcome", "no-outcome"} & set(found), (verb, name)


def test_one_status_for_several_people_warns() -> None:
    several = "- dial: {number: [+14155550100, +14155550101]}\n  when: {busy: hangup}\n"
    assert slugs(several) == ["shared-status"]
    assert slugs(f"- dial: {DESK}\n  when: {{busy: hangup}}\n") == []


def test_only_who_is_asked_can_decline() -> None:
    assert slugs(f"- dial: {DESK}\n  when: {{declined: hangup}}\n") == ["declined-without-url"]


def test_a_gather_that_decides_nothing_warns_and_still_has_an_action() -> None:
    made = make("- gather: {prompt: Hi.}\n- say: After.\n")
    assert made.slugs == ["pointless-gather"]
    assert 'action="' in made.xml()


@pytest.mark.parametrize(
    "key", ["action: 'https://x.example.com/a'", "method: GET", "actionOnEmptyResult: true"]
)
def test_beside_ways_on_the_action_is_ours(key: str) -> None:
    flow = f"- gather: {{prompt: Hi., {key}}}\n  then: [say: Thanks.]\n  fallback: hangup\n"
    assert slugs(flow) == ["action-owned"]


def test_an_action_alone_leaves_for_that_address() -> None:
    gather = "- gather: {prompt: Hi., action: 'https://x.example.com/a'}\n- say: No input.\n"
    assert xml(gather) == (
        '<Gather action="https://x.example.com/a"><Say>Hi.</Say></Gather><Say>No input.</Say>'
    )
    dial = f"- dial: {{number: {DESK}, action: 'https://x.example.com/a'}}\n"
    assert xml(dial) == f'<Dial action="https://x.example.com/a"><Number>{DESK}</Number></Dial>'
    assert slugs(dial + "- say: Never.\n") == ["unreachable-step"]


def test_lists_go_on_after_the_step_they_hang_on() -> None:
    made = make(
        "- gather: {prompt: Hi.}\n  then: [say: Thanks.]\n  fallback: next\n- say: After.\n"
    )
    action = made.xml().split('action="')[1].split('"')[0]
    assert made.xml(f"f/{action}") == "<Say>Thanks.</Say><Say>After.</Say>"


def test_the_end_of_a_state_ends_the_call() -> None:
    flow = "states:\n  a: [{gather: {prompt: Hi.}, then: b, fallback: c}]\n  b: [say: B.]\n  c: [say: C.]\n"
    made = make(flow)
    assert made.documents["f/v/b.xml"] == "<Say>B.</Say>"
    assert made.xml().endswith("<Say>C.</Say>")


@pytest.mark.parametrize("value", ["[]", "{sya: Hi}"])
def test_a_way_on_is_a_name_or_a_list(value: str) -> None:
    assert len(slugs(f"- dial: {DESK}\n  then: {value}\n")) == 1


COMPONENT = """
components:
  ask:
    params: {question: What?}
    steps:
      - gather: {prompt: "${question}"}
        then: [{return: got}]
        fallback: [{return: nothing}]
"""


def test_a_component_returns_to_where_when_says() -> None:
    flow = (
        COMPONENT
        + """
steps:
  - use: ask
    with: {question: Who?}
    when: {got: [say: Thanks.], nothing: hangup}
  - say: After.
"""
    )
    made = make(flow)
    assert made.slugs == []
    assert "<Say>Who?</Say>" in made.xml()
    assert made.xml().endswith("<Hangup/>")
    action = made.xml().split('action="')[1].split('"')[0]
    assert made.xml(f"f/{action}") == "<Say>Thanks.</Say><Say>After.</Say>"


def test_a_return_without_when_goes_on_behind_use() -> None:
    made = make(COMPONENT + "steps:\n  - use: ask\n    when: {nothing: hangup}\n  - say: After.\n")
    action = made.xml().split('action="')[1].split('"')[0]
    assert made.xml(f"f/{action}") == "<Say>After.</Say>"


@pytest.mark.parametrize(
    ("use", "slug"),
    [
        ("{use: aks}", "unknown-component"),
        ("{use: ask, with: {qestion: x}}", "unknown-argument"),
        ("{use: ask, when: {gott: hangup}}", "unknown-outcome"),
        ("{use: ask, fallback: hangup}", "one-way-out"),
        ("{return: got}", "return-outside"),
    ],
)
def test_mistakes_around_components(use: str, slug: str) -> None:
    rest = "" if "ask" in use else ", {use: ask, when: {got: hangup}}"
    assert slug in slugs(f"{COMPONENT}steps: [{use}{rest}, {{say: After.}}]\n")


def test_states_of_a_component_are_private_to_each_use() -> None:
    flow = """
        components:
          twice:
            start: x
            states:
              x: [{say: X.}, {goto: y}]
              y: [{say: Y.}]
        states:
          a: [{use: twice}, {use: twice}, {goto: y}]
          y: [{say: Mine.}]
    """
    assert xml(flow) == ("<Say>X.</Say><Say>Y.</Say><Say>X.</Say><Say>Y.</Say><Say>Mine.</Say>")


def test_a_state_given_as_a_value_is_the_users() -> None:
    flow = """
        components:
          go:
            params: {to: }
            states:
              b: [{say: Private.}, {goto: "${to}"}]
        states:
          a: [{use: go, with: {to: b}}]
          b: [{say: Mine.}]
    """
    assert xml(flow) == "<Say>Private.</Say><Say>Mine.</Say>"


def test_a_component_sees_neither_states_nor_params_of_the_user() -> None:
    state = "components: {c: {steps: [{goto: b}]}}\nstates:\n  a: [{use: c}]\n  b: [{say: B.}]\n"
    assert "unknown-state" in slugs(state)
    param = "params: {p: 1}\ncomponents: {c: {steps: [{say: '${p}'}]}}\nsteps: [{use: c}, {say: '${p}'}]\n"
    assert slugs(param) == ["unknown-name"]


def test_shared_components_lie_beside_the_flows() -> None:
    made = make(
        files={
            "twimlc.yaml": "flows: flows\n",
            "flows/deep/f.yaml": "steps:\n  - use: greet\n    with: {who: Ann}\n",
            "flows/_components/greet.yaml": "params: {who: you}\nsteps:\n  - say: Hello ${who}.\n",
        }
    )
    assert made.slugs == []
    assert made.xml() == "<Say>Hello Ann.</Say>"


def test_a_component_cannot_use_itself() -> None:
    assert slugs("components: {c: {steps: [{use: c}]}}\nsteps: [{use: c}]\n") == [
        "component-circle"
    ]


def test_a_return_that_if_leaves_out_may_still_be_named() -> None:
    flow = """\
        components:
          door:
            params: {open: }
            steps:
              - return: shut
                if: ${not open}
              - say: Come in.
        states:
          main:
            - use: door
              with: {open: true}
              when: {shut: bye}
            - use: door
              with: {open: false}
              when: {shut: bye}
            - hangup
          bye:
            - say: Goodbye.
            - hangup
    """
    assert xml(flow) == "<Say>Come in.</Say><Say>Goodbye.</Say><Hangup/>"
    assert make(flow.replace("shut: bye", "shot: bye")).slugs == ["unknown-outcome"] * 2


@pytest.mark.parametrize("menu", ["- menu: {prompt: Hi.}", "- menu:\n    prompt: Hi."])
def test_what_a_menu_lacks_is_told_once(menu: str) -> None:
    assert slugs(menu) == ["missing-key"]


@pytest.mark.parametrize(
    "step",
    [
        f"- connect: {{room: RM{1:032x}}}\n  then: hangup\n- hangup",
        f"- dial: {{conference: CF{1:032x}}}\n- hangup",
    ],
)
def test_the_sid_of_one_room_is_no_name(step: str) -> None:
    made = make(step)
    assert made.slugs.count("fixed-sid") == 1
    assert "which will be over by then" in made.words
