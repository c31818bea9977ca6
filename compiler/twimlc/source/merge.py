"""Merge keys: the entries of a map with ``<<`` come in, its entries with the others' go out."""

from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules import yaml as rules
from twimlc.source.tree import Entry, Mapping, Node, Sequence


def merge_entries(entries: list[Entry], merge: Entry) -> tuple[list[Entry], list[Diagnostic]]:
    """Put what ``<<`` names in its place; keys that the map has itself win, then earlier maps."""
    sources, findings = _sources(merge)
    taken = {entry.key for entry in entries if entry is not merge}
    merged: list[Entry] = []
    for entry in entries:
        if entry is not merge:
            merged.append(entry)
            continue
        for source in sources:
            via = source.span.via
            for brought in source.entries:
                if brought.key in taken:
                    continue
                taken.add(brought.key)
                if via is not None:
                    value = brought.value
                    value = replace(value, span=value.span.through(via))
                    brought = Entry(brought.key, brought.key_span.through(via), value)
                merged.append(brought)
    return merged, findings


def _sources(merge: Entry) -> tuple[list[Mapping], list[Diagnostic]]:
    value = merge.value
    items: tuple[Node, ...] = value.items if isinstance(value, Sequence) else (value,)
    sources: list[Mapping] = []
    findings: list[Diagnostic] = []
    for item in items:
        if isinstance(item, Mapping):
            sources.append(item)
            continue
        kind = "a list in a list" if isinstance(item, Sequence) else f"'{item.span.text}'"
        place = item.span.via or item.span
        if place.start == place.end:
            kind, place = "nothing", merge.key_span
        findings.append(
            rules.MERGE_KEY.at(
                place,
                f"'<<' takes a map or a list of maps, not {kind}",
                hint="write '<<: *name', with '&name' at the map that is to be merged in; "
                "'<<' as a key of its own goes in quotes",
            )
        )
    return sources, findings
