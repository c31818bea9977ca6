"""TwiML files among what is to be checked: options come in, findings go out.

They need no project: a file that ends in .xml or .twiml is a document, and so is what a folder
holds that has such files and no flows.
"""

import os
from codecs import BOM_UTF8
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.ignores import apply_ignores
from twimlc.diagnostics.order import apply_severities
from twimlc.pipeline.load import project_of
from twimlc.pipeline.model import Options
from twimlc.source.files import SOURCE_LIMIT, display_path, read_bytes

if TYPE_CHECKING:
    from twimlc.documents import Opened

ENDINGS = (".xml", ".twiml")
"""What the files of documents end in."""
_FLOWS = (".yaml", ".yml")
_PASSED_OVER = ("node_modules", "__pycache__")


def set_documents_apart(options: Options) -> tuple[Options | None, Options | None]:
    """The options for the documents that are asked for, and those for the flows."""
    if options.stdin is not None:
        name, data = options.stdin
        found = name.lower().endswith(ENDINGS) or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
        return (options, None) if found else (None, options)
    cwd = (options.cwd or Path.cwd()).absolute()
    documents = tuple(path for path in options.paths if _is_document(cwd / path))
    if not documents:
        return None, options
    flows = tuple(path for path in options.paths if path not in documents)
    rest = replace(options, paths=flows) if flows else None
    return replace(options, paths=documents), rest


def check_documents(options: Options) -> list[Diagnostic]:
    """The findings for documents, silenced and weighed as the project says if there is one."""
    from twimlc.documents import check_folder, comments_of, open_document, read_document
    from twimlc.flow.addresses import under_contract

    cwd = (options.cwd or Path.cwd()).absolute()
    found: list[Diagnostic] = []
    given: list[tuple[str, bytes, bool]] = []
    if options.stdin is not None:
        name, typed = options.stdin
        given.append((str(Path(name).with_suffix(".xml")) if _flow(name) else name, typed, False))
    for path, searched in _files(options, cwd):
        name = display_path(path, cwd)
        text = options.texts.get(name)
        data = None if text is None else text.encode("utf-8", "surrogatepass")
        if data is None:
            data, faults = read_bytes(path, root=None, name=name, limit=SOURCE_LIMIT)
            found += faults
        if data is not None:
            given.append((name, data, searched))
    read: list[tuple[Opened, bytes]] = []
    for name, data, searched in given:
        file, faults = read_document(data, name)
        found += faults
        if file is not None:
            read.append((open_document(file, searched=searched), data))
    whole = all(searched for _, _, searched in given)
    there = (lambda path: os.path.lexists(cwd / path)) if whole else None
    folder = check_folder([opened for opened, _ in read], there)
    found += folder.found
    for opened, data in read:
        findings = opened.findings(waits=opened.file.path in folder.aside)
        # Files are mended in UTF-8 alone; in another encoding they would not be read again.
        utf8 = opened.file.text.encode("utf-8", "surrogatepass") == data.removeprefix(BOM_UTF8)
        found += findings if utf8 else (replace(finding, fix=None) for finding in findings)
    comments = {o.file: comments for o, _ in read if (comments := comments_of(o.file))}
    broken = {finding.span.file.path for finding in found if finding.is_error}
    found = apply_ignores(found, comments, looked=lambda _, place: place.file.path not in broken)
    project, _ = project_of(options)
    if project is None:
        return found
    if project.account.interconnect:
        found = under_contract(found)
    return apply_severities(found, project.rules)


def _is_document(path: Path) -> bool:
    if os.path.isdir(path):
        documents, flows = _inside(path)
        return bool(documents) and not flows
    return path.name.lower().endswith(ENDINGS) and os.path.lexists(path)


def _flow(name: str) -> bool:
    return name.endswith(_FLOWS)


def _inside(folder: Path) -> tuple[list[Path], bool]:
    """The documents in a folder, sorted, and whether flows lie in it too."""
    documents: list[Path] = []
    flows = False
    for root, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _PASSED_OVER]
        documents += (Path(root, name) for name in names if name.lower().endswith(ENDINGS))
        flows = flows or any(map(_flow, names))
    return sorted(documents), flows


def _files(options: Options, cwd: Path) -> list[tuple[Path, bool]]:
    """Each document once, and whether it was only met in a folder."""
    found: dict[Path, bool] = {}
    for path in options.paths:
        if os.path.isdir(cwd / path):
            for document in _inside(cwd / path)[0]:
                found.setdefault(document, True)
        else:
            found[cwd / path] = False
    return list(found.items())
