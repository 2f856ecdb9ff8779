"""Statements: who owes whom what at the end of a month, one workbook a library (Article 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ill_workflows.app import App
from ill_workflows.errors import FolderTrouble, UsageProblem
from ill_workflows.evaluation.statement import statement
from ill_workflows.forms.month import last_day, minguo
from ill_workflows.jobs.claims import all_claims
from ill_workflows.jobs.files import keep
from ill_workflows.xlsx.report import write_workbook


def write_statements(
    app: App, month: str, libraries: Sequence[str] = (), out: Path | None = None
) -> list[Path]:
    """Write ``statement-<CODE>-<month>.xlsx`` for these libraries, or for all members.

    Raises:
        UsageProblem: a code is no member's.
        FolderTrouble: a file cannot be written.
    """
    for code in libraries:
        if code not in app.members:
            known = "、".join(app.members)
            raise UsageProblem(f"沒有代碼「{code}」的館；有：{known}", f"No library {code}.")
    with app.engine.connect() as connection:
        claims = all_claims(connection)
    names = {code: member.name for code, member in app.members.items()}
    end = last_day(month)
    folder = _folder(app, out)
    written = []
    for code in libraries or tuple(app.members):
        data = write_workbook(
            statement(code, names, claims, month),
            created=datetime(end.year, end.month, end.day, tzinfo=app.config.zone),
            title=f"{app.config.alliance.name}　{names[code]} {minguo(month)}往來對帳單",
        )
        path = folder / f"statement-{code}-{month}.xlsx"
        keep(path, data)
        written.append(path)
    return written


def _folder(app: App, out: Path | None) -> Path:
    if out is None:
        return app.folder("reports")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as bad:
        raise FolderTrouble(str(out), bad.strerror or str(bad)) from bad
    return out
