"""Times in the wrong unit: a verb comes in, findings go out."""

from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.twiml import MILLISECONDS
from twimlc.flow.model import Element

_MANY_SECONDS = 1000


def check_milliseconds(verb: Element) -> Iterator[Diagnostic]:
    """Timeouts of a verb that are too long to be meant in seconds."""
    for attribute in verb.attributes:
        spec = verb.spec.attributes.get(attribute.name) if verb.spec else None
        if spec is None or spec.unit != "seconds" or not attribute.name.lower().endswith("timeout"):
            continue
        text = attribute.value if isinstance(attribute.value, str) else ""
        if not text.isdecimal() or int(text) < _MANY_SECONDS:
            continue
        if spec.maximum is not None and int(text) > spec.maximum:
            continue  # the value is refused anyway, which is told already
        message = f"{attribute.name} is in seconds: {text} are {int(text) // 60} minutes"
        yield MILLISECONDS.at(attribute.span, message)
