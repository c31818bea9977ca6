"""``check --fix`` on whole flows: one finding fewer, everything else as it was."""

import os
import random
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from folders import write_files
from twimlc.cli.command import run
from twimlc.findings.catalogue import RULES
from twimlc.findings.pages import Example, page_of
from twimlc.pipeline import Options, check
from twimlc.pipeline.fixes import Mended, mend, write_mended

ROOT = Path(__file__).parents[1]

# What a flow asks of its host is seen only when the flow can be read.
HOST_CANNOT = ("decision-needs-host",)

SLIPS = """\
# The office line.
flow: office
states:
  greeting:
    - Say: Hello   # capital letter
    - gather: {num_digits: 04, prompt: Your code please., timeout: 5}
      then: voicemial
    - dial:
        number: "+14155550100"
        record: yes
        answerOnBridge:   True   # spaces stay
      then: 'voicemial'
      fallback: voicemial

  voicemail:
    - play: {url: https://media.example.com/a.mp3, loop: "02"}
    - Hangup
"""
MENDED = (
    SLIPS.replace("Say", "say")
    .replace("num_digits: 04", "numDigits: 4")
    .replace("voicemial", "voicemail")
    .replace("record: yes", "record: true")
    .replace("True", "true")
    .replace('"02"', '"2"')
    .replace("Hangup", "hangup")
)


def flow(folder: Path, text: str, name: str = "office.yaml") -> Path:
    return write_files(folder, {name: text}) / name


def mended(folder: Path, *paths: str) -> Mended:
    chosen = tuple(Path(path) for path in paths)
    return mend(Options(paths=chosen, targets=("static",), cwd=folder, write=False))


def command(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.chdir(folder)
    return run(["check", "-t", "static", *arguments])


def test_slips_are_mended_and_all_else_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = flow(tmp_path, SLIPS)
    assert command(tmp_path, monkeypatch, "--fix", "office.yaml") == 0
    assert path.read_text(encoding="utf-8") == MENDED
    out, told = capsys.readouterr()
    assert "office.yaml:7: fixed: write 'voicemail' [TW301 unknown-state]" in told
    assert "error" not in out
    assert [entry.name for entry in tmp_path.iterdir()] == ["office.yaml"]


def test_a_second_run_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = flow(tmp_path, SLIPS)
    command(tmp_path, monkeypatch, "--fix")
    before = path.stat()
    assert command(tmp_path, monkeypatch, "--fix") == 0
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert mended(tmp_path, "office.yaml").files == ()


def test_a_diff_shows_the_same_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = flow(tmp_path, SLIPS)
    assert command(tmp_path, monkeypatch, "--diff", "office.yaml") == 1
    out, err = capsys.readouterr()
    assert path.read_text(encoding="utf-8") == SLIPS
    assert "10 fixes in 1 file could be made" in err
    subprocess.run(["git", "apply", "-"], input=out, text=True, cwd=tmp_path, check=True)
    assert path.read_text(encoding="utf-8") == MENDED
    assert command(tmp_path, monkeypatch, "--diff", "office.yaml") == 0
    assert capsys.readouterr().out == ""


def test_what_cannot_be_mended_decides_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SLIPS.replace("then: voicemial", "then: elsewhere")
    path = flow(tmp_path, text)
    assert command(tmp_path, monkeypatch, "--fix", "office.yaml") == 1
    assert path.read_text(encoding="utf-8") == MENDED.replace("then: voicemail", "then: elsewhere")
    assert "unknown state 'elsewhere'" in capsys.readouterr().out


def test_standard_input_cannot_be_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(tmp_path, monkeypatch, "--fix", "-") == 2
    assert command(tmp_path, monkeypatch, "--diff", "-") == 2


@pytest.mark.parametrize("slug", list(RULES))
def test_a_mended_example_has_one_finding_fewer(slug: str, tmp_path: Path) -> None:
    example = page_of(slug).wrong
    if not _write(example, tmp_path):
        return
    paths = () if example.files else (example.name,)
    options = Options(
        paths=tuple(Path(path) for path in paths),
        targets=(example.target,) if example.target else (),
        cwd=tmp_path,
        write=False,
    )
    try:
        before = check(options)
    except Exception:  # what only the command line can get wrong
        return
    if not any(finding.fix for finding in before.findings):
        return
    done = mend(options)
    assert done.mended, "a fix that is offered is made"
    assert not write_mended(done, tmp_path)
    after = check(options)
    assert not [finding for finding in after.findings if finding.rule.slug == slug]
    errors = [finding.rule.slug for finding in after.findings if finding.is_error]
    new = Counter(error for error in errors if error not in HOST_CANNOT)
    assert not new - Counter(f.rule.slug for f in before.findings if f.is_error)
    assert mend(options).files == ()


def _write(example: Example, folder: Path) -> bool:
    files = {example.name: example.flow, **dict(example.files)}
    if any(text.startswith("-> ") for text in files.values()):
        return False
    write_files(folder, files)
    return True


def test_line_ends_mark_and_rights_stay(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SLIPS.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert not write_mended(mended(tmp_path, "office.yaml"), tmp_path)
    assert path.read_bytes() == b"\xef\xbb\xbf" + MENDED.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    path = flow(tmp_path, SLIPS, "shared/office.yaml")
    (tmp_path / "office.yaml").symlink_to(path)
    assert not write_mended(mended(tmp_path, "office.yaml"), tmp_path)
    assert (tmp_path / "office.yaml").is_symlink()
    assert path.read_text(encoding="utf-8") == MENDED


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = flow(tmp_path, SLIPS)
    done = mended(tmp_path, "office.yaml")
    path.write_text("# mine\n" + SLIPS, encoding="utf-8")
    (found,) = write_mended(done, tmp_path)
    assert found.rule.slug == "cannot-write"
    assert path.read_text(encoding="utf-8") == "# mine\n" + SLIPS


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    path = flow(tmp_path, SLIPS)
    path.chmod(0o444)
    (found,) = write_mended(mended(tmp_path, "office.yaml"), tmp_path)
    assert "permission" in found.message


def test_a_shared_component_is_mended_once(tmp_path: Path) -> None:
    flow(tmp_path, "steps:\n  - say: Hi\n  - hangup\n", "flows/_components/close.yaml")
    for name in ("one", "two"):
        flow(tmp_path, "steps:\n  - use: closing\n", f"flows/{name}.yaml")
    flow(tmp_path, "steps:\n  - Say: Bye\n  - hangup\n", "flows/_components/closing.yaml")
    done = mended(tmp_path)
    assert [each.text for each in done.files] == ["steps:\n  - say: Bye\n  - hangup\n"]
    assert len(done.mended) == 1


def test_a_name_that_would_stand_twice_is_not_written(tmp_path: Path) -> None:
    text = "steps:\n  - gather: {num_digits: 1, numDigits: 2, prompt: Hi}\n    then: next\n  - hangup\n"
    flow(tmp_path, text)
    done = mended(tmp_path, "office.yaml")
    assert done.files == ()
    assert any(finding.fix for finding in done.remaining.findings)


def test_one_bad_fix_does_not_keep_the_others(tmp_path: Path) -> None:
    text = "steps:\n  - gather: {num_digits: 1, numDigits: 2, prompt: Hi}\n    then: next\n  - Hangup\n"
    flow(tmp_path, text)
    (only,) = mended(tmp_path, "office.yaml").files
    assert only.text == text.replace("Hangup", "hangup")


def test_a_word_that_an_alias_speaks_is_not_changed(tmp_path: Path) -> None:
    text = (
        "states:\n  greeting:\n    - say: &word goodby\n    - goto: *word\n"
        "  goodbye:\n    - say: Bye\n    - hangup\n"
    )
    flow(tmp_path, text)
    assert mended(tmp_path, "office.yaml").files == ()
    other = text.replace("&word goodby", "*word").replace("goto: *word", "goto: &word goodby")
    swapped = other.replace(
        "    - say: *word\n    - goto: &word goodby\n",
        ("    - gather: {prompt: Hi}\n      then: &word goodby\n    - say: *word\n    - hangup\n"),
    )
    flow(tmp_path, swapped)
    assert mended(tmp_path, "office.yaml").files == ()


def test_a_name_from_a_param_is_not_changed(tmp_path: Path) -> None:
    text = (
        "params: {after: goodby}\nstates:\n  greeting:\n    - say: Hi\n"
        '    - goto: "${after}"\n  goodbye:\n    - hangup\n'
    )
    flow(tmp_path, text)
    done = mended(tmp_path, "office.yaml")
    assert done.files == ()
    assert "unknown state 'goodby'" in done.remaining.findings[0].message


def test_what_may_be_a_comment_is_not_put_into_a_callers_ear(tmp_path: Path) -> None:
    text = "steps:\n  - say: For sales,   # the caller's words\n  - say: Press # to stop.\n  - hangup\n"
    flow(tmp_path, text)
    (only,) = mended(tmp_path, "office.yaml").files
    assert only.text == text.replace("Press # to stop.", '"Press # to stop."')


def test_silenced_findings_are_not_mended(tmp_path: Path) -> None:
    text = "steps:\n  - say: Press 1 or\n  # twimlc: ignore[cut-by-comment] so it is\n  - hangup # now\n"
    flow(tmp_path, text)
    assert mended(tmp_path, "office.yaml").files == ()


def _slipped(text: str, chance: random.Random) -> tuple[str, str]:
    """A flow with one slip of the hand in it, and the word as it is written then."""
    words = [
        word
        for word in re.finditer(r"[A-Za-z][A-Za-z-]{3,}", text)
        if "#" not in text[: word.start()].rpartition("\n")[2]
    ]
    word = chance.choice(words)
    at = chance.randrange(word.start() + 1, word.end() - 1)
    slip = chance.choice((text[at + 1] + text[at], text[at + 1], text[at] * 2 + text[at + 1]))
    start, end = word.span()
    written = text[start:at] + slip + text[at + 2 : end]
    return text[:start] + written + text[end:], written


@pytest.mark.sweep(3)
@pytest.mark.parametrize("seed", range(6))
def test_slips_in_the_examples_are_taken_back_or_left(seed: int, tmp_path: Path) -> None:
    """Where a name is misspelt that others follow, they are made to follow it."""
    chance = random.Random(seed)
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    paths = [p for p in sorted((tmp_path / "flows").glob("*.yaml")) if ".test." not in p.name]
    restored = 0
    for _ in range(12):
        path = chance.choice(paths)
        text = path.read_text(encoding="utf-8")
        slipped, written = _slipped(text, chance)
        path.write_text(slipped, encoding="utf-8")
        done = mended(tmp_path, str(path))
        for each in done.files:
            titles = {finding.fix.title for finding in done.mended if finding.fix}
            assert each.text == text or titles == {f"write '{written}'"}
            restored += each.text == text
        path.write_text(text, encoding="utf-8")
    assert restored


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Main", "main", "end", "end"), ("main", "main", "end", "end")),
        (("main-menu", "Main_menu", "end", "end"), ("main-menu", "main-menu", "end", "end")),
        (
            ("Main Menu", "main-menu", "the_end", "the-end"),
            ("main-menu", "main-menu", "the-end", "the-end"),
        ),
        (("Main", "Main", "end", "end"), ("Main", "Main", "end", "end")),
    ],
)
def test_a_state_gets_the_name_that_it_is_gone_to_by(
    before: tuple[str, ...], after: tuple[str, ...], tmp_path: Path
) -> None:
    text = (
        "start: {1}\nstates:\n  {0}:\n    - say: Hello.\n    - goto: {3}\n"
        "  {2}:\n    - say: Goodbye.\n    - hangup\n"
    )
    path = flow(tmp_path, text.format(*before))
    done = mended(tmp_path, path.name)
    texts = [each.text for each in done.files]
    assert texts == ([text.format(*after)] if before != after else [])
    errors = [finding.rule.code for finding in done.remaining.findings if finding.is_error]
    assert errors == (["TW208"] if before == after else [])


@pytest.mark.parametrize("goto", ["Voicemial", "office/Voicemial"])
def test_nothing_is_mended_to_a_name_that_cannot_stay(goto: str, tmp_path: Path) -> None:
    text = f"start: Voicemail\nstates:\n  Voicemail:\n    - say: Hello.\n    - goto: {goto}\n"
    path = flow(tmp_path, text)
    done = mended(tmp_path, path.name)
    assert done.files == ()
    errors = [finding.rule.code for finding in done.remaining.findings if finding.is_error]
    assert sorted(errors) == ["TW208", "TW301"]
    fine = text.replace("Voicemail", "voicemail").replace("Voicemial", "voicemial")
    path.write_text(fine, encoding="utf-8")
    assert [each.text for each in mended(tmp_path, path.name).files] == [
        fine.replace("voicemial", "voicemail")
    ]


def test_a_diff_that_only_mends_a_warning_or_a_script_is_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flow(tmp_path, "steps:\n  - say: Hello.\n  - hangup\n")
    (tmp_path / "office.test.yaml").write_text(
        "calls:\n  - name: a\n    expect: [sya: Hello., hangup]\n"
    )
    assert command(tmp_path, monkeypatch, "--diff") == 1
    assert "+    expect: [say: Hello., hangup]" in capsys.readouterr().out
    assert command(tmp_path, monkeypatch, "--diff", "--fail-on", "never") == 1
    assert command(tmp_path, monkeypatch, "--fix") == 0
    assert command(tmp_path, monkeypatch, "--diff") == 0


@pytest.mark.parametrize(
    "rows", ["[{keey: 1}, {key: 2}]", "[{key: 1}, {keey: 2}]", "[{keey: 1}, {key: 2}, {kkey: 3}]"]
)
def test_a_word_that_is_as_wrong_as_the_old_one_is_not_written(rows: str, tmp_path: Path) -> None:
    text = f'params: {{ds: {rows}}}\nsteps:\n- say: "${{d.key}}"\n  each: ${{ds}}\n  as: d\n'
    flow(tmp_path, text)
    assert mended(tmp_path).mended == ()
    flow(tmp_path, text.replace(rows, "[{keey: 1}, {keey: 2}]"))
    assert len(mended(tmp_path).mended) == 1


def test_a_key_behind_a_text_is_not_put_into_a_callers_ear(tmp_path: Path) -> None:
    flow(tmp_path, "states:\n  a:\n  - say: Thank you. goto: b\n  b:\n  - say: Bye.\n")
    assert mended(tmp_path).mended == ()
