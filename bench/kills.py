"""300 letters to a real Postfix, the sender killed more than a hundred times: promise 4.

Killed at six points of the dialogue.  Nothing may be lost, nothing doubled, and what is shown as
doubtful has to be just what was in doubt.  Exits with 1 where that is not so; needs root, for
Postfix does.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from ill_workflows.app import App, open_app
from ill_workflows.jobs.deliver import deliver
from tests.jobs.alliance import clock, found, letters, receipt
from tests.jobs.interposed import POINTS, interposed
from tests.servers import postfix

DAY = "2025-10-07"
_PORT = re.compile(r"port = \d+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, help="300; 40 with --quick")
    parser.add_argument("--kills", type=int, help="108; 12 with --quick")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="seconds, not minutes")
    wanted = parser.parse_args()
    count = wanted.letters or (40 if wanted.quick else 300)
    kills = wanted.kills or (12 if wanted.quick else 108)
    if why := postfix.missing():
        sys.exit(f"not measured: {why}")
    with TemporaryDirectory() as folder, postfix.running() as server:
        app = found(Path(folder) / "home", port=server.port)
        for number in range(count):
            receipt(app, number)
        doubts = killed(app, server, kills, random.Random(wanted.seed))
        broken = judged(app, server, doubts, count)
    for line in broken:
        print(f"  BROKEN  {line}")
    print("  promise 4 holds" if not broken else f"  promises broken: {len(broken)}")
    sys.exit(bool(broken))


def killed(app: App, server: postfix.Postfix, kills: int, draw: random.Random) -> dict[str, str]:
    """Kill deliveries; answers which letters were in doubt, and at which point."""
    doubts: dict[str, str] = {}
    at: Counter[str] = Counter()
    for n in range(kills):
        point = POINTS[n % len(POINTS)]
        with interposed(server.port, point, draw.randrange(1, 4)) as relay:
            sent_to(app, relay.port)
            command = [sys.executable, "-m", "ill_workflows", "--home", str(app.home)]
            process = subprocess.Popen(
                [*command, "--today", DAY, "deliver"], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONUTF8": "1"},
            )  # fmt: skip
            if not relay.stopped.wait(60):
                sys.exit(f"the relay was not reached at {point}")
            process.send_signal(signal.SIGKILL)
            process.wait()
        at[point] += 1
        for row in letters(app, state="sending"):
            if row["handed"]:
                doubts[row["message_id"]] = point
    for point, times in at.items():
        print(f"  killed at {point:<12} {times:>4}")
    return doubts


def sent_to(app: App, port: int) -> None:
    """Let the alliance send to another port."""
    config = app.home / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(_PORT.sub(f"port = {port}", text, count=1), encoding="utf-8")


def judged(app: App, server: postfix.Postfix, doubts: dict[str, str], count: int) -> list[str]:
    """What is lost, doubled or wrongly in doubt after a last delivery that nobody kills."""
    sent_to(app, server.port)
    again = open_app(app.home)
    for _ in range(2):
        deliver(again, clock("10-07"))
    rows = {row["message_id"]: row["state"] for row in letters(again)}
    away = {one for one, point in doubts.items() if point == "handed over"}
    arrived = Counter(str(m["Message-ID"]) for m in server.wait_for(count - len(away)))
    shown = {one for one, state in rows.items() if state == "doubtful"}
    lost = rows.keys() - arrived.keys() - shown
    doubled = {one for one, times in arrived.items() if times > 1}
    print(f"\n  letters {count}, arrived {len(arrived)}, shown as doubtful {len(shown)}")
    print(f"  lost {len(lost)}, doubled {len(doubled)}")
    return [
        *(f"lost: {one}" for one in lost),
        *(f"doubled: {one}" for one in doubled),
        *(f"in doubt or shown, not both: {one}" for one in shown ^ doubts.keys()),
        *(f"not sent: {one}" for one, s in rows.items() if s not in {"sent", "doubtful"}),
    ]


if __name__ == "__main__":
    main()
