"""Where the time of one build goes: a project's folder comes in, a table goes out.

    python stages.py PROJECT

The stages run in one process as they always do; each is timed where the pipeline calls it.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from twimlc import pipeline
from twimlc.yaml import loader

# By their full names: in the package, `load` and `emit` are also functions.
loading = import_module("twimlc.pipeline.load")
compiling = import_module("twimlc.pipeline.compile")
emitting = import_module("twimlc.pipeline.emit")
proving = import_module("twimlc.pipeline.proof")
rendering = import_module("twimlc.render.versions")

STAGES: tuple[tuple[str, ModuleType, str], ...] = (
    ("read files", loading, "read_source"),
    ("parse YAML to trees", loader, "load_tree"),
    ("check shape", loading, "check_flow"),
    ("resolve params", compiling, "resolve_params"),
    ("expand ${...}", compiling, "expand_flow"),
    ("build the model", compiling, "read_flow"),
    ("build the graph", compiling, "build_graph"),
    ("check the graph", compiling, "check_graph"),
    ("lower", compiling, "lower"),
    ("render", rendering, "render"),
    ("prove against the flow", proving, "prove"),
    ("note open questions", proving, "open_questions"),
    ("write", emitting, "write_target"),
    ("collect findings", pipeline, "_findings"),
)


def timed(spent: dict[str, float], name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
    """The same stage, which adds its time to ``spent`` without that of stages inside it."""

    def run(*arguments: Any, **named: Any) -> Any:
        before, started = sum(spent.values()), time.perf_counter()
        try:
            made = stage(*arguments, **named)
            return iter([*made]) if isinstance(made, Iterator) else made  # its time is here, too
        finally:
            inside = sum(spent.values()) - before
            spent[name] += time.perf_counter() - started - inside

    return run


def main(project: str) -> None:
    spent = {name: 0.0 for name, _, _ in STAGES}
    for name, module, function in STAGES:
        setattr(module, function, timed(spent, name, getattr(module, function)))
    gc.disable()
    started = time.perf_counter()
    result = pipeline.build(pipeline.Options(cwd=Path(project)))
    whole = time.perf_counter() - started
    if not all(target.built for target in result.targets):
        raise SystemExit("the project does not build")
    spent["everything else"] = whole - sum(spent.values())
    for name, seconds in spent.items():
        print(f"{name:22} {seconds / whole:6.1%}")


if __name__ == "__main__":
    main(sys.argv[1])
