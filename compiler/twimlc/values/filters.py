"""The filters of ``${name | filter}``: a value and arguments come in, a value goes out.

They do what Jinja2's filters of the same names do, on nodes and within bounds: how long a result
gets is known before it is built. Two things differ: ``default`` also replaces an empty value,
since empty counts as left out, and numbers keep their decimal digits.
"""

import re
from collections.abc import Callable, Mapping as Map
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from math import isfinite
from types import MappingProxyType
from typing import Any, NamedTuple

from twimlc.text import Span, clip_line
from twimlc.values import values
from twimlc.values.values import (
    Missing,
    kind,
    result_too_long,
    scalar,
    text_of,
    truth,
    unknown_name,
    wrong_operand,
)
from twimlc.yaml.tree import Mapping, Node, Scalar, Sequence, Template

_TITLE_BREAKS = re.compile(r"([-\s({\[<]+)")
_ROUNDINGS = {"common": ROUND_HALF_EVEN, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}

Take = Callable[[Any, str], Any]
"""What a filter or an argument takes: a node and a name in, a Python value or a fault out."""


# What filters and arguments take


def _node(node: Node | Missing, name: str) -> Node | Missing:
    return node


def _text(node: Node, name: str) -> str:
    return text_of(node)


def _flag(node: Node, name: str) -> bool:
    return truth(node)


def _list(node: Node, name: str) -> list[Node]:
    """What a filter goes through: a list's items, a map's keys, a text's characters."""
    match node:
        case Sequence():
            return list(node.items)
        case Mapping():
            return [scalar(entry.key, entry.key_span) for entry in node.entries]
        case Scalar(value=str() as text):
            if len(text) > values.LIST_LIMIT:
                raise result_too_long(f"the list would hold {len(text):,} characters")
            return [scalar(character, node.span) for character in text]
    raise wrong_operand(f"`{name}` needs a list, a map or text, and this is {kind(node)}")


def _digits(node: Node, name: str) -> int | Decimal | str | None:
    """A number, a text that may be one, or None; lists and maps are a fault."""
    if not isinstance(node, Scalar) or isinstance(node.value, Template):
        raise wrong_operand(f"`{name}` needs a number, and this is {kind(node)}")
    return int(node.value) if isinstance(node.value, bool) else node.value


def _number(node: Node, name: str) -> int | Decimal:
    number = _digits(node, name)
    if isinstance(number, int | Decimal):
        return number
    message = f"`{name}` needs a number, and this is {kind(node)}"
    raise wrong_operand(message, "| float turns digits into a number")


def _whole(node: Node, name: str) -> int | None:
    """A whole number; None, Jinja's own way of saying "the default", for an empty argument."""
    value = node.value if isinstance(node, Scalar) else ""
    if value is None or (type(value) is int and abs(value) <= 2**31):
        return value
    raise wrong_operand(f"'{name}' must be a whole number, and this is {kind(node)}")


class Filter(NamedTuple):
    """A filter: ``apply`` gets what it ``takes`` and, by name, the arguments that are given.

    The first ``needed`` of the ``parameters`` must be given. With ``fills_in`` it is asked about
    a missing value as well.
    """

    apply: Callable[..., "Node | Missing | list[Node] | str | int | Decimal"]
    takes: Take
    parameters: Map[str, Take] = MappingProxyType({})
    needed: int = 0
    fills_in: bool = False

    def result(
        self, name: str, value: Node | Missing, arguments: Map[str, Node], span: Span
    ) -> Node | Missing:
        """The value of ``value | name(arguments)``; what is computed gets the place ``span``."""
        taken = self.takes(value, name)
        given = {key: self.parameters[key](node, key) for key, node in arguments.items()}
        result = self.apply(taken, **{key: arg for key, arg in given.items() if arg is not None})
        if isinstance(result, list):
            return values.sequence(result, span)
        if isinstance(result, str | int | Decimal):
            # A text made of a text still belongs to whoever gave that one.
            if self.takes is _text and isinstance(value, Scalar):
                return scalar(result, span, value.outward)
            return scalar(result, span)
        return result


# What filters do


def _title(text: str) -> str:
    parts = (part for part in _TITLE_BREAKS.split(text) if part)
    return "".join(part[0].upper() + part[1:].lower() for part in parts)


def _trim(text: str, chars: str | None = None) -> str:
    return text.strip(chars)


def _replace(text: str, old: str, new: str, count: int = -1) -> str:
    times = text.count(old) if count < 0 else min(count, text.count(old))
    values.check_length(len(text) + times * (len(new) - len(old)))
    return text.replace(old, new, count)


def _default(
    value: Node | Missing, default_value: Node | str = "", boolean: bool = False
) -> Node | str:
    if isinstance(value, Missing) or (isinstance(value, Scalar) and value.value is None):
        return default_value
    return default_value if boolean and not truth(value) else value


def _join(items: list[Node], d: str = "", attribute: str | None = None) -> str:
    texts = [text_of(_attribute(item, attribute)) for item in items]
    values.check_length(sum(map(len, texts)) + len(d) * max(0, len(texts) - 1))
    return d.join(texts)


def _length(value: Node) -> int:
    if not isinstance(value, Scalar):
        return len(value)
    return len(value.value) if isinstance(value.value, str) else len(_list(value, "length"))


def _first(items: list[Node]) -> Node | Missing:
    return items[0] if items else _none_there("first")


def _last(items: list[Node]) -> Node | Missing:
    return items[-1] if items else _none_there("last")


def _none_there(name: str) -> Missing:
    message = f"there is no {name} value: the list is empty"
    return Missing(unknown_name(message, "add | default('…')"))


def _int(number: int | Decimal | str | None, default: Node | int = 0, base: int = 10) -> Node | int:
    if base != 0 and not 2 <= base <= 36:
        raise wrong_operand(f"`int` has no base {base}", "bases go from 2 to 36")
    if isinstance(number, str):
        if len(number) > values.DIGITS_LIMIT:
            return default
        try:
            return int(number, base)
        except ValueError:
            number = _read_float(number)
    return default if number is None else int(number)


def _float(value: Node, default: Node | Decimal = Decimal("0.0")) -> Node | Decimal:
    number = _digits(value, "float")
    if isinstance(number, Decimal):
        return value
    if isinstance(number, str):
        number = _read_float(number) if len(number) <= values.DIGITS_LIMIT else None
    return default if number is None else _as_float(Decimal(number))


def _round(number: int | Decimal, precision: int = 0, method: str = "common") -> int | Decimal:
    if method not in _ROUNDINGS:
        message = f"`round` has no method '{clip_line(method)}'"
        raise wrong_operand(message, "the methods are common, ceil and floor")
    whole = isinstance(number, int) and method == "common"
    if whole and precision >= 0:
        return number
    with localcontext(values.ARITHMETIC):
        step = Decimal(1).scaleb(-max(-values.DIGITS_LIMIT, min(values.DIGITS_LIMIT, precision)))
        exact = Decimal(number)
        # Rounding to more places than there are changes nothing.
        exponent = exact.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -precision:
            exact = (exact / step).to_integral_value(_ROUNDINGS[method]) * step
    return int(exact) if whole else _as_float(exact)


def _sort(
    items: list[Node],
    reverse: bool = False,
    case_sensitive: bool = False,
    attribute: str | None = None,
) -> list[Node]:
    keys = [_key(_attribute(item, attribute), case_sensitive, "sort") for item in items]
    if len({isinstance(key, str) for key in keys}) > 1:
        message = "`sort` cannot order text and numbers together"
        raise wrong_operand(message, "quote all of them, or none")
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    return [items[index] for index in order]


def _unique(
    items: list[Node], case_sensitive: bool = False, attribute: str | None = None
) -> list[Node]:
    keys = [_key(_attribute(item, attribute), case_sensitive, "unique") for item in items]
    kept: dict[tuple[bool, Any], Node] = {}
    for key, item in zip(keys, items, strict=True):
        kept.setdefault((isinstance(key, bool), key), item)
    return list(kept.values())


def _as_list(value: Node) -> Node | list[Node]:
    return value if isinstance(value, Sequence) else _list(value, "list")


def _attribute(item: Node, path: str | None) -> Node:
    """The part of an item that ``attribute='name'`` speaks of."""
    for key in () if path is None else path.split("."):
        part = item.get(key) if isinstance(item, Mapping) else None
        if part is None:
            message = f"a value of the list, {kind(item)}, has no '{clip_line(key)}'"
            raise unknown_name(message)
        item = part
    return item


def _key(item: Node, sensitive: bool, name: str) -> Any:
    if not isinstance(item, Scalar) or isinstance(item.value, Template) or item.value is None:
        raise wrong_operand(
            f"`{name}` needs text or numbers in the list, and one value is {kind(item)}",
            "attribute='…' takes one part of each map" if isinstance(item, Mapping) else None,
        )
    return item.value.lower() if isinstance(item.value, str) and not sensitive else item.value


def _read_float(text: str) -> Decimal | None:
    """A number as Python's float reads it, without its rounding."""
    try:
        number = float(text)
    except ValueError:
        return None
    return Decimal(text.strip().replace("_", "")) if isfinite(number) else None


def _as_float(number: Decimal) -> Decimal:
    """The shortest spelling that still shows a decimal point, as a float is printed."""
    if number == 0:
        return Decimal("0.0")
    if not -values.DIGITS_LIMIT <= number.adjusted() < values.DIGITS_LIMIT:
        raise values.too_many_digits()
    whole, _, places = format(number, "f").partition(".")
    return Decimal(f"{whole}.{places.rstrip('0') or '0'}")


FILTERS: dict[str, Filter] = {
    "upper": Filter(str.upper, _text),
    "lower": Filter(str.lower, _text),
    "title": Filter(_title, _text),
    "capitalize": Filter(str.capitalize, _text),
    "string": Filter(str, _text),
    "trim": Filter(_trim, _text, {"chars": _text}),
    "replace": Filter(_replace, _text, {"old": _text, "new": _text, "count": _whole}, needed=2),
    "default": Filter(_default, _node, {"default_value": _node, "boolean": _flag}, fills_in=True),
    "join": Filter(_join, _list, {"d": _text, "attribute": _text}),
    "length": Filter(_length, _node),
    "first": Filter(_first, _list),
    "last": Filter(_last, _list),
    "int": Filter(_int, _digits, {"default": _node, "base": _whole}),
    "float": Filter(_float, _node, {"default": _node}),
    "round": Filter(_round, _number, {"precision": _whole, "method": _text}),
    "sort": Filter(_sort, _list, {"reverse": _flag, "case_sensitive": _flag, "attribute": _text}),
    "unique": Filter(_unique, _list, {"case_sensitive": _flag, "attribute": _text}),
    "list": Filter(_as_list, _node),
}
