"""The JSON Schema (draft-07) of ``manifest.json``, as plain data."""

from typing import Any

_PATH = {
    "type": "string",
    "pattern": r"^(?!\.{1,2}(?:/|$))[^/\\:]+(?:/(?!\.{1,2}(?:/|$))[^/\\]+)*$",
}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_VERSION = {"type": "string", "pattern": r"^v\.[0-9a-f]{12}$"}
_OF_FLOW = {"type": "string", "description": "FLOW, or ROW/FLOW with a matrix; empty if shared."}

_VERIFIED: dict[str, Any] = {
    "description": "How many pairs of positions, in a flow and in its documents, were compared to "
    "show that both are the same call; false if they were not, or not all of them.",
    "anyOf": [
        {"const": False},
        {
            "type": "object",
            "required": ["pairs"],
            "additionalProperties": False,
            "properties": {"pairs": {"type": "integer", "minimum": 0}},
        },
    ],
}

_FLOW: dict[str, Any] = {
    "type": "object",
    "description": "Where a flow begins and what to set on its phone number.",
    "required": [
        *("entry", "source", "number", "version", "versions", "earlierEntries", "verified"),
    ],
    "additionalProperties": False,
    "properties": {
        "entry": {
            "description": "The document that a call starts with; null for a flow that is gone, of "
            "which versions are kept for calls in progress.",
            "anyOf": [_PATH, {"type": "null"}],
        },
        "source": {"type": "string", "description": "The flow's file in the project."},
        "number": {
            "type": "object",
            "description": "Settings of the number by the names of Twilio's API: voiceUrl, "
            "voiceMethod, voiceFallbackUrl, smsUrl and so on.",
            "additionalProperties": {"type": "string"},
        },
        "version": {
            "description": "The folder with all documents behind the entry; null without any.",
            "anyOf": [_VERSION, {"type": "null"}],
        },
        "versions": {
            "type": "array",
            "description": "The versions that are in the build, newest first.",
            "items": _VERSION,
            "uniqueItems": True,
        },
        "earlierEntries": {
            "type": "array",
            "description": "Of each first document before the present one, newest first: the "
            "versions that it led into and the audio files that it played.",
            "items": {"type": "array", "items": _PATH},
        },
        "verified": _VERIFIED,
    },
}

_DOCUMENT: dict[str, Any] = {
    "type": "object",
    "description": "One file of the build.",
    "required": ["sha256", "bytes", "mediaType", "cache", "flow", "source", "states", "lines"],
    "additionalProperties": False,
    "properties": {
        "sha256": _SHA256,
        "bytes": {"type": "integer", "minimum": 0},
        "mediaType": {"type": "string", "description": "What the host must send as Content-Type."},
        "cache": {
            "enum": ["no-store", "immutable", None],
            "description": "How long an answer may be kept: not at all, or forever; null for a "
            "file that no server serves.",
        },
        "flow": _OF_FLOW,
        "source": {"type": ["string", "null"], "description": "The file it was made from."},
        "states": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The states that play in this document.",
        },
        "lines": {
            "type": "array",
            "description": "Source map: a line of the document, FLOW/STATE, a line of the source.",
            "items": {
                "type": "array",
                "items": [
                    {"type": "integer", "minimum": 1},
                    {"type": "string"},
                    {"type": "integer", "minimum": 1},
                ],
                "additionalItems": False,
                "minItems": 3,
            },
        },
    },
}

_BRANCHES: dict[str, Any] = {
    "type": "object",
    "description": "The document for each value.",
    "additionalProperties": _PATH,
}

_DECISION: dict[str, Any] = {
    "type": "object",
    "description": "What the host answers at a path where no file lies: the document that marked "
    "(if the mark holds) or else branches give for the value of the parameter, or the default.",
    "required": ["flow", "path", "states", "parameter", "branches", "default"],
    "additionalProperties": False,
    "properties": {
        "flow": _OF_FLOW,
        "path": _PATH,
        "states": {"type": "array", "items": {"type": "string"}},
        "parameter": {"type": "string", "description": "The request parameter looked at."},
        "branches": _BRANCHES,
        "default": _PATH,
        "mark": {
            "type": "object",
            "description": "A second parameter, and its value; null: any but an empty one.",
            "required": ["parameter", "value"],
            "additionalProperties": False,
            "properties": {
                "parameter": {"type": "string"},
                "value": {"type": ["string", "null"]},
            },
        },
        "marked": _BRANCHES,
    },
}

MANIFEST_SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Manifest of a twimlc build",
    "description": "What one target's build consists of. It holds no date and no absolute path; "
    "all paths start at the target's folder.",
    "type": "object",
    "required": [
        "version",
        "tool",
        "target",
        "host",
        "url",
        "builtOn",
        "verified",
        "flows",
        "documents",
        "decisions",
        "approximations",
        "assumptions",
    ],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 2, "description": "Version of this format."},
        "tool": {
            "type": "object",
            "required": ["name", "version"],
            "additionalProperties": False,
            "properties": {"name": {"const": "twimlc"}, "version": {"type": "string"}},
        },
        "target": {"type": "string"},
        "host": {"type": "string"},
        "url": {
            "type": ["string", "null"],
            "description": "Where the folder is served; null when its links are relative.",
        },
        "builtOn": {
            "description": "The SHA-256 of the manifest of the build whose versions were kept, or "
            "null.",
            "anyOf": [_SHA256, {"type": "null"}],
        },
        "verified": _VERIFIED,
        "flows": {"type": "object", "additionalProperties": _FLOW},
        "documents": {
            "type": "object",
            "propertyNames": _PATH,
            "additionalProperties": _DOCUMENT,
        },
        "decisions": {
            "type": "array",
            "description": "Places where the next document depends on a value that Twilio sends.",
            "items": _DECISION,
        },
        "approximations": {
            "type": "array",
            "description": "Promises that the author allowed this target to break, by name.",
        },
        "assumptions": {
            "type": "array",
            "description": "What the build rests on that Twilio's documentation leaves open.",
        },
    },
}
