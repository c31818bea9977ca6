"""Pictures that go along with a message: all of them together must fit into it."""

import pytest

from compiled import make

MEGA = 1024 * 1024
PROJECT = "targets: {site: {host: static, url: https://voice.example.com}}\n"


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ([5 * MEGA], []),
        ([5 * MEGA + 1], ["media-too-big"]),
        ([3 * MEGA, 2 * MEGA], []),
        ([3 * MEGA, 3 * MEGA], ["media-too-big"]),
    ],
)
def test_weight(sizes: list[int], found: list[str]) -> None:
    pictures = {f"{n}.png": bytes(size) for n, size in enumerate(sizes)}
    flow = (
        f"kind: messaging\nsteps:\n  - message: {{body: Hello., media: [{', '.join(pictures)}]}}\n"
    )
    files = {"f.yaml": flow, "twimlc.yaml": PROJECT, **pictures}
    assert make(files=files, target="site").slugs == found


def test_two_messages_are_weighed_apart_and_addresses_not_at_all() -> None:
    flow = """\
        kind: messaging
        steps:
          - message: {body: Hello., media: a.png}
          - message: {body: Hello again., media: [b.png, "https://media.example.com/c.png"]}
    """
    files = {"a.png": bytes(4 * MEGA), "b.png": bytes(4 * MEGA), "twimlc.yaml": PROJECT}
    assert make(flow, files=files, target="site").slugs == []


def test_a_picture_needs_a_whole_address() -> None:
    flow = "kind: messaging\nsteps:\n  - message: {body: Hello., media: a.png}\n"
    assert make(flow, files={"a.png": b"PNG"}).slugs == ["media-needs-address"]
    made = make(flow, files={"a.png": b"PNG", "twimlc.yaml": PROJECT}, target="site")
    assert "<Media>https://voice.example.com/media/a." in made.xml()
