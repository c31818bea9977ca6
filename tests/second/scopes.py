"""What a flow or component says, expanded: its scope, and the places that a call can be at."""

from dataclasses import dataclass, field
from typing import NamedTuple

from second.elements import listed
from second.events import HANGUP
from second.values import Outer, expanded, load

END = None  # behind the end of a list that nothing follows


@dataclass(eq=False)
class Scope:
    """What states, components and defaults a step knows; ``behind`` is where a use goes on."""

    flow: str
    states: dict
    defaults: list
    components: dict
    user: "Scope | None" = None
    behind: "Frame | None" = END
    leave: dict = field(default_factory=dict)
    start: str = ""
    allow: list = field(default_factory=list)  # approximations of the use
    used: dict = field(default_factory=dict)  # the scope of each use, by its step


class Frame(NamedTuple):
    """Step ``at`` of a list; behind its end the call goes on at ``up``.

    ``outer`` is the first step of the state, or of the list given as a URL, that holds this list.
    """

    scope: Scope
    steps: list
    at: int = 0
    up: "Frame | None" = END
    outer: "Frame | None" = None

    @property
    def step(self):
        """The step, also of a bare word, as a map."""
        step = self.steps[self.at]
        return {step: None} if isinstance(step, str) else step


HUNG_UP = Frame(None, [HANGUP])


class Project:
    """The flows of a folder, expanded; shared components lie in ``_components``."""

    def __init__(self, folder):
        self.folder = folder
        project = load(folder / "twimlc.yaml")
        self.params = project.get("params") or {}
        self.shared = {
            path.stem: load(path) for path in sorted((folder / "flows").glob("_components/*.yaml"))
        }
        self.kinds, self.flows = {}, {}
        for path in sorted((folder / "flows").glob("*.yaml")):
            tree = load(path)
            self.kinds[path.stem] = tree.get("kind", "voice")
            self.flows[path.stem] = self.flow(path.stem, tree)

    def flow(self, name, tree):
        own = tree.get("params") or {}
        given = {key: value for key, value in self.params.items() if key in own}
        components = {**self.shared, **(tree.get("components") or {})}
        return body(tree, name, {**own, **given}, [], components)


def body(tree, flow, params, behind, components, user=None):
    """The scope of a flow or of a component with its values; ``behind``: defaults that come later."""
    env = {"flow": flow}
    # Params may use params, in any order.
    left = dict(params)
    while left:
        for key in [k for k, v in left.items() if not uses(v, left)]:
            env[key] = expanded(left.pop(key), env)
    states = tree.get("states") or {"main": tree.get("steps")}
    defaults = [expanded(tree.get("defaults") or {}, env), *behind]
    made = {
        name: expanded(listed(steps), {**env, "state": name} if user is None else env)
        for name, steps in states.items()
    }
    start = expanded(tree.get("start"), env) or next(iter(made))
    return Scope(flow, made, defaults, components, user, start=start)


def uses(value, names):
    """Whether a value not yet expanded speaks of one of these params."""
    if isinstance(value, Outer):
        return False
    if isinstance(value, str):
        return any("${" + name in value or f" {name}" in value for name in names if "${" in value)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(uses(item, names) for item in inside)
