"""A letter that the server refused is told to the home library and the host (notices rule 8)."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from ill_workflows.app import App
from ill_workflows.jobs import post_office
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.refused import is_dead
from tests.jobs.alliance import (
    READER,
    clock,
    found,
    lent,
    letters,
    receipt,
    reminded,
    states,
    usage,
)
from tests.mail.faulty import Faulty, faulty
from tests.store.kept import LOAN

ANSWER = "550 5.1.1 <h1@ill.test>: Recipient address rejected: h1 is unknown"
HDU, HOST = "ill-hdu@ill.test", "ill-nsut@ill.test"


@pytest.fixture
def server() -> Iterator[Faulty]:
    with faulty(Faulty({f"rcpt to:<{READER}>": [ANSWER]})) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, server: Faulty) -> App:
    return found(tmp_path / "home", port=server.port)


def told(server: Faulty) -> dict[str, EmailMessage]:
    """Who was told of a refusal."""
    read = [message_from_bytes(body, policy=policy.default) for body in server.taken]
    return {
        str(m["To"]): m
        for m in read
        if isinstance(m, EmailMessage) and m["X-ILL-Policy"] == "address_refused"
    }


def words(message: EmailMessage) -> str:
    parts = [p for p in message.walk() if p.get_content_maintype() == "text"]
    return "\n".join([*map(str, message.values()), *(p.get_content() for p in parts)])


def test_the_home_library_gets_the_reason_the_readers_name_and_the_page_to_print(
    app: App, server: Faulty
) -> None:
    lent(app)
    reminded(app)
    result = deliver(app, clock("10-07"))
    assert (result.refused, states(app, policy="overdue")) == (1, ["refused"])
    home = told(server)[HDU]
    said = words(home)
    for word in ("示範讀者", "H1", READER, "550 5.1.1", "食品化學"):
        assert word in said
    (page,) = home.iter_attachments()
    assert page.get_filename() == "給讀者的信_H1.html"
    assert "食品化學" in page.get_content()


def test_the_host_is_told_without_the_readers_name_number_and_address(
    app: App, server: Faulty
) -> None:
    lent(app)
    reminded(app)
    deliver(app, clock("10-07"))
    said = words(told(server)[HOST])
    assert "550 5.1.1 …@ill.test: Recipient address rejected: … is unknown" in said
    assert "虹島示範大學" in said
    for word in ("示範讀者", READER, "食品化學", "H1"):
        assert word not in said
    assert set(told(server)) == {HDU, HOST}


def test_it_is_told_once_however_often_delivery_runs(app: App, server: Faulty) -> None:
    lent(app)
    reminded(app)
    for _ in range(3):
        deliver(app, clock("10-07"))
    deliver(app, clock("10-08"))
    assert states(app, policy="address_refused") == ["sent", "sent"]


def test_what_was_refused_before_a_crash_is_told_after_it(
    app: App, server: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent(app)
    reminded(app)
    asked = iter(([],))
    monkeypatch.setattr("ill_workflows.jobs.deliver.tell", lambda *_: next(asked))
    with pytest.raises(StopIteration):
        deliver(app, clock("10-07"))
    assert letters(app, policy="address_refused") == []
    monkeypatch.undo()
    deliver(app, clock("10-07"))
    assert set(told(server)) == {HDU, HOST}


def test_a_dead_address_is_not_tried_again_and_its_letters_go_by_hand(
    app: App, server: Faulty
) -> None:
    lent(app)
    reminded(app)
    deliver(app, clock("10-07"))
    usage(app, LOAN, on="10-13", month="2025-10", interim=True)
    reminded(app, "10-13")
    deliver(app, clock("10-13"))
    assert server.heard.count(f"rcpt TO:<{READER}>") == 1
    (second,) = letters(app, policy="overdue", step="second")
    assert (second["to"], second["state"]) == ([HDU], "sent")


def test_a_second_letter_of_the_same_run_does_not_knock_again(app: App, server: Faulty) -> None:
    receipt(app, 1, READER)
    receipt(app, 2, READER)
    result = deliver(app, clock("10-07"))
    assert (result.refused, server.heard.count(f"rcpt TO:<{READER}>")) == (2, 1)
    assert states(app, policy="receipt") == ["refused", "refused"]


def test_a_letter_whose_reader_is_out_of_reach_goes_to_nobody_else_but_to_be_handed_over(
    app: App, server: Faulty
) -> None:
    receipt(app, 1, READER)
    lent(app)
    reminded(app)
    deliver(app, clock("10-07"))
    assert states(app, policy="overdue") == ["refused"]
    assert not [body for body in server.taken if b"X-ILL-Policy: overdue\r\n" in body]
    (page,) = told(server)[HDU].iter_attachments()
    assert "食品化學" in page.get_content()


def test_a_letter_that_the_host_sends_again_uses_the_address_again(
    app: App, server: Faulty
) -> None:
    lent(app)
    reminded(app)
    deliver(app, clock("10-07"))
    (refused,) = letters(app, state="refused")
    post_office.retry(app, refused["id"])
    server.answers.clear()
    assert deliver(app, clock("10-08")).sent == 1
    assert states(app, policy="overdue") == ["sent"]
    usage(app, LOAN, on="10-13", month="2025-10", interim=True)
    reminded(app, "10-13")
    assert [row["to"] for row in letters(app, policy="overdue", step="second")] == [[READER]]


def test_where_a_librarys_own_address_is_refused_the_host_is_told(tmp_path: Path) -> None:
    with faulty(Faulty({f"rcpt to:<{HDU}>": [f"550 5.1.1 <{HDU}>: unknown"]})) as server:
        app = found(tmp_path / "home", port=server.port)
        receipt(app, 1)
        deliver(app, clock("10-07"))
        assert set(told(server)) == {HOST}
        assert HDU in words(told(server)[HOST])


def test_where_the_hosts_own_address_is_refused_the_terminal_tells(tmp_path: Path) -> None:
    with faulty(Faulty({"RCPT": ["550 5.1.1 unknown"]})) as server:
        app = found(tmp_path / "home", port=server.port)
        receipt(app, 1)
        result = deliver(app, clock("10-07"))
        assert len(result.refusals) == 2  # HDU's, and the host's when it was to be told of it
        assert deliver(app, clock("10-07")).refusals == []


@pytest.mark.parametrize(
    ("answer", "dead"),
    [
        ("550 5.1.1 unknown", True),
        ("550 No such user here", True),
        ("551 user not local", True),
        ("553 mailbox name not allowed", True),
        ("554 5.1.2 bad domain", True),
        ("556 5.1.10 null MX", True),
        ("550 5.2.1 mailbox disabled", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.1 SPF fail", False),
        ("554 5.7.1 relay access denied", False),
        ("554 transaction failed", False),
        ("450 4.1.1 greylisted", False),
        ("先前遭拒，不再使用 / refused before", False),
    ],
)
def test_only_an_answer_that_nobody_is_there_makes_an_address_dead(answer: str, dead: bool) -> None:
    assert is_dead(answer) == dead


def test_a_server_that_does_not_trust_us_says_nothing_against_its_readers(tmp_path: Path) -> None:
    with faulty(Faulty({f"rcpt to:<{READER}>": ["554 5.7.1 relay access denied", "250 ok"]})) as s:
        app = found(tmp_path / "home", port=s.port)
        lent(app)
        reminded(app)
        deliver(app, clock("10-07"))
        assert states(app, policy="overdue") == ["refused"]
        usage(app, LOAN, on="10-13", month="2025-10", interim=True)
        reminded(app, "10-13")
        deliver(app, clock("10-13"))
        (second,) = letters(app, policy="overdue", step="second")
        assert (second["to"], second["state"]) == ([READER], "sent")
