"""``init``: a new alliance folder."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from ill_workflows.app import FOLDERS
from ill_workflows.config import NAME, parse
from ill_workflows.errors import UsageProblem
from ill_workflows.forms import FORMS
from ill_workflows.jobs.files import keep, made
from ill_workflows.jobs.templates import blanks

_CODE = re.compile(r"^[A-Z][A-Z0-9]{0,15}$")


def found(home: Path, libraries: Path | None = None) -> Iterator[str]:
    """Make an alliance folder; yields a line for each thing made.

    ``libraries`` is a CSV with the columns ``code`` and ``name`` (or ``name_zh``), and perhaps
    ``name_en``, ``city``, ``email``, ``domain``, ``aliases_zh`` (separated by ``|``).

    Raises:
        UsageProblem: the folder is an alliance already, or the CSV cannot be used.
        FolderTrouble: the folder cannot be made.
    """
    if (home / NAME).exists():
        raise UsageProblem(
            f"{home} 已經有 {NAME}，不會覆寫。", f"{home} has a {NAME} already; it stays as it is."
        )
    text = example()
    if libraries is not None:
        tables = "\n".join(_tables(libraries))
        head, _, rest = text.partition("[[libraries]]")
        tail = rest[rest.index("[[closed]]") :] if "[[closed]]" in rest else ""
        codes = re.findall(r'^code = "(\w+)"', tables, re.MULTILINE)
        head = re.sub(r'^host = "\w+"', f'host = "{codes[0]}"', head, flags=re.MULTILINE)
        text = f"{head}{tables}\n{tail}"
    parse(text, source=str(libraries or NAME))
    for folder in (home, *(home / name for name in FOLDERS)):
        made(folder)
    keep(home / NAME, text.encode())
    yield f"{home / NAME}：請填入貴聯盟的資料 / fill in your alliance"
    blank = made(home / "reports" / "templates")
    for name, data in blanks(FORMS).items():
        keep(blank / name, data)
        yield str(blank / name)
    yield f"接著 next: ill-workflows --home {home} check"


def example() -> str:
    """The commented example of a configuration that the package carries."""
    package = Path(__file__).parents[1] / "_templates" / NAME
    checkout = Path(__file__).parents[2] / NAME
    return (package if package.is_file() else checkout).read_text(encoding="utf-8")


def _tables(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as bad:
        raise UsageProblem(
            f"無法讀取 {path}（請存成 UTF-8 的 CSV）。", f"{path} cannot be read: {bad}"
        ) from bad
    if not rows or "code" not in rows[0] or not ({"name", "name_zh"} & rows[0].keys()):
        raise UsageProblem(
            f"{path} 需要 code 與 name 兩欄。", f"{path} needs the columns code and name."
        )
    for row in rows:
        if (row.get("status") or "current") != "current":
            continue
        code = (row["code"] or "").strip().upper()
        if not _CODE.match(code):
            raise UsageProblem(
                f"{path}：代碼「{code}」不能用。", f"{path}: the code {code} cannot be used."
            )
        name = row.get("name") or row.get("name_zh") or ""
        email = row.get("email") or f"ill@{code.lower()}.example"
        aliases = [
            alias.strip()
            for alias in (row.get("aliases_zh") or row.get("aliases") or "").split("|")
        ]
        quoted = ", ".join(_quoted(alias) for alias in aliases if alias and alias != name)
        yield "[[libraries]]"
        yield f"code = {_quoted(code)}"
        yield f"name = {_quoted(name)}"
        yield f"name_en = {_quoted(row.get('name_en') or '')}"
        yield f"email = {_quoted(email)}"
        if row.get("city"):
            yield f"city = {_quoted(row['city'])}"
        if quoted:
            yield f"aliases = [{quoted}]"
        yield ""


def _quoted(text: str) -> str:
    cleaned = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(char for char in cleaned if ord(char) >= 32)}"'
