"""``[mail]``: the way out, the mailbox, and when letters may leave."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from ill_workflows.config.base import Hours, Part, Sender


class SmtpPart(Part):
    """``mail.smtp``."""

    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    auth: Literal["password", "xoauth2"] = "password"
    user: str = ""
    password_file: str = ""
    password: SecretStr | None = None


class ImapPart(SmtpPart):
    """``mail.imap``."""

    port: int = Field(default=993, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "implicit"
    folder: str = "INBOX"


class GuardPart(Part):
    """``[mail.guard]``: when the host is asked before anything is sent."""

    times: int = Field(default=5, ge=2, le=1000)
    at_least: int = Field(default=30, ge=1, le=100_000)
    silent_days: int = Field(default=180, ge=30, le=3660)


class MailPart(Part):
    """``[mail]``."""

    transport: Literal["folder", "smtp"] = "folder"
    sender: Sender = "館際合作 <ill@host.example>"
    enabled_for: str = ""
    smtp: SmtpPart = SmtpPart()
    imap: ImapPart | None = None
    authserv_id: str = ""
    results_below_received: bool = False
    sending_hours: Hours = "08:00-19:00"
    per_minute: int = Field(default=0, ge=0, le=100_000)
    guard: GuardPart = GuardPart()
