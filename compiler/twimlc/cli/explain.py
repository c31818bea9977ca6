"""``twimlc explain``: what a finding means, with a wrong and a right example."""

from collections.abc import Iterator

import click

from twimlc.cli.complete import complete_rules
from twimlc.cli.streams import write
from twimlc.diagnostics.diagnostic import Example, Rule
from twimlc.report.visible import visible

_TWILIO = "https://www.twilio.com/docs/api/errors"


@click.command()
@click.argument("rule", required=False, shell_complete=complete_rules)
def explain(rule: str | None) -> None:
    """Tell what a finding means, with a wrong and a right example.

    RULE is a code, a number or a name: TW301, 301, unknown-state; or what a build says that it
    assumes, such as relative-urls. Without it all rules are listed.
    """
    from twimlc.diagnostics.catalogue import RULES, find, nearest

    if rule is None:
        width = max(len(slug) for slug in RULES)
        write(
            "".join(
                f"{each.code}  {each.severity:<7}  {each.slug:<{width}}  {each.summary}\n"
                for each in RULES.values()
            )
        )
        return
    found = find(rule)
    if found is None and (assumption := list(_assumption(rule))):
        write("\n".join(assumption) + "\n")
        return
    if found is None:
        near = nearest(rule)
        hint = f"Did you mean '{near}'?" if near else "'twimlc explain' lists all rules."
        raise click.UsageError(f"No rule is called '{visible(rule)}'. {hint}")
    write("\n".join(_page(found)) + "\n")


def _assumption(name: str) -> Iterator[str]:
    """What is known of something that Twilio's pages leave open, under its name."""
    from twimlc.interpret.assumptions import BY_NAME
    from twimlc.lower.plan import ASSUMPTIONS

    question, meaning = BY_NAME.get(name), ASSUMPTIONS.get(name)
    if question is None and meaning is None:
        return
    yield f"{name} (assumption)"
    yield ""
    yield "Twilio's pages leave this open; what is built rests on it."
    if meaning is not None:
        yield ""
        yield _wrapped(f"Assumed: {meaning}")
    if question is not None:
        yield ""
        yield _wrapped(question.question)
        for answer in question.answers if question.words else ():
            word = "Assumed" if answer == question.reading else "It could be"
            yield _wrapped(f"{word}: {question.sentence(answer)}")
        yield ""
        yield _wrapped(f"Source: {question.source}")


def _page(rule: Rule) -> Iterator[str]:
    yield f"{rule.code} {rule.slug} ({rule.severity})"
    yield ""
    yield rule.summary
    yield ""
    yield _wrapped(rule.why)
    for code in rule.twilio:
        yield ""
        yield f"Prevents Twilio's error {code}: {_TWILIO}/{code}"
    yield ""
    yield "Wrong:"
    yield from _example(rule.wrong)
    yield ""
    yield "Right:"
    yield from _example(rule.right)


def _wrapped(text: str) -> str:
    from textwrap import fill

    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(
        fill(part, 88, break_long_words=False, break_on_hyphens=False) for part in paragraphs
    )


def _example(example: Example) -> Iterator[str]:
    for path, text in ((example.name, example.flow), *example.files):
        yield ""
        if example.files:
            yield f"  {path}"
        for line in text.splitlines():
            yield f"    {line}".rstrip()
