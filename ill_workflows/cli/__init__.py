"""The commands: parse, call a job, show.  Only doors read the clock."""

from ill_workflows.cli.main import main

__all__ = ["main"]
