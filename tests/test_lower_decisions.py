"""Where the host can look at a value: what is asked, what is not, and how much is written."""

from dataclasses import replace

import pytest

from call_graphs import Calls, documents_of, element, findings_of, plan_of, state_link
from compiled import compile_target
from growth import counted
from proofs import verify_plan
from random_flows import Author
from test_interpret_end_to_end import project
from twimlc import pipeline
from twimlc.flow.graph import Context
from twimlc.hosts import find_host, lower
from twimlc.lower.host import Site
from twimlc.lower.plan import Mark
from twimlc.pipeline.load import load

NGINX = Site(find_host("nginx"))


def sentences(calls, *labels, state="main"):
    for label in labels:
        calls.say(label, f"{label}.", at=f"acme/{state}", to="end")
    return calls


def menu():
    calls = Calls()
    calls.verb(
        "menu",
        element("Gather", numDigits="1"),
        at="acme/main",
        keys={"1": "one", "*": "two"},
        exits={"input": "wrong", "no-input": "quiet"},
    )
    return sentences(calls, "one", "two", "wrong", "quiet")


def test_keys_are_looked_up_and_silence_is_not() -> None:
    plan = plan_of(menu().graph("menu"), NGINX)
    (decision,) = plan.decisions
    assert (decision.path, decision.flow, decision.parameters) == (
        "acme/v/main.0.decide",
        "acme",
        ("Digits", None),
    )
    assert dict(decision.branches) == {"1": "acme/v/main.1.xml", "*": "acme/v/main.2.xml"}
    assert decision.default == "acme/v/main.3.xml"
    pages = documents_of(menu().graph("menu"), NGINX)
    assert pages["acme/index.xml"] == (
        '<Gather action="v/main.0.decide" method="GET" numDigits="1"/>\n<Say>quiet.</Say>'
    )
    assert set(pages) == {
        "acme/index.xml",
        "acme/v/main.1.xml",
        "acme/v/main.2.xml",
        "acme/v/main.3.xml",
    }


def test_the_fetches_of_a_decision_are_counted() -> None:
    (entry,) = plan_of(menu().graph("menu"), NGINX).entries
    assert entry.fetches == 2


EXITS = {
    "completed": "talked",
    "answered": "talked",
    "busy": "missed",
    "no-answer": "missed",
    "failed": "missed",
    "canceled": "missed",
    "declined": "refused",
}


def dial(exits, *, url=False, fallback=None):
    number = element("Number", "+14155550100", **({"url": state_link("screen")} if url else {}))
    calls = Calls()
    calls.verb("dial", element("Dial", number), at="acme/main", exits=exits, fallback=fallback)
    sentences(calls, "talked", "missed", "refused", "engaged")
    calls.say("screen", "A call.", at="acme/screen", to="end")
    return calls.graph(
        "dial", {"acme/screen": "screen"}, {"screen": (Context.LEG, "Number.url")} if url else {}
    )


def test_a_status_that_nobody_knows_counts_as_the_plain_failure() -> None:
    exits = EXITS | {"busy": "engaged"}
    (decision,) = plan_of(dial(exits, fallback="missed"), NGINX).decisions
    assert (
        decision.document({}) == decision.document({"DialCallStatus": "what"}) == decision.default
    )
    assert dict(decision.branches).keys() == {"completed", "answered", "busy"}
    assert decision.mark is None, "nobody can decline without a document"


def test_declining_is_told_by_a_second_parameter() -> None:
    (decision,) = plan_of(dial(EXITS, url=True), NGINX).decisions
    assert decision.mark == Mark("DialBridged", "false")
    talked = decision.document({"DialCallStatus": "completed", "DialBridged": "true"})
    refused = decision.document({"DialCallStatus": "completed", "DialBridged": "false"})
    missed = decision.document({"DialCallStatus": "busy", "DialBridged": "false"})
    assert len({talked, refused, missed}) == 3
    assert missed == decision.default
    (decision,) = plan_of(dial(EXITS | {"declined": "talked"}, url=True), NGINX).decisions
    assert decision.mark is None, "it leads nowhere else"


def test_equal_ways_cost_no_fetch() -> None:
    names = ("completed", "answered", "busy", "no-answer", "failed", "canceled", "declined")
    graph = dial(dict.fromkeys(names, "talked"), url=True)
    assert plan_of(graph, NGINX).decisions == ()
    assert plan_of(graph, NGINX)._replace(host=find_host("static")) == plan_of(graph)


def test_a_host_that_can_keep_the_promise_keeps_it() -> None:
    graph = dial({"completed": "talked", "no-answer": "missed"}, fallback="missed")
    plan = plan_of(graph, replace(NGINX, allow=frozenset({"fallback-after-answer"})))
    assert plan.approximations == ()
    assert len(plan.decisions) == 1


@pytest.mark.parametrize(
    ("made", "exits", "parameter", "known", "default"),
    [
        (element("Enqueue", "q"), {"bridged": "a", "leave": "b", "queue-full": "c", "error": "d", "system-error": "d"}, "QueueResult", {"bridged", "leave", "queue-full"}, "d"),
        (element("Refer", element("ReferSip", "sip:a@example.com")), {"accepted": "a", "busy": "b", "failed": "c", "canceled": "b"}, "ReferCallStatus", {"in-progress", "busy", "canceled"}, "c"),
        (element("Connect", element("VirtualAgent", connectorName="x")), {"completed": "a", "live-agent-handoff": "b", "failed": "c"}, "VirtualAgentStatus", {"completed", "live-agent-handoff"}, "c"),
    ],
)  # fmt: skip
def test_every_verb_is_read_from_its_own_parameter(made, exits, parameter, known, default) -> None:
    calls = Calls()
    calls.verb("verb", made, at="acme/main", exits=exits)
    for label in "abcd":
        calls.say(label, f"{label}.", at=f"acme/{label}", to="end")
    (decision,) = plan_of(calls.graph("verb"), NGINX).decisions
    assert decision.parameter == parameter
    assert dict(decision.branches).keys() == known
    assert decision.default == f"acme/v/{default}.xml"


def test_a_handoff_is_an_end_with_data() -> None:
    calls = Calls()
    relay = element("Connect", element("ConversationRelay", url="wss://x.example.com"))
    calls.verb("relay", relay, at="acme/main", exits={"ended": "a", "handoff": "b", "failed": "c"})
    sentences(calls, "a", "b", "c")
    (decision,) = plan_of(calls.graph("relay"), NGINX).decisions
    assert decision.mark == Mark("HandoffData", None)
    ended, failed = {"SessionStatus": "ended"}, {"SessionStatus": "failed"}
    plain, handed = decision.document(ended), decision.document({**ended, "HandoffData": "{}"})
    assert decision.document({**ended, "HandoffData": ""}) == plain
    assert len({plain, handed, decision.default}) == 3
    assert decision.document({**failed, "HandoffData": "{}"}) == decision.default


def test_what_another_flow_says_lies_in_the_folder_of_the_decision() -> None:
    calls = Calls()
    calls.verb(
        "menu",
        element("Gather"),
        at="acme/main",
        keys={"1": "there", "2": "own"},
        exits={"input": "own", "no-input": "end"},
    )
    calls.verb(
        "there",
        element("Gather"),
        at="other/main",
        keys={"1": "far"},
        exits={"input": "there", "no-input": "end"},
    )
    calls.say("far", "Far.", at="other/main", to="end")
    calls.say("own", "Own.", at="acme/main", to="end")
    graph = calls.graph(
        {"acme": "menu", "other": "there"}, {"acme/main": "menu", "other/main": "there"}
    )
    pages = documents_of(graph, NGINX)
    mine, theirs = plan_of(graph, NGINX).decisions
    assert dict(mine.branches)["1"] == "acme/v/other.main.xml"
    assert 'action="../../other/v/main.0.decide"' in pages["acme/v/other.main.xml"]
    assert theirs.path == "other/v/main.0.decide"
    assert dict(theirs.branches) == {"1": "other/v/main.1.xml"}


def test_equal_decisions_are_one() -> None:
    calls = Calls()
    for label, to in (("a", "b"), ("b", "end")):
        keys = {"1": f"yes-{label}"}
        calls.verb(
            label,
            element("Gather"),
            at="acme/main",
            keys=keys,
            exits={"input": "no", "no-input": to},
        )
        calls.say(f"yes-{label}", "Yes.", at="acme/main", to="end")
    calls.say("no", "No.", at="acme/main", to="end")
    plan = plan_of(calls.graph("a"), NGINX)
    assert [decision.path for decision in plan.decisions] == ["acme/v/main.0.decide"]
    assert len(plan.documents) == 3


def test_on_a_called_line_a_key_needs_no_redirect() -> None:
    calls = Calls()
    calls.verb(
        "dial",
        element("Dial", element("Number", "+14155550100", url=state_link("screen"))),
        at="acme/main",
        exits={"completed": "end"},
    )
    calls.verb(
        "screen",
        element("Gather"),
        at="acme/screen",
        keys={"1": "yes"},
        exits={"input": "no", "no-input": "no"},
    )
    calls.say("yes", "Yes.", at="acme/screen", to="end")
    calls.verb("no", element("Hangup"), at="acme/screen")
    graph = calls.graph("dial", {"acme/screen": "screen"}, {"screen": (Context.LEG, "Number.url")})
    assert findings_of(graph, NGINX) == []
    (decision,) = plan_of(graph, NGINX).decisions
    assert decision.path == "acme/v/screen.0.decide"


def test_pay_needs_post_on_every_router() -> None:
    calls = Calls()
    calls.verb("pay", element("Pay"), at="acme/main", exits={"success": "end"})
    for host in (
        *(find_host(name) for name in ("nginx", "caddy", "apache")),
        find_host("s3", "cloudfront"),
    ):
        assert host is not None
        (found,) = findings_of(calls.graph("pay"), Site(host))
        assert found.startswith("pay-needs-post")


def compiled(folder, **texts):
    """The graph of flows and what is written for nginx."""
    project(folder, texts)
    loaded = load(pipeline.Options(cwd=folder, write=False))
    target = loaded.targets[0]._replace(host="nginx")
    made = compile_target(loaded, target)
    (variant,) = made.variants
    return made, variant.graph, variant.finished()


def tree(levels, width, attempts):
    """A tree of menus, with words of their own on every leaf."""
    states = []

    def grow(name, level):
        if level == levels:
            states.append(f"  {name}:\n    - say: This is {name}.\n    - hangup\n")
            return
        keys = ", ".join(f"{key}: {name}{key}" for key in range(1, width + 1))
        states.append(
            f"  {name}:\n    - menu: {{prompt: Menu {name}., choices: {{{keys}}}, attempts: {attempts}, invalid: What?}}\n    - say: Goodbye.\n    - hangup\n"
        )
        for key in range(1, width + 1):
            grow(f"{name}{key}", level + 1)

    grow("m", 0)
    return "states:\n" + "".join(states)


@pytest.mark.parametrize(("levels", "width"), [(1, 9), (2, 9), (3, 9), (3, 4)])
def test_a_tree_of_menus_has_no_more_documents_than_places(tmp_path, levels, width) -> None:
    made, _, finished = compiled(tmp_path / "p", tree=tree(levels, width, 3))
    assert made.ok
    plan = finished.plan
    menus = sum(width**level for level in range(levels))
    places = sum(width**level for level in range(levels + 1))
    # The entry and each choice, two wrong keys of each menu, the goodbye after the third; the
    # apology.
    assert len(plan.documents) == places + 2 * menus + 1 + 1
    assert len(plan.decisions) == 3 * menus


def test_the_work_for_a_tree_grows_with_its_size(tmp_path) -> None:
    took = {}
    for levels in (2, 3):
        made, graph, _ = compiled(tmp_path / str(levels), tree=tree(levels, 9, 3))
        assert made.ok
        plans = []
        calls = counted(
            lambda graph=graph, to=plans: to.append(lower(graph, NGINX, lambda _: None))
        )
        ((plan, _),) = plans
        assert plan is not None
        took[levels] = sum(calls.values()) / len(plan.documents)
    assert len(plan.documents) == 820 + 2 * 91 + 1 + 1
    assert took[3] < 1.2 * took[2]  # by the square it is nine times as much


SEEDS = range(60)


def test_random_flows_are_the_same_call(tmp_path) -> None:
    walked = decisions = 0
    for seed in SEEDS:
        made, graph, finished = compiled(
            tmp_path / str(seed), **Author(seed, decisions=True).write()
        )
        refused = {finding.rule.slug for finding in made.findings if finding.is_error}
        assert refused <= {"too-long", "silent-wait", "silent-loop", "needs-redirect"}, refused
        if finished is None or not made.ok:
            continue
        plan, files = finished.plan, finished.files
        decisions += len(plan.decisions)
        for decision in plan.decisions:
            folder = decision.path.rpartition("/")[0]
            leads = [
                decision.default,
                *(path for _, path in (*decision.branches, *decision.marked)),
            ]
            assert all(path in files and path.rpartition("/")[0] == folder for path in leads)
        for _, verified in verify_plan(graph, plan, files):
            walked += 1
            assert verified.same, f"{seed}\n{verified.difference.describe()}"
    assert walked > 40
    assert decisions > 100


def test_a_row_that_is_lost_anywhere_is_found(tmp_path) -> None:
    """Each branch of each decision leads to its default instead, in turn."""
    lost = missed = 0
    for seed in range(12):
        made, graph, finished = compiled(
            tmp_path / str(seed), **Author(seed, decisions=True).write()
        )
        if finished is None or not made.ok:
            continue
        plan, files = finished.plan, finished.files
        for decision in plan.decisions:
            for name in ("branches", "marked"):
                for row in getattr(decision, name):
                    if row[1] == decision.default:
                        continue
                    rows = tuple(kept for kept in getattr(decision, name) if kept != row)
                    changed = tuple(
                        replace(decision, **{name: rows}) if found is decision else found
                        for found in plan.decisions
                    )
                    results = verify_plan(graph, plan._replace(decisions=changed), files)
                    missed += all(verified.same for _, verified in results)
                    lost += 1
    assert lost > 50
    assert missed <= lost // 10, (missed, lost)  # Conferences only are answered, calls completed.
