"""Calendars: when a line is open. Their notation comes in; settled data and findings go out."""
