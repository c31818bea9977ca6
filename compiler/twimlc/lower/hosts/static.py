"""Plain files on any web server."""

from twimlc.lower.capability import Host

HOST = Host("static", "any web server or folder that serves files over https")
