"""Where a call can be made to: compiled flows, a folder of documents, or a web server.

One of these comes in, a :class:`~twimlc.phone.session.Line` goes out.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from twimlc.flow.graph import Context
from twimlc.interpret.bin_host import BinHost
from twimlc.interpret.folder import Folder, PostingHost
from twimlc.interpret.host import FileHost, Response
from twimlc.interpret.plan import SOMEWHERE, served
from twimlc.phone.requests import own_parameters, with_parameters
from twimlc.phone.session import Line
from twimlc.pipeline import CompiledFlow


class _Pages:
    """A compiled flow's host, which calls an answer by the document that it is.

    Where a host decides, the address is the decision's; people look for the document.
    """

    def __init__(self, host: FileHost) -> None:
        self._host = host
        self._paths = {id(data): path for path, data in host.files.items()}
        self._answered: dict[str, str] = {}

    def owns(self, url: str) -> bool:
        return self._host.owns(url)

    def name(self, url: str) -> str:
        return self._answered.get(url) or self._host.name(url)

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        response = self._host.fetch(url, method, parameters)
        self._answered[url] = self._paths.get(id(response.body), "")
        return response


def compiled_line(compiled: CompiledFlow, parameters: Mapping[str, str]) -> Line:
    """The documents of a flow, without writing them anywhere."""
    pages = compiled.finished.pages
    host = served(compiled.finished.plan, compiled.finished.files, compiled.url)
    if isinstance(host, BinHost):
        host = replace(host, keep_lines=True)
    origins = {
        (page.path, at.line): (at.source, at.source_line) for page in pages for at in page.lines
    }
    url = with_parameters(host.url(compiled.entry), own_parameters(parameters))
    return Line(_Pages(host), url, context=compiled.context, base=host.url(""), origins=origins)


def folder_line(
    folder: Path,
    entry: str,
    parameters: Mapping[str, str],
    *,
    url: str | None = None,
    post: bool = False,
) -> Line:
    """A folder of documents, as a host of plain files under ``url`` serves it.

    With ``post`` the host does not mind POST.
    """
    host = (PostingHost if post else FileHost)(url or SOMEWHERE, Folder(folder))
    first = with_parameters(host.url(quote(entry)), own_parameters(parameters))
    return Line(host, first, base=host.url(""))


def web_line(
    url: str,
    parameters: Mapping[str, str],
    *,
    method: str = "GET",
    everywhere: bool = False,
    may_ask: Callable[[str], bool] = lambda server: False,
) -> Line:
    """A document on a web server and what it leads to; see :class:`~twimlc.phone.web.WebHost`."""
    from twimlc.phone.web import WebHost  # HTTP and TLS take longer to import than all the rest

    first = with_parameters(url, own_parameters(parameters))
    host = WebHost(url, everywhere=everywhere, may_ask=may_ask)
    return Line(host, first, method, Context.CALL, live=True)
