"""7xx: what the host of a target cannot do. Raised by the lowering."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_LUNCH = "flow: lunch\nsteps:\n  - say: We are at lunch until one.\n  - hangup\n"

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

NAME_OF_HOST_FILE = Rule(
    708,
    "name-of-host-file",
    Severity.ERROR,
    "A flow is called like a file that the host needs.",
    "Each flow gets a folder of its name beside the files that the host needs, such as `Caddyfile`. On disks"
    " that do not tell capital letters from small ones a folder `caddyfile` cannot lie beside that file, so it"
    " is refused everywhere.",
    wrong=Example(
        "flow: caddyfile\nsteps:\n  - say: Nobody is here.\n  - hangup\n", target="caddy"
    ),
    right=Example(
        "flow: caddy-help\nsteps:\n  - say: Nobody is here.\n  - hangup\n", target="caddy"
    ),
)

KEY_NOT_IN_NAME = Rule(
    710,
    "key-not-in-name",
    Severity.ERROR,
    "A key that a TwiML Bin cannot decide by.",
    "A Bin sees only which parameters a request has, so the keys become part of a parameter's name, in an"
    " address. `#` would end that address, and a `*` cannot stand in a name. Among choices of one key each `*`"
    " works all the same: it is what is left when every digit has a name.",
    wrong=Example(
        """\
flow: reception
states:
  main:
    - menu: {prompt: "For sales press 1, for the desk press hash.", choices: {1: sales, "#": desk}}
    - hangup
  sales:
    - say: You have reached sales.
    - hangup
  desk:
    - say: You have reached the desk.
    - hangup
""",
        target="twiml-bin",
    ),
    right=Example(
        """\
flow: reception
states:
  main:
    - menu: {prompt: "For sales press 1, for the desk press star.", choices: {1: sales, "*": desk}}
    - hangup
  sales:
    - say: You have reached sales.
    - hangup
  desk:
    - say: You have reached the desk.
    - hangup
""",
        target="twiml-bin",
    ),
)

DECISION_ON_OTHER_LINE = Rule(
    711,
    "decision-on-other-line",
    Severity.ERROR,
    "A decision in the document of a called party, or of a wait, on a TwiML Bin.",
    "A Bin decides with the help of a Redirect, which Twilio does not allow in the documents of called parties"
    " (docs/voice/twiml/number). Those of a wait in a queue may have one, but their decisions are not translated for"
    " Bins, nor for the router twiml-bin: use nginx, caddy, apache or the router cloudfront. That any key was pressed, or none, it can tell apart without one.",
    wrong=Example(
        """\
flow: desk
states:
  main:
    - dial: {number: {phoneNumber: +14155550100, url: screen}}
    - hangup
  screen:
    - gather: {numDigits: 1, prompt: Press 1 to take the call.}
      when: {1: [{say: Connecting.}]}
      then: hangup
      fallback: hangup
""",
        target="twiml-bin",
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
      then: [{say: Connecting.}]
      fallback: hangup
""",
        target="twiml-bin",
    ),
)

CALL_VALUE_LOST = Rule(
    712,
    "call-value-lost",
    Severity.ERROR,
    "A value of the call is used where Twilio no longer sends it.",
    "`${call.From}` and the like come with every request. `${call.Digits}` and `${call.SpeechResult}` are known"
    " in what a gather leads to, until the next request; parameters of your own (`call:`) only in what the first"
    " request is answered with, before the first way through an address. Nothing can carry them further: text is"
    " not fit for an address.",
    wrong=Example(
        """\
flow: reminder
call: [Patient]
states:
  main:
    - gather: {numDigits: 1, prompt: Press any key to hear whom this is about.}
      then: name
    - hangup
  name:
    - say: This is for ${call.Patient}.
    - hangup
""",
        target="twiml-bin",
    ),
    right=Example(
        """\
flow: reminder
call: [Patient]
steps:
  - say: This is for ${call.Patient}.
  - hangup
""",
        target="twiml-bin",
    ),
)

ADDRESS_NEEDS_FOLDER = Rule(
    713,
    "address-needs-folder",
    Severity.ERROR,
    "A relative address of your own on a TwiML Bin.",
    "A relative address is seen from the folder of the flow, and a Bin has none: it lies at an address of"
    " Twilio's. Write the whole address.",
    wrong=Example(
        "flow: desk\nsteps:\n  - say: One moment.\n  - redirect: /next.php\n", target="twiml-bin"
    ),
    right=Example(
        'flow: desk\nsteps:\n  - say: One moment.\n  - redirect: "https://voice.example.com/next.php"\n',
        target="twiml-bin",
    ),
)

MEDIA_NEEDS_ADDRESS = Rule(
    714,
    "media-needs-address",
    Severity.ERROR,
    "A file beside the flow has no address under which Twilio could fetch it.",
    "A Bin holds text only. The build writes sounds and pictures to its folder `media`; say with `media:` in the"
    " target under which address you serve that folder. On other hosts they lie beside the documents; but what"
    " goes along with a message needs a whole address (docs/api/errors/21620), so there the target needs its"
    " `url`.",
    wrong=Example(
        "flow: desk\nsteps:\n  - play: hello.mp3\n  - hangup\n",
        target="twiml-bin",
        files=(("hello.mp3", "ID3"),),
    ),
    right=Example(
        'flow: desk\nsteps:\n  - play: "https://media.example.com/hello.mp3"\n  - hangup\n',
        target="twiml-bin",
    ),
)

BIN_TOO_BIG = Rule(
    715,
    "bin-too-big",
    Severity.ERROR,
    "A TwiML Bin is bigger than Twilio takes.",
    "Twilio refuses a document of more than 64 kB. What a Bin answers with holds the place that was asked for,"
    " and always the places that many links lead to or that show values of the call. And for each answer of a"
    " question that is told apart a section stands around the others; nobody has to bear a thousand of them"
    " inside one another. Part the flow in two, or build it for a host of files with a router.",
    wrong=Example(
        """\
flow: terms
params:
  line: "You can read and hear these terms of our service again on our website at any time you like. "
  ten: ${line}${line}${line}${line}${line}${line}${line}${line}${line}${line}
  page: ${ten}${ten}${ten}
states:
"""
        + "".join(
            f"""\
  part{number}:
    - say: Part {number} for ${{call.From}}.
    - say: ${{page}}
    - say: ${{page}}
    - gather: {{numDigits: 1, prompt: Press any key to go on.}}
      then: {"part" + str(number + 1) if number < 11 else "hangup"}
    - hangup
"""
            for number in range(12)
        ),
        target="twiml-bin",
    ),
    right=Example(
        """\
flow: terms
steps:
  - gather: {numDigits: 1, prompt: You can read the terms on our website. Press any key to agree.}
    then: [{say: Thank you.}]
  - hangup
""",
        target="twiml-bin",
    ),
    twilio=(11750,),
)

VALUES_WITHOUT_END = Rule(
    716,
    "values-without-end",
    Severity.ERROR,
    "A decision over more values than the router twiml-bin has files for.",
    "This router turns a value into the name of a file, so every value that Twilio may send needs one: for a key"
    " that is eleven files, for two keys 132, and 200 are the most. Speech, `#` and any number of keys have no end.",
    wrong=Example(
        """\
flow: code
steps:
  - menu:
      prompt: Enter your code.
      choices: {1234: [{say: Welcome.}, hangup]}
  - hangup
""",
        files=(
            (
                "twimlc.yaml",
                "targets:\n  hop: {host: s3, url: 'https://voice.example.com/hop', router: twiml-bin, bin: EH00000000000000000000000000000001}\n",
            ),
        ),
        target="hop",
    ),
    right=Example(
        """\
flow: code
steps:
  - menu:
      prompt: Press 1 to come in.
      choices: {1: [{say: Welcome.}, hangup]}
  - hangup
""",
        files=(
            (
                "twimlc.yaml",
                "targets:\n  hop: {host: s3, url: 'https://voice.example.com/hop', router: twiml-bin, bin: EH00000000000000000000000000000001}\n",
            ),
        ),
        target="hop",
    ),
)

CALLBACK_TO_FILE = Rule(
    717,
    "callback-to-file",
    Severity.WARNING,
    "A callback leads to a host that only hands out files.",
    "Twilio tells callbacks by POST what happened, and expects an empty answer. A host of files answers POST with"
    " an error, which Twilio logs for every call.",
    wrong=Example(
        """\
flow: team
steps:
  - dial:
      conference:
        name: Team
        statusCallback: https://voice.example.com/ivr/status
        statusCallbackEvent: [join]
  - hangup
""",
        files=(
            ("twimlc.yaml", "targets:\n  site: {host: s3, url: 'https://voice.example.com/ivr'}\n"),
        ),
        target="site",
    ),
    right=Example(
        """\
flow: team
steps:
  - dial:
      conference:
        name: Team
        statusCallback: https://calls.example.com/status
        statusCallbackEvent: [join]
  - hangup
""",
        files=(
            ("twimlc.yaml", "targets:\n  site: {host: s3, url: 'https://voice.example.com/ivr'}\n"),
        ),
        target="site",
    ),
    twilio=(15003, 16011),
)

OWN_ADDRESS = Rule(
    718,
    "own-address",
    Severity.WARNING,
    "An address stands for a document of the build, where the name of a flow or state should.",
    "An address is text: nobody makes sure that the document is there, and Twilio asks for it with POST unless"
    " told otherwise, which hosts of files answer with 405. A name is checked and has the method of its host."
    " Where a flow's own folder lacks the document this is an error; elsewhere in the build somebody may have put"
    " a file by hand.",
    wrong=Example(
        "flow: desk\nsteps:\n  - say: One moment.\n  - redirect: https://voice.example.com/ivr/desk/sales.xml\n",
        files=(
            ("twimlc.yaml", "targets:\n  site: {host: s3, url: 'https://voice.example.com/ivr'}\n"),
        ),
        target="site",
    ),
    right=Example(
        "flow: desk\nstates:\n  main:\n    - say: One moment.\n    - goto: sales\n"
        "  sales:\n    - say: You have reached sales.\n    - hangup\n",
        files=(
            ("twimlc.yaml", "targets:\n  site: {host: s3, url: 'https://voice.example.com/ivr'}\n"),
        ),
        target="site",
    ),
    twilio=(11200, 11217),
)

_APOLOGY = "targets:\n  bins: {host: twiml-bin, apology: sorry}\n"

APOLOGY_NOT_STRAIGHT = Rule(
    725,
    "apology-not-straight",
    Severity.ERROR,
    "The flow that is the apology of a target needs more than one document.",
    "An apology is heard where an address of an earlier build leads nowhere now, by callers and by those who are"
    " called. So it is one document without any link, of `say`, `play`, `pause` and `hangup`: a dial or a menu would"
    " have to go on somewhere, and a called party must not be joined. In a messaging flow it is of `message`. A flow"
    " for the number's fallback URL (`onError`) can dial.",
    wrong=Example(
        'flow: sorry\nsteps:\n  - say: One moment.\n  - dial: "+14155550100"\n  - hangup\n',
        files=(("twimlc.yaml", _APOLOGY),),
        target="bins",
        name="sorry.yaml",
    ),
    right=Example(
        "flow: sorry\nsteps:\n  - say: Please call again.\n  - hangup\n",
        files=(("twimlc.yaml", _APOLOGY),),
        target="bins",
        name="sorry.yaml",
    ),
)

APOLOGY_ASKS_FOR_KEY = Rule(
    726,
    "apology-asks-for-key",
    Severity.WARNING,
    "The apology of a target tells callers to press a key.",
    "Nothing listens for keys there: the apology is said, and the call ends.",
    wrong=Example(
        "flow: lunch\nsteps:\n  - say: We are at lunch.\n  - hangup\n",
        files=(
            (
                "twimlc.yaml",
                "targets:\n  bins: {host: twiml-bin, apology: For help press 0.}\n",
            ),
        ),
        target="bins",
    ),
    right=Example(
        "flow: lunch\nsteps:\n  - say: We are at lunch.\n  - hangup\n",
        files=(
            (
                "twimlc.yaml",
                "targets:\n  bins: {host: twiml-bin, apology: For help call again.}\n",
            ),
        ),
        target="bins",
    ),
)

NO_FALLBACK = Rule(
    723,
    "no-fallback-flow",
    Severity.NOTE,
    "A bucket without a router has no flow for the number's fallback URL.",
    "A call goes on in the version that answered it. Once that version is removed from a bucket, Twilio is answered"
    " with 403 or 404, and nothing in between can send an apology. Then the fallback URL of the number is all that"
    " is left; without one the call ends with an announcement of an application error.",
    wrong=Example(
        _LUNCH,
        files=(
            ("twimlc.yaml", "targets:\n  site: {host: s3, url: 'https://voice.example.com/ivr'}\n"),
        ),
        target="site",
    ),
    right=Example(
        _LUNCH,
        files=(
            (
                "twimlc.yaml",
                "targets:\n  site: {host: s3, url: 'https://voice.example.com/ivr', onError: lunch}\n",
            ),
        ),
        target="site",
    ),
    twilio=(11200,),
)


TOO_MANY_DOCUMENTS = Rule(
    720,
    "too-many-documents",
    Severity.ERROR,
    "The steps of a flow multiply each other to more documents than a target takes.",
    "Each use of a component, each turn of an `each` and each attempt of a menu is written out, and they multiply:"
    " ten components that each use the next one twice are a thousand copies of the last. Documents are counted"
    " before they are made. A flow may become 5,000 of them and 50 MB; `limits: {documents: …, bytes: …}` of a"
    " target says otherwise.",
    wrong=Example(
        """\
flow: survey
components:
"""
        + "".join(
            f"  part{n}: {{steps: [use: part{n + 1}, use: part{n + 1}]}}\n" for n in range(1, 9)
        )
        + """\
  part9:
    steps:
      - menu:
          prompt: Press a key from 1 to 9.
          attempts: 20
          silence: We did not hear you.
          choices: {1: next, 2: next}
        fallback: next
steps: [use: part1, say: Thank you., hangup]
"""
    ),
    right=Example(
        """\
flow: survey
steps:
  - menu:
      prompt: Press a key from 1 to 9.
      attempts: 20
      silence: We did not hear you.
      choices: {1: next, 2: next}
    fallback: next
  - say: Thank you.
  - hangup
""",
        target="nginx",
    ),
)
