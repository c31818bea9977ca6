"""CloudFront before a host of plain files.

A function holds 10 KB of code and sees no body; a longer table goes to a key-value store
(AmazonCloudFront DeveloperGuide, quotas, and edge functions: restrictions).
"""

from twimlc.lower.host import Host, HostFile

_SCRIPT = "text/javascript"
_FILES = (
    HostFile(
        "router.js",
        "router_cloudfront/table.js.j2",
        _SCRIPT,
        limit=10 * 1024,
        beyond=(
            HostFile("router.js", "router_cloudfront/store.js.j2", _SCRIPT),
            HostFile("router.kvs.json", "router_cloudfront/store.json.j2", "application/json"),
        ),
    ),
    HostFile("README.md", "router_cloudfront/README.md.j2", "text/markdown"),
)


def before(host: Host) -> Host:
    """What a host can do with such a function before it."""
    words = f"{host.description}, and a CloudFront Function for viewer requests"
    return host._replace(description=words, decisions=True, switches=True, clock=True, files=_FILES)
