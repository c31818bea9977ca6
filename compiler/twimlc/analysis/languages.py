"""The language that a say is in: an element comes in, the first part of a tag goes out."""

import re

from twimlc.flow.model import Element

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-|$)")


def language_of(say: Element) -> str | None:
    """Such as ``de``; English where nothing is given; None where only the voice's name tells."""
    maker, _, name = (say.literal("voice") or "").partition(".")
    given = say.get("language")
    text = say.literal("language") if given is not None else name if maker == "Google" else None
    if text is not None:
        found = _TAG.match(text)
        return found[1].lower() if found is not None else None
    return None if given is not None or name else "en"
