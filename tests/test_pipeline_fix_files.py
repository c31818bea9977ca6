"""``check --fix`` in every kind of file: project files, params, tables, components, call scripts."""

import random
import re
import shutil
from pathlib import Path

import pytest

from folders import files_in, write_files
from twimlc.calls.run import mend_with_scripts
from twimlc.cli.command import run
from twimlc.pipeline import Options
from twimlc.pipeline.fixes import Mended, write_mended

ROOT = Path(__file__).parents[1]

PROJECT = """\
# All of our shops.
flow: flows            # where they lie
targets:
  plain: {host: statik, params: {shp: Oak Street}, alow: [fallback-after-anwser]}
  "bin":
    host: twiml-bin
    tags: coment       # for people
matrix: {tabel: shops.csv, folder: "shopp"}
rules:
  unused-params: waring
budgets: {choise: {secnds: 30}}
"""
MENDED_PROJECT = (
    PROJECT.replace("flow:", "flows:")
    .replace("statik", "static")
    .replace("{shp:", "{shop:")
    .replace("alow", "allow")
    .replace("anwser", "answer")
    .replace("coment", "comment")
    .replace("tabel", "table")
    .replace("shopp", "shop")
    .replace("params: waring", "param: warning")
    .replace("choise", "choice")
    .replace("secnds", "seconds")
)
FLOW = """\
params: {shop: Elm Street, street: x}
states:
  greeting:
    - say: Welcome to ${shop}, ${street}.
    - use: closing
"""
COMPONENT = "steps:\n  - say: Bye   # a word\n  - Hangup\n"
SCRIPT = """\
# What people hear.
calls:
  - name: one
    expect:
      reachs: [greting]       # the first
      hears: [{says: Bye}, hangups]
      never:
        - record:yes
  - name: two
    expect:
      - say: Bye
      - "hangups"
"""
MENDED_SCRIPT = (
    SCRIPT.replace("reachs", "reaches")
    .replace("greting", "greeting")
    .replace("says", "say")
    .replace("hangups", "hangup")
    .replace("record:yes", "record: yes")
)


def folder_of(tmp_path: Path, **files: str) -> Path:
    named = {name.replace("__", "/").replace("--", "."): text for name, text in files.items()}
    return write_files(tmp_path, named)


def shop(tmp_path: Path) -> Path:
    texts = {"twimlc.yaml": PROJECT, "shops.csv": "shop,street\noak,Oak Street\n"}
    texts |= {"flows/line.yaml": FLOW, "flows/_components/closing.yaml": COMPONENT}
    texts |= {"flows/line.test.yaml": SCRIPT}
    return folder_of(tmp_path, **texts)


def everything(folder: Path) -> dict[str, str]:
    """All files but those of the store, which any command may keep."""
    files = files_in(folder).items()
    return {path: data.decode() for path, data in files if not path.startswith(".twimlc/")}


def mended(folder: Path, *paths: str, params: tuple[str, ...] = ()) -> Mended:
    chosen, files = tuple(map(Path, paths)), tuple(map(Path, params))
    return mend_with_scripts(Options(paths=chosen, params_files=files, cwd=folder, write=False))


def test_all_files_of_a_project_are_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(shop(tmp_path))
    monkeypatch.chdir(tmp_path)
    run(["check", "--fix"])
    told = capsys.readouterr().err
    assert everything(tmp_path) == before | {
        "twimlc.yaml": MENDED_PROJECT,
        "flows/_components/closing.yaml": COMPONENT.replace("Hangup", "hangup"),
        "flows/line.test.yaml": MENDED_SCRIPT,
    }
    assert "twimlc.yaml:4: fixed: write 'static' [TW363 unknown-host]" in told
    assert "flows/line.test.yaml:6: fixed: write 'say' [TW423 unknown-event]" in told
    assert mended(tmp_path).files == ()


def test_a_diff_shows_all_files_and_writes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(shop(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--diff"]) == 1
    out = capsys.readouterr().out
    assert everything(tmp_path) == before
    headings = [line[6:] for line in out.splitlines() if line.startswith("--- a/")]
    assert sorted(headings) == [
        "flows/_components/closing.yaml",
        "flows/line.test.yaml",
        "twimlc.yaml",
    ]


def test_a_script_that_is_named_is_mended_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder_of(tmp_path, **{"line.yaml": FLOW.replace("use: closing", "Hangup")})
    folder_of(tmp_path, **{"line.test.yaml": SCRIPT + "      - dance\n"})
    before = everything(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--fix", "line.test.yaml"]) == 1
    assert everything(tmp_path)["line.yaml"] == before["line.yaml"]
    assert "says" not in everything(tmp_path)["line.test.yaml"]
    assert "unknown event 'dance'" in capsys.readouterr().out


def test_a_flow_that_is_named_leaves_scripts_alone(tmp_path: Path) -> None:
    shop(tmp_path)
    done = mended(tmp_path, "flows/line.yaml")
    assert "flows/line.test.yaml" not in {each.file.path for each in done.files}


def test_scripts_do_not_weigh_on_the_status(tmp_path: Path) -> None:
    """``twimlc check`` does not read them, so what stays wrong in them is told elsewhere."""
    flow = FLOW.replace("use: closing", "hangup")
    folder_of(tmp_path, **{"flows/line.yaml": flow, "flows/line.test.yaml": "calls: [{nme: x}]\n"})
    (tmp_path / "twimlc.yaml").write_text("targets: {plain: {host: static}}\n", encoding="utf-8")
    assert not [finding for finding in mended(tmp_path).remaining.findings if finding.is_error]


def test_params_of_a_file_are_renamed_and_those_of_the_command_line_are_not(
    tmp_path: Path,
) -> None:
    folder_of(tmp_path, **{"line.yaml": FLOW.replace("use: closing", "hangup")})
    folder_of(tmp_path, **{"values.yaml": "shopp: Oak   # ours\n", "more.json": '{"stret": "y"}'})
    done = mended(tmp_path, params=("values.yaml", "more.json"))
    texts = {each.file.path: each.text for each in done.files}
    assert texts == {"values.yaml": "shop: Oak   # ours\n", "more.json": '{"street": "y"}'}
    typed = Options(params={"shopp": "shopp"}, cwd=tmp_path, write=False)
    assert mend_with_scripts(typed).files == ()


def test_the_line_of_a_wrong_param_is_that_of_its_name(tmp_path: Path) -> None:
    folder_of(tmp_path, **{"line.yaml": FLOW.replace("use: closing", "hangup")})
    folder_of(tmp_path, **{"values.yaml": "other:\n  Oak\n"})
    found = mended(tmp_path, params=("values.yaml",)).before.findings
    (finding,) = [each for each in found if each.rule.slug == "unknown-param"]
    assert (finding.span.text, finding.fix) == ("other", None)


def test_the_table_of_a_project_is_told_from_where_the_command_runs(tmp_path: Path) -> None:
    folder_of(tmp_path, **{"a/twimlc.yaml": "matrix: t.csv\n", "a/t.csv": "shop,two words\nx,y\n"})
    folder_of(tmp_path, **{"a/flows/x.yaml": "steps:\n  - hangup\n"})
    done = mended(tmp_path, "a/flows")
    assert {finding.span.file.path for finding in done.before.findings} == {"a/t.csv"}


def test_every_file_that_can_be_written_is_and_the_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "steps:\n  - Say: Hi\n  - hangup\n"
    for name in ("one", "two"):
        folder_of(tmp_path, **{f"{name}.yaml": text})
    monkeypatch.chdir(tmp_path)
    from twimlc.output import sources

    write_file = sources.write_file

    def refuse(path: Path, data: bytes) -> None:
        if path.name == "one.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        write_file(path, data)

    monkeypatch.setattr(sources, "write_file", refuse)
    assert run(["check", "-t", "static", "--fix"]) == 3
    out, told = capsys.readouterr()
    assert everything(tmp_path) == {"one.yaml": text, "two.yaml": text.replace("Say", "say")}
    assert "one.yaml:2:5: error[TW206 no-verb]" in out
    assert "this cannot be written: there is no permission to change it" in out
    assert "two.yaml:2:5" not in out
    assert "two.yaml:2: fixed" in told
    assert "one.yaml:2: fixed" not in told


def test_a_kill_between_two_files_leaves_each_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "steps:\n  - Say: Hi\n  - hangup\n"
    for name in ("one", "two"):
        folder_of(tmp_path, **{f"{name}.yaml": text})
    done = mended(tmp_path)
    from twimlc.output import sources

    write_file = sources.write_file

    def killed(path: Path, data: bytes) -> None:
        if path.name == "two.yaml":
            raise KeyboardInterrupt
        write_file(path, data)

    monkeypatch.setattr(sources, "write_file", killed)
    with pytest.raises(KeyboardInterrupt):
        write_mended(done, tmp_path)
    assert everything(tmp_path) == {"one.yaml": text.replace("Say", "say"), "two.yaml": text}
    monkeypatch.setattr(sources, "write_file", write_file)
    assert not write_mended(mended(tmp_path), tmp_path)
    assert set(everything(tmp_path).values()) == {text.replace("Say", "say")}


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_marks_and_a_missing_last_end_stay_and_the_diff_applies(
    end: str,
    mark: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    import subprocess

    line = end or "\n"
    text = mark + line.join(("steps:", "  - say: a\tb", "  - Say: Hi\t# tab", "  - Hangup")) + end
    right = text.replace("Say", "say").replace("Hangup", "hangup")
    path = folder_of(tmp_path, **{"one.yaml": text}) / "one.yaml"
    monkeypatch.chdir(tmp_path)
    assert run(["check", "-t", "static", "--diff"]) == 1
    shown = capfd.readouterr().out
    patched = tmp_path / "patched"
    folder_of(patched, **{"one.yaml": text})
    subprocess.run(["git", "apply", "-"], input=shown.encode(), cwd=patched, check=True)
    assert (patched / "one.yaml").read_bytes().decode() == right
    shutil.rmtree(patched)
    assert run(["check", "-t", "static", "--fix"]) == 0
    assert path.read_bytes().decode() == right


@pytest.mark.sweep(3)
@pytest.mark.parametrize("seed", range(3))
def test_slips_in_scripts_are_taken_back_or_left(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    (tmp_path / "twimlc.yaml").write_text("targets: {plain: {host: static}}\n", encoding="utf-8")
    paths = sorted((tmp_path / "flows").glob("*.test.yaml"))
    restored = 0
    for _ in range(8):
        path = chance.choice(paths)
        text = path.read_text(encoding="utf-8")
        words = list(re.finditer(r"(?m)^[ -]*\b([a-z]{4,})(?=:| *$)", text))
        start, end = chance.choice(words).span(1)
        at = chance.randrange(start + 1, end - 1)
        slipped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        path.write_text(slipped, encoding="utf-8")
        for each in mended(tmp_path, str(path)).files:
            assert each.text == text
            restored += 1
        path.write_text(text, encoding="utf-8")
    assert restored
