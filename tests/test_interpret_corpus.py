"""Real documents are playable through every choice; where one is not, the limit has a name."""

import os
from collections import deque
from pathlib import Path

import pytest

from twimlc.hosts.answer import FileHost
from twimlc.interpret.documents import Documents
from twimlc.interpret.library import Library
from twimlc.interpret.machine import HANGUP

BASE = "https://voice.example.com/ivr"
MOST_PLACES = 400
LIMITS = {
    "11200 POST 405": "a Gather, Record or Redirect without method posts to its own document,"
    " which plain files do not answer: these documents came from a server that does",
}
"""Every reason why a call through a real document may stop, beside its own end."""


def documents():
    shared = os.environ.get("TWIMLC_SHARED") or Path(__file__).parents[2] / "shared"
    return sorted(Path(shared, "corpus", "twiml").glob("*.xml"))


def limit(failure):
    """The name of what stopped a call."""
    text = str(failure.value)
    if text.startswith("11200") and text.endswith("POST answered with status 405"):
        return "11200 POST 405"
    return text


def test_every_choice_of_real_documents_can_be_played():
    paths = documents()
    if not paths:
        pytest.skip("NO REAL TWIML: ../shared/corpus/twiml is absent (or set TWIMLC_SHARED)")
    stopped = {}
    for path in paths:
        host = FileHost(BASE, {"main/index.xml": path.read_bytes()})
        run = Documents(Library(host), host.url("main/index.xml"))
        seen = {run.begin()}
        waiting = deque(seen)
        while waiting and len(seen) < MOST_PLACES:
            place = waiting.popleft()
            moment = run.moment(place)
            if moment.last is not None and moment.last.kind == "failure":
                stopped.setdefault(limit(moment.last), []).append(path.name)
            for choice in moment.choices:
                if choice != HANGUP:
                    after = run.take(place, choice)
                    if after not in seen:
                        seen.add(after)
                        waiting.append(after)
        assert len(seen) < MOST_PLACES, path.name
    unnamed = {name: files for name, files in stopped.items() if name not in LIMITS}
    assert not unnamed
    assert sum(len(files) for files in stopped.values()) < len(paths) // 4
