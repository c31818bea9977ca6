"""Units asked for: a survey comes in, the joined results of all its units go out."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from twimlc.pipeline.compile import compile_flows
from twimlc.pipeline.join import Joined
from twimlc.pipeline.load import Loaded, read_flows
from twimlc.pipeline.model import Options
from twimlc.pipeline.survey import FlowFile, Survey
from twimlc.pipeline.unit import Task, UnitResult, compile_unit, result_of
from twimlc.pipeline.variants import Compiled
from twimlc.project.targets import Target

_T = TypeVar("_T")


def compile_all(survey: Survey, options: Options, *, write: bool = False) -> Joined:
    """Compile what is asked for, unit by unit; with ``write`` to documents."""
    verify = write and options.verify
    made: dict[tuple[FlowFile, ...], UnitResult] = {}
    links: set[tuple[str, str]] = set()
    while True:
        groups = survey.groups(links)
        waiting = [group for group in groups if group not in made]
        for group in each_told(waiting, "checking", options, "units"):
            made[group] = compile_unit(survey, Task(group, None, write, verify))
        further = {group[0].name: made[group].elsewhere for group in groups}
        found = {pair for pair in further.items() if pair[1]}
        if not found:
            break
        links |= found
    joined = Joined(survey)
    for group in groups:
        joined.add(made[group])
    return joined


def compile_in_memory(
    survey: Survey, targets: Sequence[Target], loaded: Loaded | None = None
) -> tuple[list[Compiled], Joined]:
    """What is asked for in one piece, with its graphs and plans; every finding with it."""
    loaded = loaded if loaded is not None else read_flows(survey, survey.every)
    compiled = [Compiled(target) for target in targets]
    for made in compiled:
        if survey.usable and not survey.wrong(made.target):
            compile_flows(loaded, made)
    joined = Joined(survey)
    joined.add(result_of(loaded, compiled))
    for made in compiled:
        made.findings = joined.about(made.target)
    return compiled, joined


def each_told(
    items: Sequence[_T], work: str, options: Options, noun: str = "targets"
) -> Iterator[_T]:
    """The same items, and meanwhile how many are done."""
    for done, item in enumerate(items):
        if options.progress is not None:
            options.progress(work, done, len(items), noun)
        yield item
    if options.progress is not None:
        options.progress(work, len(items), len(items), noun)
