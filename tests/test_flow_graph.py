"""The control-flow graph: attempts unrolled, lists chained, jumps gone."""

from compiled import graph_of, story
from twimlc.flow.graph import Context

MENU = """
states:
  main:
    - menu:
        prompt: Choose.
        attempts: 2
        invalid: Wrong key.
        silence: Nothing heard.
        choices: {1: [say: One.], 2: two, "#": hangup}
      fallback: [say: Given up.]
    - say: After.
  two:
    - say: Two.
    - goto: main
"""


def test_a_choice_goes_on_after_the_menu() -> None:
    assert story(graph_of(MENU), "1") == ["menu", "One.", "After."]


def test_wrong_keys_and_silence_use_up_attempts() -> None:
    graph = graph_of(MENU)
    for first in ("input", "no-input"):
        for last in ("input", "no-input"):
            assert story(graph, first, last) == ["menu", "menu", "Given up.", "After."]


def test_before_the_prompt_is_repeated_the_fault_is_said() -> None:
    graph = graph_of(MENU)
    first = graph.nodes[graph.starts["f"]]

    def words(key: int) -> list[str]:
        element = graph.nodes[key].element
        assert element is not None
        return [str(part.children[0]) for part in element.elements()]

    assert words(first.key) == ["Choose."]
    assert words(first.exits["input"]) == ["Wrong key.", "Choose."]
    assert words(first.exits["no-input"]) == ["Nothing heard.", "Choose."]


def test_coming_back_starts_afresh() -> None:
    graph = graph_of(MENU)
    assert story(graph, "no-input", "2", "1") == ["menu", "menu", "Two.", "menu", "One.", "After."]
    first = graph.nodes[graph.starts["f"]]
    two = graph.nodes[first.keys["2"]]
    assert two.exits == {"done": first.key}


def test_hash_is_no_key_unless_it_is_a_choice() -> None:
    def finish(flow: str) -> str | None:
        graph = graph_of(flow)
        element = graph.nodes[graph.starts["f"]].element
        assert element is not None
        return element.literal("finishOnKey")

    assert finish(MENU) == ""
    assert finish(MENU.replace(', "#": hangup', "")) in (None, "#")


def test_lists_in_lists_go_on_where_they_hang() -> None:
    flow = """
        - gather: {prompt: Hi.}
          then:
            - gather: {prompt: Sure?}
              then: [say: Yes.]
              fallback: next
            - say: Inner end.
          fallback: hangup
        - say: Outer end.
    """
    graph = graph_of(flow)
    assert story(graph, "input", "input") == [
        "gather",
        "gather",
        "Yes.",
        "Inner end.",
        "Outer end.",
    ]
    assert story(graph, "input", "no-input") == ["gather", "gather", "Inner end.", "Outer end."]
    assert story(graph, "no-input") == ["gather", "hangup"]


def test_when_is_stronger_than_then_and_fallback() -> None:
    flow = """
        - dial: +14155550100
          then: [say: Worked.]
          when: {busy: [say: Busy.], answered: [say: Answered.]}
          fallback: [say: Failed.]
    """
    graph = graph_of(flow)
    for outcome, words in {
        "completed": "Worked.",
        "answered": "Answered.",
        "busy": "Busy.",
        "no-answer": "Failed.",
        "canceled": "Failed.",
    }.items():
        assert story(graph, outcome) == ["dial", words]


def test_digits_not_named_go_where_then_says() -> None:
    flow = """
        - gather: {prompt: Hi., numDigits: 1}
          when: {1: [say: One.]}
          then: [say: Other.]
          fallback: [say: None.]
    """
    graph = graph_of(flow)
    assert story(graph, "1") == ["gather", "One."]
    assert story(graph, "input") == ["gather", "Other."]
    assert story(graph, "no-input") == ["gather", "None."]


def test_what_leaves_for_an_address_has_no_way_on() -> None:
    action = "action: 'https://x.example.com/a'"
    for verb in (f"dial: {{number: +14155550100, {action}}}", f"enqueue: {{name: q, {action}}}"):
        graph = graph_of(f"- {verb}\n- say: Never.\n")
        assert graph.nodes[graph.starts["f"]].exits == {}
        assert len(graph.dead_steps) == 1
    gather = graph_of(f"- gather: {{prompt: Hi., {action}}}\n- say: None.\n")
    assert gather.nodes[gather.starts["f"]].exits.keys() == {"no-input"}
    room = graph_of(f"- connect: {{room: r, {action}}}\n- say: Not open.\n")
    assert room.nodes[room.starts["f"]].exits.keys() == {"not-open"}


def test_whose_line_runs_what() -> None:
    flow = """
        states:
          main:
            - enqueue: {name: q, waitUrl: hold}
            - dial:
                number: {phoneNumber: +14155550100, url: ask}
                conference: {name: c, waitUrl: early}
          hold: [say: Hold.]
          ask: [say: Ask.]
          early: [say: Early.]
    """
    graph = graph_of(
        flow.replace("conference: {name: c, waitUrl: early}", "client: bob").replace(
            "  early: [say: Early.]\n", ""
        )
    )
    contexts = {graph.nodes[key].state.name: context for key, context in graph.contexts.items()}
    assert contexts == {"main": Context.CALL, "hold": Context.QUEUE_WAIT, "ask": Context.LEG}
    assert [root.attribute for root in graph.roots] == ["Enqueue.waitUrl", "Number.url"]


def test_places_count_the_verbs_of_the_authors_state() -> None:
    graph = graph_of("states:\n  a: [{say: One.}, {say: Two.}, {goto: b}]\n  b: [say: Three.]\n")
    places = [(n.place.state, n.place.index) for n in graph.nodes if n.element is not None]
    assert places == [("a", 0), ("a", 1), ("b", 0)]


def test_one_graph_holds_all_flows() -> None:
    graph = graph_of("- say: F.\n- goto: g/\n", g="- say: G.\n")
    assert story(graph) == ["F.", "G."]
    assert story(graph, flow="g") == ["G."]
