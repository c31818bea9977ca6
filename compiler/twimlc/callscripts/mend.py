"""Flows and their call scripts mended together: options come in, what was mended goes out."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from twimlc.callscripts.run import check_script
from twimlc.pipeline import Options, Result
from twimlc.pipeline.load import project_of
from twimlc.pipeline.mend import Mended, mend
from twimlc.source.files import display_path
from twimlc.source.search import SCRIPT_ENDINGS, script_files

_NOTHING = Mended(Result(()), Result(()))


def mend_with_scripts(options: Options) -> Mended:
    """Mend flows, and the scripts that are named or lie in the folders asked for.

    What remains in a script is told only where the script is named; ``twimlc test`` tells it
    in any case.
    """
    named = tuple(path for path in options.paths if path.name.endswith(SCRIPT_ENDINGS))
    others = tuple(path for path in options.paths if path not in named)
    flows = replace(options, paths=others)
    done = mend(flows) if others or not named else _NOTHING
    cwd = (options.cwd or Path.cwd()).absolute()
    for path in (*named, *(_scripts(flows, cwd) if others or not named else ())):
        texts = {each.file.path: each.text for each in done.files}
        there = replace(options, paths=(), texts={**options.texts, **texts})
        script = mend(there, partial(_look, cwd / path))
        told = script if path in named else _NOTHING
        done = Mended(
            Result((*done.before.findings, *told.before.findings), done.before.targets),
            Result((*done.remaining.findings, *told.remaining.findings), done.remaining.targets),
            (*done.files, *script.files),
            (*done.mended, *script.mended),
        )
    return done


def _scripts(options: Options, cwd: Path) -> list[Path]:
    project, _ = project_of(options)
    if project is None:
        return []
    folders = [cwd / path for path in options.paths if (cwd / path).is_dir()]
    return script_files(project, folders)[0] if folders or not options.paths else []


def _look(path: Path, options: Options) -> Result:
    """What is wrong in the script itself."""
    name = display_path(path, (options.cwd or Path.cwd()).absolute())
    found = check_script(path, options)
    return Result(tuple(finding for finding in found if finding.span.file.path == name))
