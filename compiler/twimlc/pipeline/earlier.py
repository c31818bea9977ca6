"""Which build versions are kept of: options in, for each target the earlier build out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from twimlc.output.ground import Ground
from twimlc.output.manifest import MANIFEST, ForeignManifestError
from twimlc.output.stage import is_unfinished
from twimlc.output.write import Before, read_before
from twimlc.pipeline.decisions import decision_from_json
from twimlc.pipeline.model import Options, UsageError
from twimlc.source.files import display_path


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
            raise UsageError(f"'{display_path(folder, cwd)}' is no whole build: it has no {names}")
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
            except ForeignManifestError as foreign:
                fault = f"this file is not the manifest of a build: {foreign}"
            if fault is not None:
                raise UsageError(f"'{target}' of the earlier build: {fault}")
            return previous.ground

        return choose
