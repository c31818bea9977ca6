"""Rules about what the account knows, as `account:` of the project file says it (580 to 589)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity


def _said(account: str, steps: str, target: str = "static") -> Example:
    flow = "flow: desk\nsteps:\n" + steps + "  - say: Goodbye.\n  - hangup\n"
    return Example(flow, files=(("twimlc.yaml", f"account:\n  {account}\n"),), target=target)


def _dial(account: str, dial: str) -> Example:
    return _said(account, f"  - dial: {dial}\n")


def _pay(account: str, attributes: str) -> Example:
    return _said(account, f"  - pay: {{{attributes}}}\n", "twiml-bin")


NOT_IN_REGION = Rule(
    580,
    "not-in-region",
    Severity.WARNING,
    "Something does not exist in the Region that the account works in.",
    "`account: {region: ie1}` says where calls are processed; us1 is where Twilio has "
    "everything. TaskRouter, WhatsApp calls, video rooms, virtual agents, `sim` and messages are "
    "missing elsewhere, or open to a few accounts only (docs/global-infrastructure/"
    "regional-product-and-feature-availability).",
    wrong=_said("region: ie1", "  - enqueue: {workflowSid: WW" + "0" * 32 + "}\n"),
    right=_said("region: ie1", "  - enqueue: support\n"),
    twilio=(13258, 13803, 14219, 14226, 37001),
)

COUNTRY_NOT_ENABLED = Rule(
    581,
    "country-not-enabled",
    Severity.ERROR,
    "A number lies in a country that the account does not call.",
    "Voice Geographic Permissions say which countries an account may call, and `account: "
    "{countries: [US, GB]}` repeats them for the compiler. A call to any other fails at once.",
    wrong=_dial("countries: [US, CA]", '"+442079460100"'),
    right=_dial("countries: [US, CA, GB]", '"+442079460100"'),
    twilio=(13227,),
)

UNKNOWN_CONNECTOR = Rule(
    582,
    "unknown-connector",
    Severity.ERROR,
    "A connector is named that the account does not have.",
    "Connectors are installed in the Console under a name, and `account: {connectors: …}` lists "
    "these names. Where a pay or a siprec names none, the one called Default is asked for.",
    wrong=_pay("connectors: {pay: [Shop]}", "chargeAmount: 10, paymentConnector: Shopp"),
    right=_pay("connectors: {pay: [Shop]}", "chargeAmount: 10, paymentConnector: Shop"),
    twilio=(31940, 32602, 64004),
)

CONNECTOR_CANNOT = Rule(
    583,
    "connector-cannot",
    Severity.ERROR,
    "A payment asks for what its connector cannot do.",
    "What a Pay connector can do is its maker's business: whether it charges, which tokens it "
    "makes, which currencies and ways to pay it takes, and which parameters it needs. What the "
    "project file says of it is held against every pay.",
    wrong=_pay(
        "connectors: {pay: {Default: {currencies: [usd]}}}", "chargeAmount: 10, currency: eur"
    ),
    right=_pay(
        "connectors: {pay: {Default: {currencies: [usd, eur]}}}", "chargeAmount: 10, currency: eur"
    ),
    twilio=(64005, 64006, 64007, 64011, 64013, 64015),
)

NOT_IN_ACCOUNT = Rule(
    584,
    "not-in-account",
    Severity.ERROR,
    "A number, an application or a SIP domain is none of the account's.",
    "A callerId is a number that the account owns or has verified, a message comes from one that "
    "it owns, and a dial leads to its own applications and SIP domains only. `account:` lists "
    "them as `numbers`, `callerIds`, `applications` and `sipDomains`; a list that is not there "
    "is not checked.",
    wrong=_dial("sipDomains: [shop.sip.twilio.com]", '{sip: "sip:desk@shopp.sip.twilio.com"}'),
    right=_dial("sipDomains: [shop.sip.twilio.com]", '{sip: "sip:desk@shop.sip.twilio.com"}'),
    twilio=(32002, 32214, 13214, 14102, 21218),
)

NOT_TRANSCRIBED = Rule(
    585,
    "not-transcribed",
    Severity.WARNING,
    "A recording is to be transcribed, and the account does not allow it.",
    "In PCI mode, and where recordings are encrypted with a key of yours, Twilio does not "
    "transcribe. The caller speaks, and no text is ever sent.",
    wrong=_said(
        "pci: true", "  - say: Leave a message.\n  - record: {maxLength: 60, transcribe: true}\n"
    ),
    right=_said("pci: true", "  - say: Leave a message.\n  - record: {maxLength: 60}\n"),
    twilio=(13620,),
)

NO_SIP_CALLER = Rule(
    586,
    "no-sip-caller",
    Severity.ERROR,
    "A refer stands where no call comes in by SIP.",
    "Only a caller who comes by SIP can be transferred with refer. `account: {calls: [pstn]}` "
    "says how calls come in; without `sip` among them every refer fails.",
    wrong=_said("calls: [pstn]", '  - refer: {sip: "sip:desk@pbx.example.com"}\n'),
    right=_said("calls: [pstn, sip]", '  - refer: {sip: "sip:desk@pbx.example.com"}\n'),
    twilio=(13801,),
)

TRANSFER_UNANSWERED = Rule(
    587,
    "transfer-unanswered",
    Severity.WARNING,
    "A SIP phone that transfers a call would get no answer.",
    "`account: {callTransfer: true}` says that SIP phones pass calls on by REFER. A dial that "
    "calls one needs a `referUrl`, or the transfer fails while both are on the line.",
    wrong=_dial("callTransfer: true", '{sip: "sip:desk@pbx.example.com"}'),
    right=_dial(
        "callTransfer: true",
        '{sip: "sip:desk@pbx.example.com", referUrl: "https://calls.example.com/refer"}',
    ),
    twilio=(13802,),
)
