"""What Twilio says about an element or attribute: rows of the vocabulary in, Markdown out."""

from twimlc.languageserver.shapes import Shape
from twimlc.vocabulary import Attribute, Element, Status

_TWILIO = "https://www.twilio.com/"
_SOME = 24


def about(key: str, shape: Shape) -> str:
    """The Markdown about a key."""
    row, element = shape.row, shape.element
    if row is not None and element is not None:
        return _of_attribute(row, element)
    if element is not None and shape.attribute is None:
        return _of_element(key, element)
    return _of_schema(key, shape)


def _of_element(key: str, element: Element) -> str:
    lines = [f"**{key}** (TwiML `<{element.tag}>`): {element.summary}"]
    if element.status is not Status.CURRENT:
        lines.append(f"*{element.status}*. {element.status_note}".strip())
    if element.note:
        lines.append(element.note)
    if element.outcomes is not None:
        worked = f"Worked: {', '.join(element.outcomes.worked)}"
        failed = ", ".join(element.outcomes.failed)
        lines.append(f"{worked}; unsuccessful: {failed}." if failed else f"{worked}.")
    return "\n\n".join([*lines, *_page(element)])


def _of_attribute(row: Attribute, element: Element) -> str:
    lines = [f"**{element.key}.{row.name}**: {row.note}"]
    if row.status is not Status.CURRENT:
        lines.append(f"*{row.status}*")
    if not row.documented:
        lines.append("Known from Twilio's libraries; its pages do not tell of it.")
    facts = [f"Type: {row.type.replace('-', ' ')}"]
    values = [*row.values, *row.keywords, *row.known_values]
    if values:
        more = ", …" if len(values) > _SOME else ""
        facts.append(f"Values: {', '.join(f'`{value}`' for value in values[:_SOME])}{more}")
    if row.minimum is not None or row.maximum is not None:
        low = "" if row.minimum is None else f"from {row.minimum} "
        high = "" if row.maximum is None else f"to {row.maximum} "
        facts.append(f"Range: {low}{high}{row.unit or ''}".rstrip())
    elif row.unit:
        facts.append(f"In {row.unit}")
    if row.max_length is not None:
        facts.append(f"At most {row.max_length} characters")
    if row.required:
        facts.append("Required")
    if row.default is not None:
        symbol = row.default.startswith("$")
        said = row.default[1:].replace("-", " ") if symbol else f"`{row.default}`"
        facts.append(f"Default: {said}")
    if row.twilio:
        errors = (f"[{code}]({_TWILIO}docs/api/errors/{code})" for code in row.twilio)
        facts.append(f"A bad value is Twilio's error {', '.join(errors)}")
    lines.append("\n".join(f"- {fact}" for fact in facts))
    return "\n\n".join([*lines, *_page(element)])


def _of_schema(key: str, shape: Shape) -> str:
    lines = [f"**{key}**: {shape.schema.get('description', '')}".rstrip(": ")]
    values = shape.values()
    if values:
        lines.append("Values: " + ", ".join(f"`{value}`" for value in values[:_SOME]))
    elif "$comment" in shape.schema and not shape.schema["$comment"].startswith("a step"):
        lines.append(f"Takes {shape.schema['$comment']}.")
    if "default" in shape.schema:
        default = shape.schema["default"]
        said = str(default).lower() if isinstance(default, bool) else default
        lines.append(f"Default: `{said}`")
    return "\n\n".join(lines)


def _page(element: Element) -> list[str]:
    return [f"[Twilio's page]({_TWILIO}{element.doc})"] if element.doc else []
