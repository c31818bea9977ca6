"""Whether a file is an earlier report of one form: a text stream in, yes or no out.

Forms that name the tool are known by their beginning; of the others every line is as in that form.
"""

import re
from typing import TextIO

from twimlc.report import render

_TOOL = "twimlc"
_LONGEST = 1 << 16
_RULE = r"TW\d{3} [a-z0-9-]+"
_FOUND = rf"(?=.+:\d+:\d+: (?:error|warning|note)\[{_RULE}\] ).*"
_FIRST = {"human": _FOUND, "gitlab": r"\[\]?"}
_LINE = {
    "human": rf"{_FOUND}|  .+:\d+:\d+: .*|[ \d]{{5,}} \|.*|      = prevents .*|",
    "line": rf"(?=.+:\d+:\d+: (?:error|warning|note): ).*\[{_RULE}\]",
    "github": rf"::(?:error|warning|notice) file=[^,]*,line=\d+,[^:]*,title={_RULE}::.*",
    "gitlab": r"\[|\]|  \{|  \},?|    \}|      \}"
    rf'|    "description": "{_RULE}: .*",|    "check_name": "[a-z0-9-]+",'
    r'|    "fingerprint": "[0-9a-f]{32}:\d+",|    "severity": "(?:major|minor|info)",'
    r'|    "location": \{|      "path": ".*",|      "lines": \{|        "(?:begin|end)": \d+,?',
    "outputs": r"(?:errors|warnings|notes|findings)=\d+",
}


def is_report(stream: TextIO, form: str) -> bool:
    """Whether nothing but a report of ``form`` can be what ``stream`` holds."""
    beginning, tool, _ = render([], form).partition(_TOOL)
    if tool:
        return stream.read(len(beginning + tool)) == beginning + tool
    pattern = _FIRST.get(form, _LINE[form])
    while line := stream.readline(_LONGEST):
        if not re.fullmatch(pattern, line.removesuffix("\n")):
            return False
        pattern = _LINE[form]
    return True
