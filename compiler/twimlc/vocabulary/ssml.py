"""SSML, the markup inside Say: its elements, their attributes, what may stand in what.

Nothing comes in; rows of the table go out. Source: docs/voice/twiml/say/text-speech.
"""

from twimlc.vocabulary.attributes import ENUM, STRING
from twimlc.vocabulary.rules import Condition, IgnoredWithout, MinAttributes, Remark
from twimlc.vocabulary.types import (
    Attribute,
    AttributeType,
    Content,
    Element,
    Kind,
    TextArgument,
    element,
)
from twimlc.vocabulary.values import SSML_LANGUAGES

DOC = "docs/voice/twiml/say/text-speech"
SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")
_IN_PARAGRAPH = tuple(name for name in SSML if name != "p")
_IN_SENTENCE = tuple(name for name in _IN_PARAGRAPH if name != "s")

_WORDS = TextArgument("words", STRING, "The words it applies to.")
_NEEDED_WORDS = _WORDS._replace(required=True)

SSML_ROWS: tuple[Element, ...] = (
    element("break", Kind.SSML, "A pause between words.", DOC,
        Attribute("strength", ENUM, "How deep the pause is; medium if time is not given either.", values=("none", "x-weak", "weak", "medium", "strong", "x-strong"), default="medium"),
        Attribute("time", AttributeType.DURATION, "Length of the pause, such as 500ms or 2s; Polly stops at 10s.", pattern=r"[0-9]+(\.[0-9]+)?(s|ms)", maximum=10, unit="seconds"),
    ),
    element("emphasis", Kind.SSML, "Stresses words.", DOC,
        Attribute("level", ENUM, "How much.", values=("strong", "moderate", "reduced"), default="moderate"),
        content=Content.TEXT_SSML, text=_WORDS, children=_IN_SENTENCE,
        rules=(Remark("Of Polly's voices only the standard ones can do it."),),
    ),
    element("lang", Kind.SSML, "Speaks some words in another language.", DOC,
        Attribute("xml:lang", AttributeType.LANGUAGE_TAG, "Language of these words, such as fr-FR.", known_values=SSML_LANGUAGES, required=True),
        content=Content.TEXT_SSML, text=_WORDS, children=SSML,
    ),
    element("p", Kind.SSML, "A paragraph.", DOC,
        content=Content.TEXT_SSML, text=_WORDS, children=_IN_PARAGRAPH,
    ),
    element("phoneme", Kind.SSML, "Spells out how words are pronounced.", DOC,
        Attribute("alphabet", ENUM, "Phonetic alphabet of ph.", values=("ipa", "x-sampa", "x-amazon-jyutping", "x-amazon-pinyin", "x-amazon-pron-kana", "x-amazon-yomigana"), required=True),
        Attribute("ph", STRING, "The sounds.", required=True),
        content=Content.TEXT, text=_NEEDED_WORDS,
    ),
    element("prosody", Kind.SSML, "Changes volume, speed and pitch.", DOC,
        Attribute("volume", AttributeType.KEYWORD_OR_PATTERN, "A word, or a change such as +6dB.", keywords=("default", "silent", "x-soft", "soft", "medium", "loud", "x-loud"), pattern=r"[+-][0-9]+(\.[0-9]+)?dB"),
        Attribute("rate", AttributeType.KEYWORD_OR_PATTERN, "A word, or a share of the usual speed, 20% to 200% with Polly.", keywords=("x-slow", "slow", "medium", "fast", "x-fast"), pattern="[0-9]+%", twilio=(13513,)),
        Attribute("pitch", AttributeType.KEYWORD_OR_PATTERN, "A word, or a change such as -5%; neural Polly voices do not follow it.", keywords=("default", "x-low", "low", "medium", "high", "x-high"), pattern=r"[+-][0-9]+(\.[0-9]+)?%"),
        content=Content.TEXT_SSML, text=_WORDS, children=SSML,
        rules=(MinAttributes(("volume", "rate", "pitch"), 1, "Without one of the three it changes nothing.", confirmed=False),),
    ),
    element("s", Kind.SSML, "A sentence.", DOC,
        content=Content.TEXT_SSML, text=_WORDS, children=_IN_SENTENCE,
    ),
    element("say-as", Kind.SSML, "Tells how a value is read out.", DOC,
        Attribute("interpret-as", ENUM, "What the value is.", values=("characters", "spell-out", "cardinal", "number", "ordinal", "digits", "fraction", "unit", "date", "time", "address", "expletive", "telephone"), required=True),
        Attribute("format", ENUM, "Order of day, month and year of a date.", values=("mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y", "yyyymmdd")),
        content=Content.TEXT, text=_NEEDED_WORDS,
        rules=(IgnoredWithout(("format",), Condition("interpret-as", ("date",)), "format describes dates only."),),
    ),
    element("sub", Kind.SSML, "Speaks other words instead of those written.", DOC,
        Attribute("alias", STRING, "The words to speak.", required=True),
        content=Content.TEXT, text=_NEEDED_WORDS,
    ),
    element("w", Kind.SSML, "Picks one of several pronunciations of a word.", DOC,
        Attribute("role", STRING, "Part of speech or sense, by Polly's names.", known_values=("amazon:VB", "amazon:VBD", "amazon:SENSE_1", "amazon:DT", "amazon:IN", "amazon:JJ", "amazon:NN", "amazon:DEFAULT")),
        content=Content.TEXT_SSML, text=_WORDS, children=("break", "emphasis", "phoneme", "prosody", "say-as", "sub"),
    ),
)
