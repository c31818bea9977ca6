"""Vercel. A file that exists wins over a rewrite; no file lies where a decision is
(vercel.com/docs)."""

from twimlc.lower.host import Host, HostFile

HOST = Host(
    "vercel",
    "Vercel, with vercel.json at the top of what is deployed",
    decisions=True,
    switches=True,
    files=(HostFile("vercel.json", "vercel/vercel.json.j2", "application/json"),),
)
