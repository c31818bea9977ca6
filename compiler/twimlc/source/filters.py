"""The filters of ``${name | filter}``: a value and arguments come in, a value goes out.

They do what Jinja2's filters of the same names do, on nodes and within bounds: how long a result
gets is known before it is built. Two things differ: ``default`` also stands in for an empty
value, since empty counts as left out, and numbers keep their decimal digits.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from twimlc.diagnostics.rules import values as rules
from twimlc.source import values
from twimlc.source.tree import Mapping, Node, Scalar, Sequence, Template
from twimlc.source.values import BrokenRuleError, Missing, kind, scalar, text_of, truth
from twimlc.text import Span

Argument = Node
Arguments = Map[str, Argument]
Apply = Callable[[Any, Arguments, Span], Node | Missing]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its arguments in order, how many it needs, whether it mends a missing value."""

    apply: Apply
    parameters: tuple[str, ...] = ()
    needed: int = 0
    mends: bool = False


_TITLE_BREAKS = re.compile(r"([-\s({\[<]+)")


def _changed(change: Callable[[str], str]) -> Apply:
    """A filter that makes a text of a text; the text is still whose it was."""

    def apply(value: Node, arguments: Arguments, span: Span) -> Node:
        return _text(change(text_of(value)), value, span)

    return apply


def _text(text: str, source: Node, span: Span) -> Scalar:
    return scalar(text, span, source.outward if isinstance(source, Scalar) else 0)


def _title(text: str) -> str:
    parts = (part for part in _TITLE_BREAKS.split(text) if part)
    return "".join(part[0].upper() + part[1:].lower() for part in parts)


def _trim(value: Node, arguments: Arguments, span: Span) -> Node:
    characters = arguments.get("chars")
    text = text_of(value)
    return _text(text.strip(None if characters is None else text_of(characters)), value, span)


def _replace(value: Node, arguments: Arguments, span: Span) -> Node:
    text = text_of(value)
    old, new = text_of(arguments["old"]), text_of(arguments["new"])
    limit = _integer(arguments, "count", -1)
    times = text.count(old) if limit < 0 else min(limit, text.count(old))
    size = len(text) + times * (len(new) - len(old))
    if size > values.TEXT_LIMIT:
        raise values.too_long(size)
    return _text(text.replace(old, new, limit), value, span)


def _default(value: Node | Missing, arguments: Arguments, span: Span) -> Node:
    otherwise = arguments.get("default_value", scalar("", span))
    if isinstance(value, Missing) or (isinstance(value, Scalar) and value.value is None):
        return otherwise
    if "boolean" in arguments and truth(arguments["boolean"]) and not truth(value):
        return otherwise
    return value


def _join(value: Node, arguments: Arguments, span: Span) -> Node:
    separator = text_of(arguments["d"]) if "d" in arguments else ""
    texts = [text_of(_attribute(item, arguments)) for item in _items(value, "join", span)]
    size = sum(map(len, texts)) + len(separator) * max(0, len(texts) - 1)
    if size > values.TEXT_LIMIT:
        raise values.too_long(size)
    return scalar(separator.join(texts), span)


def _length(value: Node, arguments: Arguments, span: Span) -> Node:
    if isinstance(value, Scalar):
        if not isinstance(value.value, str):
            raise _unfit("length", value)
        return scalar(len(value.value), span)
    return scalar(len(value), span)


def _first(value: Node, arguments: Arguments, span: Span) -> Node | Missing:
    return _end(_items(value, "first", span), "first", 0)


def _last(value: Node, arguments: Arguments, span: Span) -> Node | Missing:
    return _end(_items(value, "last", span), "last", -1)


def _end(items: list[Node], name: str, index: int) -> Node | Missing:
    if items:
        return items[index]
    message = f"there is no {name} value: the list is empty"
    return Missing(BrokenRuleError(rules.UNKNOWN_NAME, message, "add | default('…')"))


def _int(value: Node, arguments: Arguments, span: Span) -> Node:
    otherwise = arguments.get("default", scalar(0, span))
    base = _integer(arguments, "base", 10)
    if base != 0 and not 2 <= base <= 36:
        raise BrokenRuleError(
            rules.WRONG_OPERAND, f"`int` has no base {base}", "bases go from 2 to 36"
        )
    number = _number(value, "int")
    if isinstance(number, str):
        if len(number) > values.DIGITS_LIMIT:
            return otherwise
        try:
            return scalar(int(number, base), span)
        except ValueError:
            number = _float(number)
    return otherwise if number is None else scalar(int(number), span)


def _to_float(value: Node, arguments: Arguments, span: Span) -> Node:
    number = _number(value, "float")
    if isinstance(number, Decimal):
        return value
    if isinstance(number, str):
        number = _float(number) if len(number) <= values.DIGITS_LIMIT else None
    if number is None:
        return arguments.get("default", scalar(Decimal("0.0"), span))
    return scalar(_as_float(Decimal(number)), span)


def _round(value: Node, arguments: Arguments, span: Span) -> Node:
    number = _number(value, "round")
    if not isinstance(number, int | Decimal):
        raise BrokenRuleError(
            rules.WRONG_OPERAND,
            f"`round` needs a number, and this is {kind(value)}",
            "a text of digits becomes a number by | float",
        )
    modes = {"common": ROUND_HALF_EVEN, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}
    mode = text_of(arguments["method"]) if "method" in arguments else "common"
    if mode not in modes:
        raise BrokenRuleError(
            rules.WRONG_OPERAND,
            f"`round` has no method '{values.clipped(mode)}'",
            "the methods are common, ceil and floor",
        )
    precision = _integer(arguments, "precision", 0)
    if isinstance(number, int) and precision >= 0 and mode == "common":
        return scalar(number, span)
    with localcontext(values.ARITHMETIC):
        step = Decimal(1).scaleb(-max(-values.DIGITS_LIMIT, min(values.DIGITS_LIMIT, precision)))
        exact = Decimal(number)
        # Rounding to more places than there are changes nothing.
        exponent = exact.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -precision:
            exact = (exact / step).to_integral_value(modes[mode]) * step
    if isinstance(number, int) and mode == "common":
        return scalar(int(exact), span)
    return scalar(_as_float(exact), span)


def _sort(value: Node, arguments: Arguments, span: Span) -> Node:
    items = _items(value, "sort", span)
    sensitive = "case_sensitive" in arguments and truth(arguments["case_sensitive"])
    keys = [_key(_attribute(item, arguments), sensitive, "sort") for item in items]
    if len({type(key) is str for key in keys}) > 1:
        raise BrokenRuleError(
            rules.WRONG_OPERAND,
            "`sort` cannot put texts and numbers into one order",
            "quote all of them, or none",
        )
    backward = "reverse" in arguments and truth(arguments["reverse"])
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=backward)
    return values.sequence([items[index] for index in order], span)


def _unique(value: Node, arguments: Arguments, span: Span) -> Node:
    sensitive = "case_sensitive" in arguments and truth(arguments["case_sensitive"])
    seen: set[tuple[bool, Any]] = set()
    kept: list[Node] = []
    for item in _items(value, "unique", span):
        key = _key(_attribute(item, arguments), sensitive, "unique")
        if (mark := (isinstance(key, bool), key)) not in seen:
            seen.add(mark)
            kept.append(item)
    return values.sequence(kept, span)


def _list(value: Node, arguments: Arguments, span: Span) -> Node:
    if isinstance(value, Sequence):
        return value
    return values.sequence(_items(value, "list", span), span)


def _items(value: Node, name: str, span: Span) -> list[Node]:
    """What a filter goes through: a list's items, a map's keys, a text's characters."""
    match value:
        case Sequence():
            return list(value.items)
        case Mapping():
            return [scalar(entry.key, entry.key_span) for entry in value.entries]
        case Scalar(value=str() as text):
            if len(text) > values.LIST_LIMIT:
                raise BrokenRuleError(
                    rules.RESULT_TOO_LONG, f"the list would hold {len(text):,} characters"
                )
            return [scalar(character, span) for character in text]
    raise _unfit(name, value)


def _unfit(name: str, value: Node) -> BrokenRuleError:
    return BrokenRuleError(
        rules.WRONG_OPERAND, f"`{name}` needs a list, a map or a text, and this is {kind(value)}"
    )


def _attribute(item: Node, arguments: Arguments) -> Node:
    """The part of an item that ``attribute='name'`` speaks of."""
    if "attribute" not in arguments:
        return item
    for key in text_of(arguments["attribute"]).split("."):
        found = item.get(key) if isinstance(item, Mapping) else None
        if found is None:
            message = f"a value of the list, {kind(item)}, has no '{values.clipped(key)}'"
            raise BrokenRuleError(rules.UNKNOWN_NAME, message)
        item = found
    return item


def _key(item: Node, sensitive: bool, name: str) -> Any:
    if not isinstance(item, Scalar) or isinstance(item.value, Template) or item.value is None:
        raise BrokenRuleError(
            rules.WRONG_OPERAND,
            f"`{name}` needs texts or numbers in the list, and one value is {kind(item)}",
            "attribute='…' takes one part of each map" if isinstance(item, Mapping) else None,
        )
    if isinstance(item.value, str) and not sensitive:
        return item.value.lower()
    return item.value


def _number(value: Node, name: str) -> int | Decimal | str | None:
    """A number, a text that may be one, or None; lists and maps are a fault."""
    if not isinstance(value, Scalar) or isinstance(value.value, Template):
        raise BrokenRuleError(
            rules.WRONG_OPERAND, f"`{name}` needs a number, and this is {kind(value)}"
        )
    return int(value.value) if isinstance(value.value, bool) else value.value


def _float(text: str) -> Decimal | None:
    """A number as Python's float reads it, without its rounding."""
    try:
        number = float(text)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return Decimal(text.strip().replace("_", ""))


def _as_float(number: Decimal) -> Decimal:
    """The shortest spelling that still shows a decimal point, as a float is printed."""
    if number == 0:
        return Decimal("0.0")
    if number.adjusted() >= values.DIGITS_LIMIT or number.adjusted() < -values.DIGITS_LIMIT:
        raise BrokenRuleError(
            rules.RESULT_TOO_LONG,
            f"the number has too many digits; up to {values.DIGITS_LIMIT} are allowed",
        )
    whole = format(number, "f")
    if "." not in whole:
        return Decimal(whole + ".0")
    whole = whole.rstrip("0")
    return Decimal(whole + "0" if whole.endswith(".") else whole)


def _integer(arguments: Arguments, name: str, otherwise: int) -> int:
    if name not in arguments:
        return otherwise
    argument = arguments[name]
    value = argument.value if isinstance(argument, Scalar) else None
    # An argument left empty is Jinja's own way of saying "the default".
    if value is None and isinstance(argument, Scalar):
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**31:
        message = f"'{name}' must be a whole number, and this is {kind(argument)}"
        raise BrokenRuleError(rules.WRONG_OPERAND, message)
    return value


FILTERS: dict[str, Filter] = {
    "upper": Filter(_changed(str.upper)),
    "lower": Filter(_changed(str.lower)),
    "title": Filter(_changed(_title)),
    "capitalize": Filter(_changed(str.capitalize)),
    "string": Filter(_changed(str)),
    "trim": Filter(_trim, ("chars",)),
    "replace": Filter(_replace, ("old", "new", "count"), needed=2),
    "default": Filter(_default, ("default_value", "boolean"), mends=True),
    "join": Filter(_join, ("d", "attribute")),
    "length": Filter(_length),
    "first": Filter(_first),
    "last": Filter(_last),
    "int": Filter(_int, ("default", "base")),
    "float": Filter(_to_float, ("default",)),
    "round": Filter(_round, ("precision", "method")),
    "sort": Filter(_sort, ("reverse", "case_sensitive", "attribute")),
    "unique": Filter(_unique, ("case_sensitive", "attribute")),
    "list": Filter(_list),
}
