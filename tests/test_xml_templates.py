"""Documents that a program fills in: one finding says so, and what is sure besides is found."""

import pytest

from compiled import document_findings, document_slugs
from twimlc.documents import check_opened, open_document
from twimlc.text import SourceFile

THIS = "template-not-filled"


def inside(text: str) -> str:
    return f"<Response>\n  {text}\n</Response>\n"


@pytest.mark.parametrize(
    ("text", "mark", "language"),
    [
        ("<Say>Hi <%= @name %></Say>", "<%= @name %>", "ERB"),
        ("<Say>Hi <?php echo $name; ?></Say>", "<?php echo $name; ?>", "PHP"),
        ("<Say>Hi <?= $name ?></Say>", "<?= $name ?>", "PHP"),
        ("{% if a %}<Say>Hi</Say>{% endif %}", "{% if a %}", "Jinja"),
        ("{{#a}}<Say>Hi</Say>{{/a}}", "{{#a}}", "Mustache"),
        ("{{if .A}}<Say>Hi</Say>{{end}}", "{{if .A}}", "Go"),
        ("<Say>Hi {{.Name}}</Say>", "{{.Name}}", "program"),
        ("<Say>Hi ${name}</Say>", "${name}", "JavaScript"),
        ("<Say>Hi #{name}</Say>", "#{name}", "Ruby"),
        ('<Say th:text="${name}">Hi</Say>', " th:text", "Thymeleaf"),
        ("<#if open><Say>Hi</Say></#if>", "<#if open>", "FreeMarker"),
        ("@if (Model.Open) { <Say>Hi</Say> }", "@if (", "Razor"),
        ("#if($open)<Say>Hi</Say>#end", "#if(", "Velocity"),
        ('<c:if test="a"><Say>Hi</Say></c:if>', "<c:if", "JSP"),
        ("<Say>Hi \" + name + \"</Say>", '" + name + "', "joins texts"),
        ("<Say>Hi ' . $name . '</Say>", "' . $name . '", "joins texts"),
    ],
)  # fmt: skip
def test_languages(text: str, mark: str, language: str) -> None:
    [finding] = document_findings(inside(text))
    assert (finding.rule.slug, finding.span.text) == (THIS, mark)
    assert language in finding.message


@pytest.mark.parametrize(
    ("text", "mark", "language"),
    [
        ("<Say>Use code {SAVE10}</Say>", "{SAVE10}", "formats texts"),
        ("<Say>Hi {name}</Say>", "{name}", "formats texts"),
        ("<Say>Hi %s</Say>", "%s", "formats texts"),
        ("<Say>Hi %1$s</Say>", "%1$s", "formats texts"),
        ("<Say>Hi $name</Say>", "$name", "shell"),
        ("<Say>Hi [% name %]</Say>", "[% name %]", "Template Toolkit"),
        ("<Say>Hi [% IF a %]you[% END %]</Say>", "[% IF a %]", "Template Toolkit"),
        ("<Say>{{From}}, $name</Say>", "$name", "shell"),
    ],
)
def test_what_may_be_meant_as_it_stands_is_a_guess(text: str, mark: str, language: str) -> None:
    [finding] = document_findings(inside(text))
    assert (finding.rule.slug, finding.span.text) == ("perhaps-template", mark)
    assert finding.severity == "warning"
    assert language in finding.message


def test_a_guess_does_not_hide_what_is_sure() -> None:
    assert document_slugs(inside("<Say>{name} {{ other }}</Say>")) == [(THIS, "{{ other }}")]


@pytest.mark.parametrize(
    "text",
    [
        "<Say>That is 100% yours, for $5.</Say>",
        "<Say>Send mail to sales@model.contoso.com</Say>",
        "<Redirect>https://voice.contoso.com/a?b=%20c%41</Redirect>",
        '<Connect><Stream url="wss://a.contoso.com"><Parameter name="a" value="{id}"/></Stream></Connect>',
        "<!-- <% old %> {{ old }} --><Hangup/>",
    ],
)
def test_no_templates(text: str) -> None:
    assert document_slugs(inside(text)) == []


@pytest.mark.parametrize(
    ("text", "besides"),
    [
        ('<Say><%= a %></Say><Pause length=".5"/>', [("bad-value", ".5")]),
        ('<Dial timeout="x"><?= $number ?></Dial>', [("bad-value", "x")]),
        ("<Say>${a}</Say><say>Hi</say>", [("unknown-element", "<say>")]),
        ("<Say>#{a}</Say><Say>a & b</Say>", [("malformed-xml", "&")]),
        ("<Say>{{ a }}</Say><Dial/>", [("empty-element", "<Dial/>")]),
        ("<Say>{{ a }}</Say><Redirect/>", []),  # a program may answer otherwise now
        ('<Dial><Conference participantLabel="a">{{ a }}</Conference></Dial>', []),
        ('<Gather action="{{ a }}" numDigits="1"/>', [("dead-end", '<Gather action="{{ a }}" numDigits="1"/>')]),
        # whatever the program chooses
        ("<% if a %><say>Hi</say><% end %>", [("unknown-element", "<say>")]),
        ("{% for a in b %}<Dail>{{ a }}</Dail>{% endfor %}", [("unknown-element", "<Dail>")]),
        ('{{#if a}}<Dial timeout="x">{{ n }}</Dial>{{/if}}', [("bad-value", "x")]),
        ('<Say {% if v %}voice="{{ v }}"{% endif %} loop="x">Hi</Say>', [("bad-value", "x")]),
    ],
)  # fmt: skip
def test_what_is_sure_besides(text: str, besides: list[tuple[str, str]]) -> None:
    others = [(slug, place) for slug, place in document_slugs(inside(text)) if slug != THIS]
    assert others == besides


@pytest.mark.parametrize(
    "text",
    [
        "{% if a %}<Redirect>/a</Redirect>{% else %}<Redirect>/b</Redirect>{% endif %}",
        '{% if a %}<Gather action="/a">{% else %}<Gather action="/b">{% endif %}<Say>Hi</Say></Gather>',
        "<% if a %><Gather action='/a' numDigits='1'/><% end %>",
        "<Say>{% for a in b %}{{ a }}{% endfor %}</Say>",
        "{{ verbs }}",
        "<%= render 'verbs' %>",
        "<Dial><%= render 'nouns' %></Dial>",
        "<{{ verb }}>Hi</{{ verb }}>",
        "<Gather><Say>{{ menu }}</Say></Gather><Hangup/>",  # a program may answer otherwise now
        "<Redirect>{{ next }}.xml</Redirect>",
        '<Say><?php echo "<b>" ?></Say>',
        "<?php foreach ($a as $b) { ?><Dial><?= $b ?></Dial><?php } ?>",
        '<Dial action="<%= url(a: 1, b: "c") %>"><%= number %></Dial>',
        '<Gather input="{{ kinds }}" timeout="{{ t }}" action="/a"><Say>Hi</Say></Gather><Hangup/>',
    ],
)
def test_nothing_else_is_sure(text: str) -> None:
    assert [slug for slug, _ in document_slugs(inside(text))] == [THIS]


@pytest.mark.parametrize(
    "text",
    [
        '{% extends "base.xml" %}\n{% block body %}\n<Say>Hi</Say>\n{% endblock %}\n',
        "{% if a %}<Response><Hangup/></Response>{% else %}<Response/>{% endif %}",
        "<?php header('a'); echo '<?xml version=\"1.0\"?>'; ?>\n<Response><Hangup/></Response>\n",
        '<%@ page contentType="text/xml" %>\n<?xml version="1.0"?>\n<Response><Say><%= a %></Say></Response>',
        "<Response><Say>Hi</Say>\n<?php include 'foot.php' ?>\n",
    ],
)
def test_marks_around_a_document(text: str) -> None:
    assert [slug for slug, _ in document_slugs(text)] == [THIS]


def test_places_stay_what_they_were() -> None:
    text = '<?php\n  $a = 1;\n?>\n<?xml version="1.0"?>\n<Response>\n  <Say><?= "ü\n" ?></Say><say/>\n</Response>\n'
    [_, finding] = document_findings(text)
    assert (finding.span.begin.line, finding.span.begin.column) == (7, 11)


def test_xml_of_other_kinds_may_hold_marks() -> None:
    text = "<project>\n  <version>${revision}</version>\n</project>\n"
    [[note]] = check_opened([open_document(SourceFile("pom.xml", text), searched=True)])
    assert (note.rule.slug, note.severity) == ("not-twiml", "note")
