"""The letter that asks the host before far more letters than usual are sent; no names in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ill_workflows.mail.compose import Letter
from ill_workflows.rules.policy import Member

POLICY = "question"


def asked(host: Member, number: int, facts: Mapping[str, Any]) -> Letter:
    """To the host: how many letters of which policy wait for its yes."""
    told = {
        "library": (host.name_en or host.name) if host.language == "en" else host.name,
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


def samples(libraries: Mapping[str, Member]) -> Iterator[Letter]:
    """Invented questions, in the shapes that they can have."""
    host, today = libraries["NSUT"], "2026-10-15"
    many = {"overdue": [412, 9], "due_soon": [96, 11]}
    yield asked(host, 7, {"today": today, "last": "", "letters": 508, "policies": many})
    yield asked(host, 8, {"today": today, "last": "2025-10-14", "letters": 12, "policies": {}})
