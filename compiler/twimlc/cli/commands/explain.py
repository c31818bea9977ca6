"""``twimlc explain``: what a finding means, with a wrong and a right example."""

import re
from collections.abc import Iterator

import click
from click.shell_completion import CompletionItem

from twimlc.about import TWILIO, TWILIO_ERRORS
from twimlc.cli.streams import write
from twimlc.findings.catalogue import RULES, find, nearest
from twimlc.findings.diagnostic import Rule
from twimlc.findings.pages import page_of
from twimlc.report.escape import visible
from twimlc.text import folded

_PAGE = re.compile(r"\bdocs/")


def _complete_rules(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
    """Slugs of rules, or their codes where the word begins like one."""
    by_code = word[:2].lower() == "tw"
    names = {rule.code if by_code else slug: slug for slug, rule in RULES.items()}
    begun = [name for name in names if name.startswith(word.upper() if by_code else word)]
    return [CompletionItem(name, help=page_of(names[name]).summary) for name in begun]


@click.command()
@click.argument("rule", required=False, shell_complete=_complete_rules)
def explain(rule: str | None) -> None:
    """Explain what a finding means, with a wrong and a right example.

    RULE is a code, a number or a name: TW301, 301, unknown-state; an error of Twilio's, such as
    11200; or what a build says that it assumes, such as relative-urls. Without it all rules are
    listed.
    """
    if rule is None:
        width = max(len(slug) for slug in RULES)
        rows = (
            f"{each.code}  {each.severity:<7}  {slug:<{width}}  {page_of(slug).summary}\n"
            for slug, each in RULES.items()
        )
        write("".join(rows))
        return
    preventing = [each for each in RULES.values() if rule in map(str, each.twilio)]
    if preventing:
        write(f"Prevent Twilio's error {rule}: {TWILIO_ERRORS}{rule}\n\n")
        for each in preventing:
            write(f"{each.code}  {each.severity:<7}  {each.slug}\n")
            write(f"{_wrapped(page_of(each.slug).summary, ' ' * 7)}\n")
        return
    found = find(rule)
    if found is None and (assumption := list(_assumption(rule))):
        write("\n\n".join(assumption) + "\n")
        return
    if found is None:
        near = nearest(rule)
        hint = f"Did you mean '{near}'?" if near else "'twimlc explain' lists all rules."
        raise click.UsageError(f"Unknown rule '{visible(rule)}'. {hint}")
    write("\n\n".join(_page(found)) + "\n")


def _assumption(name: str) -> Iterator[str]:
    """The paragraphs about something that Twilio's pages leave open, under its name."""
    # Few ask for an assumption, and what plays and plans calls takes long to load.
    from twimlc.interpret.assumptions import BY_NAME

    assumption = BY_NAME.get(name)
    if assumption is None:
        return
    yield f"{name} (assumption)"
    yield "Twilio's pages leave this open; what is built rests on it."
    if assumption.meaning:
        yield _wrapped(f"Assumed: {assumption.meaning}")
    if assumption.question:
        lines = [_wrapped(assumption.question)]
        for answer in assumption.answers if assumption.words else ():
            word = "Assumed" if answer == assumption.reading else "It could be"
            lines.append(_wrapped(f"{word}: {assumption.sentence(answer)}"))
        yield "\n".join(lines)
        yield _wrapped(f"Source: {_PAGE.sub(f'{TWILIO}docs/', assumption.source)}")
    if assumption.test:
        yield _wrapped(f"Test call: {assumption.test}.")


def _page(rule: Rule) -> Iterator[str]:
    """The paragraphs about a rule."""
    page = page_of(rule.slug)
    yield f"{rule.title} ({rule.severity})"
    yield from (_wrapped(text) for text in (page.summary, page.why) if text)
    yield from (f"Prevents Twilio's error {code}: {TWILIO_ERRORS}{code}" for code in rule.twilio)
    wrong, right = page.wrong.all_files(), page.right.all_files()
    if [name for name, _ in wrong] == [name for name, _ in right]:
        # Of several files those are shown that differ.
        same = {*wrong} & {*right} if wrong != right else set()
        wrong, right = ([file for file in files if file not in same] for files in (wrong, right))
    named = bool(page.wrong.files or page.right.files or page.wrong.name != page.right.name)
    hosts = page.wrong.target != page.right.target
    for title, files, host in (
        ("Wrong", wrong, page.wrong.target),
        ("Right", right, page.right.target),
    ):
        if page.wrong.flow:
            yield f"{title}, on {host}:" if hosts else f"{title}:"
            for path, text in files:
                lines = [f"    {line}".rstrip() for line in text.splitlines()]
                yield "\n".join([f"  {path}", *lines] if named else lines)


def _wrapped(text: str, indent: str = "") -> str:
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join("\n".join(folded(part, indent, indent)) for part in paragraphs)
