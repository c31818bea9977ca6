"""Params of made-up flows, and texts that hold their values."""

PARAMS = {
    "company": "Acme & Sons <Ltd>", "yes": True, "no": False, "days": ["Monday", "Friday"], "price": "@12.50",
    "words": {"top": "Good day", "deep": {"list": ["one", "two"]}}, "both": "${company} and ${words.top}",
    "phones": ["+14155550111", "+14155550112"], "table": [{"key": "1", "name": "first"}, {"key": "3", "name": "third"}],
}  # fmt: skip
VALUES = (
    "${company}", "${words.top}", "${words.deep.list[1]}", "${price}", "${both}", "${company | upper}", "${days | join(', ')}",
    "${'open' if yes else 'closed'}", "${'x' if no and yes else 'y'}", "${days | length}", "${words['top'] ~ '!'}", "$${not}",
    "${'in' if 'Monday' in days and not no else 'out'}", "${flow}", "${(days | first) | replace('Mon', 'Sun')}",
    "${'a' if days | length >= 2 else 'b'}", "${[1, 2] | last}",
)  # fmt: skip
INSIDE = ("T${word.top}", "${greet}", "${there ~ '?'}", "${word.top | lower}")
