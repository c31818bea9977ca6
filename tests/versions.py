"""A build with versions, laid out by hand, and real servers set up with the lines that it shows."""

import http.client
import json
from contextlib import contextmanager
from typing import NamedTuple

from folders import write_files
from test_hosts_servers import apache, caddy, nginx
from twimlc.hosts import find_host
from twimlc.hosts.answer import RouterHost
from twimlc.hosts.files import render_host_files
from twimlc.lower.host import base_path
from twimlc.lower.names import cache_of
from twimlc.lower.plan import Decision, FlowPlace, Mark

NOW, KEPT, OTHER, ROW, LAST, GONE = (
    f"v.{digits}"
    for digits in (
        "3f9c1a7e04b2",
        "81d0c2aa4410",
        "0123456789ab",
        "abcdef012345",
        "ffffffffffff",
        "000000000000",
    )
)
FLOWS = (
    FlowPlace("front-desk/", (NOW, KEPT)),
    FlowPlace("plain/", ()),
    FlowPlace("straight/", (OTHER,)),  # a version, and no decision
    FlowPlace("oslo/desk/", (ROW,)),
    FlowPlace("renamed/", (LAST,)),  # its entry is gone, its last version is kept
)
SECRETS = {
    "manifest.json": b'{"secret": "flows/front-desk.yaml"}',
    "plan.json": b'{"secret": "calendar"}',
    "README.old": b"secret",
}
SERVERS = ("nginx", "caddy", "apache")


def decisions_in(folder, flow):
    def of(name, parameter, branches, default="rest", mark=None, marked=()):
        rows, more = (
            tuple((value, f"{folder}{to}.xml") for value, to in dict(given).items())
            for given in (branches, marked)
        )
        path, last = f"{folder}{name}.decide", f"{folder}{default}.xml"
        return Decision(parameter, rows, last, mark, more, path=path, flow=flow)

    yield of("pin.1", "Digits", {"1234": "ann", "2345": "bob", "12": "short"})
    yield of("menu.1", "Digits", {"1": "ann", "*": "star", "#": "hash", "0#": "bob", "**": "both"})
    yield of(
        "dial.1",
        "DialCallStatus",
        {"completed": "ann", "busy": "bob"},
        mark=Mark("DialBridged", "false"),
        marked={"completed": "declined"},
    )
    yield of(
        "relay.1", "SessionStatus", {"ended": "ann"}, "bob", Mark("HandoffData"), {"ended": "over"}
    )


class Laid(NamedTuple):
    """``folder`` is the target's; ``host`` answers as its server ought to."""

    folder: object
    base: str
    host: RouterHost

    @property
    def public(self):
        return self.folder / "public"


def page(path):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Say>{path}</Say></Response>\n'.encode()
    )


def lay(
    folder,
    host,
    base="/",
    target="site",
    flows=FLOWS,
    more=(),
    router=None,
    questions=(),
    calendars=(),
):
    """The target written below ``folder``, for a url with the path ``base``."""
    url = f"https://voice.example.com{base}".rstrip("/")
    decisions = [
        decision
        for flow in flows
        for version in flow.versions
        if version not in (OTHER, ROW, LAST)
        for decision in decisions_in(f"{flow.path}{version}/", flow.path.strip("/"))
    ] + list(more)
    files = {f"{flow.path}changed.xml": page(f"sorry {flow.path}") for flow in flows}
    files |= {f"{f.path}index.xml": page(f.path) for f in flows if LAST not in f.versions}
    files |= {
        path: page(path)
        for flow in flows
        for version in flow.versions
        for path in (f"{flow.path}{version}/index.xml", f"{flow.path}{version}/more.xml")
    }
    for decision in decisions:
        rows = (*decision.branches, *decision.marked, ("", decision.default))
        files |= {path: page(path) for _, path in rows}
    files |= {path: page(path) for question in questions for path in question.targets()}
    files["media/welcome.5d2e0a11.mp3"] = b"ID3" + bytes(range(256))
    out = folder / "build" / target
    rendered = render_host_files(
        find_host(host, router).files,
        *(target, url, decisions),
        flows=flows,
        questions=questions,
        calendars=dict(calendars),
    )
    texts = {file.path: data for file, data in rendered}
    write_files(out, {**{f"public/{p}": d for p, d in files.items()}, **SECRETS, **texts})
    found = {decision.path: decision for decision in decisions}
    return Laid(out, base_path(url), RouterHost(url, files, decisions=found))


def documented(laid, name):
    """The server's own lines, as the head of a fragment shows them, for where the folder is."""
    text = (laid.folder / name).read_text()
    lines = [line[6:] for line in text.splitlines() if line.startswith("#     ")]
    assert lines, text
    return "\n".join(lines).replace(f"/srv/{laid.folder.name}/", f"{laid.folder}/")


@contextmanager
def serving(name, folder, *places, more="", **options):
    """A real server with these targets, and lines of its own."""
    build, targets = folder / "build", [place.folder.name for place in places]
    if name == "nginx":
        lines = "\n".join(documented(place, "nginx-server.conf") for place in places)
        running = nginx(folder, build, targets, more + lines, **options)
    elif name == "caddy":
        lines = "\n".join(documented(place, "Caddyfile") for place in places)
        running = caddy(folder, build, [], more + lines)
    else:
        lines = "\n".join(documented(place, "apache.conf") for place in places)
        running = apache(folder, build, targets, more + lines, **options)
    with running as server:
        yield server.port


class Answer(NamedTuple):
    status: int
    cache: str | None
    body: bytes
    headers: object


def ask(port, address, method="GET"):
    """One request, with its address exactly as it is given."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.putrequest(method, address, skip_accept_encoding=True)
        if method == "POST":
            connection.putheader("Content-Length", "0")
        connection.endheaders()
        answer = connection.getresponse()
        caches = answer.headers.get_all("Cache-Control") or [None]
        assert len(caches) == 1, caches
        return Answer(answer.status, caches[0], answer.read(), answer.headers)
    finally:
        connection.close()


def classes(laid):
    """Every file of the target with what caches may do, as an object of a bucket says it."""
    decided = {
        path
        for decision in laid.host.decisions.values()
        for _, path in (*decision.branches, *decision.marked, ("", decision.default))
    }
    return {path: cache_of(path, decided) for path in laid.host.files}


def stored(folder):
    return json.loads((folder / "router.kvs.json").read_text())["data"]
