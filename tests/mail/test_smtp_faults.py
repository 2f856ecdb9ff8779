"""What can go wrong on the wire, and what is known then about the letter."""

from __future__ import annotations

import pytest

from ill_workflows.errors import (
    InDoubt,
    LetterRefused,
    Postponed,
    RecipientRefused,
    StoreTrouble,
    TransportDown,
)
from ill_workflows.mail.transport import Smtp
from tests.mail.faulty import HANG_UP, Faulty, faulty
from tests.mail.test_transport import HOME, READER, SENDER, known_as, letter
from tests.servers.ports import free_port


def smtp(port: int) -> Smtp:
    return Smtp("127.0.0.1", port, tls="none", timeout=10)


def hasty(port: int) -> Smtp:
    return Smtp("127.0.0.1", port, tls="none", timeout=0.4)


def send(one: Smtp, *to: str, patient: bool = True, number: int = 1) -> dict[str, str]:
    return one.send(
        SENDER, list(to or (READER,)), letter(number), f"<{number}@nsut.example>", patient=patient
    )


def test_a_server_that_is_not_there_is_down() -> None:
    port = free_port()
    with smtp(port) as one, pytest.raises(TransportDown, match=f"127.0.0.1:{port}"):
        send(one)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("connect", "554 go away"),
        ("connect", HANG_UP),
        ("EHLO", HANG_UP),
        ("MAIL", HANG_UP),
        ("MAIL", "421 closing"),
        ("MAIL", "451 later"),
        ("MAIL", "530 log in first"),
        ("MAIL", "550 5.7.1 you are not our sender"),
        ("RCPT", HANG_UP),
        ("RCPT", "421 closing"),
        ("DATA", HANG_UP),
        ("DATA", "421 closing"),
        ("DATA", "451 later"),
        ("dot", "421 closing"),
    ],
)
def test_before_the_letter_was_handed_over_the_server_is_down_and_nothing_in_doubt(
    stage: str, answer: str
) -> None:
    with faulty(**{stage: answer}) as server, smtp(server.port) as one:
        with pytest.raises(TransportDown):
            send(one)
        assert server.taken == []


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "dot"])
def test_why_a_server_is_down_is_told_without_the_readers_address(stage: str) -> None:
    answer = f"421 4.7.0 <{READER}> too many letters"
    with (
        faulty(**{stage: answer}) as server,
        smtp(server.port) as one,
        pytest.raises(TransportDown, match="too many letters") as bad,
    ):
        send(one, READER)
    assert READER.partition("@")[0] not in str(bad.value)


@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_is_too_slow_before_the_letter_goes_is_down(stage: str) -> None:
    with faulty(Faulty(slow={stage: 1.5})) as server, hasty(server.port) as one:
        with pytest.raises(TransportDown):
            send(one)
        assert server.taken == []


def test_a_server_that_is_too_slow_to_say_yes_leaves_a_doubt() -> None:
    plan = Faulty(slow={"dot": 1.5})
    with faulty(plan) as server, hasty(server.port) as one, pytest.raises(InDoubt):
        send(one)


def test_a_slow_server_gets_every_letter_all_the_same() -> None:
    slow = {"connect": 0.2, "MAIL": 0.1, "RCPT": 0.1, "dot": 0.2}
    with faulty(Faulty(slow=slow)) as server, smtp(server.port) as one:
        for number in (1, 2, 3):
            assert send(one, number=number) == {}
        assert (len(server.taken), server.connections) == (3, 1)


def test_a_server_that_was_down_is_tried_anew_with_the_next_letter() -> None:
    with faulty(MAIL=["451 later", "250 ok"]) as server, smtp(server.port) as one:
        with pytest.raises(TransportDown):
            send(one)
        assert send(one) == {}
    assert len(server.taken) == 1


def test_a_connection_cut_after_the_letter_was_handed_over_leaves_a_doubt() -> None:
    with faulty(dot=[HANG_UP, "250 taken"]) as server, smtp(server.port) as one:
        with pytest.raises(InDoubt, match=f"127.0.0.1:{server.port}"):
            send(one)
        assert server.heard.count("DATA") == 1
        send(one, number=2)
    assert [known_as(n).encode() in body for n, body in enumerate(server.taken, 1)] == [True, True]


def test_a_letter_that_the_server_will_not_have_is_refused_and_not_its_recipients() -> None:
    for stage, answer in (
        ("dot", "554 5.7.1 looks like spam"),
        ("DATA", "554 no valid letter"),
        ("MAIL", "552 5.3.4 too large"),
    ):
        with faulty(**{stage: [answer, "354 go on" if stage == "DATA" else "250 ok"]}) as server:
            with smtp(server.port) as one:
                with pytest.raises(LetterRefused) as told:
                    send(one)
                assert told.value.answer == answer
                assert send(one) == {}
            assert (len(server.taken), server.connections) == (1, 1)


def test_a_letter_that_the_server_takes_later_is_postponed() -> None:
    with faulty(dot=["451 4.3.0 busy", "250 taken"]) as server, smtp(server.port) as one:
        with pytest.raises(Postponed, match="451"):
            send(one)
        assert send(one) == {}


def grey() -> Faulty:
    """A server that takes the reader's letters the second time."""
    return Faulty({f"rcpt to:<{READER}>": ["450 4.2.0 greylisted", "250 ok"]})


def test_an_address_that_is_refused_for_now_postpones_the_letter_for_all() -> None:
    with faulty(grey()) as server, smtp(server.port) as one:
        with pytest.raises(Postponed) as told:
            send(one, READER, HOME)
        assert told.value.reasons == {READER: "450 4.2.0 greylisted"}
        assert server.taken == []
        assert send(one, READER, HOME) == {}
    assert len(server.taken) == 1
    assert server.connections == 1


def test_when_patience_is_over_the_others_get_the_letter() -> None:
    with faulty(grey()) as server, smtp(server.port) as one:
        refused = send(one, READER, HOME, patient=False)
    assert refused == {READER: "450 4.2.0 greylisted"}
    assert len(server.taken) == 1
    with (
        faulty(RCPT="450 4.2.0 greylisted") as server,
        smtp(server.port) as one,
        pytest.raises(RecipientRefused),
    ):
        send(one, patient=False)


def test_an_answer_of_many_lines_is_one_reason() -> None:
    with (
        faulty(RCPT="550-5.1.1 nobody\r\n550 5.1.1 is here") as server,
        smtp(server.port) as one,
        pytest.raises(RecipientRefused) as told,
    ):
        send(one)
    assert told.value.reasons == {READER: "550 5.1.1 nobody 5.1.1 is here"}


@pytest.mark.parametrize("answer", [HANG_UP, "421 idle for too long"])
def test_a_connection_that_the_server_dropped_between_letters_is_opened_anew(answer: str) -> None:
    with faulty(MAIL=["250 ok", answer, "250 ok"]) as server, smtp(server.port) as one:
        assert send(one) == {}
        assert send(one, number=2) == {}
    assert (len(server.taken), server.connections) == (2, 2)


def test_the_size_is_told_where_the_server_asks_for_it() -> None:
    with faulty() as server, smtp(server.port) as one:
        send(one)
    (mail,) = (line for line in server.heard if line.startswith("mail"))
    assert mail.lower().startswith(f"mail from:<{SENDER}> size=")
    with faulty(Faulty(features=())) as server, smtp(server.port) as one:
        send(one)
    assert f"mail FROM:<{SENDER}>" in server.heard


def test_bare_line_ends_cannot_end_a_letter_early() -> None:
    smuggled = letter() + b"\n.\nMAIL FROM:<x@evil.example>\r.\r\n.\r"
    with faulty() as server, smtp(server.port) as one:
        one.send(SENDER, [READER], smuggled, "<1@nsut.example>")
    (body,) = server.taken
    assert b"MAIL FROM:<x@evil.example>" in body
    assert [line[:4] for line in server.heard].count("mail") == 1
    assert body.replace(b"\r\n", b"").count(b"\n") == body.replace(b"\r\n", b"").count(b"\r") == 0


def test_where_the_handing_over_cannot_be_written_down_the_letter_does_not_go() -> None:
    def full() -> None:
        raise StoreTrouble("state.db", "disk full")

    with faulty() as server, smtp(server.port) as one:
        with pytest.raises(StoreTrouble):
            one.send(SENDER, [READER], letter(), "<1@nsut.example>", handing=full)
        assert server.taken == []
        assert send(one) == {}
    assert len(server.taken) == 1
