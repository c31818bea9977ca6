"""Any web server or folder of plain files: every caller gets the same documents."""

from twimlc.lower.host import Host

HOST = Host("static", "any web server or folder that serves files over https")
