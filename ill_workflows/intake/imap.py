"""One folder of an IMAP account: what lies in it, a mail's bytes, and moving it elsewhere.

Whether a mail was read stays as it is: a person may look into the same mailbox.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxFetchError,
    MailboxFolderCreateError,
    MailboxStarttlsError,
    UnexpectedCommandStatusError,
)
from imap_tools.utils import check_command_status

from ill_workflows.errors import MailboxDown, MailboxRefused
from ill_workflows.intake.message import LONGEST_HEAD

_AT_ONCE: Final = 500
_UID: Final = re.compile(rb"\bUID (\d+)")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d+)")
_FOR_NOW: Final = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|temporary", re.IGNORECASE)
_SENT: Final = frozenset({"\\sent", "\\all"})
"""Marks of folders (RFC 6154) in which a server keeps what its people have sent."""
_NO_FOLDER: Final = frozenset({"\\noselect", "\\nonexistent"})
"""A name that is listed because folders lie below it."""
_CUT_OFF: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how one gets in; with ``xoauth2`` the password is the token."""

    host: str
    port: int = 993
    tls: Literal["none", "starttls", "implicit"] = "implicit"
    auth: Literal["password", "xoauth2"] = "password"
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    timeout: float = 60

    @property
    def where(self) -> str:
        """The server, for people."""
        return f"{self.host}:{self.port}"


class Imap:
    """An open folder.

    Raises:
        MailboxDown: nobody answers, or the server asks to come back later.
        MailboxRefused: TLS, login or folder do not work as configured.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self._folders: dict[str, str] = {}
        with _troubles(account.where, "tls"):
            self._box = _connected(account)
        try:
            with _troubles(account.where, "tls"):
                if account.tls == "starttls":
                    answer = self._box.client.starttls(ssl.create_default_context())
                    check_command_status(answer, MailboxStarttlsError)
            with _troubles(account.where, "login"):
                self._log_in()
            with _troubles(account.where, "folder"):
                self._box.folder.set(account.folder)
                self.uidvalidity = int(self._box.client.response("UIDVALIDITY")[1][0] or 0)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """It is open."""
        return self

    def __exit__(self, *failure: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Say goodbye, or hang up where nobody listens any more."""
        try:
            self._box.logout()
        except (OSError, imaplib.IMAP4.error, ImapToolsError):
            with suppress(OSError):
                self._box.client.shutdown()

    def waiting(self) -> list[tuple[int, int]]:
        """UID and size in bytes of every mail, oldest first, without those marked deleted."""
        sizes: dict[int, int] = {}
        with _troubles(self.account.where, "command"):
            uids = self._box.uids("UNDELETED", charset=None)
            for start in range(0, len(uids), _AT_ONCE):
                for line in self._fetch(",".join(uids[start : start + _AT_ONCE]), "RFC822.SIZE"):
                    told = line[0] if isinstance(line, tuple) else line
                    uid, size = _UID.search(told), _SIZE.search(told)
                    if uid and size:
                        sizes[int(uid[1])] = int(size[1])
        return sorted(sizes.items())

    def whole(self, uid: int) -> bytes | None:
        """A mail's bytes; None where it has gone."""
        return self._bytes(uid, "BODY.PEEK[]")

    def head(self, uid: int) -> bytes | None:
        """A mail's headers, as far as they are read; None where it has gone."""
        return self._bytes(uid, f"BODY.PEEK[HEADER]<0.{LONGEST_HEAD}>")

    def holds(self, message_ids: Collection[str], folders: Collection[str] = ()) -> set[str]:
        """Which of these Message-IDs mails of this account have.

        Looked through are its own folder, ``folders`` of ours, and those that the server marks as
        holding what was sent, or everything.
        """
        found: set[str] = set()
        with _troubles(self.account.where, "command"):
            there = self._box.folder.list()
            told = [f.name for f in there if _SENT & {flag.lower() for flag in f.flags}]
            ours = [f.name for f in there if f.name.removeprefix(f"INBOX{f.delim}") in folders]
            for name in dict.fromkeys((self.account.folder, *told, *ours)):
                self._box.folder.set(name, readonly=True)
                found.update(one for one in message_ids if self._has(one))
            self._box.folder.set(self.account.folder)
        return found

    def _has(self, message_id: str) -> bool:
        quoted = message_id.replace("\\", "").replace('"', "")
        return bool(self._box.uids(f'HEADER Message-ID "{quoted}"', charset=None))

    def move(self, uid: int, target: str) -> None:
        """Move a mail into a folder, made where it is missing; one that has gone is no trouble."""
        with _troubles(self.account.where, "move"):
            name = self._folder(target)
            try:
                self._box.move([str(uid)], name)
            except UnexpectedCommandStatusError:
                if self._box.uids(f"UID {uid}", charset=None):
                    raise

    def _log_in(self) -> None:
        account, client = self.account, self._box.client
        if account.auth == "xoauth2":
            self._box.xoauth2(account.user, account.password, None)
        elif (account.user + account.password).isascii():
            self._box.login(account.user, account.password, None)
        else:
            self._box.login_utf8(account.user, account.password, None)
        # Dovecot tells only those who are in that it can MOVE; imaplib does not ask again.
        client.capabilities = tuple(client.capability()[1][-1].decode().upper().split())

    def _fetch(self, uids: str, what: str) -> list[Any]:
        answer = self._box.client.uid("FETCH", uids, f"({what})")
        check_command_status(answer, MailboxFetchError)
        return [line for line in answer[1] if line]

    def _bytes(self, uid: int, what: str) -> bytes | None:
        with _troubles(self.account.where, "command"):
            lines = self._fetch(str(uid), what)
        # Between the answers a server tells news of other mails; those are no tuples.
        held = [line[1] for line in lines if isinstance(line, tuple)]
        return bytes(held[0]) if held else None

    def _folder(self, target: str) -> str:
        """The name under which the server has a folder of ours, or lets us make it."""
        if target not in self._folders:
            self._folders[target] = self._found_or_made(target)
        return self._folders[target]

    def _found_or_made(self, target: str) -> str:
        there = {
            folder.name: folder.delim
            for folder in self._box.folder.list()
            if not _NO_FOLDER & {flag.lower() for flag in folder.flags}
        }
        below = f"INBOX{there.get('INBOX') or '/'}{target}"  # Courier: all folders are below INBOX
        for name in (target, below):
            if name in there:
                return name
        try:
            self._box.folder.create(target)
            name = target
        except MailboxFolderCreateError:
            self._box.folder.create(below)
            name = below
        with suppress(ImapToolsError, imaplib.IMAP4.error):
            self._box.folder.subscribe(name, value=True)
        return name


def _connected(account: Account) -> BaseMailBox:
    if account.tls == "implicit":
        context = ssl.create_default_context()
        return MailBox(account.host, account.port, account.timeout, ssl_context=context)
    return MailBoxUnencrypted(account.host, account.port, account.timeout)


@contextmanager
def _troubles(where: str, what: str) -> Iterator[None]:
    """Say in our own words what went wrong; ``what`` is a key of :data:`MAILBOX_HINTS`."""
    try:
        yield
    except (OSError, imaplib.IMAP4.abort) as bad:
        said = _said(bad)
        wrong_tls = isinstance(bad, ssl.SSLError) and not isinstance(bad, _CUT_OFF)
        if what == "tls" and (wrong_tls or "TLS not supported" in said):
            raise MailboxRefused(where, "tls", said) from bad
        raise MailboxDown(where, said) from bad
    except (imaplib.IMAP4.error, ImapToolsError, ValueError) as bad:
        said = _said(bad)
        if _FOR_NOW.search(said):
            raise MailboxDown(where, said) from bad
        raise MailboxRefused(where, what, said) from bad


def _said(bad: Exception) -> str:
    """The server's own words, on one line."""
    if isinstance(bad, UnexpectedCommandStatusError):
        told = bad.command_result[-1]
        parts = told if isinstance(told, list) else [told]
        text = " ".join(
            p.decode("utf-8", "replace") if isinstance(p, bytes) else str(p) for p in parts
        )
    else:
        text = str(bad) or type(bad).__name__
    return " ".join(text.split())[:300]
