"""Other people's servers: with TLS, with tokens, and old ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ill_workflows.errors import MailboxRefused
from tests.intake.mails import instead, mail, text
from tests.intake.office import Office
from tests.servers import dovecot

pytestmark = pytest.mark.tool("dovecot")

KEY = b"known to the server and to who makes tokens"
TOKENS = """
auth_mechanisms = plain login xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}
passdb {
  driver = static
  mechanisms = plain
  args = password=祕密
}
"""
TOKEN_FILES = {
    "oauth2.conf": "introspection_mode = local\nusername_attribute = email\n"
    "local_validation_key_dict = fs:posix:prefix={home}/keys/\n",
    "keys/default/HS256/default": base64.b64encode(KEY).decode(),
}
OLD = """
imap_capability = IMAP4rev1 CHILDREN
namespace inbox {
  prefix = INBOX.
  separator = .
}
"""


def token(user: str, life: int = 600) -> str:
    """A signed token (RFC 7519), as a server of tokens would make it."""

    def coded(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    now = int(time.time())
    parts: list[dict[str, Any]] = [
        {"alg": "HS256", "typ": "JWT"},
        {"sub": user, "email": user, "iat": now - 10, "exp": now + life},
    ]
    said = ".".join(coded(json.dumps(part).encode()) for part in parts)
    return f"{said}.{coded(hmac.digest(KEY, said.encode(), hashlib.sha256))}"


@pytest.fixture(scope="module")
def modern() -> Iterator[dovecot.Dovecot]:
    with dovecot.running(TOKENS, TOKEN_FILES, tls=True) as server:
        yield server


@pytest.fixture(scope="module")
def old() -> Iterator[dovecot.Dovecot]:
    with dovecot.running(OLD) as server:
        yield server


def titled(subject: str, *parts: bytes) -> bytes:
    return mail(*parts, heads=instead(subject=subject, message_id=f"<{subject}@hdu.example>"))


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_with_a_certificate_that_is_trusted_is_read(
    modern: dovecot.Dovecot, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(modern.certificate))
    office = Office(f"trusted-{tls}", modern)
    office.put(titled("one"))
    port = modern.tls_port if tls == "implicit" else modern.port
    assert len(office.take_in(office.mailbox(tls=tls, port=port))) == 1
    assert office.held("Processed") == ["one"]
    assert any(re.search(r"Login: .*TLS", line) for line in office.log())


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_that_nobody_vouches_for_ends_it(modern: dovecot.Dovecot, tls: str) -> None:
    office = Office(f"untrusted-{tls}", modern)
    port = modern.tls_port if tls == "implicit" else modern.port
    with pytest.raises(MailboxRefused, match="certificate verify failed") as refused:
        office.take_in(office.mailbox(tls=tls, port=port))
    assert refused.value.what == "tls"


def test_a_certificate_for_another_name_ends_it(
    modern: dovecot.Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(modern.certificate))
    mailbox = Office("misnamed", modern).mailbox(
        tls="implicit", host="localhost", port=modern.tls_port
    )
    with pytest.raises(MailboxRefused, match=r"doesn't match|mismatch"):
        mailbox.waiting()


def test_a_token_opens_the_mailbox_of_whom_it_names(modern: dovecot.Dovecot) -> None:
    office = Office("ann", modern)
    office.put(titled("one"))
    for wrong in (token("bob"), token("ann", life=-60), token("ann")[:-4] + "AAAA"):
        with pytest.raises(MailboxRefused) as refused:
            office.take_in(office.mailbox(auth="xoauth2", password=wrong))
        assert refused.value.what == "login"
    assert len(office.take_in(office.mailbox(auth="xoauth2", password=token("ann")))) == 1


def test_a_password_may_be_chinese(modern: dovecot.Dovecot) -> None:
    assert Office("chinese", modern).mailbox(password="祕密").waiting() == 0


def test_a_server_that_cannot_move_and_keeps_folders_below_the_inbox(old: dovecot.Dovecot) -> None:
    office = Office("old", old)
    office.put(titled("one"), titled("two", text()), titled("three"))
    assert len(office.take_in()) == 3
    assert office.held() == []
    assert office.held("INBOX.Processed") == ["one", "three"]
    assert office.held("INBOX.Rejected") == ["two"]
    office.put(titled("four"))
    office.take_in()
    assert office.held("INBOX.Processed") == ["one", "three", "four"]


def test_a_server_that_cannot_move_leaves_unread_what_was_unread(old: dovecot.Dovecot) -> None:
    office = Office("old-unread", old)
    office.put(titled("one"))
    with office.server.looking(office.user) as box:
        box.flag(box.uids(), "\\Seen", value=False)
    office.take_in()
    with office.server.looking(office.user, "INBOX.Processed") as box:
        assert [set(m.flags) - {"\\Recent"} for m in box.fetch(mark_seen=False)] == [set()]
