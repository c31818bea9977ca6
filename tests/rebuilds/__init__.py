"""Rebuilds while calls are in progress: random flows, edits, and a judge of what callers hear."""
