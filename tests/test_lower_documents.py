"""Where documents are cut: inlining, loops, limits, documents that read the same, fetches."""

import re

from call_graphs import STATIC, Calls, documents_of, element, pages_of, plan_of, state_link
from growth import overgrown
from twimlc.flow.graph import Context
from twimlc.hosts import find_host
from twimlc.lower.host import Site


def redirect(to: str) -> str:
    return f'<Redirect method="GET">{to}</Redirect>'


def test_jumps_are_inlined_while_the_document_is_small() -> None:
    calls = Calls()
    calls.say("a", "One.", at="acme/main", to="b")
    calls.say("b", "Two.", at="acme/two", to="c")
    calls.say("c", "Three.", at="acme/three", to="end")
    graph = calls.graph("a", {"acme/main": "a", "acme/two": "b", "acme/three": "c"})
    assert documents_of(graph) == {
        "acme/index.xml": "<Say>One.</Say>\n<Say>Two.</Say>\n<Say>Three.</Say>"
    }
    (document,) = plan_of(graph).documents
    assert document.states == ("main", "two", "three")
    assert document.source == "flows/acme.yaml"


def test_a_loop_redirects_to_where_it_starts() -> None:
    calls = Calls()
    calls.say("a", "Welcome.", at="acme/main", to="b")
    calls.say("b", "Again.", at="acme/again", to="b")
    graph = calls.graph("a", {"acme/main": "a", "acme/again": "b"})
    assert documents_of(graph) == {
        "acme/index.xml": f"<Say>Welcome.</Say>\n<Say>Again.</Say>\n{redirect('v/again.xml')}",
        "acme/v/again.xml": f"<Say>Again.</Say>\n{redirect('again.xml')}",
    }
    assert plan_of(graph).entries[0].fetches is None


def test_eight_kilobytes_end_inlining_but_not_a_state() -> None:
    calls = Calls()
    calls.say("a", "a" * 9000, at="acme/main", to="a2")
    calls.say("a2", "still here", at="acme/main", to="b")
    calls.say("b", "b" * 200, at="acme/two", to="end")
    graph = calls.graph("a", {"acme/main": "a", "acme/two": "b"})
    found = documents_of(graph)
    assert set(found) == {"acme/index.xml", "acme/v/two.xml"}
    assert found["acme/index.xml"].endswith(f"<Say>still here</Say>\n{redirect('v/two.xml')}")
    assert plan_of(graph).entries[0].fetches == 2


def test_what_is_no_longer_than_a_redirect_is_always_inlined() -> None:
    calls = Calls()
    calls.say("a", "a" * 9000, at="acme/main", to="b")
    calls.verb("b", element("Hangup"), at="acme/bye")
    graph = calls.graph("a", {"acme/main": "a", "acme/bye": "b"})
    assert list(documents_of(graph)) == ["acme/index.xml"]


def test_documents_stay_under_eight_kilobytes_across_states() -> None:
    calls = Calls()
    names = [f"s{number}" for number in range(40)]
    for name, after in zip(names, [*names[1:], "end"], strict=True):
        calls.say(name, name * 150, at=f"acme/{name}", to=after)
    graph = calls.graph("s0", {f"acme/{name}": name for name in names})
    rendered = pages_of(graph)
    assert all(len(found.data) <= 8192 for found in rendered)
    assert len(rendered) == 3
    assert plan_of(graph).entries[0].fetches == 3
    assert sum(found.data.count(b"<Redirect") for found in rendered) == 2


def test_a_run_of_over_64_kilobytes_is_split() -> None:
    calls = Calls()
    labels = [f"n{number}" for number in range(30)]
    for label, after in zip(labels, [*labels[1:], "end"], strict=True):
        calls.say(label, "&" * 800, at="acme/main", to=after)
    rendered = pages_of(calls.graph("n0"))
    assert len(rendered) == 2
    assert all(len(found.data) <= 65536 for found in rendered)
    assert rendered[0].path == "acme/index.xml"
    assert re.search(rb"<Redirect method=\"GET\">v/main\.\d+\.xml</Redirect>", rendered[0].data)
    assert sum(found.data.count(b"<Say>") for found in rendered) == 30


def test_no_document_is_only_a_redirect() -> None:
    """An action that leads to an address of the author's leads there at once."""
    calls = Calls()
    calls.verb("ask", element("Gather"), at="acme/main", exits={"input": "out", "no-input": "end"})
    calls.verb("out", element("Redirect", "https://x.example.com/a", method="POST"), at="acme/out")
    graph = calls.graph("ask", {"acme/out": "out"})
    assert documents_of(graph) == {
        "acme/index.xml": '<Gather action="https://x.example.com/a" method="POST"/>'
    }
    calls = Calls()
    calls.say("a", "a" * 9000, at="acme/main", to="out")
    calls.verb("out", element("Redirect", "https://x.example.com/a"), at="acme/out")
    graph = calls.graph("a", {"acme/out": "out"})
    assert list(documents_of(graph)) == ["acme/index.xml"]


def test_documents_that_read_the_same_are_written_once() -> None:
    calls = Calls()
    for number in (1, 2, 3):
        calls.verb(
            f"ask{number}", element("Gather"), at="acme/main",
            exits={"input": f"yes{number}", "no-input": f"ask{number + 1}"},
        )  # fmt: skip
        calls.say(
            f"yes{number}", "Yes.", at="acme/main", to=f"ask{number}" if number == 3 else "end"
        )
    calls.verb("ask4", element("Hangup"), at="acme/main")
    found = documents_of(calls.graph("ask1"))
    # The third also says "Yes.", but goes round after it, so it is another document.
    assert set(found) == {"acme/index.xml", "acme/v/main.1.xml", "acme/v/main.5.xml"}
    assert found["acme/index.xml"].count('action="v/main.1.xml"') == 2


def test_equal_loops_are_one_loop_and_the_entry_keeps_its_name() -> None:
    calls = Calls()
    for name in ("main", "b", "c"):
        calls.verb(
            f"{name}1", element("Gather"), at=f"acme/{name}",
            exits={"input": {"main": "b1", "b": "c1", "c": "main1"}[name], "no-input": f"{name}2"},
        )  # fmt: skip
        calls.say(f"{name}2", "Again.", at=f"acme/{name}", to=f"{name}1")
    graph = calls.graph("main1", {f"acme/{name}": f"{name}1" for name in ("main", "b", "c")})
    assert documents_of(graph) == {
        f"acme/{folder}index.xml": (
            f'<Gather action="{link}" method="GET"/>\n<Say>Again.</Say>\n' + redirect(link)
        )
        for folder, link in (("", "v/index.xml"), ("v/", "index.xml"))
    }
    assert {found.path: found.states for found in plan_of(graph).documents} == {
        "acme/index.xml": ("main",),
        "acme/v/index.xml": ("main", "b", "c"),
    }


def test_equal_documents_of_two_flows_stay_two() -> None:
    calls = Calls()
    calls.say("a", "Hello.", at="one/main", to="end")
    calls.say("b", "Hello.", at="two/main", to="end")
    found = documents_of(calls.graph({"one": "a", "two": "b"}))
    assert set(found) == {"one/index.xml", "two/index.xml"}


def test_a_start_that_only_jumps_shares_the_document_it_jumps_to() -> None:
    calls = Calls()
    calls.say("a", "Hello.", at="acme/greeting", to="ask")
    calls.verb(
        "ask", element("Gather"), at="acme/greeting", exits={"input": "a", "no-input": "end"}
    )
    graph = calls.graph("a", {"acme/main": "a", "acme/greeting": "a"})
    assert documents_of(graph) == {
        "acme/index.xml": '<Say>Hello.</Say>\n<Gather action="v/index.xml" method="GET"/>',
        "acme/v/index.xml": '<Say>Hello.</Say>\n<Gather action="index.xml" method="GET"/>',
    }


def test_unreachable_nodes_are_not_written() -> None:
    calls = Calls()
    calls.say("a", "Hello.", at="acme/main", to="end")
    calls.say("b", "Lost.", at="acme/lost", to="end")
    assert list(documents_of(calls.graph("a", {"acme/lost": "b"}))) == ["acme/index.xml"]


def test_fetches_count_the_longest_path() -> None:
    calls = Calls()
    calls.verb("a", element("Gather"), at="acme/main", exits={"input": "b", "no-input": "c"})
    calls.verb("b", element("Gather"), at="acme/b", exits={"input": "c", "no-input": "end"})
    calls.say("c", "Done.", at="acme/c", to="end")
    assert plan_of(calls.graph("a", {"acme/b": "b", "acme/c": "c"})).entries[0].fetches == 3


def test_two_waits_sharing_a_state_each_start_themselves_again() -> None:
    calls = Calls()
    for number, after in (("1", "dial2"), ("2", "end")):
        room = element("Conference", "r" + number, waitUrl=state_link("hold" + number))
        calls.verb(
            "dial" + number, element("Dial", room), at="acme/main", exits={"answered": after}
        )
        calls.say("hold" + number, "Hold " + number, at="acme/hold" + number, to="tip")
    calls.say("tip", "x" * 9000, at="acme/tip", to="end")
    graph = calls.graph(
        "dial1",
        {"acme/hold1": "hold1", "acme/hold2": "hold2", "acme/tip": "tip"},
        dict.fromkeys(("hold1", "hold2"), (Context.CONFERENCE_WAIT, "Conference.waitUrl")),
    )
    found = documents_of(graph)
    assert found["acme/v/hold1.xml"].endswith(redirect("tip.xml"))
    assert found["acme/v/hold2.xml"].endswith(redirect("tip-2.xml"))
    assert found["acme/v/tip.xml"].endswith(redirect("hold1.xml"))
    assert found["acme/v/tip-2.xml"].endswith(redirect("hold2.xml"))


def test_a_messaging_flow_ends_without_hanging_up() -> None:
    calls = Calls()
    calls.verb("m", element("Message", "Thanks."), at="acme/main", exits="end")
    assert documents_of(calls.graph("m", kind="messaging")) == {
        "acme/index.xml": "<Message>Thanks.</Message>"
    }
    assert documents_of(Calls().graph("end", kind="messaging")) == {"acme/index.xml": "<Response/>"}


def test_the_same_graph_gives_the_same_plan() -> None:
    calls = Calls()
    calls.verb("a", element("Gather"), at="acme/main", exits={"input": "b", "no-input": "end"})
    calls.say("b", "Yes.", at="acme/b", to="a")
    graph = calls.graph("a", {"acme/b": "b"})
    assert plan_of(graph) == plan_of(graph)
    s3 = plan_of(graph, Site(find_host("s3")))
    assert s3._replace(host=STATIC.host) == plan_of(graph)


def test_a_long_chain_of_similar_documents_is_told_apart_in_proportion() -> None:
    def lowered(size: int) -> None:
        calls = Calls()
        for number in range(size):
            calls.verb(
                f"n{number}", element("Gather"), at="acme/main",
                exits={"input": f"n{number + 1}" if number < size - 1 else "end", "no-input": "end"},
            )  # fmt: skip
        assert len(plan_of(calls.graph("n0")).documents) == size + 1

    assert overgrown(lowered, 500) == {}
