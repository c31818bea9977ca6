"""Projects that are built several times: texts of flows come in, what lies in a target goes out."""

import hashlib
import json
import re
from pathlib import Path

from jsonschema import Draft7Validator

from folders import files_in
from twimlc import pipeline
from twimlc.formats.validator import schema_text
from twimlc.pipeline import Options, Result, TargetReport

MANIFEST_SCHEMA = json.loads(schema_text("manifest"))

MENU = """\
states:
  main:
    - gather: {numDigits: 1, prompt: WORDS}
      then: more
    - hangup
  more:
    - say: More.
    - hangup
"""
"""A flow with one document behind its entry, which the words of the entry do not change."""


class Project:
    """A project with one target, ``site``."""

    def __init__(self, folder: Path, target: str = "host: static", more: str = "") -> None:
        self.folder, self.more = folder, more
        (folder / "flows").mkdir(parents=True)
        self.set(target)

    def set(self, target: str) -> None:
        text = f"flows: flows\n{self.more}targets:\n  site: {{{target}}}\n"
        (self.folder / "twimlc.yaml").write_text(text)

    def write(self, **flows: str | None) -> None:
        for name, text in flows.items():
            place = self.path(name)
            place.unlink() if text is None else place.write_text(text)

    def path(self, flow: str) -> Path:
        return self.folder / "flows" / f"{flow}.yaml"

    def result(self, *only: str, **options: object) -> Result:
        paths = tuple(map(self.path, only))
        return pipeline.build(Options(cwd=self.folder, paths=paths, **options))  # type: ignore[arg-type]

    def build(self, *only: str, **options: object) -> TargetReport:
        result = self.result(*only, **options)
        errors = [found.message for found in result.findings if found.is_error]
        assert not errors, errors
        assert not result.faults, result.faults
        (report,) = result.targets
        assert report.built
        assert list(Draft7Validator(MANIFEST_SCHEMA).iter_errors(self.manifest)) == []
        return report

    @property
    def out(self) -> Path:
        return self.folder / "build" / "site"

    @property
    def listing(self) -> bytes:
        return (self.out / "manifest.json").read_bytes()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.listing).hexdigest()

    @property
    def manifest(self) -> dict[str, dict[str, dict[str, str]]]:
        found = json.loads(self.listing)
        assert isinstance(found, dict)
        return found

    def version(self, flow: str) -> str | None:
        """The present version of a flow."""
        return self.manifest["flows"][flow]["version"]

    def versions(self, flow: str) -> list[str]:
        """All versions of a flow in the manifest, which are those on the disk."""
        listed = list(self.manifest["flows"][flow]["versions"])
        assert {path.name for path in (self.out / "public" / flow).glob("v.*")} == {*listed}
        return listed

    def tree(self, under: str = "") -> dict[str, bytes]:
        """Every file of the target, or of one folder of it."""
        return files_in(self.out / under)

    def xml(self, path: str) -> str:
        """What stands in the Response of a document, on one line."""
        text = (self.out / "public" / path).read_text(encoding="utf-8")
        found = re.search(r"<Response>(.*)</Response>", re.sub(r">\s+<", "><", text), re.DOTALL)
        return found[1].strip() if found else ""


def menu(words: str = "Press a key.", more: str = "More.") -> str:
    return MENU.replace("WORDS", words).replace("More.", more)
