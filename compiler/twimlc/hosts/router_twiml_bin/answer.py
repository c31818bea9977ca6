"""Plain files with a hop: a TwiML Bin that leads from a value to the file called after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from twimlc.hosts.answer import SOMEWHERE, Engine, FileHost, Response, questions_of, sounds_of
from twimlc.hosts.files import render_host_files
from twimlc.hosts.twiml_bin.answer import Piece, parse, render
from twimlc.lower.plan import Plan


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


def serve(
    plan: Plan, files: Mapping[str, bytes], url: str | None, engine: Engine, references: bool
) -> HopHost:
    """The host of a plan whose decisions a Bin makes."""
    assert plan.hop is not None, "a plan for this router has the address of its Bin"
    all_files = {**sounds_of(plan), **files}
    ((_, pasted),) = render_host_files(plan.host.files, "", url, (), plan.apology)
    files_of = (url or SOMEWHERE, all_files, questions_of(plan))
    return HopHost(*files_of, hop=plan.hop, template=pasted, engine=engine)
