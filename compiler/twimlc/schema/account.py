"""The shape of ``account:`` in the project file: nothing comes in, its JSON Schema goes out."""

from twimlc.schema.leaves import TEXT_TYPES, Schema, boolean, matching, one_of, text
from twimlc.source.account import CALLS, PAYMENT_METHODS, TOKEN_TYPES
from twimlc.vocabulary.regions import REGIONS


def account_schema() -> Schema:
    """What only the account knows. Every part may be left out; what is not said is not checked."""
    return {
        "type": ["object", "null"],
        "properties": {
            "region": {
                **one_of("The Region that calls are processed in.", *REGIONS),
                "default": "us1",
            },
            "pci": boolean("Whether PCI mode is on."),
            "recordingEncryption": boolean("Whether recordings are encrypted with a key of yours."),
            "callTransfer": boolean("Whether SIP phones transfer calls by REFER."),
            "interconnect": boolean("Whether there is an Interconnect contract."),
            "calls": _several("How calls come in.", one_of("", *CALLS)),
            "countries": _several(
                "Voice Geographic Permissions: the countries that may be called.",
                matching("[A-Z]{2}", "the two letters of a country", ""),
                ["US", "CA", "GB"],
            ),
            "numbers": _several("Phone numbers that the account owns.", _number()),
            "callerIds": _several("Verified Caller IDs.", _number()),
            "sipDomains": _several(
                "SIP domains of the account.",
                text(takes="a SIP domain, such as desk.sip.twilio.com"),
                ["desk.sip.twilio.com"],
            ),
            "applications": _several(
                "TwiML applications of the account.",
                matching("AP[0-9a-fA-F]{32}", "the SID of an application", ""),
            ),
            "connectors": _connectors(),
        },
        "additionalProperties": False,
        "$comment": "a map of what the account knows",
        "description": "What only the account knows. What is not said is not checked.",
    }


def _several(description: str, item: Schema, example: list[str] | None = None) -> Schema:
    schema: Schema = {
        "type": [*TEXT_TYPES, "array"],
        "items": item,
        "$comment": "a list",
        "description": description,
    }
    return schema if example is None else {**schema, "examples": [example]}


def _number() -> Schema:
    return text(takes="a number with its country code, as in +14155550100")


def _connectors() -> Schema:
    names = text(takes="the name of a connector")
    return {
        "type": ["object", "null"],
        "properties": {
            "pay": {
                "type": [*TEXT_TYPES, "array", "object"],
                "items": names,
                "additionalProperties": _pay(),
                "$comment": "a list of names, or a map of names and what they can do",
                "description": "Pay connectors, by name; or what each can do.",
            },
            "virtualAgent": _several("Connectors of virtual agents, by name.", names),
            "stream": _several("Connectors of streams, by name.", names),
            "siprec": _several("Connectors of siprec, by name.", names),
        },
        "additionalProperties": False,
        "$comment": "a map of pay, virtualAgent, stream and siprec",
        "description": "The connectors that are installed.",
    }


def _pay() -> Schema:
    return {
        "type": ["object", "null"],
        "properties": {
            "charge": boolean("Whether it charges."),
            "tokenTypes": _several(
                "The tokens it makes; an empty list for none.", one_of("", *TOKEN_TYPES)
            ),
            "currencies": _several("The currencies it charges in.", text(takes="a currency")),
            "paymentMethods": _several("The ways to pay it takes.", one_of("", *PAYMENT_METHODS)),
            "parameters": _several("The parameters it needs.", text(takes="a name")),
        },
        "additionalProperties": False,
        "$comment": "a map of what the connector can do",
        "description": "What a connector can do; what is not said is not checked.",
    }
