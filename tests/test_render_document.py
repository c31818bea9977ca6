"""Documents come out as XML that gives back exactly what was put in."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st

from call_graphs import Calls, element, pages_of, span
from twimlc.lower.plan import EMPTY_DOCUMENT, Document, Markup, element_size
from twimlc.render.document import Rendered, render_document
from twimlc.yaml.tree import CallValue, Template

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

texts = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff").filter(
        lambda c: c >= " " or c in "\t\n\r"
    )
    | st.sampled_from("&<>\"'\t\n\r{}$]%#"),
    max_size=20,
)
names = st.sampled_from(["Say", "Gather", "Dial", "say-as", "Number", "break"])
attributes = st.dictionaries(names, texts, max_size=3).map(lambda found: tuple(found.items()))
leaves = st.builds(
    Markup, names, attributes, st.lists(texts, max_size=1).map(tuple), tight=st.booleans()
)
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        Markup,
        names,
        attributes,
        st.lists(inner | texts, max_size=4).map(tuple),
        tight=st.booleans(),
    ),
    max_leaves=12,
)


def rendered(*body: Markup) -> Rendered:
    return render_document(Document("a/index.xml", "a", body, (), "a.yaml"))


def text_of(*body: Markup) -> str:
    return rendered(*body).data.decode()


Tree = tuple[str, tuple[tuple[str, str], ...], tuple[object, ...]]


def put_in(markup: Markup, inline: bool = False) -> Tree:
    """Name, attributes, children with adjacent texts joined; nothing where nothing was said."""
    inline = inline or markup.is_inline
    parts: list[object] = []
    for child in markup.content():
        if isinstance(child, Markup):
            parts.append(put_in(child, inline))
        elif parts and isinstance(parts[-1], str):
            parts[-1] += str(child)
        else:
            parts.append(child)
    return (markup.tag, tuple(sorted(markup.attributes)), tuple(parts))  # type: ignore[arg-type]


def come_out(found: ElementTree.Element, markup: Markup, inline: bool = False) -> Tree:
    inline = inline or markup.is_inline
    inner = iter([child for child in markup.content() if isinstance(child, Markup)])
    parts: list[object] = [found.text] if inline and found.text else []
    for child in found:
        parts.append(come_out(child, next(inner), inline))
        if inline and child.tail:
            parts.append(child.tail)
    return (found.tag, tuple(sorted(found.attrib.items())), tuple(parts))


@pytest.mark.sweep
@given(trees)
def test_any_markup_parses_back_to_itself(tree: Markup) -> None:
    (found,) = ElementTree.fromstring(rendered(tree).data)
    assert come_out(found, tree) == put_in(tree)


@pytest.mark.sweep
@given(st.lists(trees, min_size=1, max_size=3))
def test_the_lowering_knows_the_size_to_the_byte(body: list[Markup]) -> None:
    assert len(rendered(*body).data) == EMPTY_DOCUMENT + sum(map(element_size, body))


def test_layout() -> None:
    body = (
        Markup("Say", (("voice", "Polly.Joanna"),), ("Hello.",)),
        Markup("Gather", (("numDigits", "1"),), (Markup("Say", (), ("Press 1.",)),)),
        Markup("Say", (), (Markup("break"), Markup("emphasis", (), ("Hi",))), tight=True),
        Markup("Hangup", (), ("",)),
    )
    assert text_of(*body) == (
        HEAD + "<Response>\n"
        '  <Say voice="Polly.Joanna">Hello.</Say>\n'
        '  <Gather numDigits="1">\n    <Say>Press 1.</Say>\n  </Gather>\n'
        "  <Say><break/><emphasis>Hi</emphasis></Say>\n"
        "  <Hangup/>\n"
        "</Response>\n"
    )
    assert text_of() == HEAD + "<Response/>\n"


def test_users_text_is_only_data() -> None:
    text = "{{ x }} ${y} {% z %} {# w #} ]]> <Hangup/> & \"quoted\" 'too'"
    assert text_of(Markup("Say", (("voice", text),), (text,))) == (
        HEAD + "<Response>\n"
        '  <Say voice="{{ x }} ${y} {% z %} {# w #} ]]&gt; &lt;Hangup/&gt; &amp;'
        " &quot;quoted&quot; 'too'\">"
        "{{ x }} ${y} {% z %} {# w #} ]]&gt; &lt;Hangup/&gt; &amp;"
        " \"quoted\" 'too'</Say>\n"
        "</Response>\n"
    )


def test_white_space_in_attributes_survives() -> None:
    assert 'voice="a&#9;b&#10;c&#13;d"' in text_of(Markup("Say", (("voice", "a\tb\nc\rd"),)))


def test_a_call_time_value_here_is_our_own_fault() -> None:
    with pytest.raises(TypeError):
        text_of(Markup("Say", (), (Template((CallValue("From"),)),)))


def test_the_source_map_names_the_line_and_state_of_every_element() -> None:
    body = (
        Markup("Say", (), ("two\nlines",), 0, span(3), "main"),
        Markup("Gather", (), (Markup("Say", (), ("x",), 1, span(6), "main"),), 1, span(5), "main"),
        Markup("Hangup", (), (), 2, span(9), "bye"),
    )
    found = rendered(*body)
    lines = found.data.decode().split("\n")
    assert [(lines[at.line - 1].strip(), at.state, at.source_line) for at in found.lines] == [
        ("<Say>two", "main", 3),
        ("<Gather>", "main", 5),
        ("<Say>x</Say>", "main", 6),
        ("<Hangup/>", "bye", 9),
    ]
    assert {at.source for at in found.lines} == {"flows/acme.yaml"}


def test_a_plan_is_rendered_in_its_order() -> None:
    calls = Calls()
    calls.verb("a", element("Gather"), at="acme/main", exits={"input": "b", "no-input": "end"})
    calls.say("b", "Yes.", at="acme/b", to="end")
    found = pages_of(calls.graph("a", {"acme/b": "b"}))
    assert [one.path for one in found] == ["acme/index.xml", "acme/v/b.xml"]
    assert [(one.document.flow, one.document.states) for one in found] == [
        ("acme", ("main",)),
        ("acme", ("b",)),
    ]
