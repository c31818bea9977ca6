"""The page of the preview in a real browser: its controls, its looks, and that it is the call."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from browsing import TOOLS, Played, browser, export, needs_tool
from twimlc.preview.html import MODULES, joined

__all__ = ["browser"]  # a fixture

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SIZES = (
    180,
    360,
    384,
    720,
    768,
    1440,
)  # 180, 384 and 720 px are 360, 768 and 1440 at twice the size
MOMENTS = {
    "idle": "#office",
    "gather": "#office/",
    "room": "#office/1",
    "dial": "#office/2",
    "record": "#office/2/no-answer",
    "end": "#office/2/no-answer/speak",
    "listening": "#find-me/l",
    "switch": "#block-list/",
    "hours": "#front-desk/",
    "queue": "#support-queue/",
    "pay": "#payment/",
    "agent": "#relay-agent/",
    "values": "#auto-reply/",
}


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    """All example flows on one page."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(ROOT)
        return export(tmp_path_factory.mktemp("page") / "flows.html")


@pytest.fixture
def played(browser, line):
    with Played(browser) as found:
        yield found.open(line, "#office")
        assert found.complaints == []
        assert {url for url in found.asked if not url.startswith(("file:", "data:"))} == set()


def test_a_call_by_its_controls(played):
    page = played.page
    assert page.get_by_role("heading", level=1).inner_text() == "office"
    assert played.main["call"] == "idle"
    assert page.get_by_role("combobox", name="Flow").input_value() == "office"
    assert page.get_by_role("combobox", name="Row").count() == 0
    played.button("Start the call").click()
    assert played.main | {"position": ""} == {
        "flow": "office", "row": "", "position": "", "state": "greeting", "box": "b0", "call": "asking",
        "kind": "gather", "subject": "", "build": "1", "found": "clean",
    }  # fmt: skip
    phone = page.get_by_role("region", name="Phone")
    assert phone.get_by_role("status", name="Call").inner_text() == "Waiting for keys"
    assert page.get_by_role("group", name="Keypad").get_by_role("button").count() == 12
    for name in ("Press star", "Press pound", "Say nothing", "Hang up", "Start again"):
        assert played.button(name).get_attribute("aria-disabled") is None
    assert played.button("Back").get_attribute("aria-disabled") == "true"
    played.button("Press 2").click()
    assert played.main["subject"] == "+14155550100"
    assert phone.get_by_role("status", name="Call").inner_text() == "Ringing +14155550100"
    happens = page.get_by_role("group", name="What happens").get_by_role("button")
    names = ["No answer", "Answered", "Busy", "Cannot be reached", "Canceled"]
    assert happens.all_inner_texts() == names
    played.button("Cannot be reached").click()
    assert played.main["kind"] == "record"
    played.button("Leave a message").click()
    assert played.main["call"] == "over"
    told = played.lines()
    assert [one["event"] for one in told if one["event"] != "answer"] == [
        "say", "dial", "say", "record", "say", "hangup",
    ]  # fmt: skip
    assert page.get_by_role("log", name="Transcript").get_by_role("listitem").count() == len(told)
    played.button("Back").click()
    assert played.main["kind"] == "record"
    assert page.evaluate("location.hash") == "#office/2/failed"
    played.button("Hang up").click()
    assert played.main["call"] == "over"
    assert played.lines()[-1]["text"] == "> hangup"


def test_the_picture_leads_the_call(played):
    page = played.page
    region = page.get_by_role("region", name="Picture")
    played.button("Start the call").click()
    played.button("Press 1").click()
    assert region.locator("[aria-current]").get_attribute("data-box") == played.main["box"]
    gone = region.locator("path.gone")
    assert [(way.get_attribute("data-from"), way.get_attribute("data-to")) for way in gone.all()] == [
        ("b0", "b1")
    ]  # fmt: skip
    region.get_by_role("link", name="voicemail").first.click()
    assert played.main["state"] == "voicemail"
    assert played.lines()[2]["text"].startswith("connect room")
    assert "== jumped to voicemail" in [one["text"] for one in played.lines()]
    assert played.button("Copy call script").get_attribute("aria-disabled") == "true"
    region.get_by_role("link", name="desk", exact=True).first.focus()
    page.keyboard.press("Enter")
    assert played.main["state"] == "desk"
    page.get_by_role("searchbox", name="Find a place").fill("nobody is there")
    assert region.locator(".match").count() == 1


def test_what_is_said_and_where(played):
    page = played.page
    rows = page.get_by_role("region", name="Words").get_by_role("row").all_inner_texts()
    assert rows[0].split("\t") == ["Place", "Language", "Words"]
    assert rows[1].split("\t") == [
        "greeting",
        "en-US",
        "For the stand-up, press 1. For the desk, 2.",
    ]
    assert len(rows) == len(set(rows))
    played.button("Start the call").click()
    source = page.get_by_role("region", name="Source")
    here = source.locator("[aria-current]")
    assert here.get_attribute("data-file") == "flows/office.yaml"
    source.get_by_role("tab", name="TwiML").click()
    assert "<Gather" in here.inner_text()
    assert here.get_attribute("data-file").endswith(".xml")
    page.get_by_role("log").get_by_role("button").first.click()
    assert "press 1" in here.inner_text()
    findings = page.get_by_role("region", name="Findings")
    one = findings.locator("[data-finding=TW490]").first
    one.get_by_role("link").first.click()
    assert here.get_attribute("data-file").startswith("flows/")


def test_keyboard_alone(played):
    page, reached = played.page, []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel")
        reached.append(name)
        if name == "Start the call":
            break
    page.keyboard.press("Enter")
    assert played.main["kind"] == "gather"
    page.keyboard.press("2")
    assert played.main["kind"] == "dial"
    page.keyboard.press("Enter")
    assert played.main["kind"] == "record"
    page.keyboard.press("Backspace")
    assert played.main["kind"] == "dial"
    page.keyboard.press("h")
    assert played.main["call"] == "over"
    page.keyboard.press("r")
    page.keyboard.press("s")
    assert [one["text"] for one in played.lines()][-2] == "> silence"
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    page.keyboard.press("r")
    focused = {"Press 2"}
    while page.evaluate("document.activeElement.ariaLabel") not in focused:
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.dataset.answer") != "busy":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert played.main["kind"] == "record"
    assert page.evaluate("document.activeElement.id") == "call"


def test_a_script_of_a_call_that_goes_on_ends_where_it_is(played):
    played.page.evaluate("delete Navigator.prototype.clipboard")
    played.go("#find-me/no-answer/l")
    played.button("Copy call script").click()
    text = played.page.locator("#copy-text").input_value()
    assert text.rstrip().endswith("- caller-hangup")
    assert "on the other line" not in text
    played.page.keyboard.press("Escape")
    assert played.main["call"] == "asking"


def test_keys_are_gathered_and_sent(played):
    played.go("#room-pin/")
    asked = played.main
    assert asked["kind"] == "gather"
    for key in "99":
        played.button(f"Press {key}").click()
    assert played.page.get_by_role("status", name="Keys").inner_text() == "99"
    played.button("Send keys").click()
    assert "> 99" in [one["text"] for one in played.lines()]


def test_another_line(played):
    played.go("#find-me/")
    played.page.locator("[data-listen='Number.url']").click()
    assert "== on the other line (Number.url)" in [one["text"] for one in played.lines()]
    assert played.main["kind"] == "gather"
    played.button("Back to the caller").click()
    assert played.main["kind"] == "dial"


def test_values_of_the_call(played):
    played.go("#auto-reply")
    caller = played.page.get_by_role("group", name="Caller").get_by_role("textbox")
    names = [field.evaluate("each => each.labels[0].innerText.trim()") for field in caller.all()]
    if names:
        caller.first.fill("<b>Ann & Co</b>")
        played.button("Start the call").click()
        assert "<b>Ann & Co</b>" in played.transcript()


@needs_tool("axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_use_it(browser, line, width, scheme):
    with Played(browser, width, scheme=scheme, reduced_motion="reduce") as played:
        played.open(line, "#office")
        for name, moment in MOMENTS.items():
            played.go(moment)
            assert (name, played.faults()) == (name, [])
        played.page.get_by_role("tab", name="TwiML").click()
        assert played.faults() == []
        played.button("Keyboard").click()
        assert played.faults() == []
        played.page.keyboard.press("Escape")
        played.page.evaluate("document.querySelector('#copy-dialog').showModal()")
        assert played.faults() == []


@pytest.mark.parametrize("width", SIZES)
def test_nothing_is_cut_off(browser, line, width):
    with Played(browser, width) as played:
        played.open(line, "#office")
        for moment in MOMENTS.values():
            played.go(moment)
            wide, seen = played.page.evaluate(
                "[document.documentElement.scrollWidth, window.innerWidth]"
            )
            assert wide <= seen, moment
            small = played.page.evaluate(SMALL)
            assert small == [], moment
            assert played.page.evaluate(OVER) == [], moment


SMALL = """[...document.querySelectorAll('button, select, input, [role=link], a')].filter(each => {
  const box = each.getBoundingClientRect();
  const least = each.closest('#keypad') ? 44 : 24;
  return box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5);
}).map(each => each.outerHTML.slice(0, 120))"""
OVER = """(() => {
  const found = [...document.querySelectorAll('.phone button, .phone input, .top select, .top input')];
  const boxes = found.map(each => [each, each.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map(([other]) => one.outerHTML.slice(0, 80) + other.outerHTML.slice(0, 80)));
})()"""


@needs_tool("typescript")
def test_types(tmp_path):
    folder = ROOT / "compiler" / "twimlc" / "preview" / "page"
    whole = "\n".join((folder / name).read_text() for name in MODULES)
    assert not typed(tmp_path / "page.js", whole)
    assert typed(tmp_path / "wrong.js", whole + "\nnew Page(3);\n")


def typed(file, text):
    """What the types are wrong with."""
    file.write_text(text)
    options = "--allowJs --checkJs --strict --noEmit --target es2022 --lib es2022,dom,dom.iterable"
    command = [TOOLS / ".bin" / "tsc", *options.split(), "--moduleDetection", "force", file]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_the_page_is_small():
    assert sum(map(len, joined())) <= 60_000


def moments(played, name, chance, most=6):
    """A walk by chance: its answers, and the last one that was played."""
    answers = []
    played.go(f"#{name}/")
    while played.main["call"] == "asking" and len(answers) < most:
        if played.main["kind"] == "gather":
            pool = [*"123", "0", "silence", "99", "hangup"]
        else:
            found = played.page.locator("#happens button")
            pool = [each.get_attribute("data-answer") for each in found.all()]
        answers.append(chance.choice(pool))
        played.go("#" + "/".join([name, *(each.replace("#", "%23") for each in answers)]))
    if played.main["call"] == "asking":
        answers.append("hangup")
        played.go("#" + "/".join([name, *answers]))
    return answers


ASKED_AT_ONCE = ("block-list", "front-desk", "store")  # in a terminal who calls, and when, is known
FLOWS = [
    path.stem
    for path in sorted((ROOT / "flows").glob("*.yaml"))
    if not path.stem.endswith(".test") and path.stem not in ("sorry", "closed")
]


@pytest.mark.parametrize("name", FLOWS)
def test_the_page_is_the_call(played, name, tmp_path):
    chance = random.Random(name)
    target = None
    scripts = []
    for turn in range(3):
        answers = moments(played, name, chance)
        target = target or played.page.locator("footer").inner_text().split(" · ")[1].split()[1]
        if turn == 2:  # a call that is not over
            answers = answers[:1]
            played.go("#" + "/".join([name, *(each.replace("#", "%23") for each in answers)]))
        if played.button("Copy call script").get_attribute("aria-disabled") is None:
            played.page.evaluate("delete Navigator.prototype.clipboard")
            played.button("Copy call script").click()
            scripts.append(played.page.locator("#copy-text").input_value())
            played.page.keyboard.press("Escape")
        if name in ASKED_AT_ONCE or turn == 2:
            continue
        row = played.main["row"]
        command = [sys.executable, "-m", "twimlc", "call", name, "-t", target, "-q"]
        command += ["--row", row] if row else []
        told = subprocess.run(
            command,
            cwd=ROOT,
            input="".join(f"{each}\n" for each in answers),
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.stdout == played.transcript(), answers
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    shutil.copy(ROOT / "twimlc.yaml", tmp_path)
    for file in (tmp_path / "flows").glob("*.test.yaml"):
        file.unlink()
    (tmp_path / "flows" / f"{name}.test.yaml").write_text(
        "calls:\n" + "".join(dict.fromkeys(scripts))
    )
    command = [sys.executable, "-m", "twimlc", "test", f"flows/{name}.test.yaml"]
    tested = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert scripts
    assert tested.returncode == 0, tested.stdout + tested.stderr + "".join(scripts)
