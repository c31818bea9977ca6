"""Codes of countries, languages, currencies and Regions: tables, and what is asked of them."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from twimlc.text import lazy_pattern


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """First digits, a colon, and the countries that share them."""
    pairs = (word.partition(":") for word in text.split())
    return {digits: tuple(names.split(",")) for digits, _, names in pairs}


# The country codes that the ITU has assigned (E.164) and ISO 3166. The islands of North America
# share the code 1 and have area codes of their own.
_BY_DIGITS = MappingProxyType(
    _table("""
    1:US,CA 1242:BS 1246:BB 1264:AI 1268:AG 1284:VG 1340:VI 1345:KY 1441:BM 1473:GD 1649:TC
    1658:JM 1664:MS 1670:MP 1671:GU 1684:AS 1721:SX 1758:LC 1767:DM 1784:VC 1787:PR 1809:DO
    1829:DO 1849:DO 1868:TT 1869:KN 1876:JM 1939:PR
    7:RU,KZ 20:EG 27:ZA 30:GR 31:NL 32:BE 33:FR 34:ES 36:HU 39:IT,VA 40:RO 41:CH 43:AT
    44:GB,GG,JE,IM 45:DK 46:SE 47:NO,SJ 48:PL 49:DE 51:PE 52:MX 53:CU 54:AR 55:BR 56:CL 57:CO
    58:VE 60:MY 61:AU,CX,CC 62:ID 63:PH 64:NZ,PN 65:SG 66:TH 81:JP 82:KR 84:VN 86:CN 90:TR 91:IN
    92:PK 93:AF 94:LK 95:MM 98:IR
    211:SS 212:MA,EH 213:DZ 216:TN 218:LY 220:GM 221:SN 222:MR 223:ML 224:GN 225:CI 226:BF
    227:NE 228:TG 229:BJ 230:MU 231:LR 232:SL 233:GH 234:NG 235:TD 236:CF 237:CM 238:CV 239:ST
    240:GQ 241:GA 242:CG 243:CD 244:AO 245:GW 246:IO 247:AC,SH 248:SC 249:SD 250:RW 251:ET
    252:SO 253:DJ 254:KE 255:TZ 256:UG 257:BI 258:MZ 260:ZM 261:MG 262:RE,YT,TF 263:ZW 264:NA
    265:MW 266:LS 267:BW 268:SZ 269:KM 290:SH,TA 291:ER 297:AW 298:FO 299:GL
    350:GI 351:PT 352:LU 353:IE 354:IS 355:AL 356:MT 357:CY 358:FI,AX 359:BG 370:LT 371:LV
    372:EE 373:MD 374:AM 375:BY 376:AD 377:MC,XK 378:SM 379:VA 380:UA 381:RS,XK 382:ME 383:XK
    385:HR 386:SI,XK 387:BA 389:MK 420:CZ 421:SK 423:LI
    500:FK,GS 501:BZ 502:GT 503:SV 504:HN 505:NI 506:CR 507:PA 508:PM 509:HT
    590:GP,BL,MF 591:BO 592:GY 593:EC 594:GF 595:PY 596:MQ 597:SR 598:UY 599:CW,BQ,SX
    670:TL 672:NF,AQ 673:BN 674:NR 675:PG 676:TO 677:SB 678:VU 679:FJ 680:PW 681:WF 682:CK
    683:NU 685:WS 686:KI 687:NC 688:TV 689:PF 690:TK 691:FM 692:MH
    850:KP 852:HK 853:MO 855:KH 856:LA 880:BD 886:TW
    960:MV 961:LB 962:JO 963:SY 964:IQ 965:KW 966:SA 967:YE 968:OM 970:PS 971:AE 972:IL,PS
    973:BH 974:QA 975:BT 976:MN 977:NP 992:TJ 993:TM 994:AZ 995:GE 996:KG 998:UZ
    """)
)

COUNTRIES = frozenset(name for names in _BY_DIGITS.values() for name in names)
"""Every country that has numbers."""

_LONGEST = 4


def countries_of(digits: str) -> tuple[str, ...]:
    """The countries whose numbers begin like this one; none for a number of no country."""
    for size in range(_LONGEST, 0, -1):
        if digits[:size] in _BY_DIGITS:
            return _BY_DIGITS[digits[:size]]
    return ()


# Which languages a voice or a speech model knows changes often, and others are passed on as they
# are. But a tag of two letters and two letters names a language of ISO 639-1 and a country of
# ISO 3166, and one that does not is misspelled.
_LANGUAGES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li
    ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa
    pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg
    th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_KNOWN = frozenset(_LANGUAGES.split())
_PLACES = COUNTRIES | {"XA"}
"""XA stands for all of Arabia in names of Google's voices."""

_MEANT: Mapping[str, str] = MappingProxyType(
    {"cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "ua": "uk", "UK": "GB", "EN": "GB"}
)
"""What people write for a language or a country, and its code."""

_TAG = lazy_pattern(r"[A-Za-z]{2,4}(-[A-Za-z0-9]{1,8})*")
_OF_COUNTRIES = lazy_pattern(r"([A-Za-z]{2})[_ ]([A-Za-z]{2})")
_LIKE_COUNTRIES = "bg de es fi fr hr hu id is it lt lv nl pl ro ru sk th tr"
_COUNTRY_OF: Mapping[str, str] = MappingProxyType(
    {code: code.upper() for code in _LIKE_COUNTRIES.split()}
    | {"cs": "CZ", "da": "DK", "el": "GR", "en": "US", "et": "EE", "he": "IL", "hi": "IN"}
    | {"ja": "JP", "ko": "KR", "nb": "NO", "sl": "SI", "sv": "SE", "uk": "UA", "vi": "VN"}
)
"""The country that people mean first with a language; where two come to mind it is left out."""

_NAMES: Mapping[str, str] = MappingProxyType(
    {"dutch": "nl", "english": "en", "french": "fr", "german": "de", "italian": "it"}
    | {"japanese": "ja", "korean": "ko", "polish": "pl", "russian": "ru"}
    | {"spanish": "es", "swedish": "sv", "turkish": "tr"}
)


def is_tag(text: str) -> bool:
    """Whether text has the form of a language tag."""
    return _TAG.fullmatch(text) is not None


def meant_tag(text: str) -> str | None:
    """The tag with a country for ``en``, ``english`` or ``en_US``; None where that is not certain."""
    parted = _OF_COUNTRIES.fullmatch(text)
    if parted is not None:
        tag = f"{parted[1].lower()}-{parted[2].upper()}"
        return tag if slip_in_tag(tag) is None else None
    language = _NAMES.get(text.lower(), text.lower())
    country = _COUNTRY_OF.get(language)
    return f"{language}-{country}" if country is not None else None


@lru_cache(256)
def slip_in_tag(tag: str) -> tuple[str, str | None] | None:
    """The part of a tag that names nothing, and the tag that may be meant; None for a valid one."""
    parts = tag.split("-")
    language, country = parts[0].lower(), parts[1].upper() if len(parts) == 2 else ""
    if len(language) == 2 and language not in _KNOWN:
        meant = _MEANT.get(language)
        return parts[0], meant and "-".join((meant, *parts[1:]))
    if len(country) == 2 and country.isalpha() and country not in _PLACES:
        meant = _MEANT.get(country)
        return parts[1], meant and f"{parts[0]}-{meant}"
    return None


# ISO 4217, without metals and units of account.
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CNY COP CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ
    GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
    QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
}

DECIMALS: Mapping[str, int] = MappingProxyType(
    {code: count for count, codes in _DECIMALS.items() for code in codes.split()}
)
"""How many decimals an amount of each currency has, by its code in capitals."""


REGIONS = ("us1", "ie1", "au1")
"""The Regions that calls can be processed in; us1 unless the account says otherwise."""

ONLY_IN_US1 = MappingProxyType(
    {
        "Sim": (13258,),
        "Sms": (13803,),
        "Message": (13803,),
        "Queue.reservationSid": (14219,),
        "Enqueue.workflowSid": (14226,),
        "WhatsApp": (37001,),
        "Room": (),
        "VirtualAgent": (),
    }
)
"""What Regions outside us1 lack, by the name of an element or ELEMENT.attribute, and the error that
it causes there, where Twilio has one (docs/global-infrastructure/
regional-product-and-feature-availability, docs/api/errors). The pages differ about what is in
private beta; that is listed too."""
