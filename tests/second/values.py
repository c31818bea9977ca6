"""What ``${…}`` means: an expression read and worked out here, and a tree with all values in place."""

import re
from xml.etree import ElementTree

from second.expressions import evaluate, parsed, shown
from twimlc.text import SourceFile
from twimlc.yaml.loader import load_tree
from twimlc.yaml.tree import Mapping, Scalar, Sequence

CALL_OPEN, CALL_CLOSE = "\ue000", "\ue001"  # around the name of a value of the running call


class Outer(str):
    """A text that the step which uses a component gave it: a state so named is one of ``scope``."""

    __slots__ = ("scope",)

    def __new__(cls, text, scope):
        made = super().__new__(cls, text)
        made.scope = scope
        return made


def outer(value, scope):
    """A value with all its texts from ``scope``, but for those that came from further out."""
    if isinstance(value, Outer):
        return value
    if isinstance(value, str):
        return Outer(value, scope)
    if isinstance(value, list):
        return [outer(item, scope) for item in value]
    if isinstance(value, dict):
        return {key: outer(item, scope) for key, item in value.items()}
    return value


def load(path):
    """A file as texts, numbers, true and false, None, lists and maps."""
    node, findings = load_tree(SourceFile(str(path), path.read_text(encoding="utf-8")))
    assert not [one for one in findings if one.is_error], (path, findings)
    return plain(node)


def plain(node):
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node]
    assert isinstance(node, Mapping)
    return {entry.key: plain(entry.value) for entry in node}


def pieces(text):
    """Texts and ``(expression,)`` in turn."""
    found, at = [""], 0
    while at < len(text):
        if text.startswith("$${", at):
            found[-1] += "${"
            at += 3
        elif text.startswith("${", at):
            end = closing(text, at + 2)
            found += [(text[at + 2 : end].strip(),), ""]
            at = end + 1
        else:
            found[-1] += text[at]
            at += 1
    return found


def closing(text, at):
    """Where the brace stands that ends an expression."""
    quote = ""
    while quote or text[at] != "}":
        if quote and text[at] == "\\":
            at += 1
        elif quote:
            quote = "" if text[at] == quote else quote
        elif text[at] in "'\"":
            quote = text[at]
        at += 1
    return at


def filled(text, env):
    """A text with its values; one that is only a value keeps that value's type."""
    parts = pieces(text)
    if len(parts) == 3 and parts[0] == parts[2] == "" and not parts[1][0].startswith("call."):
        return worked_out(parts[1][0], env)
    if len(parts) == 1 and parts[0] == text:
        return text
    return "".join(part if isinstance(part, str) else _inserted(part[0], env) for part in parts)


def _inserted(expression, env):
    if expression.startswith("call."):
        return f"{CALL_OPEN}{expression[5:]}{CALL_CLOSE}"
    return shown(worked_out(expression, env))


def called(text, parameters):
    """A text with the values of the running call."""
    return re.sub(f"{CALL_OPEN}(.*?){CALL_CLOSE}", lambda m: parameters.get(m[1], ""), text)


def expanded(value, env):
    """A tree with values in place, ``each`` repeated and ``if`` decided, in all its lists."""
    if isinstance(value, str):
        return value if isinstance(value, Outer) else filled(value, env)
    if isinstance(value, dict):
        return {
            key: fragment(item, env)
            if key == "ssml" and isinstance(item, str)
            else expanded(item, env)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [item for one in value for item in turns(one, env)]
    return value


def fragment(text, env):
    """SSML as an element, whose values are always text."""
    root = ElementTree.fromstring(f"<speak>{text}</speak>")
    for part in root.iter():
        part.text = expanded(part.text, env) if part.text else part.text
        part.tail = expanded(part.tail, env) if part.tail else part.tail
        for name, value in part.attrib.items():
            part.set(name, expanded(value, env))
    return root


def turns(item, env):
    """One item of a list as often as it is there."""
    if not isinstance(item, dict) or not item.keys() & {"each", "if"}:
        return [expanded(item, env)]
    rest = {key: value for key, value in item.items() if key not in ("each", "as", "if")}
    rounds = [env]
    if "each" in item:
        rounds = [{**env, item["as"]: one} for one in expanded(item["each"], env)]
    # What was walked is counted by the step itself, so it keeps the names of its keys.
    kept = {"repeaters": [key for key in ("each", "as", "if") if key in item]}
    found = []
    for inner in rounds:
        there = expanded(item["if"], inner) if "if" in item else True
        assert isinstance(there, bool), (item["if"], there)
        if there:
            found.append({**expanded(rest, inner), **kept})
    return found


def worked_out(expression, env):
    """The value of an expression."""
    return evaluate(parsed(expression), env)
