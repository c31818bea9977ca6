"""Tasks done here, in processes or on a cluster: all of them, once each, whoever is killed."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import executor_work as work
from twimlc.about import VERSION
from twimlc.pipeline import UsageError, executors
from twimlc.pipeline.executors import Cluster, Processes

PACKAGE = Path(executors.__file__).parents[1]
DOUBLED = [(number, 2 * number) for number in range(500)]


@pytest.fixture(params=["fork", "spawn"])
def method(request, monkeypatch):
    """How processes start; spawning is slow."""
    if request.param == "spawn":
        monkeypatch.setattr(executors, "_METHOD", "spawn")
    return request.param


@pytest.mark.parametrize("count", [1, 2, 3])
def test_processes_do_each_task_once(count):
    assert sorted(Processes(work.double, count).run(range(500))) == DOUBLED


def test_more_processes_than_tasks():
    assert sorted(Processes(work.double, 5).run([1, 2])) == [(0, 2), (1, 4)]
    assert list(Processes(work.double, 5).run([])) == []


def test_a_bounded_number_of_tasks_is_taken():
    taken = 0

    def tasks():
        nonlocal taken
        while taken < 2000:
            taken += 1
            yield taken

    for done, _ in enumerate(Processes(work.double, 2).run(tasks()), 1):
        assert taken - done <= 5 * executors._LARGEST
    assert done == 2000


def test_what_a_killed_process_was_at_is_done_again(tmp_path, method):
    tasks = [(number, tmp_path / "killed") for number in range(100)]
    found = sorted(Processes(work.killed_once, 2).run(tasks))
    assert found == [(number, number) for number in range(100)]
    assert (tmp_path / "killed").exists()


def test_a_task_that_kills_every_process_is_given_up():
    with pytest.raises(OSError, match="3 processes were killed over the same flows"):
        list(Processes(work.killed, 2).run(range(100)))


def test_what_a_task_raises_is_raised_here():
    with pytest.raises(FileNotFoundError) as raised:
        list(Processes(work.at_fault, 2).run(range(100)))
    assert raised.value.filename == "sound.mp3"
    assert "in at_fault" in raised.value.__notes__[0]


def test_processes_go_without_the_collector(method):
    assert list(Processes(work.without_collector, 1).run([0])) == [(0, False)]


def start(tmp_path):
    """Another process with two children, which are at work."""
    fifos = [tmp_path / "one", tmp_path / "two"]
    for fifo in fifos:
        os.mkfifo(fifo)
    code = (
        "import sys, executor_work; from twimlc.pipeline.executors import Processes\n"
        "list(Processes(executor_work.blocked, 2).run(sys.argv[1:]))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, *fifos],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    assert [parent.stdout.readline() for _ in range(2)] == ["at work\n"] * 2
    return parent


def test_an_interrupt_leaves_nothing_running(tmp_path):
    parent = start(tmp_path)
    os.killpg(parent.pid, signal.SIGINT)
    # The children have the same streams, which end only with them.
    _, said = parent.communicate()
    assert said.count("Traceback") == 1
    assert said.endswith("KeyboardInterrupt\n")


def test_children_end_with_a_parent_that_is_killed(tmp_path):
    parent = start(tmp_path)
    parent.kill()
    parent.wait()
    for fifo in ("one", "two"):  # the children's work is done
        (tmp_path / fifo).write_text("")
    assert parent.communicate() == ("", "")


def address_of(scheduler):
    return scheduler.replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def cluster():
    """The address of two worker processes."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield address_of(cluster.scheduler_address)


@pytest.mark.slow
def test_a_cluster_does_each_task_once(cluster):
    assert sorted(Cluster(work.double, cluster).run(range(500))) == DOUBLED
    assert list(Cluster(work.double, cluster).run([])) == []


@pytest.mark.slow
def test_what_a_killed_worker_was_at_is_done_again(cluster, tmp_path):
    tasks = [(number, tmp_path / "killed") for number in range(100)]
    found = sorted(Cluster(work.killed_once, cluster).run(tasks))
    assert found == [(number, number) for number in range(100)]
    assert (tmp_path / "killed").exists()


@pytest.mark.slow
def test_a_task_that_kills_every_worker_is_given_up(cluster):
    with pytest.raises(OSError, match="workers were killed over the same flows"):
        list(Cluster(work.killed, cluster).run(range(100)))


@pytest.mark.slow
def test_what_a_task_raises_on_a_worker_is_raised_here(cluster):
    with pytest.raises(FileNotFoundError) as raised:
        list(Cluster(work.at_fault, cluster).run(range(100)))
    assert raised.value.filename == "sound.mp3"


@pytest.mark.slow
def test_workers_collect_again_after_a_batch(cluster):
    assert list(Cluster(work.without_collector, cluster).run([0])) == [(0, False)]
    from distributed import Client

    with Client(cluster.replace("dask://", "tcp://")) as client:
        assert set(client.run(work.without_collector, 0).values()) == {True}


@contextmanager
def scheduler(folder):
    """A scheduler in a process of its own, and a function that starts a worker with a path."""
    distributed = pytest.importorskip("distributed")
    programs = []

    def run(program, *arguments, path=sys.path):
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments]
        place = [f"--scheduler-file={folder}/scheduler", "--host=127.0.0.1", "--no-dashboard"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
        with open(folder / "log", "a") as log:
            started = subprocess.Popen([*command, *place], stderr=log, env=environment, cwd=folder)
        programs.append(started)
        return started

    try:
        process = run("scheduler", "--port=0")
        with distributed.Client(scheduler_file=str(folder / "scheduler")) as client:

            def worker(path=sys.path):
                run("worker", "--nthreads=1", "--no-nanny", path=path)
                client.wait_for_workers(len(programs) - 1)

            yield process, address_of(client.scheduler.address), worker
    finally:
        for program in programs:
            program.kill()
            program.wait()


@pytest.mark.slow
def test_a_worker_of_another_version_is_refused(tmp_path):
    other = tmp_path / "other" / "twimlc"
    shutil.copytree(PACKAGE, other)
    about = other / "about.py"
    about.write_text(about.read_text().replace(f'"{VERSION}"', '"0.0.9"'))
    with scheduler(tmp_path) as (_, address, worker):
        worker()
        assert list(Cluster(work.double, address).run([1])) == [(0, 2)]
        worker([other.parent, *sys.path])
        with pytest.raises(UsageError, match=f"does not run twimlc {VERSION}: 0.0.9"):
            list(Cluster(work.double, address).run([1]))


@pytest.mark.slow
def test_a_worker_without_twimlc_is_refused(tmp_path):
    with scheduler(tmp_path) as (_, address, worker):
        with pytest.raises(UsageError, match="has no workers"):
            list(Cluster(work.double, address).run([1]))
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "twimlc.py").touch()
        worker([tmp_path / "other", *sys.path])
        with pytest.raises(UsageError, match=r"does not run twimlc .*No module named .*twimlc"):
            list(Cluster(work.double, address).run([1]))


def test_a_worker_that_comes_late_is_asked_its_version_too():
    with pytest.raises(UsageError, match=r"does not run twimlc 0\.0\.8"):
        executors._remote("0.0.8", work.double, b"no pickle of this version")


@pytest.mark.slow
def test_a_scheduler_that_is_killed_is_told(tmp_path):
    with scheduler(tmp_path) as (process, address, worker):
        worker()
        run = Cluster(work.double, address).run(range(10_000))
        next(run)
        process.kill()
        with pytest.raises(OSError, match="is gone"):
            list(run)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "tcp://127.0.0.1:1", "dask://127.0.0.1"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(UsageError):
        list(Cluster(work.double, address).run([1]))


def test_a_scheduler_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="there is no Dask scheduler at"):
        list(Cluster(work.double, "dask://127.0.0.1:1").run([1]))


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="twimlc\\[cluster\\]"):
        list(Cluster(work.double, "dask://127.0.0.1:1").run([1]))
