"""Rules about what a call is like for the caller (450 to 479, and 602 to 609)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

RECORDING_WITHOUT_NOTICE = Rule(
    450,
    "recording-without-notice",
    Severity.WARNING,
    "A call is recorded before the caller was told.",
    "In many countries and states both sides must know that they are recorded. Say it before the "
    "recording starts, or directly behind the start. What a sound file says counts as a notice, "
    "because it cannot be judged here, and so do words in languages other than English, German, "
    "French, Spanish, Portuguese, Italian, Dutch, Swedish, Danish, Norwegian and Polish.",
    wrong=Example("""\
flow: desk
steps:
  - say: Welcome to our shop.
  - dial: {number: "+14155550100", record: record-from-answer}
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - say: Welcome to our shop. This call is recorded.
  - dial: {number: "+14155550100", record: record-from-answer}
  - say: Goodbye.
  - hangup
"""),
)

ANSWERED_CALL_GOES_ON = Rule(
    451,
    "answered-call-goes-on",
    Severity.WARNING,
    "After a conversation comes what is meant for callers whom nobody answered.",
    "A dial without `fallback` goes on with the next step in every case, also when somebody "
    "answered and the two have talked. A voicemail there, a second dial, a queue, or words such "
    "as `nobody answers` are meant for callers who reached nobody: write them as the `fallback` "
    "of the dial. Where `then` or `when` says what follows a conversation, only words such as "
    "`nobody answers` are found. Plain files cannot tell the two apart; there `allow: fallback-after-answer` "
    "beside the fallback says that it is meant.",
    wrong=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100", timeout: 20}
  - voicemail: {}
"""),
    right=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100", timeout: 20}
    fallback:
      - voicemail: {}
    allow: fallback-after-answer
"""),
)

ENDLESS_ROUND = Rule(
    452,
    "endless-round",
    Severity.WARNING,
    "A caller who does nothing goes round for ever.",
    "A telephone that was put down wrongly, or a machine that calls, never presses a key. The "
    "same words are then repeated until Twilio cuts the call off after four hours, and every "
    "minute is charged. A menu counts its `attempts`; a circle made with goto does not.",
    wrong=Example("""\
flow: menu
start: ask
states:
  ask:
    - gather: {numDigits: 1, prompt: To speak to somebody press any key.}
      then: desk
      fallback:
        - say: We did not hear you.
        - goto: ask
  desk:
    - dial: "+14155550100"
    - hangup
"""),
    right=Example("""\
flow: menu
start: ask
states:
  ask:
    - gather: {numDigits: 1, prompt: To speak to somebody press any key.}
      then: desk
      fallback:
        - say: We did not hear you. Goodbye.
        - hangup
  desk:
    - dial: "+14155550100"
    - hangup
"""),
)

NO_WAY_OUT = Rule(
    453,
    "no-way-out",
    Severity.WARNING,
    "From here no key, no silence and no waiting leads anywhere else.",
    "Whatever callers do, they hear the same again; all that is left to them is to hang up. A "
    "circle needs a key, a person or a goodbye that ends it.",
    wrong=Example("""\
flow: hold
start: first
states:
  first:
    - say: All lines are busy. Please hold.
    - pause: {length: 10}
    - goto: first
"""),
    right=Example("""\
flow: hold
steps:
  - say: All lines are busy. Please hold.
  - pause: {length: 10}
  - say: We are still busy. Please call again later.
  - hangup
"""),
)

OUTCOME_NOT_HANDLED = Rule(
    454,
    "outcome-not-handled",
    Severity.WARNING,
    "Some outcomes are cared for, and with another one the line goes dead.",
    "`when` and `then` name where some outcomes lead. The others go on with the next step, and "
    "here there is none: a caller whose call was not answered is cut off without a word. "
    "`fallback` takes every unsuccessful outcome that `when` does not name.",
    wrong=Example(
        """\
flow: desk
steps:
  - dial: "+14155550100"
    when:
      busy:
        - say: The desk is busy. Please call again.
        - hangup
""",
        target="nginx",
    ),
    right=Example(
        """\
flow: desk
steps:
  - dial: "+14155550100"
    when:
      busy:
        - say: The desk is busy. Please call again.
        - hangup
    fallback:
      - say: Nobody answers. Please call again.
      - hangup
""",
        target="nginx",
    ),
)

ENDS_WITHOUT_A_WORD = Rule(
    459,
    "ends-without-a-word",
    Severity.NOTE,
    "A caller who reaches nobody is cut off without a word.",
    "The flow is over behind this step. Somebody who was put through will have said goodbye; "
    "whoever found the line busy, or the queue full, hears it go dead. A few words help, or "
    "hangup, which shows that the silence is meant.",
    wrong=Example("""\
flow: desk
steps:
  - say: We connect you.
  - dial: {number: "+14155550100", timeout: 20}
"""),
    right=Example("""\
flow: desk
steps:
  - say: We connect you.
  - dial: {number: "+14155550100", timeout: 20}
  - say: Thank you for calling. Goodbye.
"""),
)

KEY_ENDS_INPUT = Rule(
    455,
    "key-ends-input",
    Severity.WARNING,
    "A key that means something is also the one that ends the input.",
    "What stands in `finishOnKey` ends the input and is thrown away, so a choice with that key "
    "in it can never be made. Choose another key, or leave finishOnKey to the compiler.",
    wrong=Example(
        """\
flow: menu
steps:
  - gather: {finishOnKey: "1", prompt: For sales press 1., numDigits: 1}
    when:
      "1": hangup
    fallback:
      - say: Goodbye.
  - hangup
""",
        target="nginx",
    ),
    right=Example(
        """\
flow: menu
steps:
  - gather: {prompt: For sales press 1., numDigits: 1}
    when:
      "1": hangup
    fallback:
      - say: Goodbye.
  - hangup
""",
        target="nginx",
    ),
)

UNKNOWN_KEY_SPOKEN = Rule(
    602,
    "key-without-choice",
    Severity.WARNING,
    "A menu tells callers to press a key that it does not take.",
    "The words say `press 3`, and there is no choice for 3: whoever presses it is told that the "
    "key is wrong, or hears the menu again. One more key is fine in the words of a gather, whose "
    "other digits go on, and so is a number for emergencies.",
    wrong=Example(
        """\
flow: menu
steps:
  - menu:
      prompt: For sales press 1. For the workshop press 2. To leave a message press 3.
      choices:
        "1": hangup
        "2": hangup
  - hangup
""",
        target="nginx",
    ),
    right=Example(
        """\
flow: menu
steps:
  - menu:
      prompt: For sales press 1. For the workshop press 2.
      choices:
        "1": hangup
        "2": hangup
  - hangup
""",
        target="nginx",
    ),
)

CHOICE_NOT_SPOKEN = Rule(
    603,
    "choice-not-spoken",
    Severity.WARNING,
    "A menu has a choice that its words do not mention.",
    "The prompt names keys, and this one is not among them. Callers cannot guess it. If it is "
    "meant for those in the know, silence the finding and say so.",
    wrong=Example(
        """\
flow: menu
steps:
  - menu:
      prompt: For sales press 1. For the workshop press 2.
      choices:
        "1": hangup
        "2": hangup
        "3": hangup
  - hangup
""",
        target="nginx",
    ),
    right=Example(
        """\
flow: menu
steps:
  - menu:
      prompt: For sales press 1. For the workshop press 2. For all else press 3.
      choices:
        "1": hangup
        "2": hangup
        "3": hangup
  - hangup
""",
        target="nginx",
    ),
)

KEY_TOO_EARLY = Rule(
    604,
    "key-too-early",
    Severity.WARNING,
    "Callers are told to press a key while no key is taken.",
    "Keys count only while a gather or a menu runs. Words that are spoken before it cannot be "
    "cut short, and a key pressed meanwhile is lost. Move them into the prompt.",
    wrong=Example("""\
flow: menu
steps:
  - say: For sales press 1. For all else stay on the line.
  - gather: {numDigits: 1, timeout: 3}
    then:
      - dial: "+14155550100"
      - hangup
    fallback:
      - dial: "+14155550101"
      - hangup
"""),
    right=Example("""\
flow: menu
steps:
  - gather:
      numDigits: 1
      timeout: 3
      prompt: For sales press any key. For all else stay on the line.
    then:
      - dial: "+14155550100"
      - hangup
    fallback:
      - dial: "+14155550101"
      - hangup
"""),
)

ANY_KEY_TAKEN = Rule(
    605,
    "any-key-taken",
    Severity.WARNING,
    "The words tell keys apart, and any key does the same.",
    "An offer takes any key for the option that was just spoken, and a gather without `when` goes "
    "on in the same way whatever is pressed. Somebody who is told to press 2 for service, and "
    "presses it early, comes to sales.",
    wrong=Example("""\
flow: shop
steps:
  - offer:
      prompt: Welcome.
      options:
        - say: For sales, press 1.
          then: hangup
        - say: For service, press 2.
          then: hangup
  - say: Goodbye.
"""),
    right=Example("""\
flow: shop
steps:
  - offer:
      prompt: Welcome.
      options:
        - say: For sales, press any key now.
          then: hangup
        - say: For service, press any key now.
          then: hangup
  - say: Goodbye.
"""),
)

UNSPEAKABLE_TEXT = Rule(
    606,
    "unspeakable-text",
    Severity.WARNING,
    "A text that is spoken holds what only a machine can read.",
    "The words of a say are spoken as they stand. Callers hear the tags, the entities such as "
    "&amp;, the address of a sound and the {{name}}, {name} or $name that were meant for a "
    "program. Markup goes under `ssml`, a sound into `play`, a param is written ${name}, and a "
    "value of the call ${call.From}. Braces around a name that nobody knows are a note.",
    wrong=Example("""\
flow: closed
steps:
  - say: We are closed. <break time="1s"/> Please call again tomorrow.
  - hangup
"""),
    right=Example("""\
flow: closed
steps:
  - say: {ssml: We are closed. <break time="1s"/> Please call again tomorrow.}
  - hangup
"""),
)

OTHER_END_KEY = Rule(
    607,
    "other-end-key",
    Severity.WARNING,
    "Callers are told to end with a key that does not end it.",
    "The input or the recording goes on after the key that was told, until there is silence for "
    "long enough, and the key itself is taken for a part of it. Let `finishOnKey` and the words "
    "name the same key.",
    wrong=Example("""\
flow: message
steps:
  - say: Please leave a message, and press star when you are done.
  - record: {maxLength: 60, finishOnKey: "#"}
  - say: Thank you. Goodbye.
  - hangup
"""),
    right=Example("""\
flow: message
steps:
  - say: Please leave a message, and press star when you are done.
  - record: {maxLength: 60, finishOnKey: "*"}
  - say: Thank you. Goodbye.
  - hangup
"""),
)

OVER_BUDGET = Rule(
    456,
    "over-budget",
    Severity.WARNING,
    "Callers may wait, listen or key in longer than the project allows.",
    "`budgets:` of the project file says how many seconds, words and keys may come before the "
    "first choice and before a human. The worst way through the flow counts, with 150 words to "
    "the minute; sounds count nothing, because their length is not known.",
    wrong=Example(
        """\
flow: example
steps:
  - say: Welcome to the longest greeting that anybody ever had to listen to on a telephone.
  - dial: "+14155550100"
  - hangup
""",
        files=(
            ("twimlc.yaml", "targets:\n  static: {host: static}\nbudgets:\n  human: {words: 10}\n"),
        ),
    ),
    right=Example(
        """\
flow: example
steps:
  - say: Welcome.
  - dial: "+14155550100"
  - hangup
""",
        files=(
            ("twimlc.yaml", "targets:\n  static: {host: static}\nbudgets:\n  human: {words: 10}\n"),
        ),
    ),
)

PIN_IN_PUBLIC = Rule(
    460,
    "pin-in-public",
    Severity.WARNING,
    "Callers key in a PIN, and the host tells everybody which ones are right.",
    "What follows a PIN is a document with an address of its own, and a file host answers whoever "
    "asks. All PINs can be tried there within minutes, without a call, and each one that a caller "
    "keys in stays in the access log. A TwiML Bin answers Twilio alone. Where a PIN is no more "
    "than a door code, silence this and say so. Extensions and postcodes are not meant: only "
    "choices of four or more keys count, and only where the words ask for a secret.",
    wrong=Example(
        """\
flow: meeting
steps:
  - menu:
      prompt: Please key in your PIN.
      choices:
        "4711":
          - dial: {conference: WeeklyReview}
          - hangup
  - say: Goodbye.
""",
        target="nginx",
    ),
    right=Example(
        """\
flow: meeting
steps:
  - menu:
      prompt: Please key in your PIN.
      choices:
        "4711":
          - dial: {conference: WeeklyReview}
          - hangup
  - say: Goodbye.
""",
        target="twiml-bin",
    ),
)

BAD_INVARIANT = Rule(
    457,
    "bad-invariant",
    Severity.ERROR,
    "A sentence under `invariants:` cannot be checked.",
    "A promise is one of a few sentences: `always reaches X`, `always reaches X within 3 keys` "
    "(or words, or seconds), `reaches X within 3 keys`, `never reaches X`, `never dials +1900*`, "
    "`X before Y`, `never X before Y`. X is a state, a verb, menu, offer, hunt, human, voicemail, "
    "hangup, or words in quotes; or several of them, as in `human or voicemail`.",
    wrong=Example("""\
flow: desk
invariants:
  - always reaches the desk
steps:
  - dial: "+14155550100"
  - hangup
"""),
    right=Example("""\
flow: desk
invariants:
  - always reaches human
steps:
  - dial: "+14155550100"
  - hangup
"""),
)

BROKEN_INVARIANT = Rule(
    458,
    "broken-invariant",
    Severity.ERROR,
    "A promise under `invariants:` does not hold.",
    "The flow has a way on which the promise is broken, and the finding tells it. Mend the flow, "
    "or take the promise back.",
    wrong=Example("""\
flow: desk
invariants:
  - "'recorded' before record"
steps:
  - say: Please leave a message.
  - record: {maxLength: 60}
  - hangup
"""),
    right=Example("""\
flow: desk
invariants:
  - "'recorded' before record"
steps:
  - say: Please leave a message. It is recorded.
  - record: {maxLength: 60}
  - hangup
"""),
)

_DANISH = """\
flow: lukket
defaults:
  say: {language: da-DK}
steps:
  - say: Vi har lukket.
  - hangup
"""

APOLOGY_LANGUAGE = Rule(
    461,
    "apology-language",
    Severity.WARNING,
    "Callers hear the apology in another language than the flow.",
    "Where nothing else is left, callers hear the target's `apology`. Without one it is a sentence in English, "
    "read by the voice of the flow. Words of your own are taken to be in the language of that voice; a flow that "
    "is the apology has its own.",
    wrong=Example(_DANISH, target="twiml-bin"),
    right=Example(
        _DANISH,
        files=(
            (
                "twimlc.yaml",
                "targets:\n  bins: {host: twiml-bin, apology: Beklager. Ring venligst igen.}\n",
            ),
        ),
        target="bins",
    ),
)
