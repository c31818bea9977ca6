"""TwiML files among what is to be checked: options come in, findings go out.

They need no project: a file that ends in .xml or .twiml is a document, and so is what a folder
holds that has such files and no flows.
"""

import os
from codecs import BOM_UTF8
from dataclasses import replace
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.ignores import apply_ignores
from twimlc.findings.order import apply_severities
from twimlc.flow.addresses import under_contract
from twimlc.pipeline.model import Options, project_of
from twimlc.project.files import SOURCE_LIMIT, display_path, read_bytes
from twimlc.project.kinds import YAML_ENDINGS, FileKind, kind_of_file

_PASSED_OVER = ("node_modules", "__pycache__")


def set_documents_apart(options: Options) -> tuple[Options | None, Options | None]:
    """The options for the documents that are asked for, and those for the flows."""
    if options.stdin is not None:
        name, data = options.stdin
        found = _named_document(name) or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
        return (options, None) if found else (None, options)
    cwd = options.folder
    documents = tuple(path for path in options.paths if _is_document(cwd / path))
    if not documents:
        return None, options
    flows = tuple(path for path in options.paths if path not in documents)
    rest = replace(options, paths=flows) if flows else None
    return replace(options, paths=documents), rest


def check_documents(options: Options) -> list[Diagnostic]:
    """The findings for documents, silenced and weighed as the project says if there is one."""
    # Few checks are of TwiML files, and the many patterns of their readers take time to compile.
    from twimlc import documents

    cwd = options.folder
    found: list[Diagnostic] = []
    given: list[tuple[str, bytes, bool]] = []
    if options.stdin is not None:
        name, typed = options.stdin
        name = str(Path(name).with_suffix(".xml")) if name.endswith(YAML_ENDINGS) else name
        given.append((name, typed, False))
    for path, searched in _files(options, cwd):
        name = display_path(path, cwd)
        text = options.texts.get(name)
        data = None if text is None else text.encode("utf-8", "surrogatepass")
        if data is None:
            data, faults = read_bytes(path, root=None, name=name, limit=SOURCE_LIMIT)
            found += faults
        if data is not None:
            given.append((name, data, searched))
    read = []
    for name, data, searched in given:
        file, faults = documents.read_document(data, name)
        found += faults
        if file is not None:
            read.append((documents.open_document(file, searched=searched), data))
    whole = all(searched for _, _, searched in given)
    there = (lambda path: os.path.lexists(cwd / path)) if whole else None
    for (opened, data), findings in zip(
        read, documents.check_opened([opened for opened, _ in read], there), strict=True
    ):
        # Files are fixed in UTF-8 alone; in another encoding they would not be read again.
        utf8 = opened.file.text.encode("utf-8", "surrogatepass") == data.removeprefix(BOM_UTF8)
        found += findings if utf8 else (replace(finding, fix=None) for finding in findings)
    comments = {o.file: comments for o, _ in read if (comments := documents.comments_of(o.file))}
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
    return _named_document(path.name) and os.path.lexists(path)


def _named_document(name: str) -> bool:
    return kind_of_file(Path(name)) is FileKind.DOCUMENT


def _inside(folder: Path) -> tuple[list[Path], bool]:
    """The documents in a folder, sorted, and whether flows lie in it too."""
    documents: list[Path] = []
    flows = False
    for root, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _PASSED_OVER]
        documents += (Path(root, name) for name in names if _named_document(name))
        flows = flows or any(name.endswith(YAML_ENDINGS) for name in names)
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
