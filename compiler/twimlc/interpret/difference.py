"""The shortest call in which a flow and its documents part: two traces and where they come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trace: what happened (or was chosen, ``chosen``), and its source line."""

    text: str
    source: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """``script`` is what is done in the call, in order; the last lines of the traces differ.

    ``where`` says whose line it is: the caller's, or that of a leg or wait document.
    """

    flow_name: str
    where: str
    reason: str
    script: tuple[str, ...]
    flow: tuple[Line, ...]
    documents: tuple[Line, ...]

    def describe(self) -> str:
        """Both traces side by side, for people."""
        script = ", ".join(self.script) or "no choice is needed"
        head = [f"flow {self.flow_name}, {self.where}: {self.reason}", f"script: {script}"]
        left = ["the flow says"] + [_show(line) for line in self.flow]
        right = ["the documents do"] + [_show(line) for line in self.documents]
        height = max(len(left), len(right))
        left += [""] * (height - len(left))
        right += [""] * (height - len(right))
        width = min(76, max(map(len, left)))
        rows = []
        for one, other in zip(left, right, strict=True):
            if len(one) <= width:
                rows.append(f"  {one:<{width}} | {other}".rstrip())
            else:
                rows.extend((f"  {one}", f"  {'':<{width}} | {other}".rstrip()))
        return "\n".join([*head, *rows])


def _show(line: Line) -> str:
    if line.chosen:
        return f"> {line.text}"
    return f"{line.text}  [{line.source}]" if line.source else line.text
