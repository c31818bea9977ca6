"""What a caller hears: an interpreter of flows, one of documents, and the walk comparing them."""
