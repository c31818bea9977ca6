"""The command ``twimlc``: arguments in; text on two streams and an exit status out."""

CLEAN = 0
FINDINGS = 1
USAGE = 2
FAULT = 3
INTERRUPTED = 130
"""Exit statuses, the same for every command and every format."""
