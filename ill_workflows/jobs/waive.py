"""The host's decision to take in a returned workbook in spite of what is wrong in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Row, Sheet
from ill_workflows.forms.known import Known
from ill_workflows.intake.incoming import Incoming
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.files import original
from ill_workflows.jobs.held import One
from ill_workflows.jobs.judge import Judged, Waived, judge
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.jobs.post import Clock
from ill_workflows.store import submissions as store
from ill_workflows.store import waivers


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which errors are waived: by their cells (``借出紀錄!B12``), by their codes, or all."""

    cells: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    everything: bool = False


def waive(app: App, which: str, wanted: Wanted, because: str, clock: Clock) -> Outcome:
    """Take in a returned workbook: its original is judged again, without the errors named.

    What could not be read stays empty; a row without what tells it from others cannot be counted
    and is left out, which the receipt says.  A waiver is for these very bytes.

    Raises:
        UsageProblem: nothing returned is called that, it was replaced or taken in already, a name
            fits no error of it, or errors are left over.
        FolderTrouble: the original cannot be read.
    """
    because = " ".join(because.split())
    if not because:
        raise UsageProblem("請以 --because 寫明理由。", "Say why, with --because.")
    row = _returned(app, which)
    incoming = Incoming(
        row["filename"], original(app, row["sha256"]), "waive", sender=row["sender"],
        message_id=row["message_id"],
    )  # fmt: skip

    def judged(app: App, incoming: Incoming, digest: str, known: Known, clock: Clock) -> Judged:
        found = judge(app, incoming, digest, known, clock)
        if found.arrival.state != "returned" or found.checked is None:
            return found  # rules or members have changed: it is what it is today
        return _without(found, found.checked, wanted, Waived(row["id"], because), row["receipt"])

    (outcome,) = collect(app, One(incoming), clock, judged=judged)
    return outcome


def listing(app: App) -> list[dict[str, Any]]:
    """Every waiver with its findings, oldest first."""
    with app.engine.connect() as connection:
        return [
            {**row, "waived": waivers.waived(connection, row["number"])}
            for row in waivers.listing(connection)
        ]


def _returned(app: App, which: str) -> dict[str, Any]:
    named = which.strip().upper()
    with app.engine.connect() as connection:
        row = store.called(connection, named)
        if row is None or row["state"] != "returned":
            raise UsageProblem(
                f"沒有退回過 {which}；請以 status 查看收據號碼。",
                f"Nothing returned is called {which}; see status for receipt numbers.",
            )
        newest = store.latest_of(connection, row["sha256"])
        if newest is not None and newest["state"] == "accepted":
            raise UsageProblem(
                f"{row['receipt']} 已經收下，收據是 {newest['receipt']}。",
                f"{row['receipt']} has been taken in already, as {newest['receipt']}.",
            )
        versions = store.full_versions(connection, row["form"], row["library"], row["month"])
    later = [v for v in versions if v["state"] == "accepted" and v["id"] > row["id"]]
    if later and not row["interim"]:
        raise UsageProblem(
            f"{row['receipt']} 之後已收到新的一份 {later[-1]['receipt']}，以新的為準。",
            f"{later[-1]['receipt']} came after {row['receipt']}, and counts.",
        )
    return row


def _without(
    found: Judged, checked: Checked, wanted: Wanted, waived: Waived, receipt: str
) -> Judged:
    """The same, accepted, with its waived errors told as such.

    Raises:
        UsageProblem: a name fits no error, or errors are left over.
    """
    errors = [f for f in checked.findings if f.severity == "error"]
    _look_for_misspelt(errors, wanted, receipt)
    cells = set(map(_plain, wanted.cells))
    left = [f for f in errors if f.code not in wanted.codes and _place(f) not in cells]
    if left and not wanted.everything:
        places = "、".join(f"{_place(f)}（{f.code}）" for f in left[:5])
        more = "…" if len(left) > 5 else ""
        raise UsageProblem(
            f"{receipt} 還有 {len(left)} 處未列入：{places}{more}。"
            "請一併以 --cell、--code 指明，或用 --all。",
            f"{len(left)} errors of {receipt} are not named: {places}{more}. Name them with --cell "
            "or --code, or use --all.",
        )
    rows, told = _countable(checked)
    findings = tuple(
        replace(f, severity="waived") if f.severity == "error" else f for f in checked.findings
    )
    arrival = replace(
        found.arrival, state="accepted", errors=0, rows=sum(map(len, rows.values())),
        warnings=found.arrival.warnings + len(told),
    )  # fmt: skip
    return Judged(arrival, replace(checked, rows=rows), (*findings, *told), waived=waived)


def _place(finding: Finding) -> str:
    return f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet


def _plain(place: str) -> str:
    sheet, mark, cell = place.replace("！", "!").replace("$", "").rpartition("!")
    return f"{sheet.strip()}!{cell.strip().upper()}" if mark else place.strip()


def _look_for_misspelt(errors: Sequence[Finding], wanted: Wanted, receipt: str) -> None:
    known = {_place(f) for f in errors} | {f.code for f in errors}
    asked = (*((_plain(cell), cell) for cell in wanted.cells), *((c, c) for c in wanted.codes))
    for plain, typed in asked:
        if plain not in known:
            some = "、".join(f"{_place(f)}（{f.code}）" for f in errors[:5])
            some += "…" if len(errors) > 5 else ""
            raise UsageProblem(
                f"{receipt} 沒有「{typed}」這一處錯誤；它的錯誤是：{some}。",
                f"{receipt} has no error {typed}; its errors are: {some}.",
            )


def _countable(checked: Checked) -> tuple[dict[str, Sequence[Row]], list[Finding]]:
    """The rows that have what tells them from others, and of the others what is told."""
    rows: dict[str, Sequence[Row]] = {}
    told: list[Finding] = []
    for sheet in checked.form.sheets if checked.form else ():
        places = [sheet.place[key] for key in sheet.needed]
        every = list(checked.rows.get(sheet.table, ()))
        rows[sheet.table] = [row for row in every if all(row[at] is not None for at in places)]
        told += (_left_out(sheet, row) for row in every if any(row[at] is None for at in places))
    return rows, told


def _left_out(sheet: Sheet, row: Row) -> Finding:
    keys = "、".join(
        sheet.by_key[key].heading for key in sheet.needed if row[sheet.place[key]] is None
    )
    return Finding(sheet.title, "", "row_left_out", "warning", "", {"row": row[0], "keys": keys})
