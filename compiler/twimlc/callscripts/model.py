"""A call script as it was read: who calls, what is up at the far ends, what must be heard.

Nothing comes in; the types that :mod:`read` fills and the player looks at go out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twimlc.text import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does once: ``kind`` is keys, speech, speak, silence or hangup."""

    kind: str
    value: str = ""
    span: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}" if self.value else self.kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What happens at a room, a number, a queue …, on one visit.

    ``outcome`` is a word of the script. ``acts`` is what the person at that end does in a document
    of theirs, None where the script does not say; ``told`` are parameters such as HandoffData.
    """

    outcome: str
    acts: tuple[Act, ...] | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False)


Asked = tuple[str, str]
"""What an answer is for: (rooms, dial, queue, connect, pay or refer; the name)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One event to be heard. ``values`` None matches any; so does None in an attribute.

    ``text`` is how the script says it.
    """

    kind: str
    text: str
    span: Span
    values: tuple[str, ...] | None = None
    attributes: tuple[tuple[str, tuple[str, ...] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A state to be reached, or not."""

    state: str
    span: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be heard: every one of ``events`` in order (None: not said), or short forms.

    ``last`` is the last event; ``hears`` come in this order, with others between; ``never`` come
    not at all. ``called`` and ``waiting`` are whole lists by target and by queue.
    """

    span: Span
    events: tuple[Expected, ...] | None = None
    last: Expected | None = None
    hears: tuple[Expected, ...] = ()
    never: tuple[Expected, ...] = ()
    reaches: tuple[Wish, ...] = ()
    avoids: tuple[Wish, ...] = ()
    called: tuple[tuple[str, tuple[Expected, ...]], ...] = ()
    waiting: tuple[tuple[str, tuple[Expected, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class CallScript:
    """One call. ``answers`` gives one value for each visit; the last one stays.

    ``targets`` are those that it is played on; without any it is played on all.
    """

    name: str
    span: Span
    parameters: Mapping[str, str]
    answers: Mapping[Asked, tuple[Answer, ...]]
    answer_spans: Mapping[Asked, Span]
    caller: tuple[Act, ...]
    expect: Expectation | None
    targets: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """A file of calls, for a ``flow``, or for a folder of ``documents`` that begins at ``entry``.

    ``url`` is where the folder is served. ``rows`` are rows of the project's matrix.
    """

    file: SourceFile
    flow: str
    flow_span: Span
    calls: tuple[CallScript, ...]
    documents: str | None = None
    entry: str = "index.xml"
    url: str | None = None
    rows: tuple[str, ...] = ()
