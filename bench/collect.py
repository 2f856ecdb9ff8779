"""A month's intake: two workbooks a library, read, checked, kept, stored, each with its receipt.

Beside it what one would write with pandas: every sheet of the same files into SQLite, nothing
checked, nobody answered.
"""

from __future__ import annotations

import hashlib
import io
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.parsers import expat

import pandas as pd
from _data import CLOCK, found, workbooks
from _measure import arguments, goal, race, show

from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.collect import collect
from ill_workflows.xlsx.read import read_book

Books = dict[str, bytes]


def main() -> None:
    wanted = arguments(__doc__, libraries=(60, 6), rows=(500, 200), rounds=(3, 2))
    with TemporaryDirectory() as folder:
        books = dict(workbooks(found(Path(folder) / "first", wanted.libraries), wanted.rows))
        size = sum(map(len, books.values())) / 1e6
        print(f"{len(books)} workbooks of {wanted.rows} rows, {size:.1f} MB")
        intake(Path(folder), books, wanted.libraries, wanted.rounds)
        reading(books, wanted.rounds)


def intake(folder: Path, books: Books, libraries: int, rounds: int) -> None:
    """The whole job on a fresh folder, and again with the same files."""
    homes = [found(folder / f"home-{n}", libraries) for n in range(rounds + 1)]
    shelf = folder / "shelf"
    shelf.mkdir()
    for app in homes:
        _drop(books, app.home / "inbox")
        app.engine.connect().close()  # an alliance makes its database once, not every month
    _drop(books, shelf)
    fresh, again = iter(homes), iter(homes)
    databases = iter(range(rounds))

    def ours() -> None:
        app = next(fresh)
        outcomes = collect(app, Inbox(app.folder("inbox")), CLOCK)
        assert [one.state for one in outcomes] == ["accepted"] * len(books), outcomes

    def known() -> None:
        app = next(again)
        outcomes = collect(app, Inbox(app.folder("inbox")), CLOCK)
        assert [one.state for one in outcomes] == ["known"] * len(books), outcomes

    ours()  # compiles templates and statements, imports what is imported where it is used
    _drop(books, homes[0].home / "inbox")
    known()
    contenders: dict[str, Callable[[], object]] = {
        "collect": ours,
        "pandas.read_excel(openpyxl) + to_sql": lambda: _into_sqlite(
            shelf, folder / f"{next(databases)}.db", "openpyxl"
        ),
        "floor: unzip + expat": lambda: _unzip(books),
    }
    spent = race(contenders, rounds)
    show("A month's intake: read, check, archive, store, receipt", spent, "collect")
    pandas = spent["pandas.read_excel(openpyxl) + to_sql"] / spent["collect"]
    goal("issue", "faster than pandas + openpyxl + to_sql", pandas, 6, at_least=True)
    goal("P2", "the same", pandas, 8, at_least=True)
    goal("P2", "of the floor", spent["collect"] / spent["floor: unzip + expat"], 4, at_least=False)

    for app in homes[1:]:
        _drop(books, app.home / "inbox")
    repeated = race({"again": known, "floor: hash the bytes": lambda: _hash(books)}, rounds)
    repeated = {"first": spent["collect"], **repeated}
    show("The same folder again, nothing changed", repeated, "again")
    goal("P4", "faster than its first run", spent["collect"] / repeated["again"], 50, at_least=True)
    hashed = repeated["again"] / repeated["floor: hash the bytes"]
    goal("P4", "of hashing the bytes", hashed, 3, at_least=False)


def reading(books: Books, rounds: int) -> None:
    """All sheets of the same files, nothing else."""
    spent = race(
        {
            "read_book": lambda: [read_book(data, name) for name, data in books.items()],
            "pandas, engine openpyxl": lambda: _read(books, "openpyxl"),
            "pandas, engine calamine": lambda: _read(books, "calamine"),
            "floor: unzip + expat": lambda: _unzip(books),
        },
        rounds,
    )
    show("Reading every sheet", spent, "read_book")
    ours = spent["read_book"]
    goal("P1", "faster than pandas", spent["pandas, engine openpyxl"] / ours, 8, at_least=True)
    goal("P1", "of the floor", ours / spent["floor: unzip + expat"], 3, at_least=False)


def _drop(books: Books, folder: Path) -> None:
    for name, data in books.items():
        (folder / name).write_bytes(data)


def _into_sqlite(shelf: Path, database: Path, engine: Any) -> None:
    connection = sqlite3.connect(database)
    for path in sorted(shelf.iterdir()):
        sheets = pd.read_excel(path, sheet_name=None, header=None, engine=engine)
        for title, frame in sheets.items():  # the headings stand in the same row of no two files
            table = f"{title}_{frame.shape[1]}"
            frame.to_sql(table, connection, if_exists="append", index=False)
    connection.close()


def _read(books: Books, engine: Any) -> None:
    for data in books.values():
        pd.read_excel(io.BytesIO(data), sheet_name=None, engine=engine)


def _unzip(books: Books) -> None:
    for data in books.values():
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.namelist():
                expat.ParserCreate().Parse(archive.read(part), True)


def _hash(books: Books) -> None:
    for data in books.values():
        hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main()
