"""Writing a target's folder: in order, only what changed, nothing that is not ours."""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from folders import files_in, write_files
from twimlc.findings.diagnostic import Diagnostic
from twimlc.output.manifest import DocumentEntry, FlowEntry, Manifest, from_json, to_json
from twimlc.output.plan import OutputFile, Scope
from twimlc.output.write import Written, read_before, write_target
from twimlc.project.files import FileContent

XML = "text/xml"
INNER = re.compile(r"public/(.+)/(v\.[0-9a-f]{12})/")


def version_of(text: str, count: int) -> str:
    return f"v.{hashlib.sha256(f'{text} {count}'.encode()).hexdigest()[:12]}"


def files_of(*flows: str, text: str = "one", count: int = 2) -> list[OutputFile]:
    """An entry for each flow, and ``count - 1`` documents behind it that it names."""
    version = version_of(text, count)
    made = []
    for flow in flows:
        inner = [f"{version}/s{n}.xml" for n in range(1, count)]
        for name in ("index.xml", *inner):
            links = " ".join(inner) if name == "index.xml" else ""
            data = f"<Response>{text} {flow} {name} {links}</Response>".encode()
            entry = DocumentEntry(XML, flow)
            made.append(OutputFile(f"public/{flow}/{name}", FileContent.of(data), entry))
    return made


def manifest_of(*flows: str, files: Sequence[OutputFile] = ()) -> Manifest:
    versions = {found[1]: found[2] for file in files if (found := INNER.match(file.path))}
    return Manifest(
        target="plain",
        host="static",
        flows={
            flow: FlowEntry(
                f"public/{flow}/index.xml",
                f"flows/{flow.rpartition('/')[2]}.yaml",
                {"voiceMethod": "GET"},
                version=versions.get(flow),
                versions=(versions[flow],) if flow in versions else (),
            )
            for flow in flows
        },
    )


def build(
    folder: Path,
    files: Sequence[OutputFile],
    *flows: str,
    exists: Callable[[str], bool] = lambda _: True,
    force: bool = False,
    dry: bool = False,
    **looked_at: object,
) -> Written:
    scope = Scope(exists, **looked_at)  # type: ignore[arg-type]
    manifest = manifest_of(*flows, files=files)
    written, findings = write_target(folder, files, manifest, scope, force=force, dry=dry)
    assert findings == []
    assert written is not None
    return written


def refused(folder: Path, files: Sequence[OutputFile], *flows: str) -> Diagnostic:
    written, findings = write_target(
        folder, files, manifest_of(*flows, files=files), Scope(lambda _: True)
    )
    assert written is None
    assert len(findings) == 1
    return findings[0]


def paths_of(flow: str, text: str = "one", count: int = 2) -> tuple[str, ...]:
    return tuple(sorted(file.path for file in files_of(flow, text=text, count=count)))


def is_whole(folder: Path) -> None:
    """Every file that the manifest lists is there with the hash it says, and no other."""
    manifest = from_json((folder / "manifest.json").read_bytes())
    found = files_in(folder)
    found.pop("manifest.json")
    assert found.keys() == manifest.documents.keys()
    for path, data in found.items():
        assert hashlib.sha256(data).hexdigest() == manifest.documents[path].sha256


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "build" / "plain"


def test_build_rebuild_and_nothing_to_do(folder: Path) -> None:
    first = build(folder, files_of("a", "b"), "a", "b")
    assert first.created == (*paths_of("a"), *paths_of("b"))
    is_whole(folder)
    place = folder / "public/b/index.xml"
    os.utime(place, (1, 1))
    identity = os.stat(place).st_ino

    files = [*files_of("a", text="two"), *files_of("b")]
    second = build(folder, files, "a", "b")
    entry, inner = paths_of("a", "two")
    assert (second.created, second.changed) == ((inner,), (entry,))
    assert second.unchanged == paths_of("b")
    assert second.removed == (paths_of("a")[1],)
    is_whole(folder)
    status = os.stat(place)
    assert (status.st_mtime, status.st_ino, status.st_nlink) == (1, identity, 1)

    at = os.stat(folder).st_ctime_ns
    assert build(folder, files, "a", "b").is_clean
    assert os.stat(folder).st_ctime_ns == at
    assert os.listdir(folder.parent) == ["plain"]


def test_the_folder_stays_the_same_folder(folder: Path) -> None:
    build(folder, files_of("a"), "a")
    shown = {place: os.stat(place).st_ino for place in (folder, folder / "public/a")}
    handle = os.open(folder, os.O_RDONLY)
    try:
        build(folder, files_of("a", "b", text="two"), "a", "b")
        assert os.path.samestat(os.fstat(handle), os.stat(folder))
        assert sorted(os.listdir(handle)) == ["manifest.json", "public"]
    finally:
        os.close(handle)
    assert {place: os.stat(place).st_ino for place in shown} == shown


def test_files_that_are_put_there_during_a_build_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(folder, files_of("a"), "a")
    real, put = os.replace, []

    def replace(source: str, target: str) -> None:
        mine = folder / "public" / f"mine.{len(put)}.txt"
        mine.write_text("mine")
        put.append(mine)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    build(folder, files_of("a", text="two"), "a")
    assert len(put) > 3
    assert all(mine.read_text() == "mine" for mine in put)


def test_new_files_and_folders_take_group_and_mode_of_their_folder(folder: Path) -> None:
    folder.mkdir(parents=True)
    other = next((group for group in os.getgroups() if group != os.getegid()), None)
    if os.geteuid() == 0:
        other = 12345
    if other is not None:
        os.chown(folder, -1, other)
    os.chmod(folder, 0o2770)
    build(folder, files_of("a"), "a")
    for place in folder.rglob("*"):
        status = place.stat()
        assert status.st_gid == folder.stat().st_gid, place
        assert status.st_mode & 0o7777 == (0o2770 if place.is_dir() else 0o660), place

    os.chmod(folder / "public/a", 0o755)
    build(folder, files_of("a", text="two"), "a")
    assert (folder / "public/a/index.xml").stat().st_mode & 0o777 == 0o644
    assert (folder / "public/a" / version_of("two", 2)).stat().st_mode & 0o777 == 0o755


def test_what_is_nobodys_stays_and_empty_folders_go(folder: Path, tmp_path: Path) -> None:
    build(folder, files_of("a", "b"), "a", "b")
    (folder / "notes" / "empty").mkdir(parents=True)
    (folder / "notes" / "mine.txt").write_text("mine")
    (folder / "public" / "a" / "mine.txt").write_text("mine")
    (folder / "link").symlink_to(tmp_path)
    os.chmod(folder / "notes", 0o750)

    removed = build(folder, files_of("c", count=1), "c", exists=lambda _: False).removed
    assert removed == (*paths_of("a"), *paths_of("b"))
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*")) == [
        "link", "manifest.json", "notes", "notes/empty", "notes/mine.txt", "public", "public/a",
        "public/a/mine.txt", "public/c", "public/c/index.xml",
    ]  # fmt: skip
    assert (folder / "notes").stat().st_mode & 0o777 == 0o750
    assert (folder / "link").readlink() == tmp_path


def test_a_build_of_one_flow_leaves_the_others(folder: Path) -> None:
    first = [*files_of("a", "b", "gone", count=3)]
    beep = OutputFile(
        "public/media/beep.0a1b2c3d.wav", FileContent.of(b"RIFF"), DocumentEntry("audio/wav")
    )
    entry = first[3]._replace(
        content=FileContent.of(first[3].content.head + b"../media/beep.0a1b2c3d.wav")
    )
    assert entry.path == "public/b/index.xml"
    first[3] = entry
    build(folder, [*first, beep], "a", "b", "gone")
    whole = files_in(folder)

    written = build(folder, files_of("a"), "a", exists=lambda source: "gone" not in source)
    assert written.removed == (*paths_of("a", count=3)[1:], *paths_of("gone", count=3))
    after = files_in(folder)
    for path in (*paths_of("b", count=3), beep.path):
        assert after[path] == whole[path]
    assert sorted(from_json(after["manifest.json"]).flows) == ["a", "b"]
    is_whole(folder)

    everything = build(folder, files_of("a", "b"), "a", "b")
    assert everything.removed == (*paths_of("b", count=3)[1:], beep.path)


def test_a_row_that_left_the_table_is_stale(folder: Path) -> None:
    build(
        folder, files_of("uptown/shop", "harbor/shop", "news"), "uptown/shop", "harbor/shop", "news"
    )
    written = build(folder, files_of("harbor/shop"), "harbor/shop")
    assert written.removed == paths_of("uptown/shop")
    assert (folder / "public/news/index.xml").exists()
    assert not (folder / "public/uptown").exists()


def test_a_flow_that_a_target_no_longer_wants_is_stale(folder: Path) -> None:
    build(folder, files_of("a", "b"), "a", "b")
    assert build(folder, files_of("a"), "a", compiled={"a", "b"}).removed == paths_of("b")


def test_in_parts_or_at_once_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "1" / "plain", tmp_path / "2" / "plain"
    build(one, files_of("a", "b"), "a", "b")
    build(two, files_of("b"), "b")
    before = (two / "manifest.json").read_bytes()
    build(two, files_of("a"), "a")
    at_once, in_parts = files_in(one), files_in(two)
    # The second part was built on the first, and says so.
    on = json.dumps(hashlib.sha256(before).hexdigest()).encode()
    told = b'"builtOn": '
    assert in_parts["manifest.json"] == at_once["manifest.json"].replace(told + b"null", told + on)
    assert {**in_parts, "manifest.json": b""} == {**at_once, "manifest.json": b""}
    assert str(tmp_path).encode() not in (one / "manifest.json").read_bytes()


def test_dry_tells_and_writes_nothing(folder: Path) -> None:
    assert len(build(folder, files_of("a"), "a", dry=True).created) == 2
    assert not folder.parent.exists()


FLOWS = ("a", "b", "c")
OLD = files_of("a", "b", text="old", count=3)
NEW = files_of("a", "c", text="new", count=2)
LATER = files_of("b", "c", text="later", count=4)
EDITIONS = {"old": (OLD, ("a", "b")), "new": (NEW, ("a", "c")), "later": (LATER, ("b", "c"))}
TOUCHES = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.chown")


def put(folder: Path, edition: str) -> None:
    files, flows = EDITIONS[edition]
    build(folder, files, *flows, keep=1, compiled=FLOWS)


def killed(folder: Path, edition: str, moment: int) -> bool:
    """Build in another process that is killed before it touches the disk for the last time but
    ``moment``; whether it came so far."""
    child = os.fork()
    if child == 0:
        left = [moment]

        def hook(event: str, _: tuple[object, ...]) -> None:
            if event in TOUCHES:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(hook)
            put(folder, edition)
        finally:
            os._exit(7 * (sys.exc_info()[0] is not None))
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or status == 0, "the child failed by itself"
    return os.WIFSIGNALED(status)


def is_right_for_calls(folder: Path, kept: Sequence[OutputFile]) -> None:
    """Whatever an entry names is there; so is all that calls in progress may still ask for."""
    known: dict[str, set[bytes]] = {}
    for file in (*OLD, *NEW):
        known.setdefault(file.path, set()).add(file.content.head)
    found = files_in(folder)
    for path, data in found.items():
        if path != "manifest.json" and not path.startswith(".twimlc-"):
            assert data in known[path], path
        if path.endswith("/index.xml"):
            for link in re.findall(rb"v\.[0-9a-f]{12}/s\d\.xml", data):
                assert f"{path.removesuffix('index.xml')}{link.decode()}" in found, path
    for file in kept:
        if "/v." in file.path:
            assert found[file.path] == file.content.head
    from_json(found["manifest.json"])


def undisturbed(folder: Path, *editions: str) -> dict[str, bytes]:
    for edition in editions:
        put(folder, edition)
    return files_in(folder)


def test_at_every_moment_of_a_kill_calls_find_what_they_lead_to(tmp_path: Path) -> None:
    wanted = {
        editions: undisturbed(tmp_path / "-".join(editions) / "plain", *editions)
        for editions in (("old", "new"), ("old", "later"), ("old", "new", "later"))
    }
    start = tmp_path / "start" / "plain"
    put(start, "old")
    old_manifest = (start / "manifest.json").read_bytes()
    moment, came = 0, set()
    folder = tmp_path / "build" / "plain"
    shutil.copytree(start, folder)
    while killed(folder, "new", moment):
        is_right_for_calls(folder, OLD)
        done = (folder / "manifest.json").read_bytes() != old_manifest
        came.add((done, (folder / ".twimlc-new").exists()))
        same, other = tmp_path / "same" / "plain", tmp_path / "other" / "plain"
        for place in (same, other):
            shutil.copytree(folder, place)
        # The next build ends as if nothing had been, also when the flows changed meanwhile,
        put(same, "new")
        assert files_in(same) == wanted["old", "new"], moment
        # and when it is killed as well, at a moment of its own.
        killed(other, "new", moment // 2)
        put(other, "later")
        whole = files_in(other)
        assert whole in (wanted["old", "later"], wanted["old", "new", "later"]), moment
        # Calls may be in what an entry has named already: so it is one of the versions that stay.
        named = files_in(folder)["public/a/index.xml"] != files_in(start)["public/a/index.xml"]
        assert not named or whole == wanted["old", "new", "later"], moment
        for place in (same, other, folder):
            shutil.rmtree(place)
        shutil.copytree(start, folder)
        moment += 1
    assert moment > 30
    assert came >= {(False, False), (False, True), (True, True)}
    assert files_in(folder) == wanted["old", "new"]
    assert os.listdir(folder.parent) == ["plain"]


def test_a_disk_that_fills_up_half_way_leaves_what_calls_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = undisturbed(tmp_path / "whole" / "plain", "old", "new")
    files, flows = EDITIONS["new"]
    real = os.replace
    for moves in range(1, 20):
        folder = tmp_path / str(moves) / "plain"
        put(folder, "old")
        left = [moves]

        def full(source: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(source, target)

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", full)
            written, findings = write_target(
                folder,
                files,
                manifest_of(*flows, files=files),
                Scope(lambda _: True, compiled=FLOWS, keep=1),
            )
        is_right_for_calls(folder, OLD)
        assert (written is None) is bool(findings)
        put(folder, "new")
        assert files_in(folder) == wanted
        if written is not None:
            break
    assert 4 < moves < 19


def test_no_link_is_followed_where_files_are_staged(folder: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "0").write_text("precious")
    build(folder, files_of("a"), "a")
    stage = folder / ".twimlc-new"
    stage.symlink_to(precious)
    build(folder, files_of("a", text="two"), "a")
    assert not stage.exists()
    stage.mkdir()
    (stage / "0").symlink_to(precious / "0")
    (stage / "1").symlink_to(precious)
    (stage / "journal.json").symlink_to(precious / "0")
    build(folder, files_of("a", text="three"), "a")
    assert not stage.exists()
    assert files_in(precious) == {"0": b"precious"}


@pytest.mark.parametrize("call", ["write", "mkdir", "replace"])
def test_a_full_disk_leaves_the_old_build(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    build(folder, files_of("a"), "a")
    before = files_in(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        finding = refused(folder, files_of("a", text="two"), "a")
    assert finding.rule.slug == "cannot-write"
    assert "the disk is full" in finding.message
    assert finding.span.file.path == "build/plain"
    assert files_in(folder) == before
    assert os.listdir(folder.parent) == ["plain"]


@pytest.mark.parametrize(
    "journal",
    [
        *(b"", b"[]", b"{", b'{"../../victim.txt": 5}', b'{"a": "x"}', b"\xff", b"[" * 99999),
        *(
            b'{"files": 5, "stale": {}}',
            b'{"files": [5], "stale": {}}',
            b'{"files": ["manifest.json"], "stale": {}}',
        ),
        *(b'{"files": ["../x"], "stale": {}}', b'{"files": [], "stale": {"/etc/passwd": "0"}}'),
    ],
)
def test_a_strange_journal_is_nothing(folder: Path, journal: bytes) -> None:
    build(folder, files_of("a"), "a")
    wanted = files_in(folder)
    (folder / ".twimlc-new").mkdir()
    (folder / ".twimlc-new" / "journal.json").write_bytes(journal)
    build(folder, files_of("a"), "a")
    assert {
        path: data for path, data in files_in(folder).items() if ".twimlc" not in path
    } == wanted


def test_a_journal_leads_nowhere_else(folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    mine = folder / "mine.txt"
    build(folder, files_of("a"), "a")
    mine.write_text("mine")
    (folder / ".twimlc-new").mkdir()
    digest = hashlib.sha256(b"precious").hexdigest()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "out").symlink_to(elsewhere)
    (folder / ".twimlc-new" / "0").write_text("hostile")
    for files, stale in (
        ([], {"../../victim.txt": digest, "mine.txt": digest}),
        ([], {"mine.txt": digest}),
        (["out/0"], {}),
    ):
        told = {"files": files, "stale": stale}
        (folder / ".twimlc-new").mkdir(exist_ok=True)
        (folder / ".twimlc-new" / "journal.json").write_text(json.dumps(told))
        build(folder, files_of("a", text="two"), "a")
        assert (victim.read_text(), mine.read_text()) == ("precious", "mine")
        assert not list(elsewhere.iterdir())


def test_files_that_no_build_wrote_are_refused(folder: Path) -> None:
    build(folder, files_of("a"), "a")
    before = files_in(folder)
    mine = dict.fromkeys(paths_of("b", count=24), b"<Response>mine</Response>")
    write_files(folder, mine)
    files = [*files_of("a", text="two"), *files_of("b", count=24)]
    manifest = manifest_of("a", "b")
    written, findings = write_target(folder, files, manifest, Scope(lambda _: True))
    assert written is None
    assert {finding.rule.slug for finding in findings} == {"foreign-files"}
    shown = [finding.span.file.path for finding in findings]
    assert shown == [f"build/plain/{path}" for path in sorted(mine)[:20]]
    assert findings[-1].message.endswith("; the same is true of 4 more")
    assert findings[0].hint is not None
    assert "--force" in findings[0].hint
    assert files_in(folder) == {**before, **mine}
    assert build(folder, files, "a", "b", force=True).changed == (
        "public/a/index.xml",
        *sorted(mine),
    )
    is_whole(folder)


def test_a_file_with_the_bytes_of_the_build_is_nobodys_concern(folder: Path) -> None:
    write_files(folder, {file.path: file.content.head for file in files_of("a")})
    assert build(folder, files_of("a"), "a").unchanged == paths_of("a")


def test_a_stale_file_that_somebody_edited_stays_and_is_told(folder: Path) -> None:
    build(folder, files_of("a", "b", count=3), "a", "b")
    edited, linked = paths_of("b", count=3)[1:]
    (folder / edited).write_text("my own words")
    (folder / linked).unlink()
    (folder / linked).symlink_to("nowhere")
    written = build(folder, files_of("a", count=3), "a", compiled={"b"})
    assert written.left == (edited, linked)
    assert written.removed == ("public/b/index.xml",)
    assert (folder / edited).read_text() == "my own words"
    assert (folder / linked).is_symlink()
    # It is nobody's now: a later build neither names it again nor touches it.
    assert build(folder, files_of("a", count=3, text="two"), "a", compiled={"b"}).left == ()
    written, findings = write_target(
        folder, files_of("b", count=3), manifest_of("b"), Scope(lambda _: True)
    )
    assert written is None
    assert [finding.rule.slug for finding in findings] == ["foreign-files", "foreign-files"]


def test_a_manifest_that_lists_a_users_file_does_not_have_it_deleted(folder: Path) -> None:
    build(folder, files_of("a"), "a")
    place = folder / "manifest.json"
    whole = json.loads(place.read_text())
    (folder / "mine.txt").write_text("mine")
    whole["documents"]["mine.txt"] = {**whole["documents"]["public/a/index.xml"], "flow": ""}
    place.write_text(json.dumps(whole))
    assert build(folder, files_of("a", text="two"), "a").left == ("mine.txt",)
    assert (folder / "mine.txt").read_text() == "mine"


def test_files_and_folders_in_the_way(folder: Path) -> None:
    build(folder, files_of("a"), "a")
    before = files_in(folder)
    (folder / "public/b").write_text("a file")
    finding = refused(folder, files_of("a", "b"), "a", "b")
    assert (finding.rule.slug, finding.span.file.path) == ("cannot-write", "build/plain/public/b")
    (folder / "public/b").unlink()
    (folder / "public/b/index.xml").mkdir(parents=True)
    finding = refused(folder, files_of("a", "b"), "a", "b")
    assert "there is a folder where a file must be" in finding.message
    assert files_in(folder) == before


def test_a_file_in_the_place_of_the_build(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file")
    assert refused(tmp_path / "build" / "plain", files_of("a"), "a").rule.slug == "cannot-write"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(folder: Path) -> None:
    build(folder, files_of("a"), "a")
    os.chmod(folder.parent, 0o555)
    try:
        finding = refused(folder, files_of("a", text="two"), "a")
    finally:
        os.chmod(folder.parent, 0o755)
    assert "no permission" in finding.message
    is_whole(folder)


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "elsewhere"
    victim.mkdir()
    (victim / "index.xml").write_text("precious")
    build(folder, files_of("a"), "a")

    (folder / "public/a/index.xml").unlink()
    (folder / "public/a/index.xml").symlink_to(victim / "index.xml")
    assert build(folder, files_of("a"), "a").changed == ("public/a/index.xml",)
    assert not (folder / "public/a/index.xml").is_symlink()

    (folder / "public/b").symlink_to(victim)
    assert refused(folder, files_of("a", "b"), "a", "b").rule.slug == "linked-folder"
    (folder / "public/b").unlink()

    build(folder, files_of("a", "b"), "a", "b")
    shutil.rmtree(folder / "public/b")
    (folder / "public/b").symlink_to(victim)
    written, findings = write_target(
        folder, files_of("a"), manifest_of("a"), Scope(lambda _: False)
    )
    assert written is None
    assert findings[0].rule.slug == "linked-folder"
    assert files_in(victim) == {"index.xml": b"precious"}


def test_the_folder_itself_is_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    assert refused(folder, files_of("a"), "a").rule.slug == "linked-folder"
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_linked_manifest_is_replaced(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    build(folder, files_of("a"), "a")
    (folder / "manifest.json").rename(other)
    (folder / "manifest.json").symlink_to(other)
    before = other.read_bytes()
    # Nothing says any more that the files are of a build.
    assert refused(folder, files_of("a", text="two"), "a").rule.slug == "foreign-files"
    build(folder, files_of("a", text="two"), "a", force=True)
    assert other.read_bytes() == before
    assert not (folder / "manifest.json").is_symlink()


def hostile(change: Callable[[dict[str, object]], object]) -> bytes:
    entry = DocumentEntry(XML, "a", sha256="0" * 64)
    flow = FlowEntry("public/a/index.xml", "a.yaml")
    made = Manifest("plain", "static", flows={"a": flow}, documents={"public/a/index.xml": entry})
    whole = json.loads(to_json(made))
    change(whole)
    return json.dumps(whole).encode()


def listing(path: str) -> bytes:
    return hostile(
        lambda whole: whole.update(documents={path: whole["documents"]["public/a/index.xml"]})
    )  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"version": 1}', b"[" * 100_000,
        hostile(lambda whole: whole.update(version=3)),
        hostile(lambda whole: whole.update(tool={"name": "webpack", "version": "5"})),
        hostile(lambda whole: whole.update(documents=[])),
        hostile(lambda whole: whole.update(flows={"a": None})),
        *(
            hostile(lambda whole, name=name: whole.update(flows={name: whole["flows"]["a"]}))
            for name in ("../a", '"; return 200 x; "', "a\n", "a/b/c", "")
        ),
        hostile(lambda whole: whole.update(decisions=["\ud800"])),
        hostile(lambda whole: whole.update(decisions=[float("nan")])),
        hostile(lambda whole: whole.update(decisions=["text"])),
        hostile(lambda whole: whole.update(decisions=[{"flow": "a"}])),
        hostile(lambda whole: whole.update(decisions=[{"flow": "a", "path": ["x"]}])),
        hostile(lambda whole: whole.update(decisions=[{"flow": "a", "path": "../x"}])),
        hostile(lambda whole: whole.update(builtOn="not a hash")),
        hostile(lambda whole: whole.update(builtOn=5)),
        *(
            hostile(lambda whole, change=change: whole["flows"]["a"].update(change))
            for change in (
                {"entry": "../../victim.txt"}, {"version": "v.0123456789ab"}, {"version": ".."},
                {"versions": ["../.."]}, {"versions": ["v.0123456789ab"] * 2}, {"versions": [5]},
                {"versions": None}, {"verified": True}, {"number": []},
                {"earlierEntries": [["../../victim.txt"]]}, {"earlierEntries": "text"},
                {"earlierEntries": [5]},
            )
        ),
        *map(
            listing,
            ["../../victim.txt", ".twimlc-new/journal.json", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "C:/a", "a\0b", "",
             "a/", "manifest.json", "Manifest.JSON", ".."],
        ),
    ],
)  # fmt: skip
def test_a_strange_manifest_stops_the_build(folder: Path, data: bytes) -> None:
    victim = folder.parent.parent / "victim.txt"
    folder.mkdir(parents=True)
    victim.write_text("precious")
    (folder / "manifest.json").write_bytes(data)
    finding = refused(folder, files_of("a"), "a")
    assert finding.rule.slug == "foreign-manifest"
    assert files_in(folder) == {"manifest.json": data}
    assert victim.read_text() == "precious"


def test_a_missing_manifest_is_nothing(folder: Path) -> None:
    before, findings = read_before(folder)
    assert (before.ground, before.owned, before.old_format, findings) == (None, {}, False, [])


@pytest.mark.parametrize(
    "paths",
    [
        ("a/x.xml", "a/X.xml"),
        ("a/x.xml", "a/x.xml"),
        ("a", "a/x.xml"),
        ("../x",),
        ("manifest.json",),
    ],
)
def test_impossible_paths_are_our_own_fault(folder: Path, paths: tuple[str, ...]) -> None:
    files = [OutputFile(path, FileContent.of(b""), DocumentEntry(XML)) for path in paths]
    with pytest.raises(ValueError):
        write_target(folder, files, manifest_of(), Scope(lambda _: True))
