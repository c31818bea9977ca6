"""What a caller hears: an interpreter of flows, one of documents, and the walk comparing them."""

from twimlc.interpret.assumptions import ASSUMPTIONS, OUR_READINGS, Assumption, Readings
from twimlc.interpret.choices import Choice
from twimlc.interpret.difference import Difference, Line
from twimlc.interpret.documents import Documents, Library
from twimlc.interpret.events import Event
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.host import FileHost, Host, Response, RouterHost
from twimlc.interpret.machine import Call, Machine, Moment
from twimlc.interpret.plan import Proof, may_depend, served, verify_plan
from twimlc.interpret.verify import Dependence, Verified, verify

__all__ = [
    "ASSUMPTIONS",
    "OUR_READINGS",
    "Assumption",
    "Call",
    "Choice",
    "Dependence",
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
    "Proof",
    "Readings",
    "Response",
    "RouterHost",
    "Verified",
    "may_depend",
    "served",
    "verify",
    "verify_plan",
]
