"""Twilio's requests for documents: what they carry, and what helps where one fails.

Parameters of Twilio come with every request, those of authors only in the query of the first
address. Codes are Twilio's (docs/api/errors/CODE).
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from twimlc import vocabulary
from twimlc.about import TWILIO_ERRORS

_ACCOUNT = "AC" + "0" * 32
_CALL = "CA" + "0" * 31 + "1"


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """An address with more parameters in its query; those that it has stay."""
    if not parameters:
        return url
    parts = urlsplit(url)
    query = "&".join(text for text in (parts.query, urlencode(parameters)) if text)
    return urlunsplit(parts._replace(query=query))


def own_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """Those that are not Twilio's: they are in the query of the first address only."""
    return {
        name: value
        for name, value in parameters.items()
        if not vocabulary.is_standard_parameter(name)
    }


def request_parameters(caller: str, called: str, further: Mapping[str, str]) -> dict[str, str]:
    """What Twilio sends with every request of a call (docs/voice/twiml)."""
    standard = {
        "CallSid": _CALL,
        "AccountSid": _ACCOUNT,
        "From": caller,
        "To": called,
        "CallStatus": "ringing",
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "Caller": caller,
        "Called": called,
    }
    own = own_parameters(further)
    return standard | {name: value for name, value in further.items() if name not in own}


class FetchError(Exception):
    """An answer that never came, or that Twilio would not take."""

    def __init__(self, code: int, url: str, why: str) -> None:
        super().__init__(f"{code} {url}: {why}")
        self.code = code


_CODE = re.compile(r"(\d{5}) ")

_PLAIN_FILES = (
    'a host of plain files answers GET only: write method="GET" at the verb that leads there '
    "(for the first document: --method GET)"
)
_BY_STATUS = {
    "401": "the address needs a login; Twilio takes one as https://user:password@...",
    "403": "the server may want Twilio's signature, which this phone does not have",
    "404": "there is no document at that address",
    "405": _PLAIN_FILES,
    "501": _PLAIN_FILES,
}
_MOST = vocabulary.DOCUMENT_LIMITS.max_bytes // 1024
_BY_CODE = {
    "11100": "documents are asked for over http and https only",
    "11200": "Twilio wants an answer with a status from 200 to 299",
    "11202": "nothing listens at that port",
    "11205": "Twilio waits 5 seconds for a connection and 15 for the whole answer",
    "11210": "the name of the host is not known",
    "11215": "Twilio follows at most 10 redirects, of the kinds 301, 302, 303 and 307",
    "11220": "the server's certificate, or its encryption, is not in order",
    "11750": f"a document has at most {_MOST} kB; lead to another one with Redirect",
    "12100": "a document is well-formed XML, with &amp; for & and without a DOCTYPE",
    "12102": "the outermost element of a document is <Response>, written so",
    "12300": "serve documents as text/xml and audio as audio/mpeg, audio/wav, ...",
}


def advice(failure: str) -> str | None:
    """What helps against a failure, if that is known."""
    if "private address" in failure:
        return "Twilio reaches public addresses only; call the private server by its own --url"
    if (found := _CODE.match(failure)) is None:
        endless = "nothing in it ever asks the caller anything, so no call would leave it"
        return endless if "forever" in failure else None
    status = re.search(r"answered with status (\d{3})\Z", failure)
    if status is not None and status[1] in _BY_STATUS:
        return _BY_STATUS[status[1]]
    return _BY_CODE.get(found[1])


def reference(failure: str) -> str | None:
    """Twilio's page about the failure's code."""
    found = _CODE.match(failure)
    return f"{TWILIO_ERRORS}{found[1]}" if found else None
