"""The ways out.  One verb, ``send``; the folder is the dry run, the default and the double."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from ill_workflows.errors import FolderTrouble, InDoubt, RecipientRefused, TransportDown


class Transport(Protocol):
    """Hands a composed letter on.  Used as a context: one connection serves many letters."""

    def __enter__(self) -> Self:
        """Open what is needed."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""

    def send(self, sender: str, to: list[str], body: bytes, message_id: str) -> dict[str, str]:
        """Send one letter; answers the addresses that were refused while others were taken.

        Raises:
            RecipientRefused: nobody was taken.
            TransportDown: try again later; nothing was sent.
            InDoubt: the connection broke on the way; it may have been sent.
        """


class Folder:
    """One ``.eml`` a letter in a folder; the same letter again is the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    def send(self, sender: str, to: list[str], body: bytes, message_id: str) -> dict[str, str]:
        """Write the letter whole or not at all."""
        del sender
        head = message_from_bytes(body[: body.find(b"\r\n\r\n") + 4], policy=policy.default)
        day = head["Date"].datetime.strftime("%Y%m%d")
        words = [day, head.get("X-ILL-Policy", "letter"), head.get("X-ILL-Step", ""), to[0] if to else ""]
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
            raise FolderTrouble(str(target), bad.strerror or str(bad)) from bad
        return {}


class Smtp:
    """An SMTP server; a connection is kept for all the letters of one run."""

    def __init__(
        self, host: str, port: int, *, tls: Literal["none", "starttls", "implicit"] = "starttls",
        user: str = "", password: str = "", timeout: float = 60,
    ) -> None:  # fmt: skip
        self.host, self.port, self.tls = host, port, tls
        self.user, self.password, self.timeout = user, password, timeout
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """The connection is opened with the first letter."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye."""
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()
            self._server = None

    def send(self, sender: str, to: list[str], body: bytes, message_id: str) -> dict[str, str]:
        """Send one letter over the open connection; DATA is never repeated."""
        del message_id
        where = f"{self.host}:{self.port}"
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as bad:
            self._drop()
            raise TransportDown(where, _said(bad)) from bad
        try:
            refused = server.sendmail(sender, to, body)
        except smtplib.SMTPRecipientsRefused as bad:
            self._sort_out(bad.recipients)
        except smtplib.SMTPResponseException as bad:
            if 500 <= bad.smtp_code < 600:
                raise RecipientRefused(dict.fromkeys(to, _said(bad))) from bad
            self._drop()
            raise TransportDown(where, _said(bad)) from bad
        except (OSError, smtplib.SMTPException) as bad:
            self._drop()
            raise InDoubt(where, _said(bad)) from bad
        else:
            return {address: f"{code} {_text(said)}" for address, (code, said) in refused.items()}
        return {}

    def _sort_out(self, recipients: dict[str, tuple[int, bytes]]) -> None:
        """All were refused: for good, or for now."""
        reasons = {address: f"{code} {_text(said)}" for address, (code, said) in recipients.items()}
        if all(500 <= code < 600 for code, _ in recipients.values()):
            raise RecipientRefused(reasons)
        raise TransportDown(f"{self.host}:{self.port}", "; ".join(reasons.values()))

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            context = ssl.create_default_context() if self.tls != "none" else None
            if self.tls == "implicit":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self.host, self.port, timeout=self.timeout, context=context
                )
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
                if self.tls == "starttls":
                    server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            self._server = server
        return self._server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _said(bad: Exception) -> str:
    if isinstance(bad, smtplib.SMTPResponseException):
        return f"{bad.smtp_code} {_text(bad.smtp_error)}"
    return str(bad)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
