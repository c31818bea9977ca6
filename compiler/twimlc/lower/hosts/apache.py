"""Apache httpd with mod_rewrite, in the configuration of a server or virtual host."""

from twimlc.lower.capability import Host, HostFile

HOST = Host(
    "apache",
    "Apache httpd 2.4 with mod_rewrite and a file of configuration to include",
    decisions=True,
    files=(HostFile("apache.conf", "apache.conf.j2", "text/plain"),),
)
