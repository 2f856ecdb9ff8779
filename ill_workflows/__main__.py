"""``python -m ill_workflows`` is the command ``ill-workflows``."""

from ill_workflows.cli import main

main()
