"""What goes wrong with a mailbox is said in our words: come back later, or what to check."""

from __future__ import annotations

import os

import pytest

from ill_workflows.errors import MAILBOX_HINTS, MailboxDown, MailboxRefused
from tests.intake.mails import instead, mail
from tests.intake.office import Office
from tests.servers import dovecot
from tests.servers.ports import free_port

pytestmark = pytest.mark.tool("dovecot")


def titled(subject: str) -> bytes:
    return mail(heads=instead(subject=subject, message_id=f"<{subject}@hdu.example>"))


def test_a_server_that_does_not_answer_is_asked_again_later(office: Office) -> None:
    with pytest.raises(MailboxDown, match=r"信箱 127\.0\.0\.1:.* not available") as down:
        office.take_in(office.mailbox(port=free_port()))
    assert down.value.exit_code == 75


def test_a_host_that_nobody_knows_is_asked_again_later(office: Office) -> None:
    with pytest.raises(MailboxDown, match=r"imap\.host\.invalid:993"):
        office.take_in(office.mailbox(host="imap.host.invalid", port=993))


REFUSED = {
    "a wrong password": ({"password": "guess"}, "login"),
    "a wrong password that is not ascii": ({"password": "猜猜看"}, "login"),
    "no password": ({"password": ""}, "login"),
    "an unknown way in": ({"auth": "xoauth2"}, "login"),
    "a folder that is missing": ({"folder": "Post"}, "folder"),
    "a folder with a line break": ({"folder": "IN\r\nBOX"}, "folder"),
    "no tls after the greeting": ({"tls": "starttls"}, "tls"),
    "no tls at all": ({"tls": "implicit"}, "tls"),
}


@pytest.mark.parametrize(("changed", "what"), REFUSED.values(), ids=REFUSED)
def test_what_the_server_does_not_let_us_do_says_what_to_check(
    office: Office, changed: dict[str, str], what: str
) -> None:
    office.put(titled("one"))
    with pytest.raises(MailboxRefused) as refused:
        office.take_in(office.mailbox(**changed))
    assert (refused.value.what, refused.value.exit_code) == (what, 1)
    assert all(hint in str(refused.value) for hint in MAILBOX_HINTS[what])
    assert "secret" not in str(refused.value) + repr(office.account)
    assert office.held() == ["one"]


def test_a_server_that_dies_meanwhile_leaves_the_rest_for_later() -> None:
    with dovecot.running() as server:
        office = Office("host", server)
        office.put(titled("one"), titled("two"))
        mailbox = office.mailbox()
        first = next(arrivals := mailbox.arrivals())
        office.remember(first)
        server.stop()
        with pytest.raises(MailboxDown):
            mailbox.settle(first)
        with pytest.raises(MailboxDown):
            next(arrivals)


def test_a_mail_that_may_not_be_moved_stays_and_is_told() -> None:
    """The account may read and write, and make no folders."""
    rights = "mail_plugins = acl\nplugin {\n  acl = vfile:{home}/rights\n}\n"
    with dovecot.running(rights, {"rights": "* owner lrwstipe\n"}) as server:
        office = Office("host", server)
        office.put(titled("one"))
        mailbox = office.mailbox()
        [incoming] = mailbox.arrivals()
        with pytest.raises(MailboxRefused) as refused:
            mailbox.settle(incoming)
        assert refused.value.what == "move"
        assert office.held() == ["one"]


def test_a_server_with_trouble_of_its_own_is_asked_again_later(office: Office) -> None:
    office.put(titled("one"))
    home = office.server.home / "mail" / office.user
    mailbox = office.mailbox()
    [incoming] = mailbox.arrivals()
    os.chown(home, 0, 0)
    home.chmod(0o555)
    with pytest.raises(MailboxDown, match="SERVERBUG"):
        mailbox.settle(incoming)
    assert office.held() == ["one"]
