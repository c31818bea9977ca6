"""What is shown of flows as they change: a workshop is looked into; the page's data goes out."""

from base64 import b64encode
from collections.abc import Hashable
from dataclasses import dataclass, field

from twimlc.about import PROJECT_FILE
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import MISSING_PATH
from twimlc.lower.plan import MediaFile
from twimlc.pipeline.single import CompiledFlow
from twimlc.preview.data import Json, Made, data_of, made_of
from twimlc.preview.lines import Looked, Workshop
from twimlc.preview.walk import TooManyError
from twimlc.project.files import place_of

EMBEDDED = 5_000_000
"""So many bytes of sounds are put into one file, all together."""


_CODE = 4


@dataclass(slots=True)
class Sounds:
    """The sounds of a page, as long as they have at most ``most`` bytes together.

    ``files`` holds their types and bytes by path; ``left`` names those that are too much.
    ``inline``: their addresses hold them.
    """

    most: int
    inline: bool = False
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def add(self, sound: MediaFile) -> str | None:
        """The address of a sound, ``media/HASH.EXT``; None if it is too much."""
        content = sound.content
        path = f"media/{content.sha256}.{sound.path.rpartition('.')[2]}"
        if path not in self.files:
            if content.size > self.most:
                self.left.append(sound.link.path)
                return None
            try:
                self.files[path] = sound.media_type, b"".join(content.pieces())
            except OSError:  # gone, and the flow stays as it was
                return None
            self.most -= content.size
        if not self.inline:
            return path
        kind, data = self.files[path]
        return f"data:{kind};base64,{b64encode(data).decode()}"


@dataclass(slots=True, eq=False)
class Show:
    """Flows as they were last good. ``source``: with texts and findings."""

    workshop: Workshop
    source: bool = True
    findings: tuple[Diagnostic, ...] = ()
    _good: dict[tuple[str, str | None], tuple[CompiledFlow, Made]] = field(default_factory=dict)

    def look(self, world: Hashable = None) -> Looked:
        """Compile what has changed; a flow that is wrong now stays as it was."""
        looked = self.workshop.look(world)
        found = list(looked.findings)
        wrong = {finding.span.file.path for finding in found if finding.is_error}
        good = {
            key: known
            for key, known in self._good.items()
            if not looked.names or key[0] in looked.broken or known[1].sources[0].path in wrong
        }
        for line in looked.lines:
            key = line.flow.name, line.flow.row
            before = self._good.get(key)
            try:
                same = before is not None and before[0] is line.flow
                good[key] = before if before and same else (line.flow, made_of(line))
            except TooManyError as fault:
                found.append(fault.finding)
                good |= {key: before} if before else {}
        order = {name: number for number, name in enumerate(looked.names)}
        self._good = dict(sorted(good.items(), key=lambda item: order.get(item[0][0], 0)))
        self.findings = tuple(found)
        return looked

    def without(self, fault: Exception) -> list[str]:
        """What was asked for is gone: flows stay as they were, which is told. Their names."""
        where = " ".join(self.workshop.flows) or PROJECT_FILE
        self.findings = (MISSING_PATH.at(place_of(where), str(fault)),)
        return [*dict.fromkeys(name for name, _ in self._good)]

    def with_codes(self) -> list[str]:
        """The flows that tell callers apart by codes of four or more keys."""
        return [
            name
            for (name, _), (_, made) in self._good.items()
            if any(
                len(answer) >= _CODE and answer.strip("*#0123456789") == ""
                for each in made.flow["positions"]
                for answer in each["next"]
            )
        ]

    def data(self, sounds: Sounds, *, build: int = 1, title: str = "") -> Json:
        """The data of the page; its sounds are put to ``sounds``."""
        lines = [made for _, made in self._good.values()]
        findings = self.findings if self.source else ()
        data = data_of(lines, findings, source=self.source, href=sounds.add)
        return {"preview": 1, "build": build, "title": title, **data}
