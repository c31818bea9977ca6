"""A server with everything it can do, ready to be started."""

from twimlc.languageserver.answers import answer
from twimlc.languageserver.following import follow
from twimlc.languageserver.server import SETTLE, FlowServer


def create_server(settle: float = SETTLE) -> FlowServer:
    """A server that compiles a text ``settle`` seconds after the last key."""
    server = FlowServer(settle)
    follow(server)
    answer(server)
    return server
