"""An office with a mailbox on a real server, and what it remembers of its mail."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ill_workflows.intake.imap import Account
from ill_workflows.intake.incoming import Incoming
from ill_workflows.intake.mailbox import Mailbox
from tests.servers.dovecot import PASSWORD, Dovecot, Pair


@dataclass
class Office:
    """A user of the servers; ``remembered`` stands for the database of what was taken in."""

    user: str
    server: Dovecot
    pair: Pair | None = None
    remembered: set[tuple[int, int, str]] = field(default_factory=set)

    @property
    def account(self) -> Account:
        """The way into the mailbox."""
        at = self.server
        return Account(at.host, at.port, "none", user=self.user, password=PASSWORD, timeout=20)

    def mailbox(self, largest: int = 1 << 30, **changed: Any) -> Mailbox:
        """The mailbox as the software opens it; what is changed belongs to the account."""
        account = replace(self.account, **changed)
        return Mailbox(account, self.knows, ours=["ill@nsut.example"], largest=largest)

    def knows(self, uidvalidity: int, uid: int, message_id: str) -> bool:
        """Whether a mail was taken in: this very one, or one with its Message-ID."""
        known = (uidvalidity, uid, message_id) in self.remembered
        return known or message_id in {named for _, _, named in self.remembered if named}

    def remember(self, incoming: Incoming) -> None:
        """What a job commits; a mail is remembered with the last of its files."""
        facts = incoming.mail
        assert facts is not None
        if facts.part == facts.parts:
            self.remembered.add((facts.uidvalidity, facts.uid, facts.message_id))

    def take_in(self, mailbox: Mailbox | None = None) -> list[Incoming]:
        """A whole run of the job."""
        mailbox = mailbox or self.mailbox()
        taken = []
        for incoming in mailbox.arrivals():
            self.remember(incoming)
            mailbox.settle(incoming)
            taken.append(incoming)
        return taken

    def post(self, *mails: bytes, envelope: str = "ill@hdu.example") -> None:
        """Send mails by SMTP and wait until they are here."""
        assert self.pair is not None
        before = len(self.held())
        smtp = self.pair.smtp
        with smtplib.SMTP(smtp.host, smtp.port, timeout=20) as server:
            for mail in mails:
                server.sendmail(envelope, [f"{self.user}@ill.test"], mail)
        self.pair.wait_for(self.user, before + len(mails))

    def put(self, *mails: bytes) -> None:
        """Lay mails into the inbox as they are."""
        for mail in mails:
            self.server.put(self.user, mail)

    def held(self, folder: str = "INBOX") -> list[str]:
        """The subjects in a folder."""
        return self.server.held(self.user, folder)

    def log(self) -> list[str]:
        """What the server has written about this user."""
        written = Path(self.server.home / "log").read_text(errors="replace").splitlines()
        return [line for line in written if re.search(rf"[(<]{re.escape(self.user)}[)>]", line)]
