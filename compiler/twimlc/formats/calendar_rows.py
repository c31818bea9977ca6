"""The rows of ``calendars:``, in a project file and, with ``${…}`` in every value, in a flow."""

from typing import Any

from twimlc.formats.format import Map, Names, Row, Several, text
from twimlc.formats.leaves import EXPRESSION, NAME, TEXT_TYPES, Schema
from twimlc.yaml.names import valid_name

_NOTATION = text("opening hours, such as Mo-Fr 09:00-17:00")
_OUTCOME = text("the name of an outcome")
_HOLIDAYS = Several(text("the name of a holiday"))

_EXCEPTION = Map(
    (
        Row("on", text("a day, or days"), "A day, a range A..B, or a day of every year (Nov 11)."),
        Row("open", text("times, such as 09:00-12:00"), "The times of these days, instead."),
        Row("is", _OUTCOME, "The outcome of these days; `usual` is the week as ever."),
    ),
    "a map of on and is, or of on and open",
    types="object",
    needs="on",
)

CALENDAR = Map(
    (
        Row("zone", text("a time zone"), "Region/City, or UTC.", examples=["America/New_York"]),
        Row("open", _NOTATION, "Opening hours, in OpenStreetMap's notation."),
        Row(
            "periods",
            Names(
                _NOTATION,
                "a map of outcomes and opening hours",
                NAME,
                noun="an outcome",
                refused=valid_name,
                empty=True,
            ),
            "Outcomes of their own, each with its hours.",
        ),
        Row(
            "holidays",
            Map(
                (
                    Row("of", Several(text("a country, such as US or US-CA")), "Countries."),
                    Row("only", _HOLIDAYS, "The holidays that count."),
                    Row("without", _HOLIDAYS, "The holidays that do not count."),
                ),
                "a country, such as US or US-CA; or a map of of, and only or without",
                types=(*TEXT_TYPES, "array", "object"),
                needs="of",
            ),
            "A country or part of one, or several, whose public holidays count.",
        ),
        Row("except", Several(_EXCEPTION, types=("array", "object", "null")), "Days apart."),
        Row("until", text("a day, such as 2028-12-31"), "The last day that is worked out."),
        Row(
            "override",
            Map(
                (
                    Row("is", _OUTCOME, "The outcome."),
                    Row("until", text("a time, such as 2026-12-01T12:00"), "When it ends."),
                ),
                "an outcome, or a map of is and until",
                types=(*TEXT_TYPES, "object"),
                needs="is",
            ),
            "An outcome over everything.",
        ),
    ),
    "a map of zone, open, until and more",
    types="object",
    name="a calendar",
    description="When a line is open.",
)

CALENDARS = Names(
    CALENDAR, "a map of names and calendars", NAME, noun="a calendar", refused=valid_name
)


def in_flows(schema: Schema) -> Schema:
    """The same where any value may be ``${…}``."""
    known: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "patternProperties"):
            known[key] = {name: in_flows(part) for name, part in value.items()}
        else:
            known[key] = in_flows(value) if isinstance(value, dict) else value
    types = schema.get("type", ())
    types = [types] if isinstance(types, str) else [*types]
    if types and "string" not in types:
        known |= {"type": [*types, "string"], "pattern": EXPRESSION}
    return known
