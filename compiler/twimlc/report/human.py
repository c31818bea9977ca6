"""Findings for people: findings in, excerpts with carets out.

::

    flows/standup.yaml:14:21: error[TW301 unknown-state] no state is called 'voicemial'
       13 |         - dial: {number: "${desk}", timeout: 20}
       14 |           fallback: voicemial
          |                     ^^^^^^^^^ did you mean 'voicemail'?

Colour never carries meaning alone.
"""

from collections.abc import Callable, Iterator, Sequence

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.report.excerpt import excerpt, line_above
from twimlc.report.few import first_of_each
from twimlc.report.visible import visible
from twimlc.text import Span

Paint = Callable[[str, str], str]
"""Paints a text in a colour, or does nothing."""

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_QUIET = "blue"
_TWILIO = "https://www.twilio.com/docs/api/errors/"
# A chain of components that use components stays readable; its ends say enough.
_LONGEST_CHAIN = 6


def _plain(text: str, colour: str) -> str:
    return text


def _painted(text: str, colour: str) -> str:
    import click

    return click.style(text, fg=colour, bold=colour != _QUIET)


def human(findings: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """The findings, one block of lines each, with a blank line between them."""
    paint = _painted if colour else _plain
    return "\n".join(
        "".join(f"{line}\n" for line in _finding(one, paint)) for one in first_of_each(findings)
    )


def place(span: Span) -> str:
    """``path:line:column`` of where a span begins."""
    begin = span.begin
    return f"{visible(span.file.path)}:{begin.line}:{begin.column}"


def _finding(finding: Diagnostic, paint: Paint) -> Iterator[str]:
    rule, span = finding.rule, finding.span
    colour = _COLOURS[finding.severity]
    tag = paint(f"{finding.severity}[{rule.code} {rule.slug}]", colour)
    yield f"{place(span)}: {tag} {visible(finding.message)}"
    hints = [visible(line) for line in (finding.hint or "").splitlines()]
    yield from _marked(span, "^", hints, paint, colour, with_line_above=True)
    for label in finding.labels:
        yield from _second(label.span, label.message, paint)
    for via in chain(span):
        yield from _second(via, "used here", paint)
    if finding.twilio:
        codes = ", ".join(str(code) for code in finding.twilio)
        noun = "error" if len(finding.twilio) == 1 else "errors"
        address = f" ({_TWILIO}{finding.twilio[0]})" if len(finding.twilio) == 1 else ""
        yield f"      {paint('=', _QUIET)} prevents Twilio's {noun} {codes}{address}"


def chain(span: Span) -> list[Span]:
    """The places that brought a span in, the innermost first."""
    places: list[Span] = []
    via = span.via
    while via is not None:
        places.append(via)
        via = via.via
    if len(places) > _LONGEST_CHAIN:
        half = _LONGEST_CHAIN // 2
        places = places[:half] + places[-half:]
    return places


def _second(span: Span, message: str, paint: Paint) -> Iterator[str]:
    """A second place: no line above it, and quieter marks."""
    yield f"  {place(span)}: {visible(message)}"
    yield from _marked(span, "-", [], paint, _QUIET)


def _marked(
    span: Span,
    mark: str,
    hints: Sequence[str],
    paint: Paint,
    colour: str,
    *,
    with_line_above: bool = False,
) -> Iterator[str]:
    bar = paint("|", _QUIET)
    if not span.file.text:
        for hint in hints:
            yield f"      {bar} {hint}"
        return
    if with_line_above and (above := line_above(span)) is not None:
        yield f"{paint(f'{above[0]:5}', _QUIET)} {bar} {above[1]}".rstrip()
    shown = excerpt(span)
    yield f"{paint(f'{shown.number:5}', _QUIET)} {bar} {shown.text}".rstrip()
    marks = " " * shown.indent + paint(mark * shown.length, colour)
    first, *others = hints or [""]
    yield f"      {bar} {marks} {first}".rstrip()
    for hint in others:
        yield f"      {bar} {' ' * (shown.indent + shown.length)} {hint}".rstrip()
