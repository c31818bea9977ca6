"""A second reader of flows, slow and simple, that shares nothing with the compiler but its YAML.

``values`` expands, ``elements`` knows how TwiML is written in a flow, ``reader`` walks a flow as a
call, ``player`` walks its documents, ``graph`` the compiler's own graph. ``author`` writes the
flows, ``visits`` counts what was met, ``run`` does it all.
"""
