"""The conversation at a phone: a line comes in, and typed lines; what is printed goes out.

Reading and writing are given, so a terminal, a pipe and a test are the same to it.
"""

from collections.abc import Callable, Iterable, Mapping

from twimlc.phone.answers import Misunderstood, question
from twimlc.phone.session import Happening, Line, Session
from twimlc.phone.transcript import Transcript

Read = Callable[[str], str | None]
"""A prompt in, a line out; None at the end of the input."""

Write = Callable[[str], None]


class _LeftError(Exception):
    """The person leaves the phone."""


class Talk:
    """One call from its first ring to its end.

    Afterwards ``failed`` tells whether Twilio could not go on somewhere, ``misunderstood``
    whether some line was no answer.
    """

    def __init__(
        self,
        line: Line,
        parameters: Mapping[str, str],
        read: Read,
        write: Write,
        transcript: Transcript,
    ) -> None:
        self.failed = False
        self.misunderstood = False
        self._line = line
        self._parameters = parameters
        self._read = read
        self._write = write
        self._transcript = transcript

    def run(self) -> None:
        """Talk until somebody hangs up, or the person leaves."""
        try:
            self._play(self._line)
        except _LeftError:
            return

    def _play(self, line: Line) -> None:
        session = Session(line, self._parameters)
        self._show(session, session.begin())
        while not session.over:
            others = session.other_lines()
            asked = question(session.moment, tuple(name for name, _ in others))
            text = self._read(asked.prompt)
            word = "h" if text is None else text.strip()
            if word == "?":
                self._print(*(f"    {each}" for each in asked.help))
                continue
            if word.lower() in ("q", "quit"):
                raise _LeftError
            if (number := asked.listens(word)) is not None:
                self._listen(*others[number])
                continue
            choice = asked.read(word)
            if isinstance(choice, Misunderstood):
                self._print(self._transcript.remark(choice.why))
                self.misunderstood = True
                continue
            self._print(self._transcript.answer(session.moment, choice))
            self._show(session, session.take(choice))

    def _listen(self, name: str, line: Line) -> None:
        """Play what another line hears, and come back to the same question."""
        self._print(self._transcript.aside(f"on the other line ({name})"))
        self._play(line)
        self._print(self._transcript.aside("back on the caller's line"))

    def _show(self, session: Session, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            self._print(*self._transcript.happening(happening))
        self.failed = self.failed or session.failed

    def _print(self, *lines: str) -> None:
        if lines:
            self._write("".join(f"{line}\n" for line in lines))
