"""Steps and states that nothing leads to, in whatever row and target.

The findings of all that was compiled come in; those that hold everywhere go out.
"""

from collections.abc import Iterable, Sequence

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.flow import UNREACHABLE_STATE, UNREACHABLE_STEP
from twimlc.pipeline.variants import Compiled

_DEAD = (UNREACHABLE_STEP, UNREACHABLE_STATE)


def dead_everywhere(
    findings: Iterable[Diagnostic], compiled: Sequence[Compiled]
) -> list[Diagnostic]:
    """All findings but those about what is dead here and reached in another row or target."""
    return [
        found
        for found in findings
        if found.rule not in _DEAD or not any(found.span.place in made.alive for made in compiled)
    ]
