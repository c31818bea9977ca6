"""What hosts are said to do, against what builds for them do; and that a host is one record."""

import json
import re
from pathlib import Path

import pytest

from construct_examples import EXAMPLES
from generate import construct_table
from routed import built, project, requests, router, wanted
from twimlc import pipeline
from twimlc.formats import project_file
from twimlc.hosts import every_host, find_host
from twimlc.hosts.constructs import CONSTRUCTS
from twimlc.lower.names import CACHE_CONTROL
from versions import FLOWS, GONE, lay

ROOT = Path(__file__).parents[1]
BIN = "EH00000000000000000000000000000001"
REFUSED = {
    "key-not-in-name",
    "values-without-end",
    "decision-needs-host",
    "call-value-needs-templates",
    "pay-needs-post",
}


@pytest.mark.parametrize("name", every_host())
def test_every_cell_of_the_table_is_what_a_build_does(tmp_path, name):
    host, _, with_router = name.partition(" + ")
    line = f"{{host: {host}{', router: ' + with_router if with_router else ''}, url: 'https://voice.example.com/ivr'}}"
    if with_router == "twiml-bin":
        line = line.replace("}", f", bin: {BIN}}}")
    row = dict(zip(construct_table()[0], range(99), strict=False))
    for number, construct in enumerate(CONSTRUCTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "example.yaml").write_text(EXAMPLES[construct.name])
        (folder / "twimlc.yaml").write_text(f"flows: .\ntargets:\n  it: {line}\n")
        result = pipeline.build(pipeline.Options(cwd=folder))
        slugs = {finding.rule.slug for finding in result.findings if finding.is_error}
        assert slugs <= REFUSED, construct.name
        assert result.ok == construct.works_on(every_host()[name]), (construct.name, slugs)
        assert result.targets[0].built == result.ok
        assert construct_table()[number + 1][row[name]].startswith("yes" if result.ok else "no")


def test_a_refusal_names_the_step_and_hosts_that_can(tmp_path):
    for number, construct in enumerate(CONSTRUCTS):
        if not ({"decisions", "templates"}.intersection(construct.needs)):
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "example.yaml").write_text(EXAMPLES[construct.name])
        (folder / "twimlc.yaml").write_text("flows: .\ntargets: {it: {host: static}}\n")
        found = [f for f in pipeline.check(pipeline.Options(cwd=folder)).findings if f.is_error]
        assert len(found) == 1, construct.name
        assert "twiml-bin" in (found[0].hint or "")
        assert found[0].span.file.path == "example.yaml"


def test_a_host_is_one_folder():
    """Nothing else knows a host; vercel came last and touched nothing else."""
    sources = [
        path for path in (ROOT / "compiler" / "twimlc").rglob("*") if path.suffix in (".py", ".j2")
    ]
    named = {
        path.relative_to(ROOT / "compiler" / "twimlc").as_posix()
        for path in sources
        if re.search("vercel", path.read_text(), re.IGNORECASE)
    }
    assert named == {"hosts/vercel/__init__.py"}


def test_the_names_of_records_are_the_names_of_targets():
    assert all(find_host(name).name == name for name in project_file.HOSTS)
    folders = {path.parent.name for path in (ROOT / "compiler/twimlc/hosts").glob("router_*/*.py")}
    assert folders == {f"router_{name.replace('-', '_')}" for name in project_file.ROUTERS}
    assert find_host("nowhere") is find_host("s3", "nowhere") is None


def source(text):
    """What path-to-regexp makes of the sources that are written here."""
    parts = re.split(r"(:\w+|\(.*\))", text)
    return "".join(
        re.escape(part) if n % 2 == 0 else part if part[0] == "(" else f"(?P<{part[1:]}>[^/]+)"
        for n, part in enumerate(parts)
    )


def rewritten(rules, path, query):
    """What the rewrites of vercel.json make of a request; values are decoded there."""
    from urllib.parse import parse_qs

    values = parse_qs(query, keep_blank_values=True)
    for rule in rules:
        tests = rule.get("has", [])
        assert all(test["type"] == "query" for test in tests)
        at = re.fullmatch(source(rule["source"]), path)
        if at and all(
            test["key"] in values and re.search(test["value"], values[test["key"]][0])
            for test in tests
        ):
            return at.expand(re.sub(r":(\w+)", r"\\g<\1>", rule["destination"]))
    return path


@pytest.mark.parametrize(("target", "base"), [("bare", "/"), ("deep", "/call~flows/v1.2/")])
def test_vercel_rewrites_lead_where_the_decisions_say(tmp_path, target, base):
    built(project(tmp_path, "vercel"), targets=(target,))
    folder = tmp_path / "build" / target
    rules = json.loads((folder / "vercel.json").read_text())["rewrites"]
    assert not any(re.search(r"[():*+?{}]", rule["source"]) for rule in rules[:-2])
    expected = router(folder)
    for path, query in requests(expected):
        answer = rewritten(rules, base + path, query).removeprefix(base)
        assert expected.files[answer] == wanted(expected, path, query), (path, query, answer)


@pytest.mark.parametrize("base", ["/", "/n/"])
def test_vercel_knows_versions_and_what_may_be_stored(tmp_path, base):
    laid = lay(tmp_path, "vercel", base)
    found = json.loads((laid.folder / "vercel.json").read_text())
    assert found["outputDirectory"] == "public"

    def answer(path):
        """(cache, file): a file that is there comes before every rewrite."""
        told = [
            header["value"]
            for rule in found["headers"]
            if re.fullmatch(source(rule["source"]), base + path)
            for header in rule["headers"]
        ]
        assert len(told) == 1, (path, told)
        there = path in laid.host.files
        return told[0], path if there else rewritten(found["rewrites"], base + path, "")[
            len(base) :
        ]

    for path in laid.host.files:
        live = path.endswith(("/changed.xml", "/index.xml")) and "/v." not in path
        assert answer(path) == (CACHE_CONTROL["no-store" if live else "immutable"], path)
    for path in laid.host.decisions:
        assert answer(path)[0] == "no-store"
    for flow in FLOWS:
        for name in ("a.xml", "pin.1.decide"):
            assert answer(f"{flow.path}{GONE}/{name}") == ("no-store", f"{flow.path}changed.xml")


def test_handoff_data_of_several_lines_is_data_on_vercel(tmp_path):
    (tmp_path / "f.yaml").write_text(
        "steps:\n"
        '  - connect: {conversationRelay: {url: "wss://relay.example.com/ws"}}\n'
        "    when: {handoff: [{say: Over to us.}], ended: hangup, failed: hangup}\n"
        "  - hangup\n"
    )
    (tmp_path / "twimlc.yaml").write_text("flows: .\ntargets: {it: {host: vercel}}\n")
    assert pipeline.build(pipeline.Options(cwd=tmp_path)).ok
    folder = tmp_path / "build" / "it"
    rules = json.loads((folder / "vercel.json").read_text())["rewrites"]
    query = "SessionStatus=ended&HandoffData=%7B%0A%22reason%22%3A1%0A%7D"
    answer = rewritten(rules, rules[0]["source"], query)
    assert "Over to us." in (folder / "public" / answer.lstrip("/")).read_text()
    plain = rewritten(rules, rules[0]["source"], "SessionStatus=ended&HandoffData=")
    assert plain != answer
