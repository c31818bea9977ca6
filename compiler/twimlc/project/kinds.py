"""What a file is, by its name and folder. Nobody else knows how names of files end."""

import re
from enum import StrEnum
from pathlib import PurePath

from twimlc.about import MISNAMED, PROJECT_FILE

COMPONENTS = "_components"
"""The folder of components."""
YAML_ENDINGS = (".yaml", ".yml")
SCRIPT_ENDINGS = (".test.yaml", ".test.yml")
DOCUMENT_ENDINGS = (".xml", ".twiml")


class FileKind(StrEnum):
    """What is in a file, and so which schema it follows."""

    FLOW = "flow"
    COMPONENT = "component"
    PROJECT = "project"
    SCRIPT = "script"
    DOCUMENT = "document"


def kind_of_file(path: PurePath) -> FileKind:
    """The kind of a file; what nothing tells is a flow."""
    if path.name in (PROJECT_FILE, MISNAMED):
        return FileKind.PROJECT
    if path.name.endswith(SCRIPT_ENDINGS):
        return FileKind.SCRIPT
    if path.name.lower().endswith(DOCUMENT_ENDINGS):
        return FileKind.DOCUMENT
    return FileKind.COMPONENT if path.parent.name == COMPONENTS else FileKind.FLOW


def stem_of(path: PurePath) -> str:
    """What a flow is called, or a script's flow, if it does not say so itself."""
    return re.sub(r"(\.test|\.flow)?\.ya?ml$", "", path.name)
