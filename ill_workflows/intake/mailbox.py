"""The mailbox: workbooks that members send by mail.

A mail is handled when each of its workbooks is remembered; only then it is moved, to
``Processed`` where it brought workbooks, to ``Rejected`` where there was nothing to take in.  What
was handled before is the caller's to know, by UIDVALIDITY, UID and Message-ID: a crash between
the import and the move costs a move, no second import.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final, TypeVar

from ill_workflows.errors import MailboxDown
from ill_workflows.intake.attached import LARGEST
from ill_workflows.intake.imap import Account, Imap
from ill_workflows.intake.incoming import Incoming, MailFacts
from ill_workflows.intake.message import Mail, read_mail

PROCESSED: Final = "Processed"
REJECTED: Final = "Rejected"
Answer = TypeVar("Answer")
Known = Callable[[int, int, str], bool]
"""``known(uidvalidity, uid, message_id)``: whether all of this mail is remembered already."""


class Mailbox:
    """A source of workbooks: an IMAP folder.

    ``ours`` are addresses that only this software writes from; ``largest`` is the size of a mail,
    in bytes, above which it is not fetched.
    """

    def __init__(
        self,
        account: Account,
        known: Known,
        *,
        ours: Collection[str] = (),
        largest: int = LARGEST,
    ) -> None:
        self.account = account
        self._known = known
        self._ours = tuple(ours)
        self._largest = min(largest, LARGEST)
        self._imap: Imap | None = None
        self._reading = False
        self._unsettled: dict[tuple[int, int], set[int]] = {}

    def waiting(self) -> int:
        """How many mails wait.

        Raises:
            MailboxDown, MailboxRefused: see :class:`ill_workflows.intake.imap.Imap`.
        """
        with Imap(self.account) as imap:
            return len(imap.waiting())

    def holds(self, message_ids: Collection[str]) -> set[str]:
        """Which of these Message-IDs mails in the mailbox have, sent ones and handled ones too.

        Raises:
            MailboxDown, MailboxRefused: see :class:`ill_workflows.intake.imap.Imap`.
        """
        with Imap(self.account) as imap:
            return imap.holds(message_ids, (PROCESSED, REJECTED))

    def arrivals(self) -> Iterator[Incoming]:
        """The workbooks that wait, mail by mail; a mail without any stands for itself.

        Raises:
            MailboxDown, MailboxRefused: see :class:`ill_workflows.intake.imap.Imap`.
        """
        self._reading = True
        try:
            validity, waiting = self._ask(lambda imap: (imap.uidvalidity, imap.waiting()))
            for uid, size in waiting:
                mail, kind = self._read(validity, uid, size)
                if mail is None:
                    continue
                if self._known(validity, uid, mail.message_id):
                    self._move(validity, uid, kind)
                    continue
                found = self._incoming(validity, uid, mail, kind)
                self._unsettled[validity, uid] = set(range(1, len(found) + 1))
                yield from found
        finally:
            self._reading = False
            self._close()

    def settle(self, incoming: Incoming) -> None:
        """It is remembered; with the last one of its mail, the mail leaves the folder.

        Raises:
            MailboxDown, MailboxRefused: the mail stays where it is; the next run moves it.
        """
        facts = incoming.mail
        if facts is None:
            return
        left = self._unsettled.get((facts.uidvalidity, facts.uid), set())
        left.discard(facts.part)
        if left:
            return
        self._unsettled.pop((facts.uidvalidity, facts.uid), None)
        self._move(facts.uidvalidity, facts.uid, incoming.mail_kind)

    def _read(self, validity: int, uid: int, size: int) -> tuple[Mail | None, str]:
        """A mail and its kind; None where it, or the folder as it was, has gone."""
        large = size > self._largest

        def fetched(imap: Imap) -> bytes | None:
            if imap.uidvalidity != validity:
                return None
            return imap.head(uid) if large else imap.whole(uid)

        raw = self._ask(fetched)
        if raw is None:
            return None, ""
        mail = read_mail(raw, self._ours)
        if mail.automatic:
            return mail, "automatic"
        if large or mail.trouble == "too_large":
            return mail, "too_large"
        if mail.trouble:
            return mail, "unreadable"
        return mail, "" if mail.attachments else "no_workbook"

    def _incoming(self, validity: int, uid: int, mail: Mail, kind: str) -> list[Incoming]:
        workbooks = [(one.name, one.data) for one in mail.attachments] if not kind else []
        whole = [(mail.subject or mail.message_id or f"UID {uid}", b"")]
        parts = workbooks or whole
        return [
            Incoming(
                name, data, "mailbox", sender=mail.sender, message_id=mail.message_id,
                mail=MailFacts(
                    self.account.folder, validity, uid, mail.message_id, mail.subject,
                    mail.automatic, mail.trace, number, len(parts), mail.others,
                    tuple(filter(None, (mail.in_reply_to, *mail.references))), mail.report,
                ),
                mail_kind=kind,
            )
            for number, (name, data) in enumerate(parts, start=1)
        ]  # fmt: skip

    def _move(self, validity: int, uid: int, kind: str) -> None:
        """Move a mail, unless its number has meanwhile become another mail's."""

        def moved(imap: Imap) -> None:
            if imap.uidvalidity == validity:
                imap.move(uid, REJECTED if kind else PROCESSED)

        try:
            self._ask(moved)
        finally:
            if not self._reading:
                self._close()

    def _ask(self, question: Callable[[Imap], Answer]) -> Answer:
        """Ask the server; one that hung up, as they do during a long import, is called again."""
        kept = self._imap is not None
        try:
            return question(self._opened())
        except MailboxDown:
            self._close()
            if not kept:
                raise
        return question(self._opened())

    def _opened(self) -> Imap:
        if self._imap is None:
            self._imap = Imap(self.account)
        return self._imap

    def _close(self) -> None:
        if self._imap is not None:
            self._imap.close()
            self._imap = None
