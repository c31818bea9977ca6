"""A directory of five hundred extensions: on each host that decides it stays within the limits."""

import json

import pytest

from routed import ask, router
from test_hosts_cloudfront import event, needs_node, run
from test_hosts_servers import APACHE, CADDY, NGINX, apache, caddy, folder, needs, nginx
from twimlc import pipeline

pytestmark = pytest.mark.slow

__all__ = ["folder"]  # a fixture

PEOPLE = 500

FLOW = """\
flow: directory
states:
  greeting:
    - menu:
        prompt: Please dial the four digits of an extension.
        numDigits: 4
        choices:
CHOICES
        invalid: There is no such extension.
      fallback: goodbye
  goodbye:
    - say: Goodbye.
    - hangup
components:
  extension:
    params: {name: , number: }
    steps:
      - say: We connect you with ${name}.
      - dial: {number: "${number}", timeout: 20}
        fallback:
          - voicemail:
              say: There is no answer at the phone of ${name}. Please leave a message after the tone.
              record: {maxLength: 120}
              goodbye: Thank you.
"""
LINE = (
    '          {key}: [{{use: extension, with: {{name: Person {key}, number: "+1415555{key}"}}}}]'
)


def written(folder):
    choices = "\n".join(LINE.format(key=1000 + 7 * number) for number in range(PEOPLE))
    (folder / "flows").mkdir()
    (folder / "flows" / "directory.yaml").write_text(FLOW.replace("CHOICES", choices))
    (folder / "twimlc.yaml").write_text(
        "targets:\n"
        + "".join(
            f"  {host}: {{host: {host}}}\n" for host in ("nginx", "caddy", "apache", "vercel")
        )
        + "  cloudfront: {host: s3, router: cloudfront}\n"
    )


def build(folder, target):
    written(folder)
    result = pipeline.build(pipeline.Options(cwd=folder, targets=(target,)))
    assert [found.message for found in result.findings] == []
    (report,) = result.targets
    assert report.built
    assert not report.unverified
    assert report.largest[1] < 2048  # no document grows with the number of people
    assert PEOPLE < report.documents < 4 * PEOPLE
    return folder / "build" / target


def answered(port, root):
    """Extensions at both ends and in the middle, and one that nobody has."""
    host = router(root)
    menu = next(path for path, made in host.decisions.items() if made.parameter == "Digits")
    for key in ("1000", "1007", "2750", "4493", "4494", ""):
        status, body = ask(port, f"/{menu}?CallSid=CA1&Digits={key}")
        known = key not in ("4494", "")
        assert status == 200
        assert (f"Person {key}.".encode() in body) is known
        assert (b"no such extension" in body) is not known


@needs(NGINX, "nginx")
def test_nginx(folder):
    root = build(folder, "nginx")
    with nginx(folder, folder / "build", ["nginx"], f"root {root}/public;") as server:
        answered(server.port, root)


@needs(CADDY, "caddy")
def test_caddy(folder):
    root = build(folder, "caddy")
    with caddy(folder, folder / "build", ["caddy"], f"\troot * {root}/public") as server:
        answered(server.port, root)


@needs(APACHE, "apache2")
def test_apache(folder):
    root = build(folder, "apache")
    with apache(folder, folder / "build", ["apache"], f"DocumentRoot {root}/public") as server:
        answered(server.port, root)


@needs_node
def test_cloudfront(folder):
    root = build(folder, "cloudfront")
    assert len((root / "router.js").read_bytes()) <= 10 * 1024
    store = (root / "router.kvs.json").read_bytes()
    assert len(store) < 5 * 1024 * 1024
    for item in json.loads(store)["data"]:
        assert len(item["key"]) <= 512
        assert len(item["key"]) + len(item["value"]) <= 1024
    host = router(root)
    menu = next(path for path, made in host.decisions.items() if made.parameter == "Digits")
    asked = [event(f"/{menu}", f"Digits={key}") for key in ("1000", "4493", "4494")]
    found = [host.files[answer["uri"].removeprefix("/")] for answer in run(root, asked)]
    assert b"Person 1000." in found[0]
    assert b"Person 4493." in found[1]
    assert b"no such extension" in found[2]
