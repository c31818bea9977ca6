"""Whether what goes along with a message is small enough to arrive.

The graph and a reader of files come in, findings go out.
"""

from collections.abc import Callable, Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.twiml import MEDIA_TOO_BIG
from twimlc.flow.graph import Graph
from twimlc.flow.model import MediaLink
from twimlc.source.files import FileContent
from twimlc.vocabulary.values import MMS_LIMIT

_MEGA = 1024 * 1024


def check_pictures(
    graph: Graph, read: Callable[[MediaLink], FileContent | None]
) -> Iterator[Diagnostic]:
    """A finding for each message whose files of ours are too big together."""
    for key in graph.contexts:
        node = graph.nodes[key]
        if node.element is None or node.element.tag != "Message":
            continue
        links = [link for _, _, link, _ in node.element.links() if isinstance(link, MediaLink)]
        size = sum(found.size for link in links if (found := read(link)) is not None)
        if size > MMS_LIMIT:
            message = f"the media have {size / _MEGA:.1f} MB; an MMS carries {MMS_LIMIT // _MEGA}"
            hint = "make the pictures smaller; only WhatsApp carries more, up to 16 MB"
            yield MEDIA_TOO_BIG.at(node.span, message, hint=hint)
