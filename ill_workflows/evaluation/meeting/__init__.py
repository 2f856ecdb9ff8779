"""The two-page report for the meeting (Article 3.2.6)."""
