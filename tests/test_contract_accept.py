"""Who is called takes the call with a key: what both parties hear, on every host."""

from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.calls.run import play_scripts

TARGETS = {
    "nginx": "{host: nginx, url: https://voice.example.com/ivr}",
    "caddy": "{host: caddy}",
    "apache": "{host: apache}",
    "vercel": "{host: vercel, url: https://voice.example.com}",
    "bins": "{host: twiml-bin}",
    "hop": "{host: s3, router: twiml-bin, bin: EH%s, url: https://h.example.com}" % ("0" * 32),
}
FALLBACK = """
      then: done
      fallback: message
  done: [{say: Goodbye.}, hangup]
  message: [{say: Nobody took your call.}, hangup]
"""
ENGLISH = "Press any key to accept this call."


def play(folder: Path, flow: str, calls: str, targets: dict[str, str] | None = None) -> None:
    named = "".join(f"  {name}: {body}\n" for name, body in (targets or TARGETS).items())
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "twimlc.yaml").write_text(f"targets:\n{named}")
    (folder / "flows/f.yaml").write_text(flow)
    (folder / "flows/f.test.yaml").write_text(f"calls:\n{calls}")
    built = pipeline.build(pipeline.Options(cwd=folder))
    assert not any(found.is_error for found in built.findings), built.findings
    assert all(not report.unverified and report.pairs for report in built.targets)
    verdict = play_scripts(pipeline.Options(cwd=folder))
    assert verdict.ok, [(r.call.name, r.failures) for r in verdict.results] + verdict.findings


def slugs(folder: Path, flow: str, host: str = "nginx") -> list[str]:
    (folder / "f.yaml").write_text(flow)
    options = pipeline.Options(cwd=folder, paths=(Path("f.yaml"),), targets=(host,))
    return [finding.rule.slug for finding in pipeline.check(options).findings]


@pytest.mark.parametrize(
    ("accept", "words"),
    [
        ("true", [ENGLISH]),
        ("A call from the shop.", ["A call from the shop."]),
        ("[{say: One.}, {say: Two.}]", ["One.", "Two."]),
        ("{prompt: Take it?, timeout: 3}", ["Take it?"]),
        ("{prompt: Take it?, attempts: 2}", ["Take it?"]),
    ],
)
def test_a_key_joins_and_silence_declines(tmp_path: Path, accept: str, words: list[str]) -> None:
    flow = f"states:\n  a:\n    - dial: {{number: +14155550100, accept: {accept}}}{FALLBACK}"
    said = ", ".join(f"{{say: {each}}}" for each in words)
    play(
        tmp_path,
        flow,
        f"""
  - name: taken
    dial: {{+14155550100: completed}}
    expect:
      events: [dial: [+14155550100], {{say: Goodbye.}}, hangup]
      called: {{+14155550100: [{said}, join]}}
  - name: declined
    dial: {{+14155550100: declined}}
    expect: [dial: [+14155550100], {{say: Nobody took your call.}}, hangup]
  - name: a mailbox takes it and says nothing that is a key
    dial: {{+14155550100: {{completed: [silence, silence]}}}}
    expect: {{hears: {{say: Nobody took your call.}}, never: {{say: Goodbye.}}}}
  - name: busy
    dial: {{+14155550100: busy}}
    expect: [dial: [+14155550100], {{say: Nobody took your call.}}, hangup]
""",
    )


def test_several_attempts_ask_again(tmp_path: Path) -> None:
    accept = "{prompt: Take it?, attempts: 3}"
    flow = f"states:\n  a:\n    - dial: {{number: +14155550100, accept: {accept}}}{FALLBACK}"
    play(
        tmp_path,
        flow,
        """
  - name: at the third
    dial: {+14155550100: {completed: [silence, silence, "5"]}}
    expect:
      events: [dial: [+14155550100], {say: Goodbye.}, hangup]
      called: {+14155550100: [{say: Take it?}, {say: Take it?}, {say: Take it?}, join]}
""",
    )


def test_a_hunt_goes_on_to_the_next_one(tmp_path: Path) -> None:
    flow = f"states:\n  a:\n    - hunt: {{number: [+14155550100, +14155550101], accept: true}}{FALLBACK}"
    play(
        tmp_path,
        flow,
        """
  - name: the second takes it
    dial: {+14155550100: declined, +14155550101: completed}
    expect: [dial: [+14155550100], dial: [+14155550101], {say: Goodbye.}, hangup]
  - name: nobody does
    dial: {+14155550100: declined, +14155550101: declined}
    expect: [dial: [+14155550100], dial: [+14155550101], {say: Nobody took your call.}, hangup]
""",
    )


def test_words_of_a_url_come_first_and_a_noun_is_stronger(tmp_path: Path) -> None:
    flow = f"""states:
  a:
    - hunt:
        accept: Take it?
        people:
          - number: {{phoneNumber: +14155550100, url: [{{say: A call from the shop.}}]}}
          - number: {{phoneNumber: +14155550101, accept: false}}
          - client: {{identity: ann, accept: Is it you?}}{FALLBACK}"""
    play(
        tmp_path,
        flow,
        """
  - name: the first
    dial: {+14155550100: completed}
    expect:
      events: [dial: [+14155550100], {say: Goodbye.}, hangup]
      called: {+14155550100: [{say: A call from the shop.}, {say: Take it?}, join]}
  - name: the last
    dial: {"client:ann": completed}
    expect:
      events: [dial: [+14155550100], dial: [+14155550101], dial: ["client:ann"], {say: Goodbye.}, hangup]
      called: {"client:ann": [{say: Is it you?}, join]}
""",
    )


def test_defaults_and_components_ask_too(tmp_path: Path) -> None:
    flow = """
defaults: {dial: {accept: Take it?}}
components:
  ring: {steps: [{dial: +14155550101, then: [return], fallback: [return: nobody]}], defaults: {dial: {accept: Is it for you?}}}
states:
  a:
    - dial: +14155550100
      fallback: b
    - goto: done
  b:
    - use: ring
      when: {nobody: message}
      then: done
  done: [{say: Goodbye.}, hangup]
  message: [{say: Nobody took your call.}, hangup]
"""
    play(
        tmp_path,
        flow,
        """
  - name: both
    dial: {+14155550100: declined, +14155550101: completed}
    expect:
      events: [dial: [+14155550100], dial: [+14155550101], {say: Goodbye.}, hangup]
      called: {+14155550101: [{say: Is it for you?}, join]}
""",
    )


def test_plain_files_ask_too_where_nothing_hangs_on_the_outcome(tmp_path: Path) -> None:
    flow = "steps:\n  - dial: {number: +14155550100, accept: true}\n  - say: Goodbye.\n  - hangup\n"
    calls = """
  - name: taken
    dial: {+14155550100: completed}
    expect: {events: [dial: [+14155550100], {say: Goodbye.}, hangup], called: {+14155550100: [{say: Press any key to accept this call.}, join]}}
"""
    play(tmp_path, flow, calls, {"plain": "{host: static}", "bucket": "{host: s3}", **TARGETS})


@pytest.mark.parametrize(
    ("step", "slug"),
    [
        ("dial: {conference: Team, accept: true}", "accept-cannot-ask"),
        (
            "dial: {number: {phoneNumber: +14155550100, url: 'https://a.example.com/x', accept: true}}",
            "accept-cannot-ask",
        ),
        ("dial: {number: [+14155550100, +14155550101], accept: true}", "accept-rung-together"),
        ("say: {message: Hello., accept: true}", "unknown-key"),
        ("dial: {number: +14155550100, accept: {prompt: Hi., timeout: x}}", "wrong-type"),
        ("dial: {number: +14155550100, accept: {prompt: Hi., tiemout: 3}}", "unknown-key"),
        (
            "dial: {number: +14155550100}\n    when: {declined: next}",
            "declined-without-url",
        ),
    ],
)
def test_mistakes_show(tmp_path: Path, step: str, slug: str) -> None:
    assert slug in slugs(tmp_path, f"steps:\n  - {step}\n  - say: Goodbye.\n  - hangup\n")


def test_another_language_needs_words_of_its_own(tmp_path: Path) -> None:
    flow = "defaults: {say: {language: de-DE}}\nsteps:\n  - dial: {number: +14155550100, accept: %s}\n  - say: Danke.\n"
    assert "english-words" in slugs(tmp_path, flow % "true")
    assert "english-words" not in slugs(tmp_path, flow % "Bitte eine Taste.")
