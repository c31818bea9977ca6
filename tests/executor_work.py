"""What processes and workers are given to do in tests of executors."""

import os
import signal
from pathlib import Path


def double(number):
    return 2 * number


def killed_once(task):
    """The first process that comes here is killed; ``task`` is a number and a file."""
    number, mark = task
    if number == 45 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed(number):
    """Every process that comes to task 45 is killed."""
    if number == 45:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def at_fault(number):
    if number == 45:
        raise FileNotFoundError(2, "No such file or directory", "sound.mp3")
    return number


def blocked(fifo):
    """Tells that it is at work, and is until somebody opens ``fifo`` for writing."""
    os.write(1, b"at work\n")
    return Path(fifo).read_text()


def without_collector(_):
    import gc

    return gc.isenabled()
