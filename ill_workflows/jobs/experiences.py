"""The host shares what libraries wrote about their experience, text by text (Article 3.2.8).

A text may name somebody, so nothing is shown before the host has released it; a library that
leaves the same sentence on its workbook month after month has written one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation.facts import frame
from ill_workflows.forms.month import month_of
from ill_workflows.forms.text import is_blank, key, trimmed
from ill_workflows.jobs.post import Clock
from ill_workflows.ledger.discretion import Concern, Readers, concerns
from ill_workflows.store import experiences as store
from ill_workflows.store.db import writing

CONCERNS: Final = {
    "reader": ("讀者姓名或證號", "a reader"), "email": ("電子郵件", "an e-mail address"),
    "telephone": ("電話", "a telephone number"),
}  # fmt: skip
"""Kind of a concern → what the host reads."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of one library: the submissions that say it, oldest first, and its releases."""

    said: list[dict[str, Any]] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)

    @property
    def newest(self) -> dict[str, Any]:
        """The submission that said it last."""
        return self.said[-1]

    @property
    def original(self) -> str:
        """As the library wrote it."""
        return trimmed(self.newest["notes"])

    @property
    def live(self) -> dict[str, Any] | None:
        """The release that holds."""
        return next((row for row in self.releases if row["withdrawn_at"] is None), None)

    @property
    def state(self) -> str:
        """``waiting``, ``released`` or ``withdrawn``."""
        if self.live is not None:
            return "released"
        return "withdrawn" if self.releases else "waiting"

    def as_row(self, readers: Readers) -> dict[str, Any]:
        """Its facts for the host; ``released`` is what may be read, where that is another text."""
        live, one = self.live, self.newest
        return {
            "receipt": one["receipt"], "library": one["library"], "month": _month(one),
            "form": one["form"], "state": self.state, "text": self.original,
            "times": len(self.said),
            "released": live["text"] if live else "",
            "released_on": live["released_on"] if live else None,
            "concerns": list(dict.fromkeys(c.kind for c in concerns(self.original, readers))),
        }  # fmt: skip


def listing(app: App) -> list[dict[str, Any]]:
    """Every text that libraries have written, the last one first, with its state."""
    with app.engine.connect() as connection:
        texts, readers = _texts(connection), Readers(store.people(connection))
    newest_first = sorted(texts, key=lambda text: -text.newest["number"])
    return [text.as_row(readers) for text in newest_first]


def release(
    app: App, which: str, clock: Clock, *, text: str | None = None, despite_names: bool = False
) -> str:
    """Let everybody read a text, or ``text`` in its place; answers its receipt.

    Raises:
        UsageProblem: nobody wrote a text under that receipt; it is released in these words
            already; it would be empty; or it names somebody, and not ``despite_names``.
    """
    with app.engine.connect() as connection:
        one = _named(_texts(connection), which)
        readers = Readers(store.people(connection))
    words = one.original if text is None else trimmed(text)
    receipt = one.newest["receipt"]
    if is_blank(words):
        raise UsageProblem(
            f"--text 沒有內容；不想公開 {receipt} 就不必放行，已公開的用 withdraw 撤回。",
            f"--text says nothing; what {receipt} wrote is not shown unless released, or withdraw.",
        )
    found = concerns(words, readers)
    if found and not despite_names:
        raise _names_somebody(receipt, found)
    with writing(app.engine) as connection:
        one = _named(_texts(connection), which)
        if one.live is not None:
            if one.live["text"] == words:
                raise UsageProblem(f"{receipt} 已經公開。", f"{receipt} is released already.")
            store.withdraw(connection, one.live["id"], clock.now)
        store.release(connection, one.newest["number"], words, clock.today, clock.now)
    return str(receipt)


def withdraw(app: App, which: str, clock: Clock) -> str:
    """Show a text to nobody any more, in workbooks made from now on; answers its receipt.

    Raises:
        UsageProblem: nobody wrote a text under that receipt, or it is not released.
    """
    with writing(app.engine) as connection:
        one = _named(_texts(connection), which)
        receipt = one.newest["receipt"]
        if one.live is None:
            raise UsageProblem(f"{receipt} 沒有公開。", f"{receipt} is not released.")
        store.withdraw(connection, one.live["id"], clock.now)
    return str(receipt)


def experience_rows(connection: Connection) -> pd.DataFrame:
    """The released texts as the evaluation's frame ``experiences``, a row a submission that says
    one; a form without a month counts in that of its receipt.
    """  # noqa: D205
    rows = [
        {
            "library": said["library"], "month": _month(said), "form": said["form"],
            "text": shown["text"], "receipt": said["receipt"], "released_on": shown["released_on"],
        }
        for text in _texts(connection)
        if (shown := text.live) is not None
        for said in text.said
    ]  # fmt: skip
    return frame("experiences", rows)


def _texts(connection: Connection) -> list[Text]:
    """The texts that count, in the order in which they were first written."""
    texts: dict[tuple[str, str], Text] = {}
    for row in store.written(connection):
        if not is_blank(trimmed(row["notes"])):
            texts.setdefault(_same(row), Text()).said.append(row)
    for row in store.releases(connection):
        if _same(row) in texts:
            texts[_same(row)].releases.append(row)
    return list(texts.values())


def _same(row: dict[str, Any]) -> tuple[str, str]:
    """What two tellings of one text have in common."""
    return row["library"], key(row["notes"])


def _named(texts: Iterable[Text], which: str) -> Text:
    asked = which.strip().upper()
    for text in texts:
        if any(asked in {said["receipt"], str(said["number"])} for said in text.said):
            return text
    raise UsageProblem(
        f"{which} 沒有經驗分享，或已有新版取代；請以 experiences 查看。",
        f"{which} says nothing of experience, or a newer version replaces it; see experiences.",
    )


def _names_somebody(receipt: str, found: Sequence[Concern]) -> UsageProblem:
    told = [(f"{CONCERNS[one.kind][0]}「{one.word}」", CONCERNS[one.kind][1]) for one in found]
    some = "、".join(zh for zh, _ in told[:5]) + ("…" if len(told) > 5 else "")
    kinds = ", ".join(dict.fromkeys(en for _, en in told))
    return UsageProblem(
        f"{receipt} 的文字裡有{some}，尚未公開。請以 --text 改寫後公開；"
        "本人已同意，或只是字面相同，請加 --despite-names。",
        f"{receipt} holds {kinds} and is not released. Give other words with --text, or, where "
        "they agree or it is no name, add --despite-names.",
    )


def _month(said: dict[str, Any]) -> str:
    received: date = said["received_on"]
    return said["month"] or month_of(received)
