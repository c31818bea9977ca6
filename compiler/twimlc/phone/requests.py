"""The parameters of Twilio's requests: who calls whom comes in, names and values go out.

Those of Twilio come with every request, those of authors only in the query of the first address.
"""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from twimlc import vocabulary

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
    """Those that are not Twilio's: they stand in the query of the first address only."""
    return {
        name: value
        for name, value in parameters.items()
        if not vocabulary.is_standard_parameter(name)
    }


def request_parameters(caller: str, called: str, further: Mapping[str, str]) -> dict[str, str]:
    """What Twilio tells with every request of a call (docs/voice/twiml)."""
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
