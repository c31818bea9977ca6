"""A video room that is waited for: what callers hear, on every host."""

from pathlib import Path

import pytest

from test_contract_accept import TARGETS, play, slugs

HOSTS = {"plain": "{host: static}", "bucket": "{host: s3}", **TARGETS}
CLOSED = "[{say: It stays closed.}, hangup]"


def test_it_knocks_again_and_then_gives_up(tmp_path: Path) -> None:
    flow = f"""
states:
  a:
    - join: {{room: Daily, attempts: 3, waiting: [{{say: Please wait.}}, {{pause: {{length: 4}}}}]}}
      then: done
      fallback: {CLOSED}
  done: [{{say: That was it.}}, hangup]
"""
    play(
        tmp_path,
        flow,
        """
  - name: open at once
    rooms: {Daily: open}
    expect: [connect: {room: Daily}, {say: That was it.}, hangup]
  - name: open at the third knock
    rooms: {Daily: [closed, closed, open]}
    expect:
      - connect: {room: Daily}
      - say: Please wait.
      - pause: 4
      - connect: {room: Daily}
      - say: Please wait.
      - pause: 4
      - connect: {room: Daily}
      - say: That was it.
      - hangup
  - name: never
    expect:
      - connect: {room: Daily}
      - say: Please wait.
      - pause: 4
      - connect: {room: Daily}
      - say: Please wait.
      - pause: 4
      - connect: {room: Daily}
      - say: It stays closed.
      - hangup
""",
        HOSTS,
    )


def test_one_attempt_waits_for_nothing(tmp_path: Path) -> None:
    flow = f"steps:\n  - join: Daily\n    then: hangup\n    fallback: {CLOSED}\n"
    calls = """
  - name: never
    expect: [connect: {room: Daily}, {say: It stays closed.}, hangup]
  - name: open
    rooms: {Daily: open}
    expect: [connect: {room: Daily}, hangup]
"""
    play(tmp_path, flow, calls, HOSTS)


def test_without_then_who_is_left_knocks_again(tmp_path: Path) -> None:
    flow = f"steps:\n  - join: {{room: Daily, attempts: 2}}\n    fallback: {CLOSED}\n"
    calls = """
  - name: the meeting ends, and the room stays closed
    rooms: {Daily: [open, closed]}
    expect: [connect: {room: Daily}, {pause: 10}, connect: {room: Daily}, {say: It stays closed.}, hangup]
"""
    play(tmp_path, flow, calls, HOSTS)
    assert "room-ends-into-fallback" in slugs(tmp_path, flow)
    public = tmp_path / "build/plain/public/f"
    assert "action=" not in "".join(path.read_text() for path in public.rglob("*.xml"))


def test_when_names_the_same_ways(tmp_path: Path) -> None:
    flow = f"""
steps:
  - join: {{room: "${{room}}", participantIdentity: Desk, attempts: 2, waiting: Please wait.}}
    when: {{ended: hangup, not-open: {CLOSED}}}
params: {{room: Daily}}
"""
    calls = """
  - name: never
    expect: [connect: {room: Daily}, {say: Please wait.}, connect: {room: Daily}, {say: It stays closed.}, hangup]
"""
    play(tmp_path, flow, calls, HOSTS)
    assert "fixed-identity" in slugs(tmp_path, flow)


@pytest.mark.parametrize(
    ("step", "slug"),
    [
        ("join: {attempts: 2}", "missing-key"),
        ("join: {room: Daily, attempts: 21}", "bad-value"),
        ("join: {room: Daily, attempts: 0}", "bad-value"),
        ("join: {room: Daily, waitng: Hi.}", "unknown-key"),
        ("join: {room: Daily, action: next}", "unknown-key"),
        ("join: Daily\n    when: {busy: next}", "unknown-outcome"),
    ],
)
def test_mistakes_show(tmp_path: Path, step: str, slug: str) -> None:
    assert slug in slugs(tmp_path, f"steps:\n  - {step}\n  - say: Goodbye.\n  - hangup\n")
