"""Tasks and results as bytes, for their way to another process and back.

Both ends have the survey, so that its files, and rules, are only numbers in between; they are also
the very same records at either end.
"""

import os
import pickle
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from twimlc.findings import rules
from twimlc.findings.diagnostic import Rule
from twimlc.pipeline.executors import Cluster, Executor, Processes
from twimlc.pipeline.media import sound
from twimlc.pipeline.survey import Survey
from twimlc.pipeline.unit import Task, UnitResult, compile_unit


def compiled_elsewhere(
    survey: Survey, tasks: Sequence[Task], jobs: int, address: str | None
) -> Iterator[tuple[int, UnitResult]]:
    """Results, in any order, with the numbers of their tasks; of ``jobs`` processes or a cluster.

    Raises :class:`UsageError` where the cluster cannot be used.
    """
    folders = {os.path.relpath(each.folder, survey.root): each.folder for each in survey.every}
    waiting = list(range(len(tasks)))
    while waiting:
        survey.far = address is not None
        ways = Parcels(survey)
        executor: Executor = Processes(ways, jobs) if address is None else Cluster(ways, address)
        lacking: dict[int, UnitResult] = {}
        for at, packed in executor.run(ways.packed(tasks[number]) for number in waiting):
            result: UnitResult = ways.unpacked(packed)
            if all(state for _, _, state in result.sounds):
                yield waiting[at], result
            else:
                lacking[waiting[at]] = result
        survey.far = False
        for result in lacking.values():
            for folder, name, _ in result.sounds:
                sound(survey, folders[folder], name)
        waiting = sorted(lacking)


class Parcels:
    """Packs and unpacks what belongs to a survey. Called with a packed task, it compiles it."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        every, matrix = survey.every, survey.project.matrix
        self.shared: list[Any] = [rule for rule in vars(rules).values() if isinstance(rule, Rule)]
        self.shared += (*every, *(each.file for each in every), *survey.read.values())
        self.shared += [matrix.file] if matrix is not None else []
        self.shared += (content for content, _ in survey.sounds.values() if content is not None)
        self.numbers = {id(each): number for number, each in enumerate(self.shared)}

    def __reduce__(self) -> Any:
        return Parcels, (self.survey,)

    def __call__(self, packed: bytes) -> bytes:
        return self.packed(compile_unit(self.survey, self.unpacked(packed)))

    def packed(self, given: Any) -> bytes:
        stream = BytesIO()
        _Packer(stream, self.numbers).dump(given)
        return stream.getvalue()

    def unpacked(self, packed: bytes) -> Any:
        return _Unpacker(BytesIO(packed), self.shared).load()


class _Packer(pickle.Pickler):
    def __init__(self, stream: BytesIO, numbers: dict[int, int]) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self.numbers = numbers

    def persistent_id(self, obj: Any) -> int | None:
        return self.numbers.get(id(obj))


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: BytesIO, shared: list[Any]) -> None:
        super().__init__(stream)
        self.shared = shared

    def persistent_load(self, pid: int) -> Any:
        return self.shared[pid]
