"""What flows can ask of a host, one row each. Records of hosts come in, a table goes out.

Every row has a small flow that asks for just that, so that the table can be held against builds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from twimlc.lower.capability import Host
from twimlc.lower.host import HOSTS, ROUTERS, find_host


@dataclass(frozen=True, slots=True)
class Construct:
    """One thing that a flow may ask for, and what a host must be able to do for it.

    ``hash_key``: a value with a #. ``free_text``: whether any text at all was sent.
    ``instead`` says what else works where the host cannot.
    """

    name: str
    example: str
    decisions: bool = False
    templates: bool = False
    post: bool = False
    hash_key: bool = False
    free_text: bool = False
    instead: str = ""

    def works_on(self, host: Host) -> bool:
        """Whether a host can do exactly this."""
        return (
            (host.decisions or not self.decisions)
            and (host.templates or not self.templates)
            and ("POST" in host.methods or not self.post)
            and (host.takes_hash or not self.hash_key)
            and (not host.hop or not self.free_text)
        )


def _flow(*steps: str) -> str:
    """A flow whose first state has these steps, each a line or two."""
    lines = "\n".join(steps).splitlines()
    body = "".join(f"    {line}\n" for line in lines)
    bye = "  bye:\n    - say: Goodbye.\n    - hangup\n" if "bye" in body else ""
    return f"flow: example\nstates:\n  main:\n    - say: Hello.\n{body}{bye}"


_ADVERT = "{say: For sales press any key., then: bye}"
_WAIT = "waitUrl: [{say: Please wait.}, {pause: {length: 5}}]"
_SCREEN = "{phoneNumber: +14155550100, url: [{say: A call for you.}, hangup]}"
_RELAY = '{conversationRelay: {url: "wss://relay.example.com/r"}}'

CONSTRUCTS: tuple[Construct, ...] = (
    Construct("words, sounds, pauses, jumps and loops", _flow("- pause", "- goto: bye")),
    Construct(
        "a video room, and what follows if it is not open",
        _flow("- connect: {room: Daily}", "  then: hangup", "  fallback: bye"),
    ),
    Construct(
        "any key for an option (`offer`)",
        _flow(f"- offer: {{prompt: Listen., options: [{_ADVERT}]}}", "- hangup"),
    ),
    Construct(
        "asking again after silence",
        _flow(
            "# twimlc: ignore[endless-round] whoever presses no key is asked for ever",
            "- gather: {numDigits: 1, prompt: Press a key.}",
            "  then: bye",
            "  fallback: main",
        ),
    ),
    Construct(
        "a recording, and what follows it (`record`, `voicemail`)",
        _flow("- voicemail:", "  then: bye"),
    ),
    Construct(
        "a dial or hunt that goes on alike however it ended",
        _flow("- hunt: {number: [+14155550100, +14155550101]}", "- goto: bye"),
    ),
    Construct(
        "a queue with words to wait to",
        _flow(f"- enqueue: {{name: help, {_WAIT}}}", "- goto: bye"),
    ),
    Construct(
        "an `action` on a server of your own",
        _flow('- pay: {chargeAmount: "9.00", action: "https://pay.example.com/done"}'),
    ),
    Construct(
        "a key that picks (`menu`, `when` by digits)",
        _flow('- menu: {prompt: One or star., choices: {1: bye, "*": main}}', "- hangup"),
        decisions=True,
        instead="`offer`",
    ),
    Construct(
        "`#` as a key that picks",
        _flow('- menu: {prompt: Hash., choices: {"#": bye}}', "- hangup"),
        decisions=True,
        hash_key=True,
    ),
    Construct(
        "what follows a dial, by how it ended",
        _flow("- dial: {number: +14155550100, timeout: 20}", "  fallback: bye", "- hangup"),
        decisions=True,
        instead="`allow: [fallback-after-answer]`",
    ),
    Construct(
        "what follows when the called person declines",
        _flow(f"- dial: {{number: {_SCREEN}}}", "  when: {declined: bye}", "- hangup"),
        decisions=True,
    ),
    Construct(
        "what follows a queue, by how it was left",
        _flow(f"- enqueue: {{name: help, {_WAIT}}}", "  when: {queue-full: bye}", "- hangup"),
        decisions=True,
    ),
    Construct(
        "what follows an agent, a relay or a SIP transfer, by how it ended",
        _flow(f"- connect: {_RELAY}", "  when: {handoff: bye}", "- hangup"),
        decisions=True,
        free_text=True,
    ),
    Construct(
        "what follows a payment",
        _flow('- pay: {chargeAmount: "9.00"}', "  then: bye", "  fallback: hangup"),
        decisions=True,
        post=True,
        instead="an `action` of your own",
    ),
    Construct(
        "values of the call (`${call.From}`)",
        _flow("- say: You call from ${call.From}.", "- goto: bye"),
        templates=True,
    ),
)


def every_host() -> Mapping[str, Host]:
    """All hosts by name, and each router as ``s3 + ROUTER``."""
    found = dict(HOSTS)
    for router in ROUTERS:
        host = find_host("s3", router)
        if host is not None:
            found[f"s3 + {router}"] = host
    return found


def construct_table() -> list[tuple[str, ...]]:
    """Rows of cells: the names of the hosts first, then each construct with yes or what else."""
    hosts = every_host()
    rows = [("construct", *hosts)]
    for construct in CONSTRUCTS:
        no = f"no; {construct.instead}" if construct.instead else "no"
        cells = ("yes" if construct.works_on(host) else no for host in hosts.values())
        rows.append((construct.name, *cells))
    return rows
