"""Walks through what leads to what: keys, and what each leads to, come in."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def reached(starts: Iterable[Key], leads: Callable[[Key], Iterable[Key]]) -> Iterator[Key]:
    """Each key that ``starts`` lead to, once; these first.

    What a key leads to is asked when the next one is wanted.
    """
    seen: set[Key] = set()
    waiting = list(starts)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            yield key
            waiting += leads(key)


def strongly_connected(
    keys: Iterable[Key], leads: Callable[[Key], Iterable[Key]]
) -> Iterator[list[Key]]:
    """Keys that lead to each other, together; those that others lead to first.

    Each key is in one of the lists, most often alone. (Tarjan's algorithm, without recursion.)
    """
    among = dict.fromkeys(keys)
    number: dict[Key, int] = {}
    lowest: dict[Key, int] = {}
    held: dict[Key, None] = {}
    for first in among:
        walk: list[tuple[Key, Iterator[Key]]] = []
        following = None if first in number else first
        while walk or following is not None:
            if following is not None:
                number[following] = lowest[following] = len(number)
                held[following] = None
                walk.append((following, iter(leads(following))))
            key, after = walk[-1]
            following = None
            for other in after:
                if other in among and other not in number:
                    following = other
                    break
                if other in held:
                    lowest[key] = min(lowest[key], number[other])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[key])
                if lowest[key] == number[key]:
                    found: list[Key] = []
                    while key not in found[-1:]:
                        found.append(held.popitem()[0])
                    yield found


def loops(keys: Iterable[Key], leads: Callable[[Key], Iterable[Key]]) -> Iterator[list[Key]]:
    """Keys that lead to each other, together, or one that leads to itself."""
    for found in strongly_connected(keys, leads):
        if len(found) > 1 or found[0] in leads(found[0]):
            yield found
