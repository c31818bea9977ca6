"""Twilio's error dictionary at compile time: code by code, the rule that catches it, or the reason.

Nothing comes in; :data:`CODES` goes out. Every code stands here that the bytes of a document are
enough to foresee (``whole``), and every one that can be foreseen for literal values, or once the
host and the account are known. The dictionary itself is at www.twilio.com/docs/api/errors.
"""

from typing import NamedTuple


class Code(NamedTuple):
    """One code. ``rule`` catches it, as ``wrong`` (a flow) shows on ``target``.

    ``project`` is the project file that the flow needs for that, ``files`` what else lies beside
    it. Without a rule ``reason`` says why the compiler cannot cause it or cannot know.
    """

    code: int
    title: str
    rule: str = ""
    wrong: str = ""
    target: str = "static"
    reason: str = ""
    whole: bool = True
    project: str = ""
    files: tuple[tuple[str, int], ...] = ()  # paths and sizes in bytes


_ROUTED = "twiml-bin"


def _flow(steps: str, kind: str = "") -> str:
    lines = "".join(f"  {line}\n" for line in steps.splitlines())
    end = "" if kind else "  - say: Goodbye.\n  - hangup\n"
    return f"flow: example\n{kind}steps:\n{lines}{end}"


def _caught(code: int, title: str, rule: str, steps: str, target: str = "static") -> Code:
    whole = steps.startswith("flow:")
    return Code(code, title, rule, steps if whole else _flow(steps), target)


def _dial(code: int, title: str, rule: str, attributes: str) -> Code:
    return _caught(code, title, rule, f'- dial: {{number: "+14155550100", {attributes}}}')


def _number(code: int, title: str, rule: str, attributes: str) -> Code:
    step = f'- dial: {{number: {{phoneNumber: "+14155550100", {attributes}}}}}'
    return _caught(code, title, rule, step)


def _conference(code: int, title: str, rule: str, attributes: str) -> Code:
    return _caught(code, title, rule, f"- dial: {{conference: {{name: Team, {attributes}}}}}")


def _sip(code: int, title: str, rule: str, address: str) -> Code:
    return _caught(code, title, rule, f'- dial: {{sip: "{address}"}}')


def _gather(code: int, title: str, rule: str, attributes: str) -> Code:
    step = f"- gather: {{prompt: Please choose., {attributes}}}\n  fallback: hangup"
    return _caught(code, title, rule, step)


def _record(code: int, title: str, rule: str, attributes: str) -> Code:
    return _caught(code, title, rule, f"- say: Please speak.\n- record: {{{attributes}}}")


def _message(code: int, title: str, rule: str, steps: str) -> Code:
    return Code(code, title, rule, _flow(steps, "kind: messaging\n"))


def _pay(code: int, title: str, rule: str, attributes: str) -> Code:
    return _caught(code, title, rule, f"- pay: {{{attributes}}}", _ROUTED)


def _known(code: Code, account: str) -> Code:
    """Caught once the project file says this of the account."""
    return code._replace(project=f"account: {{{account}}}\n")


def _placed(code: Code, url: str) -> Code:
    """Caught once the project file says where the target is served."""
    project = f"targets:\n  site: {{host: s3, url: '{url}'}}\n"
    return code._replace(project=project, target="site")


def _never(code: int, title: str, reason: str) -> Code:
    return Code(code, title, reason=reason)


_WAIT = """\
flow: example
start: greeting
states:
  greeting:
    - dial: {{{noun}}}
    - hangup
  aside:
    - say: One moment, please.
    - {verb}
"""

_METHOD = "the compiler chooses the method itself, among those that the host answers; nothing in a project sets another"
_FALLBACK = "a fallback is printed only beside the first address of the same number"

WHOLE: tuple[Code, ...] = (
    _caught(11240, "Override edge value invalid", "bad-override", '- play: "https://media.example.com/a.mp3#e=atlantis"'),
    _caught(11243, "Override retry policy invalid", "bad-override", '- play: "https://media.example.com/a.mp3#rp=5xxx"'),
    _caught(11300, "Invalid URL template", "bad-address", '- play: "https://media.example.com/{{name}}.mp3"'),
    _caught(11320, "Unclosed template bracket", "bad-address", '- play: "https://media.example.com/{name.mp3"'),
    _never(11750, "TwiML body too large", "a document that grows past 64 kB is split by the compiler; a single verb past it is TW704 verb-too-big, a TwiML file TW576 document-too-big"),
    _caught(12100, "XML does not parse", "bad-markup", "- twiml: <Say>Hello"),
    _never(12101, "Bad version attribute on root", "the root is written by the compiler, without attributes; in a TwiML file they are TW567 unknown-attribute"),
    _never(12102, "Root is not Response", "the root is written by the compiler and is always Response; another in a TwiML file is TW565 not-twiml"),
    _caught(12200, "Document breaks the TwiML schema", "unknown-key", "- say: {message: Hello., Voice: man}"),
    _caught(13000, "Conference mixed with Number nouns", "conflicting-parts", '- dial: {conference: Team, number: "+14155550100"}'),
    _caught(13110, "Annotate without a valid child", "no-verb", "- annotate: {}"),
    _caught(13111, "Annotate with repeated child", "no-verb", "- annotate: {billingReferenceTag: [a, b]}"),
    _caught(13112, "Annotate with wrong child", "no-verb", "- annotate: {say: Hello.}"),
    _caught(13120, "Billing tag too long", "no-verb", "- annotate: {billingReferenceTag: a}"),
    _dial(13210, "Dial method invalid", "bad-value", "method: PUT"),
    _dial(13211, "Dial ifMachine invalid", "unknown-key", "ifMachine: continue"),
    _dial(13212, "Dial timeout invalid", "wrong-type", "timeout: -5"),
    _dial(13213, "Dial hangupOnStar invalid", "wrong-type", "hangupOnStar: maybe"),
    _caught(13215, "Dial holds a wrong child", "unknown-key", "- dial: {fax: '+14155550100'}"),
    _dial(13216, "Dial timeLimit invalid", "bad-value", "timeLimit: 0"),
    _dial(13217, "Dial record invalid", "bad-value", "record: always"),
    _dial(13218, "Dial sequential invalid", "wrong-type", "sequential: first"),
    _dial(13219, "Dial answerOnBridge invalid", "wrong-type", "answerOnBridge: later"),
    _dial(13220, "Dial ringTone invalid", "bad-value", "ringTone: gb"),
    _number(13221, "Number method invalid", "bad-value", "method: PUT"),
    _number(13222, "Number sendDigits invalid", "bad-value", 'sendDigits: "ext. 12"'),
    _caught(13223, "Dialed number badly formatted", "bad-phone-number", "- dial: the desk"),
    _caught(13226, "Unknown country code", "unknown-country", '- dial: "+21055501000"'),
    _conference(13230, "Conference muted invalid", "wrong-type", "muted: maybe"),
    _conference(13231, "Conference endConferenceOnExit invalid", "wrong-type", "endConferenceOnExit: never"),
    _conference(13232, "Conference startConferenceOnEnter invalid", "wrong-type", "startConferenceOnEnter: never"),
    _conference(13233, "Conference waitUrl invalid", "bad-address", 'waitUrl: "https://media.example.com/hold music.mp3"'),
    _conference(13234, "Conference waitMethod invalid", "bad-value", 'waitUrl: "https://media.example.com/a.mp3", waitMethod: PUT'),
    _conference(13235, "Conference beep invalid", "bad-value", "beep: loud"),
    _caught(13237, "Conference name invalid", "too-long", "- dial: {conference: " + "a" * 129 + "}"),
    _conference(13239, "Conference trim invalid", "bad-value", "trim: silence"),
    _caught(13241, "Sip method invalid", "bad-value", '- dial: {sip: {sipUrl: "sip:desk@pbx.example.com", method: PUT}}'),
    _caught(13242, "Sip sendDigits invalid", "unknown-key", '- dial: {sip: {sipUrl: "sip:desk@pbx.example.com", sendDigits: "1"}}'),
    _sip(13243, "SIP URI malformed", "bad-sip-address", "sip:desk@"),
    _dial(13248, "callerId too long", "bad-caller-id", 'callerId: "+141555501001234567"'),
    _caught(13250, "Too many SIP URIs", "too-many-parts", "- dial:\n    sip:\n" + "".join(f"      - sip:desk{n}@pbx.example.com\n" for n in range(11)).rstrip()),
    _sip(13252, "SIP header name invalid", "bad-sip-header", "sip:desk@pbx.example.com?Priority=1"),
    _sip(13253, "SIP header too long", "bad-sip-header", "sip:d@pbx.example.com?X-A=" + "a" * 1024),
    _record(13256, "recordingStatusCallback URL invalid", "bad-address", 'recordingStatusCallback: "https://my_host.example.com/x"'),
    _record(13257, "transcribeCallback URL invalid", "bad-address", 'transcribe: true, maxLength: 60, transcribeCallback: "https://my_host.example.com/x"'),
    _gather(13310, "Gather finishOnKey invalid", "bad-value", 'finishOnKey: "12"'),
    _gather(13311, "Gather finishOnKey invalid, its twin", "bad-value", "finishOnKey: A"),
    _gather(13312, "Gather method invalid", "bad-value", "method: PUT"),
    _gather(13313, "Gather timeout invalid", "bad-value", "timeout: 0"),
    _gather(13314, "Gather numDigits invalid", "bad-value", "numDigits: 0"),
    _caught(13320, "Gather holds a wrong child", "no-verb", "- gather: {numDigits: 1, prompt: [{say: Hello.}, {record: {}}]}\n  fallback: hangup"),
    _caught(13321, "Voice of a Say in Gather invalid", "unknown-voice", "- gather: {numDigits: 1, prompt: [{say: {message: Hello., voice: Joanna}}]}\n  fallback: hangup"),
    _caught(13322, "Loop of a Say in Gather invalid", "wrong-type", "- gather: {numDigits: 1, prompt: [{say: {message: Hello., loop: -1}}]}\n  fallback: hangup"),
    _gather(13326, "Gather input invalid", "bad-value", "input: keys"),
    _gather(13327, "Gather speechTimeout invalid", "wrong-type", "input: speech, speechTimeout: soon"),
    _gather(13328, "Gather maxSpeechTime invalid", "bad-value", "input: speech, maxSpeechTime: 0"),
    _gather(13329, "Gather partial callback method invalid", "bad-value", 'input: speech, partialResultCallback: "https://example.com/part", partialResultCallbackMethod: PUT'),
    _gather(13330, "Gather hints invalid", "too-long", "input: speech, hints: " + "a" * 101),
    _gather(13331, "Gather language invalid", "bare-language", "input: speech, language: en"),
    _gather(13332, "Gather bargeIn invalid", "wrong-type", "input: speech, bargeIn: maybe"),
    _gather(13333, "Gather profanityFilter invalid", "wrong-type", "input: speech, profanityFilter: maybe"),
    _gather(13334, "Gather speechModel invalid", "unfamiliar-value", "input: speech, speechModel: telephone"),
    _gather(13335, "speechTimeout auto beside a model", "conflicting-parts", "input: speech, speechTimeout: auto, speechModel: phone_call"),
    _gather(13336, "Gather debug invalid", "wrong-type", "debug: maybe"),
    _gather(13338, "Gather actionOnEmptyResult invalid", "wrong-type", "actionOnEmptyResult: maybe"),
    _gather(13339, "Gather enhanced invalid", "wrong-type", "input: speech, speechModel: phone_call, enhanced: maybe"),
    _caught(13410, "Play loop invalid", "wrong-type", '- play: {url: "https://media.example.com/a.mp3", loop: -1}'),
    _caught(13430, "Play digits invalid", "bad-value", "- play: {digits: 1-2}"),
    _caught(13510, "Say loop invalid", "wrong-type", "- say: {message: Hello., loop: -1}"),
    _caught(13511, "Say voice invalid", "unknown-voice", "- say: {message: Hello., voice: Joanna}"),
    _caught(13512, "Language tag invalid", "bare-language", "- say: {message: Hello., language: en}"),
    _caught(13513, "Say prosody rate invalid", "bad-value", "- say: {ssml: \"<prosody rate='quick'>Hello.</prosody>\"}"),
    _caught(13520, "Say text invalid", "missing-part", '- say: " "'),
    _caught(13521, "Say text too long", "too-long", "- say: {voice: Polly.Joanna, message: " + "a" * 3001 + "}"),
    _record(13610, "Record method invalid", "bad-value", "method: PUT"),
    _record(13611, "Record timeout invalid", "wrong-type", "timeout: -1"),
    _record(13612, "Record maxLength invalid", "bad-value", "maxLength: 0"),
    _record(13613, "Record finishOnKey invalid", "bad-value", "finishOnKey: A"),
    _record(13614, "Record transcribe invalid", "wrong-type", "transcribe: maybe"),
    _record(13615, "Record transcription request not acceptable", "conflicting-parts", "transcribe: true, maxLength: 300"),
    _record(13616, "Record playBeep invalid", "wrong-type", "playBeep: maybe"),
    _dial(13619, "Transcription not for this recording type", "unknown-key", "transcribe: true"),
    _record(13621, "recordingStatusCallbackEvent invalid", "bad-value", "recordingStatusCallback: 'https://example.com/x', recordingStatusCallbackEvent: done"),
    _dial(13622, "recordingTrack invalid", "conflicting-parts", "record: record-from-answer-dual, recordingTrack: inbound"),
    _record(13699, "Record trim invalid", "bad-value", "trim: silence"),
    _caught(13710, "Redirect method invalid", "bad-value", 'flow: example\nsteps:\n  - redirect: {url: "https://example.com/next", method: PUT}\n'),
    _caught(13810, "Reject reason invalid", "bad-value", "flow: example\nsteps:\n  - reject: {reason: closed}\n"),
    _caught(13910, "Pause length invalid", "bad-value", "- pause: {length: 0}"),
    _message(14103, "Message body invalid", "too-long", "- message: " + "a" * 1601),
    _message(14104, "Message method invalid", "bad-value", '- message: {body: Hello., statusCallback: "https://example.com/x", method: PUT}'),
    _message(14105, "Message statusCallback invalid", "bad-address", '- message: {body: Hello., statusCallback: "https://my_host.example.com/x"}'),
    _message(14109, "Too many replies to one message", "too-many-replies", "\n".join(f"- message: Part {n}." for n in range(1, 12))),
    _message(14110, "Verb not allowed in a message reply", "not-allowed-inside", "- dial: '+14155550100'"),
    _caught(14201, "Enqueue method invalid", "bad-value", "- enqueue: {name: support, method: PUT}"),
    _caught(14202, "Enqueue waitUrl invalid", "bad-address", '- enqueue: {name: support, waitUrl: "https://media.example.com/hold music.mp3"}'),
    _caught(14203, "Enqueue action invalid", "bad-address", '- enqueue: {name: support, action: "https://my_host.example.com/x"}'),
    _caught(14204, "Enqueue queue name too short", "missing-part", '- enqueue: ""'),
    _caught(14205, "Enqueue queue name too long", "too-long", "- enqueue: " + "a" * 65),
    _caught(14206, "Enqueue waitUrlMethod invalid", "bad-value", '- enqueue: {name: support, waitUrl: "https://media.example.com/a.mp3", waitUrlMethod: PUT}'),
    _caught(14210, "Queue whisper method invalid", "bad-value", '- dial: {queue: {name: support, url: "https://example.com/x", method: PUT}}'),
    _caught(14211, "Queue whisper url invalid", "bad-address", '- dial: {queue: {name: support, url: "https://my_host.example.com/x"}}'),
    _caught(14212, "Dialed queue name too short", "missing-part", '- dial: {queue: ""}'),
    _caught(14213, "Dialed queue name too long", "too-long", "- dial: {queue: " + "a" * 65 + "}"),
    _caught(14220, "Workflow SID invalid", "bad-sid", "- enqueue: {workflowSid: WW123}"),
    _caught(14221, "Task attributes not JSON", "bad-value", "- enqueue: {workflowSid: WW" + "0" * 32 + ", task: gold}"),
    _conference(14230, "Conference workflow SID invalid", "unknown-key", "workflowSid: WW123"),
    _conference(14231, "Conference task attributes not JSON", "unknown-key", "attributes: gold"),
    _conference(14232, "Conference task priority invalid", "unknown-key", "priority: high"),
    _conference(14233, "Conference task timeout invalid", "unknown-key", "timeout: soon"),
    _caught(14300, "Start or Stop holds a wrong noun", "unknown-key", "- start: {room: Team}"),
    _conference(16023, "Participant label invalid", "bad-value", "participantLabel: desk/1"),
    _conference(16025, "Participant label already in use", "fixed-identity", "participantLabel: desk"),
    _number(21263, "Machine detection options of the wrong interface", "unknown-key", 'machineDetection: Enable, asyncAmdStatusCallback: "https://example.com/x"'),
    _message(21609, "Message StatusCallback invalid", "bad-address", '- message: {body: Hello., statusCallback: "https://my_host.example.com/y"}'),
    _message(21620, "Media URL invalid", "bad-address", '- message: {body: Hello., media: "ftp://media.example.com/a.png"}'),
    _message(21623, "Too many media", "too-many-parts", "- message:\n    body: Hello.\n    media:\n" + "".join(f"      - https://media.example.com/{n}.png\n" for n in range(11)).rstrip()),
    _caught(31105, "Client name invalid", "bad-client-name", "- dial: {client: desk at home}"),
    _caught(31922, "Stream URL scheme unsupported", "bad-address", '- connect: {stream: {url: "https://stream.example.com/call"}}'),
    _caught(31923, "Stream URL malformed", "bad-address", '- connect: {stream: {url: "wss://stream.example.com/call?id=1"}}'),
    _caught(31941, "Stream track invalid", "conflicting-parts", '- connect: {stream: {url: "wss://stream.example.com/call", track: both_tracks}}'),
    _never(32018, "Inline TwiML too long", "the compiler hands no document to the REST API; its documents are fetched, and the limit there is 64 kB"),
    _sip(32110, "SIP URI partly unreadable", "bad-sip-address", "sip:desk%2@pbx.example.com"),
    _sip(32111, "SIP header name illegal", "bad-sip-header", "sip:desk@pbx.example.com?X-A(1)=b"),
    _sip(32112, "SIP header value illegal", "bad-sip-header", "sip:desk@pbx.example.com?X-A=%01"),
    _sip(32113, "SIP header not supported", "bad-sip-header", "sip:desk@pbx.example.com?Subject=hello"),
    _sip(32114, "SIP URI parameter value unsupported", "bad-sip-address", "sip:desk@pbx.example.com;transport=sctp"),
    _dial(32115, "Branded call reason too long", "too-long", "callReason: " + "a" * 51),
    _sip(32223, "SIP URI without user for a registered endpoint", "bad-sip-address", "sip:desk.sip.twilio.com"),
    _caught(32303, "Several SIP dials with an Interconnect SID", "bad-sip-address", '- dial:\n    sip: ["sip:a@pbx.example.com;tnx=TK' + "0" * 32 + '", "sip:b@pbx.example.com"]'),
    _caught(32501, "Conversation attributes invalid", "bad-sid", "- connect: {conversation: {serviceInstanceSid: 12}} # twimlc: ignore[retired-part] an old contract"),
    _caught(32603, "VirtualAgent Config unsupported", "unfamiliar-value", "- connect: {virtualAgent: {connectorName: Agent, configs: {langauge: en-US}}}"),
    _caught(32652, "Transcription Config unsupported", "unfamiliar-value", "- start: {transcription: {configs: {langauge: en-US}}}"),
    _caught(53102, "Room name has invalid characters", "control-character", '- connect: {room: "Daily\\u0007Standup"}\n  then: hangup'),
    _pay(64003, "Pay amount invalid", "bad-value", "chargeAmount: 2000000"),
    _pay(64014, "ACH needs AVSName", "needs-other-part", "paymentMethod: ach-debit"),
    _pay(64016, "Pay action not https", "bad-address", 'action: "http://example.com/paid"'),
    _pay(64017, "Bank account type with card", "needs-other-part", "bankAccountType: consumer-savings"),
    _pay(64020, "Pay value invalid", "bad-value", "maxAttempts: 9"),
    _caught(64101, "ConversationRelay parameter invalid", "bad-value", '- connect: {conversationRelay: {url: "wss://relay.example.com/a", interruptible: sometimes}}'),
    _caught(86004, "TwiML attribute invalid, newer nouns of Connect", "unknown-key", "- connect: {aiSession: {connector: Agent}}"),
    _record(94001, "Transcribe value invalid", "wrong-type", "transcribe: always"),
)
"""Codes that the bytes of a document alone can predict."""

_PARTLY: tuple[Code, ...] = (
    _caught(11100, "URL not well formed", "bad-address", '- play: "https://my_host.example.com/a.mp3"'),
    _caught(11200, "Fetch failed, reason not pinned down", "missing-media", "- play: sounds/none.mp3"),
    _caught(11203, "Total time budget spent", "bad-override", '- play: "https://media.example.com/a.mp3#ct=9000&tt=5000"'),
    _caught(11206, "HTTP protocol violation", "bad-address", '- play: "https://media.example.com:80/a.mp3"'),
    _caught(11210, "Host name does not resolve", "private-host", '- play: "https://mediaserver/a.mp3"'),
    _never(11215, "Too many HTTP redirects", "the files and rules that are written for a host redirect nothing; at addresses of yours only a request would show it"),
    _never(11216, "Bad HTTP redirect", "the files and rules that are written for a host redirect nothing; at addresses of yours only a request would show it"),
    _caught(11217, "Server answered 4xx or 5xx", "unknown-state", "flow: example\nsteps:\n  - goto: voicemial\n"),
    _caught(11241, "Override edge unsupported", "bad-override", '- play: "https://media.example.com/a.mp3#e=moon"'),
    _caught(11242, "Interconnect egress not allowed", "bad-override", '- play: "https://media.example.com/a.mp3#e=london-ix"'),
    _caught(11310, "Unknown URL template token", "bad-address", '- play: "https://media.example.com/{Caller}.mp3"'),
    _placed(_message(11321, "Webhook URL misconfigured", "bad-target", "- message: Hello."), "voice.example.com/sms"),
    _never(11322, "Webhook method wrong", _METHOD),
    _placed(_message(11751, "Message media too large", "media-too-big", "- message: {body: Hello., media: map.png}"), "https://voice.example.com")._replace(files=(("map.png", 6_000_000),)),
    _never(11770, "Chunked but empty body", "no document is written empty: each has its Response"),
    _caught(12300, "Content-Type not usable", "not-audio", '- play: "https://media.example.com/welcome.html"'),
    _caught(13201, "Dial inside a called party's document", "wrong-context", _WAIT.format(noun='number: {phoneNumber: "+14155550100", url: aside}', verb='dial: "+14155550101"')),
    _dial(13214, "Dial callerId invalid", "bad-caller-id", "callerId: Main desk"),
    _caught(13224, "Number cannot be called", "unknown-country", '- dial: "+99955501000"'),
    _known(_caught(13227, "Geographic permission missing", "country-not-enabled", '- dial: "+442079460100"'), "countries: [US, CA]"),
    _caught(13236, "Conference SID unknown", "fixed-sid", "- dial: {conference: CF" + "0" * 32 + "}"),
    _caught(13238, "Verb not allowed in hold document", "wrong-context", _WAIT.format(noun="conference: {name: Team, waitUrl: aside}", verb="record: {maxLength: 20}")),
    _conference(13240, "Conference coach SID invalid", "fixed-sid", "coach: CA" + "0" * 32),
    _dial(13247, "From number invalid", "bad-caller-id", 'callerId: "+00"'),
    _caught(13249, "SIP credentials invalid", "needs-other-part", '- dial: {sip: {sipUrl: "sip:desk@pbx.example.com", password: "${secret}"}}'.replace("${secret}", "call me")),
    _sip(13251, "Too many SIP headers", "bad-sip-header", "sip:d@pbx.example.com?X-B=" + "b" * 1024),
    _sip(13254, "SIP host does not resolve publicly", "private-host", "sip:desk@192.168.1.20"),
    _never(13255, "Dialing .sip.twilio.com not allowed", "an old rule: today a phone registered at such an address is called by it; a domain without a phone is 32223 and caught, and one of another account is 32214"),
    _caught(13258, "Sim dialing not in this region", "retired-part", "- dial: {sim: DE" + "0" * 32 + "}"),
    _caught(13325, "Play in Gather fetched what is not audio", "not-audio", '- gather: {numDigits: 1, prompt: [{play: "https://media.example.com/menu.pdf"}]}\n  fallback: hangup'),
    _gather(13337, "Callback must be HTTPS under PCI mode", "insecure-address", 'input: speech, partialResultCallback: "http://example.com/part"'),
    _gather(13342, "Bad model and language pair for Google V2", "needs-other-part", "input: speech, speechModel: googlev2_telephony, language: multi"),
    _caught(13420, "Play fetched what is not audio", "not-audio", '- play: "https://media.example.com/welcome.mp4"'),
    _record(13617, "Recording length out of range for transcription", "conflicting-parts", "transcribe: true, maxLength: 121"),
    _known(_record(13620, "Transcription blocked by account features", "not-transcribed", "maxLength: 60, transcribe: true"), "pci: true"),
    _known(_caught(13801, "Refer on a leg that is not SIP", "no-sip-caller", '- refer: {sip: "sip:desk@pbx.example.com"}'), "calls: [pstn]"),
    _known(_sip(13802, "REFER received but no referUrl", "transfer-unanswered", "sip:desk@pbx.example.com"), "callTransfer: true"),
    _caught(13803, "Sms verb not in this region", "retired-part", "- sms: We will call back."),
    _message(14101, "Message to invalid", "bad-phone-number", "- message: {body: Hello., to: Ann}"),
    _message(14102, "Message from invalid", "bad-phone-number", "- message: {body: Hello., from: The very best shop}"),
    _caught(14106, "Too many documents in one reply session", "silent-loop", "flow: example\nkind: messaging\nstart: first\nstates:\n  first:\n    - goto: second\n  second:\n    - goto: first\n"),
    _caught(14107, "Message rate limit", "silent-loop", "flow: example\nkind: messaging\nstart: first\nstates:\n  first:\n    - message: Hello.\n    - goto: first\n"),
    _caught(14215, "Queue reservationSid invalid", "fixed-sid", "- dial: {queue: {reservationSid: WR" + "0" * 32 + "}}"),
    _known(_caught(14219, "TaskRouter dial not in this region", "not-in-region", "- dial: {queue: {reservationSid: WR" + "0" * 32 + "}} # twimlc: ignore[fixed-sid] filled in later"), "region: ie1"),
    _known(_caught(14226, "TaskRouter enqueue not in this region", "not-in-region", "- enqueue: {workflowSid: WW" + "0" * 32 + "}"), "region: ie1"),
    _conference(14236, "Conference reservation SID invalid", "unknown-key", "reservationSid: WR1"),
    _conference(14237, "Conference post-work activity invalid", "unknown-key", "postWorkActivitySid: WA1"),
    _placed(_number(15003, "Callback answered with an error", "callback-to-file", 'statusCallback: "https://voice.example.com/ivr/done"'), "https://voice.example.com/ivr"),
    _never(15004, "Relative action in a live-call update", "only TwiML that is sent with a REST request has no address of its own; every document here is fetched from one, and a Bin, which could be pasted into a request, has whole addresses only"),
    _conference(16002, "Conference attributes invalid", "bad-value", "maxParticipants: 900"),
    _placed(_conference(16011, "Conference event receiver answered with an error", "callback-to-file", 'statusCallbackEvent: [join], statusCallback: "https://voice.example.com/ivr/events"'), "https://voice.example.com/ivr"),
    _caught(16108, "Recording request clash", "recording-twice", "- start: {recording: {name: first}}\n- say: This call is recorded.\n- start: {recording: {name: second}}"),
    _placed(_caught(21205, "Call URL invalid", "bad-target", "- say: Hello."), "voice.example.com/ivr"),
    _never(21206, "SendDigits invalid", "a parameter of a REST request alone; `sendDigits` of a number is 13222 and caught"),
    _never(21208, "Ring timeout invalid", "a parameter of a REST request alone; `timeout` of a dial is 13212 and caught"),
    _never(21209, "Method invalid", _METHOD),
    _caught(21218, "Application SID unusable", "bad-sid", "- dial: {application: AP123}"),
    _placed(_caught(21402, "Number voice URL invalid", "bad-target", "- say: Hello."), "https://voice_1.example.com/ivr"),
    _never(21403, "Number voice method invalid", _METHOD),
    _never(21405, "Fallback without primary URL", _FALLBACK),
    _never(21406, "SMS fallback without primary URL", _FALLBACK),
    _never(21420, "Application SID not owned", "nothing here sets an application on a number; one that a dial leads to is 21218 and caught"),
    _never(21502, "Callback URL invalid", "a parameter of a REST request alone; callbacks in a document have codes of their own, and are caught"),
    _caught(31904, "Stream host unreachable", "private-host", '- connect: {stream: {url: "wss://10.0.0.5/call"}}'),
    _known(_caught(31940, "Stream connectorName unknown", "unknown-connector", '- connect: {stream: {url: "wss://stream.example.com/call", connectorName: Loud}}'), "connectors: {stream: [Clear]}"),
    _known(_sip(32002, "Twilio SIP domain not found", "not-in-account", "sip:desk@shopp.sip.twilio.com"), "sipDomains: [shop.sip.twilio.com]"),
    _never(32019, "Both Url and Twiml given", "parameters of a REST request alone; the address that is printed for a number is one, and no document goes with it"),
    _sip(32101, "SIP called number invalid", "unknown-country", "sip:+999123456789@pbx.example.com"),
    _known(_sip(32214, "Dial to another account's SIP domain", "not-in-account", "sip:ann@rival.sip.twilio.com"), "sipDomains: [shop.sip.twilio.com]"),
    _never(32215, "SIP domain without region", "the advice of this code, to write us1 into the domain, is withdrawn by 32220: phones are called by the domain alone, in every region, and an edge or a region in it is caught"),
    _sip(32220, "Edge given for a registered endpoint", "bad-sip-address", "sip:desk@shop.sip.twilio.com;edge=dublin"),
    _known(_caught(32602, "VirtualAgent connector unknown", "unknown-connector", "- connect: {virtualAgent: {connectorName: Agnet}}\n  then: hangup", "nginx"), "connectors: {virtualAgent: [Agent]}"),
    _caught(32605, "VirtualAgent callback insecure under PCI", "insecure-address", '- connect: {virtualAgent: {connectorName: Agent, statusCallback: "http://example.com/x"}}\n  then: hangup', "nginx"),
    _caught(32606, "VirtualAgent resume error", "fixed-sid", "- connect: {virtualAgent: {connectorName: Agent, configs: {resumeEndUserId: ann}}}\n  then: hangup", "nginx"),
    _caught(32650, "Transcription configuration error", "unknown-key", "- start: {transcription: {langauge: en-US}}"),
    _caught(32651, "Transcription provider refused", "unfamiliar-value", "- start: {transcription: {transcriptionEngine: whisper}}"),
    _caught(32654, "Transcription callback insecure under PCI", "insecure-address", '- start: {transcription: {statusCallbackUrl: "http://example.com/x"}}'),
    _known(_caught(37001, "WhatsApp calls not in this region", "not-in-region", '- dial: {callerId: "whatsapp:+14155550101", whatsApp: "+14155550100"}'), "region: ie1"),
    _caught(53100, "Room name invalid", "missing-part", '- connect: {room: " "}\n  then: hangup'),
    _never(53101, "Room name too long", "Twilio publishes no limit, in its pages or in its libraries, so every limit would be a guess"),
    _known(_pay(64004, "Pay connector unknown", "unknown-connector", "paymentConnector: Shopp"), "connectors: {pay: [Shop]}"),
    _known(_pay(64005, "Connector cannot tokenize", "connector-cannot", "postalCode: false"), "connectors: {pay: {Default: {tokenTypes: []}}}"),
    _pay(64006, "Connector lacks that token type", "bad-value", "tokenType: forever"),
    _known(_pay(64007, "Connector cannot charge", "connector-cannot", "chargeAmount: 10"), "connectors: {pay: {Default: {charge: false}}}"),
    _pay(64011, "Currency not supported by connector", "bad-value", "chargeAmount: 10, currency: dollars"),
    _pay(64013, "Payment method not supported by connector", "bad-value", "paymentMethod: cash"),
    _known(_pay(64015, "Pay lacks a needed Parameter", "connector-cannot", "chargeAmount: 10"), "connectors: {pay: {Default: {parameters: [merchant]}}}"),
    _caught(64102, "ConversationRelay cannot reach the socket", "private-host", '- connect: {conversationRelay: {url: "wss://localhost/agent"}}'),
    _caught(64106, "ConversationRelay argument refused", "unfamiliar-value", '- connect: {conversationRelay: {url: "wss://relay.example.com/a", ttsProvider: Elevenlab}}'),
)

PARTLY: tuple[Code, ...] = tuple(code._replace(whole=False) for code in _PARTLY)
"""Codes that can be predicted for literal values, or once host and account are known."""

CODES: tuple[Code, ...] = (*WHOLE, *PARTLY)
