"""The verbs of one document: which run, and what is wrong with their order and addresses alone.

What holds for calls of every kind is asked of the graph (:mod:`twimlc.rules`).
"""

import re
from collections.abc import Iterator, Sequence

from twimlc import vocabulary
from twimlc.documents.elements import Document
from twimlc.findings import Diagnostic, Label, rules
from twimlc.flow.model import Element
from twimlc.flow.targets import stays_unanswered
from twimlc.rules.prompts import keys_told_in
from twimlc.text import Span
from twimlc.vocabulary import AttributeType as T, Flow

_FILE = re.compile(r"[^?#]*\.(?:xml|twiml)(?:#.*)?", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z]+://|sips?:(?://)?)(?:[^@/?#;]*@)?([^/:?#;>\s]{1,255})", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|org|net|edu)|foo\.(?:com|org|net|edu)|bar\.com)|.*\.example|"
    r"(?:.*\.)?your?[-_.]?(?:own)?[-_.]?(?:domain|server|site|web|app|company|host|url|callback|action"
    r"|ngrok|api|function|service|bucket|subdomain|endpoint)[a-z0-9-]*\..+|"
    r"\[[a-z][a-z0-9_.-]*\]|(?:.*\.)?enter-your-[a-z0-9-]+\..+|"
    r"(?:.*\.)?my(?:app|api|backend|httpserver|webserver|websocketserver)\.com|"
    r"(?:.*\.)?my(?:domain|server|website|company|url|callbackurl|actionurl|statuscallback)\..+",
    re.IGNORECASE | re.DOTALL,
)


def gives(verb: Element, name: str) -> bool:
    """Whether a verb has an attribute, and not an empty one."""
    given = verb.get(name)
    return given is not None and given.value != ""


def is_own(redirect: Element) -> bool:
    """Whether a Redirect leads to the very document that it is in."""
    text = redirect.spec.text if redirect.spec is not None else None
    empty = all(isinstance(child, str) and not child.strip() for child in redirect.children)
    return redirect.tag == "Redirect" and empty and text is not None and not text.required


def ends_in(verb: Element) -> bool:
    """Whether a call neither goes on after a verb, nor leaves for an action of it."""
    spec = verb.spec
    never = spec is not None and spec.flow is Flow.NEVER
    return never or (verb.does.audible and verb.literal("loop") == "0")


def leads_away(verb: Element) -> bool:
    """Whether another document, or one elsewhere, takes over the call: a Redirect, an action."""
    spec = verb.spec
    return verb.tag == "Redirect" or (spec is not None and spec.leads and gives(verb, "action"))


def running(root: Element) -> tuple[list[Element], list[Element]]:
    """The verbs of a document up to the one after which nothing ever runs, and the others."""
    verbs = [verb for verb in root.elements() if verb.spec is not None]
    last = next((index for index, verb in enumerate(verbs) if _leaves(verb)), len(verbs))
    return verbs[: last + 1], verbs[last + 1 :]


def _leaves(verb: Element) -> bool:
    """Whether nothing after a verb ever runs."""
    may_leave = verb.spec is not None and verb.spec.flow is Flow.ACTION_IF_SET
    # A room that is not open lets the call go on, whatever the action says.
    return ends_in(verb) or (may_leave and leads_away(verb) and not stays_unanswered(verb))


def check_verbs(root: Element) -> Iterator[Diagnostic]:
    """Findings about verbs that never run, that ask for their own document, and about keys."""
    run, rest = running(root)
    if rest and not (len(rest) == 1 and rest[0].tag == "Hangup"):  # a belt beside braces
        yield _never_run(run[-1], rest)
    for verb in run:
        spec = verb.spec
        if spec is not None and spec.default_action and not gives(verb, "action"):
            hint = f"give <{verb.tag}> an action: the address of what follows"
            message = f"<{verb.tag}> has no action: {_itself(verb, spec)}"
            codes = (13338,) if verb.literal("actionOnEmptyResult") == "true" else ()
            yield rules.ACTION_DEFAULTS_TO_SELF.at(verb.span, message, hint=hint, twilio=codes)
        if verb.tag == "Gather":
            yield from _key_ends_input(verb)


def _itself(verb: Element, spec: vocabulary.Element) -> str:
    """What comes of a verb that asks for the document it is in."""
    again = "this same document is asked for again, and"
    if verb.does.records:
        return f"when the recording ends {again} records again"
    if spec.script is not None:
        return f"when the {spec.script.what.partition(' ')[2]} ends {again} asks again"
    return "what is entered is sent to this same document, which asks again, forever"


def _never_run(leaving: Element, rest: Sequence[Element]) -> Diagnostic:
    reason = f"<{leaving.tag}> before it leaves in every case"
    if gives(leaving, "action"):
        reason = f"<{leaving.tag}> before it goes on with its action in every case"
    elif leaving.literal("loop") == "0":
        reason = f"<{leaving.tag}> before it is repeated forever"
    more = f" (nor what follows: {len(rest)} verbs)" if len(rest) > 1 else ""
    message = f"<{rest[0].tag}> never runs{more}"
    labels = [Label(leaving.span, "the document is left here")]
    return rules.UNREACHABLE_STEP.at(rest[0].span, message, hint=reason, labels=labels)


def _key_ends_input(gather: Element) -> Iterator[Diagnostic]:
    """The key that ends an input where its words, or its length, need that key."""
    key, span = gather.known("finishOnKey"), gather.place("finishOnKey")
    if key is None or len(key) != 1:
        return
    length = gather.literal("numDigits")
    told = any(key in keys_told_in([part]) for part in gather.elements())
    if told and (length == "1" or (key.isdecimal() and length is None)):
        message = f"the words ask for key {key}, which only ends the input and is dropped"
        if gather.get("finishOnKey") is None:
            message += " (# does unless finishOnKey says otherwise)"
        hint = 'write finishOnKey="" so that every key counts'
        yield rules.KEY_ENDS_INPUT.at(span, message, hint=hint)
    elif key.isdecimal() and length not in (None, "1"):
        message = f"{key} ends the input, so nothing with a {key} in it can be entered"
        yield rules.KEY_ENDS_INPUT.at(span, message, hint="take # or *")


def check_addresses(document: Document) -> Iterator[Diagnostic]:
    """Findings about the addresses of a document, each by itself."""
    for element, row, text, span in document.addresses(document.root):
        if row.type in (T.URL, T.SIP_URI):
            yield from _check_address(element, row, text, span)


def _check_address(
    element: Element, known: vocabulary.Attribute, text: str, span: Span
) -> Iterator[Diagnostic]:
    host = _HOST.match(f"sip:{text}" if known.type is T.SIP_URI and ":" not in text else text)
    if host is not None and _PLACEHOLDER.fullmatch(host[1]):
        message = f"'{host[1]}' is the host of an example, not one of yours"
        yield rules.PLACEHOLDER_HOST.at(span, message, hint="write the address that you mean")
        return
    if 21620 in known.twilio and not _HOST.match(text):
        message = f"'{text}' has no host: Twilio fetches media from a full address only"
        yield rules.BAD_ADDRESS.at(span, message, hint="begin it with https://", twilio=(21620,))
        return
    method = element.spec.attributes.get(known.method_attribute or "") if element.spec else None
    if known.fetch not in vocabulary.TWIML_FETCHES or method is None or not _FILE.fullmatch(text):
        return
    if element.known(method.name) == "POST":
        message = f"'{text}' is a file, and Twilio asks for it with POST"
        hint = f'file hosts answer that with 405; write {method.name}="GET"'
        yield rules.POST_TO_FILE.at(span, message, hint=hint)
