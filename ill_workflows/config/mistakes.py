"""What can be wrong in config.toml, in words: the key, what is wrong, what is near."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Raw = dict[str, Any]


def cross_checks(raw: Raw) -> Iterator[str]:
    """What a single key cannot know; read from the raw file, so that all mistakes show at once."""
    alliance = _table(raw, "alliance")
    codes = [lib["code"] for lib in _tables(raw, "libraries") if isinstance(lib.get("code"), str)]
    yield from _libraries(raw, alliance, codes)
    yield from _spans(raw, alliance)
    yield from _closures(raw, codes)
    zone = alliance.get("timezone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield f"alliance.timezone：沒有「{zone}」這個時區 / there is no such time zone"
    yield from _secrets(_table(raw, "mail"))


def _libraries(raw: Raw, alliance: Raw, codes: list[str]) -> Iterator[str]:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"libraries：代碼 {code} 出現兩次 / the code {code} stands twice"
    host = alliance.get("host")
    if isinstance(host, str) and codes and host not in codes:
        near = _near(host, codes)
        yield f"alliance.host：沒有代碼為 {host} 的圖書館{near} / no library has the code {host}"
    for place, lib in enumerate(_tables(raw, "libraries")):
        name = lib.get("code", place)
        if "email" not in lib and "emails" not in lib:
            yield f"libraries.{name}.email：沒有電子郵件 / an e-mail address is needed"
        if isinstance(lib.get("joined"), date) and isinstance(lib.get("left"), date):
            if lib["left"] < lib["joined"]:
                yield f"libraries.{name}.left：早於 joined / is before joined"


def _spans(raw: Raw, alliance: Raw) -> Iterator[str]:
    spans = [(f"closed.{n}", part) for n, part in enumerate(_tables(raw, "closed"))]
    spans.append(("alliance.term", _table(alliance, "term")))
    for name, part in spans:
        if isinstance(part.get("from"), date) and isinstance(part.get("to"), date):
            if part["to"] < part["from"]:
                yield f"{name}.to：早於 from / is before from"


def _closures(raw: Raw, codes: list[str]) -> Iterator[str]:
    for n, part in enumerate(_tables(raw, "closed")):
        for code in part.get("libraries", []):
            if codes and code not in codes:
                near = _near(code, codes)
                yield (
                    f"closed.{n}.libraries：沒有代碼為 {code} 的圖書館{near}"
                    " / no library has this code"
                )


def _secrets(mail: Raw) -> Iterator[str]:
    for name in ("smtp", "imap"):
        if "password" in _table(mail, name):
            variable = f"ILL_MAIL__{name.upper()}__PASSWORD"
            yield (
                f"mail.{name}.password：密碼不可寫在設定檔，請用 password_file 或環境變數 "
                f"{variable} / secrets never stand in this file"
            )


def _table(raw: Raw, name: str) -> Raw:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _tables(raw: Raw, name: str) -> list[Raw]:
    value = raw.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _near(word: str, known: list[str]) -> str:
    close = get_close_matches(str(word), known, n=1, cutoff=0.5)
    return f"，是否為 {close[0]}？ (did you mean {close[0]}?)" if close else ""


_DAY: Final = "應為日期，例如 2025-08-01 / should be a day such as 2025-08-01"
_WHOLE: Final = "應為整數 / should be a whole number"
_SENTENCES: Final = {
    "missing": "缺少這一項 / is missing",
    "string_type": "應為文字 / should be text",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_parsing": "應為 true 或 false / should be true or false",
    "bool_type": "應為 true 或 false / should be true or false",
    "date_type": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_parsing": _DAY,
    "tuple_type": "應為清單 [ … ] / should be a list [ … ]",
    "model_type": "應為一個區段 / should be a table",
    "string_too_short": "不可空白 / must not be empty",
    "too_short": "至少要有一項 / needs at least one",
}


def named(error: dict[str, Any], raw: Raw) -> str:
    """Whose table a mistake stands in, where it is one of many: （HDU）."""
    place = error["loc"]
    if len(place) < 2 or place[0] != "libraries" or not isinstance(place[1], int):
        return ""
    code = _tables(raw, "libraries")[place[1]].get("code")
    return f"（{code}）" if isinstance(code, str) else ""


def sentence(error: dict[str, Any], model: Any) -> str:
    """One mistake that the reading of ``model`` found, as a sentence."""
    place = [str(part) for part in error["loc"]]
    key = ".".join(place)
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(place[:-1], model)
        near = _near(place[-1], known) or f"；可用的有 / known: {', '.join(known)}"
        return f"{key}：沒有這個設定 / unknown key{near}"
    if kind == "literal_error":
        return f"{key}：「{error['input']}」應為其中之一 / should be one of: {facts['expected']}"
    if kind == "value_error" and (expected := _written_as(error["msg"])):
        return f"{key}：「{_short(error['input'])}」{expected}"
    if kind == "string_pattern_mismatch":
        expected = _pattern(key)
        return f"{key}：「{error['input']}」格式不對 / is not written as expected ({expected})"
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = facts.get("ge", facts.get("le"))
        sign = "≥" if "ge" in facts else "≤"
        return f"{key}：{error['input']} 應 {sign} {limit} / should be {sign} {limit}"
    return f"{key}：{_SENTENCES.get(kind, error['msg'])}（{_short(error.get('input'))}）"


def _written_as(said: str) -> str:
    """What a type of our own expected."""
    if "weekdays" in said:
        return "應為 mon-fri 或 mon,wed,fri 這樣的寫法 / is no list of weekdays"
    if "hours" in said:
        return "不是時段，請寫成 08:00-19:00 / is no span of hours; write 08:00-19:00"
    return ""


def _pattern(key: str) -> str:
    if key.endswith("code"):
        return "大寫英文字母與數字 / capital letters and digits"
    if key.startswith("schedule"):
        return "crontab：分 時 日 月 週 / minute hour day month weekday"
    return "電子郵件 / an e-mail address"


def _short(value: Any) -> str:
    text = "" if isinstance(value, dict) else str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _known_keys(place: list[str], model: Any) -> list[str]:
    for part in place:
        if part.isdigit():
            continue
        if part not in getattr(model, "model_fields", {}):
            return []
        annotation = model.model_fields[part].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        model = next((c for c in candidates if hasattr(c, "model_fields")), None)
    fields = getattr(model, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]
