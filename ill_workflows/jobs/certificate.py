"""The certificate that a leaver is cleared, and the sheet on which lenders answer."""

from __future__ import annotations

import hmac
import re
from datetime import date
from hashlib import sha256
from typing import Final

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken, UsageProblem
from ill_workflows.forms.clearance import ANSWERED, CLEARANCE
from ill_workflows.forms.month import month_of
from ill_workflows.lending.clearance import Clearance, Concern
from ill_workflows.lending.notices import Bundle
from ill_workflows.mail import clearance as letters
from ill_workflows.mail.letters import XLSX
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member
from ill_workflows.store import leavers
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from ill_workflows.xlsx.template import write_template

_SEAL: Final = re.compile(rb"(?:[0-9A-F]{4}-){5}[0-9A-F]{4}")
_SERIAL: Final = re.compile(rb"C\d{2,3}-([A-Z2-7]{4}-[A-Z2-7]{4})-[0-9A-F]{4}")


def certificate(app: App, one: Clearance, issued_on: date) -> bytes:
    """The certificate as a page to print; its code is over every byte of the page.

    Raises:
        UsageProblem: the leaver is not cleared.
        LetterBroken: the host's own template of it is broken.
    """
    if one.state != "cleared":
        raise UsageProblem(
            f"{one.number} 還不能放行（{one.state}），沒有證明。",
            f"{one.number} is {one.state}: there is no certificate.",
        )
    language = app.members[one.home].language
    facts = letters.certified(one, app.members, issued_on)
    page = app.composer.page(letters.CERTIFICATE, language, facts)
    if page.count(letters.NO_SEAL.encode()) != 1:
        raise LetterBroken(f"{language}/{letters.CERTIFICATE}.j2", "seal 應恰好出現一次 / once")
    return page.replace(letters.NO_SEAL.encode(), _seal(app, page))


def _seal(app: App, page: bytes) -> bytes:
    with app.engine.connect() as connection:
        key = leavers.secret_known(connection)
    code = hmac.new(key, page, sha256).hexdigest()[:24].upper()
    return "-".join(code[n : n + 4] for n in range(0, 24, 4)).encode()


def verified(app: App, page: bytes) -> str | None:
    """The clearance number of a certificate that is just as we wrote it; None for any other."""
    seals = _SEAL.findall(page)
    serial = _SERIAL.search(page)
    if len(seals) != 1 or serial is None:
        return None
    blank = page.replace(seals[0], letters.NO_SEAL.encode())
    if not hmac.compare_digest(_seal(app, blank), seals[0]):
        return None
    return serial[1].decode()


def certificates(app: App, one: Bundle, today: date) -> tuple[Attachment, ...]:
    """The certificates of the leavers of a letter."""
    cleared = (notice.about for notice in one.notices if isinstance(notice.about, Clearance))
    return tuple(
        Attachment(
            f"certificate-{leaver.number}.html", "text/html", certificate(app, leaver, today)
        )
        for leaver in cleared
    )


def clearance_sheet(app: App, lender: Member, one: Bundle, today: date) -> tuple[Attachment, ...]:
    """The sheet on which a lender answers: a row a card, no names."""
    rows = [
        {
            "case_no": held.ref, "card": held.card, "held_from": held.since,
            "leaving_on": concern.leaving_on,
            **({"held_until": held.until} if held.until is not None else {}),
        }
        for notice in one.notices
        if isinstance(concern := notice.about, Concern)
        for held in concern.held
    ]  # fmt: skip
    with writing(app.engine) as connection:
        token = store.token_of(connection, lender.code)
    month = month_of(today)
    data = write_template(
        CLEARANCE, members=app.members, library=lender, month=month,
        rows={ANSWERED.table: rows}, token=token,
    )  # fmt: skip
    return (Attachment(f"clearance-{lender.code}-{month}.xlsx", XLSX, data),)
