"""YAML that telephones need: what stays text, what is refused, and in which words."""

import pytest

from compiled import make, slugs, xml


@pytest.mark.parametrize(
    "typed",
    [
        "+14155550100",
        "0123",
        "12:30",
        "on",
        "off",
        "yes",
        "no",
        "True",
        "NULL",
        "1e3",
        "0x1F",
        "0o17",
        "2026-01-01",
        "~",
        "12.50",
        "true",
        "-5",
        ".5",
        "1_000",
    ],
)
def test_what_is_typed_is_what_is_said(typed: str) -> None:
    assert xml(f"- say: {typed}\n") == f"<Say>{typed}</Say>"


@pytest.mark.parametrize("name", ["true", "no", "off", "on", "yes"])
def test_names_that_look_typed_are_names(name: str) -> None:
    made = make(f"states:\n  a: [{{goto: {name}}}]\n  {name}: [say: Hi]\n")
    assert made.slugs == []


def test_keys_are_texts() -> None:
    flow = "- menu: {prompt: Hi., choices: {0: next, 1: next, '*': next, '#': hangup, '01': hangup}}\n  fallback: hangup\n"
    assert "decision-needs-host" in slugs(flow)


def test_anchors_aliases_and_merge_keys() -> None:
    flow = """
        steps:
          - &hello {say: Hi.}
          - *hello
          - say: {<<: {voice: alice}, message: Own.}
    """
    assert xml(flow) == '<Say>Hi.</Say><Say>Hi.</Say><Say voice="alice">Own.</Say>'


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("- say: a\n  say: b\n", "duplicate-key"),
        ("- say: Hours: 9 to 5\n", "colon-in-text"),
        ("- {say: ${x}}\n", "unquoted-braces"),
        ("- say: {{desk}}\n", "unquoted-braces"),
        ("- say: Press #1 for sales\n", "cut-by-comment"),
        ("-\tsay: a\n", "tab-indent"),
        ("- say: !!python/object:os.system x\n", "yaml-tag"),
        ("- say: !Ref x\n", "yaml-tag"),
        ("- menu: {prompt: Hi, choices: {*: hangup}}\n", "unquoted-symbol"),
        ("- say: *nobody\n", "unknown-alias"),
        ("- say: 'open\n", "unclosed-quote"),
    ],
)
def test_traps_have_words_of_their_own(text: str, slug: str) -> None:
    made = make(text)
    assert made.slugs == [slug], made.words


def test_every_finding_has_its_line_and_column() -> None:
    made = make(
        "steps:\n  - say: Hi.\n  - dial: {number: +14155550100, timeout: 3}\n  - goto: nowhere\n"
    )
    places = {f.rule.slug: (f.span.begin.line, f.span.begin.column) for f in made.result.findings}
    assert places == {"bad-value": (3, 43), "unknown-state": (4, 11)}


@pytest.mark.parametrize(
    "text", ["description:\nparams:\ndefaults:\n", "flow:\n", "call: []\n", "components:\n"]
)
def test_empty_parts_count_as_left_out(text: str) -> None:
    assert xml(text + "steps: [say: Hi.]\n") == "<Say>Hi.</Say>"


@pytest.mark.parametrize(
    ("flow", "slug"),
    [
        ("steps: []\n", "empty-list"),
        ("states: {a: []}\n", "empty-list"),
        ("steps: [say: Hi]\nstates: {a: [say: Hi]}\n", None),
        ("states: {Main: [say: Hi]}\n", "bad-name"),
        ("states: {hangup: [say: Hi]}\n", "bad-name"),
        ("states: {next: [say: Hi]}\n", "bad-name"),
        ("states: {con: [say: Hi]}\n", "bad-name"),
        ("states: {a_b: [say: Hi]}\n", "bad-name"),
        ("flow: Bad Name\nsteps: [say: Hi]\n", "bad-name"),
        ("start: b\nstates: {a: [say: Hi]}\n", "unknown-state"),
        ("steps: [say: Hi]\nstep: x\n", "unknown-key"),
        ("- sya: Hi\n", "no-verb"),
        ("- say: a\n  dial: +14155550100\n", "several-verbs"),
        ("- then: hangup\n", "no-verb"),
        ("- say: {message: Hi, voise: alice}\n", "unknown-key"),
        ("[1, 2]\n", "not-a-flow"),
    ],
)
def test_the_shape_of_a_flow(flow: str, slug: str | None) -> None:
    found = slugs(flow)
    assert len(found) == 1
    assert slug in (None, found[0])


def test_a_wrong_name_of_a_state_is_told_as_one() -> None:
    made = make("states: {Main: [say: Hi]}\n")
    assert "cannot name a state" in made.words
    assert "write 'main'" in made.words


def test_the_file_names_the_flow_unless_it_does_itself() -> None:
    assert list(make("flow: other\nsteps: [say: Hi]\n").documents) == ["other/index.xml"]
    assert make(files={"Bad Name.yaml": "steps: [say: Hi]\n"}).slugs == ["bad-name"]


def test_notes_are_for_people_only() -> None:
    assert xml("- say: Hi.\n  note: The greeting.\n") == "<Say>Hi.</Say>"
