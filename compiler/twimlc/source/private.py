"""Hosts that the open internet does not know. A host's name comes in, yes or no goes out."""

import re

_INSIDE = ("localhost", "local", "internal", "lan", "home", "corp", "test", "invalid")


def is_private(host: str) -> bool:
    """Whether a host is one that the open internet does not know."""
    host = host.strip("[]").lower()
    if ":" in host or re.fullmatch(r"[0-9.]+", host):
        from ipaddress import ip_address

        try:
            return not ip_address(host).is_global
        except ValueError:
            return False
    return "." not in host or host.rsplit(".", 1)[1] in _INSIDE


def is_own_machine(host: str) -> bool:
    """Whether a host is the machine that asks: somebody is trying something out."""
    return re.fullmatch(r"localhost|127(?:\.[0-9]+){3}|\[?::1\]?", host, re.IGNORECASE) is not None
