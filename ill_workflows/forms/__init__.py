"""What a standard form is: its definition, its reading, its checks.  Pure."""

from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.cases import CASES
from ill_workflows.forms.clearance import CLEARANCE
from ill_workflows.forms.departures import DEPARTURES
from ill_workflows.forms.form import Form
from ill_workflows.forms.usage import USAGE

FORMS: tuple[Form, ...] = (USAGE, CARDS, DEPARTURES, CASES, CLEARANCE)
"""Every standard form; the table of this room."""

__all__ = ["FORMS", "Form"]
