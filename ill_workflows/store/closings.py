"""Closed months: what was frozen, when it was opened again, what later sheets would change."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from ill_workflows.errors import SealBroken
from ill_workflows.store.tables import submissions
from ill_workflows.store.tables_host import closed_figures, closings, restatements

_STANDING: Final = closings.c.reopened_on.is_(None)
_LAST: Final = select(func.coalesce(func.max(submissions.c.id), 0))


def last_submission(connection: Connection) -> int:
    """The number of the newest submission; 0 where there is none."""
    return int(connection.execute(_LAST).scalar_one())


def standing(connection: Connection, month: str | None = None) -> list[dict[str, Any]]:
    """The closings that hold, by month."""
    query = select(closings).where(_STANDING).order_by(closings.c.month)
    if month is not None:
        query = query.where(closings.c.month == month)
    return [dict(row) for row in connection.execute(query).mappings()]


def newest(connection: Connection) -> list[dict[str, Any]]:
    """The last closing of each month, whether it holds or was opened again, by month."""
    last = select(func.max(closings.c.id)).group_by(closings.c.month)
    query = select(closings).where(closings.c.id.in_(last)).order_by(closings.c.month)
    return [dict(row) for row in connection.execute(query).mappings()]


def every(connection: Connection) -> list[dict[str, Any]]:
    """Every closing that ever was, oldest first."""
    query = select(closings).order_by(closings.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def digest_of(tables: Mapping[str, Any]) -> str:
    """SHA-256 of what is frozen, the same on every machine."""
    text = json.dumps(tables, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def close(
    connection: Connection, month: str, tables: Mapping[str, Any], *, today: date, now: datetime
) -> str:
    """Freeze a month; answers its digest."""
    seen, digest = last_submission(connection), digest_of(tables)
    row = {
        "month": month, "closed_on": today, "closed_at": now, "seen": seen, "looked": seen,
        "digest": digest,
    }  # fmt: skip
    key = connection.execute(insert(closings), row).inserted_primary_key
    assert key is not None  # noqa: S101 - narrows the type
    number = int(key[0])
    rows = [{"closing": number, "name": name, "rows": kept} for name, kept in tables.items()]
    connection.execute(insert(closed_figures), rows)
    return digest


def reopen(connection: Connection, number: int, why: str, today: date, now: datetime) -> None:
    """The month is counted anew from now on; what was frozen stays in the store."""
    told = {"reopened_on": today, "reopened_at": now, "why": why}
    connection.execute(update(closings).where(closings.c.id == number).values(**told))


def kept(connection: Connection, months: Collection[str]) -> dict[str, dict[str, Any]]:
    """Month → name → rows of the closings that hold.

    Raises:
        SealBroken: they are not what was frozen.
    """
    wanted = set(months)
    rows = [row for row in standing(connection) if row["month"] in wanted]
    found = frozen(connection, [row["id"] for row in rows])
    if bad := [row["month"] for row in rows if not is_sound(row, found)]:
        raise SealBroken(bad)
    return found


def is_sound(closing: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether what :func:`frozen` found of a closing is what was frozen."""
    return bool(digest_of(found.get(closing["month"], {})) == closing["digest"])


def frozen(connection: Connection, numbers: Collection[int]) -> dict[str, dict[str, Any]]:
    """Month → name → rows of these closings, one a month."""
    query = (
        select(closings.c.month, closed_figures.c.name, closed_figures.c.rows)
        .join(closings, closings.c.id == closed_figures.c.closing)
        .where(closings.c.id.in_(sorted(numbers)))
        .order_by(closings.c.month)
    )
    found: dict[str, dict[str, Any]] = {}
    for month, name, rows in connection.execute(query):
        found.setdefault(month, {})[name] = rows
    return found


def looked(connection: Connection, numbers: Collection[int], until: int) -> None:
    """Restatements were looked for, up to this submission."""
    connection.execute(
        update(closings).where(closings.c.id.in_(sorted(numbers))).values(looked=until)
    )


def restate(  # noqa: PLR0913 - what is kept of a restatement
    connection: Connection,
    closing: int,
    library: str,
    *,
    receipts: Collection[str],
    changes: Collection[Sequence[Any]],
    today: date,
    now: datetime,
) -> None:
    """Write down what a library's sheets would change in a closed month."""
    row = {
        "closing": closing, "library": library, "receipts": sorted(receipts),
        "noticed_on": today, "noticed_at": now, "changes": [list(one) for one in changes],
    }  # fmt: skip
    connection.execute(insert(restatements), row)


def restated(connection: Connection) -> list[dict[str, Any]]:
    """Every restatement, oldest first, with its closing's ``month`` and ``reopened_on``."""
    query = (
        select(restatements, closings.c.month, closings.c.reopened_on)
        .join(closings, closings.c.id == restatements.c.closing)
        .order_by(restatements.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
