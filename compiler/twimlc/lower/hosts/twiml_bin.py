"""A TwiML Bin for each flow: pasted by hand, since Twilio has no interface for programs.

A Bin takes GET and POST alike. POST is what Twilio asks with where no method is written, so links
of ours write none (docs/serverless/twiml-bins).
"""

from twimlc.lower.capability import Host

HOST = Host(
    "twiml-bin",
    "one TwiML Bin for each flow, pasted into Twilio's Console",
    methods=("POST", "GET"),
    decisions=True,
    templates=True,
    single=True,
    # Room for the tags between sections, which stand in every answer.
    document_limit=56 * 1024,
)
