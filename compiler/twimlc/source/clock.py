"""What people write who want the time of the day in a flow: a name in, what to do instead out."""

from twimlc import __url__
from twimlc.source.names import folded

_NAMES = frozenset(
    {"hours", "openinghours", "businesshours", "officehours", "schedule"}
    | {"time", "timeofday", "localtime", "currenttime", "hour", "minute", "now", "clock"}
    | {"timezone", "date", "today", "day", "dayofweek", "weekday", "weekend", "daytime"}
    | {"holiday", "holidays"}
)


def clock_hint(name: str) -> str | None:
    """What to do instead of asking for the time, where ``name`` means it."""
    if folded(name) not in _NAMES:
        return None
    return (
        "flows do not know the time: a flow for the day and one for the night take turns on the "
        f"number, see {__url__}/blob/main/docs/hosts.md#day-and-night"
    )
