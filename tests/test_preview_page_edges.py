"""The page of the preview where it is hard: hostile texts, hostile names, files without sources,
calls in the middle, the browser's voices, and a page inside another one."""

import json
import random
import subprocess
import sys
from importlib.util import find_spec

import pytest

from browsing import Played, browser, export, needs_tool
from folders import write_files
from random_flows import Author
from test_preview_serve import FLOW, Serving

__all__ = ["browser"]  # a fixture

pytestmark = pytest.mark.slow

needs_server = pytest.mark.skipif(
    not all(map(find_spec, ("starlette", "uvicorn", "watchfiles"))),
    reason="NOT TESTED: the extra [preview] is not installed",
)
HEAD = "flows: flows\ntargets: {web: {host: nginx}, bins: {host: twiml-bin}}\n"
EVIL = (
    "</script><script>window.owned = 1; alert(1)</script><img src='http://evil.example/x' "
    "onerror='alert(2)'><!-- <style>*{display:none}</style> ]]> &lt;b&gt; \u202eabc\u2066 "
    "\u2028 \u200b javascript:alert(3) " + "long" * 200
)
HOSTILE = {
    "description": EVIL,
    "call": ["Patient"],
    "states": {
        "constructor": [
            {"say": "Hello ${call.Patient}."},
            {"say": EVIL},
            {
                "menu": {"prompt": EVIL, "choices": {"1": "tostring", "2": "valueof"}},
                "fallback": "valueof",
            },
        ],
        "tostring": [
            {"say": "You said."},
            {"gather": {"input": "speech dtmf", "prompt": "<b>Speak</b> & press."}, "then": "said"},
        ],
        "said": [
            {"say": "You: ${call.SpeechResult} ${call.Digits}"},
            {
                "dial": {"number": "${call.From}", "timeout": 5},
                "fallback": "valueof",
                "allow": ["caller-chosen-number"],
            },
            "hangup",
        ],
        "valueof": [{"say": {"message": EVIL, "language": "de-DE"}, "note": EVIL}, "hangup"],
    },
}
STANDUP = """\
states:
  greeting:
    - say: Good day.
    - menu: {prompt: "Press 1 or 2.", choices: {1: desk, 2: bye}}
      fallback: bye
  desk:
    - say: We ring the desk. It can take a while, for many call at this hour, and then the elephant sings.
    - dial: {number: {phoneNumber: +14155550100, url: whisper}}
      fallback: [{say: Leave a message.}, record]
    - goto: bye
  whisper:
    - say: {message: Ein Anruf vom Empfang., language: de-DE}
  bye:
    - say: Goodbye.
    - hangup
"""
SHOP = """\
calendars:
  shop: {zone: Europe/Berlin, open: Mo-Fr 09:00-17:00, until: 2028-12-31}
lists:
  constructor: [+14155550190]
steps:
  - switch: From
    when: {constructor: [hangup]}
    fallback: next
  - say: Welcome.
  - hours: shop
    fallback: [{say: Closed.}, hangup]
  - dial: [{number: +14155550111}, {number: +14155550112}]
    then: hangup
    fallback: [{say: Nobody.}, hangup]
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """An export of each: ``hostile``, ``desk``, and ``bare``, which is desk without sources."""
    folder = tmp_path_factory.mktemp("edges")
    files = {
        "flows/hostile.yaml": json.dumps(HOSTILE),
        "flows/desk.yaml": STANDUP,
        "flows/shop.yaml": SHOP,
    }
    write_files(folder, {"twimlc.yaml": HEAD, **files})
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        yield {
            "folder": folder,
            "hostile": export(folder / "hostile.html", "hostile", "-t", "bins"),
            "both": export(folder / "both.html", "desk", "shop"),
            "desk": export(folder / "desk.html", "desk"),
            "bare": export(folder / "bare.html", "desk", "--no-source"),
        }


@pytest.mark.parametrize("width", [360, 1440])
def test_hostile_texts_are_texts(browser, pages, width):
    with Played(browser, width) as played:
        page = played.open(pages["hostile"], "#hostile").page
        played.button("Start the call").click()
        assert played.main["state"] == "constructor"
        played.button("Press 1").click()
        page.get_by_role("textbox", name="Words").fill("<img src=x onerror=alert(4)>\u202e")
        played.button("Speak").click()
        assert played.main["state"] == "said"
        field = page.get_by_role("group", name="Caller").get_by_label("Patient")
        assert field.input_value() == ""
        field.fill("</li><script>alert(5)</script>")
        played.button("Start again").click()
        for key in ("Press 1", "Press 5"):
            played.button(key).click()
        played.button("Send keys").click()
        said = [one["value"] for one in played.lines() if one["event"] == "say"]
        assert said[:2] == ["Hello </li><script>alert(5)</script>.", " ".join(EVIL.split())]
        assert said[-1] == "You:  5"
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= seen
        for tab in ("TwiML", "Flow"):
            page.get_by_role("tab", name=tab).click()
        shown = page.evaluate("document.body.innerText")
        assert not set("\u202e\u2066\u200b") & set(shown)
        assert page.evaluate("'owned' in window") is False
        counts = page.evaluate(
            "['img', 'style', 'b'].map(n => document.body.querySelectorAll(n).length)"
        )
        assert counts == [0, 0, 0]
        assert played.complaints == []
        assert {url for url in played.asked if not url.startswith(("file:", "data:"))} == set()


def test_everything_is_off_that_cannot_be(browser, pages):
    with Played(browser) as played:
        page = played.open(pages["desk"], "#desk").page

        def off():
            names = ("Send keys", "Say nothing", "Speak", "Back", "Hang up", "Press 1")
            found = [played.button(name).get_attribute("aria-disabled") for name in names]
            assert page.locator("main :disabled").count() == 0
            return [name for name, state in zip(names, found, strict=True) if state == "true"]

        assert off() == ["Send keys", "Say nothing", "Speak", "Back", "Hang up", "Press 1"]
        for name in ("Press 1", "Hang up", "Back", "Say nothing", "Send keys", "Speak"):
            played.button(name).click(force=True)
        assert played.main["call"] == "idle"
        played.button("Start the call").click()
        assert off() == ["Send keys", "Speak", "Back"]
        played.button("Press 1").click()
        assert off() == ["Send keys", "Say nothing", "Speak", "Press 1"]
        assert page.get_by_role("textbox", name="Words").get_attribute("readonly") is not None


def test_enter_presses_what_was_gone_to(browser, pages):
    with Played(browser) as played:
        page = played.open(pages["desk"], "#desk").page
        played.button("Start the call").focus()
        page.keyboard.press("Enter")
        assert played.main["kind"] == "gather"
        played.button("Press 1").focus()
        page.keyboard.press("Enter")
        assert played.main["kind"] == "dial"
        played.button("Back").focus()
        page.keyboard.press("Enter")
        assert played.main["kind"] == "gather"
        played.button("Press 1").click()
        page.keyboard.press("Enter")  # the usual answer, for the mouse brought the focus
        assert "> no-answer" in [one["text"] for one in played.lines()]
        assert played.main["kind"] == "record"
        page.get_by_role("region", name="Phone").focus()
        page.keyboard.press("Backspace")
        page.keyboard.press("Enter")
        assert played.main["kind"] == "record"


def test_a_place_is_found_by_all_its_words(browser, pages):
    with Played(browser) as played:
        page = played.open(pages["desk"], "#desk").page
        find = page.get_by_role("searchbox", name="Find a place")
        find.fill("elephant")
        picture = page.get_by_role("region", name="Picture")
        assert picture.locator(".match").get_attribute("data-state") == "desk"
        assert "elephant" not in picture.locator(".match").text_content()
        find.press("Enter")
        page.keyboard.press("Enter")
        assert played.main["state"] == "desk"
        find.fill("nothing like it")
        assert page.get_by_role("status", name="Found").inner_text() == "0 found"
        assert picture.locator(".match").count() == 0


def test_without_sources(browser, pages):
    assert "elephant" in pages["bare"].read_text()
    assert "fallback: bye" not in pages["bare"].read_text()
    assert "Response" not in pages["bare"].read_text()
    with Played(browser) as played:
        page = played.open(pages["bare"], "#desk/1/no-answer").page
        assert played.main["kind"] == "record"
        assert page.get_by_role("log").get_by_role("button").count() == 0
        assert page.locator("[data-line]:not([data-box])").count() == 0
        assert "not in this file" in page.get_by_role("region", name="Source").inner_text()
        assert played.complaints == []


VOICES = """
window.spoken = [];
window.voices = [];
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => window.voices,
  addEventListener: (name, act) => { window.changed = act; },
  cancel: () => window.spoken.push('cancel'),
  speak: (said) => { window.spoken.push([said.text, said.lang, said.voice && said.voice.name]); said.onend(); },
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def test_voices_of_the_browser_alone(browser, pages):
    with Played(browser) as played:
        page = played.page
        page.add_init_script(VOICES)
        played.open(pages["desk"], "#desk")
        switch = page.get_by_role("switch", name="Speak aloud")
        page.evaluate("voices = [{name: 'far', lang: 'en-US', localService: false}]; changed()")
        assert switch.get_attribute("aria-disabled") == "true"
        assert "no voice" in page.get_by_role("region", name="Phone").inner_text()
        page.evaluate(
            "voices = [{name: 'far', lang: 'de-DE', localService: false},"
            " {name: 'en', lang: 'en-GB', localService: true},"
            " {name: 'de', lang: 'de-DE', localService: true}]; changed()"
        )
        assert switch.get_attribute("aria-checked") == "false"
        played.button("Start the call").click()
        assert [said for said in page.evaluate("spoken") if said != "cancel"] == []
        switch.click()
        assert switch.get_attribute("aria-checked") == "true"
        played.button("Press 1").click()
        page.locator("[data-listen]").click()
        told = [said for said in page.evaluate("spoken") if said != "cancel"]
        assert [voice for _, _, voice in told] == ["en", "de"]
        assert told[1][:2] == ["Ein Anruf vom Empfang.", "de-DE"]
        switch.click()
        assert page.evaluate("spoken").pop() == "cancel"
        played.button("Start again").click()
        assert [said for said in page.evaluate("spoken") if said != "cancel"] == told


def test_scripts_of_calls_that_go_on(browser, pages, tmp_path):
    """Each passes as it stands; at the next question that somebody hears, the caller hangs up."""
    moments = [
        "desk/", "desk/1", "desk/1/no-answer", "desk/1/completed", "desk/silence", "desk/9",
        "desk/1/l", "desk/1/l/hangup", "desk/1/l/back/busy/speak", "desk/1/hangup", "desk/1/declined",
        "shop/", "shop/hangup", "shop/constructor", "shop/anything else", "shop/anything else/closed",
        "shop/anything else/open", "shop/anything else/open/completed", "shop/anything else/hangup",
    ]  # fmt: skip
    scripts = {"desk": [], "shop": []}
    with Played(browser) as played:
        played.page.add_init_script("delete Navigator.prototype.clipboard")
        played.open(pages["both"], "#desk")
        for moment in moments:
            played.go(f"#{moment.replace(' ', '%20')}")
            assert not [one["text"] for one in played.lines() if "cannot" in one["text"]]
            played.button("Copy call script").click()
            script = played.page.get_by_role("dialog").get_by_role("textbox").input_value()
            assert played.page.evaluate("getSelection().toString()") == script
            scripts[moment.partition("/")[0]].append(script)
            played.page.keyboard.press("Escape")
    files = {"twimlc.yaml": HEAD, "flows/desk.yaml": STANDUP, "flows/shop.yaml": SHOP}
    for name, found in scripts.items():
        named = [
            each.replace('"Played', f'"{number} Played', 1) for number, each in enumerate(found)
        ]
        files[f"flows/{name}.test.yaml"] = "calls:\n" + "".join(named)
    write_files(tmp_path, files)
    command = [sys.executable, "-m", "twimlc", "test", "-t", "web"]
    tested = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert f"{len(moments)} calls played" in tested.stdout


def test_a_page_inside_another(browser, pages):
    outer = pages["folder"] / "outer.html"
    outer.write_text(
        "<iframe sandbox='allow-scripts' src='desk.html#desk/1' width=900 height=900></iframe>"
    )
    with Played(browser) as played:
        played.open(outer)
        inner = played.page.frame_locator("iframe")
        inner.get_by_role("button", name="No answer", exact=True).click()
        inner.get_by_role("button", name="Leave a message").click()
        inner.locator("main[data-call=over]").wait_for()
        inner.get_by_role("button", name="Copy transcript").click()
        inner.get_by_role("dialog").wait_for()
        assert [one for one in played.complaints if "lipboard" not in one] == []


@needs_server
def test_a_save_of_the_same_length(browser, tmp_path):
    """Everything is new, also where it is as long as before; the focus stays."""
    with Serving(tmp_path) as server, Played(browser) as played:
        page = played.page
        page.goto(server.address)
        played.button("Start the call").click()
        region = page.get_by_role("region", name="Picture")
        region.get_by_role("link").first.focus()
        source = page.get_by_role("region", name="Source")
        assert "Good day." in source.inner_text()
        server.save(FLOW.replace("Good day.", "Bad days!"))
        page.get_by_role("log").get_by_text("Bad days!").wait_for()
        assert "Bad days!" in source.inner_text()
        assert "Bad days!" in page.evaluate("document.activeElement.ariaLabel")
        source.get_by_role("tab", name="TwiML").click()
        assert "Bad days!" in source.inner_text()
        server.save("steps: 3\n")
        page.wait_for_selector("main[data-found=errors]")
        findings = page.get_by_role("region", name="Findings")
        assert findings.bounding_box()["y"] < page.get_by_role("log").bounding_box()["y"]
        findings.get_by_role("link", name="flows/desk.yaml:1").click()
        assert source.locator("[aria-current]").inner_text().endswith("steps: 3")
        played.button("Press 5").click()
        assert played.main["call"] == "over"
        assert played.complaints == []


@needs_tool("axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(browser, pages, scheme):
    with Played(browser, 360, scheme=scheme) as played:
        played.open(pages["hostile"], "#hostile/1")
        assert played.faults() == []
        played.page.get_by_role("searchbox").fill("you")
        assert played.faults() == []


@pytest.mark.sweep(2)
@pytest.mark.parametrize("seed", range(8))
def test_random_flows_are_their_calls(browser, tmp_path, seed, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = Author(seed).write()
    files = {"twimlc.yaml": HEAD, **{f"flows/{n}.yaml": t for n, t in texts.items()}}
    write_files(tmp_path, {**files, "flows/sounds/la.mp3": b"ID3 a tone"})
    chance = random.Random(seed)
    with Played(browser) as played:
        played.open(export(tmp_path / "page.html", "main"), "#main")
        for _ in range(3):
            answers = []
            played.go("#main/")
            while played.main["call"] == "asking" and len(answers) < 6:
                if played.main["kind"] == "gather":
                    pool = [*"0123456789", "12", "34*", "silence", "hangup"]
                else:
                    each = played.page.locator("#happens button").all()
                    pool = [button.get_attribute("data-answer") for button in each]
                    pool += ["l"] * played.page.locator("[data-listen]").count()
                if played.page.get_by_role("button", name="Back to the caller").count():
                    pool = ["back", *pool]
                answers.append(chance.choice(pool))
                played.go("#" + "/".join(["main", *answers]))
            command = [sys.executable, "-m", "twimlc", "call", "main", "-q"]
            typed = "".join(f"{each}\n" for each in answers)
            told = subprocess.run(command, input=typed, capture_output=True, text=True, check=False)
            if played.main["call"] == "asking":
                typed_out = told.stdout.removesuffix("> hangup\n")
            else:
                typed_out = told.stdout
            assert typed_out.startswith(played.transcript()), answers
        assert played.complaints == []
