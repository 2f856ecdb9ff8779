"""The sample workbooks: what must come of each, cell by cell."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.config import parse
from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms import FORMS
from ill_workflows.forms.check import check
from ill_workflows.forms.known import Known
from ill_workflows.xlsx.read import read_book

SAMPLES = Path(__file__).parents[1] / "samples"
TRUTH = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
CONFIG = (SAMPLES / "home" / "config.toml").read_text(encoding="utf-8")
NAMES = {form.name for form in FORMS}
FILES = [file for file in TRUTH["files"] if file["form"] in NAMES]
READ = [file for file in FILES if file["outcome"] in {"accepted", "returned"}]
AGAIN = [file for file in FILES if file["outcome"] == "known"]
by_name = {"ids": lambda file: f"{file['wave']}/{file['name']}"}


def checked(file: dict[str, Any]) -> Any:
    path = SAMPLES / "waves" / file["wave"] / file["name"]
    members = parse(CONFIG, source="config.toml").members
    known = Known(members, date.fromisoformat(file["wave"]), date(2025, 8, 1))
    return check(read_book(path.read_bytes(), path.name), known, FORMS)


def cells(read: Any, severity: str) -> set[tuple[str, str]]:
    return {(f.sheet, f.cell) for f in read.findings if f.severity == severity}


def wanted(file: dict[str, Any], key: str) -> set[tuple[str, str]]:
    return {(sheet, cell) for sheet, cell in file[key]}


@pytest.mark.parametrize("file", READ, **by_name)
def test_a_sample_is_named_at_exactly_its_wrong_cells(file):
    read = checked(file)
    assert (read.form.name, read.library, read.month) == (
        file["form"], file["library"], file["month"],
    )  # fmt: skip
    assert read.interim is file["interim"]
    assert cells(read, "error") == wanted(file, "cells")
    if file["outcome"] == "accepted":
        assert cells(read, "corrected") >= wanted(file, "corrected")
        assert cells(read, "warning") >= wanted(file, "warned")


@pytest.mark.parametrize("file", AGAIN, **by_name)
def test_a_sample_sent_again_is_the_same_bytes(file):
    data = (SAMPLES / "waves" / file["wave"] / file["name"]).read_bytes()
    waves = (SAMPLES / "waves").rglob("*.xlsx")
    assert sum(path.read_bytes() == data for path in waves) == 2


def test_a_sample_that_must_be_refused_is_no_workbook():
    refused = [f for f in TRUTH["files"] if f["outcome"] == "refused"]
    assert refused
    for file in refused:
        path = SAMPLES / "waves" / file["wave"] / file["name"]
        with pytest.raises(UnreadableWorkbook):
            read_book(path.read_bytes(), path.name)
