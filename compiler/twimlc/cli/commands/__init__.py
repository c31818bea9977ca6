"""One file for each command: ``NAME.py`` has a click command of that name, and is all it takes.

Commands translate options for ``twimlc.pipeline`` and print what it returns; nothing is decided
here. What is slow to import is imported inside the command.
"""
