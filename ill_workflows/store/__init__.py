"""What is remembered: what members sent, what we wrote, what was frozen.  SQLAlchemy Core."""
