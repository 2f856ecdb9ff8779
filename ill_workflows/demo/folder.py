"""The demonstration's folder: made, and made anew, without touching what is not its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ill_workflows.demo.home import MARK
from ill_workflows.errors import FolderTrouble, UsageProblem

NOTE: Final = "DEMO.txt"
_FIRST_LINE: Final = f"ill-workflows demo　{MARK}"
_TEXT: Final = f"""\
{_FIRST_LINE}
Everything here is invented: libraries, readers, books, addresses.  No letter left this folder.

這個資料夾由 `ill-workflows demo` 產生；再執行一次會重做，只刪除程式自己寫的檔案。
Made by `ill-workflows demo`; run it again and it is made anew, deleting only what it wrote itself.

config.toml   各館、規則、通知 / the libraries, their rules, the notices
inbox/        把活頁簿放進來，再執行 collect / drop workbooks here, then run collect
archive/      收到的每個檔案，原樣 / every file received, as it came
returned/     退回的活頁簿，要修改的格子已上色 / workbooks sent back, cells to mend coloured
outbox/       每封信一個 .eml，用郵件程式打開 / one .eml a letter; open it with a mail program
reports/      evaluation-*.xlsx 評估活頁簿 / the evaluation workbook
              evaluation-*.html 兩頁的會議報告 / the meeting's report, two pages
              preview-*.xlsx 下一次會寫的信與原因 / what the next run will write, and why
state.db      資料庫（SQLite）/ the database

試試看 / try, in this folder:
  ill-workflows --today {{today}} status
  ill-workflows --today {{today}} remind --dry-run
  ill-workflows --today {{today}} outbox --about NSUT
  ill-workflows --today {{today}} evaluate --from {{first}} --to {{last}}
"""
_OURS: Final = (
    (".", r"config\.toml|state\.db(-wal|-shm|-journal)?"),
    ("inbox", r"(~\$)?(usage|cards|interim)-\w+-\d{4}-\d\d\.xlsx"),
    ("inbox", r".*(月報表|期中更新|借書證登記簿).*\.xlsx"),
    ("returned", r"R\d{3}-\d{6}-.*"),
    ("outbox", r"\d{8}-.*-[0-9a-f]{8}\.eml"),
    ("reports", r"(evaluation|preview)-.*\.xlsx|evaluation-.*\.html"),
)
"""What the program writes where; ``archive`` holds files by their content besides."""
_ARCHIVED: Final = re.compile(r"[0-9a-f]{64}(\.\w+)?")
_FOLDERS: Final = ("inbox", "archive", "returned", "outbox", "reports", "site", "templates")


def prepare(folder: Path) -> None:
    """Make an empty folder, or clear an earlier demonstration.

    Raises:
        UsageProblem: something else is there.
        FolderTrouble: it cannot be made or cleared.
    """
    try:
        _refuse_what_is_not_ours(folder)
        if folder.is_dir():
            _clear(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NOTE).write_text(f"{_FIRST_LINE}\n", encoding="utf-8")
    except OSError as bad:
        raise FolderTrouble(str(folder), bad.strerror or str(bad)) from bad


def write_note(folder: Path, today: str, first: str, last: str) -> None:
    """Say in the folder what is what, in both languages."""
    text = _TEXT.format(today=today, first=first, last=last)
    (folder / NOTE).write_text(text, encoding="utf-8")


def _refuse_what_is_not_ours(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageProblem(f"「{folder}」不是資料夾。", f"{folder} is no folder.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    note = folder / NOTE
    if not note.is_file() or not note.read_text(encoding="utf-8").startswith(_FIRST_LINE):
        raise UsageProblem(
            f"「{folder}」不是空的，也不是先前的示範，不會動它；請換一個資料夾。",
            f"{folder} is neither empty nor an earlier demo; it stays as it is. Name another.",
        )
    for name in _FOLDERS:
        if (folder / name).is_symlink():
            raise UsageProblem(
                f"「{folder / name}」是連結，指到別的地方，不會動它；請先移走。",
                f"{folder / name} is a link to another place; move it away first.",
            )


def _clear(folder: Path) -> None:
    for path in _ours(folder):
        path.unlink()
    for path in sorted(folder.glob("archive/*")):
        _remove_if_empty(path)
    for name in _FOLDERS:
        _remove_if_empty(folder / name)
    waiting = folder / "inbox"
    if waiting.is_dir() and any(waiting.iterdir()):
        raise UsageProblem(
            f"「{waiting}」裡有不是示範產生的檔案；請先移走。",
            f"{waiting} holds files that are not the demo's; move them away first.",
        )


def _ours(folder: Path) -> Iterator[Path]:
    for name, pattern in _OURS:
        inside = folder / name
        for path in sorted(inside.iterdir()) if inside.is_dir() else ():
            if re.fullmatch(pattern, path.name) and path.is_file():
                yield path
    for path in sorted(folder.glob("archive/??/*")):
        if _ARCHIVED.fullmatch(path.name) and path.is_file():
            yield path


def _remove_if_empty(path: Path) -> None:
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()
