"""The build before: what it left in a folder comes in, what of that stays goes out.

A version stays as it is or not at all, with all that it leads to and plays; so does what the
entries before the present one led to, since a call may still be in one.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from twimlc.lower.names import MEDIA, VERSION
from twimlc.output.folder import digest_of, is_plain, read_plain
from twimlc.output.manifest import PUBLIC, DocumentEntry, FlowEntry, Manifest
from twimlc.text import lazy_pattern, sha256

_INNER = lazy_pattern(f"{PUBLIC}((?:[^/]+/)?[^/]+)/({VERSION})/[^/]+")
_LEADS = lazy_pattern(f"(?<![a-z0-9-])([a-z0-9-]{{1,64}})/({VERSION})/")
_OWN = lazy_pattern(f"(?<![^\"'>])({VERSION})/")
_SOUND = lazy_pattern(PUBLIC + MEDIA)
_NAME = lazy_pattern(r"[A-Za-z0-9_.-]+")

Version = tuple[str, str]
"""A flow (``FLOW`` or ``ROW/FLOW``) and the name of one of its versions."""


@dataclass(frozen=True, eq=False)
class Ground:
    """The earlier build: its manifest, the SHA-256 of that, and the folder where it lies."""

    manifest: Manifest
    digest: str
    folder: Path

    def read(self, path: str) -> bytes | None:
        """A document; None if it is not there, or a link leads there."""
        return read_plain(self.folder / path) if is_plain(self.folder, path) else None

    @cached_property
    def placed(self) -> Mapping[str, Collection[str]]:
        """The hashes of all that may lie in each place that is switched by plan."""
        found, listed = dict[str, set[str]](), self.manifest.documents
        for item in self.manifest.questions:
            if item["path"] in listed:
                leads = (way for turn in item["turns"] for way in turn.get("outcomes", {}).values())
                others = (turn["default"] for turn in item["turns"])
                paths = {item["path"], *leads, *others} & listed.keys()
                found[item["path"]] = {listed[path].sha256 for path in paths}
        return found

    def hashes(self, path: str) -> Collection[str]:
        """Those of what the manifest says of a file."""
        return self.placed.get(path) or (self.manifest.documents[path].sha256,)

    def is_same(self, path: str) -> bool:
        """Whether a file is what the manifest says."""
        found = digest_of(self.folder / path) if is_plain(self.folder, path) else None
        return found in self.hashes(path)


class Earlier:
    """The documents of the earlier build, by version."""

    def __init__(self, ground: Ground, left_alone: Collection[str]) -> None:
        self.ground, self.left_alone = ground, left_alone
        self.broken: dict[str, str] = {}
        self._inner: dict[Version, list[str]] = {}
        self._beside: dict[str, list[str]] = {}
        self._seen: dict[str, tuple[bool, str]] = {}
        listed = ground.manifest.documents
        self._sounds = {path.rpartition("/")[2]: path for path in listed if _SOUND.fullmatch(path)}
        for path, document in listed.items():
            version = version_of(path)
            if version is not None:
                self._inner.setdefault(version, []).append(path)
            elif document.flow:
                self._beside.setdefault(document.flow, []).append(path)

    def entries(
        self, name: str, documents: Mapping[str, DocumentEntry]
    ) -> tuple[tuple[str, ...], ...]:
        """What the entries of a flow before the next build's led into and played, newest first."""
        flow = self.ground.manifest.flows.get(name)
        if flow is None or name in self.left_alone or flow.entry is None:
            return flow.earlier if flow is not None else ()
        listed, made = self.ground.manifest.documents, documents.get(flow.entry)
        if flow.entry not in listed or (made and made.sha256 == listed[flow.entry].sha256):
            return flow.earlier
        text = self._text(flow.entry)
        versions = {f"{PUBLIC}{other}/{version}" for other, version in self._leads(name, text)}
        return tuple(sorted(versions | self._played(text))), *flow.earlier

    def _leads(self, name: str, text: str) -> Iterator[Version]:
        """The versions, also its own, that a document of a flow leads into."""
        row = name.rpartition("/")[0]
        for other, version in set(_LEADS.findall(text)):
            yield (f"{row}/{other}" if row else other), version
        for version in set(_OWN.findall(text)):
            yield name, version

    def _played(self, text: str) -> set[str]:
        return {self._sounds[name] for name in set(_NAME.findall(text)) & self._sounds.keys()}

    def kept(self, flows: Mapping[str, FlowEntry], keep: int) -> set[Version]:
        """The versions of the earlier build that stay: the last ones, and all they lead to."""
        wanted: list[Version] = []
        texts = [(name, path) for name in self.left_alone for path in self._beside.get(name, ())]
        for name, flow in flows.items():
            before = [version for version in flow.versions if version != flow.version]
            wanted += ((name, version) for version in before[:keep])
            if name in self.left_alone and flow.version is not None:
                wanted.append((name, flow.version))
            for path in {path for paths in flow.earlier for path in paths}:
                other, _, version = path.removeprefix(PUBLIC).rpartition("/")
                wanted += [(other, version)] * ((other, version) in self._inner)
        kept: set[Version] = set()
        while wanted or texts:
            while texts:
                name, path = texts.pop()
                leads = self._leads(name, self._text(path))
                wanted += (each for each in leads if each in self._inner and each not in kept)
            if wanted and (found := wanted.pop()) not in kept and self._is_whole(found):
                kept.add(found)
                texts += ((found[0], path) for path in self._inner[found])
        return kept

    def paths(self, kept: Collection[Version], flows: Mapping[str, FlowEntry]) -> set[str]:
        """Every file that stays: of versions, of flows left alone, and the audio they play."""
        found = {path for version in kept for path in self._inner[version]}
        for name, paths in self._beside.items():
            if name in self.left_alone:
                found.update(paths)
            elif name in flows and flows[name].entry is None:
                found.update(path for path in paths if path.endswith("/changed.xml"))
        if self._sounds:
            found.update(*[self._played(self._text(path)) for path in found])
            before = {path for flow in flows.values() for paths in flow.earlier for path in paths}
            found.update(before.intersection(self._sounds.values()))
        return found

    def stays(self, path: str) -> bool:
        """Whether a file is what it was; those of flows left alone stay whatever they are."""
        whole = self._is_as_it_was(path)
        if not whole:
            self.broken[path] = path
        return whole

    def _is_whole(self, version: Version) -> bool:
        """Whether a version is there, and all its documents are what they were."""
        paths = self._inner.get(version, ())
        changed = next((path for path in paths if not self._is_as_it_was(path)), None)
        if changed is not None:
            self.broken["/".join(version)] = changed
        return bool(paths) and changed is None

    def _is_as_it_was(self, path: str) -> bool:
        flow = self.ground.manifest.documents[path].flow
        return flow in self.left_alone or self._look(path)[0]

    def _text(self, path: str) -> str:
        """A document's text, whatever it is; empty if it is not there."""
        return self._look(path)[1]

    def _look(self, path: str) -> tuple[bool, str]:
        """Whether a file is what the manifest says, and its text."""
        if path not in self._seen:
            if _SOUND.fullmatch(path):
                self._seen[path] = self.ground.is_same(path), ""
            else:
                data = self.ground.read(path)
                same = data is not None and sha256(data).hexdigest() in self.ground.hashes(path)
                self._seen[path] = same, (data or b"").decode("utf-8", "replace")
        return self._seen[path]


def version_of(path: str) -> Version | None:
    found = _INNER.fullmatch(path)
    return (found[1], found[2]) if found is not None else None
