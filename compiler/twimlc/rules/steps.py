"""Every step of a flow, however deep it stands: a flow comes in, steps go out."""

from collections.abc import Iterator, Sequence

from twimlc.flow.model import (
    Flow,
    Goto,
    Join,
    Menu,
    Offer,
    Perform,
    State,
    Step,
    Target,
    ToSteps,
    Use,
)


def steps_of(flow: Flow) -> Iterator[Step]:
    """The steps in reading order, those of components once for each use."""
    for state in (*flow.states.values(), *flow.lists.values()):
        yield from steps_in(state.steps)


def states_of(flow: Flow) -> Iterator[State]:
    """The states and lists of a flow, and the states of the components that it uses."""
    states = [*flow.states.values(), *flow.lists.values()]
    for state in states:
        yield state
        uses = (step for step in steps_in(state.steps, own=True) if isinstance(step, Use))
        states += (inner for use in uses for inner in use.states)


def steps_in(steps: Sequence[Step], *, own: bool = False) -> Iterator[Step]:
    """The steps of a list, and those that they hold; ``own``: without states of components."""

    def after(*targets: Target | None) -> Iterator[Step]:
        for target in targets:
            if isinstance(target, ToSteps):
                yield from steps_in(target.steps, own=own)

    for step in steps:
        yield step
        match step:
            case Perform(branches=branches) | Join(branches=branches):
                yield from after(*branches.targets())
            case Menu(choices=choices, when=when, fallback=fallback):
                yield from after(*choices.values(), *when.values(), fallback)
            case Offer(options=options, fallback=fallback):
                yield from after(*(option.target for option in options), fallback)
            case Use(steps=inner, states=states, returns=returns, then=then):
                yield from steps_in(inner, own=own)
                for state in () if own else states:
                    yield from steps_in(state.steps)
                yield from after(*returns.values(), then)
            case Goto(target=target):
                yield from after(target)
            case _:
                pass
