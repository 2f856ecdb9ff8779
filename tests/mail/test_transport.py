"""The ways out: one suite for the folder and for a real mail server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from ill_workflows.errors import FolderTrouble, RecipientRefused
from ill_workflows.mail.transport import Folder, Smtp, Transport
from tests.servers.postfix import GONE, Postfix

SENDER = "ill@nsut.example"
READER, HOME = "reader@ill.test", "home@ill.test"


def known_as(number: int) -> str:
    """A Message-ID as ours are: a digest before the @."""
    return f"<{hashlib.sha256(str(number).encode()).hexdigest()[:32]}@nsut.example>"


def letter(number: int = 1, text: str = "內容", to: str = READER) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, to, f"逾期提醒 {number}"
    message["Date"] = "Tue, 07 Oct 2025 09:00:00 +0800"
    message["Message-ID"] = known_as(number)
    message["X-ILL-Policy"], message["X-ILL-Step"] = "overdue", "first"
    message.set_content(text, cte="base64" if text.isascii() is False else "7bit")
    return message.as_bytes()


@dataclass
class Way:
    """A way out, and what has arrived at its end."""

    transport: Transport
    arrived: Callable[[int], list[EmailMessage]]


@pytest.fixture(params=["folder", pytest.param("smtp", marks=pytest.mark.tool("postfix"))])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Way:
    if request.param == "folder":

        def written(_: int) -> list[EmailMessage]:
            files = sorted(tmp_path.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
            return [message_from_bytes(p.read_bytes(), policy=policy.default) for p in files]

        return Way(Folder(tmp_path), written)
    server: Postfix = request.getfixturevalue("postfix_server")
    return Way(Smtp(server.host, server.port, tls="none"), server.wait_for)


def send(way: Way, number: int, body: bytes, *to: str) -> dict[str, str]:
    return way.transport.send(SENDER, list(to or (READER,)), body, known_as(number))


def test_a_letter_arrives_as_it_was_composed(way: Way) -> None:
    body = letter()
    with way.transport:
        assert send(way, 1, body) == {}
    (found,) = way.arrived(1)
    wanted = message_from_bytes(body, policy=policy.default)
    assert {k: str(found[k]) for k in wanted} == {k: str(wanted[k]) for k in wanted}  # type: ignore[attr-defined]
    assert str(found.get_content()).split() == str(wanted.get_content()).split()


def test_lines_that_begin_with_a_dot_are_not_lost(way: Way) -> None:
    text = ".\n..\n.x\nend\n.\n"
    with way.transport:
        send(way, 1, letter(text=text))
    (found,) = way.arrived(1)
    assert found.get_content().replace("\r\n", "\n") == text


def test_many_letters_leave_in_one_run(way: Way) -> None:
    with way.transport:
        for number in range(1, 31):
            assert send(way, number, letter(number)) == {}
    found = way.arrived(30)
    assert sorted(str(m["Message-ID"]) for m in found) == sorted(map(known_as, range(1, 31)))


def test_a_long_letter_arrives_whole(way: Way) -> None:
    text = "書" * 300_000
    with way.transport:
        send(way, 1, letter(text=text))
    (found,) = way.arrived(1)
    assert found.get_content().strip() == text


def test_a_run_without_letters_needs_nothing(way: Way) -> None:
    with way.transport:
        pass


def test_the_same_letter_again_is_the_same_file(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        for _ in range(2):
            folder.send(SENDER, [READER], letter(), known_as(1))
    (path,) = tmp_path.iterdir()
    assert path.name == f"20251007-overdue-first-{READER}-{known_as(1)[1:9]}.eml"
    assert path.read_bytes() == letter()


def test_a_file_name_holds_nothing_that_a_folder_cannot(tmp_path: Path) -> None:
    body = letter().replace(b"X-ILL-Step: first", b"X-ILL-Step: ../a b:c*" + b"x" * 300)
    with Folder(tmp_path) as folder:
        folder.send(SENDER, [READER], body, "<0123456789@nsut.example>")
    (path,) = tmp_path.iterdir()
    assert path.parent == tmp_path
    assert path.name.startswith("20251007-overdue-.._a_b_c_xxx")
    assert len(path.name) < 150


def test_a_folder_that_cannot_be_written_is_named_and_nothing_stays(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with Folder(gone) as folder, pytest.raises(FolderTrouble, match="gone"):
        folder.send(SENDER, [READER], letter(), "<1@nsut.example>")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.tool("postfix")
def test_every_recipient_gets_a_copy(postfix_server: Postfix) -> None:
    with Smtp(postfix_server.host, postfix_server.port, tls="none") as smtp:
        assert smtp.send(SENDER, [READER, HOME], letter(), "<1@nsut.example>") == {}
    postfix_server.wait_for(2)
    assert len(postfix_server.delivered(READER)) == len(postfix_server.delivered(HOME)) == 1


@pytest.mark.tool("postfix")
def test_one_recipient_refused_is_answered_and_the_other_gets_the_letter(
    postfix_server: Postfix,
) -> None:
    with Smtp(postfix_server.host, postfix_server.port, tls="none") as smtp:
        refused = smtp.send(SENDER, [GONE, HOME], letter(), "<1@nsut.example>")
    assert list(refused) == [GONE]
    assert refused[GONE].startswith("550 5.1.1")
    assert len(postfix_server.wait_for(1, to=HOME)) == 1


@pytest.mark.tool("postfix")
def test_all_refused_is_said_with_each_reason_and_the_connection_serves_the_next(
    postfix_server: Postfix,
) -> None:
    stranger = "somebody@elsewhere.example"
    with Smtp(postfix_server.host, postfix_server.port, tls="none") as smtp:
        with pytest.raises(RecipientRefused) as told:
            smtp.send(SENDER, [GONE, stranger], letter(), "<1@nsut.example>")
        assert told.value.reasons[GONE].startswith("550 5.1.1")
        assert told.value.reasons[stranger].startswith("554 5.7.1")
        smtp.send(SENDER, [HOME], letter(2), "<2@nsut.example>")
    assert [m["Subject"] for m in postfix_server.wait_for(1)] == ["逾期提醒 2"]
