"""The invented world, and all that its workbooks say."""

from __future__ import annotations

import pytest

from tests.independent import recompute
from tests.independent.alliance import SEED
from tests.independent.world import make_world


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    return make_world(tmp_path_factory.mktemp("independent"), SEED)


@pytest.fixture(scope="session")
def told(world):
    return recompute.tell(world.home / "config.toml", world.sent)
