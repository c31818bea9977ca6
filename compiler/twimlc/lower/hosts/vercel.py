"""Vercel: static files, and rewrites that look at the query (vercel.com/docs, vercel.json).

A file that exists wins over a rewrite; no file lies where a decision is.
"""

from twimlc.lower.capability import Host, HostFile

HOST = Host(
    "vercel",
    "Vercel, with vercel.json at the top of what is deployed",
    decisions=True,
    files=(HostFile("vercel.json", "vercel.json.j2", "application/json"),),
)
