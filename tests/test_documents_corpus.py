"""Documents that other people wrote: each fault is found where it is, and nothing crashes."""

import os
import random
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.documents import check_document, read_document

SHARED = Path(os.environ.get("TWIMLC_SHARED", Path(__file__).parents[2] / "shared"))
CORPUS = SHARED / "corpus"
pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"NO CORPUS OF DOCUMENTS at {CORPUS} (set TWIMLC_SHARED)"
)

# The line of the fault in each malformed document; 0 stands for a template.
MALFORMED = {1: 5, 2: 5, 3: 5, 4: 5, 5: 4, 6: 4, 7: 0, 8: 0, 9: 4, 10: 4, 11: 4, 12: 4}
MALFORMED |= {13: 3, 14: 2, 15: 4, 16: 2, 17: 2, 18: 5}

# One document, at least, for each kind of fault that is known to occur.
CLASSES = [
    ("twiml/146", "asks-itself"),
    ("twiml/096", "asks-itself"),
    ("twiml/161", "dead-end"),
    ("twiml/154", "key-too-early"),
    ("twiml/185", "post-to-file"),
    ("twiml/003", "unreachable-step"),
    ("twiml/198", "bad-value"),
    ("twiml/147", "national-number"),
    ("twiml/182", "bad-phone-number"),
    ("twiml/025", "placeholder-host"),
    ("twiml/203", "nested-response"),
    ("twiml/054", "unknown-attribute"),
    ("twiml/008", "retired-part"),
    ("twiml/017", "retired-part"),
    ("dialects/001", "unknown-voice"),
    ("dialects/038", "other-dialect"),
    ("dialects/041", "other-dialect"),
    ("dialects/047", "empty-element"),
    ("templates/006", "template-not-filled"),
]


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


@pytest.mark.parametrize(("name", "slug"), CLASSES)
def test_kinds_of_faults(name: str, slug: str) -> None:
    folder, number = name.split("/")
    [path] = (CORPUS / folder).glob(f"{number}-*.xml")
    assert slug in {f.rule.slug for f in findings(path)}


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
