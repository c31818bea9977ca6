"""Documents that other people wrote: each fault is found where it is, and nothing crashes."""

import csv
import os
import random
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from compiled import check_document
from document_faults import CLASSES
from twimlc import pipeline
from twimlc.findings.diagnostic import Diagnostic
from twimlc.xml.file_type import read_document

SHARED = Path(os.environ.get("TWIMLC_SHARED", Path(__file__).parents[2] / "shared"))
CORPUS = SHARED / "corpus"
pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS OF DOCUMENTS at {CORPUS} (set TWIMLC_SHARED)"
)

# The line of the fault in each malformed document; 0 stands for a template.
MALFORMED = {1: 5, 2: 5, 3: 5, 4: 5, 5: 4, 6: 4, 7: 0, 8: 0, 9: 4, 10: 4, 11: 4, 12: 4}
MALFORMED |= {13: 3, 14: 2, 15: 4, 16: 2, 17: 2, 18: 5}


def findings(path: Path) -> list[Diagnostic]:
    file, found = read_document(path.read_bytes(), path.name)
    return [*found, *(check_document(file) if file else [])]


def paths(folder: str) -> list[Path]:
    return sorted((CORPUS / folder).glob("*.xml"))


def test_malformed_documents_have_a_finding_at_the_fault() -> None:
    for path in paths("malformed"):
        wanted = MALFORMED.get(int(path.name[:3]))
        errors = [
            f for f in findings(path) if f.rule.slug in ("malformed-xml", "template-not-filled")
        ]
        assert errors, path.name
        if wanted:
            assert [f.span.begin.line for f in errors] == [wanted], path.name
        elif wanted == 0:
            assert [f.rule.slug for f in errors] == ["template-not-filled"], path.name


def test_templates_have_one_finding() -> None:
    for path in paths("templates"):
        assert [f.rule.slug for f in findings(path)] == ["template-not-filled"], path.name


@pytest.mark.parametrize(("slug", "name"), [(slug, name) for slug, _, name in CLASSES if name])
def test_kinds_of_faults(slug: str, name: str) -> None:
    folder, number = name.split("/")
    [path] = (CORPUS / folder).glob(f"{number}-*.xml")
    assert slug in {f.rule.slug for f in findings(path)}


def sources() -> list[tuple[Path, dict[str, str]]]:
    """Every document and what is noted of it."""
    found = []
    for folder in ("twiml", "dialects", "malformed", "templates"):
        lines = (CORPUS / folder / "SOURCES.csv").read_text("utf-8").splitlines()
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        found += [(CORPUS / folder / row["file"], row) for row in rows]
    return found


def test_what_is_noted_of_the_documents_is_found() -> None:
    for path, row in sources():
        slugs = {f.rule.slug for f in findings(path)}
        if row["parse_error"]:
            assert slugs & {"malformed-xml", "template-not-filled"}, path.name
        if "mustache" in row["tags"].split():
            assert slugs & {"template-not-filled", "only-in-a-bin"}, path.name
        if path.parent.name == "twiml":
            assert not slugs & {"malformed-xml", "not-twiml", "other-dialect"}, path.name


def test_findings_that_were_read_are_still_there() -> None:
    """Fifty findings that a person held against their documents; none may be a false alarm."""
    lines = (Path(__file__).parent / "data" / "checked_findings.csv").read_text().splitlines()
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    assert len(rows) == 50
    options = pipeline.Options(paths=(CORPUS,), cwd=CORPUS)
    found = {
        (
            f"{Path(f.span.file.path).parent.name}/{Path(f.span.file.path).name[:3]}",
            f"{f.span.begin.line}",
            f"{f.span.begin.column}",
            f.rule.slug,
            f"{f.severity}",
        )
        for f in pipeline.check(options).findings
    }
    for *place, verdict, why in rows:
        assert verdict == "true", why
        assert tuple(place) in found, why


def test_well_formed_documents_are_read() -> None:
    for folder in ("twiml", "dialects"):
        for path in paths(folder):
            assert "malformed-xml" not in {f.rule.slug for f in findings(path)}, path.name


def test_damaged_documents() -> None:
    """Whatever is done to a document, nothing crashes, and no fault of XML is passed over."""
    chance = random.Random(11)
    documents = [p.read_bytes() for f in ("twiml", "malformed", "templates") for p in paths(f)]
    pieces = [
        b"<",
        b">",
        b"&",
        b'"',
        b"/",
        b"=",
        b"--",
        b"<!--",
        b"]]>",
        b"\x00",
        b"\xff",
        b"</Say>",
    ]
    for _ in range(1500):
        data = bytearray(chance.choice(documents))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.choice((0, 0, 1, 5))] = chance.choice(pieces)
        file, found = read_document(bytes(data), "x.xml")
        if file is None:
            assert found
            continue
        found += check_document(file)
        assert all(0 <= f.span.start <= f.span.end <= len(file.text) for f in found)
        try:
            ET.fromstring(file.text)
        except ET.ParseError:
            assert any(f.is_error for f in found), file.text
