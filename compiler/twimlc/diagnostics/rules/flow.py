"""Rules about where a call goes: outcomes, jumps, what can never run (400 to 479)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

UNREACHABLE_STEP = Rule(
    401,
    "unreachable-step",
    Severity.WARNING,
    "A step can never run.",
    "Behind a goto, a hangup, a redirect or a verb whose outcomes all lead elsewhere nothing "
    "runs. Either the step is left over, or something before it leaves too early. A step counts as "
    "dead only where it is so in every row, target and use, and whichever steps with `if:` there "
    "are.",
    wrong=Example("""\
flow: closed
steps:
  - say: We are closed.
  - hangup
  - say: Please call again tomorrow.
"""),
    right=Example("""\
flow: closed
steps:
  - say: We are closed.
  - say: Please call again tomorrow.
  - hangup
"""),
)

UNREACHABLE_STATE = Rule(
    402,
    "unreachable-state",
    Severity.WARNING,
    "No way through the flow leads to a state.",
    "A state runs when a goto, an outcome or a URL names it, or when the flow starts there. "
    "Nothing leads here, so no caller will ever hear it. A state that a step with `if:` names, or "
    "that another row or target leads to, is not meant.",
    wrong=Example("""\
flow: closed
start: greeting
states:
  greeting:
    - say: We are closed.
    - hangup
  voicemail:
    - voicemail: {}
"""),
    right=Example("""\
flow: closed
start: greeting
states:
  greeting:
    - say: We are closed.
    - goto: voicemail
  voicemail:
    - voicemail: {}
"""),
)

SILENT_LOOP = Rule(
    403,
    "silent-loop",
    Severity.ERROR,
    "A circle in which the caller hears nothing and waits for nothing.",
    "Twilio would fetch document after document without a sound until it gives up, and the "
    "caller would hear dead air. A circle needs something that is said, played or waited for.",
    wrong=Example("""\
flow: hold
start: first
states:
  first:
    - goto: second
  second:
    - goto: first
"""),
    right=Example("""\
flow: hold
start: first
states:
  first:
    - say: All lines are busy. Please hold.
    - pause: {length: 10}
    - goto: second
  second:
    - say: We are still busy. Please call again later.
    - hangup
"""),
    twilio=(14106, 14107),
)

DEAD_END = Rule(
    404,
    "dead-end",
    Severity.WARNING,
    "The line goes dead where a caller expects something to follow.",
    "Where a document ends Twilio hangs up. After a question that nobody answered, a room that "
    "is not open, or a recording that has only just been started, that is heard as a broken line. "
    "Say something, or write hangup to show that it is meant.",
    wrong=Example("""\
flow: room
steps:
  - say: Joining the stand-up.
  - connect: {room: DailyStandup}
"""),
    right=Example("""\
flow: room
steps:
  - say: Joining the stand-up.
  - connect: {room: DailyStandup}
  - say: The room is not open. Goodbye.
  - hangup
"""),
)

BRANCH_NOT_ALLOWED = Rule(
    405,
    "branch-not-allowed",
    Severity.ERROR,
    "then, when or fallback stands beside a step that has only one way on.",
    "Outcomes belong to dial, gather, connect, record, enqueue, pay and refer, and to the blocks "
    "menu, offer, voicemail, hunt and use. Everything else goes on with the next step; write a "
    "goto there.",
    wrong=Example("""\
flow: closed
start: greeting
states:
  greeting:
    - say: We are closed.
      then: bye
    - goto: bye
  bye:
    - say: Goodbye.
    - hangup
"""),
    right=Example("""\
flow: closed
start: greeting
states:
  greeting:
    - say: We are closed.
    - goto: bye
  bye:
    - say: Goodbye.
    - hangup
"""),
)

OUTCOME_TWICE = Rule(
    406,
    "outcome-twice",
    Severity.ERROR,
    "The same outcome is given in two spellings.",
    "For a room `when: {ended: …}` is `then`, and `when: {not-open: …}` is `fallback`. With both "
    "there, one of them would be lost.",
    wrong=Example("""\
flow: room
steps:
  - connect: {room: DailyStandup}
    fallback:
      - say: The room is not open.
    when:
      not-open:
        - say: Please call later.
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: room
steps:
  - connect: {room: DailyStandup}
    fallback:
      - say: The room is not open.
  - say: Goodbye.
  - hangup
"""),
)

ONE_WAY_OUT = Rule(
    407,
    "one-way-out",
    Severity.ERROR,
    "A fallback stands beside something that cannot fail.",
    "A record always ends recorded (with silence too), a media stream simply ends. Their only "
    "way on is `then`, or the next step.",
    wrong=Example("""\
flow: message
steps:
  - say: Leave a message.
  - record: {maxLength: 60}
    fallback:
      - say: We heard nothing.
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: message
steps:
  - say: Leave a message.
  - record: {maxLength: 60}
  - say: Goodbye.
  - hangup
"""),
)

POINTLESS_GATHER = Rule(
    408,
    "pointless-gather",
    Severity.WARNING,
    "Whatever is keyed in, the call goes on the same way.",
    "A gather that leads to the next step in every case asks for nothing. An action must be "
    "written all the same, or Twilio would ask for the same document for ever, and that costs "
    "a fetch.",
    wrong=Example("""\
flow: notice
steps:
  - gather: {numDigits: 1, prompt: Press any key to hear our address.}
  - say: We are at Main Street one.
  - hangup
"""),
    right=Example("""\
flow: notice
steps:
  - gather: {numDigits: 1, prompt: Press any key to hear our address.}
    fallback: hangup
  - say: We are at Main Street one.
  - hangup
"""),
)

SHARED_STATUS = Rule(
    409,
    "shared-status",
    Severity.WARNING,
    "An outcome of one person is asked of a dial that calls several.",
    "Twilio reports one status for the whole dial. Who of them was busy, and who did not answer, "
    "is not told.",
    wrong=Example("""\
flow: team
steps:
  - dial: {number: ["+14155550100", "+14155550101"]}
    when:
      busy:
        - say: Both desks are busy.
    allow: fallback-after-answer
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: team
steps:
  - dial: {number: ["+14155550100", "+14155550101"]}
    fallback:
      - say: Nobody is free.
    allow: fallback-after-answer
  - say: Goodbye.
  - hangup
"""),
)

NO_OUTCOME = Rule(
    410,
    "no-outcome",
    Severity.ERROR,
    "`when` names something after which nothing can follow.",
    "A caller who has hung up hears nothing any more, and a call that was moved through the API "
    "runs something else. Neither is an outcome that a flow can go on from.",
    wrong=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
    when:
      hangup:
        - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
  - say: Goodbye.
  - hangup
"""),
)

UNKNOWN_OUTCOME = Rule(
    411,
    "unknown-outcome",
    Severity.ERROR,
    "`when` names an outcome that never happens.",
    "Each verb ends in its own ways, under the names that Twilio reports: a dial as completed, "
    "answered, busy, no-answer, failed or canceled; a gather in the digits that were keyed in.",
    wrong=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
    when:
      bussy:
        - say: The desk is busy.
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
  - say: Goodbye.
  - hangup
"""),
)

DECLINED_WITHOUT_URL = Rule(
    412,
    "declined-without-url",
    Severity.WARNING,
    "`declined` is asked of a dial that nobody can decline.",
    "A called party declines by hanging up in the document that its `url` plays before the two "
    "are joined. Without a url on a noun there is no such document.",
    wrong=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
    when:
      declined:
        - say: Nobody has time for you.
    allow: fallback-after-answer
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
  - say: Goodbye.
  - hangup
"""),
)

CHOICES_SAY_WHERE = Rule(
    413,
    "choices-say-where",
    Severity.ERROR,
    "then or when stands beside a menu or an offer.",
    "Each choice of a menu and each option of an offer says itself where it leads; only the "
    "fallback, for callers who choose nothing, stands beside the block.",
    wrong=Example("""\
flow: notice
start: ask
states:
  ask:
    - offer:
        prompt: Welcome.
        options:
          - {say: "To leave a message, press any key.", then: message}
      then: message
    - say: Goodbye.
    - hangup
  message:
    - voicemail: {}
"""),
    right=Example("""\
flow: notice
start: ask
states:
  ask:
    - offer:
        prompt: Welcome.
        options:
          - {say: "To leave a message, press any key.", then: message}
    - say: Goodbye.
    - hangup
  message:
    - voicemail: {}
"""),
)

MIXED_CHOICES = Rule(
    414,
    "mixed-choices",
    Severity.WARNING,
    "Choices of a menu have different numbers of keys.",
    "After 1 Twilio cannot know whether 12 is coming, so it waits for the timeout before the "
    "short choice is taken. With choices of one length the last key takes effect at once.",
    wrong=Example(
        """\
flow: menu
steps:
  - menu:
      prompt: For sales press 1, for the workshop press 12.
      choices:
        "1": hangup
        "12": hangup
  - hangup
""",
        target="twiml-bin",
    ),
    right=Example("""\
flow: notice
steps:
  - say: Nobody is there.
  - hangup
"""),
)

CHOICE_TOO_LONG = Rule(
    415,
    "choice-too-long",
    Severity.ERROR,
    "A choice has more keys than are collected.",
    "numDigits ends the input as soon as that many keys were pressed, so a longer choice can "
    "never be keyed in. Leave numDigits out: the compiler takes the longest choice.",
    wrong=Example(
        """\
flow: menu
steps:
  - menu:
      prompt: For sales press 12.
      numDigits: 1
      choices:
        "12": hangup
  - hangup
""",
        target="twiml-bin",
    ),
    right=Example("""\
flow: notice
steps:
  - say: Nobody is there.
  - hangup
"""),
)

MORE_KEYS_THAN_CHOICES = Rule(
    418,
    "more-keys-than-choices",
    Severity.WARNING,
    "A menu waits for more keys than any of its choices has.",
    "With fewer keys than numDigits Twilio waits for the timeout after each key, in case more are "
    "coming. When no choice is that long, every caller sits through it. Leave numDigits out: the "
    "compiler takes the longest choice.",
    wrong=Example(
        """\
flow: menu
states:
  main:
    - menu:
        prompt: For sales press 1.
        numDigits: 4
        choices: {1: sales}
    - say: Goodbye.
  sales:
    - dial: {number: +14155550100, timeout: 20}
    - say: Goodbye.
""",
        target="twiml-bin",
    ),
    right=Example(
        """\
flow: menu
states:
  main:
    - menu:
        prompt: For sales press 1.
        choices: {1: sales}
    - say: Goodbye.
  sales:
    - dial: {number: +14155550100, timeout: 20}
    - say: Goodbye.
""",
        target="twiml-bin",
    ),
)

RETURN_OUTSIDE = Rule(
    416,
    "return-outside",
    Severity.ERROR,
    "return stands outside a component.",
    "return leaves a component for the step that uses it. A flow itself is left by hangup or by "
    "a goto.",
    wrong=Example("""\
flow: closed
steps:
  - say: We are closed.
  - return: done
"""),
    right=Example("""\
flow: closed
steps:
  - say: We are closed.
  - hangup
"""),
)

ROOM_ENDS_INTO_FALLBACK = Rule(
    417,
    "room-ends-into-fallback",
    Severity.NOTE,
    "The fallback of a room also runs when the room ends while the caller is in it.",
    "Twilio goes on with the next instruction when the room is not open, and also when it ends. "
    "Without `then` no action is written, so both ways are the same. `then: hangup` tells them "
    "apart, and so does `then: next`, at the price of one fetch and of a question that Twilio's pages leave open: where a "
    "call with an action goes when the room is not open. TW490 tells of it "
    "(docs/voice/twiml/connect/room).",
    wrong=Example("""\
flow: room
steps:
  - connect: {room: DailyStandup}
    fallback:
      - say: The room is not open.
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: room
steps:
  - connect: {room: DailyStandup}
    then: hangup
    fallback:
      - say: The room is not open.
  - say: Goodbye.
  - hangup
"""),
)

DEPENDS_ON_ASSUMPTION = Rule(
    490,
    "depends-on-assumption",
    Severity.NOTE,
    "What a step means hangs on a question that Twilio's pages leave open.",
    "Twilio's documentation is silent, or says two things, on a few questions, such as where a call "
    "goes when a room is not open and an action is given. Each has a name, and an answer that the "
    "documents are built for. This step is the call that was written only under that answer; of "
    "each file only the first such step is named, once for each question. What is right under every "
    "answer is not mentioned. Nothing has to be done: try this one way with a real call before "
    "relying on it.",
    wrong=Example("""\
flow: room
states:
  greeting:
    - connect: {room: DailyStandup}
      then: goodbye
      fallback:
        - say: The room is not open yet.
  goodbye:
    - say: Thank you for coming.
    - hangup
"""),
    right=Example("""\
flow: room
states:
  greeting:
    - connect: {room: DailyStandup}
    - say: The room is not open.
    - hangup
"""),
)
