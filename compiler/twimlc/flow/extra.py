"""``extra:``, the way in for attributes that are newer than the table of TwiML.

The element they stand in and the node behind ``extra:`` come in; attributes that are passed on
as they are go out, with findings.
"""

import re

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.shape import WRONG_TYPE
from twimlc.diagnostics.rules.twiml import EXTRA_MARKUP
from twimlc.flow.model import Attribute
from twimlc.flow.values import scalar_text
from twimlc.source.tree import Mapping, Node, Scalar, Template

_XML_NAME = re.compile(r"(xml:)?[A-Za-z_][A-Za-z0-9_.\-]*")


def read_extra(spec: vocabulary.Element, node: Node) -> tuple[list[Attribute], list[Diagnostic]]:
    """Attributes that ``spec`` does not have; one that it has would stand there twice."""
    if not isinstance(node, Mapping):
        message = "extra takes a map of attributes that are newer than this version knows"
        return [], [WRONG_TYPE.at(node.span, message)]
    attributes: list[Attribute] = []
    findings: list[Diagnostic] = []
    for entry in node.entries:
        key, scalar = entry.key, entry.value
        if not isinstance(scalar, Scalar) or scalar.value is None:
            found = WRONG_TYPE.at(scalar.span, f"extra attribute '{key}' takes text")
        elif not _XML_NAME.fullmatch(key):
            found = WRONG_TYPE.at(entry.key_span, f"'{key}' cannot be the name of an attribute")
        elif key in spec.attributes:
            message = f"'{key}' is no extra: {spec.key} has it"
            found = WRONG_TYPE.at(entry.key_span, message, hint="write it beside 'extra'")
        else:
            message = f"'{key}' is not in our table of TwiML, so nothing about it is checked"
            found = EXTRA_MARKUP.at(entry.key_span, message)
            value = scalar.value
            text = value if isinstance(value, Template) else scalar_text(value, scalar.text)
            attributes.append(Attribute(key, text, scalar.span))
        findings.append(found)
    return attributes, findings
