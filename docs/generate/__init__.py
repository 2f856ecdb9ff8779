"""The pages of ``docs/reference``, written from the code: ``python -m docs.generate``.

What the code knows is taken from it (commands, keys, columns, sentences, measures, tables); what
it does not know stands in one table of words beside each page.  A key, a policy or a table
without words is an error that names it, so that no page falls behind.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docs.generate.commands import commands
from docs.generate.configuration import configuration
from docs.generate.database import database
from docs.generate.figures import figures
from docs.generate.findings import findings
from docs.generate.forms import forms
from docs.generate.letters import letters

FOLDER = Path(__file__).parents[1] / "reference"
COMMAND = "python -m docs.generate"
PAGES: tuple[Callable[[], str], ...] = (
    commands,
    configuration,
    forms,
    findings,
    letters,
    figures,
    database,
)
"""Every page, a function each; the function's name is the file's."""
_NOTE = f"<!-- Written from the code by `{COMMAND}`: change the code, not this page. -->\n"


def pages() -> dict[Path, str]:
    """Path → text of each page."""
    return {FOLDER / f"{page.__name__}.md": f"{_NOTE}\n{page().strip()}\n" for page in PAGES}
