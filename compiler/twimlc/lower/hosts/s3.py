"""Plain files in a bucket, whose addresses answer GET only (AmazonS3 user guide).

How long an object may be stored is its own property, given at the upload.
"""

from twimlc.lower.capability import Host, HostFile

HOST = Host(
    "s3",
    "a bucket of Amazon S3 or of a store that speaks its protocol",
    files=(HostFile("README.md", "s3-readme.md.j2", "text/markdown"),),
)
