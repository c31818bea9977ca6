"""``check --fix`` on TwiML documents: what is sure is mended, in the letter of the file."""

from pathlib import Path

import pytest

from twimlc.cli.command import run
from twimlc.findings.diagnostic import Edit, Fix
from twimlc.findings.edits import apply_edits, compatible, touches
from twimlc.findings.rules import UNKNOWN_STATE
from twimlc.pipeline import Options, check
from twimlc.pipeline.fixes import mend
from twimlc.text import SourceFile, Span
from twimlc.xml.difference import same_document
from twimlc.yaml.difference import same_elsewhere
from twimlc.yaml.reader import read_yaml

BODY = "<Response>\n  <!-- ours -->\n  {}\n</Response>\n"

SURE = [
    ('<say voice="woman">Hi</say>', '<Say voice="woman">Hi</Say>'),
    ("<Sya>Hi</Sya>", "<Say>Hi</Say>"),
    ("<Say >A & B &amp; C</Say>", "<Say >A &amp; B &amp; C</Say>"),
    ("<Say>5 < 6</Say>", "<Say>5 &lt; 6</Say>"),
    ("<Say>caf&eacute;&nbsp;x</Say>", "<Say>café&#160;x</Say>"),
    ("<Say>Hi</say>", "<Say>Hi</Say>"),
    ("<Dial><Number>+14155550100</Nmber></Dial>", "<Dial><Number>+14155550100</Number></Dial>"),
    ("<Dial><Numbr>+14155550100</Number></Dial>", "<Dial><Number>+14155550100</Number></Dial>"),
    ("<Pause length=2/>", '<Pause length="2"/>'),
    ("<Pause length=2 />", '<Pause length="2" />'),
    ("<Pause length=“2”/>", '<Pause length="2"/>'),
    ('<Play digits="1w",loop="1"/>', '<Play digits="1w" loop="1"/>'),
    ("< Say>Hi<\\Say>", "<Say>Hi</Say>"),
    ('<Say Language="en-US">Hi</Say>', '<Say language="en-US">Hi</Say>'),
    ("<Say loop='02'>Hi</Say>", "<Say loop='2'>Hi</Say>"),
    (
        '<Dial timeOut="10" recrod="record-from-answer">+14155550100</Dial>',
        '<Dial timeout="10" record="record-from-answer">+14155550100</Dial>',
    ),
    (
        '<Redirect method="post">https://voice.pizza-oak.com/x</Redirect>',
        '<Redirect method="POST">https://voice.pizza-oak.com/x</Redirect>',
    ),
    (
        "<Redirect method=POST>https://voice.pizza-oak.com/x?a=1&b=2</Redirect>",
        '<Redirect method="POST">https://voice.pizza-oak.com/x?a=1&amp;b=2</Redirect>',
    ),
    (
        '<Gather action=https://voice.pizza-oak.com/a?b=c numDigits="1"><Say>Hi</Say></Gather>',
        '<Gather action="https://voice.pizza-oak.com/a?b=c" numDigits="1"><Say>Hi</Say></Gather>',
    ),
]
DOUBTFUL = [
    '<Say>a <b & c</Say>',  # a tag, or less than b
    '<Speak>Hi</Speak>',
    '<Dial><Number>+14155550100</Client></Dial>',
    '<Say voice=man"woman">Hi</Say>',
    '<Say voice=“man>Hi</Say>',
    '<Say loop="five">Hi</Say>',
    '<Foo>Hi</Fooo>',
]  # fmt: skip


def mended(folder: Path, text: str, name: str = "a.xml") -> str:
    (folder / name).write_bytes(text.encode())
    done = mend(Options(paths=(Path(name),), cwd=folder, write=False))
    return done.files[0].text if done.files else text


@pytest.mark.parametrize(("wrong", "right"), SURE)
def test_what_is_sure_is_mended(wrong: str, right: str, tmp_path: Path) -> None:
    assert mended(tmp_path, BODY.format(wrong)) == BODY.format(right)
    assert mended(tmp_path, BODY.format(right)) == BODY.format(right)


@pytest.mark.parametrize(("wrong", "right"), SURE)
def test_a_mended_document_has_fewer_findings_and_no_new_one(
    wrong: str, right: str, tmp_path: Path
) -> None:
    def rules(body: str) -> list[tuple[str, str]]:
        (tmp_path / "a.xml").write_bytes(BODY.format(body).encode())
        found = check(Options(paths=(Path("a.xml"),), cwd=tmp_path)).findings
        return [(f.rule.slug, f.message) for f in found if f.is_error or f.fix]

    assert rules(wrong)
    assert not rules(right)


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_is_doubtful_is_left(text: str, tmp_path: Path) -> None:
    assert mended(tmp_path, BODY.format(text)) == BODY.format(text).replace(" & ", " &amp; ")


def test_roots_and_declarations(tmp_path: Path) -> None:
    assert mended(tmp_path, "<response><Hangup/></response>") == "<Response><Hangup/></Response>"
    late = '\r\n <?xml version="1.0"?>\r\n<Response/>'
    assert mended(tmp_path, late) == late.lstrip()
    false = '<?xml version="1.0" encoding="utf-16"?><Response><Hangup/></Response>'
    assert mended(tmp_path, false) == false.replace("utf-16", "UTF-8")


def test_a_file_is_mended_in_place_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xml").write_bytes(b"\xef\xbb\xbf<Response>\r\n<say>Hi</say></Response>")
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--fix", "a.xml"]) == 0
    assert (tmp_path / "a.xml").read_bytes() == (
        b"\xef\xbb\xbf<Response>\r\n<Say>Hi</Say></Response>"
    )
    assert "a.xml:2: fixed: write <Say> [TW566 unknown-element]" in capsys.readouterr().err


def test_another_encoding_is_left(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><Response><say>é</say></Response>'
    (tmp_path / "a.xml").write_bytes(text.encode("latin-1"))
    assert mend(Options(paths=(Path("a.xml"),), cwd=tmp_path, write=False)).files == ()


def edit(text: str, part: str, new: str) -> tuple[SourceFile, SourceFile, list[Edit]]:
    file, at = SourceFile("a", text), text.index(part)
    changed = text[:at] + new + text[at + len(part) :]
    return file, SourceFile("a", changed), [Edit(Span(file, at, at + len(part)), new)]


def test_a_document_that_says_something_else_is_noticed() -> None:
    text = '<Response><Say voice="man">Hi</Say><Pause/></Response>'
    assert same_document(*edit(text, "man", "woman"))
    assert same_document(*edit("<Response><Say>A & B</Say></Response>", "&", "&amp;"))
    before, after, edits = edit(text, "man", 'man" loop="2')
    assert not same_document(before, after, edits)
    other = SourceFile("a", text.replace("Hi", "Ho"))
    assert not same_document(before, other, edits)
    assert not same_document(before, SourceFile("a", "<Response>"), edits)
    assert same_document(SourceFile("a", "<Response>"), after, edits)


def test_a_text_that_becomes_a_map_is_noticed_elsewhere() -> None:
    before, after, edits = edit("- say:Hi\n- say:Ho\n", ":", ": ")
    old, new = read_yaml(before)[0], read_yaml(after)[0]
    assert old is not None
    assert new is not None
    assert same_elsewhere(old, new, edits)
    both = read_yaml(SourceFile("a", "- say: Hi\n- say: Ho\n"))[0]
    assert both is not None
    assert not same_elsewhere(old, both, edits)


def test_thousands_of_edits_are_told_apart() -> None:
    file = SourceFile("many.xml", "ab" * 3000)
    fixes = [
        Fix("write 'x'", (Edit(Span(file, at, at + 1), f"x{at}"),)) for at in range(0, 6000, 2)
    ]
    span = Span(file, 0, 1)
    found = [UNKNOWN_STATE.at(span, "it is wrong", fix=fix) for fix in (*fixes, *fixes)]
    chosen = compatible(found)
    assert [finding.fix for finding in chosen] == fixes
    edits = [edit for fix in reversed(fixes) for edit in fix.edits]
    assert apply_edits(file.text, edits) == "".join(f"x{at}b" for at in range(0, 6000, 2))


def test_places_that_touch() -> None:
    taken = [(2, 4), (4, 6), (9, 9)]
    free = [(start, end) for start in range(12) for end in range(start, 12)]
    free = [place for place in free if not touches(taken, *place)]
    assert free == [(0, 0), (0, 1), (1, 1), (7, 7), (7, 8), (8, 8), (10, 10), (10, 11), (11, 11)]
