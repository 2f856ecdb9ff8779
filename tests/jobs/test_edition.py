"""Who gets the evaluation when: each state of the figures once, the committee before a meeting."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zipfile import ZipFile

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.jobs import edition
from ill_workflows.jobs.deliver import deliver
from tests.cli.command import Ran, ill
from tests.jobs.alliance import clock, found, letters, usage
from tests.store.kept import LOAN

COMMITTEE = "committee@alliance.example"
HOST = ["ill-nsut@ill.test"]


def an_alliance(
    home: Path,
    *,
    committee: str = f'"{COMMITTEE}"',
    meetings: str = "",
    term: str = "from = 2025-08-01, to = 2027-07-31",
    more: str = "",
) -> App:
    """NSUT has sent September's sheet; nothing else has come."""
    app = found(home, more=more)
    text = (home / "config.toml").read_text(encoding="utf-8")
    told = f'host = "NSUT"\ncommittee = [{committee}]\nmeetings = [{meetings}]'
    text = text.replace('host = "NSUT"', told).replace("from = 2025-08-01, to = 2027-07-31", term)
    (home / "config.toml").write_text(text, encoding="utf-8")
    app = open_app(home)
    usage(app, LOAN)
    return app


def one_more(app: App, item: str, on: str) -> None:
    """NSUT corrects September: a second loan."""
    usage(app, LOAN, {**LOAN, "item": item}, on=on, sha256=f"{int(item):064d}")


def evaluate(home: Path, *more: str, today: str = "2025-10-20") -> Ran:
    span = ("evaluate", "--from", "2025-08", "--to", "2025-09")
    return ill(*span, *more, home=home, today=today)


def sent(app: App) -> list[tuple[str, ...]]:
    """To whom letters of the evaluation were written."""
    return [tuple(row["to"]) for row in letters(app, policy="evaluation")]


def mails(app: App) -> list[EmailMessage]:
    """The letters as files, after a delivery on 20 October."""
    deliver(app, clock("10-20"))
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((app.home / "outbox").glob("*evaluation*.eml"))
    ]
    return [one for one in found if isinstance(one, EmailMessage)]


def files(mail: EmailMessage) -> dict[str, bytes]:
    """Name → content of what is attached, as it would be saved."""
    return {
        str(part.get_filename()): part.get_payload(decode=True)  # type: ignore[misc]
        for part in mail.iter_attachments()
    }


def test_the_monthly_job_lays_workbook_and_report_out_and_writes_to_the_host(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path)
    said = edition.compile_to_date(app, clock("10-20"))
    assert said.troubles == ()
    (mail,) = mails(app)
    assert mail["To"] == HOST[0]
    attached = files(mail)
    assert list(attached) == [
        "evaluation-2025-08-2025-09.xlsx",
        "evaluation-2025-08-2025-09.html",
    ]
    for name, data in attached.items():
        kept = (tmp_path / "reports" / name).read_bytes()
        assert data.replace(b"\r\n", b"\n") == kept.replace(b"\r\n", b"\n")
    book = tmp_path / "reports" / "evaluation-2025-08-2025-09.xlsx"
    assert ZipFile(book).testzip() is None
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "3 館中有 1 館的資料" in text
    assert "虹島示範大學" in text, "who is missing is named"
    assert "evaluate --from 2025-08 --to 2025-09 --send" in text


def test_run_twice_it_writes_nothing_the_second_time_and_again_when_figures_change(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path)
    for day in ("10-20", "10-20", "10-21"):
        edition.compile_to_date(app, clock(day))
    assert sent(app) == [tuple(HOST)]
    one_more(app, "0000200", "10-22")
    edition.compile_to_date(app, clock("10-22"))
    assert sent(app) == [tuple(HOST)] * 2


def test_send_goes_to_host_and_committee_once_and_again_when_figures_change(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path)
    first = evaluate(tmp_path, "--send")
    assert (first.code, first.out.strip()[-31:]) == (0, "evaluation-2025-08-2025-09.xlsx")
    again = evaluate(tmp_path, "--send")
    assert again.code == 0
    assert "no new letter" in again.err
    assert sent(app) == [tuple(HOST), (COMMITTEE,)]
    one_more(app, "0000200", "10-20")
    evaluate(tmp_path, "--send")
    assert sent(app) == [tuple(HOST), (COMMITTEE,)] * 2
    assert [list(files(mail)) for mail in mails(app)] == [
        ["evaluation-2025-08-2025-09.xlsx", "evaluation-2025-08-2025-09.html"]
    ] * 4


def test_the_host_that_has_had_these_figures_does_not_get_them_again_with_the_committee(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path)
    edition.compile_to_date(app, clock("10-20"))
    evaluate(tmp_path, "--send")
    assert sent(app) == [tuple(HOST), (COMMITTEE,)]


def test_another_span_of_the_same_figures_is_another_letter(tmp_path: Path) -> None:
    app = an_alliance(tmp_path)
    evaluate(tmp_path, "--send")
    ill("evaluate", "--from", "2025-09", "--to", "2025-09", "--send", home=tmp_path,
        today="2025-10-20")  # fmt: skip
    assert len(sent(app)) == 4


def test_without_send_nothing_is_written_and_the_report_lies_beside_the_workbook(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path)
    assert evaluate(tmp_path, "--out", str(tmp_path / "書.xlsx")).code == 0
    assert (tmp_path / "書.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert evaluate(tmp_path, "--out", str(tmp_path / "book.html")).code == 0
    assert ZipFile(tmp_path / "book.html").testzip() is None, "not overwritten by the report"
    assert sent(app) == []


def test_a_committee_that_is_not_configured_is_told_to_the_one_who_sends(tmp_path: Path) -> None:
    app = an_alliance(tmp_path, committee="")
    ran = evaluate(tmp_path, "--send")
    assert (ran.code, "committee is empty" in ran.err) == (0, True)
    assert sent(app) == [tuple(HOST)]
    (mail,) = mails(app)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "委員會也收到" not in body.get_content()


def test_the_committee_gets_its_papers_once_in_the_week_before_each_meeting(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path, meetings="2025-10-20, 2025-11-03")
    told: dict[str, int] = {}
    before = 0
    for day in ("10-08", "10-10", "10-13", "10-14", "10-20", "10-21", "10-24", "10-27", "10-28"):
        if day == "10-14":
            one_more(app, "0000200", day)  # what changes now waits for the next meeting
        edition.before_meeting(app, clock(day))
        now = sent(app).count((COMMITTEE,))
        told |= {day: now - before} if now > before else {}
        before = now
    assert told == {"10-13": 1, "10-27": 1}
    first = next(m for m in mails(app) if m["To"] == COMMITTEE)
    assert "114年10月20日聯盟會議" in first["Subject"]


def test_the_monthly_job_near_a_meeting_sends_to_the_committee_too(tmp_path: Path) -> None:
    app = an_alliance(tmp_path, meetings="2025-10-20")
    edition.compile_to_date(app, clock("10-20"))
    edition.before_meeting(app, clock("10-20"))
    assert sent(app) == [tuple(HOST), (COMMITTEE,)]


def test_a_meeting_whose_papers_the_host_has_sent_by_hand_is_not_written_about_again(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path, meetings="2025-10-20")
    evaluate(tmp_path, "--send", today="2025-10-14")
    one_more(app, "0000200", "10-15")
    edition.before_meeting(app, clock("10-15"))
    assert sent(app) == [tuple(HOST), (COMMITTEE,)]


def test_a_meeting_is_not_missed_when_the_days_before_it_are(tmp_path: Path) -> None:
    app = an_alliance(tmp_path, meetings="2025-10-20")
    assert ill("job", "meeting", home=tmp_path, today="2025-10-20").code == 0
    assert sent(app) == [tuple(HOST), (COMMITTEE,)]


def test_a_workbook_that_mail_cannot_carry_stays_and_the_letter_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edition, "CARRIED", 20_000)
    app = an_alliance(tmp_path)
    ran = evaluate(tmp_path, "--send")
    assert "too large" in ran.err
    for mail in mails(app):
        assert list(files(mail)) == ["evaluation-2025-08-2025-09.html"]
        body = mail.get_body(("plain",))
        assert body is not None
        assert "活頁簿有 1 MB，郵件放不下" in body.get_content()
    assert (tmp_path / "reports" / "evaluation-2025-08-2025-09.xlsx").is_file()


def test_a_policy_that_is_off_writes_nothing_by_itself(tmp_path: Path) -> None:
    more = "[notices.evaluation]\nenabled = false\n"
    app = an_alliance(tmp_path, meetings="2025-10-20", more=more)
    edition.compile_to_date(app, clock("10-20"))
    edition.before_meeting(app, clock("10-20"))
    assert sent(app) == []
    assert (tmp_path / "reports" / "evaluation-2025-08-2025-09.html").is_file()
    evaluate(tmp_path, "--send")
    assert sent(app) == [tuple(HOST), (COMMITTEE,)], "who asks for it gets it"


def test_a_broken_letter_is_told_and_the_next_run_makes_up_for_it(tmp_path: Path) -> None:
    app = an_alliance(tmp_path)
    own = tmp_path / "templates" / "email" / "zh-TW" / "evaluation.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nothing }}", encoding="utf-8")
    (trouble,) = edition.compile_to_date(app, clock("10-20")).troubles
    assert "zh-TW/evaluation.j2" in trouble
    assert evaluate(tmp_path, "--send").code == 1
    assert sent(app) == []
    own.unlink()
    edition.compile_to_date(open_app(tmp_path), clock("10-20"))
    assert sent(app) == [tuple(HOST)]


ENDED = "from = 2025-08-01, to = 2025-09-30"


def test_the_whole_term_is_sent_once_to_both_when_its_last_sheets_have_been_due(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path, term=ENDED)
    edition.compile_to_date(app, clock("10-06"))
    assert not list((tmp_path / "reports").glob("evaluation-term-*"))
    edition.compile_to_date(app, clock("10-20"))
    name = "evaluation-term-2025-08-2025-09"
    assert {p.name for p in (tmp_path / "reports").glob("*term*")} == {
        f"{name}.xlsx",
        f"{name}.html",
    }
    assert sent(app)[1:] == [tuple(HOST), (COMMITTEE,)]
    assert all("全期評估" in row["subject"] for row in letters(app, policy="evaluation")[1:])
    one_more(app, "0000200", "10-21")
    before = len(sent(app))
    edition.compile_to_date(app, clock("10-21"))
    subjects = [row["subject"] for row in letters(app, policy="evaluation")[before:]]
    assert not [one for one in subjects if "全期" in one], "once"


def test_figures_that_were_sent_before_the_term_ended_do_not_hold_the_term_up(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path, term=ENDED)
    evaluate(tmp_path, "--send", today="2025-10-20")
    edition.compile_to_date(app, clock("10-20"))
    edition.compile_to_date(app, clock("10-20"))
    assert sent(app) == [tuple(HOST), (COMMITTEE,)] * 2


def test_the_nearest_meeting_counts(tmp_path: Path) -> None:
    app = an_alliance(tmp_path, meetings="2025-10-24, 2025-10-22")
    assert edition.coming(app, date(2025, 10, 20)) == date(2025, 10, 22)
    assert edition.coming(app, date(2025, 10, 23)) == date(2025, 10, 24)
    assert edition.coming(app, date(2025, 10, 25)) is None


def test_who_is_host_and_in_the_committee_gets_one_letter(tmp_path: Path) -> None:
    app = an_alliance(tmp_path, committee=f'"ILL-nsut@ill.test", "{COMMITTEE}"')
    evaluate(tmp_path, "--send")
    assert sent(app) == [tuple(HOST), (COMMITTEE,)]
