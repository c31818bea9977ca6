"""The numbers of findings for the steps of a workflow: findings in, ``name=number`` lines out."""

from collections.abc import Sequence

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.report import tally


def outputs(findings: Sequence[Diagnostic]) -> str:
    """``errors``, ``warnings``, ``notes``, and ``findings`` for all of them."""
    counts = {**tally(findings), "findings": len(findings)}
    return "".join(f"{name}={number}\n" for name, number in counts.items())
