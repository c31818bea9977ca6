"""A value that nobody knows yet: an unsuccessful outcome that ``when`` does not name."""

from itertools import product
from pathlib import Path

import pytest

from compiled import compile_target, make
from proofs import Call
from twimlc import pipeline
from twimlc.hosts.answer import ENGINES, served
from twimlc.interpret.documents import Documents
from twimlc.interpret.library import Library
from twimlc.interpret.machine import UNKNOWN
from twimlc.pipeline.load import Loaded, load

HOSTS = {
    "cloudfront": "host: s3, router: cloudfront, url: https://v.example.com/ivr",
    "nginx": "host: nginx",
    "caddy": "host: caddy",
    "apache": "host: apache",
    "vercel": "host: vercel",
    "bin": "host: twiml-bin",
}

VERBS = {
    "dial": ("dial: +14155550100", "no-answer", ("busy", "failed", "canceled")),
    "hunt": ("hunt: {number: [+14155550100, +14155550101]}", "no-answer", ("busy", "failed")),
    "declined": (
        'dial: {number: {phoneNumber: +14155550100, url: [{say: "A call."}]}}',
        "declined",
        ("no-answer", "busy", "failed", "canceled"),
    ),
    "enqueue": ("enqueue: help", "error", ("queue-full", "system-error")),
    "pay": (
        "pay: {chargeAmount: 1}",
        "internal-error",
        (
            "payment-connector-error",
            "caller-interrupted-with-star",
            "validation-error",
            "too-many-failed-attempts",
        ),
    ),
    "refer": ('refer: {sip: "sip:ann@example.com"}', "failed", ("busy", "canceled")),
    "relay": ('connect: {conversationRelay: {url: "wss://a.example/c"}}', "failed", ()),
    "agent": ("connect: {virtualAgent: {connectorName: bot}}", "failed", ()),
}


def heard(folder: Path, flow: str) -> set[str]:
    """What is heard on every host after a value that nobody knows."""
    targets = "".join(f"  {name}: {{{host}}}\n" for name, host in HOSTS.items())
    (folder / "twimlc.yaml").write_text(f"flows: .\ntargets:\n{targets}")
    (folder / "f.yaml").write_text(flow)
    names = ("bin",) if "pay:" in flow else ()  # only Bins take what Twilio posts
    loaded = load(pipeline.Options(cwd=folder, targets=names))
    assert isinstance(loaded, Loaded)
    found = set()
    for target in loaded.targets:
        made = compile_target(loaded, target)
        assert made.variants, [one.message for one in made.findings]
        (variant,) = made.variants
        finished = variant.finished()
        assert finished is not None, [one.message for one in made.findings]
        (entry,) = finished.plan.entries
        for engine, made_up in product(ENGINES, UNKNOWN):
            host = served(finished.plan, finished.files, engine=engine)
            call = Call(Documents(Library(host), host.url(entry.path)))
            while not call.over:  # a hunt rings twice
                call.take(made_up)
            found.add(" ".join(e.value for e in call.trace if e.kind in ("say", "failure")))
    return found


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("all_named", [False, True])
@pytest.mark.parametrize("fallback", ["  fallback: [{say: rest}, hangup]\n", ""])
def test_it_goes_to_the_fallback_else_to_the_next_step(
    verb: str, all_named: bool, fallback: str, tmp_path: Path
) -> None:
    step, one, others = VERBS[verb]
    named = [one, *others] if all_named else [one]
    when = ", ".join(f"{name}: named" for name in named)
    flow = f"""\
states:
  main:
    - {step}
      then: named
      when: {{{when}}}
{fallback.replace("  f", "      f")}    - say: next
  named: [say: named]
"""
    assert heard(tmp_path, flow) == {"rest" if fallback else "next"}


def test_keys_that_no_choice_takes_go_to_then(tmp_path: Path) -> None:
    flow = """\
states:
  main:
    - gather: {prompt: Key, numDigits: 2}
      when: {12: named}
      then: rest
    - say: next
  named: [{say: named}]
  rest: [{say: rest}]
"""
    made = make(flow, target="nginx")
    assert made.slugs == [], made.words


def test_plain_files_refuse_a_fallback_that_only_such_a_value_reaches() -> None:
    named = "{busy: x, no-answer: x, failed: x, canceled: x, declined: x}"
    flow = f"""
states:
  main:
    - dial: {{number: {{phoneNumber: +14155550100, url: [{{say: A call.}}]}}}}
      then: x
      when: {named}
      fallback: y
  x: [say: x]
  y: [say: y]
"""
    made = make(flow)
    assert "decision-needs-host" in made.slugs, made.words
    assert "anything else: y" in made.words
    assert "unreachable-state" not in made.slugs
