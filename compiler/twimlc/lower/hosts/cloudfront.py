"""Amazon CloudFront before a bucket, with a function that picks the document of a decision.

A function holds 10 KB of code and sees no body; a longer table goes to a key-value store
(AmazonCloudFront DeveloperGuide, quotas, and edge functions: restrictions).
"""

from twimlc.lower.capability import HostFile, Router

_SCRIPT = "text/javascript"

ROUTER = Router(
    "cloudfront",
    "a CloudFront Function for viewer requests",
    files=(
        HostFile(
            "router.js",
            "cloudfront-table.js.j2",
            _SCRIPT,
            limit=10 * 1024,
            beyond=(
                HostFile("router.js", "cloudfront-store.js.j2", _SCRIPT),
                HostFile("router.kvs.json", "cloudfront-store.json.j2", "application/json"),
            ),
        ),
        HostFile("README.md", "cloudfront-readme.md.j2", "text/markdown"),
    ),
)
