"""Random edits of a project's tree: each takes a tree and gives another, or None where it can't."""

from rebuilds.flows import LEGS, Author

KINDS = (
    "insert", "delete", "swap", "rename", "keys", "retarget", "words", "attempts", "new state",
    "dropped state", "circle", "flow out", "renamed flow", "sound",
)  # fmt: skip
WORDY = tuple(k for k in KINDS if k not in ("rename", "circle", "flow out", "renamed flow"))


class Editor:
    def __init__(self, author: Author):
        self.author = author
        self.chance = author.chance

    def edit(self, tree, kind, flow=None):
        """A copy of ``tree`` with one edit; ``flow``: only there. None where nothing can change."""
        new = tree.copy()
        self.author.tree = new
        self.flows = [flow] if flow else list(new.flows)
        done = getattr(self, kind.replace(" ", "_"))(new)
        return new if done else None

    # What lies in a tree

    def lists(self, new):
        """(flow, list) of every list of steps."""
        found = []

        def inside(flow, value, steps):
            if isinstance(value, list):
                if steps:
                    found.append((flow, value))
                for item in value:
                    inside(flow, item, False)
            elif isinstance(value, dict):
                for key, item in value.items():
                    inside(flow, item, key not in ("options", "number", "waiting"))

        for flow in self.flows:
            for name, states in new.flows[flow].items():
                if name not in LEGS:
                    inside(flow, states, True)
        return found

    def maps(self, new, flows=None):
        """Every map of the flows, however deep."""
        found = []
        todo = [new.flows[flow] for flow in flows or self.flows]
        while todo:
            value = todo.pop()
            if isinstance(value, dict):
                found.append(value)
                todo += value.values()
            elif isinstance(value, list):
                todo += value
        return found

    def ways(self, new):
        """(flow, map, key) of everything that names a place to go to."""
        found = []
        for flow in self.flows:
            for item in self.maps(new, [flow]):
                found += [
                    (flow, item, key)
                    for key, value in item.items()
                    if isinstance(value, str) and self.names_a_place(new, flow, key, value)
                ]
        return found

    def names_a_place(self, new, flow, key, value):
        if key in ("say", "note", "prompt", "play", "url", "waitUrl", "invalid", "silence"):
            return key == "silence" and value in new.flows[flow]
        return "/" in value or value in new.flows[flow] or value in ("next", "hangup")

    def even(self, item):
        """Whether both ways out of a step must stay one."""
        return not self.author.decides and ("dial" in item or "hunt" in item or "enqueue" in item)

    # The edits

    def insert(self, new):
        flow, steps = self.chance.choice(self.lists(new))
        steps.insert(self.chance.randrange(len(steps) + 1), self.author.step(flow))
        return True

    def delete(self, new):
        lists = [steps for _, steps in self.lists(new) if len(steps) > 1]
        if not lists:
            return False
        steps = self.chance.choice(lists)
        del steps[self.chance.randrange(len(steps))]
        return True

    def swap(self, new):
        if self.chance.random() < 0.4:
            states = new.flows[self.chance.choice(self.flows)]
            one, other = self.chance.sample(self.names(states), 2)
            states[one], states[other] = states[other], states[one]
            return True
        lists = [steps for _, steps in self.lists(new) if len(steps) > 1]
        if not lists:
            return False
        steps = self.chance.choice(lists)
        at = self.chance.randrange(len(steps) - 1)
        steps[at], steps[at + 1] = steps[at + 1], steps[at]
        return True

    @staticmethod
    def names(states):
        return [name for name in states if name not in LEGS]

    def rename(self, new):
        flow = self.chance.choice(self.flows)
        old = self.chance.choice(list(new.flows[flow]))
        self.renamed(new, flow, old, f"{old}-{self.chance.randrange(100)}")
        return True

    def renamed(self, new, flow, old, name):
        for other in new.flows:
            for item in self.maps(new, [other]):
                for key, value in item.items():
                    local = other == flow and value == old and key not in ("say", "prompt", "note")
                    if local:
                        item[key] = name
                    elif value == f"{flow}/{old}":
                        item[key] = f"{flow}/{name}"
        new.flows[flow] = {name if n == old else n: s for n, s in new.flows[flow].items()}

    def keys(self, new):
        menus = [m["menu"]["choices"] for m in self.maps(new) if "menu" in m]
        menus += [m["when"] for m in self.maps(new) if "gather" in m and "when" in m]
        if not menus:
            return False
        choices = self.chance.choice(menus)
        goals = list(choices.values())
        names = self.chance.sample(["1", "2", "3", "4"], len(goals))
        if list(choices) == names:
            return False
        choices.clear()
        choices.update(zip(names, goals, strict=True))
        return True

    def retarget(self, new):
        ways = [(flow, item, key) for flow, item, key in self.ways(new) if not self.even(item)]
        if not ways:
            return False
        flow, item, key = self.chance.choice(ways)
        old = item[key]
        item[key] = self.author.goal(flow)
        return item[key] != old

    def words(self, new):
        spoken = [
            (m, key)
            for m in self.maps(new)
            for key in ("say", "prompt", "invalid", "goodbye")
            if isinstance(m.get(key), str)
        ]
        if not spoken:
            return False
        item, key = self.chance.choice(spoken)
        item[key] = self.author.words()
        return True

    def attempts(self, new):
        menus = [m["menu"] for m in self.maps(new) if "menu" in m]
        if not menus:
            return False
        menu = self.chance.choice(menus)
        menu["attempts"] = self.chance.choice([n for n in (1, 2, 3) if n != menu["attempts"]])
        return True

    def new_state(self, new):
        flow = self.chance.choice(self.flows)
        name = f"extra-{self.chance.randrange(100)}"
        old = new.flows[flow]
        steps = self.author.state(flow)
        first = self.chance.random() < 0.2
        new.flows[flow] = {name: steps, **old} if first else {**old, name: steps}
        ways = [w for w in self.ways(new) if w[0] == flow and not self.even(w[1])]
        if ways and not first:
            _, item, key = self.chance.choice(ways)
            item[key] = name
        return True

    def dropped_state(self, new):
        flow = self.chance.choice(self.flows)
        names = self.names(new.flows[flow])
        if len(names) < 3:
            return False
        gone, kept = self.chance.sample(names, 2)
        del new.flows[flow][gone]
        self.retargeted(new, {gone: kept}, flow)
        return True

    def retargeted(self, new, names, flow):
        for other in new.flows:
            for item in self.maps(new, [other]):
                for key, value in item.items():
                    if not isinstance(value, str) or key in ("say", "prompt", "note"):
                        continue
                    for gone, kept in names.items():
                        if value == f"{flow}/{gone}":
                            item[key] = f"{flow}/{kept}"
                        elif other == flow and value == gone:
                            item[key] = kept

    def circle(self, new):
        """Two flows that jump into each other's states."""
        if len(new.flows) < 2 or len(self.flows) < 2:
            return False
        pair = self.chance.sample(list(new.flows), 2)
        for flow, other in (pair, pair[::-1]):
            name = self.chance.choice(self.author.places(other))
            home = self.chance.choice(self.names(new.flows[flow]))
            jump = {"goto": f"{other}/{name}", "note": self.author.note()}
            new.flows[flow][home] = [self.author.say(), jump]
        return True

    def flow_out(self, new):
        if len(new.flows) < 2:
            return False
        gone = self.chance.choice(list(new.flows))
        del new.flows[gone]
        for flow in new.flows:
            for item in self.maps(new, [flow]):
                for key, value in item.items():
                    if isinstance(value, str) and value.startswith(f"{gone}/"):
                        item[key] = "bye"
        return True

    def renamed_flow(self, new):
        old = self.chance.choice(list(new.flows))
        name = f"{old}-desk"
        if name in new.flows:
            return False
        new.flows = {name if f == old else f: states for f, states in new.flows.items()}
        for flow in new.flows:
            for item in self.maps(new, [flow]):
                for key, value in item.items():
                    if isinstance(value, str) and value.startswith(f"{old}/"):
                        item[key] = name + value[len(old) :]
        return True

    def sound(self, new):
        name = self.chance.choice(list(new.sounds))
        new.sounds[name] = self.author.sound()
        return True
