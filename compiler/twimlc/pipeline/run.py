"""Units asked for: a survey comes in, the joined results of all its units go out."""

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from twimlc.pipeline.compile import compile_flows
from twimlc.pipeline.join import Joined
from twimlc.pipeline.load import Loaded, read_flows
from twimlc.pipeline.model import Options
from twimlc.pipeline.survey import FlowFile, Survey
from twimlc.pipeline.unit import Task, UnitResult, compile_unit, result_of
from twimlc.pipeline.variants import Compiled
from twimlc.project.targets import Target

if TYPE_CHECKING:
    from twimlc.pipeline.kept import Kept  # loaded only if there is a store

PAYS = 200
"""From this many flows or rows on, several processes give more than starting them costs."""
ROWS = 128
"""The rows of a matrix that one task has."""

_T = TypeVar("_T")


def compile_all(survey: Survey, options: Options, *, write: bool = False) -> Joined:
    """Compile what is asked for, unit by unit; with ``write`` to documents."""
    verify = write and options.verify
    made: dict[tuple[FlowFile, ...], list[UnitResult]] = {}
    kept = None
    if options.store:  # programs that use the library seldom do
        from twimlc.pipeline.kept import Kept

        kept = Kept(survey, options)
    links: set[tuple[str, str]] = set()
    while True:
        groups = survey.groups(links)
        waiting = [group for group in groups if group not in made]
        tasks = [
            Task(group, rows, write, verify) for group in waiting for rows in rows_of(survey, group)
        ]
        for task, result in zip(tasks, _results(survey, tasks, options, kept), strict=True):
            survey.opened |= {survey.root / at / name for at, name, _ in result.sounds}
            made.setdefault(task.files, []).append(result)
        if survey.rename({path: name for each, *_ in made.values() for path, name in each.named}):
            made.clear()
            continue
        # Rows may lead elsewhere that the first ones do not.
        further = ((group[0].name, each.elsewhere) for group in groups for each in made[group])
        found = {pair for pair in further if pair[1]}
        if not found:
            break
        links |= found
    if kept is not None:
        kept.tidy()
    joined = Joined(survey, survey.targets)
    for group in groups:
        for result in made[group]:
            joined.add(result)
    return joined


def rows_of(survey: Survey, group: Sequence[FlowFile]) -> Iterator[tuple[str | None, ...] | None]:
    """The rows of each task for a group of flows, in the order of the table."""
    matrix = survey.project.matrix
    if matrix is None or not any(matrix.covers(each.name) for each in group):
        yield None
        return
    rows = [None, *matrix.rows]
    for start in range(0, len(rows), ROWS):
        yield tuple(rows[start : start + ROWS])


def _results(
    survey: Survey, tasks: Sequence[Task], options: Options, kept: "Kept | None"
) -> list[UnitResult]:
    """What comes of tasks, in their order; meanwhile how many flows, or rows of flows, are done."""
    sizes = [len(task.rows or task.files) for task in tasks]
    noun = "rows" if any(task.rows for task in tasks) else "flows"
    told = options.progress or (lambda *_: None)
    results: list[UnitResult | None] = [kept.find(task) if kept else None for task in tasks]
    left = [number for number, result in enumerate(results) if result is None]
    whole = sum(sizes)
    done = whole - sum(sizes[number] for number in left)
    told("checking", done, whole, noun)
    for at, result in _compiled(survey, [tasks[number] for number in left], options, whole - done):
        number = left[at]
        results[number] = result
        if kept is not None:
            kept.keep(tasks[number], result)
        done += sizes[number]
        told("checking", done, whole, noun)
    return [result for result in results if result is not None]


def _compiled(
    survey: Survey, tasks: Sequence[Task], options: Options, size: int
) -> Iterator[tuple[int, UnitResult]]:
    """The results with the numbers of their tasks, as they come."""
    jobs = options.jobs or (_cores() if size >= PAYS else 1)
    if not tasks or (options.executor is None and min(jobs, len(tasks)) < 2):
        return enumerate(compile_unit(survey, task) for task in tasks)
    from twimlc.pipeline.parcels import compiled_elsewhere  # takes a while to load

    return compiled_elsewhere(survey, tasks, jobs, options.executor)


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def compile_in_memory(
    survey: Survey, targets: Sequence[Target], loaded: Loaded | None = None
) -> tuple[list[Compiled], Joined]:
    """What is asked for in one piece, with its graphs and plans; every finding with it."""
    loaded = loaded or read_flows(survey, survey.every)
    survey.rename(loaded.named)
    compiled = [Compiled(target) for target in targets]
    for made in compiled:
        if survey.usable and not survey.wrong(made.target):
            compile_flows(loaded, made)
    joined = Joined(survey, targets)
    joined.add(result_of(loaded, [(made.target.name, made) for made in compiled]))
    for made in compiled:
        made.findings = joined.about(made.target)
    return compiled, joined


def each_told(items: Sequence[_T], work: str, options: Options) -> Iterator[_T]:
    """The same targets, and meanwhile how many are done."""
    for done, item in enumerate(items):
        if options.progress is not None:
            options.progress(work, done, len(items), "targets")
        yield item
    if options.progress is not None:
        options.progress(work, len(items), len(items), "targets")
