"""Why a call could not go on: a failure's words come in, what to do about it goes out.

Codes are Twilio's (docs/api/errors/CODE).
"""

import re


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
    "404": "no document lies at that address",
    "405": _PLAIN_FILES,
    "501": _PLAIN_FILES,
}
_BY_CODE = {
    "11100": "documents are asked for over http and https only",
    "11200": "Twilio wants an answer with a status from 200 to 299",
    "11202": "nothing listens at that port",
    "11205": "Twilio waits 5 seconds for a connection and 15 for the whole answer",
    "11210": "the name of the host is not known",
    "11215": "Twilio follows at most 10 redirects, of the kinds 301, 302, 303 and 307",
    "11220": "the server's certificate, or its encryption, is not in order",
    "11750": "a document has at most 64 kB; lead to another one with Redirect",
    "12100": "a document is well-formed XML, with &amp; for & and without a DOCTYPE",
    "12102": "the outermost element of a document is <Response>, written so",
    "12300": "serve documents as text/xml and sounds as audio/mpeg, audio/wav, ...",
}


def advice(failure: str) -> str | None:
    """What helps against a failure, if that is known."""
    found = _CODE.match(failure)
    if "private address" in failure:
        return "Twilio reaches public addresses only; call the private server by its own --url"
    if found is None:
        if "for ever" in failure:
            return "nothing in it ever asks the caller anything, so no call would leave it"
        return None
    status = re.search(r"answered with status (\d{3})\Z", failure)
    if status is not None and status[1] in _BY_STATUS:
        return _BY_STATUS[status[1]]
    return _BY_CODE.get(found[1])


def reference(failure: str) -> str | None:
    """Twilio's page about the failure's code."""
    found = _CODE.match(failure)
    return f"https://www.twilio.com/docs/api/errors/{found[1]}" if found else None
