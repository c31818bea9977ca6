"""A project with every kind of decision, and the requests that its routers are asked."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from itertools import product

from folders import write_files
from twimlc import pipeline
from twimlc.hosts.answer import RouterHost
from twimlc.pipeline.asked import question_of
from twimlc.pipeline.manifests import decision_from_json

FLOWS = {
    "acme": """\
states:
  main:
    - menu:
        prompt: One for sales, star for support, hash for the desk.
        choices: {1: sales, "*": support, "#": [{say: Desk.}, {goto: other/}], 7: [{redirect: "https://a.example/x"}]}
        invalid: What?
      fallback: support
  sales:
    - dial: {number: {phoneNumber: +14155550100, url: whisper}}
      when: {declined: support, busy: [{say: Busy.}]}
      fallback: bye
  support:
    - enqueue: {name: help, waitUrl: hold}
      when: {queue-full: bye, redirected-from-bridged: sales}
    - goto: bye
  whisper:
    - menu: {prompt: Press 1 to take the call., choices: {1: [{say: Thanks.}]}, attempts: 2}
      fallback: hangup
  hold:
    - menu: {prompt: Nine to leave., choices: {9: [leave]}, attempts: 1}
      fallback: [{pause: {length: 10}}]
  bye:
    - say: Bye.
    - hangup
""",
    "other": """\
states:
  main:
    - menu: {prompt: Two., choices: {12: acme/sales, 34: acme/, "**": talk, "0#": refer}, finishOnKey: ""}
    - hangup
  talk:
    - connect: {conversationRelay: {url: "wss://a.example/c"}}
      when: {handoff: main, ended: refer}
    - connect: {virtualAgent: {connectorName: bot}}
      when: {live-agent-handoff: refer}
    - hangup
  refer:
    - refer: {sip: "sip:ann@example.com"}
      when: {accepted: hangup}
      fallback: talk
""",
}
PROJECT = """\
flows: flows
targets:
  bare: {host: HOST}
  deep: {host: HOST, url: "https://voice.example.com/call~flows/v1.2"}
  twin: {host: HOST, url: "https://voice.example.com/twin"}
"""


def project(folder, host, more=""):
    """The project on disk. ``host`` may go on with a router."""
    flows = {f"flows/{name}.yaml": text for name, text in FLOWS.items()}
    return write_files(folder, {"twimlc.yaml": PROJECT.replace("HOST", host) + more, **flows})


def built(folder, **options):
    result = pipeline.build(pipeline.Options(cwd=folder, **options))
    assert result.ok, [finding.message for finding in result.findings if finding.is_error]
    return result


def public(folder):
    """What a server serves of a target."""
    return folder / "public" if (folder / "public").is_dir() else folder


def router(folder):
    """What ought to be answered for the build in ``folder``."""
    manifest = json.loads((folder / "manifest.json").read_text())
    decisions = [decision_from_json(item) for item in manifest["decisions"]]
    files = {
        path.removeprefix("public/"): (folder / path).read_bytes() for path in manifest["documents"]
    }
    base = manifest["url"] or "https://voice.example.com"
    questions = [question_of(item) for item in manifest.get("questions", [])]
    return RouterHost(
        base, files, {q.path: q for q in questions}, decisions={d.path: d for d in decisions}
    )


NOISE = "CallSid=CA1&From=%2B14155550123&To=%2B1&xDigits=1&Digit=1&SpeechResult=a+b%26Digits%3D1"


def requests(host):
    """(path, query) of every decision: each value however it may be spelt, unknown ones, none."""
    for decision in host.decisions.values():
        known = [value for value, _ in (*decision.branches, *decision.marked)]
        values = dict.fromkeys([*known, "99", "completed!", "constructor", "__proto__", ""])
        marks = [None]
        if decision.mark is not None:
            marks = [None, "", "true", "false", '{"a": "&b=1"}']
        for value, mark in product(values, marks):
            for spelt in {value.replace("#", "%23"), value.replace("#", "%23").replace("*", "%2A")}:
                query = f"{decision.parameter}={spelt}"
                if mark is not None:
                    mark_spelt = (
                        mark.replace("&", "%26")
                        .replace("=", "%3D")
                        .replace('"', "%22")
                        .replace(" ", "%20")
                    )
                    mark_spelt = mark_spelt.replace("{", "%7B").replace("}", "%7D")
                    yield decision.path, f"{decision.mark.parameter}={mark_spelt}&{NOISE}&{query}"
                else:
                    yield decision.path, f"{NOISE}&{query}"
                    yield decision.path, f"{query}&{NOISE}"
        yield decision.path, ""
        yield decision.path, NOISE
        yield decision.path, decision.parameter


def wanted(host, path, query):
    answer = host.fetch(f"{host.url(path)}?{query}", "GET", {})
    assert answer.status == 200
    return answer.body


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def ask(port, path, method="GET", body=None):
    """(status, body) of a request to a server on this machine."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, method=method)
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read()


class Running:
    """A server in the foreground; it is stopped by its own process at the end."""

    def __init__(self, command, port, log, **options):
        self.log = log
        self.process = subprocess.Popen(
            command, stdout=log.open("wb"), stderr=subprocess.STDOUT, **options
        )
        self.port = port

    def __enter__(self):
        while True:  # it listens, or it ends
            assert self.process.poll() is None, self.log.read_text(errors="replace")
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
