"""Apache httpd. The fragment is for the configuration of a server or virtual host."""

from twimlc.lower.host import Host, HostFile

HOST = Host(
    "apache",
    "Apache httpd 2.4 with mod_rewrite and a file of configuration to include",
    decisions=True,
    switches=True,
    clock=True,
    files=(
        HostFile("apache.conf", "apache/apache.conf.j2", "text/plain"),
        HostFile("public/hours.xml", "apache/hours.xml.j2", "text/xml; charset=utf-8"),
    ),
)
