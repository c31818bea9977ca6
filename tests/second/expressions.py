"""The language of ``${…}``: a text is read into tuples, and these are worked out."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>==|!=|<=|>=|[-+~|.,()\[\]<>]))"
)
_WORDS = ("and", "or", "not", "in", "if", "else", "true", "false", "none")


def shown(value):
    """A value inside text, as it was typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    assert isinstance(value, str | int), value
    return str(value)


@cache
def parsed(text):
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, f"no expression: {text}"
        kind = match.lastgroup
        word = match[kind]
        if kind == "name" and word.lower() in _WORDS:
            kind, word = "sign", word.lower()
        tokens.append((kind, word))
        at = len(text) if not text[match.end() :].strip() else match.end()
    parser = Parser(tokens)
    made = parser.choice()
    assert parser.at == len(tokens), f"no expression: {text}"
    return made


class Parser:
    """By precedence, the weakest first; each method gives a tuple that ``evaluate`` knows."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.at = 0

    def took(self, *signs):
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")
        if kind == "sign" and word in signs:
            self.at += 1
            return word
        return None

    def choice(self):
        value = self.either()
        while self.took("if"):
            test = self.either()
            other = self.choice() if self.took("else") else ("value", None)
            value = ("if", test, value, other)
        return value

    def chain(self, below, *signs):
        value = below()
        while sign := self.took(*signs):
            value = (sign, value, below())
        return value

    def either(self):
        return self.chain(self.both, "or")

    def both(self):
        return self.chain(self.negated, "and")

    def negated(self):
        return ("not", self.negated()) if self.took("not") else self.compared()

    def compared(self):
        value, rest = self.sums(), []
        while True:
            if self.took("not"):
                assert self.took("in")
                rest.append(("not in", self.sums()))
            elif sign := self.took("==", "!=", "<", "<=", ">", ">=", "in"):
                rest.append((sign, self.sums()))
            else:
                return ("compare", value, rest) if rest else value

    def sums(self):
        return self.chain(self.joined, "+", "-")

    def joined(self):
        return self.chain(self.signed, "~")

    def signed(self):
        if self.took("-"):
            return ("-", ("value", 0), self.signed())
        return self.behind(self.single())

    def single(self):
        if self.took("("):
            value = self.choice()
            assert self.took(")")
            return value
        if self.took("["):
            return ("list", self.items("]"))
        for word, value in (("true", True), ("false", False), ("none", None)):
            if self.took(word):
                return ("value", value)
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return ("value", Decimal(word) if "." in word else int(word))
        if kind == "text":
            return ("value", re.sub(r"\\(.)", r"\1", word[1:-1]))
        assert kind == "name", word
        return ("name", word)

    def items(self, end):
        found = []
        while not self.took(end):
            found.append(self.choice())
            self.took(",")
        return found

    def behind(self, value):
        """Attributes, items and filters."""
        while sign := self.took(".", "[", "|"):
            if sign == "[":
                value = ("item", value, self.choice())
                assert self.took("]")
                continue
            _, name = self.tokens[self.at]
            self.at += 1
            if sign == ".":
                value = ("item", value, ("value", int(name) if name.isdecimal() else name))
            else:
                value = ("filter", name, value, self.items(")") if self.took("(") else [])
        return value


COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}
FILTERS = {
    "upper": lambda v: v.upper(),
    "lower": lambda v: v.lower(),
    "title": lambda v: v.title(),
    "capitalize": lambda v: v.capitalize(),
    "trim": lambda v: v.strip(),
    "replace": lambda v, old, new: v.replace(old, new),
    "default": lambda v, other="": other if v is None else v,
    "join": lambda v, between="": between.join(map(shown, v)),
    "length": len,
    "first": lambda v: v[0],
    "last": lambda v: v[-1],
    "int": int,
    "float": lambda v: Decimal(v),
    "string": shown,
    "round": lambda v: Decimal(v).quantize(Decimal(1), ROUND_HALF_UP),
    "sort": sorted,
    "unique": lambda v: list(dict.fromkeys(v)),
    "list": list,
}


def evaluate(made, env):
    kind, *rest = made
    if kind == "value":
        return rest[0]
    if kind == "name":
        return env.get(rest[0])
    if kind == "list":
        return [evaluate(item, env) for item in rest[0]]
    if kind == "if":
        test, value, other = rest
        return evaluate(value if evaluate(test, env) else other, env)
    if kind in ("and", "or"):
        first = evaluate(rest[0], env)
        return first if bool(first) is (kind == "or") else evaluate(rest[1], env)
    if kind == "not":
        return not evaluate(rest[0], env)
    if kind == "filter":
        name, value, given = rest
        return FILTERS[name](evaluate(value, env), *(evaluate(one, env) for one in given))
    if kind == "compare":
        left, pairs = rest
        value = evaluate(left, env)
        for sign, right in pairs:
            after = evaluate(right, env)
            if not COMPARE[sign](value, after):
                return False
            value = after
        return True
    one, other = (evaluate(part, env) for part in rest)
    if kind == "item":
        return one[other] if not isinstance(one, dict) else one.get(other)
    if kind == "~":
        return shown(one) + shown(other)
    return one + other if kind == "+" else one - other
