"""Secret codes that a host gives away: PINs as keys where anybody can ask for the documents.

The graph comes in, findings go out. Whether something is a PIN only its words tell: extensions,
postcodes and order numbers have as many digits.
"""

import re
from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import PIN_IN_PUBLIC
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element

_SHORTEST = 4
_PIN = (
    r"\bpins?\b|\bpin-?(?:code|kode?|number|nummer)|\bpass-?(?:code|wor[dt]|phrase)\b|\bpass code\b"
    r"|\b(?:access|security|secret|door|gate|entry|alarm|personal|private|meeting|conference|room"
    r"|participant|host|member)[ -](?:code|key)s?\b"
    r"|geheimzahl|geheimcode|kennwort|zugangs(?:code|nummer|zahl)|türcode"
    r"|code (?:d['’]accès|secret|confidentiel|personnel)|mot de passe"
    r"|contraseña|\bclave\b|código (?:de acces[os]o?|secreto|personal)|\bsenha\b"
    r"|codice (?:d['’]accesso|di accesso|segreto|personale)|parola d['’]ordine"
    r"|toegangscode|wachtwoord|åtkomstkod|lösenord|adgangskode|adgangskode|kod dostępu|\bhasło\b"
)
# Post codes are PIN codes in India.
_POST_CODE = (
    r"\b(?:area|post(?:al)?|zip|delivery|locality|city|town|village|district)(?:['’]?s)?"
    r"[ -]pin(?:[ -]?(?:code|number))?s?\b"
    r"|\bpin[ -]?codes? (?:of|for) (?:your|the) "
    r"(?:area|post office|delivery|locality|city|town|village|district)\b"
)
_IN_NAMES = r"(?:^|-)(?:pins?|passcode|password|access-code|door-code)(?:-|$)"


def check_pins(graph: Graph) -> Iterator[Diagnostic]:
    """A finding for each menu or gather whose choices are PINs."""
    seen = set()
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        place = (node.span.file.path, node.span.start)
        if context is Context.CALL and place not in seen and _asks_for_pin(node):
            seen.add(place)
            message = "these PINs can be tried on the host, which answers everybody, without a call"
            hint = "twiml-bin answers Twilio alone; or silence this where a door code is all it is"
            yield PIN_IN_PUBLIC.at(node.span, message, hint=hint)


def _asks_for_pin(node: Node) -> bool:
    if node.element is None or node.element.tag != "Gather":
        return False
    if not any(key.isdecimal() and len(key) >= _SHORTEST for key in node.keys):
        return False
    words = re.sub(_POST_CODE, " ", _words(node.element), flags=re.IGNORECASE)
    asked = re.search(_PIN, words, re.IGNORECASE)
    return asked is not None or re.search(_IN_NAMES, node.state.name) is not None


def _words(element: Element) -> str:
    return " ".join(
        child for inner in element.walk() for child in inner.children if isinstance(child, str)
    )
