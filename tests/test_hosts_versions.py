"""What servers do with a build that has versions: what is public, what is stored, what is gone."""

import re

import pytest

from routed import requests, wanted
from test_hosts_servers import APACHE, CADDY, NGINX, folder, needs
from twimlc.lower.names import CACHE_CONTROL
from twimlc.lower.plan import Decision
from versions import FLOWS, GONE, KEPT, NOW, OTHER, SERVERS, ask, lay, serving

__all__ = ["folder"]  # a fixture

pytestmark = pytest.mark.slow

PROGRAMS = {"nginx": NGINX, "caddy": CADDY, "apache": APACHE}
servers = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs(PROGRAMS[name], name)) for name in SERVERS]
)
bases = pytest.mark.parametrize("base", ["/", "/n/", "/call~flows/v1.2/"])
NO_STORE, IMMUTABLE = CACHE_CONTROL["no-store"], CACHE_CONTROL["immutable"]


@servers
@bases
def test_nothing_but_public_is_served(folder, name, base):
    laid = lay(folder, name, base)
    with serving(name, folder, laid) as port:
        for path in sorted(p for p in laid.folder.rglob("*") if p.is_file()):
            inside = path.relative_to(laid.folder).as_posix()
            if inside.startswith("public/"):
                address = base + inside.removeprefix("public/")
                assert ask(port, address)[0::2] == (200, path.read_bytes()), address
                continue
            for address in (
                base + inside,
                f"{base}../{inside}",
                f"{base}%2e%2e/{inside}",
                "/" + inside,
            ):
                found = ask(port, address)
                assert found.status in (400, 403, 404), (address, found.status)
        assert ask(port, f"{base}public/front-desk/index.xml").status == 404


@servers
@bases
def test_decisions_of_present_and_kept_versions(folder, name, base):
    laid = lay(folder, name, base)
    with serving(name, folder, laid) as port:
        for path, query in requests(laid.host):
            found = ask(port, f"{base}{path}?{query}")
            assert (found.status, found.body) == (200, wanted(laid.host, path, query)), (
                path,
                query,
            )
            assert found.cache == NO_STORE
        for path in laid.host.decisions:
            assert ask(port, f"{base}{path}?Digits=1", "POST").status == 405
            assert ask(port, f"{base}{path}?Digits=1", "HEAD").status == 200


@servers
@bases
def test_what_caches_are_told(folder, name, base):
    laid = lay(folder, name, base)
    with serving(name, folder, laid) as port:
        for path in laid.host.files:
            found = ask(port, f"{base}{path}?CallSid=CA1")
            live = path.endswith(("/changed.xml", "/index.xml")) and "/v." not in path
            assert found.cache == (NO_STORE if live else IMMUTABLE), path
            assert found.body == laid.host.files[path]
            again = ask(port, base + path, "HEAD")
            assert (again.status, again.cache) == (200, found.cache)
        for path in ("media/none.mp3", "none.xml", f"none/{GONE}/a.xml", "front-desk/none.xml"):
            found = ask(port, base + path)
            assert found.status == 404, path
            assert found.cache in (None, NO_STORE), (
                path,
                "what is missing today may be there soon",
            )
        spelled = ask(port, f"{base}front-desk/{NOW}/pin.1.decid%65?Digits=1234")
        assert spelled.cache == NO_STORE


@servers
@bases
def test_a_version_that_is_gone(folder, name, base):
    laid = lay(folder, name, base)
    missing = [
        f"front-desk/{GONE}/sales.xml",
        f"front-desk/{GONE}/pin.1.decide",
        f"front-desk/{NOW}/pin.77.decide",
        f"front-desk/{NOW}/none.xml",
        f"plain/{GONE}/index.xml",
        f"straight/{GONE}/more.xml",
        f"oslo/desk/{GONE}/more.xml",
        f"renamed/{GONE}/more.xml",
    ]
    with serving(name, folder, laid) as port:
        for path in missing:
            flow = path.partition("/v.")[0]
            sorry = laid.host.files[f"{flow}/changed.xml"]
            for query in ("", "?Digits=1&CallSid=CA1"):
                found = ask(port, base + path + query)
                assert (found.status, found.cache, found.body) == (200, NO_STORE, sorry), path
            assert ask(port, base + path, "POST").status == 405
            assert ask(port, base + path, "HEAD").status == 200
            assert laid.host.fetch(laid.host.url(path), "GET", {}).body == sorry
        for path in (
            f"nobody/{GONE}/a.xml",
            f"oslo/{GONE}/a.xml",
            f"{GONE}/a.xml",
            "front-desk/v.1/a.xml",
            f"front-desk/{GONE}",
            "front-desk/gone.xml",
            "front-desk/menu.1.decide",
            f"a/b/c/{GONE}/a.xml",
        ):
            assert ask(port, base + path).status == 404, path
        # A document that a decision leads to, though it is not there any more.
        (laid.public / f"front-desk/{KEPT}/ann.xml").unlink()
        found = ask(port, f"{base}front-desk/{KEPT}/pin.1.decide?Digits=1234")
        assert found[:3] == (200, NO_STORE, laid.host.files["front-desk/changed.xml"])


@servers
def test_two_targets_on_one_server(folder, name):
    places = [lay(folder, name, "/n/", "one"), lay(folder, name, "/m/", "two", flows=FLOWS[:1])]
    with serving(name, folder, *places) as port:
        for laid in places:
            found = ask(port, f"{laid.base}front-desk/{GONE}/a.xml")
            assert found[:2] == (200, NO_STORE)
            found = ask(port, f"{laid.base}front-desk/{NOW}/menu.1.decide?Digits=%2A")
            assert found.body == laid.host.files[f"front-desk/{NOW}/star.xml"]
            assert ask(port, f"{laid.base}front-desk/{NOW}/more.xml").cache == IMMUTABLE
        assert ask(port, f"/m/straight/{OTHER}/more.xml").status == 404


def test_spelled_otherwise_is_the_same_everywhere(folder):
    """Paths count exactly, but for what a server decodes or merges before it looks."""
    decision, document = f"front-desk/{NOW}/pin.1.decide", f"front-desk/{NOW}/more.xml"
    other = {
        "capital ending": decision[:-6] + "Decide",
        "capital name": decision.replace("pin", "Pin"),
        "capital flow": decision.replace("front", "Front"),
        "capital version": decision.replace(NOW, NOW.upper()),
        "encoded letter": decision[:-1] + "%65",
        "two slashes": decision.replace("/", "//", 1),
        "document in capitals": document.replace("more", "More"),
        "gone in capitals": f"front-desk/{GONE.upper()}/a.xml",
        "of another case and gone": f"Front-Desk/{GONE}/a.xml",
    }
    found = {}
    for name in SERVERS:
        if PROGRAMS[name] is None:
            continue
        place = folder / name
        place.mkdir()
        laid = lay(place, name, "/n/")
        with serving(name, place, laid) as port:
            for what, path in other.items():
                for method in ("GET", "POST"):
                    answer = ask(port, f"/n/{path}?Digits=1234", method)
                    told = re.findall(rb"<Say>(.*)</Say>", answer.body)
                    found.setdefault((what, method), {})[name] = (answer.status, told)
            for method in ("get", "PUT", "DELETE", "PATCH"):
                assert ask(port, f"/n/{decision}?Digits=1234", method).status in (400, 405, 501)
            assert ask(port, f"/N/{decision}?Digits=1234").status == 404
    for asked, answers in found.items():
        assert len(set(map(str, answers.values()))) == 1, (asked, answers)
        status, told = next(iter(answers.values()))
        assert asked[1] == "GET" or status in (404, 405), asked
        assert b"ann" not in b"".join(told) or asked[0] in ("encoded letter", "two slashes")


@needs(NGINX, "nginx")
@servers
def test_a_cache_that_leaves_out_the_query_mixes_nobody_up(folder, name):
    """The cache stores whatever it may, for ten minutes where it is told nothing."""
    from test_hosts_servers import nginx

    (folder / "origin").mkdir()
    laid = lay(folder / "origin", name, "/n/")
    with serving(name, folder / "origin", laid) as origin:
        lines = (
            f"location / {{ proxy_pass http://127.0.0.1:{origin}; proxy_cache edge;\n"
            'proxy_cache_key "$uri"; proxy_cache_valid any 10m;\n'
            "add_header X-Cache $upstream_cache_status always; }\n"
        )
        before = f"proxy_cache_path {folder}/cache keys_zone=edge:1m;\n"
        with nginx(folder, folder, [], lines, before) as server:
            desk = f"/n/front-desk/{NOW}/"
            for digits, who in [("1234", "ann"), ("2345", "bob"), ("99", "rest"), ("1234", "ann")]:
                for path in ("pin.1.decide", "pin.1.decid%65"):
                    found = ask(server.port, f"{desk}{path}?Digits={digits}")
                    assert found.body == laid.host.files[f"front-desk/{NOW}/{who}.xml"], digits
                    assert found.headers["X-Cache"] == "MISS"
            gone = f"/n/front-desk/{GONE}/a.xml"
            assert [ask(server.port, gone).headers["X-Cache"] for _ in "12"] == ["MISS"] * 2
            entry = "/n/front-desk/index.xml"
            assert [ask(server.port, entry).headers["X-Cache"] for _ in "12"] == ["MISS"] * 2
            asked = [f"{desk}more.xml?CallSid=CA{n}" for n in "12"]
            assert [ask(server.port, p).headers["X-Cache"] for p in asked] == ["MISS", "HIT"]


ROWS = 3000
LONG = "&" * 7000


def directory():
    desk = f"front-desk/{NOW}/"
    rows = tuple((str(10_000 + n), f"{desk}ann.xml") for n in range(ROWS))
    return Decision(
        "Digits", rows, f"{desk}rest.xml", path=f"{desk}big.1.decide", flow="front-desk"
    )


LONG_QUERIES = [
    (LONG, "rest"),
    (LONG + "Digits=12999", "ann"),
    ("Digits=" + "1" * 7000, "rest"),
    ("Digits=" + "1" * 7000 + "&Digits=12999", "rest"),
]


@servers
def test_long_queries_and_many_rows(folder, name):
    laid = lay(folder, name, "/n/", more=[directory()])
    with serving(name, folder, laid) as port:
        for query, who in [*LONG_QUERIES, ("Digits=10000", "ann"), ("Digits=13000", "rest")]:
            found = ask(port, f"/n/front-desk/{NOW}/big.1.decide?{query}")
            assert found.body == laid.host.files[f"front-desk/{NOW}/{who}.xml"], query[-20:]


@needs(APACHE, "apache2")
def test_apache_looks_through_a_query_once(folder):
    laid = lay(folder, "apache", "/n/", more=[directory()])
    with serving("apache", folder, laid, more="LogLevel rewrite:trace8\n") as port:
        for query, _ in LONG_QUERIES:
            (folder / "error.log").write_text("")
            assert ask(port, f"/n/front-desk/{NOW}/big.1.decide?{query}").status == 200
            lines = (folder / "error.log").read_text().splitlines()
            compared = [line for line in lines if "RewriteCond: input=" in line]
            assert ROWS < len(compared) < ROWS + 50
            assert sum(len(line) > 1000 for line in compared) <= 1, "the whole query, row by row"


def test_a_parameter_is_looked_for_once_however_many_rows(folder):
    def told(host, router=None):
        place = folder / f"{host}-{router}"
        place.mkdir()
        place = lay(place, host, "/n/", more=[directory()], router=router).folder
        texts = [path.read_text() for path in place.iterdir() if path.is_file()]
        return "\n".join(texts)

    versions = 2
    # One map for every decision that looks at Digits alone.
    assert told("nginx").count("$arg_Digits") == 1
    assert told("caddy").count("{query.Digits}") == 2 * versions + 1
    assert told("apache").count("Digits=(") == 2 * versions + 1
    script = told("s3", "cloudfront")
    handler = script[script.index("async function handler") :]
    assert handler.count("sent(") == 2
    assert not re.search(r"\b(?:for|while)\b *\(|\.(?:map|find|filter|forEach)\(", handler)
