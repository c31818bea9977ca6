"""Whether a run could have found whatever breaks a rule, so that an ignore is known to be unused.

What was read and compiled comes in, a question goes out.
"""

from collections.abc import Callable, Sequence

from twimlc.diagnostics.diagnostic import Diagnostic, Rule
from twimlc.diagnostics.rules import hosts
from twimlc.diagnostics.rules.experience import PIN_IN_PUBLIC
from twimlc.lower.host import find_host
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.variants import Compiled
from twimlc.text import Span

_OF_HOSTS = {rule.slug for rule in vars(hosts).values() if isinstance(rule, Rule)}


def looked(
    loaded: Loaded, compiled: Sequence[Compiled], findings: Sequence[Diagnostic]
) -> Callable[[Rule, Span], bool]:
    """Tells for a rule, and a place in a file, whether every stage looked there.

    An error keeps later stages from looking. What only some hosts or some flows would show is
    not known where they are left out.
    """
    stopped = any(finding.is_error for finding in findings)
    seen = {name for made in compiled for name in made.flows}
    hosts_known = loaded.project.file is not None
    built = {made.target.name for made in compiled}
    everywhere = not hosts_known or built >= loaded.project.targets.keys()
    public = any(_is_public(made) for made in compiled)

    def answer(rule: Rule, place: Span) -> bool:
        if stopped or not everywhere:
            return False
        if rule is PIN_IN_PUBLIC:
            return public
        if rule.slug in _OF_HOSTS and not hosts_known:
            return False
        owner = loaded.owners.get(place.file.path)
        return owner in seen if owner is not None else loaded.whole

    return answer


def _is_public(made: Compiled) -> bool:
    host = find_host(made.target.host, made.target.router)
    return host is None or not host.private
