"""Rendering a Bin: verbs and tags come in, rows for the template of documents go out.

What a user wrote is text to a Bin's engine as it is text to XML: no brace of it can open a tag.
"""

import re
from hashlib import sha256

from twimlc.lower.plan import Bin, Markup, Tags, Text
from twimlc.render.rows import Layout, Row

_BRACES = re.compile(r"(?<=\{)\{|\{\Z")
_BESIDE_VALUE = str.maketrans({"{": "\x01", "}": "\x02", "\\": "\x03"})
_REFERENCES = {
    "\x01": "&#123;",
    "\x02": "&#125;",
    "\x03": "&#92;",
    "\x04": "{{",
    "\x05": "}}",
}
"""Characters that no document may hold stand for what must not be escaped twice. The last two are
the braces of our own tags."""


class BinLayout(Layout):
    """Lays out a Bin: as any document, with tags in rows of their own.

    In comments, source and answers are well-formed XML. Bare tags stand beside the verbs: on
    lines of their own engines would differ on the white space that they leave.
    """

    def __init__(self, document: Bin) -> None:
        self.rows: list[Row] = [Row("open", "", "Response", (), "", "\n")]
        self.lines = []
        self._line = 4  # the mark of the text takes one
        opening = ""
        for block in document.blocks:
            if isinstance(block, Markup):
                if opening:
                    self.rows.append(Row("tags", "", "", (), opening, ""))
                    opening = ""
                self._element(block, "  ")
            elif document.bare:
                opening = self._beside(block)
            else:
                self.rows.append(Row("tags", "  <!--", "", (), _tags(block.names), "-->\n"))
                self._line += 1
        self.rows.append(Row("close", "", "Response", (), "", "\n"))
        if opening:
            self.rows.insert(-1, Row("tags", "", "", (), opening, "\n"))

    def _beside(self, block: Tags) -> str:
        """Puts closing tags before the line end of the verb before; gives back the rest."""
        closing = tuple(name for name in block.names if name[0] == "/")
        if closing:
            self.rows[-1] = self.rows[-1]._replace(after="")
            self.rows.append(Row("tags", "", "", (), _tags(closing), "\n"))
        return _tags(block.names[len(closing) :])

    def _literal(self, value: Text) -> str:
        if isinstance(value, str):
            return _BRACES.sub("\x01", value)
        return "".join(
            part.translate(_BESIDE_VALUE) if isinstance(part, str) else f"\x04{part.name}\x05"
            for part in value.parts
        )


def finish(text: str) -> str:
    """The text with the characters that stood for references and tags."""
    for stand_in, meant in _REFERENCES.items():
        text = text.replace(stand_in, meant)
    return text


def with_mark(name: str, text: str) -> str:
    """The text of a Bin with its mark behind the XML declaration: who sees it need not compare.

    ``name`` is that of its flow (``ROW/FLOW`` with a matrix), or of the file to paste.
    """
    head, body = text.split("\n", 1)
    digits = sha256(text.encode()).hexdigest()[:12]
    # Two hyphens would end the comment.
    return f"{head}\n<!-- twimlc {re.sub('(?<=-)-', '.', name)} {digits} -->\n{body}"


def mark_of(data: bytes) -> str:
    """The mark that :func:`with_mark` gave a text."""
    return data.split(b"\n", 2)[1].decode().removeprefix("<!-- ").removesuffix(" -->")


def _tags(names: tuple[str, ...]) -> str:
    return "".join(f"\x04{name}\x05" for name in names)
