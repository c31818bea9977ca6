"""Writing a target's folder: atomic, only what changed, nothing that is not ours."""

import errno
import hashlib
import json
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.output import stage
from twimlc.output.manifest import DocumentEntry, FlowEntry, Manifest, from_json, to_json
from twimlc.output.plan import OutputFile
from twimlc.output.write import Written, read_manifest, write_target

XML = "text/xml"


def files_of(*flows: str, text: str = "one", count: int = 2) -> list[OutputFile]:
    return [
        OutputFile(
            f"{flow}/{name}.xml", f"<Response>{text} {flow} {name}</Response>".encode(), XML, flow
        )
        for flow in flows
        for name in ("index", *(f"s{n}" for n in range(1, count)))
    ]


def manifest_of(*flows: str) -> Manifest:
    return Manifest(
        target="plain",
        host="static",
        flows={
            flow: FlowEntry(
                f"{flow}/index.xml", f"flows/{flow.rpartition('/')[2]}.yaml", {"voiceMethod": "GET"}
            )
            for flow in flows
        },
    )


def build(
    folder: Path,
    files: Sequence[OutputFile],
    *flows: str,
    exists: Callable[[str], bool] = lambda _: True,
    **options: object,
) -> Written:
    written, findings = write_target(
        folder,
        files,
        manifest_of(*flows),
        source_exists=exists,
        **options,  # type: ignore[arg-type]
    )
    assert findings == []
    assert written is not None
    return written


def refused(folder: Path, files: Sequence[OutputFile], *flows: str) -> Diagnostic:
    written, findings = write_target(
        folder, files, manifest_of(*flows), source_exists=lambda _: True
    )
    assert written is None
    assert len(findings) == 1
    return findings[0]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def is_whole(folder: Path) -> None:
    """Every file that the manifest lists is there with the hash it says, and no other."""
    manifest = from_json((folder / "manifest.json").read_bytes())
    found = tree(folder)
    found.pop("manifest.json")
    assert found.keys() == manifest.documents.keys()
    for path, data in found.items():
        assert hashlib.sha256(data).hexdigest() == manifest.documents[path].sha256


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "build" / "plain"


@pytest.fixture(params=["swap", "move"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of putting a build into place."""
    if request.param == "move":
        monkeypatch.setattr(stage, "_exchange", lambda *_: False)
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_build_rebuild_and_nothing_to_do(folder: Path) -> None:
    first = build(folder, files_of("a", "b"), "a", "b")
    assert first.created == ("a/index.xml", "a/s1.xml", "b/index.xml", "b/s1.xml")
    is_whole(folder)
    os.utime(folder / "b/index.xml", (1, 1))
    identity = os.stat(folder / "b/index.xml").st_ino

    files = [*files_of("a", text="two"), *files_of("b")]
    second = build(folder, files, "a", "b")
    assert second == Written(
        changed=("a/index.xml", "a/s1.xml"), unchanged=("b/index.xml", "b/s1.xml")
    )
    is_whole(folder)
    status = os.stat(folder / "b/index.xml")
    assert (status.st_mtime, status.st_ino, status.st_nlink) == (1, identity, 1)

    at = os.stat(folder).st_ctime_ns
    assert build(folder, files, "a", "b").is_clean
    assert os.stat(folder).st_ctime_ns == at
    assert os.listdir(folder.parent) == ["plain"]


@pytest.mark.usefixtures("way")
def test_what_is_nobodys_stays_and_empty_folders_go(folder: Path, tmp_path: Path) -> None:
    build(folder, files_of("a", "b"), "a", "b")
    (folder / "notes" / "empty").mkdir(parents=True)
    (folder / "notes" / "mine.txt").write_text("mine")
    (folder / "a" / "mine.txt").write_text("mine")
    (folder / "link").symlink_to(tmp_path)
    os.chmod(folder / "notes", 0o750)

    assert build(folder, files_of("c"), "c", exists=lambda _: False).removed == (
        "a/index.xml",
        "a/s1.xml",
        "b/index.xml",
        "b/s1.xml",
    )
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*")) == [
        "a", "a/mine.txt", "c", "c/index.xml", "c/s1.xml", "link", "manifest.json",
        "notes", "notes/empty", "notes/mine.txt",
    ]  # fmt: skip
    assert (folder / "notes").stat().st_mode & 0o777 == 0o750
    assert (folder / "link").readlink() == tmp_path


@pytest.mark.usefixtures("way")
def test_a_build_of_one_flow_leaves_the_others(folder: Path) -> None:
    shared = OutputFile("media/beep.0a1b.wav", b"RIFF", "audio/wav")
    build(folder, [*files_of("a", "b", "gone", count=3), shared], "a", "b", "gone")
    whole = tree(folder)

    written = build(folder, files_of("a"), "a", exists=lambda source: "gone" not in source)
    assert written.removed == ("a/s2.xml", "gone/index.xml", "gone/s1.xml", "gone/s2.xml")
    after = tree(folder)
    for path in ("b/index.xml", "b/s2.xml", shared.path):
        assert after[path] == whole[path]
    assert sorted(from_json(after["manifest.json"]).flows) == ["a", "b"]
    is_whole(folder)

    everything = build(folder, files_of("a", "b"), "a", "b")
    assert everything.removed == ("b/s2.xml", shared.path)


def test_a_row_that_left_the_table_is_stale(folder: Path) -> None:
    build(
        folder, files_of("uptown/shop", "harbor/shop", "news"), "uptown/shop", "harbor/shop", "news"
    )
    written = build(folder, files_of("harbor/shop"), "harbor/shop")
    assert written.removed == ("uptown/shop/index.xml", "uptown/shop/s1.xml")
    assert (folder / "news/index.xml").exists()
    assert not (folder / "uptown").exists()


def test_a_flow_that_a_target_no_longer_wants_is_stale(folder: Path) -> None:
    build(folder, files_of("a", "b"), "a", "b")
    assert build(folder, files_of("a"), "a", compiled={"a", "b"}).removed == (
        "b/index.xml",
        "b/s1.xml",
    )


def test_in_parts_or_at_once_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "1" / "plain", tmp_path / "2" / "plain"
    build(one, files_of("a", "b"), "a", "b")
    build(two, files_of("b"), "b")
    build(two, files_of("a"), "a")
    assert tree(one) == tree(two)
    assert str(tmp_path).encode() not in (one / "manifest.json").read_bytes()


def test_dry_tells_and_writes_nothing(folder: Path) -> None:
    assert len(build(folder, files_of("a"), "a", dry=True).created) == 2
    assert not folder.parent.exists()


@pytest.mark.usefixtures("way")
def test_a_killed_run_leaves_the_old_build_or_the_new_one(
    folder: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows = [f"flow-{n}" for n in range(12)]
    editions = [
        files_of(*flows, text=text, count=count) for text, count in (("old", 5), ("new", 4))
    ]
    known = {file.path: set[bytes]() for edition in editions for file in edition}
    for edition in editions:
        for file in edition:
            known[file.path].add(file.data)
    build(folder, editions[0], *flows)
    dice = random.Random(4)
    for _ in range(25):
        child = os.fork()
        if child == 0:
            try:
                for turn in range(1000):
                    build(folder, editions[turn % 2], *flows)
            finally:
                os._exit(1)
        time.sleep(dice.uniform(0.001, 0.03))
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "the child failed by itself"
        if way == "swap":
            is_whole(folder)
        found = tree(folder)
        listed = from_json(found.pop("manifest.json")).documents
        assert listed.keys() <= found.keys()
        for path, data in found.items():
            if not path.startswith(".twimlc-"):
                assert data in known[path]
    build(folder, editions[1], *flows)
    build(folder, editions[0], *flows)
    is_whole(folder)
    assert os.listdir(folder.parent) == ["plain"]


@pytest.mark.parametrize("call", ["write", "mkdir", "rename"])
def test_a_full_disk_leaves_the_old_build(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    if call != "rename":
        build(folder, files_of("a"), "a")
    before = tree(folder) if folder.exists() else {}

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        finding = refused(folder, files_of("a", text="two"), "a")
    assert finding.rule.slug == "cannot-write"
    assert "the disk is full" in finding.message
    assert finding.span.file.path == "build/plain"
    assert (tree(folder) if folder.exists() else {}) == before
    assert os.listdir(folder.parent) == (["plain"] if before else [])


def test_files_and_folders_in_the_way(folder: Path) -> None:
    build(folder, files_of("a"), "a")
    before = tree(folder)
    (folder / "b").write_text("a file")
    finding = refused(folder, files_of("a", "b"), "a", "b")
    assert (finding.rule.slug, finding.span.file.path) == ("cannot-write", "build/plain/b")
    (folder / "b").unlink()
    (folder / "b" / "index.xml").mkdir(parents=True)
    finding = refused(folder, files_of("a", "b"), "a", "b")
    assert "a folder lies where a file must be" in finding.message
    assert tree(folder) == before


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


@pytest.mark.usefixtures("way")
def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "elsewhere"
    victim.mkdir()
    (victim / "index.xml").write_text("precious")
    build(folder, files_of("a"), "a")

    (folder / "a/index.xml").unlink()
    (folder / "a/index.xml").symlink_to(victim / "index.xml")
    assert build(folder, files_of("a"), "a").changed == ("a/index.xml",)
    assert not (folder / "a/index.xml").is_symlink()

    (folder / "b").symlink_to(victim)
    assert refused(folder, files_of("a", "b"), "a", "b").rule.slug == "linked-folder"
    (folder / "b").unlink()

    build(folder, files_of("a", "b"), "a", "b")
    for path in (folder / "b").iterdir():
        path.unlink()
    (folder / "b").rmdir()
    (folder / "b").symlink_to(victim)
    written, findings = write_target(
        folder, files_of("a"), manifest_of("a"), source_exists=lambda _: False
    )
    assert written is None
    assert findings[0].rule.slug == "linked-folder"
    assert tree(victim) == {"index.xml": b"precious"}


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
    build(folder, files_of("a", text="two"), "a")
    assert other.read_bytes() == before
    is_whole(folder)


def hostile(change: Callable[[dict[str, object]], object]) -> bytes:
    entry = DocumentEntry(XML, "a", sha256="0" * 64)
    whole = json.loads(to_json(Manifest("plain", "static", documents={"a/index.xml": entry})))
    change(whole)
    return json.dumps(whole).encode()


def listing(path: str) -> bytes:
    return hostile(lambda whole: whole.update(documents={path: whole["documents"]["a/index.xml"]}))  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"version": 1}', b"[" * 100_000,
        hostile(lambda whole: whole.update(version=2)),
        hostile(lambda whole: whole.update(tool={"name": "webpack", "version": "5"})),
        hostile(lambda whole: whole.update(documents=[])),
        hostile(lambda whole: whole.update(flows={"a": None})),
        hostile(lambda whole: whole.update(decisions=["\ud800"])),
        hostile(lambda whole: whole.update(decisions=[float("nan")])),
        *map(
            listing,
            ["../../victim.txt", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "C:/a", "a\0b", "",
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
    assert tree(folder) == {"manifest.json": data}
    assert victim.read_text() == "precious"


def test_a_missing_manifest_is_none(folder: Path) -> None:
    assert read_manifest(folder) == (None, [])


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
    files = [OutputFile(path, b"", XML) for path in paths]
    with pytest.raises(ValueError):
        write_target(folder, files, manifest_of(), source_exists=lambda _: True)
