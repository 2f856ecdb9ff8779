"""The commands that make and check an alliance: demo, init, check, templates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door, month_typed
from ill_workflows.errors import UsageProblem


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="資料夾 / the folder")] = Path("demo-alliance"),
    libraries: Annotated[int, typer.Option(min=2, max=400, help="館數 / libraries")] = 40,
    months: Annotated[int, typer.Option(min=1, max=24, help="月數 / months")] = 12,
    seed: Annotated[int, typer.Option(help="亂數種子 / seed")] = 1,
) -> None:
    """示範：一整個虛構聯盟走完幾個月。 / A whole invented alliance, its months run end to end."""
    from ill_workflows.demo.story import run

    del context
    with show.progress("示範 demo", None) as advance:
        for line in run(folder, libraries=libraries, months=months, seed=seed, advance=advance):
            show.data(line)


def init(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="資料夾 / the folder")] = None,
    libraries: Annotated[
        Path | None, typer.Option(help="會員館 CSV / a CSV of the members")
    ] = None,
) -> None:
    """建立一個新的聯盟資料夾。 / A new alliance folder with config.toml and blank templates."""
    from ill_workflows.jobs.found import found

    door: Door = context.obj
    home = folder or door.home
    for line in found(home, libraries):
        show.data(line)


def check(context: typer.Context) -> None:
    """檢查設定、資料庫、範本、郵件。 / Each part of the installation: ok or what to do."""
    from ill_workflows.jobs.health import examine
    from ill_workflows.schedule.plan import look as schedule

    door: Door = context.obj
    app = door.open()
    results = [*examine(app, door.clock(app)), schedule(app, door.clock(app))]
    for item in results:
        mark = "ok  " if item.ok else "✗   "
        show.data(f"{mark}{item.what}：{item.said}")
    if not all(item.ok for item in results):
        raise typer.Exit(1)


def templates(
    context: typer.Context,
    library: Annotated[str | None, typer.Option(help="館代碼 / a library's code")] = None,
    month: Annotated[str | None, typer.Option(help="年月，例如 2026-10 / a month")] = None,
    form: Annotated[
        str | None, typer.Option(help="usage、cards、departures、cases 或 clearance / which form")
    ] = None,
    blank: Annotated[bool, typer.Option("--blank", help="空白表單 / blank forms")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="空白表單與程式一致嗎 / are the blank forms true?")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="輸出資料夾 / where to")] = None,
) -> None:
    """產生標準表單：空白，或帶入庫存與未還。 / Blank or pre-filled standard workbooks."""
    from ill_workflows.forms import FORMS
    from ill_workflows.forms.month import month_of
    from ill_workflows.jobs.files import keep, made
    from ill_workflows.jobs.templates import blanks, prefilled

    door: Door = context.obj
    forms = [f for f in FORMS if form in (None, f.name)]
    if not forms:
        names = "、".join(f.name for f in FORMS)
        raise UsageProblem(
            f"沒有「{form}」這種表單；有 {names}。", f"There is no form {form}; there are {names}."
        )
    if blank or check:
        books = blanks(forms)
        folder = out or Path("templates/xlsx")
        if check:
            wrong = [name for name, data in books.items() if not _same(folder / name, data)]
            for name in wrong:
                show.trouble(
                    f"{folder / name} 與程式不一致，請執行 templates --blank。 / is out of date"
                )
            raise typer.Exit(1 if wrong else 0)
    else:
        app = door.open()
        wanted = month_typed(month) if month else month_of(door.clock(app).today)
        forms = forms if form else [f for f in forms if not f.asks]
        code = app.config.members.keys() if library is None else [_code(list(app.members), library)]
        books = prefilled(app, [app.members[c] for c in code], wanted, forms)
        folder = out or app.folder("reports") / "templates"
    made(folder)
    for name, data in books.items():
        keep(folder / name, data)
        show.data(str(folder / name))


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _code(codes: list[str], library: str) -> str:
    from difflib import get_close_matches

    if library.upper() in codes:
        return library.upper()
    near = get_close_matches(library.upper(), codes, n=1)
    hint = f"；是否為 {near[0]}？ / did you mean {near[0]}?" if near else ""
    raise UsageProblem(f"沒有代碼為「{library}」的圖書館", f"There is no library {library}{hint}")


alliance_commands = (demo, init, check, templates)
