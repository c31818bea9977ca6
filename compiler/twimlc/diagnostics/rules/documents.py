"""Rules about TwiML that is written by hand, in XML files (560 to 599)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity


def _document(*lines: str, root: str = "Response") -> Example:
    inside = "".join(f"  {line}\n" for line in lines)
    return Example(f"<{root}>\n{inside}</{root}>\n", name="example.xml")


_MENU = (
    '<Gather numDigits="1" action="choice.xml" method="GET">',
    "  <Say>For sales press 1. For the workshop press 2.</Say>",
    "</Gather>",
    "<Say>We did not hear you. Goodbye.</Say>",
)
_NOTICE = ("<Say>We are closed. Please call again tomorrow.</Say>", "<Hangup/>")

MALFORMED_XML = Rule(
    560,
    "malformed-xml",
    Severity.ERROR,
    "A document is no well-formed XML.",
    "Twilio reads nothing of it and tells the caller that an application error has occurred. The "
    "commonest slip is a bare & in an address: in XML it is written &amp;.",
    wrong=_document(
        "<Dial>", "  <Sip>sip:desk@pbx.contoso.com?X-Tenant=4&X-Queue=sales</Sip>", "</Dial>"
    ),
    right=_document(
        "<Dial>", "  <Sip>sip:desk@pbx.contoso.com?X-Tenant=4&amp;X-Queue=sales</Sip>", "</Dial>"
    ),
    twilio=(12100,),
)

TEMPLATE = Rule(
    561,
    "template-not-filled",
    Severity.ERROR,
    "A document is a template that a program has still to fill in.",
    "PHP, ERB, Jinja and the like leave marks that their program replaces. Where the file itself "
    "is what Twilio gets, they are spoken, dialed, or make the XML unreadable. Nothing else can "
    "be said about it before it is filled in.",
    wrong=_document("<Say>Your balance is {{ balance }}.</Say>", "<Hangup/>"),
    right=_document("<Say>Please ask at the desk for your balance.</Say>", "<Hangup/>"),
)

PERHAPS_TEMPLATE = Rule(
    578,
    "perhaps-template",
    Severity.WARNING,
    "A document has marks that a program may have to fill in.",
    "`{name}`, `$name`, `%s` and `[% name %]` stand for values in many programs. Nothing fills "
    "them in where the file itself is what Twilio gets, and callers hear them. Words may be meant "
    "as they stand, so this is a guess: silence it there.",
    wrong=_document("<Say>Hello {name}. We are closed.</Say>", "<Hangup/>"),
    right=_document("<Say>Hello. We are closed.</Say>", "<Hangup/>"),
)

BIN_VALUES = Rule(
    562,
    "only-in-a-bin",
    Severity.NOTE,
    "A document shows values that only a TwiML Bin fills in.",
    "{{From}} and the other parameters of Twilio's request are filled in where the document is a "
    "TwiML Bin. Any other host hands it out as it stands "
    '(help.twilio.com, "Getting started with TwiML Bins").',
    wrong=_document("<Say>You are calling from {{From}}.</Say>", "<Hangup/>"),
    right=_document("<Say>Thank you for calling.</Say>", "<Hangup/>"),
)

OTHER_DIALECT = Rule(
    563,
    "other-dialect",
    Severity.ERROR,
    "A verb belongs to another vendor's relative of TwiML.",
    "Bandwidth, Plivo, RestComm, SignalWire, Telnyx and Tiniyo read documents that look like "
    "TwiML and have verbs of their own. Twilio does not know these.",
    wrong=_document("<Speak>We are closed.</Speak>", "<Hangup/>"),
    right=_document("<Say>We are closed.</Say>", "<Hangup/>"),
    twilio=(12200,),
)

OTHER_VENDOR = Rule(
    564,
    "other-vendor",
    Severity.NOTE,
    "A document seems to be written for another vendor.",
    "Its addresses or comments name one whose documents are relatives of TwiML. It is checked by "
    "the rules of Twilio, which may be stricter or looser than that vendor's.",
    wrong=_document("<Dial><Sip>sip:desk@sip.telnyx.com</Sip></Dial>", "<Hangup/>"),
    right=_document("<Dial><Sip>sip:desk@contoso.sip.twilio.com</Sip></Dial>", "<Hangup/>"),
)

NOT_TWIML = Rule(
    565,
    "not-twiml",
    Severity.ERROR,
    "An XML file has another root than Response.",
    "Every document that Twilio takes has one element around everything, called Response with a "
    "capital R (docs/voice/twiml).",
    wrong=_document(*_NOTICE, root="response"),
    right=_document(*_NOTICE),
    twilio=(12102,),
)

UNKNOWN_ELEMENT = Rule(
    566,
    "unknown-element",
    Severity.ERROR,
    "TwiML has no such element.",
    "Twilio passes over what it does not know, so the call goes on as if it were not there. "
    "Capitals count: Say is a verb, say is none.",
    wrong=_document("<say>We are closed.</say>", "<Hangup/>"),
    right=_document("<Say>We are closed.</Say>", "<Hangup/>"),
    twilio=(12200,),
)

UNKNOWN_ATTRIBUTE = Rule(
    567,
    "unknown-attribute",
    Severity.WARNING,
    "An element has no such attribute.",
    "Twilio passes over it, so what it says does not happen. Capitals count: it is numDigits, not "
    "numdigits.",
    wrong=_document(_MENU[0].replace("numDigits", "numdigits"), *_MENU[1:]),
    right=_document(*_MENU),
    twilio=(12200,),
)

STRAY_TEXT = Rule(
    568,
    "stray-text",
    Severity.WARNING,
    "Text stands where no text is taken.",
    "Only some elements take text. Between others it is passed over: words that are not in a Say "
    "are never heard.",
    wrong=_document("We are closed.", "<Hangup/>"),
    right=_document("<Say>We are closed.</Say>", "<Hangup/>"),
)

ATTRIBUTES_AS_TEXT = Rule(
    569,
    "attributes-as-text",
    Severity.ERROR,
    "Attributes are typed between the tags instead of inside the start tag.",
    "What stands behind the > of a start tag is text. An attribute stands before it, its value in "
    "straight quotes.",
    wrong=_document('<Record action="thanks.php"> timeout="10" </Record>', "<Hangup/>"),
    right=_document('<Record action="thanks.php" timeout="10"/>', "<Hangup/>"),
)

EMPTY_ELEMENT = Rule(
    570,
    "empty-element",
    Severity.ERROR,
    "An element is empty that only its text gives a meaning.",
    "An empty Dial calls nobody, an empty Play plays nothing, and an empty Say says nothing. "
    "Behind an empty Say the call goes on, so that is only a warning.",
    wrong=_document("<Say>One moment please.</Say>", "<Dial/>", "<Hangup/>"),
    right=_document("<Say>One moment please.</Say>", "<Dial>+14155550100</Dial>", "<Hangup/>"),
)

NESTED_RESPONSE = Rule(
    571,
    "nested-response",
    Severity.ERROR,
    "A Response stands inside another one.",
    "A document has one Response, around everything. Twilio does not run what a second one holds.",
    wrong=_document("<Say>We are closed.</Say>", "<Response>", "  <Hangup/>", "</Response>"),
    right=_document("<Say>We are closed.</Say>", "<Hangup/>"),
    twilio=(12200,),
)

ASKS_ITSELF = Rule(
    572,
    "asks-itself",
    Severity.WARNING,
    "A Gather, Record or Pay without action asks for its own document again.",
    "Without `action` Twilio sends what was keyed in or recorded to the address of the document "
    "that is running. A program there can answer with something else; a file is always the same, "
    "so the caller is asked again for ever (docs/voice/twiml/gather, docs/voice/twiml/record).",
    wrong=_document("<Say>Please leave a message.</Say>", '<Record maxLength="60"/>', "<Hangup/>"),
    right=_document(
        "<Say>Please leave a message.</Say>",
        '<Record maxLength="60" action="thanks.xml" method="GET"/>',
        "<Hangup/>",
    ),
)

POST_TO_FILE = Rule(
    573,
    "post-to-file",
    Severity.WARNING,
    "Twilio asks for a file with POST.",
    "POST is what Twilio does unless the document says GET. Hosts that only hand out files answer "
    "it with an error (405), and the call ends there.",
    wrong=_document("<Say>One moment please.</Say>", "<Redirect>menu.xml</Redirect>"),
    right=_document("<Say>One moment please.</Say>", '<Redirect method="GET">menu.xml</Redirect>'),
    twilio=(11200,),
)

PLACEHOLDER_HOST = Rule(
    574,
    "placeholder-host",
    Severity.WARNING,
    "An address has the host of an example.",
    "example.com, yourserver.com and the like come from a page that explains something. Nothing "
    "of yours answers there.",
    wrong=_document('<Redirect method="GET">https://www.example.com/menu</Redirect>'),
    right=_document('<Redirect method="GET">https://voice.contoso.com/menu</Redirect>'),
    twilio=(11200,),
)

DOCTYPE = Rule(
    575,
    "doctype",
    Severity.ERROR,
    "A document has a DOCTYPE.",
    "TwiML has none. What a DOCTYPE declares can make a small document huge, or fetch others, so "
    "it is not read here, nor anything behind it.",
    wrong=Example(
        "<!DOCTYPE Response>\n<Response>\n  <Hangup/>\n</Response>\n", name="example.xml"
    ),
    right=_document("<Hangup/>"),
    twilio=(12100,),
)

DOCUMENT_NOT_READ = Rule(
    576,
    "document-too-big",
    Severity.ERROR,
    "A document is bigger, or nested deeper, than Twilio takes.",
    "Twilio takes a document of 64 kB at most. Part it in two, the first leading to the second "
    "with a Redirect.",
    wrong=_document(
        *["<Say>These are the terms of our service, which you can also read at our desk.</Say>"]
        * 820
    ),
    right=_document("<Say>You can read the terms of our service at our desk.</Say>", "<Hangup/>"),
    twilio=(11750,),
)

MISSING_DOCUMENT = Rule(
    577,
    "missing-document",
    Severity.WARNING,
    "A document leads to a file that is not there.",
    "A relative address is taken from where the document itself lies. A whole folder was given, "
    "and no such file lies in it: Twilio would be told that there is none (404), and the call "
    "would end there. An address that something else answers is written out in full. Where no file "
    "of a similar name lies there, it is only a note: the file may be put beside it later.",
    wrong=Example(
        '<Response>\n  <Say>One moment please.</Say>\n  <Redirect method="GET">meun.xml</Redirect>\n</Response>\n',
        files=(("menu.xml", "<Response>\n  <Say>We are closed.</Say>\n</Response>\n"),),
        name="example.xml",
    ),
    right=Example(
        '<Response>\n  <Say>One moment please.</Say>\n  <Redirect method="GET">menu.xml</Redirect>\n</Response>\n',
        files=(("menu.xml", "<Response>\n  <Say>We are closed.</Say>\n</Response>\n"),),
        name="example.xml",
    ),
    twilio=(11200,),
)
