"""A closed month keeps its figures; a later sheet for it is recorded, and counts when reopened."""

from __future__ import annotations

from tests.independent import product, recompute, sheets
from tests.independent.alliance import LIBRARIES, MONTHS, TODAY
from tests.independent.recompute import DAY
from tests.independent.seen import Seen, differences
from tests.independent.tables import minguo
from tests.independent.world import CLOSED, RESTATED, make_world

SPANS = (MONTHS, (CLOSED,), MONTHS[2:5])
CLOSING = RESTATED[2] - DAY


def agree(home, told, out):
    """Figures of several spans, and every sheet of the whole one, are as recomputed."""
    for months in SPANS:
        assert product.figures(home, TODAY, months) == recompute.figures(told, months)
    seen = Seen(product.evaluate(home, TODAY, MONTHS, out))
    assert list(differences(seen, sheets.expected(told, MONTHS))) == []
    return seen


def test_a_closed_month_keeps_its_figures_until_it_is_reopened(tmp_path):
    world = make_world(tmp_path, 11)
    home, config = world.home, world.home / "config.toml"
    before = recompute.tell(config, world.sent)
    after = recompute.tell(config, world.sent, world.later)
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

    product.run(home, TODAY, "reopen", CLOSED, "--why", "更正後重新結算")
    product.run(home, TODAY, "close", CLOSED)
    agree(home, after, tmp_path / "closed-again.xlsx")


def receipt(home, code, month):
    """The receipt of the version of a usage sheet that stands."""
    board = product.status(home, TODAY, month)
    return next(p["receipt"] for p in board if (p["library"], p["form"]) == (code, "usage"))
