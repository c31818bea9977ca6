"""A bucket of plain files.

Its addresses answer GET only (AmazonS3 user guide). How long an object may be stored is its own
property, given at the upload.
"""

from twimlc.lower.host import Host, HostFile

HOST = Host(
    "s3",
    "a bucket of Amazon S3 or of a store that speaks its protocol",
    unanswered=True,
    files=(HostFile("README.md", "s3/README.md.j2", "text/markdown"),),
)
