"""The product's figures, each equal to one recomputed straight from the filled workbooks.

The product is driven by its command line only; the recomputation shares no code with it.
"""

from __future__ import annotations

import ast
import copy
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.independent import product, recompute, sheets, sheets_requests
from tests.independent.alliance import LATE_MEMBER, MONTHS, TODAY
from tests.independent.recompute import DAY, month_of
from tests.independent.seen import Seen, differences
from tests.independent.tables import minguo
from tests.independent.world import CORRECTED, SILENT, make_world

SEED = 7
SPANS = (MONTHS, MONTHS[2:5], *((month,) for month in MONTHS))
BOOKS = (MONTHS, MONTHS[2:5], ("2025-12",))
PLAIN = (
    "reading", "recompute", "tables", "sheets", "sheets_cards", "sheets_requests",
    "sheets_material", "seen",
)  # fmt: skip
"""The modules that recompute and compare."""
ALLOWED = {
    "__future__", "calendar", "collections", "dataclasses", "datetime", "decimal", "json",
    "openpyxl", "pathlib", "re", "statistics", "tomllib", "typing", "unicodedata",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return make_world(tmp_path_factory.mktemp("independent"), SEED)


@pytest.fixture(scope="module")
def told(world):
    return recompute.tell(world.home / "config.toml", world.sent)


def imported(module: str) -> set[str]:
    """Every name that a module of this folder imports, wherever in it."""
    tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            whole = node.module == "tests.independent"
            names |= {f"{node.module}.{a.name}" for a in node.names} if whole else {node.module}
    return names


def test_the_recomputation_shares_no_code_with_the_product():
    own = {f"tests.independent.{name}" for name in PLAIN}
    for module in PLAIN:
        for name in imported(module):
            assert name in own or name.partition(".")[0] in ALLOWED, f"{module} imports {name}"
        source = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        assert "ill_workflows" not in source
        assert "__import__" not in source
        assert "import_module" not in source
    loading = "import tests.independent.sheets, tests.independent.seen, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loading], cwd=product.ROOT, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "openpyxl" in loaded
    assert not loaded & {"ill_workflows", "pandas"}


def test_every_figure_equals_its_recomputation(world, told, tmp_path):
    """One test, for the world's workbooks are taken in by some twenty processes."""
    home = world.home
    product.collect(home, world.sent)
    wrong = [
        f"figures {months[0]}..{months[-1]}: {found}"
        for months in SPANS
        for found in apart(product.figures(home, TODAY, months), recompute.figures(told, months))
    ]
    for months in BOOKS:
        path = product.evaluate(home, TODAY, months, tmp_path / f"{months[0]}-{months[-1]}.xlsx")
        seen = Seen(path)
        tables = [*sheets.expected(told, months), *sheets_requests.supply_open(told, months)]
        found = list(differences(seen, tables))
        wrong += [f"workbook {months[0]}..{months[-1]}: {one}" for one in found]
        if months == MONTHS:
            every_change_is_seen(seen, [t for t in tables if not any(differences(seen, [t]))])
    if wrong:
        pytest.fail("\n".join([f"{len(wrong)} differences:", *wrong[:60]]), pytrace=False)


def apart(said, recomputed):
    """Where two documents of ``figures --json`` differ, in words."""
    parts = {**said["measures"], **{k: v for k, v in said.items() if k != "measures"}}
    own = {**recomputed["measures"], **{k: v for k, v in recomputed.items() if k != "measures"}}
    for name in sorted(parts.keys() | own.keys()):
        said_there, wanted = parts.get(name, "not there"), own.get(name, "unexpected")
        if said_there != wanted:
            yield f"{name}: {said_there}, recomputed {wanted}"


def every_change_is_seen(seen, tables):
    """A figure that is changed in any column of any table is told, and so is a row too few."""
    for table in tables:
        filled = [k for k, cells in table.rows.items() if any(cells.values())]
        key = next(iter(filled or table.rows))
        for heading, value in table.rows[key].items():
            changed = copy.deepcopy(table)
            changed.rows[key][heading] = value + 1 if isinstance(value, int | float) else "別的"
            found = list(differences(seen, [changed]))
            assert len(found) == 1
            assert heading in found[0]
        fewer = copy.deepcopy(table)
        del fewer.rows[key]
        assert list(differences(seen, [fewer])) == [f"{table.name} {key}: unexpected"]


class TestTheWorldHoldsWhatIsHard:
    """A world in which nothing is hard would prove nothing."""

    def test_matters_are_carried_over_and_answered_later(self, told):
        tellings = Counter(
            (one.library, row["申請編號"])
            for one in told.sent
            for row in one.rows.get("申請紀錄", ())
        )
        assert sum(count > 1 for count in tellings.values()) > 20
        answered = [row for row in told.requests if row["回覆日"]]
        assert sum(month_of(r["回覆日"]) > month_of(r["申請日"]) for r in answered) > 20
        assert any(row["結果"] == "處理中" for row in told.requests)

    def test_events_are_told_by_the_sheet_of_the_month_before(self, told):
        early = [
            row
            for one in told.sent
            for row in one.rows.get("申請紀錄", ())
            if row["回覆日"] and month_of(row["回覆日"]) > one.month
        ]
        assert len(early) > 5

    def test_what_happened_in_a_silent_month_is_known_and_not_counted(self, told):
        for library, form, month in SILENT:
            rows, day = (told.loans, "借出日") if form == "usage" else (told.issues, "換證日")
            assert [r for r in rows if r["館"] == library and month_of(r[day]) == month]
            assert not told.reported(library, form, month)

    def test_the_correction_changes_every_kind_of_figure(self, world, told):
        *_, day = CORRECTED
        code, month, _ = CORRECTED
        first = recompute.told(
            told.alliance,
            [o for o in told.sent if (o.library, o.month, o.day) != (code, month, day)],
        )
        assert len(first.sent) == len(told.sent) - 2
        now, then = (recompute.measures(one, MONTHS) for one in (told, first))
        for name in ("copies_supplied", "copy_pages", "overdue_loans", "requests_received"):
            assert now[name]["by_library"][code] != then[name]["by_library"][code], name
        assert now["loans_lent"] == then["loans_lent"]  # one more, one less
        lent = [{r["登錄號"] for r in one.loans if r["館"] == code} for one in (told, first)]
        assert len(lent[0] - lent[1]) == len(lent[1] - lent[0]) == 1

    def test_due_dates_are_computed_and_moved(self, told):
        alliance, moved = told.alliance, 0
        for one in told.sent:
            for row in one.rows.get("借出紀錄", ()):
                wanted = row["借出日"] + alliance.members[one.library].days * DAY
                if row["應還日"] is None:
                    moved += alliance.next_open(one.library, wanted) != wanted
        assert moved > 20

    def test_cards_turn_over_are_lost_and_are_lent_on_unheld(self, told):
        begun = {(row["借書證號"], row["換證日"]) for row in told.issues}
        ended = {(r["借書證號"], r["還證日"]) for r in told.issues if r["還證日"] != r["換證日"]}
        assert begun & ended
        meant = [
            row
            for row in told.loans
            if row["持證"]
            and row["持證"]["還證日"] == row["借出日"]
            and (row["借書證號"], row["借出日"]) in begun
            and row["持證"]["換證日"] < row["借出日"]
        ]
        assert meant, "a loan on a day of turnover, made by the reader who was sent there"
        assert any(row["持證"] is None for row in told.loans)
        states = {row["狀態"] for rows in told.stock.values() for row in rows}
        assert states == {"正常", "遺失", "註銷"}
        lost = next(row for row in told.stock["HDU"] if row["狀態"] == "遺失")
        assert any(r["借書證號"] == lost["借書證號"] and not r["還證日"] for r in told.issues)

    def test_a_member_joined_later(self, told):
        assert LATE_MEMBER not in told.codes(MONTHS[:2])
        assert LATE_MEMBER in told.codes(MONTHS)
        assert sheets.arrival(told, LATE_MEMBER, "usage", MONTHS[0]) is None

    def test_sheets_are_late_missing_and_in_time(self, told):
        table = next(t for t in sheets.arrivals(told, MONTHS) if t.width == 3)
        words = {cells[minguo(m)] for k, cells in table.rows.items() if k[1] for m in MONTHS}
        assert words == {"準時", "遲交", "未繳", None}
