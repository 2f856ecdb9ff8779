"""What every test may ask for: programs outside Python, and servers of our own on 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import dovecot, postfix, postgres

Convert = Callable[[Path, str, Path], Path]
REQUIRED = os.environ.get("ILL_REQUIRE_TOOLS") == "1"
"""Under .ci/run every program is there: one that is missing is a failure, no skip."""


def _program(name: str, package: str) -> Callable[[], str]:
    return lambda: "" if shutil.which(name) else f"{name}: a program (Debian: {package})"


MISSING: dict[str, Callable[[], str]] = {
    "soffice": _program("soffice", "libreoffice-calc-nogui"),
    "pdftoppm": _program("pdftoppm", "poppler-utils"),
    "chromium": _program("chromium", "chromium"),
    "postfix": postfix.missing,
    "dovecot": dovecot.missing,
    "postgres": postgres.missing,
}
"""Name of a tool → says why it cannot be used here, or nothing."""


def need(name: str) -> None:
    """Skip the test where a tool is missing, naming it; fail it under ``ILL_REQUIRE_TOOLS=1``."""
    if name not in MISSING:
        pytest.fail(f"no tool is called {name}; known are {', '.join(MISSING)}", pytrace=False)
    reason = MISSING[name]()
    if reason and REQUIRED:
        pytest.fail(f"needs {reason}", pytrace=False)
    if reason:
        pytest.skip(f"needs {reason}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look for the programs that a test's ``tool`` marks name."""
    for mark in item.iter_markers("tool"):
        for name in mark.args:
            need(name)


@pytest.fixture(scope="session")
def soffice_convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """``soffice_convert(path, to, outdir)``: LibreOffice's copy of a file; answers its path.

    ``to`` is an ending (``pdf``) or an ending with a filter (``xlsx:Calc MS Excel 2007 XML``).
    Each worker has a profile of its own: two LibreOffices cannot share one.
    """
    need("soffice")
    profile = tmp_path_factory.mktemp("soffice-profile")

    def convert(path: Path, to: str, outdir: Path) -> Path:
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        command += ["--norestore", "--convert-to", to, "--outdir", str(outdir), str(path)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=180, check=False
        )
        made = outdir / f"{path.stem}.{to.partition(':')[0]}"
        assert made.is_file(), f"{done.stdout!r} {done.stderr!r}"
        return made

    return convert


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty database on a PostgreSQL of our own, as SQLAlchemy names it."""
    need("postgres")
    with postgres.running() as url:
        yield url


@pytest.fixture(scope="session")
def postfix_session() -> Iterator[postfix.Postfix]:
    """One Postfix for all tests of a worker."""
    need("postfix")
    with postfix.running() as server:
        yield server


@pytest.fixture
def postfix_server(postfix_session: postfix.Postfix) -> postfix.Postfix:
    """A Postfix whose mailbox is empty; see :class:`tests.servers.postfix.Postfix`."""
    postfix_session.empty()
    return postfix_session


@pytest.fixture(scope="session")
def mail_pair() -> Iterator[dovecot.Pair]:
    """One Postfix that hands its mail to a Dovecot; see :class:`tests.servers.dovecot.Pair`.

    Its mailboxes are kept over the tests of a worker: each test takes a user of its own.
    """
    need("dovecot")
    with dovecot.pair() as servers:
        yield servers
