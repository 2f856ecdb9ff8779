"""``commands.md``: every command, its arguments and options, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer

from docs.generate.markdown import both, code, halves, lines, page, table
from ill_workflows import errors
from ill_workflows.cli.intake import TROUBLED
from ill_workflows.cli.main import app

_ENDINGS: Final = {
    0: ("完成", "done"),
    1: ("失敗", "failed"),
    2: ("用法或設定有誤", "usage or configuration"),
    TROUBLED: (
        "完成，但有活頁簿被退回、拒收或保留",
        "done, and some workbook was returned, refused or held",
    ),
    75: ("請稍後再試", "try again later"),
}
_SURROUNDINGS: Final = (
    ("ILL_HOME", "聯盟資料夾，同 `--home`", "the alliance's folder, as `--home`"),
    (
        "ILL_<KEY>",
        "優先於 config.toml，`__` 分層：`ILL_MAIL__TRANSPORT=smtp`",
        "overrides config.toml, `__` nests: `ILL_MAIL__TRANSPORT=smtp`",
    ),
    ("ILL_DEBUG", "程式出錯時顯示完整的追蹤訊息", "shows the whole traceback of a fault of ours"),
    ("NO_COLOR", "不用顏色", "no colours"),
)


def commands() -> str:
    """The page."""
    program = typer.main.get_command(app)
    assert isinstance(program, typer.core.TyperGroup)  # noqa: S101 - narrows the type
    zh, en = halves(str(program.help))
    parts = [
        "# Commands 指令",
        both(zh, en),
        "```text\nill-workflows [--home DIR] [--today YYYY-MM-DD] COMMAND …\n```",
        both(
            "資料寫到標準輸出；說明、進度與錯誤寫到標準錯誤。沒有終端機時不會發問。",
            "Data go to standard output; words, progress and errors to standard error. Without a "
            "terminal nothing is asked.",
        ),
        _parameters(program),
    ]
    for name, command in program.commands.items():
        zh, en = halves(str(command.help))
        usage = " ".join([name, *_usage(command)])
        parts += [f"## {name}", both(zh, en), f"```text\nill-workflows {usage}\n```"]
        parts.append(_parameters(command))
    parts += ["## Exit codes 結束碼", _exit_codes(), "## Environment 環境變數"]
    known = ((code(name), zh, en) for name, zh, en in _SURROUNDINGS)
    parts.append(table(("變數 variable", "說明", "meaning"), known))
    return page(*parts)


def _shown(command: Any) -> list[Any]:
    return [p for p in command.params if p.name != "help" and not getattr(p, "hidden", False)]


def _usage(command: Any) -> Iterator[str]:
    for one in _shown(command):
        if one.param_type_name == "argument":
            word = one.name.upper() + ("…" if one.nargs == -1 else "")
        else:
            word = one.opts[0] if one.is_flag else f"{one.opts[0]} {_value(one)}"
        yield word if one.required else f"[{word}]"


def _value(one: Any) -> str:
    if one.metavar:
        return str(one.metavar)
    kind = getattr(one.type_descriptor.annotation, "__name__", "text")
    return {"Path": "PATH", "int": "N"}.get(kind, "TEXT")


def _parameters(command: Any) -> str:
    rows = []
    for one in _shown(command):
        zh, en = halves(str(one.help))
        name = one.name.upper() if one.param_type_name == "argument" else one.opts[0]
        takes = name
        if one.param_type_name == "option" and not one.is_flag:
            takes = f"{name} {_value(one)}"
        rows.append((code(takes), _default(one), zh, en))
    headings = ("選項 option", "預設 default", "說明", "meaning")
    return table(headings, rows) if rows else ""


def _default(one: Any) -> str:
    if one.required:
        return "必填 required"
    default = one.show_default if isinstance(one.show_default, str) else one.default
    limits = f"{one.min}–{one.max}" if getattr(one, "min", None) is not None else ""
    shown = "" if default in (None, False) else code(default)
    return f"{shown} ({limits})".strip() if limits else shown


def _exit_codes() -> str:
    raised: dict[int, list[str]] = {number: [] for number in _ENDINGS}
    for kind in _kinds(errors.IllError):
        raised[kind.exit_code].append(code(kind.__name__))
    return table(
        ("碼 code", "意義", "meaning", "raised as"),
        (
            (number, zh, en, lines(*raised[number]) if number > 1 else "")
            for number, (zh, en) in _ENDINGS.items()
        ),
    )


def _kinds(root: type[errors.IllError]) -> Iterator[type[errors.IllError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)
