"""The lists of cases that a flow can name: what stands under ``lists:`` comes in, scalars go out.

A list is written out, or is a file of the project with one case a line.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BAD_LIST
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.media import sound
from twimlc.project.files import FileContent
from twimlc.text import SourceFile, Span
from twimlc.yaml.tree import Node, Scalar, Sequence, entries_of, is_empty


class Lists(Mapping[str, tuple[Scalar, ...]]):
    """The lists of a flow and of the project, each read when a step names it.

    ``findings`` collects what is wrong in those that were read.
    """

    def __init__(self, loaded: Loaded, own: Node | None, folder: Path) -> None:
        self._loaded, self.findings = loaded, list[Diagnostic]()
        project = loaded.survey.root
        self._given = {e.key: (e.value, project) for e in entries_of(loaded.project.lists)}
        for entry in entries_of(own):
            if entry.key in self._given:
                message = f"the project file has a list '{entry.key}' already"
                hint = "give one of them another name"
                self.findings.append(BAD_LIST.at(entry.key_span, message, hint=hint))
            self._given[entry.key] = entry.value, folder
        self._read: dict[str, tuple[Scalar, ...]] = {}

    def __getitem__(self, name: str) -> tuple[Scalar, ...]:
        if name not in self._read:
            self._read[name] = tuple(self._cases(*self._given[name]))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def __contains__(self, name: object) -> bool:
        return name in self._given

    def _cases(self, node: Node, folder: Path) -> Iterator[Scalar]:
        if isinstance(node, Sequence):
            yield from (item for item in node.items if isinstance(item, Scalar))
            return
        if not isinstance(node, Scalar) or is_empty(node):
            return
        place = folder, node.text
        self._loaded.sounds.add(place)  # what the result hangs on, beside sounds
        content, why = sound(self._loaded.survey, *place)
        if content is None:
            why = why.replace("audio file", "file").replace("beside the flow", "there")
            self.findings.append(BAD_LIST.at(node.span, why or "this list cannot be read"))
            return
        yield from self._lines(content, node)

    def _lines(self, content: FileContent, node: Scalar) -> Iterator[Scalar]:
        """One case a line; ``#`` begins a remark."""
        try:
            text = b"".join(content.pieces()).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self.findings.append(BAD_LIST.at(node.span, f"'{node.text}' is no text in UTF-8"))
            return
        file, start = SourceFile(node.text, text), 0
        for line in text.splitlines(keepends=True):
            said = line.partition("#")[0].strip()
            if said:
                at = start + line.index(said)
                yield Scalar(said, said, Span(file, at, at + len(said)))
            start += len(line)
