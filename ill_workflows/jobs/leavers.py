"""A list of leavers comes in: who ever had a card stays, of the others nothing but a count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.forms.departures import DEPARTURES, LEAVERS
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Row
from ill_workflows.forms.month import last_day
from ill_workflows.store import leavers
from ill_workflows.store import submissions as store

if TYPE_CHECKING:
    from ill_workflows.store.submissions import Arrival


_PERSONAL: Final = frozenset(
    column.heading for column in LEAVERS.columns if column.key in {"patron", "name", "email"}
)


@dataclass(frozen=True, slots=True)
class Sifted:
    """The rows of leavers who had a card, those of the others, and the findings without names."""

    kept: list[Row]
    others: list[Row]
    findings: tuple[Finding, ...]

    @property
    def told(self) -> dict[str, int]:
        """What the receipt says."""
        return {"all": len(self.kept) + len(self.others), "with_card": len(self.kept)}


def sift(connection: Connection, checked: Checked, findings: tuple[Finding, ...]) -> Sifted:
    """Tell leavers who had a card from the others; what is kept of the others names nobody."""
    known = leavers.readers_known(connection, checked.library)
    place = LEAVERS.place["patron"]
    kept, others = list[Row](), list[Row]()
    for row in checked.rows[LEAVERS.table]:
        (kept if leavers.had_a_card(row[place], known) else others).append(row)
    gone = {str(row[0]) for row in others}
    return Sifted(kept, others, tuple(_nameless(f, gone) for f in findings))


def _nameless(finding: Finding, gone: set[str]) -> Finding:
    """A finding in a row that is not kept says where and what kind, and quotes nobody."""
    row = finding.cell.lstrip(ascii_uppercase)
    if row not in gone or finding.heading not in _PERSONAL:
        return finding
    return replace(finding, facts=dict.fromkeys(finding.facts, "＊"))


def put(connection: Connection, library: str, number: int, sifted: Sifted) -> None:
    """Write down the leavers of an accepted list."""
    store.put_rows(connection, LEAVERS.table, number, sifted.kept)
    leavers.mark(connection, library, number, map(_named, sifted.others))


def _named(row: Row) -> dict[str, Any]:
    names = ("patron", "kind", "leaving_on", "withdrawn_on")
    return {"row": row[0], **{name: row[LEAVERS.place[name]] for name in names}}


def register_came(connection: Connection, arrival: Arrival) -> None:
    """A register tells who had a card: leavers among them are leavers like the others."""
    leavers.recognise(connection, arrival.library)
    if arrival.month is not None and arrival.as_of is not None:
        leavers.forget(connection, arrival.library, min(arrival.as_of, last_day(arrival.month)))


def let_go(app: App, connection: Connection, library: str) -> None:
    """The files go once they are matched: they name readers who never had a card.

    Receipt, SHA-256 and what counts of them stay.
    """
    for digest, receipt in store.files_of(connection, DEPARTURES.name, library):
        for path in (app.folder("archive") / digest[:2]).glob(f"{digest}*"):
            path.unlink(missing_ok=True)
        for path in app.folder("returned").glob(f"{receipt}-*"):
            path.unlink(missing_ok=True)
