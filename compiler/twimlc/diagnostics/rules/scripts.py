"""Rules about call scripts (420 to 449)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_FLOW = """\
flow: desk-line
steps:
  - say: We call the desk.
  - dial: {number: +14155550100, timeout: 20}
  - hangup
"""

_PROJECT = """\
flows: .
targets:
  static: {host: static}
"""


def _script(text: str) -> Example:
    files = (("twimlc.yaml", _PROJECT), ("desk-line.test.yaml", text))
    return Example(_FLOW, files=files, name="desk-line.yaml")


_RIGHT = _script(
    """\
flow: desk-line
calls:
  - name: the desk is busy
    dial: {+14155550100: busy}
    expect:
      - say: We call the desk.
      - dial: [+14155550100]
      - hangup
"""
)

BAD_CALL_SCRIPT = Rule(
    420,
    "bad-call-script",
    Severity.ERROR,
    "A call script does not say what to play, or on what.",
    "A call script is a map with `calls:`, each with a name of its own that reports can use. It is "
    "about a flow, or about a folder of TwiML documents (`documents:`), never both.",
    wrong=_script(
        """\
flow: desk-line
documents: build/static
calls:
  - name: the desk is busy
    dial: {+14155550100: busy}
"""
    ),
    right=_RIGHT,
)

UNKNOWN_SCRIPT_FLOW = Rule(
    421,
    "unknown-script-flow",
    Severity.ERROR,
    "A call script is about a flow that is not there.",
    "A script stands beside its flow and names it with `flow:`; without that it is about the flow "
    "of its own file's name.",
    wrong=_script(
        """\
flow: desk-lime
calls:
  - name: the desk is busy
    dial: {+14155550100: busy}
"""
    ),
    right=_RIGHT,
)

BAD_CALLER_ACT = Rule(
    422,
    "bad-caller-act",
    Severity.ERROR,
    "What a caller does is nothing that a caller can do.",
    'Each item is the keys pressed (`"1"`, `"12#"`), `silence`, `{say: words}`, `speak` or '
    "`hangup`. Words that are spoken need `say`, or they would be taken for something else.",
    wrong=_script(
        """\
flow: desk-line
calls:
  - name: the caller says a word
    caller: [sales]
"""
    ),
    right=_script(
        """\
flow: desk-line
calls:
  - name: the caller has nothing to say
    caller: []
"""
    ),
)

UNKNOWN_EVENT = Rule(
    423,
    "unknown-event",
    Severity.ERROR,
    "A script expects something that cannot be heard or seen of a call.",
    "An expected event is a map with one key, or a bare word: say, play, digits, pause, dial, "
    "conference, connect, enqueue, record, refer, pay, message, start, stop, leave, reject, hangup, "
    "caller-hangup or goto-external. A map behind it names attributes of the verb.",
    wrong=_script(
        """\
flow: desk-line
calls:
  - name: the desk is called
    expect:
      - say: We call the desk.
      - dail: [+14155550100]
      - hangup
"""
    ),
    right=_RIGHT,
)

UNKNOWN_SCRIPT_OUTCOME = Rule(
    424,
    "unknown-script-outcome",
    Severity.ERROR,
    "A script gives a far end a state that it cannot be in.",
    "Each kind of far end has its own words: rooms are open or closed, a number that is dialled is "
    "completed, busy, no-answer, failed, canceled or declined. In place of any of them, `hangup` "
    "means that the caller hangs up there.",
    wrong=_script(
        """\
flow: desk-line
calls:
  - name: the desk is busy
    dial: {+14155550100: bussy}
"""
    ),
    right=_RIGHT,
)

UNUSED_ANSWER = Rule(
    425,
    "unused-answer",
    Severity.WARNING,
    "A script sets something that no call to this flow could ask about.",
    "The state of a number, room or queue that the flow does not have changes nothing. Mostly the "
    "name has a mistake in it, and the real one keeps what it is when nothing is said about it.",
    wrong=_script(
        """\
flow: desk-line
calls:
  - name: the desk is busy
    dial: {+14155550101: busy}
    expect:
      - say: We call the desk.
      - dial: [+14155550100]
      - hangup
"""
    ),
    right=_RIGHT,
)

UNKNOWN_SCRIPT_STATE = Rule(
    426,
    "unknown-script-state",
    Severity.ERROR,
    "A script speaks of a state, a target or a row that is not there.",
    "`reaches` and `avoids` name states of the flow (`FLOW/STATE` for another one's), or documents "
    "of a folder; `targets` names targets of the project, `row` a row of its matrix. A call can never avoid by mistake what "
    "does not exist, so the name is checked.",
    wrong=_script(
        """\
flow: desk-line
calls:
  - name: no voicemail
    expect: {avoids: voicemail}
"""
    ),
    right=_script(
        """\
flow: desk-line
calls:
  - name: nobody else is called
    expect: {never: {dial: "+1900*"}}
"""
    ),
)

BAD_DOCUMENTS = Rule(
    427,
    "bad-documents",
    Severity.ERROR,
    "The folder of documents that a script is about cannot be used.",
    "`documents:` is a folder, relative to the script, that holds TwiML; `entry:` is the file in it "
    "that answers the call, index.xml if it is left out.",
    wrong=_script(
        """\
documents: twiml
calls:
  - name: the desk is busy
    dial: {+14155550100: busy}
"""
    ),
    right=Example(
        _FLOW,
        files=(
            ("twimlc.yaml", _PROJECT),
            ("twiml/index.xml", "<Response><Say>We call the desk.</Say></Response>\n"),
            (
                "desk-line.test.yaml",
                "documents: twiml\ncalls:\n  - name: it says something\n    expect:\n"
                "      - say: We call the desk.\n      - hangup\n",
            ),
        ),
        name="desk-line.yaml",
    ),
)
