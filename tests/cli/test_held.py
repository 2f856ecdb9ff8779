"""What waits for the host, as people and as machines read it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import ill
from tests.hostile.good import later
from tests.jobs.alliance import found


def test_what_waits_is_listed_for_people_and_for_machines(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    waiting = app.folder("inbox") / "會員資料表.xlsx"
    waiting.write_bytes(later())
    assert ill("collect", home=app.home, today="2026-06-15").code == 3
    shown = ill("held", home=app.home)
    assert waiting.name in shown.out
    assert "form is not processed yet" in shown.out
    (row,) = ill("held", "--json", home=app.home).json
    assert (row["filename"], row["received_on"]) == (waiting.name, "2026-06-15")
