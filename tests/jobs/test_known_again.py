"""A file that came before is told so, and leaves nothing behind twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.intake.folder import Inbox
from ill_workflows.intake.incoming import Incoming
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.outcome import Outcome
from tests.jobs.alliance import letters
from tests.jobs.broken import unmarkable, usage
from tests.jobs.killed_import import CLOCK, take_in
from tests.jobs.sampled import SAMPLES

FAULTY, UNMARKABLE = usage(), unmarkable()


@pytest.fixture
def app(tmp_path: Path) -> App:
    shutil.copytree(SAMPLES / "home", tmp_path / "home")
    return open_app(tmp_path / "home")


def sent(app: App, data: bytes, name: str = "月報表.xlsx") -> Outcome:
    (app.folder("inbox") / name).write_bytes(data)
    (outcome,) = take_in(app)
    return outcome


def copies(app: App) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in app.folder("returned").iterdir()}


def test_a_returned_copy_that_a_crash_kept_back_is_laid_out_with_the_same_file(app: App) -> None:
    assert sent(app, FAULTY).state == "returned"
    ((name, data),) = copies(app).items()
    (app.folder("returned") / name).unlink()
    assert sent(app, FAULTY).state == "known"
    assert copies(app) == {name: data}
    assert len(letters(app)) == 1


def test_a_returned_copy_that_is_there_is_laid_out_under_no_other_name(app: App) -> None:
    sent(app, FAULTY)
    there = copies(app)
    assert sent(app, FAULTY, "再寄一次.xlsx").state == "known"
    assert copies(app) == there


def test_a_faulty_file_that_cannot_be_marked_is_refused_once(app: App) -> None:
    assert sent(app, UNMARKABLE).state == "refused"
    assert sent(app, UNMARKABLE).state == "known"
    assert [row["policy"] for row in letters(app)] == ["refused"]


@pytest.mark.parametrize(
    "name", ["𠮷" * 62, "館" * 83, "a" * 250], ids=["four bytes", "three bytes", "one byte"]
)
def test_the_longest_name_that_a_file_can_have_does_not_stop_the_import(
    name: str, app: App
) -> None:
    assert sent(app, FAULTY, f"{name}.xlsx").state == "returned"
    (copy,) = copies(app)
    assert copy.endswith(f"{name[-9:]}.xlsx")


@dataclass
class Slow:
    """An inbox that another process empties after it was looked through."""

    app: App

    def arrivals(self) -> Iterator[Incoming]:
        found = list(Inbox(self.app.folder("inbox")).arrivals())
        take_in(open_app(self.app.home))
        yield from found

    def settle(self, incoming: Incoming) -> None:
        """It is gone already."""


@dataclass
class Overtaken(Slow):
    """An inbox of two files, the second of which another process takes in first."""

    def arrivals(self) -> Iterator[Incoming]:
        first, second = Inbox(self.app.folder("inbox")).arrivals()
        assert first.path is not None
        first.path.unlink()
        take_in(open_app(self.app.home))
        yield from (first, second)


def test_a_file_that_another_import_took_while_one_before_it_was_read_counts_once(app: App) -> None:
    for name, data in (("1.xlsx", UNMARKABLE), ("2.xlsx", FAULTY)):
        (app.folder("inbox") / name).write_bytes(data)
    assert [one.state for one in collect(app, Overtaken(app), CLOCK)] == ["refused", "known"]
    assert [row["policy"] for row in letters(app)] == ["returned", "refused"]


@pytest.mark.parametrize(
    ("data", "policy"), [(FAULTY, "returned"), (UNMARKABLE, "refused"), (b"", "refused")]
)
def test_of_two_imports_at_once_one_answers(data: bytes, policy: str, app: App) -> None:
    (app.folder("inbox") / "月報表.xlsx").write_bytes(data)
    assert [one.state for one in collect(app, Slow(app), CLOCK)] == ["known"]
    assert [row["policy"] for row in letters(app)] == [policy]
