"""What is told to a host travels in an address: wrong addresses and wrong readings are found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compiled import compile_target
from proofs import verify_plan
from twimlc.hosts import answer as hosts, files as host_files
from twimlc.hosts.twiml_bin import lowering as bins
from twimlc.lower import hop, transitions
from twimlc.lower.plan import Decision
from twimlc.pipeline import Options
from twimlc.pipeline.load import load

FLOW = """\
states:
  main:
    - menu: {prompt: Star for sales., choices: {"*": sales, "#": desk, 1: [{say: One.}]}, attempts: 1}
    - enqueue: help
      when: {queue-full: sales}
      fallback: desk
  sales: [{say: Sales.}]
  desk: [{say: Desk.}]
"""
HOP = "host: s3, url: https://v.example.com/x, router: twiml-bin, bin: EH00000000000000000000000000000001"


def same(
    folder: Path,
    target: str = "host: nginx",
    flow: str = FLOW,
    change: Callable = lambda *made: made,
) -> bool:
    """Whether the documents that are made are the same calls as the flow."""
    (folder / "twimlc.yaml").write_text(f"flows: .\ntargets:\n  t: {{{target}}}\n")
    (folder / "f.yaml").write_text(flow)
    loaded = load(Options(cwd=folder))
    (target_of,) = loaded.targets
    made = compile_target(loaded, target_of)
    (variant,) = made.variants
    finished = variant.finished()
    assert finished is not None, [found.message for found in made.findings]
    plan, files = change(finished.plan, finished.files)
    found = verify_plan(variant.graph, plan, files, target_of.url)
    return all(verified.same for _, verified in found)


def test_the_flow_itself_is_right(tmp_path: Path) -> None:
    assert same(tmp_path)


@pytest.mark.parametrize(
    "spelt",
    [
        lambda value: (value,),  # nobody sends a # as it is
        lambda value: (value.replace("#", "%23"),),  # a star may come encoded
        lambda value: (value.replace("#", "%23").replace("*", "%2A"),),  # and may not
        lambda value: (value.replace("#", "%23").replace("*", "+"),),
    ],
)
def test_values_that_a_table_spells_otherwise(
    spelt: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_files, "spellings", spelt)
    monkeypatch.setattr(hosts, "spellings", spelt)
    assert not same(tmp_path)


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (".decide?Digits=1", False),  # comes twice, and the first counts
        (".decide?Digits=", False),
        (".decide?QueueResult=queue-full", False),
        (".decide%23", False),
        (".decide#rc=2", True),  # a fragment stays with whoever asks
        (".decide?other=1%26Digits%3D1", True),
        (".decide?", True),
    ],
)
def test_addresses_of_decisions(told: str, right: bool, tmp_path: Path) -> None:
    def changed(plan, files):
        return plan, {path: data.replace(b".decide", told.encode()) for path, data in files.items()}

    assert same(tmp_path, change=changed) is right


@pytest.mark.parametrize(
    "wrong",
    [
        lambda d: replace(d, branches=(*d.branches, ("", d.branches[0][1]))),
        lambda d: replace(d, branches=(*d.branches, ("not+yet%2Dknown#", d.branches[0][1]))),
        lambda d: replace(d, branches=(*d.branches, ("not%2Byet%252Dknown%23", d.branches[0][1]))),
        lambda d: replace(d, default=d.branches[0][1]),
    ],
)
def test_made_up_values(wrong: Callable[[Decision], Decision], tmp_path: Path) -> None:
    def changed(plan, files):
        made = [wrong(d) if d.parameter == "QueueResult" else d for d in plan.decisions]
        assert made != list(plan.decisions)
        return plan._replace(decisions=tuple(made)), files

    assert not same(tmp_path, change=changed)


def test_a_hash_in_the_address_that_a_bin_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = """\
- gather: {prompt: Key., finishOnKey: "FINISH"}
  when: {1: [{say: One.}], 12: [{say: Twelve.}]}
  then: [{say: Other.}]
"""
    flow = "steps:\n" + "".join(f"  {line}\n" for line in flow.splitlines())
    assert same(tmp_path, "host: twiml-bin", flow.replace("FINISH", "#"))
    monkeypatch.setattr(bins, "check_flow", lambda *_: ())
    assert not same(tmp_path, "host: twiml-bin", flow.replace("FINISH", ""))


def test_a_hash_in_the_name_of_a_file_behind_a_hop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop, "check_hop", lambda *_: ())
    monkeypatch.setattr(hop, "_KEYS", "0123456789*#")
    assert not same(tmp_path, HOP)
    assert same(tmp_path, HOP, FLOW.replace('"#": desk, ', ""))


def test_an_unknown_value_that_the_lowering_sends_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = transitions._Verb._choice

    def wrong(self, exits):
        ask = right(self, exits)
        known = (("error", ask.default), ("system-error", ask.default), ("bridged", ask.default))
        return replace(ask, branches=(*ask.branches, *known), default=ask.branches[0][1])

    monkeypatch.setattr(transitions._Verb, "_choice", wrong)
    assert not same(tmp_path)
    assert not same(tmp_path, "host: twiml-bin", FLOW.replace('"#": desk, ', ""))
