"""A finding, the rule it breaks, and the edits that would mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from twimlc.text import Span, shorten


class Severity(StrEnum):
    """How bad: an error stops the build, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return ("error", "warning", "note").index(self.value)


class Example(NamedTuple):
    """A flow that shows a rule: ``flow`` is the text of the flow file.

    ``files`` holds what lies beside it (path relative to the project's root, such as
    ``_components/x.yaml`` or ``twimlc.yaml``; ``<6 MB>`` stands for a file of that size); the flow
    itself is ``example.yaml`` unless ``name`` says otherwise. ``target`` is a host or a target of
    the project file.
    """

    flow: str
    files: tuple[tuple[str, str], ...] = ()
    target: str = "static"
    name: str = "example.yaml"


class Label(NamedTuple):
    """A second place that a finding talks about."""

    span: Span
    message: str


class Edit(NamedTuple):
    """Replace the text of ``span`` by ``text``."""

    span: Span
    text: str


class Fix(NamedTuple):
    """Edits that mend one finding and change nothing else."""

    title: str
    edits: tuple[Edit, ...]


class Rule(NamedTuple):
    """One kind of finding.

    ``number`` is what ``TW`` stands before, ``slug`` the name people write; both are accepted
    everywhere. ``summary`` is one sentence, ``why`` explains for ``twimlc explain``. ``wrong``
    must give exactly this finding, ``right`` must not. ``twilio`` lists Twilio's run-time error
    codes that the rule prevents (www.twilio.com/docs/api/errors/CODE).
    """

    number: int
    slug: str
    severity: Severity
    summary: str
    why: str
    wrong: Example
    right: Example
    twilio: tuple[int, ...] = ()

    @property
    def code(self) -> str:
        return f"TW{self.number:03d}"

    def at(
        self,
        span: Span,
        message: str,
        *,
        hint: str | None = None,
        labels: Sequence[Label] = (),
        fix: Fix | None = None,
        twilio: Sequence[int] | None = None,
    ) -> "Diagnostic":
        """A finding of this rule at ``span``; what it says of a long line is shortened."""
        return Diagnostic(
            rule=self,
            message=shorten(message),
            span=span,
            severity=self.severity,
            hint=hint and shorten(hint),
            labels=tuple(label._replace(message=shorten(label.message)) for label in labels),
            fix=fix and fix._replace(title=shorten(fix.title)),
            twilio=self.twilio if twilio is None else tuple(twilio),
        )


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: one mistake, at one place, in words that help."""

    rule: Rule
    message: str
    span: Span
    severity: Severity
    hint: str | None = None
    labels: tuple[Label, ...] = ()
    fix: Fix | None = field(default=None, compare=False)
    twilio: tuple[int, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR
