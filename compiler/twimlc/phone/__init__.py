"""A phone without a network: documents come in, a call that is played line by line goes out.

``line`` finds the documents (compiled ones, a folder, a web server), ``session`` plays them,
``answers`` reads what the person does, ``transcript`` writes what happens, ``talk`` is all of it
together.
"""
