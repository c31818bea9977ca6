"""Call scripts: files that say how calls go come in; what was heard, failures, coverage go out."""

from twimlc.callscripts import report
from twimlc.callscripts.generate import Generated, generate
from twimlc.callscripts.run import CallResult, Verdict, check_script, play_scripts

__all__ = [
    "CallResult",
    "Generated",
    "Verdict",
    "check_script",
    "generate",
    "play_scripts",
    "report",
]
