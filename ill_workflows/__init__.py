"""Interlibrary lending by shared loan card: sheets in, letters and figures out."""

__version__ = "0.1.0"
