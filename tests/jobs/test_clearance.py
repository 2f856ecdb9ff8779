"""A graduation, from the list of leavers to the certificates, by real mail."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import ill
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.office import Office
from tests.jobs.departing import NAMES, NEVER, Graduation, answered
from tests.ledger.rows import day

pytestmark = [pytest.mark.tool("dovecot"), pytest.mark.tool("postfix")]


@pytest.fixture
def story(office: Office, tmp_path: Path) -> Graduation:
    """September's sheets are in: H2's book is still at TMUT's readers' hands."""
    story = Graduation(tmp_path / "home", office)
    for code, data in (
        ("HDU", story.register()),
        ("NSUT", story.lent("NSUT", "HDU-07", "N1", returned_on=day("9-25"))),
        ("TMUT", story.lent("TMUT", "HDU-08", "T1")),
        ("NSU", story.lent("NSU", "HDU-09", "S1", returned_on=day("9-25"))),
        ("TJU", story.lent("TJU", "HDU-10", "J1", returned_on=day("9-25"))),
    ):
        outcome = story.mails(code, data, "10-02")
        assert outcome.state == "accepted", outcome
    return story


def states(story: Graduation, today: str) -> dict[str, str]:
    rows = ill("clearance", "--json", home=story.app.home, today=f"2025-{today}").json
    return {row["patron"]: row["state"] for row in rows}


def requests(written: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What was written about requests, in no order that matters."""
    return sorted(one for one in written if one[0] == "clearance")


def everything(home: Path) -> bytes:
    """Every byte of the alliance's folder, the database included."""
    with closing(sqlite3.connect(home / "state.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_graduation_with_one_that_owes_one_that_is_late_and_one_that_is_silent(
    story: Graduation,
) -> None:
    outcome = story.mails("HDU", story.list_of_leavers(), "10-07")
    assert (outcome.state, outcome.form) == ("accepted", "departures")
    first = story.passes("10-07")
    assert requests(first) == [("clearance", "0", code) for code in ("NSU", "NSUT", "TJU", "TMUT")]
    assert states(story, "10-07") == dict.fromkeys(NAMES, "open")
    story.office.pair and story.office.pair.wait_for(story.address("TMUT").partition("@")[0], 2)

    # NSUT: nothing owed -> H1 is cleared, with a certificate
    sheet = answered(story.answer_sheet("NSUT"), "無欠書欠款", "114.10.8")
    assert story.mails("NSUT", sheet, "10-08").state == "accepted"
    # TMUT: a book is out -> H2 is held, with what and where
    sheet = answered(story.answer_sheet("TMUT"), "有欠書", "114.10.8", 登錄號="T1", 題名="TMUT之書")
    assert story.mails("TMUT", sheet, "10-08").state == "accepted"
    told = [line for line in story.passes("10-08") if line[0] in {"cleared", "held", "clearance"}]
    assert sorted(told) == [("cleared", "0", "HDU"), ("held", "0", "HDU")]
    assert states(story, "10-08") == {"H1": "cleared", "H2": "held", "H3": "open", "H4": "open"}

    # NSU and TJU stay silent: asked on the third, seventh and fourteenth day
    assert story.passes("10-09") == []
    assert requests(story.passes("10-13")) == [
        ("clearance", "3", "NSU"), ("clearance", "3", "TJU"),
    ]  # fmt: skip
    assert requests(story.passes("10-17")) == [
        ("clearance", "7", "HDU"), ("clearance", "7", "HDU"),
        ("clearance", "7", "NSU"), ("clearance", "7", "TJU"),
    ]  # fmt: skip
    # NSU answers late
    sheet = answered(story.answer_sheet("NSU"), "無欠書欠款", "114.10.20")
    assert story.mails("NSU", sheet, "10-20").state == "accepted"
    assert ("cleared", "0", "HDU") in story.passes("10-20")
    # TJU never does: after the last step it stands on the host's list
    assert requests(story.passes("10-27")) == [
        ("clearance", "14", "HDU"), ("clearance", "14", "NSUT"), ("clearance", "14", "TJU"),
    ]  # fmt: skip
    for today in ("11-03", "11-10"):
        assert requests(story.passes(today)) == []
    assert states(story, "11-10")["H4"] == "open"

    # TMUT's next sheet shows the book back: held turns to cleared by itself
    back = story.lent("TMUT", "HDU-08", "T1", "2025-10", returned_on=day("10-28"))
    assert story.mails("TMUT", back, "11-11").state == "accepted"
    assert ("cleared", "0", "HDU") in story.passes("11-11")
    assert states(story, "11-11") == {
        "H1": "cleared", "H2": "cleared", "H3": "cleared", "H4": "open",
    }  # fmt: skip
    certified_and_named_at_home_only(story)


def certified_and_named_at_home_only(story: Graduation) -> None:
    """Each letter is at the right party, and no name where it does not belong."""
    pair = story.office.pair
    assert pair is not None
    home = story.app.home
    for code in ("TMUT", "NSU", "TJU", "NSUT"):
        pair.wait_for(story.address(code).partition("@")[0], 2)
        for message in story.mailbox(code):
            words = readable(message)
            for patron, name in {**NAMES, **NEVER}.items():
                assert name not in words, (code, message["Subject"])
                assert f"（{patron}）" not in words
    results = [m for m in story.mailbox("HDU") if m["X-ILL-Policy"] in {"cleared", "held"}]
    assert sorted(m["X-ILL-Policy"] for m in results) == ["cleared", "cleared", "cleared", "held"]
    (cleared,) = (m for m in results if NAMES["H1"] in readable(m))
    (held,) = (m for m in results if m["X-ILL-Policy"] == "held")
    assert "TMUT之書" in readable(held)
    pages = [
        part for part in cleared.iter_attachments()
        if (part.get_filename() or "").startswith("certificate-")
    ]  # fmt: skip
    (page,) = pages
    data = page.get_payload(decode=True)
    assert isinstance(data, bytes)
    path = home / "certificate.html"
    path.write_bytes(data)
    ran = ill("clearance", "certificate", "--verify", path, home=home, today="2025-11-11")
    assert (ran.code, "證明無誤" in ran.out, "cleared" in ran.out) == (0, True, True)
    for at in range(0, len(data), max(1, len(data) // 40)):
        changed = bytearray(data)
        changed[at] ^= 1
        path.write_bytes(bytes(changed))
        ran = ill("clearance", "certificate", "--verify", path, home=home, today="2025-11-11")
        assert ran.code == 1, at


def readable(message: object) -> str:
    """Every readable word of a mail, workbooks included."""
    import io
    import zipfile
    from email.message import EmailMessage

    assert isinstance(message, EmailMessage)
    words = [str(message)]
    for part in message.walk():
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            continue
        words.append(data.decode("utf-8", "replace"))
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                words += [package.read(n).decode("utf-8", "replace") for n in package.namelist()]
    return "\n".join(words)


def test_of_those_who_never_had_a_card_nothing_is_kept(story: Graduation) -> None:
    data = story.list_of_leavers()
    assert story.mails("HDU", data, "10-07").state == "accepted"
    home = story.app.home
    for kept in (everything(home),):
        for patron, name in NEVER.items():
            assert name.encode() not in kept
            assert f"{patron}\x00".encode() not in kept
        assert NAMES["H1"].encode() in kept
    assert not list((home / "archive").rglob("*.xlsx")) or data not in [
        path.read_bytes() for path in (home / "archive").rglob("*.xlsx")
    ]
    ran = ill("clearance", home=home, today="2025-10-07")
    assert "未曾換證 2 人" in ran.err
    again = story.mails("HDU", data, "10-08")
    assert again.state == "known"
    backup = home.parent / "all.zip"
    assert ill("backup", backup, home=home, today="2025-10-08").code == 0
    assert ill("restore", backup, home=home.parent / "again").code == 0


def test_a_card_that_a_later_register_tells_of_is_asked_about(story: Graduation) -> None:
    assert story.mails("HDU", story.list_of_leavers(), "10-07").state == "accepted"
    issue = {
        "card": "HDU-20", "patron": "X1", "name": NEVER["X1"], "status": "學生",
        "issued_on": day("10-03"), "destination": "未定",
    }  # fmt: skip
    stock = [{"card": f"HDU-{n:02d}", "state": "正常"} for n in range(1, 51)]
    later = story.sheet("cards", "HDU", "2025-10", cards_issues=[issue], cards_stock=stock)
    assert story.mails("HDU", later, "11-04").state == "accepted"
    assert states(story, "11-04")["X1"] == "open"
    rows = ill("clearance", "--json", home=story.app.home, today="2025-11-04").json
    (asked,) = (row["lenders"] for row in rows if row["patron"] == "X1")
    assert [one["library"] for one in asked] == ["NSU", "NSUT", "TJU", "TMUT"]  # 未定: all of them
    assert "未曾換證 1 人" in ill("clearance", home=story.app.home, today="2025-11-04").err
    with story.app.engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM leaver_marks").scalar()
    assert left == 0  # the register of their last day is in: only a count is left


def test_nothing_owed_beside_a_book_or_a_sum_clears_nobody(story: Graduation) -> None:
    assert story.mails("HDU", story.list_of_leavers(), "10-07").state == "accepted"
    story.passes("10-07")
    assert story.office.pair is not None
    story.office.pair.wait_for(story.address("NSUT").partition("@")[0], 2)
    sheet = answered(story.answer_sheet("NSUT"), "無欠書欠款", "114.10.8", 登錄號="N1")
    outcome = story.mails("NSUT", sheet, "10-08")
    assert (outcome.state, outcome.warnings > 0) == ("accepted", True)
    assert states(story, "10-08")["H1"] == "held"


def test_the_host_types_in_what_a_lender_said_by_telephone(story: Graduation) -> None:
    assert story.mails("HDU", story.list_of_leavers(), "10-07").state == "accepted"
    home, today = story.app.home, "2025-10-08"
    rows = ill("clearance", "--json", home=home, today=today).json
    (number,) = (row["id"] for row in rows if row["patron"] == "H1")
    say = ("clearance", "answer", number, "--library", "NSUT", "--answer")
    assert ill(*say, "maybe", home=home, today=today).code == 2
    assert ill(*say, "有欠款", home=home, today=today).code == 2
    assert ill("clearance", "answer", number, "--library", "TMUT", "--answer", "無欠書欠款",
               home=home, today=today).code == 2  # fmt: skip
    ran = ill(*say, "有欠款", "--amount", "60", home=home, today=today)
    assert (ran.code, "暫不放行" in ran.out) == (0, True)
    assert ill("clearance", "certificate", number, home=home, today=today).code == 2
    ran = ill(*say, "無欠書欠款", home=home, today=today)
    assert (ran.code, "可放行" in ran.out) == (0, True)
    ran = ill("clearance", "certificate", number, home=home, today=today)
    assert ran.code == 0
    page = Path(ran.out.strip())
    assert NAMES["H1"] in page.read_text(encoding="utf-8")
    assert ill("clearance", "certificate", "--verify", page, home=home, today=today).code == 0
    assert ill("clearance", "certificate", "--verify", home / "config.toml", home=home,
               today=today).code == 1  # fmt: skip
