"""What the tests of the doors may ask for."""

from __future__ import annotations

import zlib

import pytest

from tests.intake.office import Office
from tests.servers.dovecot import Pair


@pytest.fixture
def office(mail_pair: Pair, request: pytest.FixtureRequest) -> Office:
    """An office whose mailbox is empty: its user is the test's own."""
    user = f"office-{zlib.crc32(request.node.nodeid.encode()):x}"
    return Office(user, mail_pair.imap, mail_pair)
