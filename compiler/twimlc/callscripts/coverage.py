"""Coverage: what there is and what was covered come in; shares and what is missing go out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from twimlc.callscripts.ways import Ground, Step, Way


@dataclass(slots=True)
class Coverage:
    """Of one flow, or folder of documents, over all its targets and scripts."""

    name: str
    states: set[str] = field(default_factory=set)
    steps: set[Step] = field(default_factory=set)
    ways: set[Way] = field(default_factory=set)
    steps_met: set[Step] = field(default_factory=set)
    ways_met: set[Way] = field(default_factory=set)

    def expect(self, grounds: Iterable[Ground], flow: str | None) -> None:
        """Take in everything that there is; of a flow only its own states."""
        for ground in grounds:
            steps, ways = ground.everything()
            own = f"{flow}/"
            self.steps |= {s for s in steps if flow is None or s.state.startswith(own)}
            self.ways |= {w for w in ways if flow is None or w.step.state.startswith(own)}
        self.states = {step.state for step in self.steps}

    def meet(self, steps: set[Step], ways: set[Way]) -> None:
        """Take in what a call covered."""
        self.steps_met |= steps
        self.ways_met |= ways

    @property
    def states_missing(self) -> list[str]:
        met = {step.state for step in self.steps_met}
        return sorted(self.states - met)

    @property
    def steps_missing(self) -> list[Step]:
        return sorted(self.steps - self.steps_met)

    @property
    def ways_missing(self) -> list[Way]:
        missing = self.ways - self.ways_met
        return sorted(missing, key=lambda way: (way.step, way.label, way.after or way.step))

    @property
    def total(self) -> int:
        """How much there is: states, steps and ways."""
        return len(self.states) + len(self.steps) + len(self.ways)

    @property
    def met(self) -> int:
        """How much of it was covered."""
        missing = len(self.states_missing) + len(self.steps_missing) + len(self.ways_missing)
        return self.total - missing

    @property
    def percent(self) -> float:
        return 100.0 if not self.total else 100 * self.met / self.total


def percent_of(found: Iterable[Coverage]) -> float:
    """The share of several together."""
    listed = list(found)
    total = sum(one.total for one in listed)
    return 100.0 if not total else 100 * sum(one.met for one in listed) / total
