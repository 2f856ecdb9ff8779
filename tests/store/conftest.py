"""The same tests on both databases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from ill_workflows.store.db import open_engine

_NUMBERS = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.tool("postgres"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database that nobody has opened yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    cluster = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    name = f"fresh_{next(_NUMBERS)}"
    with cluster.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    cluster.dispose()
    fresh = make_url(request.getfixturevalue("postgres_url")).set(database=name)
    return fresh.render_as_string(hide_password=False)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """That database at its newest schema."""
    opened = open_engine(url)
    yield opened
    opened.dispose()
