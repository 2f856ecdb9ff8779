"""Accepted rows → one truth.  Pure, pandas."""
