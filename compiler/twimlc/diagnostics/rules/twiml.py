"""Rules about TwiML: parts that are missing, clash, or are refused by Twilio (500 to 599)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_DESK = """\
flow: desk
steps:
  - dial: {number: "+14155550100", timeout: 20}
  - say: Goodbye.
  - hangup
"""


def _dial(line: str) -> Example:
    return Example(f"flow: desk\nsteps:\n  - dial: {line}\n  - say: Goodbye.\n  - hangup\n")


def _say(line: str) -> Example:
    return Example(f"flow: notice\nsteps:\n  - say: {line}\n  - hangup\n")


def _record(line: str) -> Example:
    return Example(
        f"flow: message\nsteps:\n  - say: Leave a message.\n  - record: {line}\n"
        "  - say: Goodbye.\n  - hangup\n"
    )


MISSING_PART = Rule(
    501,
    "missing-part",
    Severity.ERROR,
    "An element lacks what it cannot do without.",
    "A dial without anybody to call, a room without a name, a task without its text: Twilio "
    "would drop the element or stop the call.",
    wrong=Example("""\
flow: desk
steps:
  - connect:
      virtualAgent: {language: en-US}
    then: hangup
"""),
    right=Example("""\
flow: desk
steps:
  - connect:
      virtualAgent: {connectorName: Agent}
    then: hangup
"""),
    twilio=(12200,),
)

NOT_ALLOWED_INSIDE = Rule(
    502,
    "not-allowed-inside",
    Severity.ERROR,
    "An element stands where TwiML does not allow it.",
    "Each element has its place: gather holds say, play and pause; prompt the same; SSML "
    "elements stand in words. Twilio ignores or refuses what stands elsewhere.",
    wrong=_say("{ssml: Hello <brake time='1s'/> there.}"),
    right=_say("{ssml: Hello <break time='1s'/> there.}"),
    twilio=(13320, 12200),
)

CONFLICT = Rule(
    503,
    "conflicting-parts",
    Severity.ERROR,
    "Parts of one element do not go together.",
    "A conference stands alone in a dial, a recording that is transcribed lasts two minutes at "
    "most, and so on. Twilio takes one of them and drops the other, or refuses both.",
    wrong=_dial("{conference: Team, number: '+14155550100'}"),
    right=_dial("{conference: Team}"),
    twilio=(13000,),
)

TOO_MANY = Rule(
    504,
    "too-many-parts",
    Severity.ERROR,
    "An element holds more parts than Twilio takes.",
    "A dial rings ten people at most, a connect leads to one service.",
    wrong=Example("""\
flow: desk
steps:
  - connect:
      room: DailyStandup
      conversationRelay: {url: "wss://relay.example.com/agent"}
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - connect:
      conversationRelay: {url: "wss://relay.example.com/agent"}
  - say: Goodbye.
  - hangup
"""),
)

NEEDS_OTHER = Rule(
    505,
    "needs-other-part",
    Severity.ERROR,
    "A part has no effect, or is refused, without another one.",
    "A transcribeCallback needs transcribe, a WhatsApp call needs a callerId of its own form. "
    "Twilio would pass over what was written.",
    wrong=_record('{transcribeCallback: "https://example.com/text"}'),
    right=_record(
        '{transcribe: true, maxLength: 60, transcribeCallback: "https://example.com/text"}'
    ),
)

IGNORED_PART = Rule(
    506,
    "ignored-part",
    Severity.WARNING,
    "A part does nothing where it stands.",
    "Twilio ignores some attributes unless another one is there. What is written would not happen.",
    wrong=_dial('{number: {phoneNumber: "+14155550100", method: GET}}'),
    right=_dial('{number: {phoneNumber: "+14155550100"}}'),
)

TOO_LONG = Rule(
    507,
    "too-long",
    Severity.ERROR,
    "A text is longer than Twilio takes.",
    "How much one say can speak depends on its voice: 3,000 characters for Polly, 5,000 for "
    "Google, 4,096 for the basic voices, and 4,500 URL-encoded for all "
    "(docs/voice/twiml/say). Names and labels have limits of their own.",
    wrong=Example(
        "flow: desk\nsteps:\n  - enqueue: " + "a" * 65 + "\n  - say: Goodbye.\n  - hangup\n"
    ),
    right=Example("flow: desk\nsteps:\n  - enqueue: support\n  - say: Goodbye.\n  - hangup\n"),
    twilio=(13521,),
)

BAD_PHONE_NUMBER = Rule(
    508,
    "bad-phone-number",
    Severity.ERROR,
    "What should be a phone number is none.",
    "Numbers are written with a plus and the country code, as in +14155550100. Twilio drops a "
    "number that it cannot read, and nobody's phone rings.",
    wrong=_dial("{number: the desk}"),
    right=Example(_DESK),
    twilio=(13223,),
)

BAD_SID = Rule(
    509,
    "bad-sid",
    Severity.ERROR,
    "What should be a SID is none, or is the SID of something else.",
    "A SID is two letters that tell its kind and 32 hexadecimal digits: WW for a workflow, AP for "
    "an application. Where one kind is asked for, no other is taken.",
    wrong=Example(
        "flow: desk\nsteps:\n  - enqueue: {workflowSid: WW123}\n  - say: Goodbye.\n  - hangup\n"
    ),
    right=Example(
        "flow: desk\nsteps:\n  - enqueue: {workflowSid: WW"
        + "0" * 32
        + "}\n  - say: Goodbye.\n  - hangup\n"
    ),
)

BAD_ADDRESS = Rule(
    510,
    "bad-address",
    Severity.ERROR,
    "Twilio cannot use an address as it is written.",
    "Addresses have no blanks or braces and a host name without underscores; streams and relays "
    "need wss:// (docs/voice/twiml, docs/voice/twiml/stream).",
    wrong=Example("""\
flow: desk
steps:
  - connect:
      conversationRelay: {url: "https://relay.example.com/agent"}
  - say: Goodbye.
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - connect:
      conversationRelay: {url: "wss://relay.example.com/agent"}
  - say: Goodbye.
  - hangup
"""),
    twilio=(11100, 11206),
)

UNKNOWN_VOICE = Rule(
    511,
    "unknown-voice",
    Severity.WARNING,
    "A voice has a name of no known form.",
    "Voices are called man, woman, or after their maker: Polly.Joanna-Neural, "
    "Google.en-US-Neural2-A. Twilio fails the say, or a gather around it, if it does not know "
    "the voice (docs/voice/twiml/say/text-speech).",
    wrong=_say("{message: Hello., voice: Joanna}"),
    right=_say("{message: Hello., voice: Polly.Joanna-Neural}"),
    twilio=(13511, 13321),
)

EXTRA_MARKUP = Rule(
    512,
    "extra-markup",
    Severity.WARNING,
    "Markup is passed on that this compiler does not know.",
    "`twiml:` and `extra:` are for what Twilio has added since. Nothing about it can be checked, "
    "so a spelling mistake in it shows on a call.",
    wrong=_say("{message: Hello., extra: {mood: friendly}}"),
    right=_say("{message: Hello.}"),
)

BAD_MARKUP = Rule(
    513,
    "bad-markup",
    Severity.ERROR,
    "XML written by hand is not well-formed, or does more than it may.",
    "SSML and `twiml:` are read as XML: every element closed, & written as &amp;. What decides "
    "where the call goes is written as a step instead.",
    wrong=_say("{ssml: Tom & Jerry}"),
    right=_say("{ssml: Tom &amp; Jerry}"),
    twilio=(12100,),
)

RETIRED = Rule(
    514,
    "retired-part",
    Severity.WARNING,
    "Twilio has given up, or no longer advises, what is used here.",
    "It may still work, or not at all for accounts that never had it.",
    wrong=Example(
        "flow: desk\nsteps:\n  - sms: We will call back.\n  - say: Goodbye.\n  - hangup\n"
    ),
    right=Example("flow: desk\nsteps:\n  - say: We will call back. Goodbye.\n  - hangup\n"),
)

ROOM_LIMITS = Rule(
    515,
    "room-limits",
    Severity.NOTE,
    "What Twilio says of video rooms that callers join.",
    "Only group rooms take callers, up to 35 of them, in region US1 and not in ie1 or au1. Twilio "
    "once announced that Video would take no new customers, and has since withdrawn that "
    "(docs/voice/twiml/connect/room).",
    wrong=Example("""\
flow: room
steps:
  - connect: {room: DailyStandup}
  - say: The room is not open.
  - hangup
"""),
    right=Example(_DESK),
)

FIXED_IDENTITY = Rule(
    516,
    "fixed-identity",
    Severity.WARNING,
    "Every caller joins the room or the conference under the same name.",
    "A document serves all callers. Who joins a room with an identity that is already in it "
    "throws the earlier one out, and a conference does not let in who bears a participantLabel that "
    "is already there. Without them Twilio gives each caller one of their own.",
    wrong=Example("""\
flow: room
steps:
  - connect: {room: {name: DailyStandup, participantIdentity: phone}}
  - say: The room is not open.
  - hangup
"""),
    right=Example("""\
flow: room
steps:
  - connect: {room: DailyStandup}
  - say: The room is not open.
  - hangup
"""),
    twilio=(53205, 16025),
)

ACTION_OWNED = Rule(
    517,
    "action-owned",
    Severity.ERROR,
    "action, method or actionOnEmptyResult stands where the compiler writes it.",
    "Where then, when and fallback say how the call goes on, the compiler writes the action for "
    "the host. An action of your own, without them, means that the call leaves for that address.",
    wrong=_record("{maxLength: 60, method: POST}"),
    right=_record("{maxLength: 60}"),
)

WRONG_CONTEXT = Rule(
    518,
    "wrong-context",
    Severity.ERROR,
    "A verb stands in a document where Twilio does not allow it.",
    "What plays while somebody waits, or to a called party before the two are joined, may hold "
    "only a few verbs. Anything else breaks the wait or drops the call.",
    wrong=Example("""\
flow: team
start: greeting
states:
  greeting:
    - dial:
        conference: {name: Team, waitUrl: music}
    - hangup
  music:
    - say: Please hold.
    - record: {maxLength: 20}
"""),
    right=Example("""\
flow: team
start: greeting
states:
  greeting:
    - dial:
        conference: {name: Team, waitUrl: music}
    - hangup
  music:
    - say: Please hold.
    - pause: {length: 10}
"""),
    twilio=(13238, 13201),
)

SILENT_WAIT = Rule(
    519,
    "silent-wait",
    Severity.ERROR,
    "A wait document neither says nor plays anything.",
    "Whoever waits would hear dead air, and Twilio would ask for the document over and over. "
    "For silence on purpose, give waitUrl an empty text.",
    wrong=Example("""\
flow: team
start: greeting
states:
  greeting:
    - enqueue: {name: support, waitUrl: music}
    - hangup
  music:
    - pause: {length: 10}
"""),
    right=Example("""\
flow: team
start: greeting
states:
  greeting:
    - enqueue: {name: support, waitUrl: music}
    - hangup
  music:
    - say: Please hold.
    - pause: {length: 10}
"""),
)

CALL_VALUE_IN_ADDRESS = Rule(
    520,
    "call-value-in-address",
    Severity.ERROR,
    "A value of the call stands in an address.",
    "Whoever calls decides what such a value is, so it must not become part of an address that "
    "Twilio fetches.",
    wrong=Example("""\
flow: notice
steps:
  - play: "https://media.example.com/${call.From}.mp3"
  - hangup
"""),
    right=Example("""\
flow: notice
steps:
  - play: "https://media.example.com/notice.mp3"
  - hangup
"""),
)

REJECT_NOT_FIRST = Rule(
    521,
    "reject-not-first",
    Severity.WARNING,
    "reject comes after something else.",
    "Only as the very first verb does reject leave the call unanswered and unbilled. Later it "
    "is too late to decline, and Twilio does not say what happens (docs/voice/twiml/reject).",
    wrong=Example("flow: closed\nsteps:\n  - say: We are closed.\n  - reject\n"),
    right=Example("flow: closed\nsteps:\n  - reject: {reason: busy}\n"),
)

CALLER_CHOSEN_NUMBER = Rule(
    522,
    "caller-chosen-number",
    Severity.ERROR,
    "The caller decides which number is dialled.",
    "Whoever can choose the number that your account dials can run up its bill on premium "
    "lines. `allow: [caller-chosen-number]` on the step says that it is meant.",
    wrong=_dial('{number: "${call.Digits}"}'),
    right=Example(_DESK),
)

CALLER_CHOSEN_CONFERENCE = Rule(
    523,
    "caller-chosen-conference",
    Severity.WARNING,
    "The caller decides which conference they enter.",
    "Whoever can choose the name of a conference can try names until they are in somebody else's. "
    "A name that only your own number leads to keeps strangers out.",
    wrong=Example(
        "flow: meeting\nsteps:\n"
        '  - gather: {prompt: Please type the number of your meeting., finishOnKey: "#"}\n'
        '    then:\n      - dial: {conference: "meeting-${call.Digits}"}\n'
        "    fallback: hangup\n",
        target="twiml-bin",
    ),
    right=Example(
        "flow: meeting\nsteps:\n"
        "  - say: Welcome to the weekly meeting.\n"
        "  - dial: {conference: weekly}\n  - hangup\n"
    ),
)

_WITH_ADDRESS = "targets:\n  site: {host: s3, url: https://voice.example.com}\n"

MEDIA_TOO_BIG = Rule(
    527,
    "media-too-big",
    Severity.WARNING,
    "The pictures of a message are bigger than a message can be.",
    "An MMS carries 5 MB, a WhatsApp message 16 MB, all of its media together. Twilio sends "
    "nothing that is bigger (docs/api/errors/11751).",
    wrong=Example(
        "flow: map\nkind: messaging\nsteps:\n  - message: {body: This is the way., media: map.png}\n",
        files=(("map.png", "<6 MB>"), ("twimlc.yaml", _WITH_ADDRESS)),
        target="site",
    ),
    right=Example(
        "flow: map\nkind: messaging\nsteps:\n  - message: {body: This is the way., media: map.png}\n",
        files=(("map.png", "PNG"), ("twimlc.yaml", _WITH_ADDRESS)),
        target="site",
    ),
    twilio=(11751,),
)

MILLISECONDS = Rule(
    550,
    "milliseconds",
    Severity.WARNING,
    "A timeout seems to be given in milliseconds.",
    "Twilio counts timeouts in seconds: with 5000 a caller who says nothing waits for more than "
    "an hour (docs/voice/twiml/gather).",
    wrong=Example(
        "flow: notice\nsteps:\n"
        "  - gather: {numDigits: 1, timeout: 5000, prompt: Press any key to end this call.}\n"
        "    then: hangup\n"
        "  - say: Goodbye.\n  - hangup\n"
    ),
    right=Example(
        "flow: notice\nsteps:\n"
        "  - gather: {numDigits: 1, timeout: 5, prompt: Press any key to end this call.}\n"
        "    then: hangup\n"
        "  - say: Goodbye.\n  - hangup\n"
    ),
)

TOO_MANY_TRACKS = Rule(
    528,
    "too-many-tracks",
    Severity.WARNING,
    "More copies of the call's sound run at once than Twilio makes.",
    "Streams and siprec share four tracks in a call, and both_tracks takes two of them. What is "
    "started beyond that does not run (docs/voice/twiml/stream, docs/voice/twiml/siprec).",
    wrong=Example("""\
flow: desk
steps:
  - start: {siprec: {name: archive}}
  - start: {stream: {name: coach, url: "wss://stream.example.com/coach", track: both_tracks}}
  - start: {stream: {name: captions, url: "wss://stream.example.com/captions"}}
  - dial: {number: "+14155550100", timeout: 20}
  - hangup
"""),
    right=Example("""\
flow: desk
steps:
  - start: {siprec: {name: archive}}
  - start: {stream: {name: coach, url: "wss://stream.example.com/coach", track: both_tracks}}
  - stop: {siprec: {name: archive}}
  - start: {stream: {name: captions, url: "wss://stream.example.com/captions"}}
  - dial: {number: "+14155550100", timeout: 20}
  - hangup
"""),
)
