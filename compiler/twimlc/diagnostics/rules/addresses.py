"""Rules about phone numbers, addresses, names and secrets in documents (529 to 549)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity


def _step(line: str, target: str = "static") -> Example:
    flow = f"flow: desk\nsteps:\n  - {line}\n  - say: Goodbye.\n  - hangup\n"
    return Example(flow, target=target)


_DESK = _step('dial: "+14155550100"')
_MUSIC = _step('play: "https://media.example.com/welcome.mp3"')

NATIONAL_NUMBER = Rule(
    530,
    "national-number",
    Severity.WARNING,
    "A phone number is written without its country.",
    "Twilio guesses the country of a number without a plus, and reads most as numbers of the "
    "United States. With a plus and the country code it is the same number wherever the account "
    "and the caller are (docs/voice/twiml/number).",
    wrong=_step('dial: "415-555-0100"'),
    right=_DESK,
    twilio=(13223,),
)

UNKNOWN_COUNTRY = Rule(
    531,
    "unknown-country",
    Severity.WARNING,
    "A phone number begins like no country's, or has too many digits.",
    "What follows the plus is the country code, from one to three digits, and the whole number "
    "has fifteen digits at most. A plus before a national number makes such a number too.",
    wrong=_step('dial: "+0415550100"'),
    right=_DESK,
    twilio=(13226, 13224, 13223),
)

NUMBER_LENGTH = Rule(
    529,
    "number-length",
    Severity.WARNING,
    "A phone number has too few or too many digits for its country.",
    "Nobody can be reached under a number with a digit missing or one too many. Behind +1 there "
    "are exactly ten, and the area code and the three digits after it begin with 2 to 9. Other "
    "countries are judged where the length of their numbers is fixed. The 0 that is dialed before "
    "a number inside a country is left out behind its code, as in +44 20 for 020.",
    wrong=_step('dial: "+1415555010"'),
    right=_DESK,
    twilio=(13223, 13224),
)

COSTLY_NUMBER = Rule(
    532,
    "costly-number",
    Severity.WARNING,
    "A number belongs to a range that is charged by the minute at a premium.",
    "Premium, satellite and personal numbers cost many times what other calls cost, carriers "
    "often refuse them, and they are what toll fraud is after. Twilio connects none of them "
    "unless the account allows it.",
    wrong=_step('dial: "+19005550100"'),
    right=_DESK,
    twilio=(13227, 13224),
)

BAD_CALLER_ID = Rule(
    533,
    "bad-caller-id",
    Severity.ERROR,
    "A phone call cannot show this as the number of its caller.",
    "Who is called by phone sees a phone number: the caller's, the one that was called, or one "
    "that you own or have verified. With anything else the dial fails (docs/voice/twiml/dial).",
    wrong=_step('dial: {number: "+14155550100", callerId: Main desk}'),
    right=_step('dial: {number: "+14155550100", callerId: "+14155550199"}'),
    twilio=(13214, 13247, 13248),
)

BAD_SIP_ADDRESS = Rule(
    534,
    "bad-sip-address",
    Severity.ERROR,
    "A SIP address cannot be read, or asks for something that does not exist.",
    "An address is sip:USER@HOST, with ;transport=udp, tcp or tls and others behind it. An "
    "address at sip.twilio.com names a registered telephone, so it needs the user and takes no "
    "edge (docs/voice/twiml/sip).",
    wrong=_step('dial: {sip: "sip:desk@pbx.example.com;transport=sctp"}'),
    right=_step('dial: {sip: "sip:desk@pbx.example.com;transport=tls"}'),
    twilio=(13243, 32110),
)

BAD_SIP_HEADER = Rule(
    535,
    "bad-sip-header",
    Severity.WARNING,
    "A header of a SIP address is dropped on the way.",
    "Twilio hands on headers that begin with X-, and User-to-User, Remote-Party-ID, "
    "P-Preferred-Identity and P-Called-Party-ID, 1,024 characters of them at most "
    "(docs/voice/twiml/sip).",
    wrong=_step('dial: {sip: "sip:desk@pbx.example.com?Priority=urgent"}'),
    right=_step('dial: {sip: "sip:desk@pbx.example.com?X-Priority=urgent"}'),
    twilio=(13252, 32113),
)

PRIVATE_HOST = Rule(
    536,
    "private-host",
    Severity.WARNING,
    "An address lies in a network that Twilio cannot reach.",
    "Twilio fetches from the open internet. A host name without a dot, localhost, names such as "
    "pbx.local and addresses such as 192.168.1.20 are known inside a house only.",
    wrong=_step('play: "http://localhost/welcome.mp3"'),
    right=_MUSIC,
    twilio=(11210, 11200),
)

INSECURE_ADDRESS = Rule(
    537,
    "insecure-address",
    Severity.WARNING,
    "What callers say, key in or hear travels in the open, over http.",
    "Anybody on the way can read a request over http, and can answer it with a call flow of "
    "their own. Accounts in PCI mode refuse such addresses, and `account: {pci: true}` makes this "
    "an error. With https Twilio also checks whom it talks to.",
    wrong=Example("flow: desk\nsteps:\n  - redirect: http://calls.example.com/next\n"),
    right=Example("flow: desk\nsteps:\n  - redirect: https://calls.example.com/next\n"),
    twilio=(13337, 32605, 32654),
)

SOUND_OVER_HTTP = Rule(
    549,
    "sound-over-http",
    Severity.NOTE,
    "A sound, or the TwiML that plays to who waits, is fetched in the open, over http.",
    "Anybody on the way between Twilio and the host can hear what it is, and can put something "
    "else in its place, which callers would take for yours. With https neither is possible.",
    wrong=_step('play: "http://media.example.com/welcome.mp3"'),
    right=_MUSIC,
)

BAD_OVERRIDE = Rule(
    538,
    "bad-override",
    Severity.ERROR,
    "What stands behind the # of an address is no connection override.",
    "Behind # Twilio looks for settings of its own: ct, rt and tt (milliseconds), rc (how many "
    "retries), rp (retry after what), e (edge) and sni. A value out of range makes it refuse the "
    "address (docs/usage/webhooks/webhooks-connection-overrides).",
    wrong=_step('play: "https://media.example.com/welcome.mp3#rc=9"'),
    right=_step('play: "https://media.example.com/welcome.mp3#rc=2"'),
    twilio=(11240, 11243, 11203),
)

NOT_AUDIO = Rule(
    539,
    "not-audio",
    Severity.WARNING,
    "What is to be played has the name of something that is no sound.",
    "Twilio plays mp3, wav, aiff, gsm and ulaw. A film, a page or a sound in another format is "
    "passed over, and the caller hears nothing (docs/voice/twiml/play).",
    wrong=_step('play: "https://media.example.com/welcome.mp4"'),
    right=_MUSIC,
    twilio=(13420, 13325, 12300),
)

BAD_CLIENT_NAME = Rule(
    540,
    "bad-client-name",
    Severity.WARNING,
    "No app can have registered under this name.",
    "The identity of a Voice SDK app is made of letters, digits and a few marks, without blanks "
    "(docs/voice/twiml/client).",
    wrong=_step("dial: {client: front desk}"),
    right=_step("dial: {client: front_desk}"),
    twilio=(31105,),
)

FIXED_SID = Rule(
    541,
    "fixed-sid",
    Severity.WARNING,
    "The SID of one call stands in a document for all calls.",
    "Calls, conferences and reservations get their SIDs while they run, and each is over soon. "
    "A document that is written beforehand can only hold an old one.",
    wrong=_step("dial: {conference: {name: Team, coach: CA" + "0" * 32 + "}}"),
    right=_step("dial: {conference: {name: Team, muted: true}}"),
    twilio=(13240, 14215, 13236),
)

SECRET = Rule(
    542,
    "secret-in-document",
    Severity.WARNING,
    "A password or key stands in a document.",
    "Documents lie on the web, where everybody who finds the address can read them, and what is "
    "written in a flow ends up in them. Let the far end know Twilio in another way: by its IP "
    "addresses for SIP, by the request signature for web servers. A TwiML Bin answers Twilio "
    "alone, so it may hold them.",
    wrong=_step(
        'dial: {sip: {sipUrl: "sip:desk@pbx.example.com", username: desk, password: pa55word}}'
    ),
    right=_step('dial: {sip: "sip:desk@pbx.example.com"}'),
)

UNFAMILIAR_VALUE = Rule(
    543,
    "unfamiliar-value",
    Severity.WARNING,
    "A value is none of those that Twilio's pages name.",
    "Some attributes take values that Twilio adds to from time to time, so what is not known "
    "here may still be right. More often it is misspelt, and Twilio refuses the part.",
    wrong=_step(
        "gather: {input: speech, speechModel: telephone, prompt: How can we help?}\n    fallback: hangup"
    ),
    right=_step(
        "gather: {input: speech, speechModel: phone_call, prompt: How can we help?}\n    fallback: hangup"
    ),
    twilio=(13334, 32651, 64106, 32603, 32652, 64011, 13331, 13512),
)

OTHER_PROVIDER = Rule(
    558,
    "other-provider",
    Severity.WARNING,
    "A voice or a model of speech recognition is not one of the provider that is named.",
    "Each provider knows voices and models by names of its own, and refuses those of others, so "
    "the service does not start (docs/voice/twiml/connect/conversationrelay).",
    wrong=_step(
        'connect: {conversationRelay: {url: "wss://relay.contoso.com/call", ttsProvider: Google, voice: Joanna-Neural}}'
    ),
    right=_step(
        'connect: {conversationRelay: {url: "wss://relay.contoso.com/call", ttsProvider: Amazon, voice: Joanna-Neural}}'
    ),
    twilio=(64106, 32651),
)

BARE_LANGUAGE = Rule(
    544,
    "bare-language",
    Severity.WARNING,
    "A language is given without its country.",
    "Twilio knows languages by tags such as en-US or de-DE. Only the old voices man and woman "
    "take a bare en, es, fr or de (docs/voice/twiml/say/text-speech).",
    wrong=_step("say: {message: Hello., language: en}"),
    right=_step("say: {message: Hello., language: en-US}"),
    twilio=(13512, 13331),
)

LANGUAGE_OF_VOICE = Rule(
    545,
    "language-of-voice",
    Severity.WARNING,
    "A voice does not speak the language that it is given.",
    "A Google voice has its language in its name, a voice of Polly speaks the language of its "
    "speaker, and man and woman speak English, Spanish, French and German only. In another language the say fails, or is read with the "
    "wrong sounds (docs/voice/twiml/say/text-speech).",
    wrong=_step("say: {message: Guten Tag., voice: Google.en-US-Neural2-A, language: de-DE}"),
    right=_step("say: {message: Guten Tag., voice: Google.de-DE-Neural2-A, language: de-DE}"),
    twilio=(13512,),
)

MARKUP_NOT_SPOKEN = Rule(
    546,
    "markup-not-spoken",
    Severity.WARNING,
    "A voice does not follow markup that stands in its words.",
    "The voices man, woman and alice know no SSML, and Polly's neural and generative voices do "
    "not stress words with emphasis. The say fails, or the markup does nothing "
    "(docs/voice/twiml/say/text-speech).",
    wrong=_step("say: {ssml: This is <emphasis>important</emphasis>., voice: Polly.Joanna-Neural}"),
    right=_step("say: {ssml: This is <emphasis>important</emphasis>., voice: Polly.Joanna}"),
    twilio=(13513,),
)

TOO_MANY_REPLIES = Rule(
    547,
    "too-many-replies",
    Severity.ERROR,
    "One message is answered with more than ten.",
    "Twilio sends ten replies to a message at most, counted over all documents that it is led "
    "through (docs/messaging/twiml).",
    wrong=Example(
        "flow: reply\nkind: messaging\nsteps:\n"
        + "".join(f"  - message: Part {n} of 11.\n" for n in range(1, 12))
    ),
    right=Example(
        "flow: reply\nkind: messaging\nsteps:\n  - message: Thank you. We will write back today.\n"
    ),
    twilio=(14109,),
)

RECORDING_TWICE = Rule(
    548,
    "recording-twice",
    Severity.WARNING,
    "A recording is started while another one may still run.",
    "A recording that was started goes on to the end of the call unless it is stopped, and "
    "Twilio keeps only one at a time. A way that comes back to the start begins a second one "
    "(docs/voice/twiml/recording).",
    wrong=_step(
        "say: This call is recorded.\n  - start: {recording: {name: first}}\n  - say: One moment.\n  - start: {recording: {name: second}}"
    ),
    right=_step(
        "say: This call is recorded.\n  - start: {recording: {name: first}}\n  - say: One moment.\n  - stop: {recording: {name: first}}\n  - start: {recording: {name: second}}"
    ),
    twilio=(16108,),
)

STOPS_NOTHING = Rule(
    559,
    "stops-nothing",
    Severity.WARNING,
    "A stop names something that is never started.",
    "What a stop ends is found by its name, letter by letter. With another name it goes on, and is "
    "paid for, to the end of the call (docs/voice/twiml/stream).",
    wrong=_step(
        'start: {stream: {name: agent, url: "wss://stream.contoso.com/call"}}\n  - say: One moment.\n  - stop: {stream: {name: agnet}}'
    ),
    right=_step(
        'start: {stream: {name: agent, url: "wss://stream.contoso.com/call"}}\n  - say: One moment.\n  - stop: {stream: {name: agent}}'
    ),
)

NAME_TAKEN = Rule(
    557,
    "name-taken",
    Severity.WARNING,
    "A stream, siprec or transcription has the name of one that may still run.",
    "The name is unique in the call: a stop can only mean one of them. What was started goes on "
    "until it is stopped or the call ends (docs/voice/twiml/stream).",
    wrong=_step(
        'start: {stream: {name: agent, url: "wss://stream.contoso.com/one"}}\n  - say: One moment.\n  - start: {stream: {name: agent, url: "wss://stream.contoso.com/two"}}'
    ),
    right=_step(
        'start: {stream: {name: one, url: "wss://stream.contoso.com/one"}}\n  - say: One moment.\n  - start: {stream: {name: two, url: "wss://stream.contoso.com/two"}}'
    ),
)
