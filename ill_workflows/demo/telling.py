"""What the demonstration says at its end: what happened, read from its store, and what to open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from ill_workflows.app import App
from ill_workflows.demo.days import last_of_all
from ill_workflows.demo.home import MARK
from ill_workflows.demo.world import World
from ill_workflows.jobs.board import board
from ill_workflows.jobs.evaluate import document
from ill_workflows.jobs.files import safe_name
from ill_workflows.store import outbox
from ill_workflows.store.tables import submissions

_STATES: Final = (
    ("accepted", "收下"), ("returned", "退回"), ("refused", "拒收"), ("held", "保留"),
)  # fmt: skip
_LETTERS: Final = (
    ("receipt", "收據"), ("returned", "退回"), ("due_soon", "到期前"), ("overdue", "催還"),
    ("overdue_library", "借方館清單"), ("overdue_lender", "通知貸方館"), ("still_out", "問貸方館"),
    ("discrepancy", "兩館不符"), ("claim", "罰款賠償"), ("recall", "緊急調回"),
    ("suspension", "停權"), ("card_void", "掛失"), ("clearance", "離校清查"),
    ("cleared", "可放行"), ("held", "暫不放行"),
)  # fmt: skip
Letters = Sequence[Mapping[str, Any]]


def tell(app: App, world: World, known: int, written: Mapping[str, Path]) -> Iterator[str]:
    """The lines at the end; every number is the run's own, every path is there.

    ``known`` are the files that came a second time, ``written`` the reports by their name.
    """
    today = last_of_all(world)
    with app.engine.connect() as connection:
        letters = outbox.listing(connection)
        came = select(submissions.c.state, func.count()).group_by(submissions.c.state)
        states = dict(tuple(row) for row in connection.execute(came))
        worst = (
            select(submissions.c.receipt, submissions.c.filename, submissions.c.errors)
            .where(submissions.c.state == "returned")
            .order_by(submissions.c.errors.desc(), submissions.c.id)
        )
        returned = connection.execute(worst).first()
    yield (
        f"{MARK}：{len(world.codes)} 館 libraries，{world.months[0]} 到 {world.months[-1]}，"
        f"種子 seed {world.seed}"
    )
    yield _files(app, states, known)
    yield _sheets(app, world)
    yield _written(letters)
    yield _figures(document(app, world.months, today)["measures"])
    yield "打開看看 / have a look:"
    yield f"  {written['evaluation']}  評估活頁簿 / the evaluation workbook"
    yield f"  {written['report']}  兩頁的會議報告 / the meeting's report, two pages"
    yield f"  {written['preview']}  下一次會寫的信與原因 / what the next run will write, and why"
    if returned is not None:
        path = app.folder("returned") / f"{returned.receipt}-{safe_name(returned.filename)}"
        words = f"退回的活頁簿，{returned.errors} 處要修改 / sent back, its cells marked"
        yield f"  {path}  {words}"
    yield from _worth_reading(app, letters)
    yield f"試試看 / try: ill-workflows --home {app.home} --today {today} status"


def _files(app: App, states: Mapping[str, int], known: int) -> str:
    ignored = sum(1 for _ in app.folder("inbox").iterdir())
    counted = [(name, zh, states.get(name, 0)) for name, zh in _STATES]
    counted += [("known", "已收過", known), ("ignored", "略過", ignored)]
    parts = "，".join(f"{zh} {name} {count}" for name, zh, count in counted if count)
    return f"收到 received {sum(count for _, _, count in counted)} 檔：{parts}"


def _sheets(app: App, world: World) -> str:
    places = Counter(place.state for place in board(app, last_of_all(world), world.months))
    return (
        f"報表 sheets {sum(places.values())} 份：準時 on time {places['accepted']}，"
        f"遲 late {places['accepted_late']}，未交 missing {places['missing']}"
    )


def _written(letters: Letters) -> str:
    counted = Counter(letter["policy"] for letter in letters)
    steps = Counter(letter["step"] for letter in letters if letter["policy"] == "overdue")
    parts = [f"{zh} {name} {counted[name]}" for name, zh in _LETTERS if counted[name]]
    rest = sum(count for name, count in counted.items() if name not in dict(_LETTERS))
    parts += [f"其他 other {rest}"] if rest else []
    said = "，".join(parts)
    told = " · ".join(f"{step} {steps[step]}" for step in ("first", "second", "final"))
    withdrawn = sum(letter["state"] == "withdrawn" for letter in letters)
    back = f"；撤回 withdrawn {withdrawn}" if withdrawn else ""
    return f"信 letters {len(letters)} 封：{said}（催還各步 overdue: {told}）{back}"


def _figures(measures: Mapping[str, Mapping[str, Any]]) -> str:
    total = {name: measure["total"] for name, measure in measures.items()}
    return (
        f"借出 lent {total['loans_lent']} 冊，逾期 overdue {total['overdue_loans']}；"
        f"複印 copies {total['copies_supplied']} 件，滿足率 fill rate {total['fill_rate']}%"
    )


def _worth_reading(app: App, letters: Letters) -> Iterator[str]:
    """Three letters: to a reader with several books, one to hand over, one that asks a lender."""
    contacts = {code: set(member.contacts) for code, member in app.members.items()}
    sent = [letter for letter in letters if letter["state"] == "sent"]
    overdue = [letter for letter in sent if letter["policy"] == "overdue"]
    by_hand = [letter for letter in overdue if set(letter["to"]) & contacts[letter["library"]]]
    to_readers = [letter for letter in overdue if letter not in by_hand]
    asked = [letter for letter in sent if letter["policy"] == "still_out"]
    wanted = (
        (to_readers, "一位讀者，幾冊一封信 / one reader, several books, one letter"),
        (by_hand, "讀者沒有信箱，由借方館轉交 / no address: handed over by the home library"),
        (asked, "資料舊了，先問貸方館 / stale facts: the lender is asked, not the reader"),
    )
    for found, words in wanted:
        if found:
            most = max(found, key=lambda letter: len(letter["cases"]))
            yield f"  {_file(app, most)}  {words}"


def _file(app: App, letter: Mapping[str, Any]) -> Path:
    """Where a letter lies; its file's name ends with the beginning of its Message-ID."""
    mark = letter["message_id"].strip("<>")[:8]
    return next(iter(sorted(app.folder("outbox").glob(f"*-{mark}.eml"))))
