"""Documents are counted before they are made: what multiplies is refused at once, and named."""

import tracemalloc

import pytest

from compiled import Made, make
from growth import counted
from twimlc.text import SourceFile
from twimlc.values.multiples import documents_of
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import Mapping, walk

HOSTS = ("nginx", "twiml-bin")
AT_ONCE = 2_500_000
"""Calls that Python makes in about a second."""

TENS = """
params:
  ten: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  hundred: ${ten + ten + ten + ten + ten + ten + ten + ten + ten + ten}
"""
GATHER = "{gather: {prompt: Press a key.}, then: next, fallback: [say: No key.]}"
MENU = "{menu: {prompt: Go., attempts: 20, silence: Well?, choices: {1: next, 2: [say: Two.]}}}"


def _nested(step: str, depth: int) -> str:
    parts = "".join(
        f"  c{n}: {{steps: [use: c{n - 1}, use: c{n - 1}]}}\n" for n in range(2, depth + 1)
    )
    return f"components:\n  c1: {{steps: [{step}]}}\n{parts}steps: [use: c{depth}, hangup]\n"


MULTIPLIED = {
    "nested components": (_nested(GATHER, 20), "'use: c20' makes 524,288 of them"),
    "nested menus": (_nested(MENU, 9), "'use: c9' makes"),
    "components in an if": (
        _nested("{if: true, " + MENU[1:], 9),
        "'menu' makes",
    ),
    "each": (
        TENS
        + "steps:\n  - each: ${hundred}\n    as: x\n    menu:\n      prompt: 'Number ${x}'\n"
        + "      choices:\n        1:\n          - each: ${hundred}\n            as: y\n"
        + "            gather: {prompt: 'Number ${y}'}\n            then: next\n",
        "'gather' makes",
    ),
    "attempts": (
        TENS
        + "steps:\n  - each: ${hundred + hundred + hundred}\n    as: x\n    menu: {prompt: 'Menu ${x}',"
        + " attempts: 20, invalid: No., choices: {1: next, 2: [say: Two.]}}\n    fallback: next\n",
        "'menu' makes 5,019 of them, because it is used there 239 times",
    ),
    "attempts and choices": (
        TENS
        + "  table: {"
        + ", ".join(f"{number}: next" for number in range(1000, 5000))
        + "}\nsteps:\n  - each: ${ten}\n    as: x\n"
        + "    menu: {prompt: 'Code ${x}', attempts: 20, invalid: No., choices: '${table}'}\n",
        "'menu' makes",
    ),
    "steps that are given": (
        TENS
        + "components:\n  c:\n    params: {s: null}\n    steps: [{if: true, gather: {prompt: A.},"
        + " then: '${s}', fallback: next}]\nsteps:\n  - each: ${hundred}\n    as: x\n    use: c\n"
        + f"    with: {{s: [{', '.join([GATHER] * 60)}]}}\n",
        "'gather' makes",
    ),
    "offer and attempts": (
        TENS
        + "steps:\n  - each: ${hundred + hundred + hundred}\n    as: x\n    offer:\n"
        + "      attempts: 20\n      options:\n"
        + "".join(f"        - {{say: Option {n}, then: next}}\n" for n in range(90)),
        "'offer' makes",
    ),
    "whispers and what follows them": (
        "states:\n  a:\n"
        + "".join(
            "    - dial: {number: {phoneNumber: +14155550100,"
            f" url: [{{say: Call {n}}}, {{goto: b}}]}}}}\n"
            for n in range(100)
        )
        + "  b:\n"
        + "".join(
            f"    - gather: {{prompt: Part {n}}}\n      then: next\n      fallback: next\n"
            for n in range(100)
        ),
        "'gather' makes",
    ),
}


def _refused(made: Made) -> list[str]:
    return [f"{f.rule.slug} {f.message}" for f in made.result.findings if f.is_error]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("name", MULTIPLIED)
def test_what_multiplies_is_refused_at_once(name: str, host: str) -> None:
    flow, words = MULTIPLIED[name]
    made: list[Made] = []
    calls = counted(lambda: made.append(make(flow, target=host)))
    (finding,) = (f for f in made[0].result.findings if f.is_error)
    assert finding.rule.slug == "too-many-documents"
    assert "'f' grows to more than 5,000 documents; this " in finding.message
    assert words in finding.message
    assert made[0].files == []
    # What needs the graph to be counted is counted there, before a document is written.
    assert sum(calls.values()) < AT_ONCE * (4 if "whispers" in name else 1)
    assert calls["render"] < 50


def test_the_steps_that_multiply_are_named() -> None:
    (finding,) = make(_nested(GATHER, 20), target="nginx").result.findings
    assert [label.message for label in finding.labels[:2]] == [
        "'c20' uses 'c19' 2 times",
        "'c19' uses 'c18' 2 times",
    ]
    flow = _nested("{if: true, " + MENU[1:], 9)
    (finding,) = make(flow, target="nginx").result.findings
    assert finding.labels[0].message.startswith("this use adds ")
    assert {label.span.text for label in finding.labels} <= {f"c{n}" for n in range(10)}


def _limited(limits: str, flow: str, host: str = "host: nginx") -> Made:
    project = f"targets: {{t: {{{host}, limits: {limits}}}}}\n"
    return make(flow, files={"twimlc.yaml": project}, target="t")


LONG = "steps:\n" + "".join(
    f"  - menu: {{prompt: '{number} {'word ' * 400}', choices: {{1: next}}}}\n    fallback: next\n"
    for number in range(20)
)
HOP = "host: s3, url: 'https://v.example.com', router: twiml-bin, bin: EH" + "0" * 31 + "1"


@pytest.mark.slow
@pytest.mark.parametrize(
    "flow",
    [
        _nested(GATHER, 9),
        "steps:\n"
        + "".join(
            f"  - menu: {{prompt: 'Menu {n}', attempts: 20, invalid: No., choices: {{1: next}}}}\n"
            for n in range(12)
        ),
    ],
    ids=["components", "attempts"],
)
def test_memory_is_in_proportion_to_documents(flow: str) -> None:
    make("- say: Hello.", target="nginx")  # what is imported and remembered once is not counted
    tracemalloc.start()
    try:
        made = make(flow, target="nginx")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    count = len([path for path in made.files if path.endswith(".xml")])
    assert count > 200
    assert peak < 100_000 * count


@pytest.mark.parametrize("host", ["host: nginx", "host: twiml-bin", HOP])
def test_a_target_says_how_many(host: str) -> None:
    flow = _nested(GATHER.replace("Press a key.", "Press a key., numDigits: 1"), 4)
    assert _refused(_limited("{documents: 200}", flow, host)) == []
    (refused,) = _refused(_limited("{documents: 7}", flow, host))
    assert refused.startswith("too-many-documents 'f' grows to more than 7 documents")


@pytest.mark.parametrize("host", HOSTS)
def test_bytes_are_counted(host: str) -> None:
    (refused,) = _refused(_limited("{bytes: 50000}", LONG, f"host: {host}"))
    assert "'f' grows to more than 50,000 bytes; this 'menu' makes" in refused


def test_a_file_for_each_value_is_counted() -> None:
    flow = "steps:\n" + "".join(
        f"  - menu: {{prompt: 'Part {n}', choices: {{11: next, 12: [say: hi]}}}}\n    fallback: next\n"
        for n in range(3)
    )
    assert _refused(_limited("{documents: 1300}", flow, HOP)) == []
    (refused,) = _refused(_limited("{documents: 1100}", flow, HOP))
    assert "'menu' makes 396 of them" in refused


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ("7", "limits takes a map"),
        ("{document: 7}", "unknown key 'document' in 'limits'"),
        ("{documents: many}", "documents takes a whole number"),
        ("{bytes: 0}", "bytes takes a whole number"),
        ("{bytes: [1]}", "bytes takes a whole number"),
    ],
)
def test_limits_are_checked(limits: str, words: str) -> None:
    (refused,) = _refused(_limited(limits, "- say: Hello."))
    assert words in refused


@pytest.mark.parametrize("limits", ["", "{}", "{documents: }", "{documents: 9, bytes: '9000'}"])
def test_limits_may_be_left_out(limits: str) -> None:
    assert _refused(_limited(limits, "- say: Hello.")) == []


@pytest.mark.parametrize(
    "step",
    [
        "menu: {prompt: 'Menu %d', choices: {1: [say: One], 2: next}}\n    fallback: next",
        "menu: {prompt: 'Menu %d', attempts: 9, invalid: No., choices: {1: next, 2: hangup}}\n"
        "    fallback: next",
        "gather: {prompt: 'Part %d'}\n    then: next\n    fallback: [say: Nothing.]",
        "record: {maxLength: 1%d}",
        "dial: +1415555010%d\n    fallback: [say: Nobody.]",
        "offer: {options: [{say: 'Offer %d', then: [say: One.]}, {say: Two, then: [say: Two.]}]}",
    ],
)
def test_about_as_many_are_counted_as_are_made(step: str) -> None:
    text = "steps:\n" + "".join(f"  - {step % number}\n" for number in range(10))
    made = make(text, target="nginx")
    tree, _ = read_yaml(SourceFile("f.yaml", text))
    assert tree is not None
    steps = [part for part in walk(tree) if isinstance(part, Mapping)]
    verbs = ("menu", "gather", "record", "dial", "offer")
    guess = sum(
        documents_of(entry, part.entries) for part in steps for entry in part if entry.key in verbs
    )
    assert len(made.documents) * 0.45 <= guess <= len(made.documents) * 1.1
