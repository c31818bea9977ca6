"""The data of a preview, and a second walker of it: nothing here is the page's own code."""

import json
import re
from collections.abc import Iterator

from twimlc.pipeline import Options
from twimlc.preview.html import exported
from twimlc.preview.lines import Workshop
from twimlc.preview.show import EMBEDDED, Show, Sounds

_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def data_of(folder, *flows, source=True, sounds=EMBEDDED, **options):
    """The data of flows in a folder."""
    show = Show(Workshop(Options(cwd=folder, write=False, **options), flows), source=source)
    show.look()
    return show.data(Sounds(sounds, inline=True))


def embedded(html):
    """The data in an exported page."""
    return json.loads(_DATA.search(html)[1])


def page_of(data):
    return exported({"title": "", **data})


class Walker:
    """A call that is walked through the positions of a flow."""

    def __init__(self, flow, values):
        self.flow, self.values = flow, values
        self.given = {"Digits": "", "SpeechResult": ""}
        self.lines = []
        self.over = False
        self.go(flow["start"])

    @property
    def place(self):
        return self.flow["positions"][self.at]

    def text(self, text):
        if isinstance(text, str):
            return text
        known = {**self.values, **self.given}
        return "".join(p if isinstance(p, str) else known.get(p["call"], "") for p in text)

    def go(self, at):
        been = set()
        while True:
            self.at = at
            if at in been:
                self.lines.append("  failure the call goes on forever")
                self.over = True
                return
            been.add(at)
            for event in self.place["events"]:
                if event["event"] != "gather":
                    self.lines.append(f"  {self.text(event['text'])}")
            if self.place["asks"]:
                return
            if "" not in self.place["next"]:
                self.over = True
                return
            at = self.place["next"][""]

    def answers(self) -> Iterator[str]:
        """What can be typed here, but for hanging up."""
        for answer in self.place["next"]:
            if answer == "speech":
                yield "say hello"
            elif answer == "other":
                yield self.other()
            else:
                yield answer

    def other(self):
        asks = self.place["asks"]
        keys = "9876543210*".replace(asks["finish"] or "-", "")
        pool = (f"{one}{two}" for two in ["", *keys] for one in keys)
        return next(each for each in pool if self.digits(each) not in self.place["next"])

    def digits(self, keys):
        asks = self.place["asks"]
        keys = keys.partition(asks["finish"])[0] if asks["finish"] else keys
        return keys[: asks["most"]] if asks["most"] else keys

    def take(self, answer):
        asks, remark, word = self.place["asks"], "", answer
        if asks["kind"] == "gather" and answer.startswith("say "):
            word, self.given["SpeechResult"] = "speech", answer[4:]
        elif asks["kind"] == "gather" and answer != "silence":
            digits = self.digits(answer)
            self.given["Digits"] = digits
            word = digits if digits in self.place["next"] else "other"
            remark = "" if digits == answer else f"   (Digits={digits})"
        self.lines.append(f"> {answer}{remark}")
        self.go(self.place["next"][word])

    def transcript(self):
        return "".join(f"{line}\n" for line in self.lines)
