"""The commands for the meeting: evaluate, figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door, month_typed
from ill_workflows.errors import UsageProblem

if TYPE_CHECKING:
    from ill_workflows.app import App

From = Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="起 / first month")]
To = Annotated[str, typer.Option("--to", metavar="YYYY-MM", help="訖 / last month")]


Span = Annotated[
    str,
    typer.Option(
        metavar="114|114-1|term", help="學年度、學期或任期 / academic year, semester, term"
    ),
]


def _span(app: App, first: str, last: str, span: str = "") -> list[str]:
    """The months that somebody asked for.

    Raises:
        UsageProblem: no months, a span that is none, or months in the wrong order.
    """
    from ill_workflows.forms.month import months_between

    if span:
        return _called(app, span)
    if not first or not last:
        raise UsageProblem(
            "請以 --from 與 --to 說明起訖月份，或以 --span 說明學年度 114、學期 114-1、任期 term。",
            "Say the months with --from and --to, or --span 114, 114-1 or term.",
        )
    start, end = month_typed(first), month_typed(last)
    if start > end:
        raise UsageProblem("起月在訖月之後。", "The first month is after the last.")
    return months_between(start, end)


def _called(app: App, span: str) -> list[str]:
    from ill_workflows.evaluation.period import months_of_year
    from ill_workflows.forms.month import month_of, months_between

    term = app.config.alliance.term
    if span == "term" and term is not None:
        return months_between(month_of(term.first), month_of(term.last))
    months = months_of_year(span)
    if months is None:
        raise UsageProblem(
            f"「{span}」不是學年度 114、學期 114-1，或設定了 [alliance] term 的任期 term。",
            f"{span} is no academic year (114), semester (114-1) or term ([alliance] term).",
        )
    return months


def evaluate(
    context: typer.Context,
    first: From = "",
    last: To = "",
    span: Span = "",
    out: Annotated[
        Path | None,
        typer.Option(help="輸出檔；會議報告在旁邊 / the workbook; its report beside it"),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="每張表另存 CSV / every table as CSV, in a folder"),
    ] = None,
    language: Annotated[
        str, typer.Option(metavar="zh-TW|en", help="中文版或英文版 / edition")
    ] = "",
    send: Annotated[
        bool, typer.Option("--send", help="寄給承辦館與委員會 / to the host and the committee")
    ] = False,
) -> None:  # fmt: skip
    """評估活頁簿與兩頁的會議報告。 / The evaluation workbook, and a report of two pages."""
    from ill_workflows.jobs import edition
    from ill_workflows.jobs.evaluate import export

    door: Door = context.obj
    app = door.open()
    months, clock = _span(app, first, last, span), door.clock(app)
    with show.progress("彙整 evaluate", None):
        made = edition.edition(app, months, clock.today, language=_language(language))
    show.data(str(edition.kept(app, made, out)))
    for path in export(made.figures, data) if data is not None else ():
        show.data(str(path))
    for line in edition.send_now(app, made, clock) if send else ():
        show.words(line)


def _language(typed: str) -> str:
    if typed not in {"", "zh-TW", "en"}:
        raise UsageProblem(
            f"沒有「{typed}」版本，請用 zh-TW 或 en。", f"No edition {typed}; say zh-TW or en."
        )
    return typed


def figures(
    context: typer.Context,
    first: From = "",
    last: To = "",
    span: Span = "",
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
    trace: Annotated[
        str | None, typer.Option(help="一個指標的來源列 / the rows behind a measure")
    ] = None,
    library: Annotated[
        str, typer.Option(metavar="CODE", help="只看這一館 / this library alone")
    ] = "",
    month: Annotated[
        str, typer.Option(metavar="YYYY-MM", help="只看這個月 / this month alone")
    ] = "",
) -> None:
    """同樣的數字，給程式讀，可追來源。 / The same figures for machines; where each is from."""
    from ill_workflows.jobs import evaluate as job

    door: Door = context.obj
    app = door.open()
    months = _span(app, month or first, month or last, "" if month else span)
    if trace is not None:
        _rows(job.trace(app, months, trace, library), as_json=json)
        return
    document = job.document(app, months, door.clock(app).today)
    if library:
        job.member(app, library)
        document = _of_library(document, library)
    if json:
        show.as_json(document)
        return
    show.table(
        ("指標", "合計", *document["libraries"]),
        (
            (
                name,
                _shown(measure["total"]),
                *(_shown(measure["by_library"][code]) for code in document["libraries"]),
            )
            for name, measure in document["measures"].items()
        ),
    )


def _rows(frame: Any, *, as_json: bool) -> None:
    if as_json:
        show.as_json(frame.astype(object).where(frame.notna(), None).to_dict("records"))
    else:
        show.table([str(name) for name in frame.columns], frame.astype(str).to_numpy().tolist())


def _of_library(document: dict[str, Any], library: str) -> dict[str, Any]:
    """The same document, its libraries narrowed to one; totals and months stay the alliance's."""
    measures = {
        name: {**measure, "by_library": {library: measure["by_library"].get(library)}}
        for name, measure in document["measures"].items()
    }
    reporting = {library: document["reporting"].get(library, {})}
    return {**document, "libraries": [library], "measures": measures, "reporting": reporting}


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


figure_commands = (evaluate, figures)
