"""Call scripts: files that say how calls go come in; what was heard, failures, coverage go out."""

from twimlc.callscripts import report
from twimlc.callscripts.generate import Generated, generate
from twimlc.callscripts.run import CallResult, Verdict, play_scripts

__all__ = ["CallResult", "Generated", "Verdict", "generate", "play_scripts", "report"]
