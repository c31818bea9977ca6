"""The shape of ``--format json``: a JSON Schema (draft-07) of the report of findings.

Keys may be added to a report within version 1, so unknown ones are allowed everywhere.
"""

from typing import Any

_PLACE: dict[str, Any] = {
    "file": {"type": "string", "description": "Path of the file, with forward slashes."},
    "line": {"type": "integer", "minimum": 1},
    "column": {"type": "integer", "minimum": 1, "description": "Counted in code points."},
    "endLine": {"type": "integer", "minimum": 1},
    "endColumn": {
        "type": "integer",
        "minimum": 1,
        "description": "The column behind the last character.",
    },
}
_PLACE_KEYS = list(_PLACE)

REPORT_SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "twimlc report",
    "description": "What twimlc found, as printed by --format json.",
    "type": "object",
    "required": ["version", "tool", "findings", "summary"],
    "properties": {
        "version": {"const": 1},
        "tool": {
            "type": "object",
            "required": ["name", "version"],
            "properties": {"name": {"const": "twimlc"}, "version": {"type": "string"}},
        },
        "findings": {"type": "array", "items": {"$ref": "#/definitions/finding"}},
        "summary": {
            "type": "object",
            "required": ["errors", "warnings", "notes"],
            "properties": {
                "errors": {"type": "integer", "minimum": 0},
                "warnings": {"type": "integer", "minimum": 0},
                "notes": {"type": "integer", "minimum": 0},
            },
        },
    },
    "definitions": {
        "finding": {
            "type": "object",
            "required": [
                "rule",
                "slug",
                "severity",
                "message",
                "hint",
                *_PLACE_KEYS,
                "twilio",
                "labels",
            ],
            "properties": {
                "rule": {"type": "string", "pattern": "^TW[0-9]{3,4}$"},
                "slug": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
                "severity": {"enum": ["error", "warning", "note"]},
                "message": {"type": "string"},
                "hint": {"type": ["string", "null"]},
                **_PLACE,
                "twilio": {
                    "type": "array",
                    "items": {"type": "integer"},
                    "description": "Twilio's error codes that mending this prevents.",
                },
                "labels": {"type": "array", "items": {"$ref": "#/definitions/label"}},
                "fix": {
                    "description": "Edits that --fix would make, or null.",
                    "anyOf": [{"type": "null"}, {"$ref": "#/definitions/fix"}],
                },
            },
        },
        "fix": {
            "type": "object",
            "required": ["title", "edits"],
            "properties": {
                "title": {"type": "string"},
                "edits": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "description": "The text between two places, and what to put there.",
                        "required": ["text", *_PLACE_KEYS],
                        "properties": {"text": {"type": "string"}, **_PLACE},
                    },
                },
            },
        },
        "label": {
            "type": "object",
            "description": "A second place that the finding talks about.",
            "required": ["message", *_PLACE_KEYS],
            "properties": {"message": {"type": "string"}, **_PLACE},
        },
    },
}
