"""What a host can do, as data. Nothing comes in; the types that its records are made of go out."""

from dataclasses import dataclass
from typing import NamedTuple

from twimlc.vocabulary import DOCUMENT_LIMITS


class HostFile(NamedTuple):
    """A file that a host needs beside the documents, written from ``template``.

    Where it is longer than ``limit`` bytes, ``beyond`` is written in its place.
    """

    path: str
    template: str
    media_type: str
    limit: int | None = None
    beyond: "tuple[HostFile, ...]" = ()


@dataclass(frozen=True, slots=True)
class Host:
    """The capabilities of one kind of host.

    ``methods`` are the HTTP methods it answers with a document, the preferred one first.
    ``decisions``: the next document may depend on a value that Twilio sends. ``templates``: a
    document may show values of the running call. ``single``: a whole flow is one document.
    ``hop``: a TwiML Bin leads from each value of a decision to a file of its own. ``needs`` are
    keys a target must give, ``files`` what it needs to find the right document.
    """

    name: str
    description: str
    methods: tuple[str, ...] = ("GET",)
    decisions: bool = False
    templates: bool = False
    single: bool = False
    hop: bool = False
    private: bool = False
    document_limit: int = DOCUMENT_LIMITS.max_bytes
    inline_limit: int = 8192
    needs: tuple[str, ...] = ()
    files: tuple[HostFile, ...] = ()

    @property
    def takes_hash(self) -> bool:
        """Whether it can look at a # among keys: a Bin puts keys into an address, which # ends."""
        return not (self.single or self.hop)

    @property
    def method(self) -> str:
        """What every link of ours asks Twilio to use."""
        return self.methods[0]


@dataclass(frozen=True, slots=True)
class Router:
    """Something put before a host of plain files that decides for it; see :class:`Host`."""

    name: str
    description: str
    files: tuple[HostFile, ...] = ()
    hop: bool = False
