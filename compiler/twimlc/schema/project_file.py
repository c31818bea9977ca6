"""The shape of the project file: nothing comes in, its JSON Schema goes out.

The reader of the project file words its own findings (``source/project.py``); this schema tells
editors the same.
"""

from twimlc.schema.account import account_schema
from twimlc.schema.blocks import PARAM_NAME, allow
from twimlc.schema.flow_file import DRAFT, NAME
from twimlc.schema.leaves import Schema, matching, one_of, text
from twimlc.source.multiples import LIMITS
from twimlc.source.targets import HOSTS, ROUTERS


def project_schema() -> Schema:
    """The schema of ``twimlc.yaml``. Every part may be left out, or be there and empty."""
    return {
        "$schema": DRAFT,
        "title": "A twimlc project",
        "description": "Where the flows are and what they are built for.",
        "type": ["object", "null"],
        "properties": {
            "flows": {**text("Folder of the flows, searched recursively."), "default": "flows"},
            "build": {**text("Folder that is built into."), "default": "build"},
            "targets": {
                "type": ["object", "null"],
                "patternProperties": {f"^{NAME}$": _target()},
                "additionalProperties": False,
                "$comment": "a map of names and targets",
                "description": "What the flows are built for. Without -t all of them are built.",
            },
            "matrix": {
                "type": ["string", "object", "null"],
                "properties": {
                    "table": text("The CSV file, beside the project file."),
                    "folder": text("The column that names the folders; the first one otherwise."),
                    "flows": _flow_list("Flows that are built once per row; all otherwise."),
                },
                "required": ["table"],
                "additionalProperties": False,
                "$comment": "the name of a CSV file, or a map of table, folder and flows",
                "description": "A table. The flows are built once per row; columns become params.",
            },
            "budgets": {
                "type": ["object", "null"],
                "properties": {
                    "choice": _budget("What may come before the first choice."),
                    "human": _budget("What may come before a human."),
                    "sound": _budget("What a sound counts whose length is not known.", keys=False),
                },
                "additionalProperties": False,
                "$comment": "a map of choice, human and sound",
                "description": "How much a caller bears, at worst, on every way through a flow.",
            },
            "account": account_schema(),
            "rules": {
                "type": ["object", "null"],
                "additionalProperties": one_of(
                    "How bad a finding of this rule is.", "off", "note", "warning", "error"
                ),
                "$comment": "a map of rules and off, note, warning or error",
                "description": "How bad findings are, by rule. Errors cannot be turned off.",
            },
        },
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "$comment": "a project file",
    }


def _budget(description: str, *, keys: bool = True) -> Schema:
    most: Schema = {"type": "integer", "minimum": 0, "maximum": 999_999}
    measures = ("seconds", "words", "keys") if keys else ("seconds", "words")
    return {
        "type": ["object", "null"],
        "properties": dict.fromkeys(measures, most),
        "additionalProperties": False,
        "$comment": f"a map of {', '.join(measures[:-1])} and {measures[-1]}",
        "description": description,
    }


def _target() -> Schema:
    return {
        "type": "object",
        "properties": {
            "host": one_of("What kind of host serves the documents.", *HOSTS),
            "url": text("Where the build will be served, such as https://voice.example.com/ivr."),
            "router": one_of("What takes decisions where the host cannot.", *ROUTERS),
            "bin": matching("EH[0-9a-fA-F]{32}", "the SID of a TwiML Bin", "The hop's TwiML Bin."),
            "bins": {
                "type": ["object", "null"],
                "additionalProperties": matching(
                    "EH[0-9a-fA-F]{32}", "the SID of a TwiML Bin", "The TwiML Bin of a flow."
                ),
                "$comment": "a map of flows and SIDs",
                "description": "The TwiML Bins of flows, once they are there.",
            },
            "media": text("Where audio files are served, for a host that cannot serve them."),
            "flows": _flow_list("The flows of this target; all otherwise."),
            "keep": {
                "type": "integer",
                "minimum": 0,
                "maximum": 999,
                "$comment": "a whole number from 0 to 999",
                "description": "How many earlier versions of each flow stay; 3 otherwise.",
            },
            "params": {
                "type": ["object", "null"],
                "patternProperties": {f"^{PARAM_NAME}$": {}},
                "additionalProperties": False,
                "$comment": "a map of names and values",
                "description": "Params for this target.",
            },
            "allow": allow(),
            "onError": text("The flow for the number's fallback address."),
            "apology": text(
                "What callers hear where nothing else is left: words, or a flow's name.",
                examples=("Sorry, this line has a fault. In an emergency hang up and call 911.",),
            ),
            "limits": {
                "type": ["object", "null"],
                "properties": {
                    name: {"type": "integer", "minimum": 1, "default": most}
                    for name, most in LIMITS.items()
                },
                "additionalProperties": False,
                "$comment": "a map of documents and bytes",
                "description": "What one flow may be written as, at most.",
            },
            "tags": one_of("How a Bin's sections are placed.", "comment", "bare"),
        },
        "required": ["host"],
        "additionalProperties": False,
        "$comment": "a map that names its host",
        "description": "One way to build the flows.",
    }


def _flow_list(description: str) -> Schema:
    return {
        "type": ["array", "string", "null"],
        "items": {"type": "string"},
        "$comment": "names of flows, or globs",
        "description": description,
        "examples": [["standup", "notice-*"]],
    }
