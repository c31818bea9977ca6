"""What a caller hears: an interpreter of flows, one of documents, and the walk comparing them."""

from twimlc.interpret.assumptions import ASSUMPTIONS, OUR_READINGS, Assumption, Readings
from twimlc.interpret.choices import Choice
from twimlc.interpret.difference import Difference, Line
from twimlc.interpret.documents import Documents, Library
from twimlc.interpret.events import Event
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.host import FileHost, Host, Response
from twimlc.interpret.machine import Call, Machine, Moment
from twimlc.interpret.plan import verify_plan
from twimlc.interpret.verify import Verified, verify

__all__ = [
    "ASSUMPTIONS",
    "OUR_READINGS",
    "Assumption",
    "Call",
    "Choice",
    "Difference",
    "Documents",
    "Event",
    "FileHost",
    "FlowMachine",
    "Host",
    "Library",
    "Line",
    "Machine",
    "Moment",
    "Readings",
    "Response",
    "Verified",
    "verify",
    "verify_plan",
]
