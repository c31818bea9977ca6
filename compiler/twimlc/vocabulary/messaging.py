"""TwiML for messages: its verbs and nouns.

Nothing comes in; rows of the table go out. Source: docs/messaging/twiml.
"""

from twimlc.vocabulary import attributes, rules
from twimlc.vocabulary.attributes import Attribute, AttributeType as T, Fetch, TextArgument
from twimlc.vocabulary.traits import Does
from twimlc.vocabulary.types import Content, Element, Flow, Kind

MESSAGE_DOC = "docs/messaging/twiml/message"

MOST_REPLIES = 10
"""The most replies that one message gets, over all documents (docs/messaging/twiml)."""

MESSAGING_ROWS: tuple[Element, ...] = (
    Element("Response", Kind.ROOT, "The whole response to a message; its verbs run from top to bottom.", "docs/messaging/twiml",
        content=Content.CHILDREN, children=("Message", "Redirect"),
        rules=(rules.Remark(note="An empty Response is valid and sends nothing."),),
    ),
    Element("Message", Kind.VERB, "Sends a reply, or a message to somebody else.", MESSAGE_DOC,
        Attribute("to", T.PHONE_NUMBER, "Who gets the message; the sender of the incoming message if left out.", default="$sender", twilio=(14101,)),
        Attribute("from", T.PHONE_NUMBER_OR_SENDER_ID, "Number of yours, or a sender name of up to 11 letters and digits.", pattern="[A-Za-z0-9 ]{1,11}", default="$receiving-number", twilio=(14102,)),
        attributes.callback("action", "Address that gets notice of whether the message could be sent.", "method"),
        attributes.method("method", "action and statusCallback", twilio=(14104,)),
        attributes.callback("statusCallback", "Address that gets notices about the message; Twilio recommends giving action the same one.", "method", twilio=(14105, 21609)),
        content=Content.TEXT_OR_CHILDREN, children=("Body", "Media"),
        text=TextArgument("body", T.STRING, "The message, under 1600 characters.", max_length=1600, required=True, required_unless=("Body", "Media"), as_child="Body", twilio=(14103,)),
        flow=Flow.ACTION_IF_SET,
        rules=(
            rules.OneOfContent(note="Write the text directly, or as Body beside Media."),
            rules.MaxChildren(children=("Media",), max=10, note="One message carries at most ten media.", twilio=(21623,)),
            rules.SameValue(attributes=("action", "statusCallback"), note="Where both are given, Twilio expects the same address."),
            rules.Remark(note="Several Body elements become one text. US1 only, not in ie1 or au1."),
        ),
        does=Does(silent=True, shown=("letter", "“{}”")),
    ),
    Element("Body", Kind.NOUN, "The text of a message.", MESSAGE_DOC,
        content=Content.TEXT, text=TextArgument("message", T.STRING, "The words.", max_length=1600, required=True, twilio=(14103,)),
    ),
    Element("Media", Kind.NOUN, "A picture or other file to send with the message.", MESSAGE_DOC,
        content=Content.TEXT, text=TextArgument("url", T.URL, "Address of the file, fetched by GET.", fetch=Fetch.MEDIA, required=True, twilio=(21620,)),
    ),
    Element("Redirect", Kind.VERB, "Goes on with another messaging document.", "docs/messaging/twiml/redirect",
        attributes.method("method", "the next document"),
        content=Content.TEXT, flow=Flow.NEVER,
        text=TextArgument("url", T.URL, "Address of the next document.", fetch=Fetch.TWIML, method_attribute="method", required=True),
        does=Does(silent=True, events=("goto-external",), shown=("end", "leaves for {}")),
    ),
)
