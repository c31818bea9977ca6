"""Hosts as Twilio meets them: what a folder of a build answers, host by host, as it is at one moment."""

import json
import re
import shutil
import subprocess
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import chevron

from rebuilds.flows import MEDIA, URL

NODE = shutil.which("node")
BINS = "https://handler.twilio.com/twiml/"
VERSIONED = re.compile(r"(.*/|)v\.[0-9a-f]+/[^/]+")  # below FLOW/ or ROW/FLOW/


@dataclass(frozen=True)
class Answer:
    """``age``: how many builds ago it was written, where a later one leaves it as it was."""

    status: int
    body: bytes = b""
    age: int = 0


class Folder:
    """The files of a build, read at once: later builds into the same folder change nothing here."""

    def __init__(self, folder, base=URL):
        public = folder / "public"
        self.versioned = public.is_dir()
        root = public if self.versioned else folder
        self.base = base + "/"
        self.folder = folder
        self.files = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }
        self.manifest = json.loads((folder / "manifest.json").read_text())

    def entry(self, flow):
        return f"{self.base}{flow}/index.xml"

    def get(self, url, parameters):
        """Plain files: what is not there is 404."""
        asked = urlsplit(url)
        where = f"{asked.scheme}://{asked.netloc}{unquote(asked.path)}"
        if not where.startswith(self.base):
            return Answer(404)
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        return self.at(where[len(self.base) :], {**parameters, **query})

    def at(self, path, asked):
        body = self.files.get(path)
        return Answer(404) if body is None else Answer(200, body)


class Router(Folder):
    """A server with the tables that the manifest tells."""

    def __init__(self, folder):
        super().__init__(folder)
        self.decisions = decisions(self.manifest)

    def with_tables(self, other):
        """These files with the tables of another build."""
        mixed = copy(self)
        mixed.decisions = other.decisions
        return mixed

    def at(self, path, asked):
        if (decision := self.decisions.get(path)) is not None:
            path = chosen(decision, asked)
        gone = VERSIONED.fullmatch(path)
        if gone and path not in self.files:
            path = gone[1] + "changed.xml"
        return super().at(path, asked)


def decisions(value):
    """Every decision that stands in a manifest, wherever, by its address below what is served."""
    if isinstance(value, list):
        return {path: d for item in value for path, d in decisions(item).items()}
    if not isinstance(value, dict):
        return {}
    if {"path", "parameter", "branches", "default"} <= value.keys():
        return {value["path"].removeprefix("public/"): value}
    return decisions(list(value.values()))


def chosen(decision, asked):
    """The document that a decision gives."""
    value = asked.get(decision["parameter"], "")
    mark = decision.get("mark")
    path = None
    told = asked.get(mark["parameter"]) if mark else None
    if told and mark["value"] in (None, told):
        path = decision["marked"].get(value)
    return (path or decision["branches"].get(value, decision["default"])).removeprefix("public/")


class CloudFront(Folder):
    """The router's own function runs in node, before plain files."""

    def __init__(self, folder):
        super().__init__(folder)
        function, stored = folder / "router.js", folder / "router.kvs.json"
        self.script = (function.read_text(), stored.read_text() if stored.exists() else "")

    def with_tables(self, other):
        mixed = copy(self)
        mixed.script = other.script
        return mixed

    def at(self, path, asked):
        answer = node().ask(self.script, "/ivr/" + path, asked)
        if "statusCode" in answer:
            body = answer.get("body", "")
            text = body if isinstance(body, str) else body["data"]
            return Answer(answer["statusCode"], text.encode())
        uri = unquote(answer["uri"])
        return super().at(uri.removeprefix("/ivr/"), asked)


HARNESS = """
import { createInterface } from "node:readline";
const known = new Map();
function handler(id, source, stored) {
  if (!known.has(id)) {
    const rows = new Map((stored ? JSON.parse(stored).data : []).map((row) => [row.key, row.value]));
    const get = async (key) => { if (!rows.has(key)) throw new Error("KeyNotFound"); return rows.get(key); };
    const text = source.replace(/^import cf .*$/m, "") + "\\nreturn handler;";
    known.set(id, new Function("cf", text)({ kvs: () => ({ get }) }));
  }
  return known.get(id);
}
for await (const line of createInterface({ input: process.stdin })) {
  const { id, source, stored, event } = JSON.parse(line);
  console.log(JSON.stringify(await handler(id, source, stored)(event)));
}
"""


class Node:
    """One process of node that runs functions of CloudFront, each read once."""

    def __init__(self):
        self.process = subprocess.Popen(
            [NODE, "--input-type=module", "-e", HARNESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.known = {}

    def ask(self, script, uri, asked):
        fields = {k: {"value": quote(v, safe="*")} for k, v in asked.items()}
        request = {"method": "GET", "uri": uri, "querystring": fields, "headers": {}, "cookies": {}}
        event = {
            "version": "1.0",
            "context": {"eventType": "viewer-request"},
            "viewer": {"ip": "198.51.100.7"},
            "request": request,
        }
        told = {"event": event}
        if script not in self.known:
            self.known[script] = len(self.known)
            told |= {"source": script[0], "stored": script[1]}
        told["id"] = self.known[script]
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@lru_cache(1)
def node():
    return Node()


@lru_cache(20_000)
def rendered(text, asked):
    """A Bin's text for parameters, by a real engine of Mustache."""
    return chevron.render(text, dict(asked)).encode()


class Hop(Folder):
    """Plain files, and the one Bin that leads from a value to a file."""

    def __init__(self, folder):
        super().__init__(folder)
        self.hop = (folder / "hop.xml").read_text()

    def get(self, url, parameters):
        if not url.startswith(BINS):
            return super().get(url, parameters)
        query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        return Answer(200, rendered(self.hop, tuple(sorted({**parameters, **query}.items()))))


class Bins(Folder):
    """A Bin for each flow. One whose flow is gone keeps the text that was pasted, ``before``'s."""

    def __init__(self, folder, before=None):
        super().__init__(folder, MEDIA)
        kept = before.texts.items() if before else ()
        self.texts = {flow: (text, age + 1) for flow, (text, age) in kept}
        self.texts |= {path.stem: (path.read_text(), 0) for path in folder.glob("*.xml")}

    def entry(self, flow):
        return BINS + flow

    def get(self, url, parameters):
        if not url.startswith(BINS):
            # Sounds go to ``media:``, whose folder is that of media/ in the build.
            inside = url.replace(self.base, f"{self.base}media/", 1)
            found = super().get(inside, parameters)
            return found if found.status == 200 else super().get(url, parameters)
        asked = urlsplit(url)
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        text, age = self.texts[asked.path.rpartition("/")[2]]
        return Answer(200, rendered(text, tuple(sorted({**parameters, **query}.items()))), age)


KINDS = {
    "static": Folder,
    "nginx": Router,
    "caddy": Router,
    "apache": Router,
    "cloudfront": CloudFront,
    "hop": Hop,
    "twiml-bin": Bins,
}
