"""What a finding is known by from run to run: findings in, a text for each out.

It is made of the rule, the file and the text of the line, so that a finding keeps its identity
when lines above it come and go; findings that are alike in all of that are counted.
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from twimlc.diagnostics.diagnostic import Diagnostic


def fingerprints(findings: Sequence[Diagnostic]) -> list[str]:
    """One fingerprint for each finding, all of them different."""
    seen: Counter[str] = Counter()
    made = []
    for finding in findings:
        span = finding.span
        line = span.file.line(span.begin.line).strip()
        text = f"{finding.rule.slug}\0{span.file.path}\0{line}"
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        made.append(f"{digest}:{seen[digest]}")
    return made
