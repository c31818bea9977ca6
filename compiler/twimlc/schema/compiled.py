"""The published schemas, read and compiled once: a name comes in, both forms go out."""

import json
from collections.abc import Mapping as Table
from functools import cache
from typing import Any

from twimlc.schema.closures import Compiler
from twimlc.schema.files import schema_text

STEP = "a step"
PROMPT_STEP = "a step that says, plays or pauses"
PERSON = "somebody to ring: a number, a client or a sip"

NOUN = "one of what it holds"
_REPEATERS = frozenset({"if", "each", "as"})
BESIDE: Table[str, frozenset[str]] = {
    STEP: frozenset({"then", "when", "fallback", "if", "each", "as", "with", "allow", "note"}),
    PROMPT_STEP: _REPEATERS,
    PERSON: _REPEATERS,
    NOUN: _REPEATERS,
}
"""By the ``$comment`` of a map: the keys that may stand beside its one verb."""


@cache
def compiled(name: str) -> tuple[dict[str, Any], Compiler]:
    """A published schema and its compiled form."""
    root: dict[str, Any] = json.loads(schema_text(name))
    return root, Compiler(root, BESIDE)
