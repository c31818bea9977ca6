"""Tasks and results as bytes, for their way to another process and back.

Both ends have the survey, so that its files, and rules, are only numbers in between; they are also
the very same records at either end.
"""

import pickle
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from twimlc.findings import rules
from twimlc.findings.diagnostic import Rule
from twimlc.pipeline.executors import Cluster, Executor, Processes
from twimlc.pipeline.survey import Survey
from twimlc.pipeline.unit import Task, UnitResult, compile_unit


def compiled_elsewhere(
    survey: Survey, tasks: Sequence[Task], jobs: int, address: str | None
) -> Iterator[tuple[int, UnitResult]]:
    """Results, in any order, with the numbers of their tasks; of ``jobs`` processes or a cluster.

    Raises :class:`UsageError` where the cluster cannot be used.
    """
    ways = Parcels(survey)
    executor: Executor = Processes(ways, jobs) if address is None else Cluster(ways, address)
    for number, packed in executor.run(map(ways.packed, tasks)):
        yield number, ways.unpacked(packed)


class Parcels:
    """Packs and unpacks what belongs to a survey. Called with a packed task, it compiles it."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        every, matrix = survey.every, survey.project.matrix
        self.shared: list[Any] = [rule for rule in vars(rules).values() if isinstance(rule, Rule)]
        self.shared += (*every, *(each.file for each in every), *survey.read.values())
        self.shared += [matrix.file] if matrix is not None else []
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
