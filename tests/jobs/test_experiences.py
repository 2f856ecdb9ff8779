"""The host releases what libraries wrote, text by text; nothing is shown before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation.facts import FRAMES
from ill_workflows.jobs.experiences import listing, release, withdraw
from ill_workflows.jobs.figures import figures_of
from ill_workflows.store import experiences as store
from tests.cli.command import Ran, ill
from tests.jobs.alliance import ISSUED, cards, clock, found, usage
from tests.ledger.rows import day

NOW, NEXT = clock("10-07"), clock("10-08")
SAID = "期末借書證不夠用，建議先互相調度。"
NAMING = "示範讀者很準時，洽 06-2345678 或 a@lib.example。"
MONTHS = ["2025-09", "2025-10"]


@pytest.fixture
def app(tmp_path: Path) -> App:
    """NSUT says the same in two months, HDU names a reader, TMUT says nothing."""
    made = found(tmp_path / "home")
    usage(made, notes=SAID)
    cards(made, ISSUED, notes=NAMING)
    usage(made, notes=f" {SAID}\n", month="2025-10", on="11-03")
    usage(made, notes="無", library="TMUT")
    return made


def shown(app: App, months: list[str] = MONTHS) -> list[tuple[Any, ...]]:
    rows = figures_of(app, months, day("11-05")).experiences
    assert list(rows.columns) == list(FRAMES["experiences"])
    return [tuple(row) for row in rows[["library", "month", "receipt", "text"]].to_numpy()]


def states(app: App) -> dict[str, str]:
    return {row["receipt"]: row["state"] for row in listing(app)}


def test_texts_are_listed_newest_first_and_a_repeated_one_once(app: App) -> None:
    again, naming = listing(app)
    assert (again["receipt"], again["library"], again["month"]) == (
        "R114-000003", "NSUT", "2025-10",
    )  # fmt: skip
    assert (again["text"], again["times"], again["state"]) == (SAID, 2, "waiting")
    assert (again["concerns"], again["released_on"]) == ([], None)
    assert (naming["receipt"], naming["form"], naming["times"]) == ("R114-000002", "cards", 1)
    assert naming["concerns"] == ["reader", "email", "telephone"]


def test_nothing_is_shown_before_it_is_released(app: App) -> None:
    assert shown(app) == []
    assert release(app, "r114-000001", NOW) == "R114-000003"
    assert shown(app) == [
        ("NSUT", "2025-09", "R114-000001", SAID), ("NSUT", "2025-10", "R114-000003", SAID),
    ]  # fmt: skip
    assert states(app) == {"R114-000003": "released", "R114-000002": "waiting"}


def test_a_text_that_names_somebody_waits_for_a_second_word(app: App) -> None:
    with pytest.raises(UsageProblem, match="--despite-names") as raised:
        release(app, "R114-000002", NOW)
    for word in ("示範讀者", "06-2345678", "a@lib.example"):
        assert word in str(raised.value)
    assert states(app)["R114-000002"] == "waiting"
    with pytest.raises(UsageProblem, match="示範讀者"):
        release(app, "R114-000002", NOW, text="示範 讀者很準時。")
    assert shown(app) == []
    release(app, "R114-000002", NOW, text=" 讀者很準時。\u200b ")
    assert shown(app) == [("HDU", "2025-09", "R114-000002", "讀者很準時。")]
    (row,) = [row for row in listing(app) if row["library"] == "HDU"]
    assert (row["text"], row["released"], row["released_on"]) == (
        NAMING, "讀者很準時。", NOW.today,
    )  # fmt: skip
    release(app, "R114-000002", NOW, despite_names=True)
    assert [text for *_, text in shown(app)] == [NAMING]


def test_what_is_withdrawn_is_not_shown_and_may_be_released_again(app: App) -> None:
    release(app, "1", NOW)
    assert withdraw(app, "R114-000003", NEXT) == "R114-000003"
    assert shown(app) == []
    assert states(app)["R114-000003"] == "withdrawn"
    release(app, "3", NEXT, text="先互相調度。")
    assert {text for *_, text in shown(app)} == {"先互相調度。"}
    with app.engine.connect() as connection:
        rows = store.releases(connection)
    assert [(row["text"], row["withdrawn_at"]) for row in rows] == [
        (SAID, NEXT.now), ("先互相調度。", None),
    ]  # fmt: skip


def test_a_text_released_once_stays_so_when_the_workbook_is_corrected(app: App) -> None:
    release(app, "R114-000003", NOW)
    usage(app, notes=SAID, month="2025-10", on="11-04")
    usage(app, notes="改寫過的建議。", on="11-04")
    assert shown(app) == [("NSUT", "2025-10", "R114-000005", SAID)]
    assert states(app) == {
        "R114-000006": "waiting", "R114-000005": "released", "R114-000002": "waiting",
    }  # fmt: skip


def test_a_library_that_takes_its_text_back_is_not_shown_with_it(app: App) -> None:
    release(app, "R114-000002", NOW, despite_names=True)
    cards(app, ISSUED, on="11-04")
    assert shown(app) == []
    with pytest.raises(UsageProblem, match="experiences"):
        release(app, "R114-000002", NEXT)


def test_two_libraries_that_write_the_same_are_asked_about_one_by_one(app: App) -> None:
    usage(app, notes=SAID, library="TMUT", month="2025-10", on="11-04")
    release(app, "R114-000005", NOW)
    assert [library for library, *_ in shown(app)] == ["TMUT"]


def test_a_form_without_a_month_counts_in_that_of_its_receipt(app: App) -> None:
    usage(app, table="departures_leavers", notes="離校名單提早一週寄。", on="10-20")
    release(app, "R114-000005", NOW)
    assert shown(app) == [("NSUT", "2025-10", "R114-000005", "離校名單提早一週寄。")]


@pytest.mark.parametrize("which", ["R114-000004", "R114-000009", "", "R114"])
def test_what_says_nothing_cannot_be_released_or_withdrawn(app: App, which: str) -> None:
    for decide in (release, withdraw):
        with pytest.raises(UsageProblem, match="see experiences"):
            decide(app, which, NOW)


def test_a_decision_that_changes_nothing_is_told(app: App) -> None:
    with pytest.raises(UsageProblem, match="is not released"):
        withdraw(app, "1", NOW)
    with pytest.raises(UsageProblem, match="--text"):
        release(app, "1", NOW, text=" - ")
    release(app, "1", NOW)
    with pytest.raises(UsageProblem, match="released already"):
        release(app, "3", NOW)


def test_the_host_releases_and_withdraws_at_the_command_line(app: App) -> None:
    def run(*said: str) -> Ran:
        return ill("experiences", *said, home=app.home, today="2025-11-05")

    waiting = run()
    assert SAID in waiting.out
    assert "待公開 2 則" in waiting.err
    refused = run("release", "R114-000002")
    assert (refused.code, refused.out) == (2, "")
    assert "示範讀者" in refused.err
    done = run("release", "R114-000002", "--text", "讀者很準時。")
    assert (done.code, "R114-000002" in done.out) == (0, True), done.err
    assert f"{NAMING} → 讀者很準時。" in run().out
    assert run("release", "R114-000002", "--despite-names").code == 0
    assert run("withdraw", "R114-000002").code == 0
    rows = {row["library"]: row for row in run("--json").json}
    assert rows["HDU"]["state"] == "withdrawn"
    assert rows["NSUT"]["state"] == "waiting"
    for wrong in (("release",), ("show", "R114-000002"), ("withdraw", "3", "--text", "x")):
        assert "experiences release RECEIPT" in run(*wrong).err
