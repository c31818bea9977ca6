"""Caddy. Up to 2.6.2 it answers POST with a file and later ones do not, so only GET is used."""

from twimlc.lower.host import Host, HostFile

HOST = Host(
    "caddy",
    "Caddy 2 with a fragment of its Caddyfile to import",
    decisions=True,
    switches=True,
    clock=True,
    files=(HostFile("Caddyfile", "caddy/Caddyfile.j2", "text/plain"),),
)
