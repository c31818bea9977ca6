"""The plan of one target comes in, the bytes of its documents go out."""
