"""What the tables of config.toml are made of: frozen parts, and types that check themselves."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ill_workflows.rules.calendar import parse_weekdays

_HOURS: Final = re.compile(r"([0-2]?[0-9]):([0-9]{2})-([0-2]?[0-9]):([0-9]{2})")
Mail = Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$")]
Sender = Annotated[
    str, Field(pattern=r'^(?:(?:"[^"\r\n]*"\s*|[^"<>@,\r\n]*)<)?[^<>@,\s]+@[^<>@,\s]+>?$')
]
"""One address, with a name before it or not."""
Cron = Annotated[str, Field(pattern=r"^\s*(?:\S+\s+\S+\s+\S+\s+\S+\s+\S+)?\s*$")]
"""A line of a crontab; empty: on request only."""


def _weekdays(text: Any) -> Any:
    if isinstance(text, str):
        try:
            parse_weekdays(text)
        except ValueError:
            raise ValueError("weekdays") from None
    return text


Weekdays = Annotated[str, BeforeValidator(_weekdays)]


def _hours(text: Any) -> Any:
    if isinstance(text, str) and (found := _HOURS.fullmatch(text)) is not None:
        first, last = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
        if first < last <= 24 * 60 and int(found[2]) < 60 and int(found[4]) < 60:
            return text
    raise ValueError("hours")


Hours = Annotated[str, BeforeValidator(_hours)]
"""A span of one day, its end left out: ``08:00-19:00``."""


def minutes(hours: str) -> range:
    """The minutes of a day that ``hours`` hold."""
    first, last = (part.split(":") for part in hours.split("-"))
    return range(int(first[0]) * 60 + int(first[1]), int(last[0]) * 60 + int(last[1]))


class Part(BaseModel):
    """A table of config.toml: no unknown keys, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Span(Part):
    """Two days, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
