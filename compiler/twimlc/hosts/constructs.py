"""What flows can ask of a host, one row each."""

from typing import NamedTuple

from twimlc.lower.host import Host


class Construct(NamedTuple):
    """One thing that a flow may ask for.

    ``needs`` are the capabilities of a host that it takes (attributes of
    :class:`~twimlc.lower.host.Host`); ``instead`` says what else works where the host lacks one.
    """

    name: str
    needs: tuple[str, ...] = ()
    instead: str = ""

    def works_on(self, host: Host) -> bool:
        """Whether a host can do exactly this."""
        return all(getattr(host, need) for need in self.needs)


CONSTRUCTS = (
    Construct("words, audio, pauses, jumps and loops"),
    Construct("a video room, and what follows if it is not open"),
    Construct("any key for an option (`offer`)"),
    Construct("asking again after silence"),
    Construct("a recording, and what follows it (`record`, `voicemail`)"),
    Construct("a dial or hunt that goes on alike however it ended"),
    Construct("a queue with words to wait to"),
    Construct("an `action` on a server of your own"),
    Construct("a key that picks (`menu`, `when` by digits)", ("decisions",), instead="`offer`"),
    Construct(
        "`#` as a key that picks",
        ("decisions", "takes_hash"),
    ),
    Construct(
        "what follows a dial, by how it ended",
        ("decisions",),
        instead="`allow: [fallback-after-answer]`",
    ),
    Construct("what follows when the called person declines", ("decisions",)),
    Construct("what follows a queue, by how it was left", ("decisions",)),
    Construct(
        "what follows an agent, a relay or a SIP transfer, by how it ended",
        ("decisions", "takes_text"),
    ),
    Construct(
        "what follows a payment",
        ("decisions", "posts"),
        instead="an `action` of your own",
    ),
    Construct("values of the call (`${call.From}`)", ("templates",)),
)
