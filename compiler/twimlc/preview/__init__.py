"""A line to look at and to play: options come in; the page's data, one file, or a server go out.

The page itself lies in ``page/``: ``page.html`` with its slots, ``page.css``, and modules that
:data:`.html.MODULES` lists in the order of joining. To have real data to work with:

    twimlc preview [FLOW…] --export FILE.html     # its <script id="data"> holds it
    show = Show(Workshop(Options(write=False))); show.look(); show.data(Sounds(0))   # in Python
"""
