"""Files that are no XML, or no TwiML: one finding, at the fault, in words that help."""

import pytest

from compiled import check_document
from twimlc.findings.diagnostic import Diagnostic
from twimlc.xml.file_type import read_document


def all_found(data: str | bytes) -> list[Diagnostic]:
    raw = data if isinstance(data, bytes) else data.encode()
    file, found = read_document(raw, "x.xml")
    return [*found, *(check_document(file) if file is not None else [])]


def inside(text: str) -> str:
    return f"<Response>\n  {text}\n  <Hangup/>\n</Response>\n"


# What is wrong, line and column of the fault, and a word of the finding that helps.
FAULTS = [
    (inside("<Say>Smith & Sons</Say>"), 2, 14, "&amp;"),
    (inside("<Say>Smith &amp Sons</Say>"), 2, 14, "semicolon"),
    (inside('<Redirect method="GET">/a?b=1&c=2</Redirect>'), 2, 32, "&amp;c=2"),
    (inside("<Say voice=“man”>Hi</Say>"), 2, 14, "straight quotes"),
    (inside('<Say voice="man”>Hi</Say>'), 2, 18, "ends with ”"),
    (inside("<Say voice=man>Hi</Say>"), 2, 14, 'voice="man"'),
    (inside('<Say loop="2" voice="man" loop="3">Hi</Say>'), 2, 29, "twice"),
    (inside('<Gather action="/a", numDigits="1"/>'), 2, 22, "space"),
    (inside('<Say voice:"man">Hi</Say>'), 2, 8, 'voice="man"'),
    (inside('<Say voice="man"Hi there</Say>'), 2, 19, "write >"),
    (inside('<Gather action="/a?b=<c" numDigits="1"/>'), 2, 24, "&lt;"),
    (inside('<Gather action="/a"><Say>Hi</Say>'), 2, 3, "never closed"),
    (inside("<Say>Hi <Gather><Say>Press 1.</Say>"), 2, 3, "</Say>, </Gather>"),
    (inside("<Say>Hi <Gather/>"), 2, 3, "<Say> is never closed"),
    (inside("<Say>Hi<Say/>"), 2, 10, "</Say>"),
    (inside("<Say>Hi</SAY>"), 2, 10, "capitals"),
    (inside("<Say>Hi<\\Say>"), 2, 10, "backslash"),
    (inside("< Say>Hi</Say>"), 2, 3, "space"),
    (inside("<Say>Hi</ Say>"), 2, 10, "space"),
    (inside('<Say>Hi</Say voice="man">'), 2, 16, "</Say>"),
    (inside("<Say>Are you < 18?</Say>"), 2, 16, "&lt;"),
    (inside("<Say>Are you <18?</Say>"), 2, 16, "&lt;"),
    (inside("<Say>a&nbsp;b</Say>"), 2, 9, "HTML"),
    (inside('<pause length="20">'), 2, 3, "write <Pause …/>"),
    (inside('<Pause length="20">'), 2, 3, "</Pause> after its content, or <Pause …/>"),
    (inside("<Pause>"), 2, 3, "or <Pause/> if"),
    (
        "<br />\n<b>Warning</b>:  Undefined variable $x in <b>/a.php</b> on line <b>3</b><br />\n"
        f'<?xml version="1.0"?>\n{inside("")}',
        *(1, 1, "a PHP warning"),
    ),
    (f"\nNotice: Undefined index: a in /a.php on line 3\n{inside('')}", 2, 1, "a PHP warning"),
    (inside("<Say>&#0;</Say>"), 2, 8, "number"),
    (inside("<Say>a\x0bb</Say>"), 2, 9, "control character"),
    (inside("<Say>a\x00b</Say>"), 2, 9, "control character"),
    (inside("<!-- old -- do not use -->"), 2, 12, "comment"),
    (inside("<Say><![CDATA[a & b</Say>"), 2, 8, "]]>"),
    (inside("<Dial><Number>+14155550100</Dial></Number>"), 2, 9, "never closed"),
    ("<Response>\n  <Say>Hi</Say>\n</RESPONSE>\n", 3, 1, "capitals"),
    ("<Response>\n  <Say>Hi</Say>\n  <Gather action=", 3, 3, "never ends"),
    ("<Response>\n  <Hangup/>\n</Response>\n<Response/>\n", 4, 1, "second element"),
    ("<Response/>\n<Response/>\n", 2, 1, "second element"),
    ("<Response>\n  <Hangup/>\n</Response>\n<!-- the end", 4, 1, "-->"),
    ("# Main\n<?xml version='1.0'?>\n<Response/>\n", 1, 1, "very first"),
    ("\n<?xml version='1.0'?>\n<Response/>\n", 2, 1, "very first"),
    ("<!-- a -->\n<?xml version='1.0'?>\n<Response/>\n", 2, 1, "very first"),
    ("<?xml version=“1.0”?>\n<Response/>\n", 1, 15, "curly"),
    ("<?xml version='1.0'>\n<Response/>\n", 1, 1, "?>"),
    ("<?xml version='1.0' encoding='klingon'?>\n<Response/>\n", 1, 31, "klingon"),
    ("<?xml version='1.0' encoding='UTF-16'?>\n<Response/>\n", 1, 31, "UTF-16"),
    ("<?xml version='1.0'?>\n<Response><Say>ö</Say></Response>".encode("latin-1"), 2, 16, "UTF-8"),
    ("<Response>\n<Say>a & b</Say></Response>".encode("utf-16"), 2, 8, "&amp;"),
    ("", 1, 1, "empty"),
    (" \n\n", 1, 1, "empty"),
    ('{"say": "Hello"}\n', 1, 1, "JSON"),
    ('[{"action": "talk", "text": "Hello"}]\n', 1, 1, "Vonage"),
    ("flow: x\nsteps:\n  - hangup\n", 1, 1, "<Response>"),
    ("```xml\n<Response/>\n```\n", 1, 1, "Markdown"),
    ("HTTP/1.1 200 OK\n\n<Response/>\n", 1, 1, "server"),
    ("&lt;Response/&gt;\n", 1, 1, "write < and >"),
    ('"<Response/>"\n', 1, 1, "quote"),
    (b"ID3\x03\x00\x00sound", 1, 1, "audio"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "line", "column", "word"), FAULTS)
def test_one_finding_at_the_fault(data: str | bytes, line: int, column: int, word: str) -> None:
    [finding] = all_found(data)
    begin = finding.span.begin
    assert (finding.rule.slug, begin.line, begin.column) == ("malformed-xml", line, column)
    assert word in f"{finding.message} {finding.hint}"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("<!DOCTYPE html>\n<html><body><hr></body></html>\n", 1, "web page"),
        ("<HTML>\n<head><title>502</title></head><hr>\n</HTML>\n", 1, "web page"),
        ("<?xml version='1.0'?>\n<Say>Hi</Say>\n<Hangup/>\n", 2, "<Response>"),
        ("<Say>Hi</Say>\n", 1, "<Response>"),
        ("<response/>\n", 1, "capitals"),
        ("<tw:Response xmlns:tw='x'/>\n", 1, "before the name"),
        ("<vxml version='2.1'><form/></vxml>\n", 1, "VoiceXML"),
        ("<project/>\n", 1, "<project>"),
    ],
)
def test_other_documents(text: str, line: int, word: str) -> None:
    [finding] = all_found(text)
    assert (finding.rule.slug, finding.span.begin.line) == ("not-twiml", line)
    assert word in f"{finding.message} {finding.hint}"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>\n<Response><Say>&d;</Say></Response>\n',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///b">]>\n<Response><Say>&b;</Say></Response>\n',
    ],
)
def test_what_a_doctype_declares_is_not_read(text: str) -> None:
    [finding] = all_found(text)
    assert (finding.rule.slug, finding.span.start) == ("doctype", 0)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("<?xml version='1.0' encoding='Shift_JIS'?><Response><Say>日本</Say></Response>", "shift_jis"),
        ("<?xml version='1.0' encoding='GBK'?><Response><Say>中国</Say></Response>", "gbk"),
        ("<?xml version='1.0' encoding='windows-1250'?><Response><Say>ž</Say></Response>", "cp1250"),
        ("<?xml version='1.0' encoding='UTF-8'?><Response><Say>ö</Say></Response>", "utf-16"),
    ],
)  # fmt: skip
def test_encodings_that_are_named_are_read(text: str, encoding: str) -> None:
    assert all_found(text.encode(encoding)) == []


def test_the_fix_of_an_entity_without_its_semicolon() -> None:
    [finding] = all_found(inside("<Say>a &lt b</Say>"))
    assert finding.fix is not None
    assert [edit.text for edit in finding.fix.edits] == ["&lt;"]


@pytest.mark.parametrize(
    "text", ["<Redirect>/a?b=1&lt=2</Redirect>", "<Redirect>/a?b=1&amplify=2</Redirect>"]
)
def test_names_of_parameters_are_no_entities(text: str) -> None:
    [finding] = all_found(inside(text))
    assert (finding.hint or "").startswith("write &amp;")


def test_very_many_bare_ampersands_end_in_one_finding() -> None:
    text = inside("<Say>" + "a & b &amp c &lt; d <!-- & --> &nbsp; " * 2000 + "</Say>")
    findings = [f for f in all_found(text) if f.rule.slug == "malformed-xml"]
    assert len(findings) < 100
    more = findings[-1]
    assert more.message.startswith(f"and {6000 - len(findings) + 1:,} more")
    assert more.fix is not None
    [(span, written)] = more.fix.edits
    assert written.count("<!-- & -->") == span.text.count("<!-- & -->")
    mended = text[: span.start] + written + text[span.end :]
    left = mended[span.start :].replace("<!-- & -->", "")
    assert "& " not in left
    assert "&amp " not in left
    assert "&nbsp;" in left


def test_each_entity_of_html_is_told() -> None:
    found = all_found(inside("<Say>&eacute; &nbsp; &foo; &amp; a & b</Say>"))
    assert [f.span.text for f in found] == ["&eacute;", "&nbsp;", "&foo;", "&"]
    assert {f.rule.slug for f in found} == {"malformed-xml"}
    assert [f.fix is not None for f in found] == [True, True, False, True]
