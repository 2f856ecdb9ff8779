"""A closed month keeps its figures; a later sheet for it is recorded, and counts when reopened."""

from __future__ import annotations

from datetime import date
from typing import Final

from tests.independent import product, recompute, sheets
from tests.independent.alliance import LIBRARIES, MONTHS, TODAY
from tests.independent.reading import read_folder
from tests.independent.recompute import DAY
from tests.independent.seen import Seen, differences
from tests.independent.tables import minguo
from tests.independent.world import CLOSED, RESTATED, make_world

SPANS = (MONTHS, (CLOSED,))
CLOSING = RESTATED[2] - DAY


def agree(home, told, out):
    """Figures of several spans, and every sheet of the whole one, are as recomputed."""
    for months, said in zip(SPANS, product.figures(home, TODAY, SPANS), strict=True):
        assert said == recompute.figures(told, months)
    seen = Seen(product.evaluate(home, TODAY, MONTHS, out))
    assert list(differences(seen, sheets.expected(told, MONTHS))) == []
    return seen


def test_a_closed_month_keeps_its_figures_until_it_is_reopened(tmp_path):
    world = make_world(tmp_path, 11)
    home, config = world.home, world.home / "config.toml"
    before = recompute.tell(config, world.sent)
    after = recompute.told(before.alliance, [*before.sent, *read_folder(world.later)])
    then, now = (recompute.measures(told, MONTHS) for told in (before, after))
    changed = {
        (name, month)
        for name, measure in now.items()
        for month in MONTHS
        if measure["by_month"][month] != then[name]["by_month"][month]
    }
    assert {("loans_lent", CLOSED), ("loans_borrowed", CLOSED), ("copy_pages", CLOSED)} <= changed
    assert {month for _, month in changed} == {CLOSED}

    product.collect(home, world.sent)
    product.run(home, CLOSING, "close", CLOSED)
    agree(home, before, tmp_path / "closed.xlsx")

    product.collect(home, world.later)
    seen = agree(home, before, tmp_path / "corrected.xlsx")
    told = seen.titled("資料品質", "結算月份的更正")
    assert len(told) == 1
    said = [str(value) for value in told[0].values()]
    code, month, _ = RESTATED
    name = next(one.name for one in LIBRARIES if one.code == code)
    assert code in said or name in said
    assert minguo(month) in said
    assert receipt(home, code, month) in said

    again = (("reopen", CLOSED, "--why", "更正後重新結算"), ("close", CLOSED))
    product.run_all(home, TODAY, again)
    agree(home, after, tmp_path / "closed-again.xlsx")


AS_IT_GOES: Final = {
    date(2025, 10, 20): (("close", "2025-09"),),
    date(2025, 12, 23): (("close", "2025-10"), ("close", "2025-11")),
    date(2026, 1, 20): (("close", "2025-12"),),
    date(2026, 2, 20): (("close", "2026-01"),),
}
"""Each month is closed when its sheets and their corrections are in, before the next month's."""


def test_closing_each_month_as_it_goes_by_changes_nothing(tmp_path):
    world = make_world(tmp_path, 7)
    home = world.home
    told = recompute.tell(home / "config.toml", world.sent)
    product.collect(home, world.sent, AS_IT_GOES)
    product.run(home, TODAY, "close", MONTHS[-1])
    spans = (MONTHS, MONTHS[2:5], MONTHS[3:4])
    for months, said in zip(spans, product.figures(home, TODAY, spans), strict=True):
        assert said == recompute.figures(told, months)
    seen = Seen(product.evaluate(home, TODAY, MONTHS, tmp_path / "evaluation.xlsx"))
    # what registers say to loans may come when the loans' month is closed
    tables = [table for table in sheets.expected(told, MONTHS) if table.begins[0] != "前往館"]
    assert list(differences(seen, tables)) == []


def receipt(home, code, month):
    """The receipt of the version of a usage sheet that stands."""
    board = product.status(home, TODAY, month)
    return next(p["receipt"] for p in board if (p["library"], p["form"]) == (code, "usage"))
