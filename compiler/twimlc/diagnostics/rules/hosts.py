"""7xx: what the host of a target cannot do. Raised by the lowering."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

DECISION_NEEDS_HOST = Rule(
    701,
    "decision-needs-host",
    Severity.ERROR,
    "The next step depends on a value of the call, and this host gives every caller the same files.",
    "A host of plain files never looks at what Twilio sends along (Digits, DialCallStatus, QueueResult, …),"
    " so it cannot answer one caller differently from another. Leaving the choice out would change what the"
    " flow means: somebody who has just talked to the desk would hear the voicemail prompt. So the step is"
    " refused, and the finding says what works instead: a host with decisions, an `offer` in place of a `menu`,"
    " or, for a dial, the approximation `allow: [fallback-after-answer]`.",
    wrong=Example(
        """\
flow: reception
states:
  greeting:
    - say: Welcome to Acme.
    - dial: {number: +14155550100, timeout: 20}
      fallback: voicemail
    - hangup
  voicemail:
    - say: Please leave a message after the tone.
    - record: {maxLength: 120}
      then: hangup
"""
    ),
    right=Example(
        """\
flow: reception
states:
  greeting:
    - say: Welcome to Acme.
    - dial: {number: +14155550100, timeout: 20}
      fallback: voicemail
      allow: [fallback-after-answer]
    - hangup
  voicemail:
    - say: Please leave a message after the tone.
    - record: {maxLength: 120}
      then: hangup
"""
    ),
)

CALL_VALUE_NEEDS_TEMPLATES = Rule(
    702,
    "call-value-needs-templates",
    Severity.ERROR,
    "A value of the running call (`${call.From}`) is used on a host that has no templates.",
    "Values such as the caller's number exist only while the call runs. A host of plain files sends the same"
    " bytes to every caller; only a host with templates, such as a TwiML Bin, can put the value in.",
    wrong=Example(
        """\
flow: echo
steps:
  - say: You are calling from ${call.From}.
  - hangup
"""
    ),
    right=Example(
        """\
flow: echo
params: {desk: +14155550100}
steps:
  - say: Our number is ${desk}.
  - hangup
"""
    ),
)

PAY_NEEDS_POST = Rule(
    703,
    "pay-needs-post",
    Severity.ERROR,
    "After `pay` Twilio sends a POST request, and this host answers GET only.",
    "The action of Pay is always asked for with POST (docs/voice/twiml/pay), which hosts of plain files answer"
    " with an error in the middle of the call. Give `pay` an `action` of your own on a server that takes POST,"
    " or use a host that does.",
    wrong=Example(
        """\
flow: donate
steps:
  - say: Thank you for your donation.
  - pay: {chargeAmount: "10.00"}
  - say: Goodbye.
"""
    ),
    right=Example(
        """\
flow: donate
steps:
  - say: Thank you for your donation.
  - pay: {chargeAmount: "10.00", action: "https://pay.example.com/done"}
"""
    ),
)

_TERMS = "".join("        - say: ${page}\n" for _ in range(25))

TOO_BIG = Rule(
    704,
    "verb-too-big",
    Severity.ERROR,
    "One verb alone is bigger than a document may be.",
    "Twilio refuses a document of more than 64 kB. Longer runs of verbs are split behind a Redirect, but a single"
    " verb cannot be: shorten it, or play a recording instead of spoken text.",
    wrong=Example(
        """\
flow: terms
params:
  line: "You can read and hear these terms of our service again on our website at any time you like. "
  ten: ${line}${line}${line}${line}${line}${line}${line}${line}${line}${line}
  page: ${ten}${ten}${ten}
steps:
  - gather:
      numDigits: 1
      prompt:
"""
        + _TERMS
        + """\
    then: [{say: Thank you.}]
  - hangup
"""
    ),
    right=Example(
        """\
flow: terms
steps:
  - gather:
      numDigits: 1
      prompt: You can read the terms of our service on our website. Press any key to agree.
    then: [{say: Thank you.}]
  - hangup
"""
    ),
    twilio=(11750,),
)

NEEDS_REDIRECT = Rule(
    706,
    "needs-redirect",
    Severity.ERROR,
    "A called party's document would need a Redirect, which Twilio does not allow there.",
    "A state given as `number.url` may hold only a few verbs, and Redirect is not one of them"
    " (docs/voice/twiml/number). A loop, or a run of steps longer than one document, cannot be written without"
    " one. Write the repetitions out, or let the party decide with any key.",
    wrong=Example(
        """\
flow: desk
states:
  main:
    - dial: {number: {phoneNumber: +14155550100, url: screen}}
    - hangup
  screen:
    - gather: {numDigits: 1, prompt: Press any key to take the call.}
      then: [{say: Connecting.}]
      fallback: screen
"""
    ),
    right=Example(
        """\
flow: desk
states:
  main:
    - dial: {number: {phoneNumber: +14155550100, url: screen}}
    - hangup
  screen:
    - gather: {numDigits: 1, prompt: Press any key to take the call.}
      then: accept
    - hangup
  accept:
    - say: Connecting.
"""
    ),
)

HOST_NOT_AVAILABLE = Rule(
    707,
    "host-not-available",
    Severity.ERROR,
    "A target names a host, or a router, that this version does not build for.",
    "The name is known, and reserved, but what this host needs is not written yet. `static` and "
    "`s3` are plain files over https; they do all that needs no decision. `nginx`, `caddy`, "
    "`apache` and `s3` with `router: cloudfront` decide by what Twilio sends.",
    wrong=Example("flow: desk\nsteps:\n  - say: Nobody is here.\n  - hangup\n", target="twiml-bin"),
    right=Example("flow: desk\nsteps:\n  - say: Nobody is here.\n  - hangup\n"),
)

NAME_OF_HOST_FILE = Rule(
    708,
    "name-of-host-file",
    Severity.ERROR,
    "A flow is called like a file that the host needs.",
    "Each flow gets a folder of its name beside the files that the host needs, such as `Caddyfile`. On disks"
    " that do not tell capital letters from small ones a folder `caddyfile` cannot lie beside that file, so it"
    " is refused everywhere.",
    wrong=Example("flow: caddyfile\nsteps:\n  - say: Nobody is here.\n  - hangup\n", target="caddy"),
    right=Example("flow: caddy-help\nsteps:\n  - say: Nobody is here.\n  - hangup\n", target="caddy"),
)
