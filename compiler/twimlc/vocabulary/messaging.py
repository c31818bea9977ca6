"""TwiML for messages: its verbs and nouns.

Nothing comes in; rows of the table go out. Source: docs/messaging/twiml.
"""

from twimlc.vocabulary.attributes import STRING, URL, callback, method
from twimlc.vocabulary.rules import MaxChildren, OneOfContent, Remark, SameValue
from twimlc.vocabulary.types import (
    Attribute,
    AttributeType,
    Content,
    Element,
    Fetch,
    Flow,
    Kind,
    TextArgument,
    element,
)

MESSAGE_DOC = "docs/messaging/twiml/message"

MOST_REPLIES = 10
"""Messages that one message is answered with at most, over all documents (docs/messaging/twiml)."""

MESSAGING_ROWS: tuple[Element, ...] = (
    element("Response", Kind.ROOT, "The whole answer to a message; its verbs run from top to bottom.", "docs/messaging/twiml",
        content=Content.CHILDREN, children=("Message", "Redirect"),
        rules=(Remark("An empty Response is valid and sends nothing."),),
    ),
    element("Message", Kind.VERB, "Sends a reply, or a message to somebody else.", MESSAGE_DOC,
        Attribute("to", AttributeType.PHONE_NUMBER, "Who gets the message; whoever wrote, if left out.", default="$sender", twilio=(14101,)),
        Attribute("from", AttributeType.PHONE_NUMBER_OR_SENDER_ID, "Number of yours, or a sender name of up to 11 letters and digits.", pattern="[A-Za-z0-9 ]{1,11}", default="$receiving-number", twilio=(14102,)),
        callback("action", "Address that is told whether the message could be sent.", "method"),
        method("method", "action and statusCallback", twilio=(14104,)),
        callback("statusCallback", "Address that is told how the message goes on; Twilio advises giving action the same one.", "method", twilio=(14105, 21609)),
        content=Content.TEXT_OR_CHILDREN, children=("Body", "Media"),
        text=TextArgument("body", STRING, "The message, under 1600 characters.", max_length=1600, required=True, required_unless=("Body", "Media"), as_child="Body", twilio=(14103,)),
        flow=Flow.ACTION_IF_SET,
        rules=(
            OneOfContent("Write the text directly, or as Body beside Media."),
            MaxChildren(("Media",), 10, "One message carries at most ten media.", twilio=(21623,)),
            SameValue(("action", "statusCallback"), "Where both are given Twilio expects the same address."),
            Remark("Several Body elements become one text. US1 only, not in ie1 or au1."),
        ),
    ),
    element("Body", Kind.NOUN, "The text of a message.", MESSAGE_DOC,
        content=Content.TEXT, text=TextArgument("message", STRING, "The words.", max_length=1600, required=True, twilio=(14103,)),
    ),
    element("Media", Kind.NOUN, "A picture or other file to send along.", MESSAGE_DOC,
        content=Content.TEXT, text=TextArgument("url", URL, "Address of the file, fetched by GET.", fetch=Fetch.MEDIA, required=True, twilio=(21620,)),
    ),
    element("Redirect", Kind.VERB, "Goes on with another messaging document.", "docs/messaging/twiml/redirect",
        method("method", "the next document"),
        content=Content.TEXT, flow=Flow.NEVER,
        text=TextArgument("url", URL, "Address of the next document.", fetch=Fetch.TWIML, method_attribute="method", required=True),
    ),
)
