"""Rules about the build folder and what is written there (8xx)."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_FLOW = """\
flow: lunch
steps:
  - say: We are at lunch until one.
  - hangup
"""

_RIGHT = Example(_FLOW)

CANNOT_WRITE = Rule(
    801,
    "cannot-write",
    Severity.ERROR,
    "The build cannot be written.",
    "The disk is full, the folder may not be written to, or something else lies where a file or "
    "a folder must be. The last build is left whole.",
    wrong=Example(_FLOW, files=(("build/static", "a file in the place of a folder\n"),)),
    right=_RIGHT,
)

FOREIGN_MANIFEST = Rule(
    802,
    "foreign-manifest",
    Severity.ERROR,
    "The manifest in the build folder is damaged, or somebody else's.",
    "The manifest says which files the last build wrote, and only those are ever removed. When it "
    "cannot be trusted, nothing is written and nothing is removed.",
    wrong=Example(_FLOW, files=(("build/static/manifest.json", '{"name": "my web site"}\n'),)),
    right=_RIGHT,
)

LINKED_FOLDER = Rule(
    803,
    "linked-folder",
    Severity.ERROR,
    "A folder of the build is a link to somewhere else.",
    "What is written through a link lands outside the build folder, where the compiler must not "
    "touch anything. Remove the link, or build to the folder it leads to with `-o`.",
    # A file of an example that begins with an arrow stands for a link.
    wrong=Example(_FLOW, files=(("build/static/public", "-> ../../elsewhere\n"),)),
    right=_RIGHT,
)

FOREIGN_FILES = Rule(
    804,
    "foreign-files",
    Severity.ERROR,
    "A file that the last build did not write lies where this build writes.",
    "What the last manifest does not list is taken for somebody's own work: a hand-written "
    "document, a file of another tool, or one of an earlier build that was edited since. Nothing is "
    "replaced until you say so with `--force`.",
    wrong=Example(_FLOW, files=(("build/static/public/lunch/index.xml", "<Response/>\n"),)),
    right=_RIGHT,
)
