"""Where units are compiled if not in this process: in several, or on the workers of a cluster.

An executor is made for a function that stands at the top of a module, so that others can find it.
It takes tasks as it needs them: only a bounded number is in memory.
"""

import errno
import gc
import logging
import pickle
import platform
import signal
import socket
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Any, Protocol

from twimlc.about import VERSION
from twimlc.pipeline.model import UsageError

Work = Callable[[Any], Any]
_Batch = tuple[int, list[Any]]
"""Tasks that are given away together, behind the number of the first."""

_METHOD = "fork" if sys.platform == "linux" else "spawn"
"""Forking takes no time, but what macOS loads into a process may not stand it."""
_LARGEST = 20
"""Units in a batch; one at a time costs a thirtieth more."""
_TRIES = 3
"""How many processes may be killed over the same batch."""
_KILLED = "were killed over the same flows; is there enough memory?"


class Executor(Protocol):
    """Does the same to each task."""

    def run(self, tasks: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        """Results in any order, each behind the number of its task.

        Raises what the function raised, and ``OSError`` where processes are killed again and again.
        """


def _batches(tasks: Iterable[Any], workers: int) -> Iterator[_Batch]:
    """Small batches first, so that a few tasks are shared out evenly too."""
    rest, first = iter(tasks), 0
    while batch := list(islice(rest, min(_LARGEST, first // (2 * workers) + 1))):
        yield first, batch
        first += len(batch)


def _lost(message: str) -> OSError:
    """A fault of the machine, told by the message alone."""
    return OSError(errno.ECHILD, message)


class Processes:
    """``count`` processes of this machine; what a killed one was at is done by a new one."""

    def __init__(self, work: Work, count: int) -> None:
        self.work, self.count = work, count

    def run(self, tasks: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        from multiprocessing.connection import wait

        batches, lost, killed = _batches(tasks, self.count), list[_Batch](), Counter[int]()
        idle: list[_Child] = []
        busy: dict[Any, tuple[_Child, _Batch]] = {}
        results: list[tuple[int, Any]] = []
        try:
            while True:
                while len(busy) < self.count and (
                    batch := lost.pop() if lost else next(batches, None)
                ):
                    child = idle.pop() if idle else _Child(self.work)
                    with suppress(OSError):  # that it was killed shows when it answers
                        child.pipe.send(batch[1])
                    busy[child.pipe] = child, batch
                yield from results  # while the processes are at work
                if not busy:
                    return
                results = []
                for pipe in wait(list(busy)):
                    child, batch = busy.pop(pipe)
                    try:
                        answer = child.pipe.recv()
                    except (EOFError, OSError):
                        child.stop()
                        killed[batch[0]] += 1
                        if killed[batch[0]] == _TRIES:
                            raise _lost(f"{_TRIES} processes {_KILLED}") from None
                        lost.append(batch)
                        continue
                    idle.append(child)
                    if isinstance(answer, Exception):
                        raise answer
                    results += enumerate(answer, batch[0])
        finally:
            for child in (*idle, *(child for child, _ in busy.values())):
                child.stop()


class _Child:
    """A process that takes tasks from a pipe. It ends with us, however we end."""

    def __init__(self, work: Work) -> None:
        from multiprocessing import get_context

        context: Any = get_context(_METHOD)
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(work, theirs, self.pipe), daemon=True)
        # A child never hears of Ctrl-C; we hear of it a moment later.
        _mask(signal.SIG_BLOCK)
        try:
            self.process.start()
        finally:
            _mask(signal.SIG_UNBLOCK)
        theirs.close()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _mask(how: int) -> None:
    if sys.platform != "win32":
        signal.pthread_sigmask(how, [signal.SIGINT])


def _serve(work: Work, pipe: Any, parents: Any) -> None:
    """The life of a child: lists of tasks in; lists of results, or an exception, out."""
    parents.close()  # as long as we had it open too, we could not see that the parent is gone
    gc.disable()
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            tasks = pipe.recv()
            try:
                results: Any = [work(task) for task in tasks]
            except Exception as error:
                error.add_note(traceback.format_exc())  # a pickle leaves out where it was raised
                results = error
            pipe.send(results)


class Cluster:
    """The workers of a Dask scheduler, which gives what a killed one was at to another."""

    def __init__(self, work: Work, address: str) -> None:
        scheme, _, self.place = address.partition("://")
        if scheme != "dask":
            raise UsageError(f"'{address}' is no executor; dask://HOST:PORT is one")
        self.work = work

    def run(self, tasks: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        try:
            dask: Any = import_module("distributed")
        except ImportError as error:
            raise UsageError("--executor needs Dask", "pip install 'twimlc[cluster]'") from error
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # we say what goes wrong
        host, _, port = self.place.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), 10).close()  # refused at once
            client = dask.Client(f"tcp://{self.place}", timeout=10)
        except (OSError, ValueError, OverflowError) as error:
            raise UsageError(f"there is no Dask scheduler at '{self.place}': {error}") from error
        flying: dict[Any, int] = {}
        try:
            threads = self._greet(client)
            batches = _batches(tasks, threads)
            # A task of its own: each worker gets it once, and a lost one again.
            work = client.submit(bytes, pickle.dumps(self.work), pure=False)
            while True:
                for first, given in islice(batches, 2 * threads - len(flying)):
                    flying[client.submit(_remote, VERSION, work, given, pure=False)] = first
                if not flying:
                    return
                for future in dask.wait(list(flying), return_when="FIRST_COMPLETED").done:
                    yield from enumerate(future.result(), flying.pop(future))
        except dask.KilledWorker as error:
            raise _lost(f"workers {_KILLED}") from error
        except (dask.CancelledError, dask.comm.CommClosedError) as error:
            raise _lost(f"the Dask scheduler at '{self.place}' is gone") from error
        finally:
            client.cancel(list(flying))
            client.close()

    def _greet(self, client: Any) -> int:
        """How many threads there are. Raises :class:`UsageError` where a worker cannot be used."""
        for place, found in (answers := client.run(_version, on_error="return")).items():
            if found != VERSION:
                raise UsageError(f"the worker at {place} does not run twimlc {VERSION}: {found}")
        if not answers:
            raise UsageError(f"the Dask scheduler at '{self.place}' has no workers")
        return sum(client.nthreads().values())


def _version() -> str:
    return VERSION


def _remote(version: str, packed: bytes, tasks: list[Any]) -> list[Any]:
    """The results of tasks, on a worker; it may have come after we asked all of them."""
    if version != VERSION:
        raise UsageError(f"the worker on {platform.node()} does not run twimlc {version}")
    work = _work(packed)
    gc.disable()
    try:
        return [work(task) for task in tasks]
    finally:
        gc.enable()


@lru_cache(maxsize=1)
def _work(packed: bytes) -> Work:
    work: Work = pickle.loads(packed)
    return work
