"""A letter that came back: the same event as one that was refused at once (notices rule 8)."""

from __future__ import annotations

from sqlalchemy import Connection

from ill_workflows.intake.report import Report
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.recheck import TO_READERS
from ill_workflows.jobs.refused import is_dead
from ill_workflows.mail.refusals import masked
from ill_workflows.store import outbox, refusals


def take(connection: Connection, report: Report, clock: Clock) -> bool:
    """Write down whom a letter of ours did not reach; whether it was one of ours.

    Anybody can write a report: only addresses that the very letter went to count.  The home library
    and the host are told with the next delivery, and an address where nobody is rests; but no
    reader silences the home library that had a copy of the reader's letter.
    """
    row = outbox.called(connection, report.message_id)
    if row is None:
        return False
    answers = {
        address: report.failed[address.casefold()]
        for address in (*row["to"], *row["cc"])
        if address.casefold() in report.failed
    }
    if not answers or row["state"] not in {"sent", "doubtful"}:
        return False
    if all(address in answers for address in row["to"]):
        said = "; ".join(masked(answer, address) for address, answer in answers.items())
        outbox.settle(connection, row["id"], "bounced", reason=said, sent_at=row["sent_at"])
    copied = set(row["cc"]) if row["policy"] in TO_READERS else set()
    gone = frozenset(a for a, said in answers.items() if is_dead(said) and a not in copied)
    refusals.record(connection, row["id"], answers, gone, clock.today)
    return True
