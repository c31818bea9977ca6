"""Compile flows written in a test: text comes in; documents, findings and folders go out.

Text of a flow may leave out what every flow of one list has: a text that starts with ``- `` is
its steps.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from folders import write_files
from twimlc import pipeline
from twimlc.documents import check_opened, open_document
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.flow.graph import Graph
from twimlc.pipeline.load import Loaded, load
from twimlc.pipeline.run import compile_in_memory
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.project.targets import Target
from twimlc.text import SourceFile

_HEAD = re.compile(
    r"\A<\?xml[^>]*\?>\s*(?:<!-- twimlc .*?-->\s*)?<Response(/>\s*\Z|>\s*)|\s*</Response>\s*\Z"
)

_VERSION = re.compile(r"\bv\.[0-9a-f]{12}\b")

_ROOT = tempfile.TemporaryDirectory(prefix="twimlc-tests-")  # removed when the tests end


@dataclass(frozen=True)
class Made:
    """What came of a build: the documents, the findings, and the folder of the target."""

    folder: Path
    result: pipeline.Result

    @property
    def slugs(self) -> list[str]:
        """The rules of errors and warnings, in order."""
        return [f.rule.slug for f in self.result.findings if f.severity is not Severity.NOTE]

    @property
    def notes(self) -> list[str]:
        return [f.rule.slug for f in self.result.findings if f.severity is Severity.NOTE]

    @property
    def words(self) -> str:
        """Every message and hint, for what they must say."""
        return "\n".join(f"{f.message} ({f.hint})" for f in self.result.findings)

    @property
    def places(self) -> dict[str, Path]:
        """What was written by the address it has, without manifest and apologies.

        Of versions there is one in these tests, whose name stands as ``v``.
        """
        found: dict[str, Path] = {}
        for file in self.folder.rglob("*"):
            path = short(file.relative_to(self.folder).as_posix().replace("public/", "", 1))
            if file.is_file() and file.name not in ("manifest.json", "changed.xml"):
                assert path not in found, path
                found[path] = file
        return found

    @property
    def files(self) -> list[str]:
        return sorted(self.places)

    def xml(self, path: str = "f/index.xml") -> str:
        """What stands in the Response of a document, on one line."""
        text = short(self.places[path].read_text(encoding="utf-8"))
        text = re.sub(r">\s+<", "><", text)
        return _HEAD.sub("", text).strip()

    @property
    def documents(self) -> dict[str, str]:
        return {path: self.xml(path) for path in self.files if path.endswith(".xml")}


def short(text: str) -> str:
    """A text with ``v`` for the names of versions."""
    return _VERSION.sub("v", text)


def whole(flow: str) -> str:
    """The text of a flow file."""
    flow = dedent(flow).strip("\n") + "\n"
    return "steps:\n" + indent(flow, "  ") if flow.startswith("- ") else flow


def make(
    flow: str | None = None,
    *,
    files: dict[str, str | bytes] | None = None,
    folder: Path | None = None,
    target: str | None = "static",
    params: dict[str, str] | None = None,
    paths: tuple[str, ...] = (),
) -> Made:
    """Build a flow called ``f`` (and other files beside it) for one target."""
    home = folder or Path(tempfile.mkdtemp(dir=_ROOT.name))
    for path, content in ({"f.yaml": whole(flow)} if flow else {}).items() | (files or {}).items():
        if isinstance(content, str) and not path.endswith(".csv"):
            content = dedent(content)
        write_files(home, {path: content})
    options = pipeline.Options(
        cwd=home,
        targets=(target,) if target else (),
        params=params or {},
        paths=tuple(home / path for path in paths),
    )
    result = pipeline.build(options)
    return Made(home / "build" / (target or ""), result)


def check_document(file: SourceFile) -> list[Diagnostic]:
    """Everything that is wrong with one TwiML file by itself."""
    return check_opened([open_document(file)])[0]


def document_findings(text: str) -> list[Diagnostic]:
    """What is wrong with the text of one TwiML file, in the order of the places."""
    return sorted(check_document(SourceFile("x.xml", text)), key=lambda found: found.span.start)


def document_slugs(text: str) -> list[tuple[str, str]]:
    """The same: each rule, and the text of its place."""
    return [(found.rule.slug, found.span.text) for found in document_findings(text)]


def xml(flow: str, **given: object) -> str:
    """The one document of a flow without errors and warnings."""
    made = make(flow, **given)  # type: ignore[arg-type]
    assert made.slugs == [], made.words
    assert list(made.documents) == ["f/index.xml"]
    return made.xml()


def slugs(flow: str, **given: object) -> list[str]:
    return make(flow, **given).slugs  # type: ignore[arg-type]


def variant_of(folder: Path, *targets: str) -> Variant:
    """The one variant of a project's first target, compiled and not written."""
    loaded = load(pipeline.Options(cwd=folder, targets=targets, write=False))
    assert isinstance(loaded, Loaded)
    made = compile_target(loaded, loaded.targets[0])
    assert len(made.variants) == 1, [f"{f.message} ({f.hint})" for f in made.findings]
    return made.variants[0]


def graph_of(flow: str, **files: str) -> Graph:
    """The control-flow graph of a flow called ``f``."""
    home = Path(tempfile.mkdtemp(dir=_ROOT.name))
    write_files(home, {f"{name}.yaml": whole(text) for name, text in {"f": flow, **files}.items()})
    return variant_of(home, "static").graph


def story(graph: Graph, *ways: str, flow: str = "f") -> list[str]:
    """What a caller meets who takes these ways out: each verb's title or its words."""
    met: list[str] = []
    chosen = list(ways)
    node = graph.nodes[graph.starts[flow]]
    while node.element is not None:
        met.append("".join(c for c in node.element.children if isinstance(c, str)) or node.title)
        after = dict(node.successors())
        if not after:
            break
        way = next(iter(after)) if set(after) == {"done"} else chosen.pop(0)
        node = graph.nodes[after[way]]
    return met


def compile_target(loaded: Loaded, target: Target) -> Compiled:
    """One target, all its rows, with graphs and plans."""
    (made,), _ = compile_in_memory(loaded.survey, (target,), loaded)
    return made
