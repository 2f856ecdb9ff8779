"""How a sheet of the arrival board stands: whether it is due, whether it has come (Article 7.8)."""

from __future__ import annotations

from typing import Final

RECEIVED: Final = frozenset({"accepted", "accepted_late"})
"""States of a sheet that is there."""
NOT_DUE: Final = frozenset({"not_due", "interim"})
"""States of a sheet whose day has not come."""
