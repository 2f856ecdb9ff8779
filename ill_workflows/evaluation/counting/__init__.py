"""Rows become the small tables of a month: events of it, and how things stand at its end."""
