"""A ``deliver`` that is killed loses no letter and doubles none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.jobs.deliver import deliver
from tests.jobs.alliance import clock, found, letters, receipt
from tests.jobs.interposed import POINTS, interposed
from tests.servers.postfix import Postfix

LETTERS = 4
KILLED_AT = 2


def started(app: App) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ill_workflows", "--home", str(app.home)]
    return subprocess.Popen(
        [*command, "--today", "2025-10-07", "deliver"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.mark.tool("postfix")
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_nothing_is_lost_and_nothing_doubled(
    point: str, tmp_path: Path, postfix_server: Postfix
) -> None:
    with interposed(postfix_server.port, point, KILLED_AT) as relay:
        app = found(tmp_path / "home", port=relay.port)
        for number in range(LETTERS):
            receipt(app, number)
        process = started(app)
        assert relay.stopped.wait(60)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    config = app.home / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace(f"port = {relay.port}", f"port = {postfix_server.port}"), encoding="utf-8"
    )
    again = open_app(app.home)
    result = deliver(again, clock("10-07"))
    in_doubt = [row["message_id"] for row in letters(again, state="doubtful")]
    assert len(in_doubt) == result.doubtful == (point in {"handed over", "taken"})
    taken = LETTERS - (point == "handed over")
    arrived = Counter(str(m["Message-ID"]) for m in postfix_server.wait_for(taken))
    assert set(arrived.values()) == {1}
    everything = {row["message_id"]: row["id"] for row in letters(again)}
    assert everything.keys() - arrived.keys() == set(in_doubt if point == "handed over" else ())
    assert [everything[one] for one in in_doubt] == [KILLED_AT] * len(in_doubt)
    for _ in range(2):
        assert deliver(again, clock("10-07")).sent == 0
    assert len(postfix_server.delivered()) == taken


@pytest.mark.tool("postfix")
def test_a_stopped_sender_that_wakes_up_late_doubles_nothing(
    tmp_path: Path, postfix_server: Postfix
) -> None:
    app = found(tmp_path / "home", port=postfix_server.port)
    for number in range(40):
        receipt(app, number)
    process = started(app)
    postfix_server.wait_for(3)
    process.send_signal(signal.SIGSTOP)
    result = deliver(app, clock("10-07"))
    assert result.busy or result.sent == 0
    process.send_signal(signal.SIGCONT)
    assert process.wait(60) == 0
    deliver(app, clock("10-07"))
    arrived = Counter(str(m["Message-ID"]) for m in postfix_server.wait_for(40))
    assert (len(arrived), set(arrived.values())) == (40, {1})
    assert {row["state"] for row in letters(app)} == {"sent"}
