"""The table of TwiML against documents that other people wrote: everything in them is known."""

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from twimlc.vocabulary import DocumentKind, Element, element_by_tag

SHARED = Path(os.environ.get("TWIMLC_SHARED", Path(__file__).parents[2] / "shared"))
DOCUMENTS = SHARED / "corpus" / "twiml"
XML_NAMESPACE = "{http://www.w3.org/XML/1998/namespace}"

# What is unknown, in which document, and why it stays unknown.
EXPECTED = {
    ("say-as.role", "004-twiml-generator-ssml.xml"): "the name of format until December 2022",
    (
        "Response > Message",
        "014-csharp-send-sms-during-call.xml",
    ): "a verb of messages beside Say; calls have Sms",
    (
        "Room.statusCallback",
        "024-voice-connect-room-statuscallback-old.xml",
    ): "from a draft of the page, gone since",
    (
        "Room.statusCallback",
        "025-voice-connect-room-action-old.xml",
    ): "from a draft of the page, gone since",
    (
        "Room.statusCallback",
        "026-voice-connect-room-timeout-old.xml",
    ): "from a draft of the page, gone since",
    (
        "Connect.timeout",
        "026-voice-connect-room-timeout-old.xml",
    ): "from a draft of the page, gone since",
    (
        "Room.statusCallback",
        "027-voice-connect-room-media-region-old.xml",
    ): "from a draft of the page, gone since",
    (
        "Room.mediaRegion",
        "027-voice-connect-room-media-region-old.xml",
    ): "from a draft of the page, gone since",
    (
        "Connect.timeout",
        "027-voice-connect-room-media-region-old.xml",
    ): "from a draft of the page, gone since",
    (
        "VirtualAgent.statuscallback",
        "054-voice-basic-old.xml",
    ): "a slip: the attribute is statusCallback",
    (
        "Response > Response",
        "203-operator-welcome-old.xml",
    ): "a slip: the root stands inside itself",
}


def unknown(kind: DocumentKind, node: ET.Element, parent: Element | None) -> Iterator[str]:
    """Everything below ``node`` that the table does not know, named by parent and name."""
    spec = element_by_tag(kind, parent.name if parent else None, node.tag)
    if spec is None:
        yield f"{parent.name if parent else ''} > {node.tag}"
        return
    for name in node.attrib:
        name = name.replace(XML_NAMESPACE, "xml:")
        if name not in spec.attributes:
            yield f"{spec.name}.{name}"
    for child in node:
        yield from unknown(kind, child, spec)


def findings(path: Path) -> set[str]:
    root = ET.fromstring(path.read_bytes())
    tags = {child.tag for child in root}
    kind: DocumentKind = "messaging" if "Message" in tags <= {"Message", "Redirect"} else "voice"
    return set(unknown(kind, root, None))


@pytest.mark.skipif(
    not DOCUMENTS.is_dir(), reason=f"no corpus of documents at {DOCUMENTS} (set TWIMLC_SHARED)"
)
def test_documents_use_only_what_the_table_knows() -> None:
    paths = sorted(DOCUMENTS.glob("*.xml"))
    assert len(paths) > 100
    found = {(finding, path.name) for path in paths for finding in findings(path)}
    assert found == set(EXPECTED)
