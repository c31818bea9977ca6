"""The fragments read as their servers' manuals say, for machines that have none of the servers.

Each reader here knows just the directives that are written, and refuses any other line.
"""

import json
import re
from urllib.parse import parse_qs

import pytest
from jsonschema import Draft7Validator

from routed import built, project, requests, router, wanted
from twimlc.formats.validator import schema_text
from twimlc.hosts import every_host
from twimlc.hosts.files import render_host_files
from twimlc.lower.host import HostFile
from twimlc.lower.plan import Decision, FlowPlace

MANIFEST_SCHEMA = json.loads(schema_text("manifest"))

PREFIXES = {"bare": "/", "deep": "/call~flows/v1.2/"}


def raw(query, name):
    """A parameter as nginx and Apache see it: the first, undecoded."""
    for part in query.split("&"):
        found, _, value = part.partition("=")
        if found == name:
            return value
    return ""


def looked_up(entries, value):
    """What an nginx map gives: exact keys first, whatever their case, then expressions in order."""
    for key, to in entries:
        if key.lower() == value.lower() and key != "default":
            return to
    for key, to in entries:
        if key.startswith("~") and re.search(key[1:], value):
            return to
    return dict(entries)["default"]


class Nginx:
    def __init__(self, folder):
        self.maps, self.locations = {}, {}
        http = re.sub(
            r"^\s*#.*\n", "", (folder / "nginx-http.conf").read_text(), flags=re.MULTILINE
        )
        for source, name, body in re.findall(
            r'map ("[^"]*"|\S+) (\$\w+) \{\n(.*?)\n\}\n', http, re.DOTALL
        ):
            if name.endswith("_cache"):
                continue
            lines = [
                re.fullmatch(r'\s*("[^"]*"|default) ("[^"]*"|\$\w+);', line)
                for line in body.split("\n")
            ]
            assert all(lines), body
            entries = [(line[1].strip('"'), line[2].strip('"')) for line in lines]
            keys = [key.lower() for key, _ in entries]
            assert len(keys) == len(set(keys)), "nginx refuses a key that comes twice"
            assert all(len(key) <= 46 for key in keys if not key.startswith("~")), (
                "too long for a bucket"
            )
            assert name not in self.maps
            self.maps[name] = (source.strip('"'), entries)
        server = re.sub(
            r"^\s*#.*\n", "", (folder / "nginx-server.conf").read_text(), flags=re.MULTILINE
        )
        for path, body in re.findall(r'location = "([^"]*)" \{\n(.*?)\n\}\n', server, re.DOTALL):
            assert "return 405;" in body
            values = dict(re.findall(r'set (\$\w+) "([^"]*)";', body))
            self.locations[path] = (values, re.search(r"rewrite \^ (\$\w+) last;", body)[1])

    def answer(self, path, query):
        values, target = self.locations[path]
        return self.value(target, values, query)

    def value(self, name, values, query):
        if name in values:
            return values[name]
        if name.startswith("$arg_"):
            return raw(query, name[5:])
        source, entries = self.maps[name]
        text = re.sub(r"\$\{?(\w+)\}?", lambda m: self.value(f"${m[1]}", values, query), source)
        found = looked_up(entries, text)
        return self.value(found, values, query) if found.startswith("$") else found


class Caddy:
    def __init__(self, folder):
        text = (folder / "Caddyfile").read_text()
        self.routes = {}
        for path, source, body in re.findall(
            r'path_regexp "\^([^"]*)\$"\n\t\troute @\w+ \{\n\t\t\trespond @\w+ 405\n\t\t\tmap (\S+) \{\w+\} \{\n(.*?)\n\t\t\t\}\n',
            text,
            re.DOTALL,
        ):
            lines = [
                re.fullmatch(r'\t\t\t\t("[^"]*"|default) "([^"]*)"', line)
                for line in body.split("\n")
            ]
            assert all(lines), body
            self.routes[path.replace("\\", "")] = (
                source.strip('"'),
                [(line[1].strip('"'), line[2]) for line in lines],
            )

    def answer(self, path, query):
        source, entries = self.routes[path]
        values = parse_qs(query, keep_blank_values=True)
        text = re.sub(r"\{query\.(\w+)\}", lambda m: ",".join(values.get(m[1], [])), source)
        for key, to in entries:
            if (
                key == "default"
                or text == key
                or (key.startswith("~") and re.search(key[1:], text))
            ):
                return to
        raise AssertionError(text)


class Apache:
    """The rules that rewrite; those of headers and of a version that is gone need the server."""

    def __init__(self, folder):
        self.rules = []
        conditions = []
        for line in (folder / "apache.conf").read_text().splitlines():
            if not line or line.startswith(("#", "Header ")) or line == "RewriteEngine On":
                continue
            name, *rest = line.split(" ")
            assert len(rest) in (2, 3), line
            if name == "RewriteCond":
                conditions.append(rest)
                continue
            assert name == "RewriteRule", line
            self.rules.append((conditions, *rest))
            conditions = []

    def answer(self, path, query, method="GET"):
        given = {
            "%{QUERY_STRING}": query,
            "%{REQUEST_METHOD}": method,
            "%{IS_SUBREQ}": "false",
            "%{LA-U:REQUEST_FILENAME}": "there",
        }
        skip, groups = 0, []
        for conditions, pattern, to, *flags in self.rules:
            if skip:
                skip -= 1
                continue
            found = re.search(pattern.removeprefix("!"), path)
            if bool(found) == pattern.startswith("!"):
                continue
            for source, wish in conditions:
                text = given.get(source, "")
                bare = wish.removeprefix("!")
                if bare == "-f":
                    holds = text == "there"
                elif bare.startswith("="):
                    holds = text == bare[1:]
                else:
                    match = re.search(bare, text)
                    holds, groups = bool(match), list(match.groups()) if match else groups
                if holds == wish.startswith("!"):
                    break
            else:
                for flag in flags[0][1:-1].split(",") if flags else ():
                    if flag.startswith("S="):
                        skip = int(flag[2:])
                    elif flag == "R=405":
                        return 405
                    elif flag.startswith("E=") and not flag.startswith("E=!"):
                        key, _, value = flag[2:].partition(":")
                        given[f"%{{ENV:{key}}}"] = value if value != "%1" else groups[0]
                    elif flag == "PT":
                        return path
                if to != "-":
                    path = to.strip('"')
        return path


@pytest.mark.parametrize("target", ["bare", "deep"])
@pytest.mark.parametrize(
    ("host", "reader"), [("nginx", Nginx), ("caddy", Caddy), ("apache", Apache)]
)
def test_every_value_leads_where_the_decision_says(tmp_path, host, reader, target):
    built(project(tmp_path, host), targets=(target,))
    folder, base = tmp_path / "build" / target, PREFIXES[target]
    expected, read = router(folder), reader(folder)
    asked = list(requests(expected))
    assert len(asked) > 100
    for path, query in asked:
        inside = "/" if reader is Caddy else base  # where handle_path has taken the rest away
        answer = read.answer(inside + path, query)
        assert expected.files[answer.removeprefix(inside)] == wanted(expected, path, query), (
            path,
            query,
            answer,
        )
    if reader is Apache:
        menu = base + next(path for path in expected.decisions if path.endswith("/main.0.decide"))
        assert read.answer(menu, "Digits=1", "POST") == 405
        assert read.answer(f"{base}acme/index.xml", "Digits=1", "POST") == f"{base}acme/index.xml"
        assert (
            read.answer(f"{base}acme/nothing.0.decide", "Digits=1")
            == f"{base}acme/nothing.0.decide"
        )


def test_long_values_need_no_bucket():
    keys = "1234567890" * 6
    decision = Decision(
        "Digits",
        ((keys, "a/c.xml"), ("*" * 20, "a/d.xml")),
        "a/e.xml",
        path="a/b.0.decide",
        flow="a",
    )
    files = (HostFile("nginx-http.conf", "nginx/nginx-http.conf.j2", "text/plain"),)
    ((_, data),) = render_host_files(files, "t", None, [decision])
    assert f'"~^1&{keys}$"' in data.decode()
    assert f'"~^1&{"%2A" * 20}$"' in data.decode()
    assert f'"1&{"*" * 20}"' in data.decode()


@pytest.mark.parametrize("bad", ['1"; }', "1 2", "$x", "{y}", "1\n", "1\\", "ü"])
def test_what_could_be_configuration_is_refused(bad):
    decision = Decision("Digits", ((bad, "a/c.xml"),), "a/e.xml", path="a/b.0.decide", flow="a")
    for template in ("nginx/nginx-http.conf.j2", "caddy/Caddyfile.j2", "apache/apache.conf.j2"):
        with pytest.raises(ValueError, match="cannot be used in a configuration"):
            render_host_files((HostFile("x", template, "text/plain"),), "t", None, [decision])


@pytest.mark.parametrize("bad", ["a b/", 'a"/', "a\n/", "$x/", "`x`/", "../{a}/", "ü/"])
def test_a_place_that_could_be_configuration_is_refused(bad):
    version = "v.3f9c1a7e04b2"
    places = ([FlowPlace(bad, (version,))], [FlowPlace("a/", (bad,))])
    paths = Decision(
        "Digits", (("1", f"{bad}c.xml"),), f"{bad}d.xml", path=f"{bad}b.decide", flow="a"
    )
    for host in (host for name, host in every_host().items() if "twiml-bin" not in name):
        for flows, decisions in [(places[0], ()), (places[1], ()), ((), [paths])]:
            if host.files:
                with pytest.raises(ValueError, match="cannot be used in a configuration"):
                    render_host_files(host.files, "t", None, decisions, flows=flows)


def test_names_of_two_targets_differ(tmp_path):
    built(project(tmp_path, "nginx"))
    names = [
        set(
            re.findall(
                r"twimlc_[0-9a-f]{8}",
                (tmp_path / "build" / target / "nginx-server.conf").read_text(),
            )
        )
        for target in ("bare", "deep", "twin")
    ]
    assert [len(found) for found in names] == [1, 1, 1]
    assert len(set().union(*names)) == 3


def test_a_build_of_one_flow_keeps_the_decisions_of_others(tmp_path):
    folder = project(tmp_path, "nginx")
    built(folder, targets=("deep",))
    out = tmp_path / "build" / "deep"
    whole = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    decided = {decision["path"] for decision in manifest_of(out)["decisions"]}
    built(folder, targets=("deep",), paths=(folder / "flows" / "acme.yaml",))
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == whole

    acme = folder / "flows" / "acme.yaml"
    acme.write_text(acme.read_text().replace("9: [leave]", "8: [leave]"))
    built(folder, targets=("deep",), paths=(acme,))
    server = (out / "nginx-server.conf").read_text()
    for path in decided:
        assert f'{path.removeprefix("public/")}"' in server, "also those of the version before"
    others = {path for path in whole if "other" in path.parts}
    assert len(others) > 2
    assert {path: path.read_bytes() for path in others} == {path: whole[path] for path in others}
    assert others == {path for path in (out / "public" / "other").rglob("*") if path.is_file()}


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_the_manifest_of_a_stranger_is_not_believed(tmp_path):
    folder = project(tmp_path, "caddy")
    built(folder, targets=("bare",))
    place = tmp_path / "build" / "bare" / "manifest.json"
    text = place.read_text()
    before = (place.parent / "Caddyfile").read_bytes()
    for bad in (
        '"12": "public/other/../../etc.xml"',
        r'"12 }": "public/other/\1/main.3.xml"',
        '"12": "public/other/index.xml"',
        r'"12": "public/acme/\1/main.3.xml"',
        r'"12": "other/\1/main.3.xml"',
    ):
        place.write_text(re.sub(r'"12": "public/other/([^/"]*)/[^"]*"', bad, text, count=1))
        assert place.read_text() != text
        result = pipeline_build(folder)
        assert [f.rule.slug for f in result.findings if f.is_error] == ["foreign-manifest"], bad
        assert (place.parent / "Caddyfile").read_bytes() == before


def pipeline_build(folder):
    from twimlc import pipeline

    return pipeline.build(
        pipeline.Options(cwd=folder, targets=("bare",), paths=(folder / "flows" / "acme.yaml",))
    )


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("nginx", {"nginx-http.conf", "nginx-server.conf"}),
        ("caddy", {"Caddyfile"}),
        ("apache", {"apache.conf"}),
    ],
)
def test_a_host_can_be_named_without_a_target(tmp_path, host, names):
    folder = project(tmp_path, "static")
    (folder / "twimlc.yaml").unlink()
    (folder / "twimlc.yaml").write_text("flows: flows\n")
    built(folder, targets=(host,))
    out = tmp_path / "build" / host
    assert {path.name for path in out.iterdir() if path.is_file()} == {*names, "manifest.json"}
    manifest = json.loads((out / "manifest.json").read_text())
    assert names < manifest["documents"].keys()
    assert manifest["decisions"]
    assert list(Draft7Validator(MANIFEST_SCHEMA).iter_errors(manifest)) == []
    assert all(
        d["path"].endswith(".decide") and not (out / d["path"]).exists()
        for d in manifest["decisions"]
    )
