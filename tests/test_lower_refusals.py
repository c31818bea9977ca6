"""What plain files cannot do is refused at its step, with what works instead."""

from pathlib import Path

import pytest

from call_graphs import Calls, documents_of, element, findings_of, span, state_link
from twimlc import pipeline
from twimlc.flow.graph import Context
from twimlc.hosts import find_host, lower
from twimlc.lower.host import Site
from twimlc.yaml.tree import CallValue, Template


def test_every_decision_is_reported_once() -> None:
    calls = Calls()
    calls.verb(
        "menu", element("Gather"), at="acme/main", title="menu", keys={"1": "desk"},
        exits={"input": "end", "no-input": "desk"},
    )  # fmt: skip
    calls.verb(
        "desk", element("Dial", "+14155550100"), at="acme/desk",
        exits={"completed": "end", "busy": "mail", "no-answer": "mail"}, fallback="mail",
    )  # fmt: skip
    calls.verb(
        "mail", element("Enqueue", "q"), at="acme/mail", exits={"bridged": "end", "error": "menu"}
    )
    again = calls.nodes[calls.labels["menu"]]
    calls.verb(
        "retry", element("Gather"), at="acme/main", keys={"1": "desk"}, exits={"input": "end"}
    )
    calls.nodes[-1].span = again.span
    calls.pending[calls.labels["menu"]][1]["no-input"] = "retry"
    entries = {"acme/main": "menu", "acme/desk": "desk", "acme/mail": "mail"}
    found = findings_of(calls.graph("menu", entries))
    assert len(found) == 3
    menu, dial, queue = found
    assert menu.startswith("decision-needs-host: 'menu' goes on by the key")
    assert "1: desk" in menu
    assert "'offer'" in menu
    assert "twiml-bin" in menu
    assert "completed: the end; busy, no-answer: mail" in dial
    assert "allow: [fallback-after-answer]" in dial
    assert "bridged: the end; error: main" in queue


def test_what_a_refused_step_leads_to_is_looked_at_too() -> None:
    calls = Calls()
    calls.verb("dial", element("Dial", "+14155550100"), at="acme/main", exits={"completed": "end", "busy": "who"})  # fmt: skip
    calls.say("who", "x\x07y", at="acme/who", to="end")
    assert [found.split(":")[0] for found in findings_of(calls.graph("dial"))] == [
        "decision-needs-host",
        "control-character",
    ]


def test_the_target_may_allow_the_approximation_for_every_dial() -> None:
    calls = Calls()
    calls.verb("dial", element("Dial", "+14155550100"), at="acme/main", exits={"completed": "end", "no-answer": "mail"})  # fmt: skip
    calls.say("mail", "Leave a message.", at="acme/mail", to="end")
    site = Site(find_host("static"), allow=frozenset({"fallback-after-answer"}))
    assert documents_of(calls.graph("dial"), site)["acme/index.xml"].endswith("message.</Say>")


def test_a_virtual_agent_with_different_ways_is_a_decision() -> None:
    calls = Calls()
    agent = element("Connect", element("VirtualAgent", connectorName="x"))
    calls.verb("a", agent, at="acme/main", exits={"completed": "end", "failed": "sorry"})
    calls.say("sorry", "Sorry.", at="acme/main", to="end")
    (found,) = findings_of(calls.graph("a"))
    assert found.startswith("decision-needs-host")


def test_call_values_need_templates() -> None:
    calls = Calls()
    text = Template(("You call from ", CallValue("From")))
    calls.verb("a", element("Say", text), at="acme/main", exits="b")
    calls.verb("b", element("Say", "Hi", voice=text), at="acme/main", exits="end")
    graph = calls.graph("a")
    _, findings = lower(graph, Site(find_host("s3")), lambda link: None)
    assert [found.rule.slug for found in findings] == ["call-value-needs-templates"]
    assert "'${call.From}'" in findings[0].message
    assert "'s3'" in findings[0].message


def test_pay_needs_post() -> None:
    calls = Calls()
    calls.verb("a", element("Pay"), at="acme/main", exits={"success": "end"})
    (found,) = findings_of(calls.graph("a"))
    assert found.startswith("pay-needs-post")


def test_characters_that_xml_does_not_know() -> None:
    for character in "\x00\x0b\x1f\ufffe\uffff\ud800":
        calls = Calls()
        calls.say("a", f"x{character}", at="acme/main", to="end")
        (found,) = findings_of(calls.graph("a"))
        assert f"U+{ord(character):04X}" in found
    calls = Calls()
    calls.say("a", "tab\t, line\n, \x85 and \U0001f600", at="acme/main", to="end")
    assert findings_of(calls.graph("a")) == []


@pytest.mark.parametrize(
    ("host", "most"),
    [("static", "Twilio takes at most 65,536"), ("twiml-bin", "a Bin takes at most 57,344 and")],
)
def test_a_verb_that_fills_a_document_is_refused_with_its_size(host: str, most: str) -> None:
    calls = Calls()
    calls.say("a", "Hello.", at="acme/main", to="b")
    calls.say("b", "x" * 70000, at="acme/main", to="end")
    plan, findings = lower(calls.graph("a"), Site(find_host(host)), lambda link: None)
    assert plan is None
    (found,) = findings
    assert found.rule.slug == "verb-too-big"
    assert most in found.message
    assert "70,0" in found.message
    assert found.span == span(3)


def test_a_loop_on_a_called_line_needs_a_redirect_that_is_not_allowed() -> None:
    calls = Calls()
    number = element("Number", "+14155550100", url=state_link("screen"))
    calls.verb("dial", element("Dial", number), at="acme/main", exits={"completed": "end"})
    calls.verb(
        "ask", element("Gather"), at="acme/screen", exits={"input": "end", "no-input": "ask"}
    )
    entries = {"acme/screen": "ask"}
    (found,) = findings_of(calls.graph("dial", entries, {"ask": (Context.LEG, "Number.url")}))
    assert found.startswith("needs-redirect: the document of 'Number.url' goes round in a loop")
    # Client.url forbids Dial only.
    assert findings_of(calls.graph("dial", entries, {"ask": (Context.LEG, "Client.url")})) == []


def test_a_called_partys_long_document_is_not_cut_at_eight_kilobytes() -> None:
    calls = Calls()
    number = element("Number", "+14155550100", url=state_link("screen"))
    calls.verb("dial", element("Dial", number), at="acme/main", exits={"completed": "end"})
    calls.say("a", "x" * 9000, at="acme/screen", to="b")
    calls.say("b", "y" * 9000, at="acme/more", to="end")
    graph = calls.graph(
        "dial", {"acme/screen": "a", "acme/more": "b"}, {"a": (Context.LEG, "Number.url")}
    )
    assert set(documents_of(graph)) == {"acme/index.xml", "acme/v/screen.xml"}


def test_what_leads_to_another_flow_is_told_as_one_writes_it(tmp_path: Path) -> None:
    flows = {
        "line": "steps:\n  - menu: {prompt: Press 1 or 2., choices: {1: front/, 2: shop/}}\n"
        "    fallback: front/desk\n  - say: Bye.\n",
        "front": "states:\n  greeting: [{say: Hello.}, hangup]\n  desk: [{say: Desk.}, hangup]\n",
        "shop": "steps:\n  - say: The shop.\n  - hangup\n",
    }
    for name, text in flows.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    paths = (tmp_path / "line.yaml",)
    options = pipeline.Options(paths=paths, targets=("static",), cwd=tmp_path, write=False)
    (found,) = (f for f in pipeline.check(options).findings if f.is_error)
    assert "(1: front/; 2: shop/)" in found.message


def test_a_step_without_a_state_is_told_by_its_verb(tmp_path: Path) -> None:
    (tmp_path / "line.yaml").write_text(
        "steps:\n  - dial: +14155550100\n    allow: [fallback-after-answer]\n"
        "    then: hangup\n    fallback: next\n  - say: Nobody is there.\n"
    )
    paths = (tmp_path / "line.yaml",)
    options = pipeline.Options(paths=paths, targets=("static",), cwd=tmp_path, write=False)
    (target,) = pipeline.build(options).targets
    assert "goes on with 'say'" in str(target.approximations)
