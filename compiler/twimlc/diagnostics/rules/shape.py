"""Rules about the shape of a flow file: which keys stand where, and what they take (200 to 299)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_STEPS = Example("""\
flow: lunch
steps:
  - say: We are at lunch until one.
  - pause: {length: 2}
  - hangup
""")

UNKNOWN_KEY = Rule(
    201,
    "unknown-key",
    Severity.ERROR,
    "A key is not known at this place.",
    "A misspelt key would be silence where words should be, so nothing that is not understood is "
    "passed over. Attributes carry TwiML's own names, written as Twilio writes them "
    "(`numDigits`, `finishOnKey`). An attribute newer than this compiler goes into `extra:`.",
    wrong=Example("""\
flow: lunch
steps:
  - say: {message: We are at lunch until one., voise: Polly.Joanna-Neural}
  - hangup
"""),
    right=Example("""\
flow: lunch
steps:
  - say: {message: We are at lunch until one., voice: Polly.Joanna-Neural}
  - hangup
"""),
    twilio=(12200,),
)

WRONG_TYPE = Rule(
    202,
    "wrong-type",
    Severity.ERROR,
    "A value is of another kind than this place takes.",
    "A number of seconds is a whole number, a switch is true or false, a text is text. Values "
    "that only look alike (`020`, `yes`, `20s`) are refused rather than guessed at, because "
    "Twilio would drop them or read them its own way.",
    wrong=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100", timeout: soon}
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100", timeout: 20}
  - hangup
"""),
)

BAD_VALUE = Rule(
    203,
    "bad-value",
    Severity.ERROR,
    "A value is not one of those that are allowed here.",
    "Some attributes take one of a few words, or a number between limits. Twilio answers another "
    "value with a warning in its debugger and goes on with its default, which nobody hears of.",
    wrong=Example("""\
flow: desk
steps:
  - say: This call is recorded.
  - dial: {number: "+14155550100", record: record-from-answr}
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - say: This call is recorded.
  - dial: {number: "+14155550100", record: record-from-answer}
  - hangup
"""),
)

MISSING_KEY = Rule(
    204,
    "missing-key",
    Severity.ERROR,
    "Something that cannot be left out is missing.",
    "`say` needs words, `dial` somebody to call, `menu` its choices. Without them there is nothing "
    "to do at this place of the call.",
    wrong=Example("""\
flow: lunch
steps:
  - say: {language: en-US}
  - hangup
"""),
    right=Example("""\
flow: lunch
steps:
  - say: {language: en-US, message: We are at lunch until one.}
  - hangup
"""),
)

SEVERAL_VERBS = Rule(
    205,
    "several-verbs",
    Severity.ERROR,
    "One step holds several verbs.",
    "A step does one thing, so that the order of the call is the order of the list. Two verbs are "
    "two steps, each behind a dash of its own. A key that was meant to belong to the verb above it "
    "must be indented deeper.",
    wrong=Example("""\
flow: lunch
steps:
  - say: We are at lunch until one.
    pause: {length: 2}
  - hangup
"""),
    right=_STEPS,
)

NO_VERB = Rule(
    206,
    "no-verb",
    Severity.ERROR,
    "A step does nothing that is known.",
    "A step is a map with exactly one verb: a TwiML verb (`say`, `dial`, `gather`) or a block "
    "(`menu`, `goto`, `use`). `then`, `when`, `fallback` and the other keys beside it only say "
    "what follows. A verb without content may stand alone (`- hangup`). Markup newer than this "
    "compiler goes into `- twiml: <NewVerb/>`.",
    wrong=Example("""\
flow: lunch
steps:
  - speak: We are at lunch until one.
  - hangup
"""),
    right=_STEPS,
    twilio=(12200,),
)

EMPTY_LIST = Rule(
    207,
    "empty-list",
    Severity.ERROR,
    "A list of steps or of people has nothing in it.",
    "A state without steps would answer the caller with silence and a hang-up. Write `hangup` or "
    "`next` where nothing else shall happen.",
    wrong=Example("""\
flow: lunch
states:
  greeting:
    - say: We are at lunch until one.
    - goto: goodbye
  goodbye: []
"""),
    right=Example("""\
flow: lunch
states:
  greeting:
    - say: We are at lunch until one.
    - goto: goodbye
  goodbye:
    - hangup
"""),
)

BAD_NAME = Rule(
    208,
    "bad-name",
    Severity.ERROR,
    "A name is made of letters that names cannot have.",
    "Names of flows, states, targets and components become files and links on every system, so "
    "they are made of a-z, 0-9 and '-', begin with a letter, have at most 64 characters and are "
    "not the name of a device (`con`, `aux`). A state cannot be called `hangup` or `next`. Names "
    "of params, `as` and `call` are made of letters, digits and '_', and are not `call`, `flow`, "
    "`state`, `target` or `row`.",
    wrong=Example("""\
flow: lunch
states:
  Greeting_Words:
    - say: We are at lunch until one.
    - hangup
"""),
    right=Example("""\
flow: lunch
states:
  greeting-words:
    - say: We are at lunch until one.
    - hangup
"""),
)

NOT_A_FLOW = Rule(
    209,
    "not-a-flow",
    Severity.ERROR,
    "The file does not have the shape of a flow.",
    "A flow file is a map. It holds either `steps:`, one list of steps, or `states:`, a map of "
    "named lists of steps (with `start:` naming the first one, if that is not the first written).",
    wrong=Example("""\
flow: lunch
description: What callers hear at noon.
"""),
    right=_STEPS,
)

BAD_KEY = Rule(
    210,
    "bad-key",
    Severity.ERROR,
    "A choice is not on a phone's keypad.",
    "A caller can only press 0 to 9, * and #. A choice is one of these keys, or several of them "
    "pressed in a row.",
    wrong=Example(
        """\
flow: front
states:
  main:
    - menu:
        prompt: For sales, press 1. For the desk, press 0.
        choices: {"1": sales, zero: desk}
    - hangup
  sales:
    - dial: +14155550100
    - hangup
  desk:
    - dial: +14155550101
    - hangup
""",
        target="nginx",
    ),
    right=Example(
        """\
flow: front
states:
  main:
    - menu:
        prompt: For sales, press 1. For the desk, press 0.
        choices: {"1": sales, "0": desk}
    - hangup
  sales:
    - dial: +14155550100
    - hangup
  desk:
    - dial: +14155550101
    - hangup
""",
        target="nginx",
    ),
)
