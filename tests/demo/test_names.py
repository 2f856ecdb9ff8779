"""No reader's number or address reaches another library: the whole demonstration, searched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from ill_workflows.app import open_app
from ill_workflows.demo.make import make_world
from ill_workflows.demo.story import run
from ill_workflows.store import outbox

LIBRARIES, MONTHS, SEED = 6, 6, 1
WITH_NAMES = {
    "due_soon", "overdue", "overdue_library", "returned", "receipt", "claim", "recall",
    "suspension", "clearance", "cleared", "held", "sheet", "address_refused",
}  # fmt: skip
NAMELESS = {"overdue_lender", "still_out", "recall_lender", "card_void", "discrepancy", "sheet"}
"""What is told by card number alone."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "home"
    list(run(folder, libraries=LIBRARIES, months=MONTHS, seed=SEED, advance=lambda _: None))
    return folder


def everything(message: EmailMessage) -> Iterator[bytes]:
    """All bytes of a mail: its head, its parts decoded, and what is in attached workbooks."""
    yield str(message).encode("utf-8", "replace")
    for part in message.walk():
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            yield data
            if data[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(data)) as package:
                    yield from (package.read(name) for name in package.namelist())


def test_every_letter_names_readers_to_their_own_library_and_themselves_only(home: Path) -> None:
    world = make_world(LIBRARIES, MONTHS, SEED)
    app = open_app(home)
    owners = {address: code for code, member in app.members.items() for address in member.contacts}
    personal: dict[str, list[bytes]] = {}
    for code in world.codes:
        readers = {issue.reader for issue in world.issues[code]}
        words = {w for r in readers for w in (r.number, r.email) if w}
        personal[code] = [word.encode() for word in sorted(words)]
    with app.engine.connect() as connection:
        numbers = [row["id"] for row in outbox.listing(connection)]
        letters = outbox.written(connection, numbers)
    names = {i.reader.name.encode() for code in world.codes for i in world.issues[code]}
    seen: set[str] = set()
    for letter in letters:
        message = message_from_bytes(letter.body, policy=policy.default)
        assert isinstance(message, EmailMessage)
        whole = b"\n".join(everything(message))
        for address in (*letter.to, *letter.cc):
            library = owners.get(address)
            others = [code for code in world.codes if library is not None and code != library]
            own = set(personal[library]) if library is not None else set()
            for code in others:  # two libraries may have given out one and the same number
                found = [word for word in personal[code] if word in whole and word not in own]
                assert found == [], (letter.policy, letter.step, address, found[:3])
        if letter.policy in NAMELESS or (
            letter.policy == "clearance" and letter.step in {"0", "3"}
        ):
            assert [name for name in names if name in whole] == [], (letter.policy, letter.to)
        named = any(word in whole for words in personal.values() for word in words)
        if named:
            seen.add(letter.policy)
    assert seen <= WITH_NAMES
    assert {"overdue", "overdue_library", "held"} <= seen, "nothing was searched"
    policies = {letter.policy for letter in letters}
    assert {"clearance", "recall_lender", "card_void", "claim"} <= policies


def test_the_evaluation_names_nobody(home: Path) -> None:
    world = make_world(LIBRARIES, MONTHS, SEED)
    readers = {i.reader for code in world.codes for i in world.issues[code]}
    (path,) = (home / "reports").glob("evaluation-*.xlsx")
    with zipfile.ZipFile(path) as package:
        whole = b"\n".join(package.read(name) for name in package.namelist())
    whole += path.with_suffix(".html").read_bytes()  # the meeting's report
    for word in {w for r in readers for w in (r.number, r.email, r.name) if w}:
        assert word.encode() not in whole, word


def test_of_leavers_without_a_card_nothing_is_left(home: Path) -> None:
    kept = b"\n".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert f"Z{SEED:03d}00001".encode() not in kept
    assert "虛構001".encode() not in kept
