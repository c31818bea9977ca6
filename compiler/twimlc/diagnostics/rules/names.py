"""Rules about names: states, flows, outcomes' allowances and values of the call (301 to 329)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

UNKNOWN_STATE = Rule(
    301,
    "unknown-state",
    Severity.ERROR,
    "A state is named that does not exist.",
    "A caller who is sent to a state that is not there would hear Twilio's error message and "
    "lose the line. A state of another flow is named as FLOW/STATE, its start as FLOW/.",
    wrong=Example("""\
flow: shop
start: greeting
states:
  greeting:
    - say: Nobody is in the shop right now.
    - goto: voicemial
  voicemail:
    - voicemail: {}
"""),
    right=Example("""\
flow: shop
start: greeting
states:
  greeting:
    - say: Nobody is in the shop right now.
    - goto: voicemail
  voicemail:
    - voicemail: {}
"""),
    twilio=(11200, 11217),
)

UNKNOWN_FLOW = Rule(
    302,
    "unknown-flow",
    Severity.ERROR,
    "A jump names a flow that is not in the project.",
    "FLOW/STATE goes to a state of another flow, FLOW/ to its start. The flow must be in the "
    "project's folder of flows and be built for the same target.",
    wrong=Example("""\
flow: shop
steps:
  - say: We put you through to the workshop.
  - goto: workshop/
"""),
    right=Example(
        """\
flow: shop
steps:
  - say: We put you through to the workshop.
  - goto: workshop/
""",
        files=(
            (
                "workshop.yaml",
                "flow: workshop\nsteps:\n  - say: The workshop is closed.\n  - hangup\n",
            ),
        ),
    ),
    twilio=(11200,),
)

DUPLICATE_FLOW = Rule(
    303,
    "duplicate-flow",
    Severity.ERROR,
    "Two files hold a flow of the same name.",
    "A flow's name is its folder in the build and what other flows call it by. It is the file's "
    "name unless `flow:` says otherwise, and must be unique in the project.",
    wrong=Example(
        "flow: shop\nsteps:\n  - say: We are closed.\n  - hangup\n",
        files=(("other.yaml", "flow: shop\nsteps:\n  - say: We are open.\n  - hangup\n"),),
    ),
    right=Example(
        "flow: shop\nsteps:\n  - say: We are closed.\n  - hangup\n",
        files=(("other.yaml", "flow: workshop\nsteps:\n  - say: We are open.\n  - hangup\n"),),
    ),
)

JUMP_BETWEEN_KINDS = Rule(
    304,
    "jump-between-kinds",
    Severity.ERROR,
    "A call jumps to a messaging flow, or the other way round.",
    "A call stays a call: what answers messages cannot go on with it.",
    wrong=Example(
        "flow: shop\nsteps:\n  - say: We are closed.\n  - goto: texts/\n",
        files=(
            ("texts.yaml", "flow: texts\nkind: messaging\nsteps:\n  - message: We are closed.\n"),
        ),
    ),
    right=Example(
        "flow: shop\nsteps:\n  - say: We are closed.\n  - hangup\n",
        files=(
            ("texts.yaml", "flow: texts\nkind: messaging\nsteps:\n  - message: We are closed.\n"),
        ),
    ),
)

JUMP_INTO_MATRIX = Rule(
    305,
    "jump-into-matrix",
    Severity.ERROR,
    "A flow outside the matrix jumps to a flow that exists once per row.",
    "From outside nothing says which row is meant. A jump between two flows of the matrix stays "
    "in its row.",
    wrong=Example(
        "flow: shop\nsteps:\n  - say: Welcome.\n  - goto: store/\n",
        files=(
            (
                "twimlc.yaml",
                "flows: .\nmatrix: {table: stores.csv, flows: [store]}\ntargets:\n  static: {host: static}\n",
            ),
            ("stores.csv", "store,city\nnorth,Oslo\n"),
            (
                "store.yaml",
                "flow: store\nparams:\n  city:\nsteps:\n  - say: This is ${city}.\n  - hangup\n",
            ),
        ),
    ),
    right=Example(
        "flow: shop\nsteps:\n  - say: Welcome.\n  - hangup\n",
        files=(
            (
                "twimlc.yaml",
                "flows: .\nmatrix: {table: stores.csv, flows: [store]}\ntargets:\n  static: {host: static}\n",
            ),
            ("stores.csv", "store,city\nnorth,Oslo\n"),
            (
                "store.yaml",
                "flow: store\nparams:\n  city:\nsteps:\n  - say: This is ${city}.\n  - hangup\n",
            ),
        ),
    ),
)

STATE_USED_BOTH_WAYS = Rule(
    306,
    "state-used-both-ways",
    Severity.ERROR,
    "A state is both a part of the call and a document of another leg.",
    "The end of a state means different things: the caller's line hangs up there, a called "
    "party is joined, hold music starts again. One list of steps cannot mean both.",
    wrong=Example("""\
flow: desk
start: greeting
states:
  greeting:
    - dial:
        number: {phoneNumber: "+14155550100", url: notice}
    - goto: notice
  notice:
    - say: This is a call from the shop.
"""),
    right=Example("""\
flow: desk
start: greeting
states:
  greeting:
    - dial:
        number: {phoneNumber: "+14155550100", url: notice}
    - hangup
  notice:
    - say: This is a call from the shop.
"""),
)

UNKNOWN_CALL_VALUE = Rule(
    307,
    "unknown-call-value",
    Severity.ERROR,
    "A value of the call is used that Twilio does not send here.",
    "Twilio sends its standard parameters with every request, Digits and SpeechResult only to "
    "where a gather leads. Parameters of your own are declared with `call:` and exist only in "
    "what the first request is answered with. See docs/voice/twiml for the standard ones.",
    wrong=Example("""\
flow: greeting
steps:
  - message: Hello ${call.Frm}.
kind: messaging
"""),
    right=Example("""\
flow: greeting
steps:
  - message: Hello, and thank you.
kind: messaging
"""),
)

UNKNOWN_ALLOW = Rule(
    308,
    "unknown-allow",
    Severity.ERROR,
    "`allow:` names no approximation.",
    "`allow:` lists, by name, the promises that a host may break on this step: "
    "fallback-after-answer (the fallback also follows an answered call) and "
    "caller-chosen-number (a number that the caller chose may be dialled).",
    wrong=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
    fallback:
      - say: Nobody is there.
    allow: [fallback-after-answers]
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - dial: {number: "+14155550100"}
    fallback:
      - say: Nobody is there.
    allow: [fallback-after-answer]
  - hangup
"""),
)

MISSING_MEDIA = Rule(
    309,
    "missing-media",
    Severity.ERROR,
    "A sound file is named that does not lie beside the flow.",
    "A relative path in `play` or `waitUrl` names a file of the project, which is copied into "
    "the build. Callers would otherwise hear nothing where the sound should be.",
    wrong=Example("flow: closed\nsteps:\n  - play: closed.mp3\n  - hangup\n"),
    right=Example(
        "flow: closed\nsteps:\n  - play: closed.mp3\n  - hangup\n",
        files=(("closed.mp3", "ID3 sound"),),
    ),
    twilio=(11200,),
)

NO_SOUND_INSIDE = Rule(
    310,
    "no-sound-inside",
    Severity.ERROR,
    "A file that is to be played holds something that is no sound.",
    "An empty file, a web page saved under the name of a sound, or the few lines that Git LFS "
    "leaves where a large file was not fetched: Twilio can play none of them, and the caller "
    "hears nothing. Only the first bytes of a file are looked at.",
    wrong=Example(
        "flow: closed\nsteps:\n  - play: closed.mp3\n  - hangup\n",
        files=(("closed.mp3", "<!DOCTYPE html>\n<title>Not found</title>\n"),),
    ),
    right=Example(
        "flow: closed\nsteps:\n  - play: closed.mp3\n  - hangup\n",
        files=(("closed.mp3", "ID3 sound"),),
    ),
    twilio=(12300, 13420, 13325),
)
