"""The migrations make exactly the tables of the program, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from ill_workflows.errors import StoreTrouble
from ill_workflows.store import db, outbox
from ill_workflows.store.tables import METADATA

MIGRATIONS = Path(db.__file__).with_name("migrations")
FILES = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))


def test_the_migrations_make_the_tables_of_the_program(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_unique_keys_and_foreign_keys_stand_in_the_database(engine: Engine) -> None:
    found = inspect(engine)
    unique = {tuple(key["column_names"]) for key in found.get_unique_constraints("notices")}
    assert ("policy", "case_key", "episode", "step") in unique
    for name, table in METADATA.tables.items():
        wanted = {key.target_fullname for key in table.foreign_keys}
        keys = found.get_foreign_keys(name)
        assert {f"{k['referred_table']}.{k['referred_columns'][0]}" for k in keys} == wanted


def test_the_programs_revision_is_that_of_the_newest_migration() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [db.HEAD]
    assert FILES[-1].name.startswith(f"{db.HEAD}_")
    assert [path.name[:4] for path in FILES] == [f"{n:04d}" for n in range(1, len(FILES) + 1)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_migration_stands_on_its_own(path: Path) -> None:
    """The forms may change; what an old migration made may not."""
    imports = re.findall(r"^(?:from|import) (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(imports) <= {"sqlalchemy", "alembic", "secrets"}


def test_an_older_database_is_brought_up_and_keeps_what_it_holds(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "HEAD", "0001")
    old = db.open_engine(url)
    with db.writing(old) as connection:
        connection.execute(text("INSERT INTO tokens VALUES ('NSUT', 'word')"))
    assert "refusals" not in inspect(old).get_table_names()
    old.dispose()
    monkeypatch.undo()
    engine = db.open_engine(url)
    with engine.connect() as connection:
        known = set(connection.execute(text("SELECT library, token FROM tokens")))
        assert known == {("NSUT", "word"), ("*", outbox.secret(connection))}
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == db.HEAD
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def change_revision(url: str, revision: str) -> None:
    db.open_engine(url).dispose()
    plain = create_engine(url)
    with plain.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    plain.dispose()


def test_a_database_that_is_newer_than_the_program_is_left_alone(url: str) -> None:
    change_revision(url, "9001")
    with pytest.raises(StoreTrouble, match=r"newer version \(9001 > "):
        db.open_engine(url)


def test_a_database_of_another_program_is_left_alone(url: str) -> None:
    change_revision(url, "a1b2c3d4e5f6")
    with pytest.raises(StoreTrouble, match="not ours"):
        db.open_engine(url)


def test_tables_of_our_names_that_are_not_ours_are_left_alone(url: str) -> None:
    plain = create_engine(url)
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE letters (id INTEGER)"))
    with pytest.raises(StoreTrouble, match="not ours"):
        db.open_engine(url)
    assert inspect(plain).get_table_names() == ["letters"]
    plain.dispose()


def test_a_password_is_not_told_with_the_trouble() -> None:
    with pytest.raises(StoreTrouble) as told:
        db.open_engine("postgresql+psycopg://ill:secret@127.0.0.1:1/ill")
    assert "secret" not in str(told.value)
    assert "127.0.0.1:1" in str(told.value)


@pytest.mark.parametrize("url", ["not a url secret", "nosuch://u:secret@h/d", "sqlite+nosuch:///x"])
def test_a_url_that_cannot_be_read_is_one_sentence(url: str) -> None:
    with pytest.raises(StoreTrouble) as told:
        db.open_engine(url)
    assert "secret" not in str(told.value)
