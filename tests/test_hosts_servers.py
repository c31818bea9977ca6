"""The fragments of nginx, Caddy and Apache in the real servers, against what ought to be answered."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from routed import NOISE, Running, ask, built, free_port, project, public, requests, router, wanted

PREFIXES = {"bare": "/", "deep": "/call~flows/v1.2/", "twin": "/twin/"}


def found(*names):
    for name in names:
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
        if path:
            return path
    return None


def needs(program, name):
    return pytest.mark.skipif(
        program is None,
        reason=f"NOT TESTED: {name} is not installed, so its fragment was not tried",
    )


NGINX, CADDY, APACHE = found("nginx"), found("caddy"), found("apache2", "httpd")
MODULES = Path("/usr/lib/apache2/modules")

pytestmark = pytest.mark.slow


@pytest.fixture
def folder():
    """A folder that a server may read which gives up the rights of root."""
    made = Path(tempfile.mkdtemp(prefix="twimlc-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def laid(folder, host):
    """The targets built, and laid out as their addresses say: ``root`` for a bare one alone."""
    project(folder, host)
    built(folder)
    root = folder / "root"
    for target in ("deep", "twin"):
        place = root / PREFIXES[target].strip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(public(folder / "build" / target), place)
    return folder / "build", root


def agree(server, folder, base):
    host = router(folder)
    asked = list(requests(host))
    assert len(asked) > 100
    for path, query in asked:
        status, body = ask(server.port, f"{base}{path}?{query}")
        assert (status, body) == (200, wanted(host, path, query)), (path, query, status)
    for path in host.decisions:
        for query in ("Digits=1", NOISE, ""):
            status, _ = ask(server.port, f"{base}{path}?{query}", "POST", b"Digits=1")
            assert status == 405, (path, query)
        assert ask(server.port, f"{base}{path}?Digits=1", "HEAD")[0] == 200
    assert ask(server.port, f"{base}acme/main.77.decide?Digits=1")[0] == 404
    for path, data in host.files.items():
        if path.endswith(".xml"):
            assert ask(server.port, f"{base}{path}?{NOISE}") == (200, data)


def nginx(folder, build, targets, lines, before="", main="", **options):
    port = free_port()
    include = "".join(f"include {build}/{target}/nginx-http.conf;\n" for target in targets)
    inside = "".join(f"include {build}/{target}/nginx-server.conf;\n" for target in targets)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n{main}events {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{before}types {{ text/xml xml; }}\n{include}"
        f"server {{\nlisten 127.0.0.1:{port};\n{lines}\n{inside}}}\n}}\n"
    )
    return Running(
        [NGINX, "-p", folder, "-c", config, "-e", folder / "error.log"],
        port,
        folder / "nginx.log",
        **options,
    )


@needs(NGINX, "nginx")
def test_nginx(folder):
    build, root = laid(folder, "nginx")
    with nginx(folder, build, ["bare"], f"root {public(build / 'bare')};") as server:
        agree(server, build / "bare", "/")
    with nginx(folder, build, ["deep", "twin"], f"root {root};") as server:
        agree(server, build / "deep", PREFIXES["deep"])
        agree(server, build / "twin", PREFIXES["twin"])
    alias = f"location {PREFIXES['deep']} {{ alias {public(build / 'deep')}/; }}"
    with nginx(folder, build, ["deep"], alias) as server:
        agree(server, build / "deep", PREFIXES["deep"])


def caddy(folder, build, targets, lines):
    port = free_port()
    config = folder / "Caddyfile"
    imports = "".join(f"\timport {build}/{target}/Caddyfile\n" for target in targets)
    config.write_text(
        f"{{\n\tadmin off\n\tauto_https off\n}}\nhttp://127.0.0.1:{port} {{\n{imports}{lines}\n\tfile_server\n}}\n"
    )
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    return Running(
        [CADDY, "run", "--config", config, "--adapter", "caddyfile"],
        port,
        folder / "caddy.log",
        env=environment,
    )


@needs(CADDY, "caddy")
def test_caddy(folder):
    build, _ = laid(folder, "caddy")
    with caddy(folder, build, ["bare"], f"\troot * {public(build / 'bare')}") as server:
        agree(server, build / "bare", "/")
    lines = "".join(
        f"\thandle_path {PREFIXES[target]}* {{\n\troot * {public(build / target)}\n"
        f"\timport {build}/{target}/Caddyfile\n\tfile_server\n}}\n"
        for target in ("deep", "twin")
    )
    with caddy(folder, build, [], lines) as server:
        agree(server, build / "deep", PREFIXES["deep"])
        agree(server, build / "twin", PREFIXES["twin"])


def apache(folder, build, targets, lines, without=(), mpm="mpm_event", **options):
    port = free_port()
    config = folder / "httpd.conf"
    modules = "".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so\n"
        for name in (mpm, "authz_core", "rewrite", "headers", "alias", "mime", "include")
        if name not in without and (MODULES / f"mod_{name}.so").exists()
    )
    # Started by root it wants to be somebody else.
    modules += "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    imports = "".join(f"Include {build}/{target}/apache.conf\n" for target in targets)
    config.write_text(
        f"ServerName localhost\nServerRoot {folder}\nListen 127.0.0.1:{port}\nPidFile {folder}/httpd.pid\n"
        f"ErrorLog {folder}/error.log\nDefaultRuntimeDir {folder}\n{modules}TypesConfig /dev/null\nAddType text/xml .xml\n"
        f"<Directory />\nRequire all granted\n</Directory>\n{imports}{lines}\n"
    )
    return Running([APACHE, "-X", "-f", config], port, folder / "httpd.log", **options)


@needs(APACHE, "apache2")
def test_apache(folder):
    build, root = laid(folder, "apache")
    with apache(folder, build, ["bare"], f"DocumentRoot {public(build / 'bare')}") as server:
        agree(server, build / "bare", "/")
    with apache(folder, build, ["deep", "twin"], f"DocumentRoot {root}") as server:
        agree(server, build / "deep", PREFIXES["deep"])
        agree(server, build / "twin", PREFIXES["twin"])
    (root / "nothing").mkdir()
    alias = f"DocumentRoot {root}/nothing\nAlias {PREFIXES['deep']} {public(build / 'deep')}/"
    with apache(folder, build, ["deep"], alias) as server:
        agree(server, build / "deep", PREFIXES["deep"])
