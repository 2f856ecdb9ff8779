"""A PostgreSQL cluster of our own on 127.0.0.1, gone when the tests end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.ports import free_port

ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root; root lends it the account that its package made."""


def programs() -> Path | None:
    """The folder of the newest ``initdb`` and ``pg_ctl``, or None where there are none."""
    debian = {p.parts[-3]: p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    if debian:
        return debian[max(debian, key=float)]
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def missing() -> str:
    """Why no cluster can be started here; empty where one can."""
    if programs() is None:
        return "postgres: PostgreSQL's server programs (Debian: postgresql)"
    if os.geteuid() == 0 and not _account():
        return f"postgres: an account {ACCOUNT} (it refuses to run as root)"
    return ""


def _account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None


@contextmanager
def running() -> Iterator[str]:
    """A fresh cluster with an empty database; gives its SQLAlchemy URL."""
    folder = programs()
    assert folder is not None, missing()
    home = Path(tempfile.mkdtemp(prefix="ill-postgres-"))
    account = _account() if os.geteuid() == 0 else None
    if account is not None:
        os.chown(home, account.pw_uid, account.pw_gid)
    data, log = home / "data", home / "log"

    def run(program: str, *arguments: str) -> None:
        who: dict[str, Any] = {}
        if account is not None:
            who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [str(folder / program), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            cwd=home, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, timeout=120, check=False,
            **who,
        )  # fmt: skip
        if done.returncode:
            told = log.read_text(errors="replace") if log.exists() else ""
            raise RuntimeError(f"{program}: {done.stdout.decode(errors='replace')}\n{told}")

    try:
        run("initdb", "-D", str(data), "-U", "ill", "--auth=trust", "-E", "UTF8", "--no-sync")
        port = free_port()
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''"
        run(
            "pg_ctl",
            "-D",
            str(data),
            "-l",
            str(log),
            "-w",
            "-o",
            f"{options} -c fsync=off",
            "start",
        )
        try:
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "ill", "ill")
            yield f"postgresql+psycopg://ill@127.0.0.1:{port}/ill"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
