"""The hop before a host of plain files: one TwiML Bin for all flows, which leads from each value of
a decision to a file of its own."""

from twimlc.lower.host import Host, HostFile


def before(host: Host) -> Host:
    """What a host can do with the hop before it."""
    return host._replace(
        description=f"{host.description}, and one TwiML Bin for all flows, pasted once",
        decisions=True,
        hop=True,
        files=(HostFile("hop.xml", "router_twiml_bin/hop.xml.j2", "text/xml"),),
        answering="twimlc.hosts.router_twiml_bin.answer",
    )
