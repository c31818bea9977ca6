"""Flows read: the texts of some, as a survey found them, come in; trees and findings go out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic, Label
from twimlc.findings.rules import BAD_NAME, DUPLICATE_FLOW, NOT_A_FLOW
from twimlc.formats.check import check_flow
from twimlc.pipeline.look import survey
from twimlc.pipeline.model import Options
from twimlc.pipeline.survey import FlowFile, Survey
from twimlc.project.read import Project
from twimlc.project.search import name_of_flow
from twimlc.project.targets import Target
from twimlc.text import SourceFile, Span
from twimlc.values.declarations import Component, unused_params
from twimlc.yaml import tree as t
from twimlc.yaml.names import proposed_name, valid_name
from twimlc.yaml.reader import read_yaml


@dataclass(frozen=True, slots=True, eq=False)
class FlowSource:
    """A flow file as it was read. ``path`` is None for standard input."""

    name: str
    tree: t.Mapping
    file: SourceFile
    path: Path | None
    folder: Path
    source: str
    faults: tuple[Diagnostic, ...]

    @property
    def name_span(self) -> Span | None:
        """Where the flow is named, if it is not named after its file."""
        named = self.tree.entry("flow")
        return None if named is None else named.value.span

    @property
    def place(self) -> Span:
        """Where the flow is named, or where its file begins."""
        return self.name_span or Span(self.file, 0, 0)


@dataclass(slots=True, eq=False)
class Loaded:
    """Flows that were read. ``selected`` are those asked for, ``flows`` also those they lead to.

    ``owners`` are the names of flows, of unreadable ones too, by the paths of their files.
    Of them ``extra`` were read for apologies alone. ``group`` are the names of those that are
    compiled together; others that the survey knows are compiled elsewhere (None: nothing is).
    ``sounds`` are the folders and names of sound files that were asked for.
    """

    survey: Survey
    flows: dict[str, FlowSource] = field(default_factory=dict)
    selected: set[str] = field(default_factory=set)
    findings: list[Diagnostic] = field(default_factory=list)
    files: dict[str, SourceFile] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    extra: frozenset[str] = frozenset()
    sounds: set[tuple[Path, str]] = field(default_factory=set)
    group: frozenset[str] | None = None

    @property
    def named(self) -> dict[str, str]:
        """The names of flows by the paths of their files."""
        return {each.file.path: name for name, each in self.flows.items()}

    @property
    def members(self) -> set[str]:
        """The flows that are compiled."""
        return self.flows.keys() - self.extra

    @property
    def known(self) -> set[str]:
        """The names of all flows."""
        return self.flows.keys() | (self.survey.names if self.group is not None else set[str]())

    @property
    def project(self) -> Project:
        return self.survey.project

    @property
    def targets(self) -> list[Target]:
        return self.survey.targets

    @property
    def whole(self) -> bool:
        return self.survey.whole

    @property
    def components(self) -> dict[Path, dict[str, Component]]:
        return self.survey.components

    @property
    def all_read(self) -> bool:
        """Whether every flow's file could be read, so that all its params are known."""
        return self.flows.keys() >= set(self.owners.values())


def load(options: Options) -> Loaded | list[Diagnostic]:
    """Read all that is asked for; the findings alone if the project's file cannot be used."""
    found = survey(options)
    return found if isinstance(found, list) else read_flows(found, found.every)


def read_flows(found: Survey, files: Iterable[FlowFile]) -> Loaded:
    """Read the files of flows."""
    loaded = Loaded(found)
    chosen = set(map(id, found.files))
    for each in files:
        asked = id(each) in chosen
        findings: list[Diagnostic] = []
        source = _parse(each, loaded, findings)
        if source is not None:
            _add(source, loaded, findings)
        if asked:
            loaded.findings += findings
            if source is not None:
                loaded.selected.add(source.name)
    for source in loaded.flows.values():
        if source.name in loaded.selected and not any(f.is_error for f in source.faults):
            loaded.findings += unused_params(source.tree)
    return loaded


def _add(flow: FlowSource, loaded: Loaded, findings: list[Diagnostic]) -> None:
    known = loaded.flows.setdefault(flow.name, flow)
    if known is not flow:
        message = f"'{flow.name}' is the name of a flow in '{known.file.path}' already"
        labels = [Label(known.name_span, "the other flow")] if known.name_span else []
        span = flow.name_span or Span(flow.file, 0, 0)
        findings.append(DUPLICATE_FLOW.at(span, message, labels=labels))


def _parse(each: FlowFile, loaded: Loaded, findings: list[Diagnostic]) -> FlowSource | None:
    file = each.file
    loaded.files[file.path] = file
    name = Path(file.path).name if each.path is None else each.path.name
    stem = re.sub(r"\.ya?ml$", "", name).removesuffix(".flow")
    loaded.owners[file.path] = stem
    node, faults = read_yaml(file)
    if node is None or t.is_empty(node):
        findings += faults
        if not any(fault.is_error for fault in faults):
            message = "the file is empty; a flow has steps or states"
            findings.append(NOT_A_FLOW.at(Span(file, 0, 0), message))
        return None
    node, shape = check_flow(node)
    faults = [*faults, *shape]
    findings += faults
    if not isinstance(node, t.Mapping):
        return None
    called = loaded.owners[file.path] = name_of_flow(node, stem)
    reason = valid_name(called)
    if reason is None:
        return FlowSource(called, node, file, each.path, each.folder, each.source, tuple(faults))
    if t.is_empty(node.get("flow")):
        hint = f"rename the file, or write flow: {proposed_name(called) or 'NAME'} at its top"
        message = f"the file's name '{called}' cannot name a flow: {reason}"
        findings.append(BAD_NAME.at(Span(file, 0, 0), message, hint=hint))
    return None
