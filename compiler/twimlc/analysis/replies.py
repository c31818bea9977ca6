"""How many messages one message is answered with.

The graph comes in, findings go out.
"""

from collections.abc import Iterator

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import TOO_MANY_REPLIES
from twimlc.flow.graph import Context, Graph, NodeKey


def check_replies(graph: Graph) -> Iterator[Diagnostic]:
    """A finding for each messaging flow with a way that sends too much."""
    most = vocabulary.MOST_REPLIES
    for start in graph.starts.values():
        if graph.contexts.get(start) is not Context.MESSAGE:
            continue
        # Nothing branches in a messaging flow, so there is one way; a circle is a finding itself.
        key: NodeKey | None = start
        seen: set[NodeKey] = set()
        count = 0
        while key is not None and key not in seen:
            seen.add(key)
            node = graph.nodes[key]
            if node.element is not None and node.element.tag == "Message":
                count += 1
                if count == most + 1:
                    message = f"this would be message {count}; Twilio sends {most} replies at most"
                    yield TOO_MANY_REPLIES.at(node.span, message, hint="put them into fewer")
            key = next((after for _, after in node.successors()), None)
