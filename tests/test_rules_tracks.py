"""Copies of the call's sound: four tracks at once, on every way through a flow."""

import pytest

from compiled import slugs

STREAM = "- start: {stream: {%s, url: 'wss://stream.example.com/%s'}}\n"
END = "- dial: +14155550100\n- hangup\n"


NAMES = {"name-taken", "stop-without-start"}  # what names are right is told by rules of their own


def streams(*names: str, track: str = "inbound_track") -> str:
    return "".join(STREAM % (f"name: {name}, track: {track}", name) for name in names)


@pytest.mark.parametrize(
    ("steps", "right"),
    [
        (streams("a", "b", "c", "d"), True),
        (streams("a", "b", "c", "d", "e"), False),
        (streams("a", "b", track="both_tracks"), True),
        (streams("a", "b", track="both_tracks") + streams("c"), False),
        (streams("a", "b", "c", "d") + "- stop: {stream: {name: a}}\n" + streams("e"), True),
        (streams("a", "b", "c", "d") + "- stop: {stream: {name: x}}\n" + streams("e"), False),
        ("- start: {siprec: {name: s}}\n" + streams("a", "b"), True),
        ("- start: {siprec: {name: s}}\n" + streams("a", "b", "c"), False),
        ("- start: {siprec: {name: s, track: outbound_track}}\n" + streams("a", "b", "c"), True),
        (streams("a", "a", "a", "a", "a"), True),  # the same stream, which is there already
    ],
)
def test_tracks(steps: str, right: bool) -> None:
    found = [slug for slug in slugs(steps + END) if slug not in NAMES]
    assert found == ([] if right else ["too-many-tracks"])


def test_ways_that_part_do_not_add_up() -> None:
    flow = """\
        states:
          top:
            - menu:
                prompt: Press 1 or 2.
                choices: {"1": one, "2": two}
              fallback: two
          one:
            - start: {siprec: {name: s}}
            - start: {siprec: {name: t}}
            - goto: end
          two:
            - start: {siprec: {name: u}}
            - goto: end
          end:
            - dial: +14155550100
            - hangup
    """
    assert slugs(flow, target="nginx") == []
    more = flow.replace(
        "          end:\n", "          end:\n            - start: {siprec: {name: v}}\n"
    )
    assert slugs(more, target="nginx") == ["too-many-tracks"]


def test_a_circle_does_not_add_up_to_ever_more() -> None:
    flow = """\
        states:
          top:
            - start: {stream: {name: a, url: "wss://stream.example.com/a", track: both_tracks}}
            - gather: {numDigits: 1, prompt: Press any key to hear this again.}
              then: top
            - hangup
    """
    assert slugs(flow) == []
