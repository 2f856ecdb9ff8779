"""A run that ends anywhere is made up by the next: nothing twice, nothing lost or mixed up."""

from __future__ import annotations

import pytest

from ill_workflows.intake.folder import Inbox
from ill_workflows.intake.incoming import Incoming
from tests.intake.mails import book, instead, mail, text
from tests.intake.office import Office

pytestmark = pytest.mark.tool("dovecot")


def titled(subject: str, *parts: bytes, message_id: str = "") -> bytes:
    named = message_id or f"<{subject}@hdu.example>"
    return mail(*parts, heads=instead(subject=subject, message_id=named))


def subjects(found: list[Incoming]) -> list[str]:
    return [one.mail.subject for one in found if one.mail is not None]


def crash_after_the_import(office: Office) -> None:
    """A run that remembers one mail and comes no further."""
    for incoming in office.mailbox().arrivals():
        office.remember(incoming)
        break


@pytest.mark.parametrize(("part", "folder"), [(book(), "Processed"), (text(), "Rejected")])
def test_a_crash_between_the_import_and_the_move_costs_a_move(
    office: Office, part: bytes, folder: str
) -> None:
    office.put(titled("one", part), titled("two", part))
    crash_after_the_import(office)
    assert office.held() == ["one", "two"]
    assert subjects(office.take_in()) == ["two"]
    assert (office.held(), office.held(folder)) == ([], ["one", "two"])


def test_a_crash_before_the_import_costs_nothing(office: Office) -> None:
    office.put(titled("one"))
    for _ in office.mailbox().arrivals():
        break
    assert subjects(office.take_in()) == ["one"]


def test_a_second_run_finds_nothing(office: Office) -> None:
    office.put(titled("one"))
    assert subjects(office.take_in()) == ["one"]
    assert office.take_in() == []


def test_a_mail_that_came_twice_is_taken_in_once(office: Office) -> None:
    """To and Cc, or a server that delivered again: one Message-ID, two mails."""
    office.put(titled("one"), titled("one"), titled("two"))
    assert subjects(office.take_in()) == ["one", "two"]
    assert office.held("Processed") == ["one", "one", "two"]


def test_mails_without_a_message_id_are_mails_of_their_own(office: Office) -> None:
    office.put(mail(heads=instead(subject="a", message_id="")), mail(heads=instead(message_id="?")))
    found = office.take_in()
    assert [one.message_id for one in found] == ["", ""]
    assert office.held() == []


def renumber(office: Office, uidvalidity: int) -> None:
    """The server gives the folder a new UIDVALIDITY, as after a restored backup."""
    office.server.run(
        "mailbox", "update", "-u", office.user, "--uid-validity", str(uidvalidity), "INBOX"
    )


def test_a_mail_is_known_by_its_message_id_when_the_numbers_are_new(office: Office) -> None:
    office.put(titled("one"), titled("two"))
    crash_after_the_import(office)
    renumber(office, 4_000_000_001)
    found = office.take_in()
    assert subjects(found) == ["two"]
    assert [one.mail.uidvalidity for one in found if one.mail] == [4_000_000_001]
    assert office.held("Processed") == ["one", "two"]


def test_a_mail_is_not_moved_by_a_number_that_has_become_another_mails(office: Office) -> None:
    office.put(titled("one"), titled("two"))
    mailbox = office.mailbox()
    arrivals = mailbox.arrivals()
    first = next(arrivals)
    renumber(office, 4_000_000_002)
    office.server.run("kick", office.user)
    office.remember(first)
    mailbox.settle(first)
    assert list(arrivals) == []
    assert office.held() == ["one", "two"]
    assert subjects(office.take_in()) == ["two"]
    assert office.held("Processed") == ["one", "two"]


def test_a_mail_that_somebody_takes_away_meanwhile_is_no_trouble(office: Office) -> None:
    office.put(titled("one"), titled("two"), titled("three"))
    mailbox, seen = office.mailbox(), []
    for incoming in mailbox.arrivals():
        if not seen:
            with office.server.looking(office.user) as box:
                box.delete(box.uids("OR SUBJECT one SUBJECT two"))
        seen.append(incoming)
        mailbox.settle(incoming)
    assert subjects(seen) == ["one", "three"]
    assert office.held("Processed") == ["three"]


def test_a_server_that_hangs_up_during_a_long_import_is_called_again(office: Office) -> None:
    office.put(titled("one"), titled("two"), titled("three"))
    mailbox, seen = office.mailbox(), []
    for incoming in mailbox.arrivals():
        office.server.run("kick", office.user)
        office.remember(incoming)
        if len(seen) != 1:
            mailbox.settle(incoming)
        seen.append(incoming)
    assert subjects(seen) == ["one", "two", "three"]
    assert (office.held(), office.held("Processed")) == (["two"], ["one", "three"])


def test_mails_that_come_during_a_run_wait_for_the_next(office: Office) -> None:
    office.put(titled("one"))
    mailbox, seen = office.mailbox(), []
    for incoming in mailbox.arrivals():
        office.put(titled("two"))
        mailbox.settle(incoming)
        seen.append(incoming)
    assert subjects(seen) == ["one"]
    assert office.held() == ["two"]


def test_files_may_be_settled_after_all_have_arrived(office: Office) -> None:
    office.put(titled("one"), titled("two", text(), book("a.xlsx"), book("b.xlsx")))
    mailbox = office.mailbox()
    found = list(mailbox.arrivals())
    assert [one.name for one in found] == ["usage-HDU-2026-10.xlsx", "a.xlsx", "b.xlsx"]
    for incoming in reversed(found):
        mailbox.settle(incoming)
    assert (office.held(), office.held("Processed")) == ([], ["two", "one"])


def test_two_runs_at_once_move_each_mail_once(office: Office) -> None:
    office.put(titled("one"), titled("two"))
    one, other = office.mailbox(), office.mailbox()
    for mine, theirs in zip(one.arrivals(), other.arrivals(), strict=True):
        one.settle(mine)
        other.settle(theirs)
    assert (office.held(), office.held("Processed")) == ([], ["one", "two"])


def test_a_file_of_another_door_is_not_the_mailboxs_to_settle(office: Office) -> None:
    office.put(titled("one"))
    office.mailbox().settle(Incoming("a.xlsx", b"x", "folder"))
    assert office.held() == ["one"]


def test_a_workbook_by_mail_is_not_the_folders_to_remove(office: Office, tmp_path: object) -> None:
    office.put(titled("one"))
    [incoming] = office.take_in()
    Inbox(tmp_path).settle(incoming)  # type: ignore[arg-type]
