"""The command ``twimlc``: arguments in; text on two streams and an exit status out.

One small file for each subcommand. They translate options for ``twimlc.pipeline`` and print what
it returns; nothing is decided here. What is slow to import is imported inside the subcommand.
"""
