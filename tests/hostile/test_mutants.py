"""Mutants of good workbooks: each ends in a named outcome, no cell taken in is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.good import CARDS, USAGE, alliance, plain, standard, taken, uneven
from tests.hostile.mutants import mutants

STATES = {"accepted", "returned", "refused", "held", "known"}
COUNT = 250
GROWTH = 50 * 1024 * 1024


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_mutants_stop_nothing_and_lose_nothing(
    seed: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = alliance(tmp_path / "home")
    taken(app, mutants(1_000 + seed, 30))
    files = dict(mutants(seed, COUNT))
    good = {
        f"m{COUNT // 2:05d}-好{n}.xlsx": data
        for n, data in enumerate((
            standard(USAGE, "（中）"), plain(USAGE, "（中）"), standard(CARDS, "（中）"),
            plain(CARDS, "（中）"),
        ))
    }  # fmt: skip
    run = taken(app, [*files.items(), *good.items()])

    assert len(run.outcomes) == len(files) + len(good)
    assert {outcome.state for outcome in run.outcomes.values()} <= STATES
    assert not [outcome for outcome in run.outcomes.values() if outcome.trouble]
    assert {run.outcomes[name].state for name in good} == {"accepted"}
    assert "Traceback" not in "".join(capfd.readouterr())
    assert run.grown < GROWTH

    accepted = [name for name in files if run.outcomes[name].state == "accepted"]
    assert len(accepted) > COUNT // 10
    lost = {name: cells for name in accepted if (cells := uneven(files[name], name))}
    assert lost == {}
