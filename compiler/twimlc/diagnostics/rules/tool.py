"""9xx: what is said to the tool itself, such as the comments that silence findings."""

from twimlc.diagnostics.diagnostic import Example, Rule, Severity

_CLEAN = """\
flow: notice
steps:
  - say: Our office is closed today.
  - hangup
"""

UNUSED_IGNORE = Rule(
    901,
    "unused-ignore",
    Severity.WARNING,
    "A comment silences a finding that is not there.",
    "A `# twimlc: ignore[...]` comment that silences nothing hides the next real finding on its "
    "line. Take the comment, or the one name in its brackets, away. The comment speaks for its own "
    "line, or, standing alone, for the line below it.",
    wrong=Example("""\
flow: notice
steps:
  # twimlc: ignore[unknown-rule] nothing here needs it
  - say: Our office is closed today.
  - hangup
"""),
    right=Example(_CLEAN),
)

UNKNOWN_RULE = Rule(
    902,
    "unknown-rule",
    Severity.WARNING,
    "A comment names a rule that does not exist.",
    "The comment silences nothing, because no rule has this name or number. `twimlc explain` lists "
    "all rules; a finding shows the name of its own rule in brackets, as in "
    "`warning[TW901 unused-ignore]`.",
    wrong=Example("""\
flow: notice
steps:
  - say: Our office is closed today.   # twimlc: ignore[unusd-ignore] a typing mistake
  - hangup
"""),
    right=Example(_CLEAN),
)

CANNOT_IGNORE = Rule(
    903,
    "cannot-ignore",
    Severity.WARNING,
    "A comment tries to silence an error.",
    "An error means that no right document can be built, so it cannot be silenced. Warnings and "
    "notes can. Where a host can only come near to what a flow says, `allow: [NAME]` on the step "
    "or in the target accepts that by name.",
    wrong=Example("""\
flow: notice
steps:
  - say: Our office is closed today.   # twimlc: ignore[unknown-state] errors stay
  - hangup
"""),
    right=Example(_CLEAN),
)

BAD_IGNORE = Rule(
    904,
    "bad-ignore",
    Severity.WARNING,
    "A comment for twimlc is not understood.",
    "Comments for the tool are `# twimlc: ignore[RULE, ...] reason`, on the line of the finding or "
    "alone on the line above it, and `# twimlc: ignore-file[RULE, ...] reason` above everything "
    "else in the file. The brackets name rules by slug or number; what follows them is free text.",
    wrong=Example("""\
flow: notice
steps:
  - say: Our office is closed today.   # twimlc: ignore everything here
  - hangup
"""),
    right=Example(_CLEAN),
)
