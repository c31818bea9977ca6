"""``twimlc call``: a phone in the terminal. Keys and outcomes are read line by line."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import click
from click.core import ParameterSource

from twimlc.cli import CLEAN, FINDINGS
from twimlc.cli.options import (
    Given,
    Override,
    command_with,
    complete_from_project,
    one_target,
    overrides,
    pairs,
)
from twimlc.cli.present import Reporter
from twimlc.cli.streams import wants_color, write
from twimlc.report.escape import visible

_COLORS = {"bad": "red", "answer": "cyan"}
_LONGEST_LINE = 4096


@command_with("params", "config", "terminal")
@click.argument("flow", required=False, shell_complete=complete_from_project("flow_names"))
@click.option(
    "--documents",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Play a folder of TwiML instead of a flow.",
)
@click.option(
    "--entry",
    metavar="FILE",
    help="The first document in DIR. Without it: index.xml, or the only document in it.",
)
@click.option(
    "--base",
    metavar="URL",
    help="Where DIR is served, so that absolute addresses find their documents in it.",
)
@click.option("--accept-post", is_flag=True, help="DIR's host answers POST as it answers GET.")
@click.option("--url", metavar="URL", help="Play documents that a web server has.")
@click.option(
    "--method",
    type=click.Choice(("GET", "POST")),
    help="How to request the first document at URL. Without it: GET.",
)
@click.option(
    "--everywhere", is_flag=True, help="Also play what other servers than that of URL have."
)
@one_target(
    "A target of the project file, or the name of a host. Without it: the first that has the flow.",
    envvar="TWIMLC_TARGET",
)
@click.option("--row", metavar="ROW", help="The row of the matrix. Without it: the first.")
@click.option("--from", "caller", metavar="NUMBER", default="+14155550123", help="Who calls.")
@click.option("--to", "called", metavar="NUMBER", default="+14155550199", help="Who is called.")
@click.option("--at", metavar="TIME", help="When the call is made, such as 2026-12-24T10:00.")
@click.option(
    "--hours",
    multiple=True,
    metavar="CALENDAR=OUTCOME",
    callback=pairs,
    help="What a calendar says, such as office=closed.",
)
@click.option(
    "--override",
    "instead",
    multiple=True,
    metavar="CALENDAR=OUTCOME[@UNTIL]",
    callback=overrides,
    help="What a calendar says over everything, until a time: --hours is stronger.",
)
@click.option(
    "--send",
    "further",
    multiple=True,
    metavar="NAME=VALUE",
    callback=pairs,
    help="One more parameter of the requests: Twilio's in all of them, others in the first.",
)
def call(
    given: Given,
    flow: str | None,
    documents: Path | None,
    entry: str | None,
    base: str | None,
    accept_post: bool,
    url: str | None,
    method: str | None,
    everywhere: bool,
    targets: tuple[str, ...],
    row: str | None,
    caller: str,
    called: str,
    at: str | None,
    hours: dict[str, str],
    instead: tuple[Override, ...],
    further: dict[str, str],
) -> int:
    """Call a flow, or any TwiML, in the terminal.

    FLOW is the name of a flow or the path of its file. At each question type what happens: keys,
    words, who answers; Enter is what happens when nobody does anything, h hangs up, l listens on
    another line that has a document of its own, ? helps, q leaves. On a pipe one line is one
    answer, and its end hangs up. -q leaves out where things come from, -v shows more of them.
    """
    _one_of({"FLOW": flow, "--documents": documents, "--url": url})
    _only_beside("--documents", documents, {"--entry": entry, "--base": base})
    _only_beside("--documents", documents, {"--accept-post": accept_post})
    _only_beside("--url", url, {"--method": method, "--everywhere": everywhere})
    source = click.get_current_context().get_parameter_source("targets")
    # A target of the environment is not meant for this call in particular.
    named = source is ParameterSource.COMMANDLINE
    compiling = {
        "-t": named,
        "--row": row,
        "-p": given.params,
        "--params": given.params_files,
        "--config": given.config,
        "--at": at,
        "--hours": hours,
        "--override": instead,
    }
    _only_beside("FLOW", flow, compiling)
    paint = _paint if wants_color(given.color, sys.stdout, os.environ) else _plain
    keyboard = _Keyboard(sys.stdin, paint)
    keyboard.prepare()
    # All that plays calls takes long to load; ``--help`` goes without it.
    from twimlc import pipeline
    from twimlc.calls import legs, moment, phone, requests

    if url is not None:
        _web_address(url, "--url")
        from twimlc.calls.web import WebHost  # HTTP and TLS take longer to import than the rest

        host = WebHost(url, everywhere=everywhere, may_ask=keyboard.may_ask)
        callee = legs.web_target(host, url, method or "GET")
    elif documents is not None:
        if base is not None:
            _web_address(base, "--base")
        if not documents.is_dir():  # devices are no folders either
            raise click.UsageError(f"'{documents}' is not a folder")
        folder = legs.Folder(documents)
        if entry is not None and entry not in folder:
            raise click.UsageError(f"unknown document '{entry}' in '{documents}'")
        first = entry or folder.entry()
        if first is None:
            raise click.UsageError(
                f"there is no index.xml in '{documents}'; name the first document with --entry"
            )
        callee = legs.folder_target(folder, first, base, post=accept_post)
    else:
        assert flow is not None
        options = replace(given.options(write=False), targets=targets)
        compiled, findings = pipeline.compile_flow(options, flow, row)
        status = Reporter(given).show_errors(findings)
        if compiled is None:
            return status or FINDINGS
        callee = legs.flow_target(compiled, lines=True)
    sent = requests.request_parameters(caller, called, further)
    leg = callee.caller(sent, requests.own_parameters(further))
    transcript = phone.Transcript(
        paint, places=not given.quiet, at_length=given.verbose, base=callee.base
    )
    when = None
    if callee.flow:
        when = moment.Moment(sent, callee.calendars, at or "", {}, int(time.time()))
        try:
            when.say(hours, instead)
        except ValueError as fault:
            raise click.UsageError(str(fault)) from None
        if why := when.fault():
            raise click.UsageError(why)
    talk = phone.Talk(callee, leg, keyboard.read, write, transcript, moment=when)
    talk.run()
    # A person fixes a typo; a script that nobody understood is wrong.
    slipped = talk.misunderstood and not keyboard.person
    return FINDINGS if talk.failed or slipped else CLEAN


def _paint(text: str, style: str) -> str:
    return click.style(text, fg=_COLORS.get(style), dim=style == "dim" or None)


def _plain(text: str, style: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class _Keyboard:
    """Where answers come from: a person at a terminal, who is asked, or a pipe."""

    stream: TextIO | None
    paint: Callable[[str, str], str]

    @property
    def person(self) -> bool:
        return self.stream is not None and self.stream.isatty()

    def prepare(self) -> None:
        """Let no bytes that are no text end a call."""
        reconfigure = getattr(self.stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")

    def may_ask(self, server: str) -> bool:
        """Whether another server than that of the address given may be asked."""
        answer = self.read(
            f"the answer redirects to another server, {visible(server)}; ask it? y/n"
        )
        return (answer or "").strip().lower() in ("y", "yes")

    def read(self, prompt: str) -> str | None:
        """A line; None at the end of the input."""
        if self.stream is None:
            return None
        if self.person:
            # Where the transcript goes to a file the prompt must not.
            write(self.paint(f"{prompt}> ", "dim"), to_stderr=not sys.stdout.isatty())
        text = self.stream.readline(_LONGEST_LINE)
        if not text and self.person:
            write("\n")
        return text or None


def _one_of(given: Mapping[str, object]) -> None:
    named = [name for name, value in given.items() if value is not None]
    if not named:
        raise click.UsageError("name a flow, or give --documents DIR or --url URL")
    if len(named) > 1:
        raise click.UsageError(f"{' and '.join(named)} cannot be given together")


def _only_beside(name: str, value: object, options: Mapping[str, object]) -> None:
    for option, given in options.items():
        if given and value is None:
            raise click.UsageError(f"{option} is only for {name}")


def _web_address(url: str, option: str) -> None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise click.UsageError(f"{option} takes an address that starts with http:// or https://")
