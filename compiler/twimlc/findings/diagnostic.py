"""A finding, the rule it breaks, and the edits that would fix it."""

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


class Label(NamedTuple):
    """A second place that a finding talks about."""

    span: Span
    message: str


class Edit(NamedTuple):
    """Replace the text of ``span`` by ``text``."""

    span: Span
    text: str


class Fix(NamedTuple):
    """Edits that fix one finding and change nothing else."""

    title: str
    edits: tuple[Edit, ...]


class Rule(NamedTuple):
    """One kind of finding; its words and examples are its page.

    ``number`` is what ``TW`` stands before, ``slug`` the name people write; both are accepted
    everywhere. ``twilio`` lists Twilio's run-time error codes that the rule prevents
    (www.twilio.com/docs/api/errors/CODE).
    """

    number: int
    slug: str
    severity: Severity
    twilio: tuple[int, ...] = ()

    @property
    def code(self) -> str:
        return f"TW{self.number:03d}"

    @property
    def title(self) -> str:
        return f"{self.code} {self.slug}"

    def at(
        self,
        span: Span,
        message: str,
        *,
        hint: str | None = None,
        labels: Sequence[Label] = (),
        fix: Fix | None = None,
        twilio: Sequence[int] | None = None,
        severity: Severity | None = None,
    ) -> "Diagnostic":
        """A finding of this rule at ``span``; what it says of a long line is shortened."""
        return Diagnostic(
            rule=self,
            message=shorten(message),
            span=span,
            severity=severity or self.severity,
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

    @property
    def sentence(self) -> str:
        """The message, with the hint in parentheses."""
        return f"{self.message} ({self.hint})" if self.hint else self.message
