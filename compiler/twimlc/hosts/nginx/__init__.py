"""nginx. Maps are allowed at the level of ``http`` only, so there are two fragments to include."""

from twimlc.lower.host import Host, HostFile

HOST = Host(
    "nginx",
    "nginx with two files of configuration to include",
    decisions=True,
    switches=True,
    clock=True,
    files=(
        HostFile("nginx-http.conf", "nginx/nginx-http.conf.j2", "text/plain"),
        HostFile("nginx-server.conf", "nginx/nginx-server.conf.j2", "text/plain"),
    ),
)
