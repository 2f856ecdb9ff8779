"""``configuration.md``: every key of config.toml, its type, its default, what it means."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from docs.generate.markdown import both, code, lines, page, table
from docs.generate.meanings import MEANINGS, SECTIONS
from ill_workflows.config import Config
from ill_workflows.config.base import Cron, Hours, Mail, Part, Sender, Weekdays
from ill_workflows.config.parts import LendingPart

_NAMED: Final = (
    (Mail, "電子郵件 e-mail"), (Sender, "館名 <電子郵件> name <e-mail>"), (Cron, "crontab"),
    (Weekdays, "`mon-fri`, `mon,wed,fri`"), (Hours, "`08:00-19:00`"),
)  # fmt: skip
_PLAIN: Final = {
    str: "文字 text", int: "整數 whole", bool: "`true` `false`", date: "日期 day",
    SecretStr: "文字 text",
}  # fmt: skip


def configuration() -> str:
    """The page.

    Raises:
        KeyError: a key or a section has no meaning in :mod:`docs.generate.meanings`.
    """
    parts = [
        "# Configuration: `config.toml` 設定",
        both(
            "未知的鍵是錯誤，程式會指出最接近的名稱；一次指出所有錯誤。"
            "環境變數 `ILL_*` 優先於本檔（`ILL_MAIL__TRANSPORT=smtp`）。密碼不寫在這裡。",
            "An unknown key is an error that names the nearest known one; every mistake is named "
            "at once. `ILL_*` in the environment overrides the file "
            "(`ILL_MAIL__TRANSPORT=smtp`). Secrets never stand in it.",
        ),
        both(
            "附註解的例子：[`config.toml`](../../config.toml)。",
            "An example with comments: [`config.toml`](../../config.toml).",
        ),
    ]
    for name, model in sections():
        parts += [f"## {_heading(name)}", both(*SECTIONS[name]), _keys(name, model)]
    return page(*parts)


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """The tables of config.toml in the order of the model: dotted name, model."""
    for name, field in Config.model_fields.items():
        yield from _tables(name, field.annotation)


def keys() -> Iterator[str]:
    """The dotted name of every key that needs a meaning."""
    for name, model in sections():
        yield from (_key(name, model, field.alias or key) for key, field in _own(model))


def _tables(name: str, annotation: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    model = _model(annotation)
    if model is None:
        return
    nested = [(key, _model(f.annotation)) for key, f in model.model_fields.items()]
    if name == "notices":  # every policy takes the same keys
        policies = [part for _, part in nested if part is not None]
        yield f"{name}.<policy>", policies[0]
        return
    yield name, model
    for key, part in nested:
        if part is not None and part.model_fields.keys() - {"first", "last", "name", "after"}:
            yield from _tables(f"{name}.{key}", model.model_fields[key].annotation)


def _model(annotation: Any) -> type[Part] | None:
    inner = (annotation, *get_args(annotation))
    return next((a for a in inner if isinstance(a, type) and issubclass(a, Part)), None)


def _own(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """The keys of a table that are no tables themselves."""
    for name, field in model.model_fields.items():
        part = _model(field.annotation)
        inner = part.model_fields.keys() - {"first", "last", "name", "after"} if part else ()
        if not inner:
            yield name, field


def _key(section: str, model: type[BaseModel], key: str) -> str:
    """Where the meaning of a key is written: rules once, servers once."""
    if model is LendingPart or (section == "rules" and key in LendingPart.model_fields):
        return f"rules.{key}"
    if section in {"mail.smtp", "mail.imap"} and f"mail.smtp.{key}" in MEANINGS:
        return f"mail.smtp.{key}"
    return f"{section}.{key}"


def _heading(name: str) -> str:
    first, _, rest = name.partition(".")
    if first in {"libraries", "closed"} and not rest:
        return f"`[[{first}]]`"
    return f"`[{name}]`"


def _keys(section: str, model: type[BaseModel]) -> str:
    if section == "libraries.rules":
        names = "、".join(code(field.alias or name) for name, field in _own(model))
        return f"鍵與意義同 `[rules]`。 / Keys and meanings are those of `[rules]`: {names}."
    hints = get_type_hints(model, include_extras=True)
    rows = []
    for name, field in _own(model):
        key = field.alias or name
        zh, en = MEANINGS[_key(section, model, key)]
        kind = " ".join((_type(hints[name]), *_limits(field.metadata)))
        rows.append((code(key), kind, _default(field.get_default()), lines(zh, en)))
    return table(("鍵 key", "型別 type", "預設 default", "意義 meaning"), rows)


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "必填 required"
    if value is None or value in ("", ()):
        return "–"
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(f'"{value}"' if isinstance(value, str) else value)


def _type(annotation: Any) -> str:
    named = next((words for known, words in _NAMED if annotation == known), None)
    if named is not None:
        return named
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " ".join(code(f'"{choice}"') for choice in inner)
    if origin is tuple:
        return f"清單 list: {_type(inner[0])}"
    if origin in {Union, types.UnionType}:
        return _type(next(kind for kind in inner if kind is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, Part):
        names = (field.alias or name for name, field in annotation.model_fields.items())
        return code(f"{{ {', '.join(names)} }}")
    return _PLAIN[annotation]


def _limits(metadata: list[Any]) -> Iterator[str]:
    yield from (f"≥ {part.ge}" for part in metadata if hasattr(part, "ge"))
    yield from (f"≤ {part.le}" for part in metadata if hasattr(part, "le"))
