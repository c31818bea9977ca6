"""SSML, the markup inside Say: its elements, their attributes, and which may contain which.

Nothing comes in; rows of the table go out. Source: docs/voice/twiml/say/text-speech.
"""

from twimlc.vocabulary import rules
from twimlc.vocabulary.attributes import Attribute, AttributeType as T, TextArgument
from twimlc.vocabulary.types import Content, Element, Kind
from twimlc.vocabulary.values import SSML_LANGUAGES

DOC = "docs/voice/twiml/say/text-speech"
SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")
_IN_PARAGRAPH = tuple(name for name in SSML if name != "p")
_IN_SENTENCE = tuple(name for name in _IN_PARAGRAPH if name != "s")

_WORDS = TextArgument("words", T.STRING, "The words it applies to.")
_NEEDED_WORDS = _WORDS._replace(required=True)

SSML_ROWS: tuple[Element, ...] = (
    Element("break", Kind.SSML, "A pause between words.", DOC,
        Attribute("strength", T.ENUM, "How strong the pause is; medium if time is not given either.", values=("none", "x-weak", "weak", "medium", "strong", "x-strong"), default="medium"),
        Attribute("time", T.DURATION, "Length of the pause, such as 500ms or 2s; at most 10s with Polly.", pattern=r"[0-9]+(\.[0-9]+)?(s|ms)", maximum=10, unit="seconds"),
    ),
    Element("emphasis", Kind.SSML, "Stresses words.", DOC,
        Attribute("level", T.ENUM, "How much.", values=("strong", "moderate", "reduced"), default="moderate"),
        content=Content.TEXT_SSML, text=_WORDS, children=_IN_SENTENCE,
        rules=(rules.Remark(note="Of Polly's voices only the standard ones support it."),),
    ),
    Element("lang", Kind.SSML, "Speaks some words in another language.", DOC,
        Attribute("xml:lang", T.LANGUAGE_TAG, "Language of these words, such as fr-FR.", known_values=SSML_LANGUAGES, required=True),
        content=Content.TEXT_SSML, text=_WORDS, children=SSML,
    ),
    Element("p", Kind.SSML, "A paragraph.", DOC,
        content=Content.TEXT_SSML, text=_WORDS, children=_IN_PARAGRAPH,
    ),
    Element("phoneme", Kind.SSML, "Says how words are pronounced.", DOC,
        Attribute("alphabet", T.ENUM, "Phonetic alphabet of ph.", values=("ipa", "x-sampa", "x-amazon-jyutping", "x-amazon-pinyin", "x-amazon-pron-kana", "x-amazon-yomigana"), required=True),
        Attribute("ph", T.STRING, "The sounds.", required=True),
        content=Content.TEXT, text=_NEEDED_WORDS,
    ),
    Element("prosody", Kind.SSML, "Changes volume, speed and pitch.", DOC,
        Attribute("volume", T.KEYWORD_OR_PATTERN, "A word, or a change such as +6dB.", keywords=("default", "silent", "x-soft", "soft", "medium", "loud", "x-loud"), pattern=r"[+-][0-9]+(\.[0-9]+)?dB"),
        Attribute("rate", T.KEYWORD_OR_PATTERN, "A word, or a percentage of the usual speed, 20% to 200% with Polly.", keywords=("x-slow", "slow", "medium", "fast", "x-fast"), pattern="[0-9]+%", twilio=(13513,)),
        Attribute("pitch", T.KEYWORD_OR_PATTERN, "A word, or a change such as -5%; neural Polly voices do not support it.", keywords=("default", "x-low", "low", "medium", "high", "x-high"), pattern=r"[+-][0-9]+(\.[0-9]+)?%"),
        content=Content.TEXT_SSML, text=_WORDS, children=SSML,
        rules=(rules.OneOf(alternatives=("volume", "rate", "pitch"), note="Without one of the three it changes nothing.", confirmed=False),),
    ),
    Element("s", Kind.SSML, "A sentence.", DOC,
        content=Content.TEXT_SSML, text=_WORDS, children=_IN_SENTENCE,
    ),
    Element("say-as", Kind.SSML, "Says how a value is read out.", DOC,
        Attribute("interpret-as", T.ENUM, "What the value is.", values=("characters", "spell-out", "cardinal", "number", "ordinal", "digits", "fraction", "unit", "date", "time", "address", "expletive", "telephone"), required=True),
        Attribute("format", T.ENUM, "Order of day, month and year of a date.", values=("mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y", "yyyymmdd")),
        content=Content.TEXT, text=_NEEDED_WORDS,
        rules=(rules.IgnoredWithout(attributes=("format",), needs=rules.Condition("interpret-as", values=("date",)), note="format describes dates only."),),
    ),
    Element("sub", Kind.SSML, "Speaks other words instead of those written.", DOC,
        Attribute("alias", T.STRING, "The words to speak.", required=True),
        content=Content.TEXT, text=_NEEDED_WORDS,
    ),
    Element("w", Kind.SSML, "Picks one of several pronunciations of a word.", DOC,
        Attribute("role", T.STRING, "Part of speech or sense, by Polly's names.", known_values=("amazon:VB", "amazon:VBD", "amazon:SENSE_1", "amazon:DT", "amazon:IN", "amazon:JJ", "amazon:NN", "amazon:DEFAULT")),
        content=Content.TEXT_SSML, text=_WORDS, children=("break", "emphasis", "phoneme", "prosody", "say-as", "sub"),
    ),
)
