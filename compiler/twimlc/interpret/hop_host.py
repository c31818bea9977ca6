"""Plain files with a hop: a TwiML Bin that leads from a value to the file called after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from twimlc.interpret.bin_template import Engine, Piece, parse, render
from twimlc.interpret.host import FileHost, Response


@dataclass(frozen=True, slots=True)
class HopHost(FileHost):
    """``hop`` is the Bin's address, ``template`` what was pasted into it."""

    hop: str = ""
    template: bytes = b""
    engine: Engine = "mustache"
    _pieces: tuple[Piece, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        FileHost.__post_init__(self)
        object.__setattr__(self, "_pieces", parse(self.template.decode()))

    def owns(self, url: str) -> bool:
        return url.partition("?")[0] == self.hop or FileHost.owns(self, url)

    def name(self, url: str) -> str:
        return FileHost.name(self, url) if FileHost.owns(self, url) else url

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        if url.partition("?")[0] != self.hop:
            return FileHost.fetch(self, url, method, parameters)
        asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        body = render(self._pieces, asked | dict(parameters), self.engine)
        return Response(200, "text/xml", body.encode())
