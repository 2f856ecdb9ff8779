"""The product's figures, each equal to one recomputed straight from the filled workbooks.

The product is driven by its command line only; the recomputation shares no code with it.
"""

from __future__ import annotations

import ast
import copy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.independent import (
    places,
    product,
    recompute,
    sheets,
    sheets_overdue,
)
from tests.independent.alliance import MONTHS, SEED, TODAY, WRITING
from tests.independent.recompute import DAY, month_of
from tests.independent.seen import Seen, differences
from tests.independent.world import CORRECTED

SPANS = (MONTHS, MONTHS[2:5], *((month,) for month in MONTHS))
BOOKS = (MONTHS, MONTHS[2:5], ("2025-12",))
TRACED = {
    "requests_received": {"--library": "KSU", "--month": CORRECTED[1]},
    "overdue_loans": {"--library": "PHU"},
    "cards_issued": {},
}
"""Measure → how its trace is narrowed."""
PLAIN = (
    "reading", "recompute", "tables", "sheets", "sheets_cards", "sheets_requests",
    "sheets_material", "sheets_overdue", "sheets_cases", "sheets_claims", "sheets_ranking",
    "timely", "places", "seen",
)  # fmt: skip
"""The modules that recompute and compare."""
ALLOWED = {
    "__future__", "calendar", "collections", "dataclasses", "datetime", "decimal", "fractions",
    "hashlib", "json", "openpyxl", "pathlib", "re", "statistics", "tomllib", "typing",
    "unicodedata", "urllib",
}  # fmt: skip


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
    """One test, for the world's workbooks are taken in by some thirty processes."""
    home = world.home
    product.collect(home, world.sent, WRITING)
    told = replace(told, letters=sheets_overdue.letters_of(product.letters(home, TODAY)))
    assert {one.step for one in told.letters} >= sheets_overdue.STEPS.keys()
    wrong = [
        f"figures {months[0]}..{months[-1]}: {found}"
        for months, said in zip(SPANS, product.figures(home, TODAY, SPANS), strict=True)
        for found in apart(said, recompute.figures(told, months))
    ]
    for months in BOOKS:
        path = product.evaluate(home, TODAY, months, tmp_path / f"{months[0]}-{months[-1]}.xlsx")
        seen = Seen(path)
        tables = sheets.expected(told, months)
        found = [*differences(seen, tables), *untraced(seen, told, months, world.sent.parent)]
        wrong += [f"workbook {months[0]}..{months[-1]}: {one}" for one in found]
        if months == MONTHS:
            every_change_is_seen(seen, [t for t in tables if not any(differences(seen, [t]))])
            typed_cells_lie_in_their_month(seen, world.sent.parent)
    wrong += untold(home, told)
    if wrong:
        pytest.fail("\n".join([f"{len(wrong)} differences:", *wrong[:60]]), pytrace=False)


def untraced(seen, told, months, folder):
    """Where 來源 names other rows than those that count, or a receipt tells of another file."""
    shown, counted = places.shown(seen), places.places(told, months)
    for key in sorted(shown.keys() | counted.keys()):
        if shown.get(key) != counted.get(key):
            yield f"來源 {key}: {shown.get(key)}, recomputed {counted.get(key)}"
    yield from places.wrong_receipts(seen, told, months, folder)


def typed_cells_lie_in_their_month(seen, folder):
    """Down to the cell that the librarian typed: some rows of each kind, by chance."""
    rng, shown = Random(SEED), places.shown(seen)
    for kind in places.DAY_OF:
        keys = sorted(key for key in shown if key[1] == kind)
        for key in rng.sample(keys, 3):
            place = rng.choice(sorted(shown[key]))
            day = places.typed(folder, place, kind)
            if kind == "逾期":  # a due date need not be typed
                assert day is None or month_of(day + DAY) == key[2], (key, place)
            else:
                assert month_of(day) == key[2], (key, place)


def untold(home, told):
    """``figures --trace`` names as many rows as the figure says, and just those that count."""
    asked = []
    for name, narrowed in TRACED.items():
        words = [word for pair in narrowed.items() for word in pair]
        span = () if "--month" in narrowed else ("--from", MONTHS[0], "--to", MONTHS[-1])
        asked.append((name, *words, *span))
    for (name, narrowed), rows in zip(
        TRACED.items(), product.traces(home, TODAY, asked), strict=True
    ):
        month, code = narrowed.get("--month"), narrowed.get("--library")
        months = (month,) if month else MONTHS
        figure = recompute.measures(told, months)[name]
        if len(rows) != (figure["by_library"][code] if code else figure["total"]):
            yield f"--trace {name} {narrowed}: {len(rows)} rows, the figure is {figure}"
        counted = places.places(told, months)
        wanted = {
            (library, when, *place)
            for (library, kind, when), found in counted.items()
            for place in found
            if kind in places.OF_MEASURE[name] and code in {None, library}
        }
        found = {(r["library"], r["month"], r["file"], r["sheet"], r["row"]) for r in rows}
        yield from (f"--trace {name} {narrowed}: {one}" for one in sorted(found ^ wanted))


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
