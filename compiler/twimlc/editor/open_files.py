"""The files that are open in an editor: their texts come in, what the compiler makes of them out.

What is typed counts before it is saved, in the file itself and wherever it is read: flows,
components, call scripts, TwiML documents and the project file.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from twimlc.calls.run import check_script
from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph
from twimlc.pipeline import check, compiled
from twimlc.pipeline.load import Loaded, load
from twimlc.pipeline.model import Options, UsageError, project_of
from twimlc.project.files import display_path
from twimlc.project.kinds import COMPONENTS, FileKind, kind_of_file
from twimlc.project.read import find_root
from twimlc.text import SourceFile, lazy_pattern
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import Mapping as MappingNode

_A_DOCUMENT = lazy_pattern(r"<Response[\s/>]")
_A_FLOW = lazy_pattern(r"^(?:states|steps)[ \t]*:|^#.*flow\.schema\.json", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file to look at, with the texts of all open files at that time. Free of shared state.

    ``readable`` holds the last texts that were YAML: what is typed is often none for a while.
    """

    path: Path
    root: Path
    texts: Mapping[Path, str]
    readable: Mapping[Path, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.texts.get(self.path, "")

    @property
    def name(self) -> str:
        return display_path(self.path, self.root)

    @property
    def file(self) -> SourceFile:
        """The file as it is typed, under the name that findings show."""
        return SourceFile(self.name, self.text)

    def options(self, *, whole: bool = False, texts: Mapping[str, str] | None = None) -> Options:
        """What the pipeline is asked; ``texts`` are stronger than those of the editor."""
        shown = {display_path(path, self.root): text for path, text in self.texts.items()}
        options = Options(cwd=self.root, texts={**shown, **(texts or {})})
        kind = kind_of_file(self.path)
        if whole or kind not in (FileKind.FLOW, FileKind.DOCUMENT):
            return options
        if not self.path.is_file():
            stdin = (self.name, options.texts.get(self.name, "").encode("utf-8", "replace"))
            return replace(options, stdin=stdin)
        return replace(options, paths=(self.path,))

    def check(self) -> "Analysis":
        """Compile the file, a component or the project file together with all flows."""
        kind = kind_of_file(self.path)
        try:
            if kind is FileKind.DOCUMENT:
                return Analysis(self, check(self.options()).findings)
            if kind is FileKind.SCRIPT:
                return Analysis(self, tuple(check_script(self.path, self.options())))
            _, targets, findings = compiled(self.options())
        except UsageError:
            return Analysis(self)
        graphs = tuple(variant.graph for target in targets for variant in target.variants)
        return Analysis(self, tuple(findings), graphs)

    def load(self, *, whole: bool = False) -> Loaded | None:
        """Read the file and what it touches, or all of the project, without compiling."""
        try:
            loaded = load(self.options(whole=whole))
        except UsageError:
            return None
        return loaded if isinstance(loaded, Loaded) else None

    def tree(self) -> MappingNode | None:
        """The file's own tree, if it can be read."""
        node, _ = read_yaml(self.file)
        return node if isinstance(node, MappingNode) else None

    def readable_without(self, line: int) -> "Snapshot":
        """The same question about a text that can be read, where there is one.

        That is the text without a line (from 1), the one being typed; else the last one that
        could be read, whose places are those of an older text.
        """
        if self.tree() is not None or not self.text.strip():
            return self
        file = self.file
        start, end = file.offset(line), file.offset(line) + len(file.line(line))
        rest = file.text[:start] + " " * (end - start) + file.text[end:]
        for text in (rest, self.readable.get(self.path)):
            if text is not None:
                other = replace(self, texts={**self.texts, self.path: text})
                if other.tree() is not None:
                    return other
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What one compilation found out about a file.

    ``graphs`` are those of the targets (and rows) that have the flow. Findings bear paths that
    count from the snapshot's root.
    """

    snapshot: Snapshot
    findings: tuple[Diagnostic, ...] = ()
    graphs: tuple[Graph, ...] = ()


@dataclass(slots=True)
class OpenFiles:
    """The texts of an editor, by path."""

    texts: dict[Path, str] = field(default_factory=dict)
    readable: dict[Path, str] = field(default_factory=dict)

    def snapshot(self, path: Path) -> Snapshot:
        """A file, seen together with everything else that is open now.

        A project file that is no YAML for the moment counts as it was when it could be read:
        without it nothing would be known of the flows.
        """
        asked = Snapshot(path, root_of(path), dict(self.texts), dict(self.readable))
        older = {
            each: self.readable[each]
            for each in self.texts
            if each != path and each in self.readable and kind_of_file(each) is FileKind.PROJECT
            if replace(asked, path=each).tree() is None
        }
        return replace(asked, texts={**asked.texts, **older}) if older else asked

    def close(self, path: Path) -> None:
        """Count what is on the disk again."""
        self.texts.pop(path, None)
        self.readable.pop(path, None)

    def roots(self, folders: Iterable[Path]) -> list[Path]:
        """The projects of the open files and of some folders, each once."""
        found = [root_of(path) for path in self.texts]
        found += [root for folder in folders if (root := find_root(folder)) is not None]
        return list(dict.fromkeys(found))

    def neighbours(self, path: Path) -> list[Path]:
        """The open files of the same project, the file itself first."""
        root = root_of(path)
        others = [each for each in self.texts if each != path and root_of(each) == root]
        return [each for each in (path, *others) if each in self.texts]


def root_of(path: Path) -> Path:
    """The project's folder, else the folder that the file is in (of a component, above it)."""
    folder = path.parent.parent if path.parent.name == COMPONENTS else path.parent
    return find_root(folder) or folder


def is_ours(path: Path, text: str) -> bool:
    """Whether a file is one of twimlc's: not every YAML file beside a project is a flow."""
    kind = kind_of_file(path)
    if kind is FileKind.DOCUMENT:
        return _A_DOCUMENT.search(text) is not None
    if kind is FileKind.SCRIPT or (kind is FileKind.PROJECT and path.suffix == ".yaml"):
        return True
    if _A_FLOW.search(text):
        return True
    root = find_root(path.parent)
    if root is None:
        return False
    project, _ = project_of(Options(cwd=root))
    flows = project.flows if project is not None else root / "flows"
    return flows != root and path.is_relative_to(os.path.abspath(flows))
