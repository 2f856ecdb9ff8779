"""What one received file may cost is the host's to say, and a file beyond it harms no other."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from ill_workflows.app import App
from ill_workflows.errors import REFUSALS, ConfigurationError
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.collect import collect
from ill_workflows.store import outbox
from ill_workflows.xlsx.limits import LIMITS
from tests.hostile.good import CARDS, USAGE, endless, standard
from tests.jobs.alliance import clock, found, letters
from tests.xlsx.plain import replaced


def test_config_toml_may_say_nothing_and_then_the_usual_holds(tmp_path: Path) -> None:
    assert found(tmp_path / "a").limits == LIMITS


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("cells = 1000", "too_large"), ("parts = 20", "accepted"), ("inflated_mb = 1", "too_large"),
        ("file_mb = 1\ncpu_seconds = 5", "accepted"),
    ],
)  # fmt: skip
def test_a_file_beyond_the_hosts_caps_is_refused_with_its_sentence(
    said: str, why: str, tmp_path: Path
) -> None:
    app = found(tmp_path / "home", more=f"\n[intake]\n{said}\n")
    large = standard(USAGE, "（大）", 60)
    if why == "too_large" and "inflated" in said:
        large = replaced(large, "styles", b"</styleSheet>", b" " * 1_100_000 + b"</styleSheet>")
    (app.folder("inbox") / "large.xlsx").write_bytes(large)
    (outcome,) = collect(app, Inbox(app.folder("inbox")), clock("10-07"))
    assert (outcome.why or outcome.state) == why
    if outcome.state == "refused":
        assert REFUSALS[why][0] in said_by(app)


def test_what_takes_too_long_is_refused_and_the_next_file_is_taken_in(tmp_path: Path) -> None:
    app = found(tmp_path / "home", more="\n[intake]\nwall_seconds = 4\n")
    inbox = app.folder("inbox")
    (inbox / "a.xlsx").write_bytes(standard(USAGE, "（先）"))
    (inbox / "b.xlsx").write_bytes(endless())
    (inbox / "c.xlsx").write_bytes(standard(CARDS, "（後）"))
    outcomes = collect(app, Inbox(inbox), clock("10-07"))
    assert [o.why or o.state for o in outcomes] == ["accepted", "gave_up", "accepted"]
    assert REFUSALS["gave_up"][0] in said_by(app)
    assert list(app.folder("archive").rglob("*.xlsx"))


def said_by(app: App) -> str:
    """The words of all letters, without the lines' ends."""
    with app.engine.connect() as connection:
        rows = [outbox.one(connection, row["id"]) for row in letters(app)]
    mails = [message_from_bytes(row["body"], policy=policy.default) for row in rows if row]
    texts = (mail.get_body(("plain",)) for mail in mails if isinstance(mail, EmailMessage))
    return "".join("".join(text.get_content().split("\n")) for text in texts if text is not None)


@pytest.mark.parametrize(
    "said", ["file_mb = 0", "memory_mb = 10", 'cpu_seconds = "viel"', "wall = 3"]
)
def test_a_cap_that_is_none_is_named(said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        found(tmp_path / "home", more=f"\n[intake]\n{said}\n")
    assert "intake" in str(raised.value)
