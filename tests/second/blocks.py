"""The blocks, step by step as a caller meets them."""

from second.elements import listed
from second.events import el, entered
from second.scopes import body
from second.values import outer

TONE, THANKS = "Please leave a message after the tone.", "Thank you. Goodbye."


class Blocks:
    """The part of a reader that knows blocks."""

    def do_use(self, role, frame, name):
        step, scope = frame.step, frame.scope
        made = scope.used.get(id(step))
        if made is None:
            tree = scope.components[name]
            given = outer(step.get("with") or {}, scope)
            params = {**(tree.get("params") or {}), **given}
            top = scope
            while top.user is not None:
                top = top.user
            made = body(tree, scope.flow, params, top.defaults, scope.components, scope)
            scope.used[id(step)] = made
        made.behind = self.way(frame, step.get("then"))
        made.leave = {key: self.way(frame, way) for key, way in (step.get("when") or {}).items()}
        made.allow = [*step.get("allow", ()), *scope.allow]
        # On a called line a component's steps are used like any others.
        self.cut = self.cut - {made}
        return self.state(made, made.start)

    def do_return(self, role, frame, name):
        scope = frame.scope
        self.visits.outcome("use", "return")
        return scope.leave.get(name, scope.behind)

    def do_menu(self, role, frame, menu):
        maker, step = self.written(frame), frame.step
        general = maker.defaults("menu")
        for key in general.keys() & {"timeout", "hints", "language", "profanityFilter", "method"}:
            general[key] = maker.default(["menu", "gather"], key)  # a component's own come first
        menu = {**general, **menu}
        choices = menu["choices"]
        if isinstance(choices, list):
            choices = {str(item["key"]): item["then"] for item in choices}
            self.visits.more("menu choices as a list")
        most = max(map(len, choices))
        gather = {
            key: value for key, value in menu.items()
            if key not in ("prompt", "choices", "attempts", "invalid", "silence")
        }  # fmt: skip
        gather.setdefault("timeout", maker.default(["gather"], "timeout", 5))
        gather.setdefault("numDigits", most)
        if any("#" in key for key in choices):
            gather["finishOnKey"] = ""
        before = None
        for attempt in range(menu.get("attempts", 3)):
            words = [*(maker.words(before) if before else ()), *maker.words(menu["prompt"])]
            element = with_words(maker.make("gather", gather), words)
            self.hear(role, element)
            digits, _ = entered(element, self.script.keys(element))
            if digits in choices:
                self.visits.outcome("menu", "choice")
                return self.way(frame, choices[digits])
            why = "invalid" if digits else "silence"
            self.visits.outcome("menu", why if attempt else f"{why} at first")
            before = menu.get(why)
        ways = step.get("when") or {}
        self.visits.outcome("menu", f"last {why}")
        return self.way(frame, ways.get(why, step.get("fallback")))

    def do_offer(self, role, frame, offer):
        maker, step = self.written(frame), frame.step
        timeout = offer.get("timeout", maker.default(["offer", "gather"], "timeout", 3))
        offer = {**maker.defaults("offer"), **offer}
        for words in maker.words(offer["prompt"]):
            self.hear(role, words)
        for _ in range(offer.get("attempts", 1)):
            for option in offer["options"]:
                self.visits.repeated("option", option.get("repeaters", ()))
                any_key = {"input": "dtmf", "numDigits": 1, "finishOnKey": ""}
                gather = maker.make("gather", None, timeout=timeout, **any_key)
                element = with_words(gather, self.speech(maker, option["say"]))
                self.hear(role, element)
                digits, _ = entered(element, self.script.keys(element))
                if digits:
                    self.visits.outcome("offer", "key")
                    return self.way(frame, option["then"])
        self.visits.outcome("offer", "silence")
        return self.way(frame, step.get("fallback"))

    @staticmethod
    def speech(maker, words):
        return [maker.make("say", words)] if isinstance(words, dict) else maker.words(words)

    def do_voicemail(self, role, frame, mail):
        maker, own = self.written(frame), mail or {}
        mail = {**maker.defaults("voicemail"), **own}
        for words in self.speech(maker, mail.get("say", TONE)):
            self.hear(role, words)
        record = {}
        for chain in maker.scope.defaults:
            record |= {
                **(chain.get("record") or {}),
                **(chain.get("voicemail", {}).get("record") or {}),
                **record,
            }
        self.hear(role, maker.make("record", {**record, **(own.get("record") or {})}))
        for words in self.speech(maker, mail.get("goodbye", THANKS)):
            self.hear(role, words)
        return self.outcome(frame, "voicemail", "recorded", worked=True)

    def do_hunt(self, role, frame, hunt):
        legs = []
        maker = self.written(frame, legs)
        if not isinstance(hunt, dict):
            hunt = {"number": hunt}
        people = [
            {key: one} for key in ("number", "client", "sip") for one in listed(hunt.get(key, []))
        ]
        people += hunt.get("people", [])
        rest = {
            k: v
            for k, v in hunt.items()
            if k not in ("number", "client", "sip", "people", "timeout")
        }
        timeout = hunt.get("timeout", maker.default(["hunt", "dial"], "timeout", 20))
        rest["timeout"] = timeout
        dial = maker.make("dial", rest, block="hunt")
        nouns = []
        for person in people:
            self.visits.repeated("person", person.get("repeaters", ()))
            ((key, noun),) = ((key, noun) for key, noun in person.items() if key != "repeaters")
            nouns.append(maker.make(key, noun, "dial"))
        element = el("Dial", {**dict(dial.attributes), "sequential": "true"}, nouns)
        self.hear(role, element)
        return self.do_dial(role, frame, element, legs, verb="hunt")


def with_words(gather, words):
    return gather._replace(inside=tuple(words))
