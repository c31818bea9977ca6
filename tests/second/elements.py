"""How TwiML is written in a flow: from the map of a verb or noun to the element that is meant."""

from xml.etree import ElementTree

from second.events import El, el
from second.expressions import shown

# The name of an element's text, as Twilio's Python library calls it.
TEXTS = {
    "say": "message", "play": "url", "redirect": "url", "number": "phoneNumber", "client": "identity",
    "conference": "name", "queue": "name", "sip": "sipUrl", "sim": "simSid", "application": "applicationSid",
    "whatsApp": "phoneNumber", "identity": "clientIdentity", "uri": "sipUrl", "applicationSid": "sid",
    "room": "name", "autopilot": "name", "enqueue": "name", "dial": "number", "sms": "message", "task": "body",
    "message": "body", "body": "message", "media": "url",
}  # fmt: skip
SERVICES = ("stream", "siprec", "transcription", "recording")
NOUNS = {
    "dial": ("number", "client", "conference", "queue", "sip", "sim", "application", "whatsApp"),
    "connect": (
        "room", "autopilot", "stream", "virtualAgent", "conversation", "conversationRelay", "aiSession",
        "conversationRelaySession",
    ),
    "start": SERVICES, "stop": SERVICES, "enqueue": ("task",), "client": ("identity",), "sip": ("uri",),
    "application": ("applicationSid",), "refer": ("sip",), "message": ("body", "media"),
}  # fmt: skip
MAPS = {"parameters": "Parameter", "configs": "Config", "headers": "Header"}
LEGS = {
    "number": ("url",), "client": ("url",), "sip": ("url",), "queue": ("url",), "whatsApp": ("url",),
    "application": ("url",), "enqueue": ("waitUrl",), "conference": ("waitUrl",), "dial": ("referUrl",),
}  # fmt: skip


def tag_of(key):
    return key[0].upper() + key[1:]


def text_of(value, separator=" "):
    """The canonical text of an attribute."""
    if isinstance(value, list):
        return separator.join(shown(item) for item in value)
    return shown(value)


class Written:
    """An element as a step writes it: its parts by name, with the defaults of its scope.

    ``within``: the key of what it is in. ``link`` makes an address of what an attribute holds,
    ``sound`` the text of what is played; ``visits`` counts elements.
    """

    def __init__(self, scope, visits, link, sound):
        self.scope = scope
        self.visits = visits
        self.link = link
        self.sound = sound

    def default(self, names, key, other=None):
        """What defaults give for a key of the element or block that has these names."""
        for chain in self.scope.defaults:
            for name in names:
                if key in chain.get(name, {}):
                    return chain[name][key]
        return other

    def defaults(self, *names):
        found = {}
        for chain in self.scope.defaults:
            for name in names:
                found = {**chain.get(name, {}), **found}
        return found

    def make(self, key, content, within="", block="", **owned):
        """The element; ``owned`` are attributes that a block says, whatever is given or left out."""
        self.visits.noun(within, key)
        text, own, inside = self.parts(key, content)
        names = [name for name in (block, key) if name]
        attributes = {**self.defaults(*names), **own, **owned}
        extra = attributes.pop("extra", {})
        attributes = {
            name: self.link(key, name, value) if name in LEGS.get(key, ()) else text_of(value)
            for name, value in {**attributes, **extra}.items()
            if value is not None
        }
        if key == "say" and isinstance(text, ElementTree.Element):
            inside, text = markup(text), "".join(text.itertext())
        if key == "play" and text:
            text = self.sound(text)
        return el(tag_of(key), attributes, inside, text, noun=bool(within))

    def parts(self, key, content):
        """(text, attributes, elements inside)."""
        nouns = NOUNS.get(key, ())
        if content is None:
            return "", {}, []
        if isinstance(content, list):
            return "", {}, [made for item in content for made in self.parts(key, item)[2]]
        if not isinstance(content, dict):
            if content in nouns:
                return "", {}, [self.make(content, None, key)]
            if key == "dial":
                return "", {}, [self.make("number", content, key)]
            return text_of(content), {}, []
        text, attributes, inside = "", {}, []
        for name, value in content.items():
            if name == "repeaters":
                self.visits.repeated("noun", value)
            elif name == TEXTS.get(key) and key != "dial":
                text = text_of(value)
            elif name == "ssml":
                text = value
            elif name == "prompt" and key == "pay":
                inside += [self.make("prompt", item, key) for item in listed(value)]
            elif name == "prompt":
                inside += self.words(value)
            elif name == "languages":
                inside += [el("Language", words, noun=True) for words in value]
            elif name in MAPS:
                made = [
                    el(MAPS[name], {"name": one, "value": text_of(other)}, noun=True)
                    for one, other in value.items()
                ]
                inside += [El("Headers", (), tuple(made))] if name == "headers" else made
            elif name in nouns:
                inside += [self.make(name, item, key) for item in listed(value)]
            else:
                attributes[name] = value
        return text, attributes, inside

    def words(self, value):
        """The elements of a prompt: one text, or a list of say, play and pause."""
        if not isinstance(value, list):
            return [self.make("say", value)]
        found = []
        for item in value:
            self.visits.repeated(
                "words", item.get("repeaters", ()) if isinstance(item, dict) else ()
            )
            verb = item if isinstance(item, str) else verb_of(item)
            found.append(self.make(verb, None if isinstance(item, str) else item[verb]))
        return found


SIDES = ("then", "when", "fallback", "if", "each", "as", "with", "allow", "note", "repeaters")


def verb_of(step):
    """The one verb of a step."""
    (verb,) = (key for key in step if key not in SIDES)
    return verb


def listed(value):
    return value if isinstance(value, list) else [value]


def markup(root):
    """The elements inside a text, in order, without its words."""
    return [
        El(part.tag, tuple(sorted(part.attrib.items())), (), " ".join((part.text or "").split()))
        for part in root.iter()
        if part is not root
    ]
