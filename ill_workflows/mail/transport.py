"""The ways out.  One verb, ``send``; the folder is the dry run, the default and the double."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NoReturn, Protocol, Self

from ill_workflows.errors import (
    FolderTrouble,
    InDoubt,
    LetterRefused,
    Postponed,
    RecipientRefused,
    TransportDown,
)
from ill_workflows.mail.refusals import masked

_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n")
_DOTS: Final = re.compile(rb"^\.", re.MULTILINE)
_TOO_LARGE: Final = 552
_CLOSING: Final = 421


def nothing() -> None:
    """Nobody wants to know."""


class Transport(Protocol):
    """Hands a composed letter on.  Used as a context: one connection serves many letters."""

    def __enter__(self) -> Self:
        """Open what is needed."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""

    def send(  # noqa: PLR0913 - what stands on an envelope
        self, sender: str, to: list[str], body: bytes, message_id: str, *, patient: bool = True,
        handing: Callable[[], None] = nothing,
    ) -> dict[str, str]:  # fmt: skip
        """Send one letter; answers the addresses that were refused while others were taken.

        ``patient``: where an address is refused for now, nothing is sent; otherwise the others
        get the letter and that address counts as refused.  ``handing`` is called when everything
        is agreed and the letter itself begins to go: a crash before it leaves no doubt.

        Raises:
            RecipientRefused: nobody was taken.
            LetterRefused: the server will not have this letter.
            Postponed: try this letter again later; nothing was sent.
            TransportDown: try all again later; nothing was sent.
            InDoubt: the connection broke on the way; it may have been sent.
            FolderTrouble: the folder cannot be written; nothing was sent.
        """


class Folder:
    """One ``.eml`` a letter in a folder; the same letter again is the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to close."""

    def send(  # noqa: PLR0913 - what stands on an envelope
        self, sender: str, to: list[str], body: bytes, message_id: str, *, patient: bool = True,
        handing: Callable[[], None] = nothing,
    ) -> dict[str, str]:  # fmt: skip
        """Write the letter whole or not at all; writing it again leaves no doubt either."""
        del sender, patient, handing
        head = message_from_bytes(body[: body.find(b"\r\n\r\n") + 4], policy=policy.default)
        day = head["Date"].datetime.strftime("%Y%m%d")
        words = [
            day,
            head.get("X-ILL-Policy", "letter"),
            head.get("X-ILL-Step", ""),
            to[0] if to else "",
        ]
        name = "-".join(re.sub(r"[^\w.@+-]", "_", word) for word in words if word)
        target = self.path / f"{name[:120]}-{message_id.strip('<>')[:8]}.eml"
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError as bad:
            part.unlink(missing_ok=True)
            # The file's name holds the reader's address.
            raise FolderTrouble(str(self.path), bad.strerror or type(bad).__name__) from bad
        return {}


class Smtp:
    """An SMTP server; a connection is kept for all the letters of one run.

    With ``per_minute`` it sends no more letters than that, evenly spread; 0 sets no pace.
    """

    def __init__(  # noqa: PLR0913 - what a server asks for
        self, host: str, port: int, *, tls: Literal["none", "starttls", "implicit"] = "starttls",
        auth: Literal["password", "xoauth2"] = "password", user: str = "", password: str = "",
        timeout: float = 60, per_minute: int = 0,
    ) -> None:  # fmt: skip
        self._between = 60 / per_minute if per_minute else 0.0
        self._last = -60.0
        self.host, self.port, self.tls = host, port, tls
        self.auth, self.user, self.password = auth, user, password
        self.timeout = timeout
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """The connection is opened with the first letter."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye."""
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()
            self._server = None

    def send(  # noqa: PLR0913 - what stands on an envelope
        self, sender: str, to: list[str], body: bytes, message_id: str, *, patient: bool = True,
        handing: Callable[[], None] = nothing,
    ) -> dict[str, str]:  # fmt: skip
        """Send one letter over the open connection; DATA is never repeated."""
        del message_id
        self._keep_pace()
        data = _DOTS.sub(b"..", _LINE_ENDS.sub(b"\r\n", body))
        data += b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            server = self._begun(sender, len(data))
            refused = self._refused(server, to)
            for_now = [answer for answer in refused.values() if not answer.startswith("5")]
            if len(refused) < len(to) and not (for_now and patient):
                self._go_ahead(server)
            else:
                server.rset()
        except (OSError, smtplib.SMTPException) as bad:
            self._down(_nameless(_said(bad), to), bad)
        if for_now and patient:
            raise Postponed(refused)
        if len(refused) == len(to):
            raise RecipientRefused(refused)
        try:
            handing()
        except BaseException:
            self._drop()  # without its last line the server throws the letter away
            raise
        self._hand_over(server, data, to)
        return refused

    def _keep_pace(self) -> None:
        wait = self._last + self._between - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last = time.monotonic()

    def _begun(self, sender: str, size: int) -> smtplib.SMTP:
        """A connection on which the server has taken the sender; one that it dropped while it
        was idle is opened anew.
        """  # noqa: D205
        kept = self._server is not None
        server = self._connected()
        options = [f"SIZE={size}"] if server.has_extn("size") else []
        try:
            code, said = server.mail(sender, options)
        except (OSError, smtplib.SMTPServerDisconnected):
            if not kept:
                raise
            code, said = _CLOSING, b""
        if code == _CLOSING and kept:
            self._drop()
            return self._begun(sender, size)
        if code == _TOO_LARGE:
            server.rset()
            raise LetterRefused(f"{code} {_text(said)}")
        if code // 100 != 2:  # not this letter's fault: the server will not have us as its sender
            raise smtplib.SMTPSenderRefused(code, said, sender)
        return server

    def _refused(self, server: smtplib.SMTP, to: list[str]) -> dict[str, str]:
        """The addresses that the server does not take, with its answers."""
        refused = {}
        for address in to:
            code, said = server.rcpt(address)
            if code == _CLOSING:
                raise smtplib.SMTPResponseException(code, said)
            if code // 100 != 2:
                refused[address] = f"{code} {_text(said)}"
        return refused

    def _go_ahead(self, server: smtplib.SMTP) -> None:
        """Until here nothing was sent, and it is safe to come back."""
        code, said = server.docmd("DATA")
        if code // 100 == 5:
            server.rset()
            raise LetterRefused(f"{code} {_text(said)}")
        if code != 354:
            raise smtplib.SMTPDataError(code, said)

    def _hand_over(self, server: smtplib.SMTP, data: bytes, to: list[str]) -> None:
        """From here on a broken connection leaves a doubt."""
        try:
            server.send(data)
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException) as bad:
            self._drop()
            raise InDoubt(f"{self.host}:{self.port}", _said(bad)) from bad
        if code // 100 == 2:
            return
        answer = f"{code} {_text(said)}"
        if code == _CLOSING:
            self._down(_nameless(answer, to))
        if code // 100 == 4:
            raise Postponed({"DATA": answer})
        raise LetterRefused(answer)

    def _down(self, said: str, bad: Exception | None = None) -> NoReturn:
        self._drop()
        raise TransportDown(f"{self.host}:{self.port}", said) from bad

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            context = ssl.create_default_context() if self.tls != "none" else None
            if self.tls == "implicit":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self.host, self.port, timeout=self.timeout, context=context
                )
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            self._server = server
            if self.tls == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if self.user:
                self._log_in(server)
        return self._server

    def _log_in(self, server: smtplib.SMTP) -> None:
        if self.auth == "password":
            server.login(self.user, self.password)
            return
        first = f"user={self.user}\x01auth=Bearer {self.password}\x01\x01"

        def answer(challenge: bytes | None = None) -> str:
            """The token; the server's reasons against a bad one are acknowledged with nothing."""
            return first if challenge is None else ""

        server.auth("XOAUTH2", answer)

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _nameless(said: str, to: list[str]) -> str:
    """Why a server is down is told to the host, who reads no reader's address."""
    for address in to:
        said = masked(said, address)
    return said


def _said(bad: Exception) -> str:
    if isinstance(bad, smtplib.SMTPResponseException):
        return f"{bad.smtp_code} {_text(bad.smtp_error)}"
    return str(bad) or type(bad).__name__


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
