"""The store's folder: what is put comes back, and nothing that is odd, full or shut is a fault."""

import os
from pathlib import Path

import pytest

from folders import files_in, write_files
from twimlc.store import folder

KEY = folder.digest(b"key")
NAME = folder.unit(KEY)


def size(root: Path) -> int:
    return sum(len(data) for path, data in files_in(root).items() if "gitignore" not in path)


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    assert folder.get(str(tmp_path), NAME) is None
    folder.put(str(tmp_path), NAME, b"first\nsecond")
    assert folder.get(str(tmp_path), NAME) == b"first\nsecond"
    folder.put(str(tmp_path), NAME, b"third")
    assert folder.get(str(tmp_path), NAME) == b"third"
    assert sorted(files_in(tmp_path)) == [".twimlc/.gitignore", f".twimlc/{NAME}"]
    assert folder.clean(str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_leads_elsewhere_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write_files(tmp_path, {".twimlc/.gitignore": "*\n"})
    (tmp_path / ".twimlc" / KEY[:2]).symlink_to(tmp_path / "elsewhere")
    folder.put(str(tmp_path), NAME, b"data")
    assert folder.get(str(tmp_path), NAME) is None
    assert not list((tmp_path / "elsewhere").iterdir())
    signed = f"{folder.digest(b'data')}\ndata"
    write_files(tmp_path / "elsewhere", {KEY[2:] + ".json": signed})
    assert folder.get(str(tmp_path), NAME) is None
    folder.evict(str(tmp_path), 0)
    assert not folder.clean(str(tmp_path))
    assert files_in(tmp_path / "elsewhere")


def test_a_link_in_the_place_of_a_file_is_replaced(tmp_path: Path) -> None:
    write_files(tmp_path, {"mine": "mine"})
    folder.put(str(tmp_path), NAME, b"data")
    place = tmp_path / ".twimlc" / NAME
    place.unlink()
    place.symlink_to(tmp_path / "mine")
    folder.put(str(tmp_path), NAME, b"data")
    assert folder.get(str(tmp_path), NAME) == b"data"
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    folder.put(str(tmp_path), NAME, b"data")
    os.truncate(tmp_path / ".twimlc" / NAME, 1 << 40)
    assert folder.get(str(tmp_path), NAME) is None


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    keys = [folder.digest(bytes([n])) for n in range(10)]
    for age, key in enumerate(keys):
        folder.put(str(tmp_path), folder.unit(key), bytes(1000))
        place = tmp_path / ".twimlc" / folder.unit(key)
        os.utime(place, (10**9 - age, 10**9 - age))
    assert folder.get(str(tmp_path), folder.unit(keys[-1]))  # which is a use
    folder.evict(str(tmp_path), 3500)
    kept = [key for key in keys if folder.get(str(tmp_path), folder.unit(key))]
    assert kept == [*keys[:2], keys[-1]]
    assert size(tmp_path) <= 3500


def test_what_a_killed_run_left_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    write_files(tmp_path, {".twimlc/new-1": "x", ".twimlc/new-2": "x", ".twimlc/mine": "x"})
    os.utime(tmp_path / ".twimlc/new-1", (10**9, 10**9))
    folder.evict(str(tmp_path))
    assert sorted(files_in(tmp_path)) == [".twimlc/mine", ".twimlc/new-2"]


def test_a_full_disk_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(place: str, data: bytes) -> None:
        Path(place).write_bytes(data[:3])
        raise OSError(28, "No space left on device")

    folder.put(str(tmp_path), NAME, b"before")
    monkeypatch.setattr(folder, "_write", full)
    folder.put(str(tmp_path), NAME, b"data")
    assert folder.get(str(tmp_path), NAME) == b"before"
    assert len(files_in(tmp_path)) == 2
