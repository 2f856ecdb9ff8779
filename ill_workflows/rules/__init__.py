"""A library's rules, its open days, due dates and fines.  Pure."""
