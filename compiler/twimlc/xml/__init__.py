"""XML as people write it: bytes come in; text, positioned tags and the reasons for none go out.

Nothing here knows what a document means. Elements are made of tags in :mod:`twimlc.flow` and
:mod:`twimlc.documents`, by the table of the vocabulary.
"""
