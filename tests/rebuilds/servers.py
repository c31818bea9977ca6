"""The servers themselves in the place of our readings of them: each build behind a server of its own.

A call that goes on with the next build goes on with the next server: what a reload does, without the wait.
"""

import shutil
import urllib.error
import urllib.request
from urllib.parse import urlencode, urlsplit

from rebuilds.flows import URL
from rebuilds.hosts import Answer

ROOTS = {"nginx": "root {};", "caddy": "\troot * {}", "apache": "DocumentRoot {}"}
REAL = tuple(f"real {name}" for name in ROOTS)


def programs():
    """How the servers are started; it is tested there. Late: it imports the compiler."""
    import test_hosts_servers

    return test_hosts_servers


def installed(name):
    return getattr(programs(), name.upper()) is not None


class Served:
    """A server that runs, asked as Twilio asks: GET, with the parameters in the query."""

    def __init__(self, port, site):
        self.port = port
        self.entry = site.entry
        self.versioned = site.versioned

    def get(self, url, parameters):
        asked = urlsplit(url)
        query = "&".join(part for part in (asked.query, urlencode(parameters)) if part)
        address = f"http://127.0.0.1:{self.port}{asked.path}?{query}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(address) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as fault:
            with fault:
                return Answer(fault.code)


def serve(made, running):
    """Puts a server behind each build of a world; ``running`` stops them."""
    made.folder.chmod(0o755)
    last = len(made.sites) - 1
    # (whose tables, whose files) of each server
    pairs = [(n, n) for n in range(last + 1)]
    if made.kind == "behind":
        pairs[-1] = (last - 1, last)
    elif made.kind == "ahead":
        pairs[-1] = (last, last - 1)
        made.projects[-1] = made.projects[-2]
    made.sites = [
        Served(running.enter_context(started(made, n, *pair)).port, site)
        for n, (pair, site) in enumerate(zip(pairs, made.sites, strict=True))
    ]


def started(made, number, tables, files):
    start = getattr(programs(), made.host)
    home = made.folder / f"server{number}"
    base = urlsplit(URL).path.strip("/")
    place = home / "root" / base
    copied = made.folder / "copies" / str(files) / "site"
    public = copied / "public"
    shutil.copytree(public if public.is_dir() else copied, place)
    build = made.folder / "copies" / str(tables)
    if made.host == "caddy" and base:  # its fragment is imported where the base is taken away
        lines = f"\troot * {place}\n\timport {build}/site/Caddyfile\n\tfile_server\n"
        return start(home, build, [], f"\thandle_path /{base}/* {{\n{lines}\t}}\n")
    return start(home, build, ["site"], ROOTS[made.host].format(home / "root"))
