"""Handing the outbox to the transport: each letter once, and what became of it is written."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.errors import FolderTrouble, TransportDown, UsageProblem
from ill_workflows.jobs import post_office
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.delivered import Delivered
from ill_workflows.store import outbox
from ill_workflows.store.db import alone, writing
from tests.cli.command import ill
from tests.jobs.alliance import (
    READER,
    TUESDAY,
    clock,
    found,
    lent,
    letters,
    receipt,
    reminded,
    states,
)
from tests.mail.faulty import HANG_UP, faulty
from tests.servers.ports import free_port
from tests.servers.postfix import GONE, Postfix


def delivered(app: App, today: str = TUESDAY, hour: int = 9) -> Delivered:
    return deliver(app, clock(today, hour))


def files(app: App) -> list[EmailMessage]:
    read = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((app.home / "outbox").glob("*.eml"))
    ]
    return [message for message in read if isinstance(message, EmailMessage)]


def test_the_folder_gets_every_letter_once(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    lent(app)
    reminded(app)
    result = delivered(app)
    assert (result.sent, result.waiting) == (2, 0)
    assert sorted(str(m["Message-ID"]) for m in files(app)) == sorted(
        row["message_id"] for row in letters(app)
    )
    assert {row["sent_at"] for row in letters(app)} == {clock(TUESDAY).now}
    assert delivered(app) == Delivered()
    assert len(files(app)) == 2


def test_on_a_closed_day_and_after_hours_receipts_go_and_reminders_wait(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    lent(app)
    reminded(app)
    receipt(app, 1)
    for today, hour in (("10-10", 9), ("10-11", 9), (TUESDAY, 7), (TUESDAY, 19)):
        result = delivered(app, today, hour)
        assert result.waiting == 2
        assert states(app, policy="receipt") == ["sent"]
        assert states(app, policy="overdue") == ["queued"]
    assert delivered(app, TUESDAY, 18).sent == 2


def test_the_host_says_in_which_hours_letters_leave(tmp_path: Path) -> None:
    app = found(tmp_path / "home", mail='sending_hours = "13:30-17:00"')
    lent(app)
    reminded(app)
    assert delivered(app, TUESDAY, 13).sent == 0
    assert delivered(app, TUESDAY, 17).sent == 0
    assert ill("deliver", home=app.home, today="2025-10-07").code == 0  # inside these hours
    assert states(app, policy="overdue") == ["sent"]
    assert letters(app)[0]["sent_at"] == clock(TUESDAY, 13).now + timedelta(minutes=30)


def test_a_policy_may_be_told_to_go_at_any_hour(tmp_path: Path) -> None:
    more = '[notices.overdue]\nsteps = [{ name = "first", after = 1 }]\nhours = "any"\n'
    app = found(tmp_path / "home", more=more)
    lent(app)
    reminded(app)
    assert delivered(app, TUESDAY, 22).sent == 1
    assert states(app, policy="overdue") == ["sent"]


def test_sending_is_off_until_it_is_switched_on_for_this_very_host(tmp_path: Path) -> None:
    with faulty() as server:
        app = found(tmp_path / "home", port=server.port)
        text = (app.home / "config.toml").read_text(encoding="utf-8")
        receipt(app, 1)
        for name in ("", "another-host"):
            other = text.replace('enabled_for = "*"', f'enabled_for = "{name}"')
            (app.home / "config.toml").write_text(other, encoding="utf-8")
            ran = ill("deliver", home=app.home, today="2025-10-07")
            assert ran.code == 2
            assert f'mail.enabled_for = "{platform.node()}"' in ran.err
        with pytest.raises(UsageProblem):
            delivered(
                found(
                    tmp_path / "home", mail=f'transport = "smtp"\nsmtp = {{ port = {server.port} }}'
                )
            )
        assert (server.connections, states(app)) == (0, ["queued"])
        mine = text.replace('enabled_for = "*"', f'enabled_for = "{platform.node()}"')
        (app.home / "config.toml").write_text(mine, encoding="utf-8")
        assert ill("deliver", home=app.home, today="2025-10-07").code == 0
        assert len(server.taken) == 1


@pytest.mark.tool("postfix")
def test_a_mail_server_gets_every_letter_once(tmp_path: Path, postfix_server: Postfix) -> None:
    app = found(tmp_path / "home", port=postfix_server.port)
    lent(app)
    reminded(app)
    assert delivered(app).sent == 2
    arrived = postfix_server.wait_for(3)  # the reader's letter has a copy
    assert len(arrived) == 3
    (mine,) = postfix_server.delivered(READER)
    assert mine["To"] == READER
    assert mine["Cc"] == "ill-hdu@ill.test"


@pytest.mark.tool("postfix")
def test_a_server_that_refuses_everybody_makes_the_letter_refused_and_exit_1(
    tmp_path: Path, postfix_server: Postfix
) -> None:
    app = found(tmp_path / "home", port=postfix_server.port)
    receipt(app, 1, GONE)
    receipt(app, 2)
    ran = ill("deliver", home=app.home, today="2025-10-07")
    assert ran.code == 1
    assert "550 5.1.1" in ran.err
    assert "gone" not in ran.err
    (refused,) = letters(app, state="refused")
    assert (refused["to"], refused["sent_at"]) == ([GONE], None)
    assert "550 5.1.1" in refused["reason"]
    assert states(app, policy="receipt") == ["refused", "sent"]


@pytest.mark.tool("postfix")
def test_one_of_two_recipients_refused_is_told_and_the_letter_is_sent(
    tmp_path: Path, postfix_server: Postfix
) -> None:
    app = found(tmp_path / "home", port=postfix_server.port)
    receipt(app, 1, GONE, "ill-hdu@ill.test")
    result = delivered(app)
    assert result.refused == 0
    assert "550 5.1.1" in result.refusals[0]
    (sent,) = letters(app, policy="receipt")
    assert (sent["state"], "550 5.1.1" in sent["reason"]) == ("sent", True)
    (told,) = letters(app, policy="address_refused")
    assert (told["to"], told["state"]) == (["ill-nsut@ill.test"], "sent")
    postfix_server.wait_for(2)
    assert len(postfix_server.delivered("ill-hdu@ill.test")) == 1


def test_while_the_server_is_down_the_letters_stay_queued_and_the_command_ends_with_75(
    tmp_path: Path,
) -> None:
    app = found(tmp_path / "home", port=free_port())
    receipt(app, 1)
    receipt(app, 2)
    ran = ill("deliver", home=app.home, today="2025-10-07")
    assert ran.code == 75
    assert "等待 waiting 2" in ran.out
    assert states(app) == ["queued", "queued"]
    assert letters(app)[0]["attempts"] == 1
    with faulty() as server:
        again = found(tmp_path / "home", port=server.port)
        assert delivered(again).sent == 2
        assert len(server.taken) == 2


def test_a_server_that_goes_down_on_the_way_keeps_what_it_has_taken(tmp_path: Path) -> None:
    with faulty(MAIL=["250 ok", "451 later"]) as server:
        app = found(tmp_path / "home", port=server.port)
        for number in (1, 2, 3):
            receipt(app, number)
        result = delivered(app)
        assert isinstance(result.down, TransportDown)
        assert (result.sent, result.waiting) == (1, 2)
        assert states(app) == ["sent", "queued", "queued"]


def test_one_address_that_is_refused_for_now_holds_up_nobody_else(tmp_path: Path) -> None:
    answers = {"rcpt to:<full@ill.test>": ["452 4.2.2 full"]}
    with faulty(**answers) as server:
        app = found(tmp_path / "home", port=server.port)
        receipt(app, 1, "full@ill.test")
        receipt(app, 2)
        result = delivered(app)
        assert (result.sent, result.waiting, result.down) == (1, 1, None)
        assert states(app) == ["queued", "sent"]
        assert "452 4.2.2" in letters(app)[0]["reason"]
        delivered(app, "10-08")
        assert states(app)[0] == "queued"
        result = delivered(app, "10-13")  # the 10th is a holiday
        assert result.refused == 1
        assert states(app)[0] == "refused"
        assert len(server.taken) == 2  # and the host was told


def test_a_letter_that_is_put_off_rests_each_time_twice_as_long(tmp_path: Path) -> None:
    with faulty(**{"rcpt to:<full@ill.test>": ["452 4.2.2 full"]}) as server:
        app = found(tmp_path / "home", port=server.port)
        receipt(app, 1, "full@ill.test")
        now, tried = clock("10-07", 9), []
        for minutes in range(0, 181, 5):
            at = replace(now, now=now.now + timedelta(minutes=minutes))
            before = letters(app)[0]["attempts"]
            deliver(app, at)
            if letters(app)[0]["attempts"] > before:
                tried.append(minutes)
        assert tried == [0, 5, 15, 35, 75, 155]
        assert states(app) == ["queued"]


def test_letters_go_no_faster_than_the_host_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr("ill_workflows.mail.transport.time.sleep", rests.append)
    with faulty() as server:
        home = found(tmp_path / "home", port=server.port).home
        config = home / "config.toml"
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("enabled_for", "per_minute = 6\nenabled_for"), "utf-8")
        app = open_app(home)
        for number in range(4):
            receipt(app, number)
        assert delivered(app).sent == 4
    assert len(rests) == 3
    assert all(9 < rest <= 10 for rest in rests)


def test_a_connection_cut_while_a_letter_is_sent_leaves_it_doubtful_and_is_never_repeated(
    tmp_path: Path,
) -> None:
    with faulty(dot=[HANG_UP, "250 taken"]) as server:
        app = found(tmp_path / "home", port=server.port)
        receipt(app, 1)
        receipt(app, 2)
        ran = ill("deliver", home=app.home, today="2025-10-07")
        assert "1 letters were cut off" in ran.err
        assert states(app) == ["doubtful", "sent"]
        for _ in range(3):
            ill("deliver", home=app.home, today="2025-10-07")
        assert len(server.taken) == 2
        assert "cut off" in post_office.show(app, 1) or "broke while sending" in post_office.show(
            app, 1
        )
        post_office.retry(app, 1)
        delivered(app)
        assert (states(app), len(server.taken)) == (["sent", "sent"], 3)


def test_what_was_found_sending_is_doubtful_and_shown(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    receipt(app, 1)
    receipt(app, 2)
    with writing(app.engine) as connection:
        outbox.claim(connection, 1)
        outbox.hand_over(connection, 1)
    result = delivered(app)
    assert (result.doubtful, result.sent) == (1, 1)
    assert states(app) == ["doubtful", "sent"]
    assert len(files(app)) == 1


def test_what_was_found_before_it_was_handed_over_is_sent(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    receipt(app, 1)
    with writing(app.engine) as connection:
        outbox.claim(connection, 1)
    result = delivered(app)
    assert (result.doubtful, result.sent) == (0, 1)


def test_a_letter_is_not_handed_over_before_that_is_written_down(tmp_path: Path) -> None:
    seen = []
    with faulty() as server:
        app = found(tmp_path / "home", port=server.port)
        receipt(app, 1)
        answer = server.answer

        def look(stage: str, usual: str) -> str:
            if stage in {"DATA", "dot"}:
                seen.append(letters(app)[0]["handed"])
            return answer(stage, usual)

        server.answer = look  # type: ignore[method-assign]
        delivered(app)
    assert seen == [False, True]


def test_while_one_delivers_another_leaves_the_outbox_alone(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    receipt(app, 1)
    receipt(app, 2)
    with alone(app.engine, "deliver"), writing(app.engine) as connection:
        outbox.claim(connection, 1)
    with alone(app.engine, "deliver"):
        ran = ill("deliver", home=app.home, today="2025-10-07")
        assert (ran.code, ran.out) == (0, "")
        assert "Another deliver is at it" in ran.err
        assert states(app) == ["sending", "queued"]


def test_a_folder_that_cannot_be_written_leaves_the_letter_queued(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    receipt(app, 1, READER)
    (app.home / "outbox").mkdir()
    (app.home / "outbox").rmdir()
    (app.home / "outbox").symlink_to(tmp_path / "gone" / "away")
    with pytest.raises(FolderTrouble) as bad:
        delivered(app)
    assert READER not in str(bad.value)  # the host hears of it, and the letter may be a reader's
    assert states(app) == ["queued"]
    (app.home / "outbox").unlink()
    assert delivered(app).sent == 1
