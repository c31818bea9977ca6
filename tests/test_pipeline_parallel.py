"""What is compiled in processes, or on a cluster, is what one process makes: bytes and words."""

import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bad_cases import cases
from folders import files_in, write_files
from random_flows import Author
from twimlc.findings.rules import MISSING_MEDIA
from twimlc.pipeline import Options, build, media, run
from twimlc.pipeline.look import survey
from twimlc.pipeline.parcels import Parcels
from twimlc.pipeline.unit import Task

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def said(command, tmp_path, monkeypatch):
    """The status, both streams and all files of a command, run on a copy of a folder."""

    def call(folder, *arguments):
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        monkeypatch.chdir(copy)
        status, out, err = command(*arguments, "--no-store")
        return status, re.sub(r"\d+\.\d\d seconds", "", out + err), files_in(copy)

    return call


def example_flows(folder, *targets):
    shutil.copytree(ROOT / "flows", folder / "flows")
    shutil.copy(ROOT / "twimlc.yaml", folder)
    return [word for target in targets for word in ("-t", target)]


def wrong_flows(folder):
    """Everything that is wrong in the flows that people write, in one project."""
    files = {f"flows/{c.name}": c.files[c.name] for c in cases() if c.name.endswith(".yaml")}
    write_files(
        folder, {**files, "twimlc.yaml": "targets: {web: {host: nginx}, plain: {host: static}}\n"}
    )


def random_flows(folder, first, authors):
    """Flows that lead to each other in pairs, twice the same table of rows, and sounds."""
    files = {
        "twimlc.yaml": "matrix: rows.csv\ntargets: {web: {host: nginx}, bins: {host: twiml-bin}}\n"
    }
    files["rows.csv"] = "row,name\n" + "".join(f"row-{n},Name {n}\n" for n in range(3))
    for seed in range(first, first + authors):
        for name, text in Author(seed, decisions=True).write().items():
            text = re.sub(r'"(main|other)/', rf'"\1-{seed}/', text)
            files[f"flows/{name}-{seed}.yaml"] = text
    files["flows/rows.yaml"] = (
        "params: {name: x}\nsteps: [{say: '${name}'}, {play: tone.mp3}, {play: no.mp3}]\n"
    )
    files["flows/tone.mp3"] = b"ID3 a tone"
    write_files(folder, files)


@pytest.mark.parametrize("target", ["nginx", "bins", "hop", "cloudfront"])
def test_the_example_flows(said, tmp_path, target):
    arguments = ["build", "-v", *example_flows(tmp_path / "project", target)]
    one, two = (said(tmp_path / "project", *arguments, "-j", jobs) for jobs in "12")
    assert one[0] == 0
    assert one == two


@pytest.mark.parametrize("arguments", [["check"], ["check", "--format", "json"], ["build", "-v"]])
def test_projects_with_errors(said, tmp_path, arguments):
    wrong_flows(tmp_path / "project")
    one, two = (said(tmp_path / "project", *arguments, "-j", jobs) for jobs in "12")
    assert one[0] == 1
    assert one == two


@pytest.mark.parametrize(
    "case", [c for c in cases() if not c.name.endswith(".yaml")], ids=lambda c: c.name
)
def test_small_projects_with_errors(said, tmp_path, case):
    write_files(tmp_path / "project", case.files)
    one, two = (said(tmp_path / "project", "check", "-j", jobs) for jobs in "12")
    assert one == two


@pytest.mark.sweep(4)
@pytest.mark.parametrize("first", range(0, 160, 10))
def test_random_flows(said, tmp_path, first):
    random_flows(tmp_path / "project", first, 10)
    one, two = (said(tmp_path / "project", "build", "-v", "-j", jobs) for jobs in "12")
    assert one == two


@pytest.mark.slow
def test_processes_that_are_spawned(said, tmp_path, monkeypatch):
    random_flows(tmp_path / "project", 500, 10)
    one = said(tmp_path / "project", "build", "-v", "-j", "1")
    # Away from Linux nothing is forked: the survey goes there in a pickle.
    monkeypatch.setattr("twimlc.pipeline.executors._METHOD", "spawn")
    assert said(tmp_path / "project", "build", "-v", "-j", "2") == one


@pytest.mark.slow
def test_a_cluster(said, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    random_flows(tmp_path / "project", 600, 10)
    one = said(tmp_path / "project", "build", "-v", "-j", "1")
    monkeypatch.chdir(tmp_path)  # the workers stay here
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        assert said(tmp_path / "project", "build", "-v", "--executor", address) == one


def test_far_from_the_files_sounds_are_asked_for(tmp_path, monkeypatch):
    random_flows(tmp_path, 700, 1)
    found = survey(Options(cwd=tmp_path))
    (task,) = (Task(group) for group in found.groups(()) if group[0].name == "rows")
    found.far = True
    read = media.read_content
    monkeypatch.setattr(media, "read_content", None)
    far = pickle.loads(pickle.dumps(Parcels(found)))
    result = Parcels(found).unpacked(far(Parcels(found).packed(task)))
    assert result.sounds == [("flows", "no.mp3", ""), ("flows", "tone.mp3", "")]
    found.far = False
    monkeypatch.setattr(media, "read_content", read)
    for name in ("tone.mp3", "no.mp3"):
        media.sound(found, tmp_path / "flows", name)
    monkeypatch.setattr(media, "read_content", None)
    found.far = True
    far = pickle.loads(pickle.dumps(Parcels(found)))
    result = Parcels(found).unpacked(far(Parcels(found).packed(task)))
    assert all(state for _, _, state in result.sounds)
    assert [f.message for f in result.parts["web"].rows["row-1"] if f.rule is MISSING_MEDIA] == [
        "there is no audio file 'no.mp3' beside the flow"
    ]


def test_what_comes_back_is_of_this_survey(tmp_path):
    wrong_flows(tmp_path)
    found = survey(Options(cwd=tmp_path))
    far = Parcels(found)
    for group in found.groups(()):
        packed = far(far.packed(Task(group)))
        for finding in far.unpacked(packed).findings:
            assert any(finding.span.file is each.file for each in group)
            assert finding.rule in far.shared
        assert all(each.file.text.encode() not in packed for each in group)


def test_few_flows_need_no_other_process(tmp_path, monkeypatch):
    random_flows(tmp_path, 800, 2)
    monkeypatch.setitem(sys.modules, "twimlc.pipeline.parcels", None)
    monkeypatch.setattr(run, "_cores", lambda: 2)
    assert build(Options(cwd=tmp_path, jobs=None)).targets
    monkeypatch.setattr(run, "PAYS", 4)
    assert build(
        Options(cwd=tmp_path)
    ).targets  # other programs, and editors, say if they want some
    with pytest.raises(ImportError):
        build(Options(cwd=tmp_path, jobs=None))


def test_what_processes_make_is_kept(said, tmp_path):
    random_flows(tmp_path / "project", 1100, 4)
    folder = tmp_path / "project"
    fresh = said(folder, "build", "-v", "-j", "1")
    build(Options(cwd=folder, jobs=2, store=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "compile_unit", None)  # nothing is compiled any more
        again = build(Options(cwd=folder, store=True, output=Path("again")))
    assert again.targets
    built = {path: data for path, data in fresh[2].items() if path.startswith("build/")}
    assert {f"build/{path}": data for path, data in files_in(folder / "again").items()} == built


AT_WORK = """
import os, signal, sys
from twimlc.__main__ import main
from twimlc.pipeline import parcels, unit

killed = sys.argv[-1] == "killed"

def work(survey, task):
    os.write(2, b"at work\\n")
    if killed:
        os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()

parcels.compile_unit = work
sys.argv = ["twimlc", "build", "-j", "2"]
sys.exit(main())
"""


def at_work(folder, *arguments):
    """The command, whose processes do nothing but work."""
    random_flows(folder, 900, 2)
    return subprocess.Popen(
        [sys.executable, "-c", AT_WORK, *arguments],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )


def test_an_interrupted_build_ends_at_once(tmp_path):
    with at_work(tmp_path) as process:
        assert [process.stderr.readline() for _ in range(2)] == ["at work\n"] * 2
        os.killpg(process.pid, signal.SIGINT)
        # What is written ends when all processes that could write have ended.
        assert process.stderr.read() == "\ntwimlc: interrupted\n"
    assert process.returncode == 130
    assert not (tmp_path / "build").exists()


def test_processes_that_are_always_killed_are_told(tmp_path):
    with at_work(tmp_path, "killed") as process:
        *_, last = process.stderr.read().splitlines()
    assert last == "twimlc: 3 processes were killed over the same flows; is there enough memory?"
    assert process.returncode == 3
    assert not (tmp_path / "build").exists()


def test_a_cluster_that_cannot_be_used_is_wrong_usage(command, tmp_path, monkeypatch):
    random_flows(tmp_path, 1000, 1)
    monkeypatch.chdir(tmp_path)
    status, _, err = command("build", "--executor", "tcp://127.0.0.1:1")
    assert (status, err.splitlines()[-1]) == (
        2,
        "Error: 'tcp://127.0.0.1:1' is no executor; dask://HOST:PORT is one",
    )
