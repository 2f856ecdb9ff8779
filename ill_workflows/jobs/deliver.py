"""Handing the outbox to the transport: claimed, looked at once more, sent, settled.

``sending`` is committed before the wire, so that a crash leaves a letter in doubt and never a
second one.  The facts are checked again on the way out: a reminder whose cases have been
settled meanwhile is withdrawn, and its notices are free again.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from ill_workflows.app import App
from ill_workflows.errors import InDoubt, RecipientRefused, TransportDown, UsageProblem
from ill_workflows.jobs import remind
from ill_workflows.jobs.post import Clock
from ill_workflows.lending.policies import POLICIES
from ill_workflows.store import outbox
from ill_workflows.store.db import writing

RECHECKED = frozenset(
    {"due_soon", "overdue", "overdue_library", "overdue_lender", "still_out", "discrepancy"}
)
"""Policies whose letters are held against today's facts before they leave."""
EXPIRES_AFTER = 5
"""Days after which an unsent reminder is taken back: today's facts deserve a fresh letter."""


@dataclass
class Delivered:
    """What became of the outbox."""

    sent: int = 0
    withdrawn: int = 0
    refused: int = 0
    waiting: int = 0
    doubtful: int = 0
    down: TransportDown | None = None
    refusals: list[str] = field(default_factory=list)


def deliver(app: App, clock: Clock) -> Delivered:
    """Send what is queued.

    Raises:
        UsageProblem: sending by SMTP is not switched on for this very host.
    """
    result = Delivered()
    with writing(app.engine) as connection:
        result.doubtful = outbox.forget_crashed(connection)
        queued = outbox.waiting(connection)
    if not queued:
        return result
    _must_be_enabled(app)
    open_today = app.host.calendar.is_open(clock.today)
    hours = {policy.name: app.policies[policy.name].hours for policy in POLICIES}
    due = [row for row in queued if open_today or hours.get(row["policy"], "any") == "any"]
    result.waiting = len(queued) - len(due)
    still = _open_cases(app, clock) if any(_wants_recheck(row, clock) for row in due) else None
    with app.transport() as transport:
        for row in due:
            if still is not None and _wants_recheck(row, clock) and _is_over(row, still, clock):
                with writing(app.engine) as connection:
                    outbox.withdraw(
                        connection, row["id"], "事由已了結或內容過時 / settled or out of date"
                    )
                result.withdrawn += 1
                continue
            if not _send(app, transport, row, clock, result):
                break
    return result


def _must_be_enabled(app: App) -> None:
    """A restored backup must not mail: SMTP is on for a named host only (notices rule 10)."""
    mail = app.config.mail
    here = platform.node()
    if mail.transport == "folder" or mail.enabled_for in {"*", here}:
        return
    raise UsageProblem(
        f"這部主機（{here}）尚未開放寄信；確認無誤後，"
        f'請在 config.toml 設定 mail.enabled_for = "{here}"。',
        f"sending is not switched on for this host; when you are sure, "
        f'set mail.enabled_for = "{here}".',
    )


def _wants_recheck(row: dict[str, Any], clock: Clock) -> bool:
    return row["policy"] in RECHECKED and row["created_on"] < clock.today


def _open_cases(app: App, clock: Clock) -> set[str]:
    today = remind.decide(app, clock)
    asked = {loan.key for loan in today.loans if loan.asked}
    ours = {loan.key for loan in today.loans if not loan.asked}
    return (
        {f"still_out {key}" for key in asked}
        | {f"loan {key}" for key in ours}
        | {f"discrepancy {case.key}" for case in today.discrepancies}
    )


def _is_over(row: dict[str, Any], still: set[str], clock: Clock) -> bool:
    """Whether any case of a letter is settled, or the letter is too old to be true."""
    if (clock.today - row["created_on"]).days > EXPIRES_AFTER:
        return True
    kind = row["policy"] if row["policy"] in {"still_out", "discrepancy"} else "loan"
    return any(f"{kind} {case}" not in still for case in row["cases"])


def _send(app: App, transport: Any, row: dict[str, Any], clock: Clock, result: Delivered) -> bool:
    """Send one letter; False where the server is down and the rest should wait."""
    with writing(app.engine) as connection:
        if not outbox.claim(connection, row["id"]):
            return True
    sender = parseaddr(app.config.mail.sender)[1]
    state, reason = "sent", ""
    try:
        refused = transport.send(sender, [*row["to"], *row["cc"]], row["body"], row["message_id"])
        if refused:
            reason = str(RecipientRefused(refused))
            result.refusals.append(reason)
    except RecipientRefused as bad:
        state, reason = "refused", str(bad)
        result.refused += 1
        result.refusals.append(reason)
    except InDoubt as bad:
        state, reason = "doubtful", str(bad)
        result.doubtful += 1
    except TransportDown as bad:
        with writing(app.engine) as connection:
            outbox.settle(connection, row["id"], "queued", reason=str(bad))
        result.down = bad
        return False
    with writing(app.engine) as connection:
        outbox.settle(connection, row["id"], state, reason=reason, sent_at=clock.now)
    result.sent += state == "sent"
    return True
