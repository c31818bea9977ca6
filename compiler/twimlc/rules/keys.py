"""The keys that words speak of, read by the language they are in.

Words and the language of their voice come in, keys go out. English, German, French and Spanish
are read together, since flows often leave the language to the voice. Number words of the others
mean something else there ("to" is two in Danish), so each of them is read alone.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from twimlc.text import lazy_pattern


def _counted(words: str) -> dict[str, str]:
    """Digits by their names, told from nought on."""
    return {name: str(digit) for digit, name in enumerate(words.split())}


class _Words(NamedTuple):
    """How a language tells to press a key; each text but ``names`` is part of an expression."""

    press: str
    article: str  # what may stand between the verb and the key
    joins: str  # "or" and "and"
    upto: str  # "to", as in a range
    names: dict[str, str]
    counts: str = "(?!)"  # behind a number: then it names no key
    goals: str = "(?!)"  # behind a further key, as in "press 1 for sales or 2 for service"


_CORE = _Words(
    r"press(?:ing)?|push|hit|drücken\s+sie|appuyez\s+sur|tapez|pulse|presione|oprima|marque",
    r"(?:bitte\s+)?(?:the\s+|die\s+|le\s+|la\s+|el\s+)?"
    r"(?:key\s+|number\s+|taste\s+|touche\s+|tecla\s+)?",
    "or|and|oder|und|ou|et|o|y",
    "to|through|thru|bis|à|al?|hasta",
    {
        **_counted("zero one two three four five six seven eight nine"),
        **_counted("null eins zwei drei vier fünf sechs sieben acht neun"),
        **_counted("zéro un deux trois quatre cinq six sept huit neuf"),
        **_counted("cero uno dos tres cuatro cinco seis siete ocho nueve"),
        "zwo": "2",
        "oh": "0",
        **dict.fromkeys(("star", "asterisk", "stern", "sterntaste", "étoile", "asterisco"), "*"),
        **dict.fromkeys(("pound", "hash", "raute", "rautetaste", "dièse", "carré"), "#"),
        **dict.fromkeys(("almohadilla", "numeral", "gato"), "#"),
    },
    # In "press one of these keys" and "tapez un numéro" the number counts, and names no key.
    r"of|more|digit|de|des|n[uú]m[eé]ro|chiffre|bouton|code|"
    r"d[ií]gito|bot[oó]n|c[oó]digo|der|dieser",
    r"for|to(?!\s+(?:noon|midnight|clos|late))|if|für|wenn|pour|si|para",
)
_ALONE = {
    "it": _Words(
        r"prem(?:a|i|ere|ete)|digit(?:a|i|are|ate)",
        r"(?:il\s+)?(?:tasto\s+|numero\s+)?",
        "o|oppure|e",
        "a|al",
        {**_counted("zero uno due tre quattro cinque sei sette otto nove")}
        | {"asterisco": "*", "cancelletto": "#"},
    ),
    "nl": _Words(
        r"toetst?(?:\s+u)?|drukt?(?:\s+u)?(?:\s+op)?|kiest?(?:\s+u)?",
        r"(?:de\s+)?(?:een\s+)?(?:toets\s+)?",
        "of|en",
        "tot|tot en met",
        _counted("nul één twee drie vier vijf zes zeven acht negen")
        | {"sterretje": "*", "ster": "*", "hekje": "#"},
    ),
    "pt": _Words(
        r"pressione|prima|digite|tecle|marque|carregue\s+em",
        r"(?:a\s+|o\s+)?(?:tecla\s+|número\s+)?",
        "ou|e",
        "a|até",
        _counted("zero um dois três quatro cinco seis sete oito nove")
        | {"asterisco": "*", "estrela": "*", "cardinal": "#", "sustenido": "#"},
        "dos|das|de",
    ),
    "sv": _Words(
        r"tryck(?:a|er)?|slå|välj",
        r"(?:på\s+)?(?:knapp(?:en)?\s+|siffran\s+)?",
        "eller|och",
        "till",
        _counted("noll ett två tre fyra fem sex sju åtta nio")
        | {"stjärna": "*", "stjärnan": "*", "fyrkant": "#", "fyrkanten": "#"},
    ),
    "da": _Words(
        r"tryk(?:ke|ker)?|tast(?:e)?",
        r"(?:på\s+)?(?:tasten\s+)?",
        "eller|og",
        "til",
        _counted("nul et to tre fire fem seks syv otte ni")
        | {"stjerne": "*", "firkant": "#", "havelåge": "#"},
    ),
    "nb": _Words(
        r"trykk(?:e|er)?|tast(?:e)?|velg",
        r"(?:på\s+)?(?:tasten\s+)?",
        "eller|og",
        "til",
        _counted("null en to tre fire fem seks sju åtte ni")
        | {"ett": "1", "syv": "7", "stjerne": "*", "firkant": "#"},
    ),
    "pl": _Words(
        r"naciśnij|wciśnij|wybierz|proszę\s+(?:nacisnąć|wcisnąć|wybrać)",
        r"(?:klawisz\s+|cyfrę\s+)?",
        "lub|albo|i",
        "do",
        _counted("zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć")
        | {"gwiazdka": "*", "gwiazdkę": "*", "krzyżyk": "#"},
    ),
}
_SAME = {"no": "nb"}
# Whoever is asked for an extension or a code knows it, or has it on paper.
_KNOWN_CODES = (
    r"\b(?:extensi[oó]n|code|pin|durchwahl|nebenstelle|poste|c[oó]digo|clave|interno|anexo"
    r"|toestel|doorkiesnummer|ramal|codice|anknytning|lokalnummer|wewnętrzny)\b"
)

# The key that ends what is entered or recorded, as English says it.
_END = r"(?:the\s+)?(pound|hash|star|asterisk|[#*])(?!\w)"
_ENDING = "|".join(
    (
        rf"\bfollowed\s+by\s+{_END}",
        rf"\b(?:and|then|and\s+then)\s+(?:press|hit|push)\s+{_END}",
        rf"\b(?:press|hit|push)\s+{_END}(?:\s+(?:key|sign|button))?"
        r"\s+(?:when\s+you|once\s+you|when\s+(?:done|finished)|to\s+(?:end|finish|stop)\b)",
        r"\b(?:when|once)\s+(?:you\s+(?:are|have)\s+)?(?:done|finished)\W{1,2}"
        rf"(?:please\s+)?(?:press|hit|push)\s+{_END}",
    )
)
_ENDS = lazy_pattern(_ENDING, re.IGNORECASE)
_PLAIN = lazy_pattern(r"\b(pound|hash|star|asterisk)\b|([#*])", re.IGNORECASE)

_EMERGENCY_NUMBER = r"000|1[5-8]|1[0-4]\d|19[0-4]|911|988|99[5-9]"
_EVERYWHERE = ("112", "911", "999")
_EMERGENCY = (
    r"emerg[eê]n|urgen|urgên|notfall|notruf|lebensgefahr|nagły|nödfall|livsfara|livsfare|ulykke"
    r"|\bin nood\b|spoed|ambulan|\bsamu\b|\bpompiers|feuerwehr|\bdanger\b|life-threat|\bcrisis\b"
)


def is_emergency_number(key: str, words: str) -> bool:
    """Whether these words send callers elsewhere with it: they hang up and dial it."""
    if key in _EVERYWHERE:
        return True
    known = re.fullmatch(_EMERGENCY_NUMBER, key) is not None
    return known and re.search(_EMERGENCY, words, re.IGNORECASE) is not None


def asks_for_code(words: str) -> bool:
    """Whether callers are asked for keys that they know, such as an extension."""
    return re.search(_KNOWN_CODES, words, re.IGNORECASE) is not None


def end_keys_told(words: str) -> list[str]:
    """The keys, pound or star, that words tell to end an input with; all that they name then."""
    if _ENDS.search(words) is None:
        return []
    names = (match[0].lower() for match in _PLAIN.finditer(words))
    return list(dict.fromkeys(_CORE.names.get(name, name) for name in names))


def reader_of(language: str) -> "Reader | None":
    """Who reads this language (such as ``en``); None if nobody does."""
    name = _SAME.get(language, language)
    if name in ("en", "de", "fr", "es"):
        return _reader("")
    return _reader(name) if name in _ALONE else None


@cache
def _reader(name: str) -> "Reader":
    return Reader(_ALONE[name] if name else _CORE)


class Reader:
    """Reads the keys out of words of one language."""

    def __init__(self, words: _Words) -> None:
        self._names = words.names
        key = r"(?:[0-9]+|[*#]|" + "|".join(words.names) + r")(?![\w])"
        run = rf"{key}(?:\s+{key})*"
        joins = "|".join(rf"\b{word}\b" for word in words.joins.split("|"))
        upto = "|".join(rf"\b{word}\b" for word in words.upto.split("|"))
        # Names take long to compile: most words are told apart by the verb, and where they are
        # not, each name stands in a pattern as seldom as can be.
        self._verb = lazy_pattern(rf"\b(?:{words.press})\s", re.IGNORECASE)
        self._press = lazy_pattern(
            rf"(?<!not )(?<!n['’]t )\b(?:{words.press})\s+{words.article}"
            rf"({key}(?:(?:\s+|\s*(?:,|{joins})+\s*){key})*)"
            rf"(?!\s+(?:{words.counts})\b)",
            re.IGNORECASE,
        )
        self._further = lazy_pattern(
            rf"(?:,|{joins})\s+({key})\s+(?:{words.goals})\b(?!\s+{key})", re.IGNORECASE
        )
        self._key = lazy_pattern(rf"(?<!\w){key}", re.IGNORECASE)
        self._run = lazy_pattern(rf"(?<!\w){run}", re.IGNORECASE)
        self._range = lazy_pattern(
            rf"(?<!\w)({key})\s*(?:-|–|{upto})\s*({key})"
            rf"|\b(?:between|zwischen|entre|tra|tussen|mellan|mellem|mellom)\s+({key})"
            rf"\s+(?:{joins})\s+({key})",
            re.IGNORECASE,
        )

    def told(self, words: str) -> list[str]:
        """The keys that callers are told to press, in order."""
        found: dict[str, None] = {}
        if self._verb.search(words) is None:
            return []
        for told in self._press.finditer(words):
            for run in [told[1]] if told[1].isdecimal() else self._run.findall(told[1]):
                found[self._joined(run)] = None
        for further in self._further.findall(words) if found else ():
            found[self._joined(further)] = None
        return list(found)

    def written(self, words: str) -> list[str]:
        """Every key as it is written, one by one."""
        return self._key.findall(words)

    def mentioned(self, words: str) -> set[str]:
        """Every key that the words speak of, alone, in a run or within a range."""
        return set(self._mentioned(words))

    def _mentioned(self, words: str) -> Iterator[str]:
        for found in (*self._key.findall(words), *self._run.findall(words)):
            yield self._joined(found)
        for ends in self._range.finditer(words):
            first, last = (self._joined(end) for end in ends.groups() if end)
            if first.isdecimal() and last.isdecimal() and len(first) == len(last) == 1:
                yield from (str(key) for key in range(int(first), int(last) + 1))

    def _joined(self, run: str) -> str:
        """The keys of a run, as in `star nine` or `1 2`, in one."""
        if run.isdecimal():
            return run
        return "".join(self._names.get(key.lower(), key) for key in self._key.findall(run))
