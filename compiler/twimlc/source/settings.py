"""What the project file says of rules and budgets: nodes come in, settings go out."""

from collections.abc import Mapping, Sequence
from typing import Literal

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.project import BAD_PROJECT, BAD_RULE_SETTING, UNKNOWN_PROJECT_KEY
from twimlc.source import tree
from twimlc.source.respell import hint_and_fix, respell
from twimlc.source.tree import Node, Scalar, is_empty

_MEASURES = ("seconds", "words", "keys")
_BUDGETS = {"choice": _MEASURES, "human": _MEASURES, "sound": ("seconds", "words")}

Setting = Severity | Literal["off"]


def unknown_keys(
    node: tree.Mapping, known: Sequence[str], what: str, findings: list[Diagnostic]
) -> None:
    """Add a finding for each key of a map that is none of the known ones."""
    for entry in node:
        if entry.key not in known:
            near, fix = hint_and_fix(entry.key_span, entry.key, known)
            hint = near or f"it has {', '.join(known)}"
            message = f"{what} has no '{entry.key}'"
            findings.append(UNKNOWN_PROJECT_KEY.at(entry.key_span, message, hint=hint, fix=fix))


def read_budgets(node: Node | None, findings: list[Diagnostic]) -> dict[str, dict[str, int]]:
    """How much may come before the first choice and a human, and what a sound counts for."""
    budgets: dict[str, dict[str, int]] = {}
    for goal, limits in _members(node, tuple(_BUDGETS), "budgets", findings):
        for measure, value in _members(limits, _BUDGETS[goal], goal, findings):
            if isinstance(value, Scalar) and value.text.isdecimal() and len(value.text) < 7:
                budgets.setdefault(goal, {})[measure] = int(value.text)
            else:
                meant = "a sound has" if goal == "sound" else "may come before it"
                message = f"{measure} is a whole number: how many {meant}"
                findings.append(BAD_PROJECT.at(value.span, message))
    return budgets


def _members(
    node: Node | None, known: Sequence[str], what: str, findings: list[Diagnostic]
) -> list[tuple[str, Node]]:
    """The known keys of a map, with a finding for each other one."""
    if node is None or is_empty(node):
        return []
    if not isinstance(node, tree.Mapping):
        hint = "budgets: {choice: {seconds: 30}, human: {keys: 3}}"
        message = f"'{what}' is a map of {', '.join(known)}"
        findings.append(BAD_PROJECT.at(node.span, message, hint=hint))
        return []
    unknown_keys(node, known, f"'{what}'", findings)
    return [(entry.key, entry.value) for entry in node if entry.key in known]


def read_rules(node: Node | None, findings: list[Diagnostic]) -> Mapping[str, Setting]:
    if node is None or is_empty(node):
        return {}
    if not isinstance(node, tree.Mapping):
        message = "rules are a map: a rule, and off, note, warning or error"
        findings.append(BAD_PROJECT.at(node.span, message))
        return {}
    # The catalogue imports every rule there is; most projects set none.
    from twimlc.diagnostics.catalogue import RULES, find, nearest

    settings: dict[str, Setting] = {}
    words = ("off", *(str(severity) for severity in Severity))
    for entry in node:
        rule, value = find(entry.key), entry.value
        word = value.text if isinstance(value, Scalar) else ""
        if rule is None:
            near = nearest(entry.key)
            message = f"no rule is called '{entry.key}'"
            hint = None if near is None else f"did you mean '{near}'?"
            fix = respell(entry.key_span, entry.key, RULES)
            findings.append(BAD_RULE_SETTING.at(entry.key_span, message, hint=hint, fix=fix))
        elif word not in words:
            message = f"'{word}' is no severity: a rule is set to off, note, warning or error"
            hint, fix = hint_and_fix(value.span, word, words)
            findings.append(BAD_RULE_SETTING.at(value.span, message, hint=hint, fix=fix))
        elif rule.severity is Severity.ERROR and word != Severity.ERROR:
            message = f"'{rule.slug}' is an error that would give a wrong build; it stays one"
            findings.append(BAD_RULE_SETTING.at(value.span, message))
        else:
            settings[rule.slug] = "off" if word == "off" else Severity(word)
    return settings
