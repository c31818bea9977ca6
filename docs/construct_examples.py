"""A small flow for each construct that hosts are asked for, which asks for just that.

Nothing comes in; :data:`EXAMPLES` goes out. The page of constructs shows them, and tests hold the
table of :mod:`twimlc.hosts.constructs` against their builds.
"""


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

EXAMPLES: dict[str, str] = {
    "words, audio, pauses, jumps and loops": _flow("- pause", "- goto: bye"),
    "a video room, and what follows if it is not open": _flow(
        "- connect: {room: Daily}", "  then: hangup", "  fallback: bye"
    ),
    "any key for an option (`offer`)": _flow(
        f"- offer: {{prompt: Listen., options: [{_ADVERT}]}}", "- hangup"
    ),
    "asking again after silence": _flow(
        "# twimlc: ignore[endless-repeat] whoever presses no key is asked forever",
        "- gather: {numDigits: 1, prompt: Press a key.}",
        "  then: bye",
        "  fallback: main",
    ),
    "a recording, and what follows it (`record`, `voicemail`)": _flow(
        "- voicemail:", "  then: bye"
    ),
    "a dial or hunt that goes on alike however it ended": _flow(
        "- hunt: {number: [+14155550100, +14155550101]}", "- goto: bye"
    ),
    "a queue with words to wait to": _flow(f"- enqueue: {{name: help, {_WAIT}}}", "- goto: bye"),
    "an `action` on a server of your own": _flow(
        '- pay: {chargeAmount: "9.00", action: "https://pay.example.com/done"}'
    ),
    "a key that picks (`menu`, `when` by digits)": _flow(
        '- menu: {prompt: One or star., choices: {1: bye, "*": main}}', "- hangup"
    ),
    "`#` as a key that picks": _flow('- menu: {prompt: Hash., choices: {"#": bye}}', "- hangup"),
    "what follows a dial, by how it ended": _flow(
        "- dial: {number: +14155550100, timeout: 20}", "  fallback: bye", "- hangup"
    ),
    "what follows when the called person declines": _flow(
        f"- dial: {{number: {_SCREEN}}}", "  when: {declined: bye}", "- hangup"
    ),
    "what follows a queue, by how it was left": _flow(
        f"- enqueue: {{name: help, {_WAIT}}}", "  when: {queue-full: bye}", "- hangup"
    ),
    "what follows an agent, a relay or a SIP transfer, by how it ended": _flow(
        f"- connect: {_RELAY}", "  when: {handoff: bye}", "- hangup"
    ),
    "what follows a payment": _flow(
        '- pay: {chargeAmount: "9.00"}', "  then: bye", "  fallback: hangup"
    ),
    "values of the call (`${call.From}`)": _flow(
        "- say: You call from ${call.From}.", "- goto: bye"
    ),
}
"""The flow of each construct, by its name."""
