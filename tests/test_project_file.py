"""The project file, the table of rows, and the search for flows."""

import csv
import os
from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.findings import rules
from twimlc.findings.diagnostic import Diagnostic
from twimlc.project.files import display_path, read_source
from twimlc.project.matrix import read_matrix, read_rows, rows_and_flows
from twimlc.project.read import (
    Project,
    choose_targets,
    find_root,
    read_project,
    unknown_flows,
)
from twimlc.project.search import component_files, flow_files, flow_name, nothing_at, script_files
from twimlc.text import SourceFile
from twimlc.yaml.names import meant, nearest, proposed_name, valid_name, valid_param
from twimlc.yaml.tree import Scalar

FLOW = "steps:\n  - hangup\n"


def project_of(root: Path, text: str, **files: str) -> tuple[Project | None, list[Diagnostic]]:
    (root / "twimlc.yaml").write_text(text)
    (root / "flows").mkdir(exist_ok=True)
    for name, content in files.items():
        (root / name.replace("__", ".")).write_text(content)
    return read_project(root / "twimlc.yaml", root)


def clean(root: Path, text: str, **files: str) -> Project:
    project, findings = project_of(root, text, **files)
    assert findings == []
    assert project is not None
    return project


def only(findings: list[Diagnostic]) -> Diagnostic:
    assert len(findings) == 1, findings
    return findings[0]


WHOLE = """\
x-desk: &desk {desk: +14155550199}
flows: flows
build: out
targets:
  site: {host: s3, url: https://voice.example.com/ivr/, router: cloudfront, params: *desk, onError: sorry}
  bins: {host: twiml-bin, media: https://media.example.com/ivr, tags: bare, allow: caller-chosen-number}
  plain: {host: static, flows: [standup, "notice-*"]}
  hop: {host: s3, url: https://voice.example.com/hop, router: twiml-bin, bin: EH00000000000000000000000000000001}
rules: {insecure-url: off, TW365: note}
matrix: {table: stores.csv, folder: name, flows: shop}
"""
STORES = "desk,name\n+14155550101,downtown\n"


def test_a_whole_project(tmp_path: Path) -> None:
    project = clean(tmp_path, WHOLE, stores__csv=STORES)
    assert (project.flows, project.build) == (tmp_path / "flows", tmp_path / "out")
    site, bins, plain, hop = project.targets.values()
    assert (site.url, site.router, site.on_error) == (
        "https://voice.example.com/ivr",
        "cloudfront",
        "sorry",
    )
    desk = site.params["desk"]
    assert isinstance(desk, Scalar)
    assert desk.value == "+14155550199"
    assert bins.tags == "bare"
    assert bins.allow == {"caller-chosen-number"}
    assert [plain.covers(name) for name in ("standup", "notice-1", "shop")] == [True, True, False]
    assert hop.bin is not None
    place = site.place("url")
    assert place is not None
    assert place.text == "https://voice.example.com/ivr/"
    assert project.rules == {"insecure-url": "note"}
    assert project.matrix is not None
    (cells,) = project.matrix.rows.values()
    assert {column: cell.value for column, cell in cells.items()} == {
        "desk": "+14155550101",
        "name": "downtown",
    }
    assert project.matrix.covers("shop")
    assert not project.matrix.covers("standup")


def test_without_a_file_and_with_an_empty_one(tmp_path: Path) -> None:
    bare, findings = read_project(None, tmp_path)
    assert findings == []
    assert bare is not None
    assert (bare.file, bare.flows, list(bare.targets)) == (None, tmp_path, ["twiml-bin"])
    empty = clean(tmp_path, "# nothing\n")
    assert (empty.flows, list(empty.targets)) == (tmp_path / "flows", ["twiml-bin"])


def test_the_root_is_found_upwards(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_root(tmp_path / "a") is None
    (tmp_path / "twimlc.yaml").write_text("")
    assert find_root(tmp_path / "a" / "b") == tmp_path


@pytest.mark.parametrize(
    ("text", "slug", "quoted", "hint"),
    [
        ("biuld: out", "unknown-project-key", "biuld", "did you mean 'build'?"),
        ("- static", "bad-project", "- static", None),
        ("targets: [static]", "bad-project", "[static]", "plain: {host: static}"),
        ("targets: {plain: static}", "bad-target", "static", "for example: {host: static}"),
        ("targets: {plain: }", "bad-target", "plain", "for example: {host: static}"),
        ("targets: {plain: {url: https://a.example}}", "bad-target", "plain", None),
        ("targets: {Plain: {host: static}}", "bad-target", "Plain", "write 'plain'"),
        ("targets: {con: {host: static}}", "bad-target", "con", None),
        ("targets: {a: {host: statick}}", "unknown-host", "statick", "did you mean 'static'?"),
        ("targets: {a: {host: netlify}}", "unknown-host", "netlify", "for plain files write host: static, and the url they are served at"),
        ("targets: {a: {host: GCS}}", "unknown-host", "GCS", "for plain files write host: static, and the url they are served at"),
        ("targets: {a: {host: bins}}", "unknown-host", "bins", "did you mean 'twiml-bin'?"),
        ("targets: {a: {host: static, urll: x}}", "unknown-project-key", "urll", "did you mean 'url'?"),
        ("targets: {a: {host: static, tags: bare}}", "unknown-project-key", "tags", "only the host twiml-bin takes it"),
        ("targets: {a: {host: twiml-bin, tags: wide}}", "bad-target", "wide", None),
        ("targets: {a: {host: static, url: http://a.example/x}}", "insecure-url", "http://a.example/x", "write https://a.example/x"),
        ("targets: {a: {host: static, url: ftp://a.example}}", "bad-target", "ftp://a.example", None),
        ("targets: {a: {host: static, url: voice.example.com}}", "bad-target", "voice.example.com", None),
        ("targets: {a: {host: static, url: https://a_b.example}}", "bad-target", "https://a_b.example", None),
        ("targets: {a: {host: static, url: 'https://u:p@a.example'}}", "bad-target", "'https://u:p@a.example'", None),
        ("targets: {a: {host: static, url: https://a.example:99999}}", "bad-target", "https://a.example:99999", None),
        ("targets: {a: {host: static, url: https://a.example/x?y=1}}", "bad-target", "https://a.example/x?y=1", "https://a.example/x"),
        ("targets: {a: {host: static, url: https://a.example/x/../y}}", "bad-target", "https://a.example/x/../y", None),
        ("targets: {a: {host: static, url: 'https://a.example/$(x)'}}", "bad-target", "'https://a.example/$(x)'", None),
        ('targets: {a: {host: static, url: "https://a.example\\n/x"}}', "bad-target", '"https://a.example\\n/x"', None),
        ("targets: {a: {host: s3, router: cloudfrount}}", "bad-target", "cloudfrount", "did you mean 'cloudfront'?"),
        ("targets: {a: {host: nginx, router: cloudfront}}", "bad-target", "cloudfront", "it works with the host s3 or static"),
        ("targets: {a: {host: s3, router: twiml-bin}}", "bad-target", "twiml-bin", "url: https://voice.example.com/ivr"),
        ("targets: {a: {host: s3, bin: EH00000000000000000000000000000001}}", "bad-target", "EH00000000000000000000000000000001", "router: twiml-bin"),
        ("targets: {a: {host: s3, url: https://a.example, router: twiml-bin, bin: EH1}}", "bad-target", "EH1", None),
        ("targets: {a: {host: static, allow: [fallback-after-anser]}}", "bad-target", "fallback-after-anser", "did you mean 'fallback-after-answer'?"),
        ("targets: {a: {host: static, flows: [flows/a.yaml]}}", "bad-project", "flows/a.yaml", None),
        ("targets: {a: {host: static, params: [x]}}", "bad-project", "[x]", None),
        ("targets: {a: {host: static, params: {row: x}}}", "bad-project", "row", None),
        ("build: ../out", "outside-project", "../out", None),
        ("build: /tmp/out", "outside-project", "/tmp/out", None),
        ("build: out\\www", "bad-project", "out\\www", "out/www"),
        ("build: .", "bad-folder", ".", "for example: build: build"),
        ("build: flows", "bad-folder", "flows", "for example: build: build"),
        ("flows: nowhere", "bad-folder", "nowhere", None),
        ("matrix: nowhere.csv", "unreadable-file", "nowhere.csv", None),
        ("matrix: {tabel: x.csv, table: t.csv}", "unknown-project-key", "tabel", "did you mean 'table'?"),
        ("matrix: {table: t.csv, folder: sotre}", "bad-column", "sotre", "did you mean 'store'?"),
        ("matrix: {flows: a}", "bad-project", "{flows: a}", "matrix: {table: stores.csv}"),
        ("rules: {insecur-url: off}", "bad-rule-setting", "insecur-url", "did you mean 'insecure-url'?"),
        ("rules: {insecure-url: quiet}", "bad-rule-setting", "quiet", None),
        ("rules: {insecure-url: no}", "bad-rule-setting", "no", "did you mean 'off'?"),
        ("rules: {insecure-url: ignore}", "bad-rule-setting", "ignore", "did you mean 'off'?"),
        ("rules: {outside-project: off}", "bad-rule-setting", "off", None),
        ("a: b: c", None, None, None),
    ],
)  # fmt: skip
def test_one_mistake_is_one_finding(
    tmp_path: Path, text: str, slug: str | None, quoted: str | None, hint: str | None
) -> None:
    _, findings = project_of(tmp_path, text + "\n", t__csv="store,desk\na,1\n")
    finding = only(findings)
    if slug is not None:
        assert (finding.rule.slug, finding.span.text.rstrip("\n")) == (slug, quoted)
        assert finding.span.file.path == "twimlc.yaml"
    if hint is not None:
        assert finding.hint == hint


def test_targets_are_chosen_by_name_then_by_host(tmp_path: Path) -> None:
    project = clean(tmp_path, "targets: {plain: {host: static}, s3: {host: static}}\n")
    chosen, findings = choose_targets(project, ["s3", "nginx", "plain"])
    assert findings == []
    assert [(t.name, t.host) for t in chosen] == [
        ("s3", "static"),
        ("nginx", "nginx"),
        ("plain", "static"),
    ]
    finding = only(choose_targets(project, ["plane"])[1])
    assert (finding.span.text, finding.hint) == ("plane", "did you mean 'plain'?")
    assert len(choose_targets(project, [])[0]) == 2


def test_flows_of_the_file_must_exist(tmp_path: Path) -> None:
    text = "targets: {a: {host: static, flows: [shop, 'n-*'], onError: sorri}}\n"
    project = clean(tmp_path, text)
    findings = unknown_flows(project, ["shop", "sorry"])
    assert [(f.span.text, f.hint) for f in findings] == [
        ("'n-*'", None),
        ("sorri", "did you mean 'sorry'?"),
    ]


TABLES = [
    ("store,desk\na,1\n", [["store", "desk"], ["a", "1"]]),
    ('s,t\r\n"a, b","say ""hi"""\r\n\r\n"",\r\n', [["s", "t"], ["a, b", 'say "hi"'], ["", ""]]),
    ('s\n"two\nlines"', [["s"], ["two\nlines"]]),
    ("s;t\na;1,5\n", [["s", "t"], ["a", "1,5"]]),
    ("s\tt\na\t1\n", [["s", "t"], ["a", "1"]]),
    ("s,t\n a , 1 \n", [["s", "t"], ["a", "1"]]),
    ("", []),
    ("\n\n", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLES)
def test_tables_are_read_with_places(text: str, expected: list[list[str]]) -> None:
    rows, findings = read_rows(SourceFile("t.csv", text))
    assert findings == []
    assert [[cell.text for cell in row] for row in rows] == expected
    for row in rows:
        for cell in row:
            assert cell.span.text.strip().strip('"').replace('""', '"') == cell.text.strip('"')


@pytest.mark.parametrize("text", [text for text, _ in TABLES[:3]])
def test_tables_read_as_the_standard_library_reads_them(text: str) -> None:
    rows, _ = read_rows(SourceFile("t.csv", text))
    standard = [row for row in csv.reader(text.splitlines(keepends=True)) if row]
    assert [[cell.text for cell in row] for row in rows] == standard


@pytest.mark.parametrize(
    ("text", "slug", "quoted"),
    [
        ("", "empty-table", ""),
        ("store,desk\n", "empty-table", "store"),
        ("store,desk\n5 Main,1\n", "bad-row-name", "5 Main"),
        ("store,desk\n-,1\n", "bad-row-name", "-"),
        ("store,desk\nMain  St.,1\nmain-st,2\n", "duplicate-row", "main-st"),
        ("store,desk\naux,1\n", "bad-row-name", "aux"),
        ("store,desk\na,1\na,2\n", "duplicate-row", "a"),
        ("store,desk\na\n", "ragged-row", "a"),
        ("store,desk\na,1,2\n", "ragged-row", "a,1,2"),
        ("store,opening hours\na,1\n", "bad-column", "opening hours"),
        ("store,state\na,1\n", "bad-column", "state"),
        ("store,\na,1\n", "bad-column", ""),
        ("store,desk,desk\na,1,2\n", "bad-column", "desk"),
        ('store,desk\na,"1\n', "bad-table", '"1'),
        ('store,desk\na,"1" x\n', "bad-table", '"1" x'),
    ],
)
def test_faults_of_a_table(text: str, slug: str, quoted: str) -> None:
    finding = only(read_matrix(SourceFile("t.csv", text))[1])
    assert (finding.rule.slug, finding.span.text) == (slug, quoted)


@pytest.mark.parametrize(
    ("name", "hint"), [("É", "write 'e'"), ("5 Main", "write 'row-5-main'"), ("-", None)]
)
def test_a_row_is_given_a_better_name(name: str, hint: str | None) -> None:
    assert only(read_matrix(SourceFile("t.csv", f"store\n{name}\n"))[1]).hint == hint


def test_cells_stay_text_and_the_naming_column_may_be_called_row() -> None:
    matrix, findings = read_matrix(SourceFile("t.csv", "row,open\na,true\nb,0123\n"))
    assert findings == []
    assert matrix is not None
    node = matrix.params["a"]["open"]
    assert isinstance(node, Scalar)
    assert node.value == "true"
    assert list(matrix.params["b"]) == ["open"]
    assert [cell.value for cell in matrix.rows["b"].values()] == ["b", "0123"]
    clash = only(rows_and_flows(matrix, {"b": None, "shop": None}))
    assert (clash.rule.slug, clash.span.begin.line) == ("row-is-flow", 3)


def test_a_table_with_a_mark_of_the_encoding(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfstore,desk\r\na,1\r\n")
    project = clean(tmp_path, "matrix: t.csv\n")
    assert project.matrix is not None
    assert list(project.matrix.rows) == ["a"]


def names(root: Path, found: tuple[list[Path], list[Diagnostic]]) -> list[str]:
    assert found[1] == []
    return [path.relative_to(root).as_posix() for path in found[0]]


def test_flows_are_searched_for(tmp_path: Path) -> None:
    for name in (
        "b.yaml", "a.yml", "deep/c.yaml", "a.test.yaml", "_components/x.yaml", ".git/d.yaml",
        ".e.yaml", "notes.txt", "out/f.yaml", "twimlc.yaml",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(FLOW)
    project = clean(tmp_path, "flows: .\nbuild: out\n")
    assert names(tmp_path, flow_files(project, [])) == ["a.yml", "b.yaml", "deep/c.yaml"]
    assert names(tmp_path, script_files(project, [])) == ["a.test.yaml"]
    deep, one = tmp_path / "deep", tmp_path / "b.yaml"
    assert names(tmp_path, flow_files(project, [deep, one, one])) == ["b.yaml", "deep/c.yaml"]
    assert component_files(project, one) == {"x": tmp_path / "_components" / "x.yaml"}
    for wrong in ("a.test.yaml", "_components/x.yaml", "twimlc.yaml"):
        finding = only(flow_files(project, [tmp_path / wrong])[1])
        assert (finding.rule, finding.span.file.path) == (rules.MISSING_PATH, wrong)
    message = "there is no file or folder 'bb.yaml' (did you mean 'b.yaml'?)"
    assert nothing_at(tmp_path / "bb.yaml", project, tmp_path) == message


def test_without_a_project_only_this_folder_is_searched(tmp_path: Path) -> None:
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "b.yaml").write_text(FLOW)
    (tmp_path / "a.yaml").write_text(FLOW)
    project, _ = read_project(None, tmp_path)
    assert project is not None
    assert names(tmp_path, flow_files(project, [])) == ["a.yaml"]


def test_links_are_resolved(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    (root / "flows").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.yaml").write_text(FLOW)
    (root / "flows" / "a.yaml").write_text(FLOW)
    (root / "flows" / "same.yaml").symlink_to(root / "flows" / "a.yaml")
    (root / "flows" / "loop").symlink_to(root / "flows")
    project = clean(root, "")
    assert names(root, flow_files(project, [])) == ["flows/a.yaml"]

    (root / "flows" / "s.yaml").symlink_to(outside / "secret.yaml")
    (root / "flows" / "t").symlink_to(outside)
    found, findings = flow_files(project, [])
    assert [path.name for path in found] == ["a.yaml"]
    assert sorted((f.rule.slug, f.span.file.path) for f in findings) == [
        ("outside-project", "flows/s.yaml"),
        ("outside-project", "flows/t"),
    ]
    (root / "out").symlink_to(outside)
    assert only(project_of(root, "build: out/www\n")[1]).rule.slug == "outside-project"


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with (tmp_path / "big.yaml").open("wb") as big:
        big.truncate(1 << 34)
    (tmp_path / "folder.yaml").mkdir()
    for name in ("pipe.yaml", "loop.yaml", "big.yaml", "folder.yaml", "gone.yaml", "gone/x.yaml"):
        file, findings = read_source(tmp_path / name, root=tmp_path)
        assert file is None
        finding = only(findings)
        assert (finding.rule.slug, finding.span.file.path) == ("unreadable-file", name)
    finding = only(read_source(tmp_path / ".." / "x.yaml", root=tmp_path)[1])
    assert finding.rule.slug == "outside-project"


def test_paths_are_shown_relative_and_printable(tmp_path: Path) -> None:
    assert display_path(tmp_path / "flows" / "a.yaml", tmp_path) == "flows/a.yaml"
    assert display_path(tmp_path.parent / "a.yaml", tmp_path) == "../a.yaml"
    assert display_path(tmp_path / os.fsdecode(b"\xff.yaml"), tmp_path) == "\ufffd.yaml"


@pytest.mark.parametrize("name", ["a", "main-menu", "x2", "a" * 64, "com10", "console"])
def test_good_names(name: str) -> None:
    assert valid_name(name) is None


@pytest.mark.parametrize(
    "name", ["", "A", "2x", "-a", "a_b", "a.b", "a b", "a" * 65, "con", "com1", "lpt9", "ä", "a\n"]
)
def test_bad_names(name: str) -> None:
    assert valid_name(name) is not None


def test_names_of_params_and_nearest_names() -> None:
    assert valid_param("openFrom_2") is None
    for name in ("", "2x", "a-b", "row", "call", "x" * 65, "ä"):
        assert valid_param(name) is not None
    assert proposed_name("Main Menu!") == "main-menu"
    assert proposed_name("12") is None
    assert nearest("voicemial", ["main", "voicemail"]) == "voicemail"
    assert nearest("num_digits", ["timeout", "numDigits"]) == "numDigits"
    assert nearest("zzz", ["main"]) is None
    assert meant("mian", ["main"]) == "did you mean 'main'?"


@pytest.mark.parametrize("name", ["bins", "rules", "when"])
def test_a_target_may_have_the_name_of_a_map(name: str, tmp_path: Path) -> None:
    _, findings = project_of(tmp_path, f"targets: {{{name}: {{host: netlify}}}}\n")
    assert only(findings).message.startswith("host takes one of")


@pytest.mark.parametrize("key", ["Host", "hsot", "hosts"])
def test_a_misspelt_host_is_told_at_its_key(key: str, tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text(f"targets:\n  plain: {{{key}: static}}\n")
    _, (found,) = read_project(tmp_path / "twimlc.yaml", tmp_path)
    assert (found.rule.code, found.span.text) == ("TW361", key)
    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == ["host"]


@pytest.mark.parametrize(
    "part", ["url: 'https://a.example.com'", "shop: static", "host: , hsot: s3"]
)
def test_a_target_without_a_host_is_told_so(part: str, tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text(f"targets:\n  plain: {{{part}}}\n")
    _, (found,) = read_project(tmp_path / "twimlc.yaml", tmp_path)
    assert (found.rule.code, found.span.text) == ("TW362", "plain")


def test_a_missing_folder_of_flows_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text("flows: flow\ntargets:\n  plain: {host: static}\n")
    found = pipeline.check(pipeline.Options(cwd=tmp_path)).findings
    assert [(finding.rule.code, finding.span.text) for finding in found] == [("TW367", "flow")]


@pytest.mark.parametrize(
    "text",
    [
        "flow: night\n",
        "flow: 'night' # note\n",
        '{"flow": "night"}\n',
        "flow: &name night\n",
        "flow:\n  night\n",
    ],
)
def test_a_flow_is_called_as_its_file_says(text: str, tmp_path: Path) -> None:
    (tmp_path / "day.yaml").write_text(text)
    assert flow_name(tmp_path / "day.yaml", tmp_path, {}) == "night"
    assert flow_name(tmp_path / "day.yaml", tmp_path, {"day.yaml": FLOW}) == "day"
    assert flow_name(tmp_path / "gone.flow.yaml", tmp_path, {}) == "gone"
