"""Several at one database: writers take turns, readers wait for nobody."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from ill_workflows.store import db, outbox
from ill_workflows.store.tables import letters, notices, tokens

TODAY, NOW = date(2025, 10, 7), datetime(2025, 10, 7, 1, tzinfo=UTC)
OURS = tokens.c.library != "*"
"""The words of libraries; the alliance's own secret is there from the beginning."""
OPENS = """
import sys
from sqlalchemy import text
from ill_workflows.store import db
print("ready", flush=True)
sys.stdin.readline()
engine = db.open_engine(sys.argv[1])
with db.writing(engine) as connection:
    word = connection.execute(text("SELECT count(*) FROM tokens WHERE library <> '*'")).scalar()
    connection.execute(text("INSERT INTO tokens VALUES (:w, 'x')"), {"w": str(word)})
"""


def letter(number: str, case: str = "loan/NSUT/HDU-07/C1/2025-09-22") -> outbox.Written:
    return outbox.Written(
        f"<{number}@nsut.example>", "overdue", "first", "HDU", ("h1@mail.hdu.example",),
        ("ill@hdu.example",), "信", (case,), b"body",
    )  # fmt: skip


def test_processes_that_open_a_new_database_at_once_all_find_it_ready(url: str) -> None:
    command = [sys.executable, "-c", OPENS, url]
    running = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
    told = []
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in running:
        _, err = process.communicate(timeout=60)
        told.append((process.returncode, err.decode()))
    assert told == [(0, "")] * 4
    engine = db.open_engine(url)
    with engine.connect() as connection:
        words = connection.execute(select(tokens.c.library).where(OURS)).scalars()
        assert sorted(words) == ["0", "1", "2", "3"]
    engine.dispose()


def test_a_reader_sees_the_last_committed_state_while_one_writes(engine: Engine) -> None:
    count = select(func.count()).select_from(tokens).where(OURS)
    with db.writing(engine) as writer:
        writer.execute(insert(tokens), {"library": "NSUT", "token": "word"})
        with engine.connect() as reader:
            assert reader.execute(count).scalar() == 0
    with engine.connect() as reader:
        assert reader.execute(count).scalar() == 1


def test_one_reader_sees_one_moment(engine: Engine) -> None:
    count = select(func.count()).select_from(tokens).where(OURS)
    with engine.connect() as reader:
        assert reader.execute(count).scalar() == 0
        with db.writing(engine) as writer:
            writer.execute(insert(tokens), {"library": "NSUT", "token": "word"})
        assert reader.execute(count).scalar() == 0


def test_a_second_writer_waits_and_then_sees_what_the_first_has_written(engine: Engine) -> None:
    seen: list[object] = []
    started, go = threading.Event(), threading.Event()

    def second() -> None:
        started.set()
        with db.writing(engine) as connection:
            assert go.is_set()
            seen.append(
                connection.execute(text("SELECT token FROM tokens WHERE library <> '*'")).scalar()
            )

    other = threading.Thread(target=second)
    with db.writing(engine) as connection:
        connection.execute(insert(tokens), {"library": "NSUT", "token": "first"})
        other.start()
        assert started.wait(30)
        other.join(0.2)
        go.set()
    other.join(30)
    assert seen == ["first"]


def test_what_fails_in_a_transaction_leaves_nothing_behind(engine: Engine) -> None:
    def two_of_one_notice() -> None:
        with db.writing(engine) as connection:
            for number in ("1", "2"):
                outbox.put(connection, letter(number), [("case", "")], today=TODAY, now=NOW)

    with pytest.raises(IntegrityError):
        two_of_one_notice()
    with engine.connect() as connection:
        assert outbox.listing(connection) == []


def test_two_writers_of_one_notice_write_one_letter(engine: Engine) -> None:
    gate = threading.Barrier(2)
    ended: list[str] = []

    def write(number: str) -> None:
        gate.wait(30)
        try:
            with db.writing(engine) as connection:
                outbox.put(connection, letter(number), [("case", "")], today=TODAY, now=NOW)
            ended.append("written")
        except IntegrityError:
            ended.append("stood already")

    writers = [threading.Thread(target=write, args=(number,)) for number in ("a", "b")]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)
    assert sorted(ended) == ["stood already", "written"]
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(letters)).scalar() == 1
        assert connection.execute(select(func.count()).select_from(notices)).scalar() == 1


def test_two_writers_of_the_very_same_letter_write_it_once(engine: Engine) -> None:
    for wanted in (1, None):
        with db.writing(engine) as connection:
            number = outbox.put(connection, letter("1"), [("c", "")], today=TODAY, now=NOW)
        assert (number is None) == (wanted is None)


def test_only_one_is_at_a_job_and_another_job_is_free(url: str, engine: Engine) -> None:
    other = db.open_engine(url)
    with db.alone(engine, "deliver") as mine:
        assert mine
        with db.alone(other, "deliver") as second, db.alone(other, "collect") as elsewhere:
            assert not second
            assert elsewhere
    with db.alone(other, "deliver") as mine:
        assert mine
    other.dispose()


HOLDS = """
import sys
from ill_workflows.store import db
with db.alone(db.open_engine(sys.argv[1]), "deliver") as mine:
    print(mine, flush=True)
    sys.stdin.readline()
"""


def test_a_killed_process_is_no_longer_at_its_job(url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"True"
    engine = db.open_engine(url)
    with db.alone(engine, "deliver") as mine:
        assert not mine
    process.kill()
    process.wait(30)
    process.communicate()
    for _ in range(100):
        with db.alone(engine, "deliver") as mine:
            pass
        if mine:
            break
        threading.Event().wait(0.05)
    assert mine
    engine.dispose()
