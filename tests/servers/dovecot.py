"""A Postfix and a Dovecot of our own on 127.0.0.1: mail goes in by SMTP and is read by IMAP.

They serve ``ill.test`` only: any name before the ``@`` is a user, every password is ``secret``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from imap_tools import MailBoxUnencrypted

from tests.servers import postfix
from tests.servers.ports import free_port, wait_until_closed, wait_until_open

PASSWORD = "secret"
ACCOUNT = "nobody"
"""The account that holds the mail, as in :mod:`tests.servers.postfix`."""

_SETTINGS = """\
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_username_format = %Lu
mail_location = maildir:{home}/mail/%n
mail_uid = {account}
mail_gid = {group}
first_valid_uid = 1
auth_failure_delay = 0
default_login_user = dovenull
default_internal_user = dovecot
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={home}/mail/%n allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  unix_listener {home}/lmtp {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox "Sent Items" {{
    special_use = \\Sent
  }}
}}
"""
_TLS = """
ssl = yes
ssl_cert = <{home}/tls.pem
ssl_key = <{home}/tls.key
"""


def missing() -> str:
    """Why no Dovecot can be started here; empty where one can."""
    if shutil.which("dovecot", path=_path()) is None:
        return "dovecot: the IMAP server (Debian: dovecot-imapd dovecot-lmtpd)"
    if os.geteuid() != 0:
        return "dovecot: root, for its master lends its processes other accounts"
    return postfix.missing()


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Dovecot:
    """A running IMAP server; ``tls_port`` is 0 where it speaks no TLS."""

    host: str
    port: int
    tls_port: int
    home: Path

    @property
    def certificate(self) -> Path:
        """What a client has to trust."""
        return self.home / "tls.pem"

    @contextmanager
    def looking(self, user: str, folder: str = "INBOX") -> Iterator[MailBoxUnencrypted]:
        """A person's mail program, open on a folder."""
        with MailBoxUnencrypted(self.host, self.port).login(user, PASSWORD, folder) as box:
            yield box

    def put(self, user: str, mail: bytes, folder: str = "INBOX") -> None:
        """Lay a mail into a folder as it is, without any server's headers."""
        with self.looking(user) as box:
            box.append(mail, folder)

    def held(self, user: str, folder: str = "INBOX") -> list[str]:
        """The subjects in a folder, oldest first; none where it is missing."""
        with self.looking(user) as box:
            if not box.folder.exists(folder):
                return []
            box.folder.set(folder)
            return [mail.subject for mail in box.fetch(mark_seen=False)]

    def stop(self) -> None:
        """Hang up on everybody and go."""
        self.run("kick", "*")
        self.run("stop")
        wait_until_closed(self.port)

    def run(self, *arguments: str) -> None:
        """Run ``doveadm``."""
        found = shutil.which("doveadm", path=_path())
        assert found is not None
        subprocess.run(
            [found, "-c", f"{self.home}/dovecot.conf", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True,
        )  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Both servers."""

    smtp: postfix.Postfix
    imap: Dovecot

    def wait_for(self, user: str, count: int, seconds: float = 30) -> list[str]:
        """The subjects of at least so many mails.

        Raises:
            TimeoutError: they have not come in time.
        """
        end = time.monotonic() + seconds
        while len(held := self.imap.held(user)) < count:
            if time.monotonic() > end:
                logs = [self.smtp.home / "maillog", self.imap.home / "log"]
                told = "\n".join(log.read_text(errors="replace")[-2000:] for log in logs)
                raise TimeoutError(f"{len(held)} of {count} mails after {seconds} s\n{told}")
            time.sleep(0.05)
        return held


@contextmanager
def running(
    more: str = "", files: Mapping[str, str] | None = None, *, tls: bool = False
) -> Iterator[Dovecot]:
    """A Dovecot on a free port, stopped and cleared away at the end.

    ``more`` are further lines of its configuration, ``files`` further files of its folder;
    ``{home}`` in both is that folder.  With ``tls`` it has a certificate for 127.0.0.1.
    """
    home = Path(tempfile.mkdtemp(prefix="ill-dovecot-"))
    home.chmod(0o755)
    account = pwd.getpwnam(ACCOUNT)
    (home / "run").mkdir()
    (home / "mail").mkdir()
    os.chown(home / "mail", account.pw_uid, account.pw_gid)
    port, tls_port = free_port(), free_port() if tls else 0
    facts = {"home": home, "port": port, "tls_port": tls_port}
    settings = _SETTINGS.format(account=account.pw_uid, group=account.pw_gid, **facts)
    given = {**(files or {}), "dovecot.conf": settings + more + (_TLS if tls else "")}
    for name, words in given.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(words.replace("{home}", str(home)))
    found = shutil.which("dovecot", path=_path())
    assert found is not None, missing()
    if tls:
        _certify(home)
    server = subprocess.Popen(
        [found, "-F", "-c", f"{home}/dovecot.conf"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"PATH": _path(), "LC_ALL": "C"},
    )  # fmt: skip
    try:
        wait_until_open(port)
        yield Dovecot("127.0.0.1", port, tls_port, home)
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=20)
        server.kill()
        server.wait()
        shutil.rmtree(home, ignore_errors=True)


def _certify(home: Path) -> None:
    """A certificate that nobody has signed but itself."""
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", f"{home}/tls.key", "-out", f"{home}/tls.pem",
        ],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True,
    )  # fmt: skip


@contextmanager
def pair() -> Iterator[Pair]:
    """A Postfix that hands its mail to a Dovecot."""
    with (
        running() as imap,
        postfix.running(f"virtual_transport = lmtp:unix:{imap.home}/lmtp") as smtp,
    ):
        yield Pair(smtp, imap)
