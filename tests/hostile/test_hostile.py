"""Hostile and odd files: each ends as it should, and the good one among them is taken in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ill_workflows.errors import REFUSALS
from ill_workflows.forms import FORMS
from ill_workflows.forms.check import check
from ill_workflows.xlsx.read import read_book
from tests.forms.filled import KNOWN
from tests.hostile.corpus import GROUPS, corpus
from tests.hostile.good import USAGE, alliance, end_of, standard, taken
from tests.jobs.alliance import letters


def shown(name: str) -> str:
    return os.fsencode(name).decode(errors="replace")


@pytest.mark.parametrize("group", GROUPS)
def test_each_hostile_file_ends_as_named_and_the_good_one_among_them_is_accepted(
    group: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = alliance(tmp_path / "home")
    cases = {case.name: case for case in corpus(group)}
    middle = f"{sorted(cases)[len(cases) // 2]}.好.xlsx"
    good = standard(USAGE, "（中間）")
    run = taken(app, [*((case.name, case.data) for case in cases.values()), (middle, good)])

    ends = {name: end_of(outcome) for name, outcome in run.outcomes.items()}
    assert ends.pop(middle) == "accepted"
    wrong = {
        name: ends[shown(name)] for name, c in cases.items() if ends[shown(name)] not in c.ends
    }
    assert wrong == {}
    assert len(ends) == len(cases)
    assert not [outcome for outcome in run.outcomes.values() if outcome.trouble]
    assert "Traceback" not in "".join(capfd.readouterr())

    refused = [outcome for outcome in run.outcomes.values() if outcome.state == "refused"]
    assert all(all(REFUSALS[outcome.why]) for outcome in refused)
    said = "\n".join(letter["subject"] for letter in letters(app))
    answered = {o.receipt for o in run.outcomes.values() if o.state != "known"}
    assert len(letters(app)) == len(answered)
    assert run.outcomes[middle].receipt in said
    returned = [outcome for outcome in run.outcomes.values() if outcome.state == "returned"]
    assert len(list(app.folder("returned").iterdir())) == len(returned)
    kept = {path.stem for path in app.folder("archive").rglob("*") if path.is_file()}
    assert {hashlib.sha256(case.data).hexdigest() for case in cases.values()} <= kept
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_the_corpus_is_large_enough_and_no_name_stands_twice() -> None:
    names = [
        case.name for group in GROUPS if group not in {"bombs", "large"} for case in corpus(group)
    ]
    assert len(names) == len(set(names)) >= 45


def test_a_second_sheet_of_one_title_is_told() -> None:
    (case,) = (case for case in corpus("sheets") if case.name == "又一張借出紀錄.xlsx")
    findings = check(read_book(case.data, case.name), KNOWN, FORMS).findings
    assert [(f.sheet, f.severity) for f in findings if f.code == "sheet_twice"] == [
        ("借出紀錄", "warning")
    ]
