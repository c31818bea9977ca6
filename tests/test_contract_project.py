"""The project file, the matrix, and the folder that comes of them."""

import json
from pathlib import Path

import pytest

from compiled import Made, make

FLOW = "params: {desk: +14155550100}\nsteps: [{say: '${desk} ${target}'}]\n"
TWO = """
    flows: flows
    targets:
      one: {host: static, params: {desk: +14155550199}}
      two: {host: static, flows: ["g*"]}
"""
FILES: dict[str, str | bytes] = {
    "twimlc.yaml": TWO,
    "flows/f.yaml": FLOW,
    "flows/deep/g1.yaml": "steps: [say: G.]\n",
}


def project(
    folder: Path, target: str | None = None, paths: tuple[str, ...] = (), **files: str
) -> Made:
    changed = {path.replace("__", "/") + ".yaml": text for path, text in files.items()}
    return make(files=FILES | changed, folder=folder, target=target, paths=paths)


def test_every_target_of_the_file_is_built_from_all_folders(tmp_path: Path) -> None:
    made = project(tmp_path)
    assert made.slugs == []
    assert [path for path in made.files if path.endswith(".xml")] == [
        "one/f/index.xml",
        "one/g1/index.xml",
        "two/g1/index.xml",
    ]
    assert made.xml("one/f/index.xml") == "<Say>+14155550199 one</Say>"


def test_a_target_or_a_host_may_be_chosen(tmp_path: Path) -> None:
    assert project(tmp_path, "two").files == ["g1/index.xml"]
    assert not (tmp_path / "build" / "one").exists()
    assert project(tmp_path, "static").xml() == "<Say>+14155550100 static</Say>"


BROKEN = {
    "shape": "params: {desk: 1}\nsteps: [{say: '${desk}'}, {sya: Hi}]\n",
    "yaml": "params: {desk: 1}\nsteps: [{say: '${desk}'}\n",
    "name": "params: {desk: 1}\nsteps: [{say: '${desk}'}, {goto: nowhere}]\n",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_target_with_an_error_is_left_alone_and_the_others_are_written(
    how: str, tmp_path: Path
) -> None:
    project(tmp_path)
    before = (tmp_path / "build/one/public/f/index.xml").read_bytes()
    made = project(tmp_path, flows__f=BROKEN[how], flows__deep__g1="steps: [say: New.]\n")
    assert len(made.slugs) == 1, made.words
    assert (tmp_path / "build/one/public/f/index.xml").read_bytes() == before
    assert made.xml("one/g1/index.xml") == "<Say>G.</Say>"
    assert made.xml("two/g1/index.xml") == "<Say>New.</Say>"
    assert [(target.name, target.built) for target in made.result.targets] == [
        ("one", False),
        ("two", True),
    ]


def test_a_param_nobody_declares_stops_its_target_only(tmp_path: Path) -> None:
    made = project(tmp_path, twimlc=TWO.replace("desk", "dsk"))
    assert made.slugs == ["unknown-param"]
    assert [target.built for target in made.result.targets] == [False, True]


def test_a_pattern_without_a_flow_stops_its_target_only(tmp_path: Path) -> None:
    made = project(tmp_path, twimlc=TWO.replace("g*", "h*"))
    assert made.slugs == ["no-such-flow"]
    assert [target.built for target in made.result.targets] == [True, False]


def test_a_target_may_allow_an_approximation(tmp_path: Path) -> None:
    dial = "steps:\n  - dial: +14155550100\n    fallback: [say: Nobody.]\n"
    allowed = "flows: flows\ntargets:\n  one: {host: static, allow: [fallback-after-answer]}\n  two: {host: static}\n"
    made = project(tmp_path, twimlc=allowed, flows__f=dial)
    assert made.slugs == ["decision-needs-host"]
    assert "in target two" in made.words
    assert made.xml("one/f/index.xml").endswith("</Dial><Say>Nobody.</Say>")


def test_a_path_limits_what_is_compiled_and_leaves_the_rest(tmp_path: Path) -> None:
    project(tmp_path)
    changed = project(
        tmp_path,
        "one",
        ("flows/f.yaml",),
        flows__f="params: {desk: 1}\nsteps: [say: New.]\n",
        flows__deep__g1="steps: [say: Not yet.]\n",
    )
    assert changed.xml("f/index.xml") == "<Say>New.</Say>"
    assert changed.xml("g1/index.xml") == "<Say>G.</Say>"
    manifest = json.loads((changed.folder / "manifest.json").read_text())
    assert sorted(manifest["flows"]) == ["f", "g1"]


def test_a_broken_flow_that_is_jumped_to_stops_the_build(tmp_path: Path) -> None:
    """Even where only the flow with the jump is asked for."""
    jump = "params: {desk: 1}\nsteps: [{say: '${desk}'}, {goto: g1/}]\n"
    project(tmp_path, flows__f=jump)
    for broken, slug in (("shape", "no-verb"), ("name", "unknown-state")):
        made = project(
            tmp_path, "one", ("flows/f.yaml",), flows__f=jump, flows__deep__g1=BROKEN[broken]
        )
        assert made.slugs == [slug]
        assert (
            made.xml("f/index.xml")
            == '<Say>+14155550199</Say><Redirect method="GET">../g1/index.xml</Redirect>'
        )


def test_what_is_stale_is_removed_and_nothing_else(tmp_path: Path) -> None:
    two = "states:\n  a: [{gather: {prompt: Hi.}, then: b, fallback: hangup}]\n  b: [say: B.]\nparams: {desk: 1}\n"
    made = project(tmp_path, "one", flows__f=two)
    assert "f/v/b.xml" in made.files
    (made.folder / "public" / "f" / "mine.xml").write_text("mine")
    (tmp_path / "flows/deep/g1.yaml").unlink()
    files = {path: text for path, text in FILES.items() if "g1" not in path}
    files |= {
        "twimlc.yaml": TWO.replace("g*", "f").replace("host: static", "host: static, keep: 0")
    }
    made = make(files=files, folder=tmp_path, target="one")
    assert made.files == ["f/index.xml", "f/mine.xml"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = project(tmp_path / "x"), project(tmp_path / "elsewhere" / "y")
    for path in [*one.files, "one/manifest.json"]:
        place = one.places.get(path, one.folder / path).relative_to(one.folder)
        assert (one.folder / place).read_bytes() == (two.folder / place).read_bytes()
    again = project(tmp_path / "x")
    assert [target.written for target in again.result.targets] == [0, 0]


def test_documents_are_named_after_states(tmp_path: Path) -> None:
    flow = """
        params: {desk: 1}
        states:
          main:
            - gather: {prompt: Hi.}
              then: index
              fallback: next
            - gather: {prompt: Again.}
              then: [say: "${desk}"]
              fallback: only-inlined
          index: [say: Index.]
          only-inlined: [say: Inlined.]
    """
    made = project(tmp_path, "one", flows__f=flow)
    names = [path for path in made.files if path.startswith("f/")]
    assert names[0] == "f/index.xml"
    assert names[1] == "f/v/index.0.xml"
    assert names[2].startswith("f/v/main.")
    assert len(names) == 3


CSV = "store,desk\ndowntown,+14155550100\nairport,+14155550101\n"
ROWS = "flows: flows\nmatrix: stores.csv\ntargets:\n  one: {host: static}\n"


def rows(folder: Path, csv: str = CSV, top: str = ROWS, **flows: str) -> Made:
    files = {f"flows/{name}.yaml": text for name, text in flows.items()}
    return make(files={"twimlc.yaml": top, "stores.csv": csv, **files}, folder=folder, target="one")


ROW_FLOW = "params: {desk: }\nsteps: [{say: '${desk} ${row.store}'}, {goto: g/}]\n"


def test_once_per_row_of_a_table(tmp_path: Path) -> None:
    made = rows(tmp_path, f=ROW_FLOW, g="params: {desk: }\nsteps: [{dial: '${desk}'}]\n")
    assert made.slugs == []
    assert list(made.documents) == [
        "airport/f/index.xml", "airport/g/index.xml", "downtown/f/index.xml", "downtown/g/index.xml",
    ]  # fmt: skip
    assert made.xml("airport/f/index.xml") == (
        '<Say>+14155550101 airport</Say><Redirect method="GET">../g/index.xml</Redirect>'
    )
    assert made.xml("airport/g/index.xml") == "<Dial><Number>+14155550101</Number></Dial>"


def test_only_some_flows_in_the_matrix(tmp_path: Path) -> None:
    top = ROWS.replace("stores.csv", "{table: stores.csv, flows: [f]}")
    made = rows(tmp_path, top=top, f=ROW_FLOW.replace(", {goto: g/}", ""), g="steps: [say: G.]\n")
    assert list(made.documents) == ["airport/f/index.xml", "downtown/f/index.xml", "g/index.xml"]
    into = rows(tmp_path, top=top, f=ROW_FLOW.replace(", {goto: g/}", ""), g="steps: [goto: f/]\n")
    assert into.slugs == ["jump-into-matrix"]


@pytest.mark.parametrize(
    ("csv", "slug"),
    [
        (CSV + "airport,+14155550102\n", "duplicate-row"),
        (CSV + "f,+14155550102\n", "row-is-flow"),
        (CSV + "24th Street,+14155550102\n", "bad-row-name"),
        (CSV + "&,+14155550102\n", "bad-row-name"),
        (CSV + "Air port,+1\nAir-Port,+14155550102\n", "duplicate-row"),
    ],
)
def test_rows_have_names_of_their_own(csv: str, slug: str, tmp_path: Path) -> None:
    made = rows(tmp_path, csv, f="params: {desk: }\nsteps: [{say: '${desk}'}]\n")
    assert made.slugs == [slug]
    assert made.files == []


def test_one_mistake_in_all_rows_is_told_once(tmp_path: Path) -> None:
    made = rows(tmp_path, f="params: {desk: }\nsteps: [{say: '${desk}'}, {goto: nowhere}]\n")
    assert made.slugs == ["unknown-state"]
    some = "params: {desk: }\nsteps:\n  - say: '${desk}'\n  - goto: nowhere\n    if: ${row.store == 'airport'}\n"
    made = rows(tmp_path, f=some)
    assert made.slugs == ["unknown-state"]
    assert "(in row airport)" in made.words


@pytest.mark.parametrize(
    ("top", "slug"),
    [
        ("flows: ../elsewhere\n", "outside-project"),
        ("targets: {one: {host: statik}}\n", None),
        ("targets: {one: {hots: static}}\n", None),
        ("flow: flows\n", "unknown-project-key"),
        ("targets: {Bad One: {host: static}}\n", None),
    ],
)
def test_mistakes_in_the_project_file(top: str, slug: str | None, tmp_path: Path) -> None:
    made = project(tmp_path, twimlc=top)
    assert len(made.slugs) >= 1
    assert slug in (None, made.slugs[0])
    assert not (tmp_path / "build").exists()
