"""Plain files in a bucket, whose addresses answer GET only (AmazonS3 user guide)."""

from twimlc.lower.capability import Host

HOST = Host("s3", "a bucket of Amazon S3 or of a store that speaks its protocol")
