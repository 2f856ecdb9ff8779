"""The folder as a door: what is taken in, what waits, what is nobody's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ill_workflows.errors import FolderTrouble
from ill_workflows.intake.folder import Inbox
from tests.intake.mails import BOOK

NAMES = [
    "月報表 十月（更正）.xlsx", "a'b\"c.xlsx", "-rf.xlsx", "a\nb.xlsx", "％00.xlsx", "😀.xlsx",
    "no ending", "a" * 240 + ".xlsx",
]  # fmt: skip
CUT = BOOK[: len(BOOK) // 2]


def names(folder: Path) -> list[str]:
    return [incoming.name for incoming in Inbox(folder).arrivals()]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_taken_in_and_leaves_the_inbox(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BOOK)
    inbox = Inbox(tmp_path)
    (incoming,) = inbox.arrivals()
    assert (incoming.name, incoming.data, incoming.door) == (name, BOOK, "folder")
    inbox.settle(incoming)
    inbox.settle(incoming)  # it has gone: no trouble
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["~$月報表.xlsx", ".~lock.月報表.xlsx#", ".hidden.xlsx", "a.xlsx.part", "Thumbs.db"]
)
def test_lock_files_and_partial_ones_are_nobodys(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BOOK)
    assert names(tmp_path) == []


def test_links_and_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(BOOK)
    inbox = tmp_path / "inbox"
    (inbox / "folder").mkdir(parents=True)
    (inbox / "link.xlsx").symlink_to(tmp_path / "secret")
    (inbox / "loop.xlsx").symlink_to(inbox / "loop.xlsx")
    assert names(inbox) == []


@pytest.mark.parametrize("data", [CUT, b""], ids=["cut off", "empty"])
def test_a_file_that_another_program_is_writing_waits(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "slow.xlsx"
    writer = "import sys, time; f = open(sys.argv[1], 'ab'); print(flush=True); time.sleep(60)"
    path.write_bytes(data)
    assert names(tmp_path) == ["slow.xlsx"]  # nobody goes on with it: it is told as it is
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(path)], stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        assert names(tmp_path) == []
        program.kill()
    assert names(tmp_path) == ["slow.xlsx"]


def test_a_file_that_grows_while_it_is_read_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "growing.xlsx"
    path.write_bytes(CUT)

    def read_bytes(self: Path) -> bytes:
        with self.open("rb") as file:
            data = file.read()
        with self.open("ab") as file:
            file.write(BOOK[len(CUT) :])
        return data

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", read_bytes)
        assert names(tmp_path) == []
    assert [one.data for one in Inbox(tmp_path).arrivals()] == [BOOK]


def test_a_missing_inbox_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(FolderTrouble, match="nowhere"):
        names(tmp_path / "nowhere")
