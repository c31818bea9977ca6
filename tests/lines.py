"""Lines for tests: a flow comes in; what callers and called parties hear on a host goes out.

What is played are the documents as they are written, behind the host's own reader.
"""

import tempfile
from pathlib import Path

from compiled import compile_target, whole
from twimlc import pipeline
from twimlc.calls.legs import CallTarget, flow_target, leg_links
from twimlc.interpret.machine import DONE, Choice
from twimlc.pipeline.load import Loaded, load
from twimlc.pipeline.single import compiled_flow

HOSTS = {
    "static": "{host: static, url: 'https://v.example.com/ivr'}",
    "nginx": "{host: nginx, url: 'https://v.example.com/ivr'}",
    "bin": "{host: twiml-bin}",
    "hop": "{host: static, router: twiml-bin, url: 'https://v.example.com/ivr', bin: EH00000000000000000000000000000001}",
}
ROUTED = ("nginx", "bin", "hop")


def line(flow: str, host: str = "static") -> CallTarget:
    """The flow ``f``, compiled for a host, ready to be called."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "f.yaml").write_text(whole(flow), encoding="utf-8")
        (home / "twimlc.yaml").write_text(f"flows: .\ntargets:\n  t: {HOSTS[host]}\n")
        loaded = load(pipeline.Options(cwd=home, targets=("t",), write=False))
        assert isinstance(loaded, Loaded)
        made = compile_target(loaded, loaded.targets[0])
        assert made.ok, [f"{f.message} ({f.hint})" for f in made.findings if f.is_error]
    (variant,) = made.variants
    flow = compiled_flow(made, variant, "f")
    assert flow is not None
    return flow_target(flow)


def heard(
    flow: str, *taken: str, host: str = "static", leg: str | None = None, most: int = 40
) -> list[str]:
    """What is heard of a call in which this happens: digits, or the name of an outcome.

    ``leg`` is the attribute of the verb at which the caller then is: that document is played
    instead. At most ``most`` verbs are played, so a wait that starts again shows it.
    """
    target, left = line(flow, host), list(taken)
    machine = target.first.documents
    place, said = machine.begin(), list[str]()
    for _ in range(most):
        now = machine.moment(place)
        if leg is not None and now.part is not None:
            links = [link for link in leg_links(now.part, None) if link.attribute.endswith(leg)]
            if links and not left:
                machine, leg, said = target.other(links[0]).documents, None, []
                place = machine.begin()
                continue
        said += [str(event.value) if event.kind == "say" else event.kind for event in now.events]
        choice = DONE
        if now.choices != (DONE,):
            if not left or not now.choices:
                break
            name = left.pop(0)
            digits = name.isdecimal() or name in ("*", "#")
            choice = Choice("keys", name) if digits else Choice(name)
            assert digits or choice in now.choices, (name, now.choices)
        place = machine.take(place, choice)
    assert not left, (left, said)
    return said
