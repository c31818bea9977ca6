"""Documents that lead to each other: what is found in one because of another."""

from pathlib import Path

import pytest

from folders import write_files
from twimlc import pipeline

Found = tuple[str, int, str]

WHISPER = '<Gather numDigits="1" action="yes.xml" method="GET"><Say>Press 1.</Say></Gather>'


def write(folder: Path, files: dict[str, str]) -> None:
    texts = {name: f"<Response>\n{inside}\n</Response>\n" for name, inside in files.items()}
    write_files(folder, texts)


def check(folder: Path, *paths: str) -> list[Found]:
    options = pipeline.Options(paths=tuple(Path(p) for p in paths or (".",)), cwd=folder)
    return [
        (f.span.file.path, f.span.begin.line, f.rule.slug) for f in pipeline.check(options).findings
    ]


REPLY = "<Message>Thank you.</Message>"


def redirect(address: str) -> str:
    return f'<Redirect method="GET">{address}</Redirect>'


def queue(address: str) -> str:
    return f'<Enqueue waitUrl="{address}" waitUrlMethod="GET">help</Enqueue>'


def dial(noun: str, address: str, target: str = "+14155550100") -> str:
    return f'<Dial>\n<{noun} url="{address}" method="GET">{target}</{noun}>\n</Dial>'


def conference(address: str) -> str:
    return f'<Dial><Conference waitUrl="{address}" waitMethod="GET">R</Conference></Dial>'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {
                "main.xml": queue("hold.xml"),
                "hold.xml": "<Say>Hold.</Say>\n<Dial>+14155550100</Dial>",
            },
            [("hold.xml", 3, "wrong-context")],
        ),
        (
            {  # through a document in between
                "main.xml": queue("hold.xml"),
                "hold.xml": f"<Say>Hold.</Say>\n{redirect('more/hold.xml')}",
                "more/hold.xml": f"<Record action='x'/>\n{redirect('../hold.xml')}",
            },
            [("more/hold.xml", 2, "wrong-context")],
        ),
        (
            {"main.xml": dial("Number", "aside.xml"), "aside.xml": "<Say>A call.</Say>\n<Echo/>"},
            [("aside.xml", 3, "wrong-context")],
        ),
        (
            {
                "main.xml": dial("Client", "aside.xml", "joe"),
                "aside.xml": "<Dial>+14155550100</Dial>",
            },
            [("aside.xml", 2, "wrong-context")],
        ),
        (
            {"main.xml": dial("Client", "aside.xml", "joe"), "aside.xml": "<Pause/>\n<Echo/>"},
            [],
        ),
        (
            {"main.xml": conference("hold.xml"), "hold.xml": "<Say>Hold.</Say>\n<Hangup/>"},
            [("hold.xml", 3, "wrong-context")],
        ),
        (
            {"main.xml": queue("hold.xml"), "hold.xml": "<Say>Hold.</Say>\n<Leave/>"},
            [],
        ),
        (
            {  # the folder and the name agree with those of an address at a host
                "v/main.xml": queue("https://voice.contoso.com/v/hold.xml"),
                "v/hold.xml": "<Say>Hold.</Say>\n<Record action='x'/>",
            },
            [("v/hold.xml", 3, "wrong-context")],
        ),
        (
            {  # another folder, so perhaps another document
                "v/main.xml": queue("https://voice.contoso.com/w/hold.xml"),
                "v/hold.xml": "<Say>Hold.</Say>\n<Record action='x'/>",
            },
            [],
        ),
        (
            {  # where the called party says nothing the two are joined: no dead end
                "main.xml": dial("Number", "aside.xml"),
                "aside.xml": WHISPER,
                "yes.xml": "",
            },
            [],
        ),
        ({"aside.xml": WHISPER, "yes.xml": ""}, [("aside.xml", 2, "dead-end")]),
        (
            {  # what follows the wait is an ordinary part of the call
                "main.xml": '<Enqueue action="then.xml" method="GET">help</Enqueue>',
                "then.xml": "<Say>Thank you.</Say>\n<Dial>+14155550100</Dial>",
            },
            [],
        ),
        (
            {"main.xml": conference("hold.xml"), "hold.xml": f"<Pause/>\n{redirect('hold.xml')}"},
            [("main.xml", 2, "silent-wait")],
        ),
        (
            {"main.xml": conference("hold.xml"), "hold.xml": f"<Pause/>\n{redirect('/app/more')}"},
            [],
        ),
        ({"main.xml": conference("hold.mp3")}, []),
    ],
)
def test_documents_that_play_aside(
    files: dict[str, str], expected: list[Found], tmp_path: Path
) -> None:
    write(tmp_path, files)
    assert check(tmp_path) == expected


def test_where_two_documents_fit_neither_is_blamed(tmp_path: Path) -> None:
    main = dial("Number", "https://voice.contoso.com/v/aside.xml")
    aside = '<Gather action="/yes" numDigits="1"><Say>Press 1.</Say></Gather>'
    write(tmp_path, {"main.xml": main, "a/v/aside.xml": aside, "b/v/aside.xml": f"<Pause/>{aside}"})
    assert check(tmp_path) == []


def test_the_finding_shows_what_leads_there(tmp_path: Path) -> None:
    write(tmp_path, {"main.xml": queue("hold.xml"), "hold.xml": "<Say>Hold.</Say>\n<Echo/>"})
    options = pipeline.Options(paths=(Path(),), cwd=tmp_path)
    [finding] = pipeline.check(options).findings
    [label] = finding.labels
    assert (label.span.file.path, label.span.text) == ("main.xml", "hold.xml")
    assert "Enqueue.waitUrl" in finding.message


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"a.xml": redirect("b.xml"), "b.xml": redirect("a.xml?n=2")},
            [("a.xml", 2, "silent-loop")],
        ),
        ({"a.xml": redirect("a.xml")}, [("a.xml", 2, "silent-loop")]),
        (
            {"in.xml": redirect("b.xml"), "b.xml": redirect("c.xml"), "c.xml": redirect("b.xml")},
            [("b.xml", 2, "silent-loop")],
        ),
        (
            {"a.xml": redirect("b.xml"), "b.xml": f"<Say>Hello.</Say>\n{redirect('a.xml')}"},
            [("b.xml", 3, "no-way-out")],
        ),
        (
            {"a.xml": redirect("b.xml"), "b.xml": f"<Pause/>\n{redirect('a.xml')}"},
            [("b.xml", 3, "no-way-out")],
        ),
        (
            {
                "a.xml": "<Gather action='/x'><Say>Press 1.</Say></Gather>\n" + redirect("b.xml"),
                "b.xml": f"<Say>Nothing was entered.</Say>\n{redirect('a.xml')}",
            },
            [("b.xml", 3, "endless-repeat")],
        ),
        (
            {"a.xml": f"<Dial>+14155550100</Dial>\n{redirect('a.xml')}"},
            [("a.xml", 3, "endless-repeat")],
        ),
        ({"a.xml": redirect("b.xml"), "b.xml": "<Hangup/>"}, []),
        # answers to messages
        ({"a.xml": f"{REPLY}\n{redirect('a.xml')}"}, [("a.xml", 3, "silent-loop")]),
        (
            {"a.xml": REPLY + redirect("b.xml"), "b.xml": f"{REPLY}\n{redirect('a.xml')}"},
            [("b.xml", 3, "silent-loop")],
        ),
        ({"a.xml": REPLY + redirect("b.xml"), "b.xml": REPLY}, []),
        (
            {"b.xml": REPLY * 6 + redirect("a.xml"), "a.xml": f"{REPLY * 4}\n{REPLY * 3}"},
            [("a.xml", 3, "too-many-replies")],
        ),
        ({"a.xml": "<Message>{{ b }}</Message>" * 12}, [("a.xml", 2, "template-not-filled")]),
    ],
)
def test_circles(files: dict[str, str], expected: list[Found], tmp_path: Path) -> None:
    write(tmp_path, files)
    assert check(tmp_path) == expected


def start(noun: str) -> str:
    return f"<Start>{noun}</Start>"


STREAM = '<Stream name="a" url="wss://media.contoso.com/a" track="both_tracks"/>'
MORE = ' method="GET"><Say>Press 1.</Say></Gather>'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"a.xml": start(STREAM) + redirect("b.xml"), "b.xml": f"{start(STREAM)}<Pause/>"},
            [("b.xml", 2, "name-taken")],
        ),
        (
            {
                "a.xml": f"{start('<Recording/>')}<Gather action='b.xml'{MORE}<Hangup/>",
                "b.xml": f"<Pause/>\n{start('<Recording/>')}<Pause/>",
                "c.xml": f"{start('<Recording/>')}<Pause/>",  # nothing leads here from a start
            },
            [("b.xml", 3, "recording-twice")],
        ),
        (
            {
                "a.xml": start(STREAM) + redirect("b.xml"),
                "b.xml": start(STREAM.replace('"a"', '"b"')) + redirect("c.xml"),
                "c.xml": "<Pause/>\n" + start(STREAM.replace('"a"', '"c"')) + "<Pause/>",
            },
            [("c.xml", 3, "too-many-tracks")],
        ),
        (
            {
                "a.xml": '<Dial action="b.xml" method="GET">+14155550100</Dial>',
                "b.xml": "<Say>Nobody is available.</Say><Hangup/>",
            },
            [("a.xml", 2, "continues-after-answer")],
        ),
        (
            {"a.xml": f"<Play>/a.mp3</Play>{redirect('b.xml')}", "b.xml": "\n<Reject/>"},
            [("b.xml", 3, "reject-not-first")],
        ),
        (
            {  # right for the document that starts it
                "a.xml": start(STREAM) + redirect("b.xml"),
                "b.xml": '<Stop><Stream name="a"/></Stop><Pause/>',
            },
            [],
        ),
        (
            {
                "a.xml": start(STREAM) + redirect("b.xml"),
                "b.xml": '<Stop><Stream name="b"/></Stop><Pause/>',
            },
            [("b.xml", 2, "stop-without-start")],
        ),
    ],
)
def test_calls_that_go_on_in_another_document(
    files: dict[str, str], expected: list[Found], tmp_path: Path
) -> None:
    write(tmp_path, files)
    assert check(tmp_path) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("meun.xml", [("a/main.xml", 2, "missing-document")]),
        ("none.twiml", [("a/main.xml", 2, "missing-document")]),
        ("../b/none.xml", [("a/main.xml", 2, "missing-document")]),
        ("menu.xml?from=main#top", []),
        ("../b/other.xml", []),
        ("../../outside.xml", []),
        ("/none.xml", []),
        ("https://voice.contoso.com/none.xml", []),
        ("none.php", []),
        ("sound.xml", []),  # is there, though it is no file that is checked
    ],
)
def test_missing_documents(address: str, expected: list[Found], tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a/main.xml": redirect(address), "a/menu.xml": "<Hangup/>", "b/other.xml": "<Hangup/>"},
    )
    (tmp_path / "a" / "sound.xml").mkdir()
    assert check(tmp_path) == expected
    assert check(tmp_path, "a/main.xml") == []  # alone, nothing is known of the others


def test_a_missing_document_may_be_misspelt(tmp_path: Path) -> None:
    write(tmp_path, {"main.xml": redirect("Menu.xml"), "menu.xml": "<Hangup/>"})
    [finding] = pipeline.check(pipeline.Options(paths=(Path(),), cwd=tmp_path)).findings
    assert finding.hint == "did you mean menu.xml?"


def test_names_that_only_end_alike_are_no_hint(tmp_path: Path) -> None:
    write(tmp_path, {"main.xml": redirect("whisper.xml"), "after.xml": "<Hangup/>"})
    [finding] = pipeline.check(pipeline.Options(paths=(Path(),), cwd=tmp_path)).findings
    assert finding.hint is None


def test_strangers_in_one_folder_are_only_noted(tmp_path: Path) -> None:
    write(tmp_path, {"one.xml": redirect("afterwards.xml"), "two.xml": "<Hangup/>"})
    options = pipeline.Options(paths=(Path(),), cwd=tmp_path)
    assert [f.severity for f in pipeline.check(options).findings] == ["note"]
    write(tmp_path, {"three.xml": redirect("two.xml")})  # now they belong together
    assert [f.severity for f in pipeline.check(options).findings] == ["warning"]


def test_a_call_is_not_led_to_an_answer_to_messages(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "call.xml": f"<Say>Hello.</Say>\n{redirect('text.xml')}",
            "text.xml": "<Message>Hello.</Message>",
            "both.xml": redirect("text.xml"),
        },
    )
    assert check(tmp_path) == [("call.xml", 3, "jump-between-kinds")]


def test_templates_are_not_followed(tmp_path: Path) -> None:
    hold = "{% if a %}<Dial>+14155550100</Dial>{% endif %}<Pause/>"
    write(tmp_path, {"main.xml": queue("hold.xml"), "hold.xml": hold})
    assert check(tmp_path) == [("hold.xml", 2, "template-not-filled")]
