"""A backlog that is stopped in the middle: what is at hand is finished, the rest goes on later."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ill_workflows.app import App
from ill_workflows.forms import FORMS
from tests.cli.command import ill
from tests.hostile.good import standard
from tests.jobs.alliance import found

ROOT = Path(__file__).parents[2]
FILES = 30


@pytest.fixture
def app(tmp_path: Path) -> App:
    made = found(tmp_path / "home")
    for n in range(FILES):
        name = f"{n:03d}.xlsx"
        (made.folder("inbox") / name).write_bytes(standard(FORMS[n % 2], f"（{n}）"))
    return made


def begun(app: App) -> subprocess.Popen[str]:
    command = (sys.executable, "-m", "ill_workflows", "--home", str(app.home))
    return subprocess.Popen(
        [*command, "--today", "2025-10-07", "collect"], cwd=ROOT, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def taken_in(app: App) -> int:
    """How many there are, as another program sees it."""
    path = app.home / "state.db"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM submissions").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


@pytest.mark.parametrize("after", [1, 5, 12])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_backlog_goes_on_where_it_was_stopped(app: App, how: signal.Signals, after: int) -> None:
    with begun(app) as running:
        until = time.monotonic() + 60
        while taken_in(app) < after and time.monotonic() < until:
            time.sleep(0.005)
        running.send_signal(how)
        out, err = running.communicate(timeout=60)
    first = taken_in(app)
    assert running.returncode == 128 + how, err
    assert after <= first < FILES
    assert f"處理了 {first} 件" in err
    assert len(out.splitlines()) == first
    assert "Traceback" not in err
    assert len(list(app.folder("inbox").iterdir())) == FILES - first

    again = ill("collect", home=app.home, today="2025-10-07")
    assert again.code == 0, again.err
    assert taken_in(app) == FILES
    assert list(app.folder("inbox").iterdir()) == []
    with sqlite3.connect(app.home / "state.db") as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        files, letters = connection.execute(
            "SELECT count(DISTINCT sha256), (SELECT count(*) FROM letters) FROM submissions"
        ).fetchone()
    connection.close()
    assert (sound, files, letters) == ("ok", FILES, FILES)


def test_a_long_backlog_is_told_of_by_the_hundred(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from ill_workflows.cli import show

    del tmp_path
    for total, lines in ((250, ["收件 100/250", "收件 200/250"]), (80, []), (None, [])):
        with show.progress("收件", total) as advance:
            for _ in range(total or 300):
                advance("x")
        assert capsys.readouterr().err.splitlines() == lines
