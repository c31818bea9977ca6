"""Places of a project's flows by what is heard there, as the reader of the YAML tells it."""

from functools import lru_cache

from rebuilds.reader import HANGUP, Jump, Question
from rebuilds.script import Script

DEEP = 15  # events that are compared of two places


@lru_cache(64)
def stands(project):
    """Every place where a call may stand: steps, and menus at each attempt with the words before."""
    found = []
    for place in project.places():
        step = project.lists[place.steps][place.at]
        tries = [(1, None)]
        if "menu" in step:
            menu = step["menu"]
            words = {None, menu.get("invalid"), menu.get("silence")}
            tries += [(n, w) for n in range(2, menu.get("attempts", 3) + 1) for w in words]
        elif "offer" in step:
            tries += [(n, None) for n in range(2, len(step["offer"]["options"]) + 1)]
        elif "join" in step:
            tries += [(n, None) for n in range(2, step["join"]["attempts"] + 1)]
        elif "voicemail" in step:
            tries.append((2, None))
        found += [place._replace(attempt=n, words=w) for n, w in tries]
    return found


@lru_cache(20_000)
def beginning(project, place):
    """What is heard from a place on until somebody decides something."""
    return heard(project, place, None)


@lru_cache(100_000)
def heard(project, place, seed):
    """What is heard from a place on by a script's caller; None: until somebody decides."""
    found = []
    script = Script(seed)
    while len(found) < DEEP:
        if isinstance(place, Jump):
            place = project.start(place.flow)
        if place is None or place is HANGUP:
            return (*found, HANGUP)
        events, place = project.step(place)
        found += events
        if isinstance(place, Question):
            found.append(place.kind)
            if seed is None:
                break
            if place.leg is not None:
                found += heard(project, place.leg, seed)
            answers = {"record": str, "queue": lambda: script.queue()[1], "conference": str}
            ask = answers.get(place.kind) or getattr(script, place.kind)
            place = place.lead(ask())
    return tuple(found)
