"""The catalogue: every rule once, found by each of its names."""

import re
from collections import Counter
from pathlib import Path

import pytest

from twimlc.findings import pages, rules
from twimlc.findings.catalogue import ALL_RULES, RULES, find, nearest
from twimlc.findings.pages import Example, page_of, page_path, page_url

WORDS = "# odd-thing\n\n**TW990.**\n\nOne\nsentence.\n\nA reason.\n\nAnd\nanother.\n\n## Wrong\n"

DOCS = "https://github.com/twimlc/twimlc/blob/main/docs"


def test_numbers_and_slugs_are_unique_and_well_formed() -> None:
    for names in ([rule.number for rule in ALL_RULES], [rule.slug for rule in ALL_RULES]):
        assert [name for name, times in Counter(names).items() if times > 1] == []
    for slug, rule in RULES.items():
        assert slug == rule.slug
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert 100 <= rule.number <= 999


@pytest.mark.parametrize("slug", list(RULES))
def test_every_rule_explains_itself(slug: str) -> None:
    rule = RULES[slug]
    page = page_of(slug)
    assert page.summary.endswith(".")
    assert page.why
    assert page.wrong.flow.strip()
    assert page.right.flow.strip()
    assert page.wrong != page.right
    assert page_path(slug).read_text(encoding="utf-8").startswith(f"# {slug}\n")
    assert find(slug) is find(rule.code) is find(str(rule.number)) is rule


def test_each_rule_has_its_page_and_each_page_its_rule() -> None:
    assert {path.stem for path in page_path("tab-indent").parent.iterdir()} == RULES.keys()
    lines = Path(rules.__file__).read_text(encoding="utf-8").count(" = Rule(")
    assert lines == len(RULES) == len(ALL_RULES)


def test_nothing_in_a_page_is_lost() -> None:
    for slug in RULES:
        text, page = page_path(slug).read_text(encoding="utf-8"), page_of(slug)
        examples = (page.wrong, page.right)
        assert text.count("\n```\n") == sum(1 + len(example.files) for example in examples), slug
        told = text.split("\n## Wrong\n")[0].split("\n\n", 2)[2]
        told = re.sub(r"\[([^]]+)\]\(\.\./(\S+)\)", rf"\1 ({DOCS}/\2)", told)
        assert page.summary.split() + page.why.split() == told.split()


@pytest.mark.parametrize(
    "text", [None, "", "# odd-thing\n", WORDS, f"{WORDS}\nx\n\n## Right\n\nx\n"]
)
def test_a_page_that_is_missing_or_broken_stops_nobody(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if text is not None:
        (tmp_path / "odd-thing.md").write_text(text)
    monkeypatch.setattr(pages, "page_path", lambda slug: tmp_path / f"{slug}.md")
    page = page_of.__wrapped__("odd-thing")
    assert page_url("odd-thing") in page.summary or page.wrong.flow == page.right.flow == ""


def test_what_markdown_cannot_carry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = "`a.yaml`, for `nginx`:\n\n```yaml\na: b [× 2]\n```\n\n`b.csv`:\n\n```csv escaped\na\\x00\\\n```\n"
    text = f"{WORDS}\n{files}\n## Right\n\n```yaml\nc: d\n```\n"
    (tmp_path / "odd-thing.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(pages, "page_path", lambda slug: tmp_path / f"{slug}.md")
    page = page_of.__wrapped__("odd-thing")
    assert (page.summary, page.why) == ("One sentence.", "A reason.\n\nAnd another.")
    assert page.wrong == Example("a: b\na: b\n", (("b.csv", "a\0"),), "nginx", "a.yaml")
    assert page.right == Example("c: d\n")


def test_a_page_comes_with_the_package_or_lies_in_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "compiler" / "twimlc"
    monkeypatch.setattr(pages, "__file__", str(package / "diagnostics" / "pages.py"))
    assert page_path("too-big") == tmp_path / "docs" / "findings" / "too-big.md"
    (package / "_pages").mkdir(parents=True)
    (package / "_pages" / "too-big.md").write_text("")
    assert page_path("too-big") == package / "_pages" / "too-big.md"


def test_find_forgives_case_and_space() -> None:
    rule = RULES["unused-ignore"]
    assert find(" TW901 ") is find("tw901") is find("Unused-Ignore") is rule
    assert find("no-such-rule") is find("998") is find("") is find("TW") is None
    assert nearest("unusd-ignore") == "unused-ignore"
    assert nearest("???") is None


@pytest.mark.parametrize(
    ("former", "slug"),
    [
        ("asks-itself", "action-defaults-to-self"),
        ("stops-nothing", "stop-without-start"),
        ("endless-round", "endless-repeat"),
        ("outcome-twice", "duplicate-outcome"),
        ("answered-call-goes-on", "continues-after-answer"),
    ],
)
def test_a_former_slug_still_names_its_rule(former: str, slug: str) -> None:
    assert find(former) is RULES[slug]
    assert former not in RULES
