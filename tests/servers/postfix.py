"""A Postfix of our own on 127.0.0.1: real SMTP answers, and nothing leaves the machine.

It serves the domain ``ill.test`` only.  Mail to any address there lands in one Maildir; ``gone@``
and ``nobody@`` are refused with 550, and every other domain with 5.1.2.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.servers.ports import free_port, wait_until_open

DOMAIN = "ill.test"
GONE = f"gone@{DOMAIN}"
"""An address that the server refuses: 550 5.1.1."""

_SETTINGS = """\
compatibility_level = 3.6
config_directory = {home}/etc
queue_directory = {home}/spool
data_directory = {home}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.ill.test
mydomain = ill.test
myorigin = ill.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
virtual_mailbox_domains = ill.test
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = regexp:{home}/etc/users
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_transport = virtual
default_transport = error:5.1.2 only ill.test is served here
relay_transport = error:5.1.2 no relay
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
message_size_limit = 26214400
virtual_mailbox_limit = 0
smtputf8_enable = yes
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
"""
_USERS = "if !/^(gone|nobody)@/\n/@ill\\.test$/ all/\nendif\n"


def missing() -> str:
    """Why no Postfix can be started here; empty where one can."""
    if shutil.which("postfix", path=_path()) is None:
        return "postfix: the mail server (Debian: postfix)"
    if os.geteuid() != 0:
        return "postfix: root, for its master starts as root only"
    return ""


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Postfix:
    """A running server."""

    host: str
    port: int
    home: Path

    def delivered(self, to: str | None = None) -> list[EmailMessage]:
        """What has arrived, oldest first; ``to`` narrows it to one recipient."""
        files = sorted((self.home / "mail/all/new").glob("*"), key=lambda p: p.stat().st_mtime_ns)
        letters = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in files]
        return [m for m in letters if to is None or str(m["Delivered-To"]).strip() == to]

    def wait_for(
        self, count: int, to: str | None = None, seconds: float = 30
    ) -> list[EmailMessage]:
        """At least so many letters.

        Raises:
            TimeoutError: they have not come in time.
        """
        end = time.monotonic() + seconds
        while len(letters := self.delivered(to)) < count:
            if time.monotonic() > end:
                log = (self.home / "maillog").read_text(errors="replace")[-2000:]
                raise TimeoutError(f"{len(letters)} of {count} letters after {seconds} s\n{log}")
            time.sleep(0.05)
        return letters

    def empty(self) -> None:
        """Throw away what has arrived."""
        for path in (self.home / "mail/all/new").glob("*"):
            path.unlink()


@contextmanager
def running(*settings: str) -> Iterator[Postfix]:
    """A server on a free port, stopped and cleared away at the end.

    ``settings`` are lines of main.cf that replace ours.
    """
    home = Path(tempfile.mkdtemp(prefix="ill-postfix-"))
    home.chmod(0o755)
    port = free_port()
    _furnish(home, port)
    for setting in settings:
        _run("postconf", "-c", f"{home}/etc", "-e", setting)
    try:
        _run("postfix", "-c", f"{home}/etc", "start")
        try:
            wait_until_open(port)
            yield Postfix("127.0.0.1", port, home)
        finally:
            _run("postfix", "-c", f"{home}/etc", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _furnish(home: Path, port: int) -> None:
    """The folders and files of a server that shares nothing with the machine's own."""
    for name in ("etc", "spool", "data", "mail"):
        (home / name).mkdir()
    owner, reader = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    os.chown(home / "data", owner.pw_uid, -1)
    os.chown(home / "mail", reader.pw_uid, reader.pw_gid)
    settings = _SETTINGS.format(home=home, uid=reader.pw_uid, gid=reader.pw_gid)
    (home / "etc/main.cf").write_text(settings)
    (home / "etc/users").write_text(_USERS)
    for name in ("postfix-script", "post-install", "postfix-files", "dynamicmaps.cf"):
        if (given := Path("/etc/postfix") / name).exists():
            shutil.copy(given, home / "etc")
    for name in ("dynamicmaps.cf.d", "postfix-files.d"):
        if (given := Path("/etc/postfix") / name).exists():
            shutil.copytree(given, home / "etc" / name)
    shutil.copy("/usr/share/postfix/master.cf.dist", home / "etc/master.cf")
    _run("postconf", "-c", f"{home}/etc", "-F", "*/*/chroot=n")
    _run("postconf", "-c", f"{home}/etc", "-MX", "smtp/inet")
    service = f"127.0.0.1:{port}/inet"
    _run("postconf", "-c", f"{home}/etc", "-M", f"{service}=127.0.0.1:{port} inet n - n - - smtpd")


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program, path=_path())
    assert found is not None, missing()
    log = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe would stay open with the daemons
    with log:
        done = subprocess.run(
            [found, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={"PATH": _path(), "LC_ALL": "C"}, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode:
            log.seek(0)
            raise RuntimeError(f"{program}: {log.read().decode(errors='replace')}")
