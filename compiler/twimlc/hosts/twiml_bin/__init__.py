"""TwiML Bins: a whole flow is one document, a template that Twilio renders for each request.

Bins are pasted by hand, since Twilio has no interface for programs. A Bin takes GET and POST alike;
POST is what Twilio asks with where no method is written, so links of ours write none
(docs/serverless/twiml-bins).
"""

from twimlc.lower.host import Host
from twimlc.vocabulary import DOCUMENT_LIMITS

HOST = Host(
    "twiml-bin",
    "one TwiML Bin for each flow, pasted into Twilio's Console",
    methods=("POST", "GET"),
    decisions=True,
    templates=True,
    single=True,
    private=True,
    # Room for the tags between sections, which are in every answer.
    document_limit=DOCUMENT_LIMITS.max_bytes - 8 * 1024,
    lowering="twimlc.hosts.twiml_bin.lowering",
    answering="twimlc.hosts.twiml_bin.answer",
)
