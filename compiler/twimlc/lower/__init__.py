"""The graph of all flows comes in, the plan of the documents of one target goes out."""
