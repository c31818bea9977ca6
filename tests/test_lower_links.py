"""Names of documents, and how they name each other, audio files and the author's addresses."""

from call_graphs import Calls, documents_of, element, plan_of, state_link
from twimlc.flow.graph import Context
from twimlc.flow.model import MediaLink
from twimlc.hosts import find_host
from twimlc.lower import names
from twimlc.lower.host import Site
from twimlc.project.files import FileContent

DIAL = ("completed", "answered", "busy", "no-answer", "failed", "canceled")
ROW = Site(find_host("s3"), url="https://voice.example.com/ivr/", row="oslo")


def asking(calls: Calls, label: str, at: str, to: str, after: str = "end") -> None:
    calls.verb(label, element("Gather"), at=at, exits={"input": to, "no-input": after})


def test_names_of_places() -> None:
    calls = Calls()
    asking(calls, "a", "acme/main", "b", "a2")
    asking(calls, "a2", "acme/main", "c")
    calls.say("b", "In a list.", at="acme/main", to="end")
    calls.say("c", "A state.", at="acme/index", to="end")
    found = documents_of(calls.graph("a", {"acme/main": "a", "acme/index": "c"}))
    assert set(found) == {"acme/index.xml", "acme/v/main.2.xml", "acme/v/index.0.xml"}


def test_links_between_flows_are_relative_and_stay_in_the_row() -> None:
    calls = Calls()
    asking(calls, "a", "one/main", "b")
    asking(calls, "b", "two/main", "a")
    graph = calls.graph({"one": "a", "two": "b"}, {"one/main": "a", "two/main": "b"})
    found = documents_of(graph, ROW)
    assert found == {
        "oslo/one/index.xml": '<Gather action="../two/v/index.xml" method="GET"/>',
        "oslo/two/index.xml": '<Gather action="../one/v/index.xml" method="GET"/>',
        "oslo/one/v/index.xml": '<Gather action="../../two/v/index.xml" method="GET"/>',
        "oslo/two/v/index.xml": '<Gather action="../../one/v/index.xml" method="GET"/>',
    }
    entries = plan_of(graph, ROW).entries
    assert [(e.flow, e.path, e.fetches) for e in entries] == [
        ("oslo/one", "oslo/one/index.xml", None),
        ("oslo/two", "oslo/two/index.xml", None),
    ]
    assert plan_of(graph, ROW).documents[0].flow == "oslo/one"


def test_audio_is_copied_once_under_a_name_that_tells_its_content() -> None:
    calls = Calls()
    audio = MediaLink("acme", "sounds/Hold Müsic.MP3")
    calls.verb("a", element("Play", audio), at="acme/main", exits="b")
    calls.verb(
        "b", element("Enqueue", "q", waitUrl=audio), at="acme/main", exits={"bridged": "end"}
    )
    graph = calls.graph("a")
    plan = plan_of(graph)
    (file,) = plan.media
    assert file.path.startswith("media/hold-m-sic.")
    assert file.path.endswith(".mp3")
    assert (file.media_type, file.link.path) == ("audio/mpeg", "sounds/Hold Müsic.MP3")
    assert plan.assumptions == ("relative-urls",)
    assert documents_of(graph)["acme/index.xml"] == (
        f"<Play>../{file.path}</Play>\n"
        f'<Enqueue waitUrl="../{file.path}" waitUrlMethod="GET">q</Enqueue>'
    )
    full = documents_of(graph, ROW)["oslo/acme/index.xml"]
    assert f"<Play>https://voice.example.com/ivr/{file.path}</Play>" in full
    assert plan_of(graph, ROW).assumptions == ()


def test_urls_beyond_action_are_absolute_when_the_address_is_known() -> None:
    calls = Calls()
    number = element("Number", "+14155550100", url=state_link("screen"), method="POST")
    dial = element("Dial", number, referUrl=state_link("moved"))
    calls.verb("dial", dial, at="acme/main", exits=dict.fromkeys(DIAL, "end"))
    calls.say("screen", "A call.", at="acme/screen", to="end")
    calls.say("moved", "Moved.", at="acme/moved", to="end")
    graph = calls.graph(
        "dial",
        {"acme/screen": "screen", "acme/moved": "moved"},
        {"screen": (Context.LEG, "Number.url"), "moved": (Context.CALL, "Dial.referUrl")},
    )
    found = documents_of(graph, ROW)
    assert set(found) == {f"oslo/acme/{name}.xml" for name in ("index", "v/moved", "v/screen")}
    base = "https://voice.example.com/ivr/oslo/acme/v"
    assert found["oslo/acme/index.xml"] == (
        f'<Dial referUrl="{base}/moved.xml" referMethod="GET">\n'
        f'  <Number url="{base}/screen.xml" method="GET">+14155550100</Number>\n</Dial>'
    )


def test_addresses_of_the_authors_mean_the_same_in_another_flows_folder() -> None:
    calls = Calls()
    calls.say("a", "One.", at="one/main", to="b")
    calls.verb("b", element("Play", "beep.wav?v=1"), at="two/main", exits="c")
    calls.verb("c", element("Play", "https://x.example.com/a.wav"), at="two/main", exits="d")
    calls.verb("d", element("Record", recordingStatusCallback="/log.php"), at="two/main", exits={"recorded": "end"})  # fmt: skip
    found = documents_of(calls.graph({"one": "a", "two": "b"}, {"one/main": "a"}))
    assert "<Play>../two/beep.wav?v=1</Play>" in found["one/index.xml"]
    assert "<Play>https://x.example.com/a.wav</Play>" in found["one/index.xml"]
    assert 'recordingStatusCallback="/log.php"' in found["one/index.xml"]


def test_a_hunt_whose_parties_may_decline_rests_on_an_assumption() -> None:
    calls = Calls()
    nouns = [element("Number", f"+1415555010{n}", url=state_link("screen")) for n in (1, 2)]
    calls.verb("hunt", element("Dial", *nouns, sequential="true"), at="acme/main", exits={"completed": "end"})  # fmt: skip
    calls.say("screen", "A call.", at="acme/screen", to="end")
    graph = calls.graph("hunt", {"acme/screen": "screen"}, {"screen": (Context.LEG, "Number.url")})
    assert plan_of(graph).assumptions == ("relative-urls", "hunt-after-decline")


def test_a_redirect_to_a_state_is_a_link_like_any_other() -> None:
    calls = Calls()
    calls.verb("a", element("Message", "Hi."), at="acme/main", exits="b")
    calls.verb("b", element("Redirect", state_link("more")), at="acme/main")
    calls.verb("c", element("Message", "More."), at="acme/more", exits="end")
    graph = calls.graph("a", {"acme/more": "c"}, kind="messaging")
    assert documents_of(graph)["acme/index.xml"].endswith(
        '<Redirect method="GET">v/more.xml</Redirect>'
    )


def test_audio_files_never_share_a_name_by_accident() -> None:
    def weak(data: bytes) -> FileContent:
        return FileContent.of(data)._replace(sha256="00000000" + data.hex().ljust(56, "0"))

    links = [MediaLink("acme", "a/x.wav"), MediaLink("acme", "b/x.wav"), MediaLink("acme", "no")]
    data = {"a/x.wav": weak(b"1"), "b/x.wav": weak(b"2")}
    paths, files = names.name_media(links, lambda link: data.get(link.path))
    assert [paths.get(link) for link in links] == [
        "media/x.00000000.wav",
        "media/x.0000000032000000.wav",
        None,
    ]
    assert [file.content.head for file in files] == [b"1", b"2"]
    odd = MediaLink("acme", "§§§")
    (path,) = names.name_media([odd], lambda link: weak(b"1"))[0].values()
    assert path == "media/audio.00000000.bin"
