"""Frozen dataclasses of which a build makes thousands. A class comes in, a dataclass goes out."""

from typing import TYPE_CHECKING, Any

__all__ = ["record"]

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    def record(*, frozen: bool, eq: bool = True, **options: Any) -> Any:
        """``dataclass``, frozen for the type checker alone.

        A frozen one sets each of its fields by a call, which took a twentieth of a build.
        """
        assert frozen, "others are dataclasses"
        return dataclass(eq=eq, unsafe_hash=eq, **options)
