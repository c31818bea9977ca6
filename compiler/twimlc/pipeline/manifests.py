"""What builds leave to later ones: decisions go to the manifest's JSON and back from there.

A build of some flows has to write the router's files for all of them, so it reads the others'
decisions from the last manifest. That file is not trusted: what could not have been written by a
build makes all of it foreign. And versions are kept of a build that the options choose.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twimlc.hosts.by_plan import is_place, plan_json
from twimlc.hosts.files import render_host_files
from twimlc.lower import names
from twimlc.lower.host import Host
from twimlc.lower.plan import Decision, FlowPlace, Mark, Markup
from twimlc.lower.questions import PLAN
from twimlc.output.ground import Ground
from twimlc.output.manifest import (
    MANIFEST,
    PUBLIC,
    DocumentEntry,
    ForeignManifestError,
    Manifest,
    matching,
)
from twimlc.output.plan import OutputFile
from twimlc.output.stage import is_unfinished
from twimlc.output.write import Before, read_before
from twimlc.pipeline.asked import calendars_of, question_of
from twimlc.pipeline.model import Options, UsageError
from twimlc.project.files import FileContent, display_path

_VERSION = f"{PUBLIC}{names.FLOW}/{names.VERSION}/"
_DOCUMENT = re.compile(rf"{_VERSION}(?:[a-z0-9-]+\.)+xml")
_DECISION = re.compile(rf"{_VERSION}(?:[a-z0-9-]+\.)+[0-9]+(?:-[0-9]+)?\.decide")
_NAME = re.compile(r"[A-Z][A-Za-z]{0,63}")
_VALUE = re.compile(r"[a-z0-9*#-]{1,1000}")


def decision_from_json(item: Any) -> Decision:
    """The decision that the manifest holds; raises ForeignManifestError for anything else."""
    try:
        mark = item.get("mark")
        decision = Decision(
            path=_address(_DECISION, item["path"]),
            flow=str(item["flow"]),
            parameter=matching(_NAME, item["parameter"]),
            branches=_rows(item["branches"]),
            default=_address(_DOCUMENT, item["default"]),
            mark=None if mark is None else _mark(mark),
            marked=() if mark is None else _rows(item["marked"]),
            states=tuple(map(str, item["states"])),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise ForeignManifestError("it holds a decision that no build has written") from fault
    folder = decision.path.rpartition("/")[0]
    if any(document.rpartition("/")[0] != folder for document in decision.targets()):
        raise ForeignManifestError("it holds a decision that leads out of its folder")
    return decision


def router_files(
    host: Host, manifest: Manifest, apology: tuple[Markup, ...] = ()
) -> list[OutputFile]:
    """What the host needs to make every decision of a target, whichever build wrote it."""
    decisions = [decision_from_json(item) for item in manifest.decisions]
    flows = [FlowPlace(f"{name}/", flow.versions) for name, flow in sorted(manifest.flows.items())]
    questions = [question_of(item) for item in manifest.questions]
    places = [question for question in questions if is_place(question)]
    calendars = calendars_of(manifest.calendars)
    rendered = render_host_files(
        *(host.files, manifest.target, manifest.url, decisions, apology),
        flows=flows,
        questions=questions,
        calendars=calendars,
    )
    files = [(file.path, data, file.media_type) for file, data in rendered]
    if places:
        plan = plan_json(places, calendars, lambda path: path if host.single else PUBLIC + path)
        files.append((PLAN, plan, "application/json"))
    return [
        OutputFile(path, FileContent.of(data), DocumentEntry(media_type))
        for path, data, media_type in files
    ]


def decisions_of(decisions: Iterable[Decision]) -> tuple[dict[str, object], ...]:
    """Decisions as the manifest holds them, in the order of their paths."""
    return tuple(_as_json(decision) for decision in sorted(decisions, key=lambda d: d.path))


def _as_json(decision: Decision) -> dict[str, object]:
    parameter, branches, default, mark, marked = decision.mapped(lambda path: PUBLIC + path)
    return {
        "flow": decision.flow,
        "path": PUBLIC + decision.path,
        "states": list(decision.states),
        "parameter": parameter,
        "branches": dict(branches),
        "default": default,
        **({"mark": mark._asdict(), "marked": dict(marked)} if mark is not None else {}),
    }


def _address(pattern: re.Pattern[str], value: Any) -> str:
    """What a path of the folder is called by those who ask for it."""
    return matching(pattern, value).removeprefix(PUBLIC)


def _mark(body: Any) -> Mark:
    value = body["value"]
    name = matching(_NAME, body["parameter"])
    return Mark(name, None if value is None else matching(_VALUE, value))


def _rows(body: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(body, Mapping):
        raise TypeError(type(body))
    return tuple((matching(_VALUE, key), _address(_DOCUMENT, body[key])) for key in sorted(body))


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """The earlier build of every target: that in ``folder``, or the one that the first of several
    builds ``found`` in the output folder."""

    folder: Path | None
    found: dict[str, Ground | None] | None

    @classmethod
    def asked(cls, options: Options, cwd: Path, targets: Sequence[str]) -> "Earlier | None":
        """What the options say; None for the build in the output folder.

        Raises :class:`UsageError` where ``previous`` is no folder with a build of any target.
        """
        if options.previous is None:
            return cls(None, options.found) if options.found is not None else None
        folder = cwd / options.previous
        if not folder.is_dir():
            raise UsageError(f"there is no folder '{display_path(folder, cwd)}' with a build")
        if not any((folder / target / MANIFEST).is_file() for target in targets):
            names = " or ".join(f"{target}/{MANIFEST}" for target in targets)
            raise UsageError(
                f"'{display_path(folder, cwd)}' is not a whole build: it has no {names}"
            )
        return cls(folder, None)

    def of(self, target: str) -> Callable[[Before], Ground | None]:
        """Chooses for a target, when it is known what lies in the output folder."""

        def choose(before: Before) -> Ground | None:
            if self.found is not None:
                return self.found.setdefault(target, before.ground)
            assert self.folder is not None
            if is_unfinished(self.folder / target):
                raise UsageError(f"the earlier build of '{target}' was interrupted; run it again")
            previous, findings = read_before(self.folder / target)
            fault = findings[0].message if findings else None
            try:
                for item in previous.ground.manifest.decisions if previous.ground else ():
                    decision_from_json(item)
                for item in previous.ground.manifest.questions if previous.ground else ():
                    question_of(item)
            except ForeignManifestError as foreign:
                fault = f"this file is not the manifest of a build: {foreign}"
            if fault is not None:
                raise UsageError(f"'{target}' of the earlier build: {fault}")
            return previous.ground

        return choose
