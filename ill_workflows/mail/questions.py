"""What the host itself hears from us: a question, or what needs its hand; no names in either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import name_of
from ill_workflows.rules.policy import Member

POLICY: Final = "question"
TROUBLE: Final = "trouble"
_JOBS: Final = {
    "collect": ("收件", "taking in workbooks"), "remind": ("寫信", "writing letters"),
    "deliver": ("寄信", "sending letters"), "evaluate": ("彙整評估", "compiling the evaluation"),
    "meeting": ("寄會議資料", "sending the meeting's papers"),
}  # fmt: skip
"""Job → what it does, in both languages."""


def asked(host: Member, number: int, facts: Mapping[str, Any]) -> Letter:
    """To the host: how many letters of which policy wait for its yes."""
    told = {
        "library": name_of(host, host.language),
        "number": number,
        "letters": facts["letters"],
        "today": date.fromisoformat(facts["today"]),
        "last": date.fromisoformat(facts["last"]) if facts["last"] else None,
        "policies": [
            {"policy": policy, "count": count, "usual": usual}
            for policy, (count, usual) in facts["policies"].items()
        ],
    }
    to = tuple(address for address in host.contacts if address)
    return Letter(POLICY, "0", to, host.code, POLICY, told, language=host.language, key=str(number))


def trouble(host: Member, job: str, said: Sequence[str], since: datetime, today: date) -> Letter:
    """To the host: a job of the service fails, or leaves something to be looked at."""
    what = _JOBS.get(job, (job, job))[host.language == "en"]
    told = {
        "library": name_of(host, host.language), "job": job, "what": what, "troubles": list(said),
        "since": since.date(), "hour": since.strftime("%H:%M"),
    }  # fmt: skip
    to = tuple(address for address in host.contacts if address)
    key = f"{today}/{job}"
    return Letter(TROUBLE, "0", to, host.code, TROUBLE, told, language=host.language, key=key)


def samples(libraries: Mapping[str, Member]) -> Iterator[Letter]:
    """Invented questions, in the shapes that they can have."""
    host, today = libraries["NSUT"], "2026-10-15"
    many = {"overdue": [412, 9], "due_soon": [96, 11]}
    yield asked(host, 7, {"today": today, "last": "", "letters": 508, "policies": many})
    yield asked(host, 8, {"today": today, "last": "2025-10-14", "letters": 12, "policies": {}})
    down = "信箱 imap.nsut.example:993 沒有回應 / the mailbox does not answer"
    broken = ("zh-TW/overdue.j2：範本用了不存在的資料 patron", "2 封信是否寄出不明")
    since = datetime(2026, 10, 15, 8, 30, tzinfo=UTC)
    yield trouble(host, "collect", [down], since, since.date())
    yield trouble(host, "remind", broken, since, since.date())
