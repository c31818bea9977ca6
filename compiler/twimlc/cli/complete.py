"""What the shell offers after a tab: the beginning of a word in, names out.

A tab must never print an error, so whatever cannot be read offers nothing.
"""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

_PROJECT_FILE = "twimlc.yaml"
_SUFFIXES = (".yaml", ".yml")


def _offer(names: dict[str, str], incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(name, help=text or None)
        for name, text in names.items()
        if name.startswith(incomplete)
    ]


def complete_rules(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Slugs of rules, or their codes where the word begins like one."""
    from twimlc.diagnostics.catalogue import RULES

    names = {rule.slug: rule.summary for rule in RULES.values()}
    if incomplete[:2].lower() == "tw":
        incomplete = incomplete.upper()
        names |= {rule.code: rule.summary for rule in RULES.values()}
    return _offer(names, incomplete)


def complete_flows(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of flows, as far as the names of their files tell."""
    return _offer({path.stem: "" for path in _flow_files(_root())}, incomplete)


def complete_flow_paths(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Files: the shell knows them better than we do."""
    return [CompletionItem(incomplete, type="file")]


def complete_targets(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The targets of the project file."""
    return _offer(dict.fromkeys(_targets(_root()), ""), incomplete)


def _root() -> Path | None:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _PROJECT_FILE).is_file():
            return folder
    return None


def _flow_files(root: Path | None) -> list[Path]:
    folder = (root or Path.cwd()) / _flows_folder(root)
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in _SUFFIXES
        and "_components" not in path.parts
        and not path.stem.endswith(".test")
    )


def _project(root: Path | None) -> dict[str, object]:
    """The project file as plain data; empty where it cannot be read."""
    if root is None:
        return {}
    import yaml

    try:
        data = yaml.safe_load((root / _PROJECT_FILE).read_bytes())
    except (OSError, yaml.YAMLError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _flows_folder(root: Path | None) -> str:
    folder = _project(root).get("flows")
    return folder if isinstance(folder, str) else "flows"


def _targets(root: Path | None) -> list[str]:
    targets = _project(root).get("targets")
    return [str(name) for name in targets] if isinstance(targets, dict) else []
