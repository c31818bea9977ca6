"""Every step of a flow, however deep it stands: a flow comes in, steps go out."""

from collections.abc import Iterator, Sequence

from twimlc.flow.model import Flow, Goto, Menu, Offer, Perform, Step, Target, ToSteps, Use


def steps_of(flow: Flow) -> Iterator[Step]:
    """The steps in reading order, those of components once for each use."""
    for state in (*flow.states.values(), *flow.lists.values()):
        yield from _listed(state.steps)


def _listed(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        match step:
            case Perform(branches=branches):
                yield from _behind(*branches.targets())
            case Menu(choices=choices, fallback=fallback):
                yield from _behind(*choices.values(), fallback)
            case Offer(options=options, fallback=fallback):
                yield from _behind(*(option.target for option in options), fallback)
            case Use(steps=inner, states=states, returns=returns, then=then):
                yield from _listed(inner)
                for state in states:
                    yield from _listed(state.steps)
                yield from _behind(*returns.values(), then)
            case Goto(target=target):
                yield from _behind(target)
            case _:
                pass


def _behind(*targets: Target | None) -> Iterator[Step]:
    for target in targets:
        if isinstance(target, ToSteps):
            yield from _listed(target.steps)
