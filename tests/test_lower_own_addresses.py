"""Addresses under the target's own url, typed by hand: the jump to what lies there."""

import json

import pytest

from compiled import Made, make
from twimlc.cli.command import run

URL = "https://voice.example.com/ivr"
HOSTS = {
    "s3": f"host: s3, url: {URL}, onError: other",
    "cloudfront": f"host: s3, router: cloudfront, url: {URL}",
    "hop": f"host: s3, url: {URL}, router: twiml-bin, bin: EH00000000000000000000000000000001, onError: other",
    "nginx": f"host: nginx, url: {URL}",
    "caddy": f"host: caddy, url: {URL}",
    "apache": f"host: apache, url: {URL}",
    "vercel": f"host: vercel, url: {URL}",
}
OTHER = """\
states:
  main: [{say: Other.}]
  hold: [{say: Hold.}, {play: "https://a.example/m.mp3"}]
"""


def built(flow: str, host: str = "nginx", **files: str) -> Made:
    project = f"flows: .\ntargets:\n  site: {{{HOSTS.get(host, host)}}}\n"
    files = {"twimlc.yaml": project, "other.yaml": OTHER, **files}
    return make(flow, files=files, target="site")


def alike(typed: str, named: str, host: str) -> None:
    """An address and a name give the same documents, but for the note."""
    one, two = built(typed, host), built(named, host)
    assert not one.result.faults
    assert not two.result.faults
    # A method is of use beside an address, and of none beside a name.
    assert one.slugs == [s for s in two.slugs if s != "ignored-part"], (one.words, two.words)
    assert one.result.ok, one.words
    assert [slug for slug in one.notes if slug != "own-address"] == two.notes
    assert "own-address" in one.notes
    assert one.documents == two.documents


STEPS = {
    "redirect": "- say: Hi.\n- redirect: {}\n",
    "redirect with a method": "- say: Hi.\n- redirect: {{url: {}, method: POST}}\n",
    "action": "- dial: {{number: +14155550100, action: {}}}\n",
    "record": "- record: {{action: {}}}\n",
    "gather": "- gather: {{prompt: Key., action: {}}}\n- say: Bye.\n",
    "room": "- connect: {{room: daily, action: {}}}\n- say: Closed.\n",
}
WAITS = {
    "waitUrl": "- enqueue: {{name: help, waitUrl: {}}}\n- say: Bye.\n",
    "conference": "- dial: {{conference: {{name: all, waitUrl: {}}}}}\n- say: Bye.\n",
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("step", STEPS)
def test_the_entry_of_another_flow(step: str, host: str) -> None:
    alike(STEPS[step].format(f"{URL}/other/index.xml"), STEPS[step].format("other/"), host)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("step", [*STEPS, *WAITS])
def test_a_state_whatever_version_it_was_read_from(step: str, host: str) -> None:
    form = {**STEPS, **WAITS}[step]
    alike(form.format(f"{URL}/other/v.0123456789ab/hold.xml"), form.format("other/hold"), host)


@pytest.mark.parametrize(
    "address",
    [
        "HTTPS://Voice.Example.COM/ivr/other/index.xml",
        "https://voice.example.com:443/ivr/other/index.xml",
        "//voice.example.com/ivr/other/index.xml",
        "/ivr/other/index.xml",
        "/ivr/f/../other/index.xml",
        "../other/index.xml",
        f"{URL}/other/index%2Exml",
        f"{URL}/other/index.xml?a=1",
        f"'{URL}/other/index.xml#rc=2'",
        f"{URL}/other/v.0123456789ab/index.xml",
    ],
)
def test_however_it_is_spelt(address: str) -> None:
    alike(STEPS["redirect"].format(address), STEPS["redirect"].format("other/"), "nginx")


def test_it_may_come_from_a_param() -> None:
    flow = "params: {{next: {}}}\nsteps: [{{say: Hi.}}, {{redirect: '${{next}}'}}]\n"
    alike(flow.format(f"{URL}/other/index.xml"), flow.format("other/"), "nginx")


@pytest.mark.parametrize("host", HOSTS)
def test_a_document_that_only_leads_to_itself(host: str) -> None:
    made = built(f"- redirect: {URL}/f/index.xml\n", host)
    assert "silent-loop" in made.slugs
    assert "form a loop" in made.words
    spoken = built(f"- say: Again.\n- redirect: {URL}/f/index.xml\n", host)
    assert not spoken.result.faults
    assert spoken.slugs == built("- say: Again.\n- goto: f/\n", host).slugs


def test_promises_and_pictures_go_along() -> None:
    flow = f"""
invariants: [always says "Other"]
states:
  main: [{{say: Hi.}}, {{redirect: {URL}/other/index.xml}}]
"""
    assert built(flow).slugs == built(flow.replace(f"{URL}/other/index.xml", "other/")).slugs


def test_the_rules_of_a_place_hold() -> None:
    whisper = "- dial: {{number: {{phoneNumber: +14155550100, url: {}}}}}\n- hangup\n"
    dials = "states:\n  main: [{say: A.}]\n  more: [{dial: +14155550101}]\n"
    for place in (f"{URL}/other/v.0123456789ab/more.xml", "other/more"):
        made = built(whisper.format(place), **{"other.yaml": dials})
        assert made.slugs == ["wrong-context"], made.words


@pytest.mark.parametrize(
    ("path", "severity", "words"),
    [
        ("other/hold.xml", "error", "the nearest is other/hold"),
        ("other/holds.xml", "error", "the nearest is other/hold"),
        ("other/v.0123456789ab/nothing.xml", "error", "unknown state 'nothing' in flow 'other'"),
        ("othr/index.xml", "warning", "the nearest is other/"),
        ("next.php", "warning", "this build writes no document 'next.php'"),
        ("other/", "warning", "the nearest is other/"),
    ],
)
def test_where_nothing_lies(path: str, severity: str, words: str) -> None:
    made = built(f"- say: Hi.\n- redirect: {URL}/{path}\n")
    found = [f for f in made.result.findings if f.severity.value == severity]
    found = [f for f in found if f.rule.slug != "unreachable-state"]
    assert len(found) == 1, made.words
    assert words in made.words


def test_a_document_of_another_row() -> None:
    project = f"flows: .\nmatrix: rows.csv\ntargets:\n  site: {{{HOSTS['nginx']}}}\n"
    rows = {"rows.csv": "row,place\none,Rome\ntwo,Oslo\n", "twimlc.yaml": project}
    flow = "- say: ${row.place}\n- redirect: {}\n"
    other = built(flow.replace("{}", f"{URL}/two/other/index.xml"), **rows)
    assert "own-address" in other.notes  # in row two it is a name
    found = next(f for f in other.result.findings if f.severity.value == "warning")
    assert found.message == (
        "'two/other/index.xml' is a document of another row; a jump stays in its row (in row one)"
    )
    assert built(flow.replace("{}", "other/"), **rows).slugs == ["unreachable-state"]


def test_the_state_that_a_manifest_lists() -> None:
    flow = "- enqueue: {{name: help, waitUrl: {}}}\n- say: Bye.\n"
    made = built(flow.format("other/hold"))
    manifest = json.loads((made.folder / "manifest.json").read_text())
    (path,) = (path for path in manifest["documents"] if path.endswith("/hold.xml"))
    again = built(flow.format(f"{URL}/{path.removeprefix('public/')}"))
    assert again.documents == made.documents


@pytest.mark.parametrize("query", ["", "?go=1&named=1&s123456=1"])
def test_the_bin_of_a_flow(query: str) -> None:
    sid = "EH0123456789abcdef0123456789abcdef"
    host = f"host: twiml-bin, bins: {{other: {sid}}}"
    address = f"https://handler.twilio.com/twiml/{sid}{query}"
    made = built(f"- say: Hi.\n- redirect: {address}\n", host)
    assert not made.result.faults
    assert ("<Say>Other.</Say>" in made.xml("f.xml")) is (query == "")


@pytest.mark.parametrize("bin_of_other", [False, True])
def test_scripts_and_builds_of_one_flow_go_along(
    bin_of_other: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sid = "EH0123456789abcdef0123456789abcdef"
    host, address = "nginx", f"{URL}/other/index.xml"
    if bin_of_other:
        host = f"host: twiml-bin, bins: {{other: {sid}}}"
        address = f"https://handler.twilio.com/twiml/{sid}"
    made = built(f"- say: Hi.\n- redirect: {address}\n", host)
    assert made.result.ok, made.words
    home = made.folder.parent.parent
    (home / "f.test.yaml").write_text(
        "calls:\n  - {name: goes on, expect: [say: Hi., say: Other., hangup]}\n"
    )
    monkeypatch.chdir(home)
    assert run(["test", "f.test.yaml"]) == 0, capsys.readouterr()
    alone = make(folder=home, target="site", paths=("f.yaml",))
    assert alone.documents == made.documents
