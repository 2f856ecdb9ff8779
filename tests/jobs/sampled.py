"""The sample alliance, its days run one after another as ``truth.json`` tells them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ill_workflows.forms import FORMS
from tests.cli.command import Ran, ill

SAMPLES = Path(__file__).parents[1] / "samples"
TRUTH: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
OURS = frozenset(form.name for form in FORMS)
"""The forms that are taken in; a workbook of another standard form is held."""


@dataclass(frozen=True)
class Letter:
    """A letter as it lies in ``outbox/``."""

    path: Path
    message: EmailMessage

    def header(self, name: str) -> str:
        """One header."""
        return str(self.message.get(name, ""))

    @property
    def cases(self) -> list[str]:
        """The cases that reached the step."""
        return [str(value) for value in self.message.get_all("X-ILL-Case", [])]

    @property
    def to(self) -> list[str]:
        """Who is written to."""
        return [a.addr_spec for a in self.message["To"].addresses]

    @property
    def cc(self) -> list[str]:
        """Who gets a copy."""
        return [a.addr_spec for a in self.message["Cc"].addresses] if self.message["Cc"] else []

    @property
    def words(self) -> str:
        """Everything that stands in it, attachments' bytes left out."""
        parts = [p for p in self.message.walk() if p.get_content_maintype() == "text"]
        return "\n".join([*map(str, self.message.values()), *(p.get_content() for p in parts)])


@dataclass
class Day:
    """What one day's commands said and wrote."""

    truth: Mapping[str, Any]
    collect: Ran | None = None
    remind: Ran | None = None
    deliver: Ran | None = None
    status: list[dict[str, Any]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def of(self, policy_name: str) -> list[Letter]:
        """The day's letters of a policy."""
        return [letter for letter in self.letters if letter.header("X-ILL-Policy") == policy_name]


@dataclass
class Story:
    """The alliance's folder after the last day, and each day."""

    home: Path
    days: dict[str, Day]


def letters_in(folder: Path, known: set[Path]) -> list[Letter]:
    """The letters that are new in a folder."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        if path not in known:
            known.add(path)
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(message, EmailMessage)
            found.append(Letter(path, message))
    return found


def run(home: Path) -> Story:
    """Copy the alliance's folder and run all its days."""
    shutil.copytree(SAMPLES / "home", home)
    (home / "inbox").mkdir()
    days, known = {}, set[Path]()
    for truth in TRUTH["days"]:
        today = Day(truth)
        date = truth["date"]
        if truth["collect"]:
            for path in (SAMPLES / "waves" / date).iterdir():
                shutil.copy(path, home / "inbox" / path.name)
            today.collect = ill("collect", home=home, today=date)
        if truth["remind"] is not None:
            today.remind = ill("remind", home=home, today=date)
        today.deliver = ill("deliver", home=home, today=date)
        today.status = ill("status", "--json", home=home, today=date).json
        today.letters = letters_in(home / "outbox", known)
        days[date] = today
    return Story(home, days)
