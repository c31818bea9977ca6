"""What editors ask for while a flow is being typed: the language server behind ``twimlc lsp``.

Texts and places of a cursor come in; findings, completions, explanations, places and edits go
out. Only ``server`` and ``protocol`` know the protocol, and with it the package ``pygls``.
"""
