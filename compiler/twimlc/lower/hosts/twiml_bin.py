"""A TwiML Bin for each flow: pasted by hand, since Twilio has no interface for programs.

As a router, one Bin for all flows that leads from each value to a file of its own.

A Bin takes GET and POST alike. POST is what Twilio asks with where no method is written, so links
of ours write none (docs/serverless/twiml-bins).
"""

from twimlc.lower.capability import Host, HostFile, Router

HOST = Host(
    "twiml-bin",
    "one TwiML Bin for each flow, pasted into Twilio's Console",
    methods=("POST", "GET"),
    decisions=True,
    templates=True,
    single=True,
    private=True,
    # Room for the tags between sections, which stand in every answer.
    document_limit=56 * 1024,
)

ROUTER = Router(
    "twiml-bin",
    "one TwiML Bin for all flows, pasted once",
    files=(HostFile("hop.xml", "hop.xml.j2", "text/xml"),),
    hop=True,
)
