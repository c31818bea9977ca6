"""Calls: call scripts played, judged and generated, and a phone in the terminal."""
