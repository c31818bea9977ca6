"""What stays of earlier builds: for how long, for whom, and on whose word."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from folders import files_in, write_files
from kept_builds import Project, menu
from routed import router
from twimlc.pipeline import UsageError

NGINX = "host: nginx, url: https://v.example.com/ivr"


def choosing(words: str) -> str:
    """A flow with a decision; the words are behind it."""
    return (
        "states:\n  main:\n    - menu: {prompt: Press 1 or 2., choices: {1: one, 2: two}}\n"
        f"    - hangup\n  one:\n    - say: {words}\n  two:\n    - say: Two.\n"
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "p")


@pytest.mark.parametrize("keep", [0, 1, 3])
def test_the_last_versions_stay_as_they_are(tmp_path: Path, keep: int) -> None:
    made = Project(tmp_path / "p", f"{NGINX}, keep: {keep}")
    names: list[str] = []
    files: dict[str, dict[str, bytes]] = {}
    rows: dict[str, object] = {}
    answers: dict[str, bytes] = {}
    for number in range(6):
        made.write(f=choosing(f"Edit {number}."), g=choosing("Always."))
        made.build()
        name = made.version("f")
        assert name is not None
        names.insert(0, name)
        there = names[: keep + 1]
        assert made.versions("f") == there
        assert len(made.versions("g")) == 1
        files[name] = made.tree(f"public/f/{name}")
        rows |= {d["path"]: d for d in made.manifest["decisions"] if name in d["path"]}  # type: ignore[index]
        for version in there:
            assert made.tree(f"public/f/{version}") == files[version]
        wanted = {path: row for path, row in rows.items() if any(v in path for v in there)}
        listed = {d["path"]: d for d in made.manifest["decisions"]}  # type: ignore[index]
        assert {path: row for path, row in listed.items() if "/f/" in path} == wanted
        table = made.tree()["nginx-server.conf"].decode()
        assert all(name in table for name in there)
        assert not any(name in table for name in names[keep + 1 :])
        # A call that a version answered hears it to its end.
        host = router(made.out)
        for path in wanted:
            address = host.url(path.removeprefix("public/"))
            answer = host.fetch(f"{address}?Digits=1", "GET", {}).body
            assert answers.setdefault(path, answer) == answer
    assert len({*names}) == 6
    assert len({*answers.values()}) >= 6


def test_a_target_keeps_three_unless_it_says_otherwise(project: Project) -> None:
    for number in range(6):
        project.write(f=menu(more=f"Edit {number}."))
        project.build()
    assert len(project.versions("f")) == 4


def test_a_version_that_returns_is_the_present_one_again(project: Project) -> None:
    trees = []
    for words in ("One.", "Two.", "One."):
        project.write(f=menu(more=words))
        report = project.build()
        trees.append(project.tree("public/f"))
    first, second = project.versions("f")
    assert project.version("f") == first
    assert trees[0]["index.xml"] == trees[2]["index.xml"] != trees[1]["index.xml"]
    assert trees[0].items() <= trees[2].items()
    assert report.changes == ("public/f/index.xml",)
    assert f"{second}/more.xml" in trees[2]


LEADS = menu().replace("- say: More.", "- gather: {numDigits: 1}\n      then: f/more")


def test_what_a_version_leads_to_stays_longer(project: Project) -> None:
    project.set("host: static, keep: 0")
    project.write(f=menu(more="One."), leads=LEADS)
    project.build()
    first = project.version("f")
    of_leads = project.tree("public/leads")
    for words in ("Two.", "Three."):
        project.write(f=menu(more=words))
        project.build("f")
    # The other flow was not asked for, so it leads to what it led to.
    assert project.tree("public/leads") == of_leads
    assert project.versions("f") == [project.version("f"), first]
    project.build()
    assert project.versions("f") == [project.version("f")]
    assert project.tree("public/leads") != of_leads


def test_what_a_kept_version_leads_to_stays_with_it(project: Project) -> None:
    project.set("host: static, keep: 1")
    project.write(f=menu(more="One."), leads=LEADS)
    project.build()
    first, of_leads = project.version("f"), project.version("leads")
    for words in ("Two.", "Three."):
        project.write(f=menu(more=words), leads=LEADS)
        project.build("f")
    project.write(leads=menu())
    project.build()
    assert project.versions("leads") == [project.version("leads"), of_leads]
    assert first in project.versions("f")[2:]
    project.write(leads=menu("Another entry.", "More of it."))
    project.build()
    assert first not in project.versions("f")


def test_a_build_of_one_flow_takes_with_it_what_it_jumps_to(project: Project) -> None:
    project.write(
        f=menu(more="One."), leads=LEADS, too=LEADS, starts=menu("Words", "Hi") + "    - goto: f/\n"
    )
    project.build()
    before, first = project.tree("public"), project.version("f")
    project.write(
        f=menu(more="Two."), leads=LEADS.replace("key", "digit"), too=menu(), starts=menu()
    )
    project.build("leads")
    after = project.tree("public")
    for flow in ("too", "starts"):
        kept = {path: data for path, data in before.items() if path.startswith(f"{flow}/")}
        assert kept.items() <= after.items(), flow
    assert project.versions("f") == [project.version("f"), first]
    assert f"f/{project.version('f')}/more.xml" in project.xml(
        f"leads/{project.version('leads')}/more.xml"
    )
    # Only a jump to a state is a jump into a version: the start is fetched when it is due.
    project.write(f=menu(more="Three."))
    project.build("starts")
    assert project.xml(f"f/{project.version('f')}/more.xml").startswith("<Say>Two.")


def test_of_a_flow_that_is_gone_the_entry_goes_alone(project: Project) -> None:
    project.write(f=menu(more="One."), g=menu())
    project.build()
    project.write(f=menu(more="Two."))
    project.build()
    second, first = project.versions("f")
    before = project.tree("public/f")
    project.write(f=None)
    report = project.build()
    assert report.remarks == (
        "the flow f is gone: no number may lead there any more",
        "kept for calls in progress, though the flow is gone: f",
    )
    assert report.removals == ("public/f/index.xml",)
    left = project.tree("public/f")
    assert left == {path: data for path, data in before.items() if path != "index.xml"}
    assert sorted(left) == sorted(["changed.xml", f"{first}/more.xml", f"{second}/more.xml"])
    assert project.manifest["flows"]["f"]["entry"] is None
    assert project.manifest["verified"] == project.manifest["flows"]["g"]["verified"]
    # It stays so, also where another flow is edited; and may come again.
    project.write(g=menu("Other words.", "Other."))
    project.build()
    assert project.tree("public/f") == left
    project.write(f=menu(more="One."))
    assert project.build().remarks == ()
    assert (project.version("f"), project.versions("f")) == (first, [first, second])
    project.write(f=None)
    project.build()
    project.set("host: static, keep: 0")
    project.build()
    assert "f" not in project.manifest["flows"]
    assert not (project.out / "public/f").exists()


def test_of_a_flow_that_is_renamed_the_versions_stay(project: Project) -> None:
    project.write(f="flow: old\n" + menu())
    project.build()
    version = project.version("old")
    project.write(f="flow: new\n" + menu())
    project.build()
    assert project.version("new") == version
    assert [*project.tree("public/old")] == ["changed.xml", f"{version}/more.xml"]


def test_of_a_row_that_is_gone_the_versions_stay(tmp_path: Path) -> None:
    made = Project(tmp_path / "p", more="matrix: stores.csv\n")
    table = made.folder / "stores.csv"
    table.write_text("store\nuptown\nharbor\n")
    made.write(f=menu(more="${row.store}"))
    made.build()
    version = made.version("uptown/f")
    table.write_text("store\nharbor\n")
    assert made.build().remarks == (
        "the flow uptown/f is gone: no number may lead there any more",
        "kept for calls in progress, though the flow is gone: uptown/f",
    )
    assert [*made.tree("public/uptown")] == ["f/changed.xml", f"f/{version}/more.xml"]


def test_a_flow_of_bins_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    made = Project(tmp_path / "p", "host: twiml-bin")
    made.write(f=menu(), g=menu())
    made.build()
    made.write(f=None)
    gone = "the flow f is gone: no number may lead there any more"
    assert made.build().remarks == (gone,)
    assert sorted(made.tree()) == ["g.xml", "manifest.json"]


@pytest.mark.parametrize("target", ["host: static", "host: twiml-bin, media: https://m.example"])
@pytest.mark.parametrize("keep", [0, 1, 2])
def test_sounds_of_the_last_builds_stay(tmp_path: Path, target: str, keep: int) -> None:
    """Also those that only an entry or a Bin names, which are replaced."""
    made = Project(tmp_path / "p", f"{target}, keep: {keep}")
    made.write(f="steps:\n  - play: la.mp3\n")
    names: list[str] = []
    for number in range(4):
        (made.folder / "flows/la.mp3").write_bytes(b"ID3" + bytes([number]))
        made.build()
        (new,) = {path for path in made.tree("public/media") if path not in names}
        names.insert(0, new)
        assert sorted(made.tree("public/media")) == sorted(names[: keep + 1])
    before = made.tree()
    assert made.build().changes == ()
    assert made.tree() == before, "a build that changes nothing is none"
    made.write(f="steps:\n  - say: No sound.\n")
    made.build()
    assert sorted(made.tree("public/media")) == sorted(names[:keep])
    (made.folder / "flows/la.mp3").write_bytes(b"ID3" + bytes([3]))
    made.write(f="steps:\n  - play: la.mp3\n")
    made.build()
    assert names[0] in made.tree("public/media")
    assert made.manifest["documents"][f"public/media/{names[0]}"]["sha256"]


def test_a_sound_of_a_kept_version_stays_with_it(project: Project) -> None:
    project.set("host: static, keep: 1")
    sound = project.folder / "flows/la.mp3"
    playing = menu().replace("say: More.", "play: la.mp3")
    sound.write_bytes(b"ID3 one")
    project.write(f=playing)
    project.build()
    (first,) = project.tree("public/media")
    project.write(f=menu(more="No sound."))
    project.build()
    for number in range(3):
        project.write(f=menu(f"Entry {number}.", "No sound."))
        project.build()
        assert [*project.tree("public/media")] == [first]
    project.write(f=menu(more="Another."))
    project.build()
    project.write(f=menu(more="A third."))
    project.build()
    assert project.tree("public/media") == {}


def test_a_version_that_somebody_changed_is_not_kept(project: Project) -> None:
    project.write(f=menu(more="One."), g=menu(more="G."))
    project.build()
    first = project.version("f")
    place = project.out / f"public/f/{first}/more.xml"
    place.write_text("<Response/>")
    project.write(f=menu(more="Two."), g=menu(more="H."))
    report = project.build()
    path = f"public/f/{first}/more.xml"
    assert report.remarks == (
        f"f/{first} cannot be kept: {path} was changed or removed since it was built",
        f"{path} was changed by hand since it was built; it is not removed",
    )
    assert project.manifest["flows"]["f"]["versions"] == [project.version("f")]
    assert len(project.versions("g")) == 2
    assert place.read_text() == "<Response/>"


def test_what_a_build_was_built_on(project: Project) -> None:
    project.write(f=menu())
    project.build()
    assert project.manifest["builtOn"] is None
    before, listing = project.digest, project.listing
    assert project.build().changes == ()
    assert project.listing == listing
    for number in range(5):
        project.write(f=menu(f"Other words {number} of the entry."))
        project.build()
    assert project.manifest["builtOn"] is None, "every flow has the version that it had"
    before = project.digest
    project.write(f=menu(more="New."))
    project.build()
    assert project.manifest["builtOn"] == before
    listing = project.listing
    project.build()
    assert project.listing == listing


def old_build(folder: Path, files: dict[str, bytes], edited: str) -> None:
    """What the format before versions left behind."""
    documents = {
        path: {
            "sha256": sha256(data).hexdigest(), "bytes": len(data), "mediaType": "text/xml",
            "flow": path.partition("/")[0], "source": "flows/f.yaml", "states": [], "lines": [],
        }
        for path, data in files.items()
    }  # fmt: skip
    whole = {
        "version": 1, "tool": {"name": "twimlc", "version": "0.1.0"}, "target": "site",
        "host": "static", "url": None, "verified": False, "flows": {}, "documents": documents,
        "decisions": [], "approximations": [], "assumptions": [],
    }  # fmt: skip
    write_files(folder, files | {edited: files[edited] + b"<!-- mine -->"})
    (folder / "manifest.json").write_text(json.dumps(whole))


def test_a_build_of_the_format_before_versions_is_no_ground(project: Project) -> None:
    project.write(f=menu())
    files = dict.fromkeys(("f/index.xml", "f/more.xml", "g/index.xml"), b"<Response/>\n")
    old_build(project.out, files, "f/more.xml")
    (project.out / "f/mine.xml").write_text("mine")
    report = project.build()
    assert report.removals == ("f/index.xml", "g/index.xml")
    assert report.remarks == (
        "f/more.xml was changed by hand since it was built; it is not removed",
        "documents are in public/ now: point the server at site/public/",
    )
    assert project.manifest["builtOn"] is None
    assert len(project.versions("f")) == 1
    left = {path for path in project.tree() if not path.startswith("public/")}
    assert left == {"manifest.json", "f/mine.xml", "f/more.xml"}
    assert project.build().remarks == ()


def test_watch_replaces_its_own_versions_and_keeps_the_one_it_found(project: Project) -> None:
    project.write(f=menu(more="Found."))
    project.build()
    found = project.version("f")
    on = project.digest
    memory: dict[str, object] = {}
    for words in ("One.", "Two.", "Three."):
        project.write(f=menu(more=words))
        project.build(found=memory)
        assert project.versions("f") == [project.version("f"), found]
        assert project.manifest["builtOn"] == on
    last = project.version("f")
    project.write(f=menu(more="Built."))
    project.build()
    assert project.versions("f") == [project.version("f"), last, found]


def test_watch_in_an_empty_folder_keeps_nothing(project: Project) -> None:
    memory: dict[str, object] = {}
    for words in ("One.", "Two."):
        project.write(f=menu(more=words))
        project.build(found=memory)
    assert project.versions("f") == [project.version("f")]
    assert project.manifest["builtOn"] is None


def edited(folder: Path, target: str) -> Project:
    """A project that was built twice and then edited once more; sounds, rows of tables and all."""
    made = Project(folder, target)
    for number in range(3):
        (made.folder / "flows/la.mp3").write_bytes(b"ID3" + bytes([number]))
        made.write(
            f=choosing(f"Edit {number}.") + "    - play: la.mp3\n", g=choosing("G."), gone=menu()
        )
        if number < 2:
            made.build()
    made.write(gone=None)
    return made


@pytest.mark.parametrize(
    "target",
    [NGINX, "host: s3, router: cloudfront, url: https://v.example.com", "host: static, flows: [gone]"],
)  # fmt: skip
def test_an_earlier_build_elsewhere_is_as_good_as_one_in_place(tmp_path: Path, target: str) -> None:
    made = edited(tmp_path / "p", target)
    if "gone" in target:
        made.write(gone=menu(more="Other."))
    artifact, empty = tmp_path / "artifact", tmp_path / "empty"
    shutil.copytree(made.folder / "build", artifact)
    before = files_in(artifact)
    result = made.result(previous=artifact, output=empty)
    assert result.ok
    made.build()
    assert files_in(empty / "site") == made.tree()
    assert made.manifest["builtOn"] is not None
    assert files_in(artifact) == before
    # Once more, into a folder that holds what is to come: nothing is to do.
    again = made.result(previous=artifact, output=empty)
    assert [report.changes for report in again.targets] == [()]


def test_the_folder_counts_for_nothing_beside_an_earlier_build(tmp_path: Path) -> None:
    made = edited(tmp_path / "p", NGINX)
    artifact = tmp_path / "artifact"
    shutil.copytree(made.folder / "build", artifact)
    kept = made.versions("f")
    made.write(f=choosing("Never live."))
    made.build()
    never = made.version("f")
    made.write(f=choosing("Live."))
    made.build(previous=artifact)
    assert made.versions("f") == [made.version("f"), *kept]
    assert not (made.out / f"public/f/{never}").exists()


def test_a_previous_that_is_no_folder_is_wrong_usage(project: Project) -> None:
    project.write(f=menu())
    for name in ("nowhere", "flows/f.yaml"):
        with pytest.raises(UsageError, match=f"there is no folder '{name}' with a build"):
            project.result(previous=Path(name))
    assert not project.out.exists()


def test_a_previous_without_this_target_keeps_nothing(project: Project, tmp_path: Path) -> None:
    project.write(f=menu())
    project.build()
    project.write(f=menu(more="New."))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"not a whole build: it has no .*/manifest\.json"):
        project.build(previous=tmp_path / "empty")


ROW = '"2": "public/f/'


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"public/f/index.xml": {', '"../../../victim.txt": {'),
        ('"version": 2', '"version": 3'),
        ('"flows": {', '"flows": [], "other": {'),
        (ROW, '"2\\"; }": "public/f/'),
        (ROW, '"2": "public/g/'),
        (ROW, '"2": "../f/'),
        ('"parameter": "Digits"', '"parameter": "Digits; return 200"'),
    ],
)
def test_a_hostile_earlier_build_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    made = edited(tmp_path / "p", NGINX)
    (tmp_path / "victim.txt").write_text("precious")
    artifact, empty = tmp_path / "artifact", tmp_path / "empty"
    shutil.copytree(made.folder / "build", artifact)
    place = artifact / "site/manifest.json"
    assert right in place.read_text()
    place.write_text(place.read_text().replace(right, wrong))
    with pytest.raises(UsageError, match="'site' of the earlier build: this file is not the man"):
        made.result(previous=artifact, output=empty)
    assert files_in(empty) == {}
    assert (tmp_path / "victim.txt").read_text() == "precious"


def test_an_earlier_build_whose_hashes_do_not_fit_is_not_kept(tmp_path: Path) -> None:
    made = edited(tmp_path / "p", NGINX)
    present, before = made.versions("f")
    artifact, empty = tmp_path / "artifact", tmp_path / "empty"
    shutil.copytree(made.folder / "build", artifact)
    inner = artifact / "site/public/f"
    (inner / present / "one.xml").write_text("<Response><Say>Changed.</Say></Response>")
    shutil.move(inner / before, tmp_path / "elsewhere")
    (inner / before).symlink_to(tmp_path / "elsewhere")
    (artifact / "site/nginx-server.conf").write_text("return 200 hostile;")
    (report,) = made.result(previous=artifact, output=empty).targets
    assert [remark.partition(":")[0] for remark in report.remarks] == [
        *sorted(f"f/{version} cannot be kept" for version in (present, before)),
        "the flow gone is gone",
        "kept for calls in progress, though the flow is gone",
    ]
    found = files_in(empty)
    flows = json.loads(found["site/manifest.json"])["flows"]
    assert flows["f"]["versions"] == [flows["f"]["version"]]
    assert not any(present in path or before in path for path in found)
    assert present.encode() not in found["site/nginx-server.conf"]
    assert b"hostile" not in found["site/nginx-server.conf"]


def test_a_target_with_a_url_is_told_when_nothing_was_there(tmp_path: Path) -> None:
    made = Project(tmp_path / "p", NGINX)
    made.write(f=menu())
    report = made.build()
    assert report.remarks == (
        "first build here; if an earlier one is online, give it with --previous DIR",
    )
    assert "public/ and, beside it, nginx-http.conf and nginx-server.conf, see" in str(
        report.upload
    )
    assert made.build().remarks == ()
    made.write(f=menu(more="New."))
    assert made.build().remarks == ()


def test_a_flow_that_was_not_asked_for_is_left_alone_though_somebody_edited_it(
    project: Project,
) -> None:
    project.write(f=menu(), g=menu(more="G.") + "  rest:\n    - hangup\n")
    project.build()
    version = project.version("g")
    (project.out / f"public/g/{version}/more.xml").write_text("<Response/>")
    (project.out / "public/g/index.xml").write_text("<Response/>")
    before = project.tree("public/g")
    project.write(f=menu(more="New."))
    assert project.build("f").remarks == ()
    assert project.tree("public/g") == before
    assert project.versions("g") == [version]


@pytest.mark.parametrize("where", ["public/media", "public/gone/changed.xml"])
def test_what_is_carried_over_is_what_it_was(tmp_path: Path, where: str) -> None:
    made = edited(tmp_path / "p", f"{NGINX}, keep: 1")
    artifact, empty = tmp_path / "artifact", tmp_path / "empty"
    shutil.copytree(made.folder / "build", artifact)
    place = artifact / "site" / where
    for file in [place] if place.is_file() else sorted(place.iterdir()):
        file.write_bytes(b"hostile")
    (report,) = made.result(previous=artifact, output=empty).targets
    assert report.built
    found = files_in(empty / "site")
    assert b"hostile" not in found.values()
    documents = json.loads(found.pop("manifest.json"))["documents"]
    assert {path: sha256(data).hexdigest() for path, data in found.items()} == {
        path: document["sha256"] for path, document in documents.items()
    }
    assert any("cannot be kept" in remark for remark in report.remarks)


@pytest.mark.parametrize("where", ["index.xml", "changed.xml", "v.*/one.xml"])
def test_of_an_earlier_build_elsewhere_a_flow_that_is_left_alone_must_be_whole(
    tmp_path: Path, where: str
) -> None:
    made = edited(tmp_path / "p", NGINX)
    artifact, empty = tmp_path / "artifact", tmp_path / "empty"
    shutil.copytree(made.folder / "build", artifact)
    (place,) = (artifact / "site/public/g").glob(where)
    place.write_bytes(b"hostile")
    result = made.result("f", previous=artifact, output=empty)
    (found,) = (found for found in result.findings if found.is_error)
    assert found.rule.slug == "foreign-manifest"
    assert place.relative_to(artifact / "site").as_posix() in found.message
    assert files_in(empty) == {}


def into(other: str, words: str) -> str:
    """A flow whose entry goes on in the version of another."""
    return f"states:\n  s:\n    - say: {words}\n    - record: {{maxLength: 5}}\n      then: {other}/more\n"


def led(project: Project, flow: str, other: str) -> str:
    """The version of ``other`` that an entry leads into."""
    found = re.search(rf"\.\./{other}/(v\.[0-9a-f]{{12}})/", project.xml(f"{flow}/index.xml"))
    assert found is not None
    return found[1]


@pytest.mark.parametrize("keep", [1, 3])
@pytest.mark.parametrize("end", ["changed", "gone"])
def test_what_a_replaced_entry_led_into_stays(project: Project, keep: int, end: str) -> None:
    project.set(f"host: static, keep: {keep}")
    project.write(b=menu(), c=into("b", "Hello."))
    project.build()
    first = led(project, "c", "b")
    for number in range(keep + 2):
        project.write(b=menu(more=f"More {number}."))
        project.build("b")
    assert led(project, "c", "b") == first  # its caller may be in the entry for hours
    for number in range(keep):
        project.write(c=None if end == "gone" else into("b", f"Hello {number}."))
        project.build()
        assert (project.out / "public/b" / first / "more.xml").is_file()
        if end == "gone":
            return
    project.write(c=into("b", "At last."))
    project.build()
    assert not (project.out / "public/b" / first).exists()


@pytest.mark.parametrize("keep", [0, 2])
def test_the_sounds_of_an_entry_stay_by_its_flow(project: Project, keep: int) -> None:
    project.set(f"host: static, keep: {keep}")
    for name in ("a", "b"):
        (project.folder / "flows" / f"{name}.wav").write_bytes(b"RIFF1234WAVE" + name.encode())

    def plays(sound: str) -> str:
        return f"steps:\n  - dial: {{number: '+14155550100', timeLimit: 14400}}\n  - play: {sound}.wav\n  - hangup\n"

    project.write(g=plays("a"), f=menu())
    project.build()
    (sound,) = project.tree("public/media")
    project.write(g=plays("b"))
    project.build()
    for number in range(4):
        project.write(f=menu(f"Press {number}."))
        project.build()
        assert (sound in project.tree("public/media")) is (keep > 0)
    for number in range(keep):
        project.write(g=plays("b").replace("14400", f"140{number}0"))
        project.build()
    assert sound not in project.tree("public/media")


def test_a_build_of_one_path_leaves_flows_whose_files_have_moved(project: Project) -> None:
    project.write(f=menu(), g=menu())
    project.build()
    before = project.tree("public/f")
    (project.folder / "flows" / "team").mkdir()
    project.path("f").rename(project.folder / "flows" / "team" / "f.yaml")
    project.write(g=menu("Other words."))
    assert project.build("g").remarks == ()
    assert project.tree("public/f") == before
    assert project.build().remarks == ()
    assert project.tree("public/f") == before


@pytest.mark.parametrize("row", [False, True])
def test_a_flow_or_a_row_may_be_called_media(tmp_path: Path, row: bool) -> None:
    made = Project(tmp_path / "p", more="matrix: stores.csv\n" if row else "")
    (made.folder / "stores.csv").write_text("store\nmedia\n")
    (made.folder / "flows" / "a.wav").write_bytes(b"RIFF1234WAVE")
    name = "f" if row else "media"
    for words in ("One.", "Two.", "Three."):
        made.write(**{name: menu(more=words) + "    - play: a.wav\n"})
        made.build()
    assert len(made.manifest["flows"]["media/f" if row else "media"]["versions"]) == 3


def test_sounds_whose_names_differ_in_case_alone(project: Project) -> None:
    for name in ("a.wav", "A.wav"):
        (project.folder / "flows" / name).write_bytes(b"RIFF1234WAVE")
    project.write(f="steps: [{play: a.wav}, {play: A.wav}, hangup]\n")
    project.build()
    assert len(project.tree("public/media")) == 1


def test_a_build_of_one_path_leaves_the_rows_that_lead_to_it(tmp_path: Path) -> None:
    made = Project(tmp_path / "p", more="matrix: {table: stores.csv, flows: [f]}\n")
    table = made.folder / "stores.csv"
    table.write_text("store,desk\nup,1\ndown,2\n")
    made.write(f="params: {desk: }\nsteps: [{say: '${desk}'}, {goto: g/}]\n", g=menu())
    made.build()
    rows = ("public/up", "public/down")
    before = [made.tree(row) for row in rows]
    assert "g/index.xml" in before[0]
    made.write(g=menu("Other words."))
    assert made.build("g").remarks == ()
    assert [made.tree(row) for row in rows] == before
    table.write_text("store,desk\ndown,2\n")
    made.build()
    assert not (made.out / "public/up/g/index.xml").exists()


@pytest.mark.parametrize(
    "text", ["flow: desk\nsteps: [{say: D.}\n", "flow: desk\nsteps: [{sy: D.}]\n"]
)
def test_a_flow_that_moved_and_is_broken_is_not_gone(project: Project, text: str) -> None:
    project.write(f="flow: desk\nsteps: [{say: D.}]\n", g=menu())
    project.build()
    before = project.tree("public/desk")
    project.write(f=None, e=text)
    project.build("g")
    assert project.tree("public/desk") == before


@pytest.mark.parametrize(
    ("host", "end"),
    [("nginx", "ends with the apology"), ("static", "goes to the number's fallback URL")],
)
def test_what_is_no_longer_kept_is_told(tmp_path: Path, host: str, end: str) -> None:
    made = Project(tmp_path / "p", f"host: {host}, keep: 0")
    made.write(f=menu())
    made.build()
    version = made.version("f")
    made.write(f=menu(more="New."))
    assert f"no longer kept, so a call in it {end}: f/{version}" in made.build().remarks


def test_an_earlier_build_that_was_interrupted_is_none(project: Project, tmp_path: Path) -> None:
    project.write(f=menu())
    project.build()
    earlier = tmp_path / "earlier"
    shutil.copytree(project.folder / "build", earlier)
    (earlier / "site" / ".twimlc-new").mkdir()
    (earlier / "site" / ".twimlc-new" / "journal.json").write_text('{"files": [], "stale": {}}')
    with pytest.raises(UsageError, match="the earlier build of 'site' was interrupted"):
        project.build(previous=earlier)
