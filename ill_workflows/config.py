"""config.toml: who is who, the rules, the notice policies, mail, schedule.

Every mistake is named at once, each with its key; an unknown key names the nearest known one.
``ILL_*`` in the environment overrides the file (``ILL_MAIL__TRANSPORT=smtp``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from ill_workflows.errors import ConfigurationError, FolderTrouble, HomeMissing
from ill_workflows.rules.calendar import Calendar, Closure, parse_weekdays
from ill_workflows.rules.policy import LendingRules, Member

NAME = "config.toml"
Mail = Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$")]
Cron = Annotated[str, Field(pattern=r"^\s*\S+\s+\S+\s+\S+\s+\S+\s+\S+\s*$")]


def _weekdays(text: Any) -> Any:
    if isinstance(text, str):
        try:
            parse_weekdays(text)
        except ValueError:
            raise ValueError("weekdays") from None
    return text


Weekdays = Annotated[str, BeforeValidator(_weekdays)]


class Part(BaseModel):
    """A table of config.toml: no unknown keys, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Span(Part):
    """Two days, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class AlliancePart(Part):
    """``[alliance]``."""

    name: str = Field(min_length=1)
    host: str
    committee: tuple[Mail, ...] = ()
    timezone: str = "Asia/Taipei"
    language: Literal["zh-TW", "en"] = "zh-TW"
    term: Span | None = None
    meetings: tuple[date, ...] = ()


class LendingPart(Part):
    """``[rules]`` and ``[libraries.rules]``: what a lender allows and charges."""

    items: int | None = Field(default=None, ge=1, le=500)
    days: int | None = Field(default=None, ge=1, le=366)
    open_weekdays: Weekdays | None = None
    fine_per_day: int = Field(default=0, ge=0)
    fine_cap: int | None = Field(default=None, ge=0)
    fine_cap_unit: Literal["ntd", "days"] = "ntd"
    grace_days: int = Field(default=0, ge=0, le=60)
    grace_mode: Literal["forgive", "back_charge"] = "forgive"
    fine_counts_closed_days: bool = True
    excluded_kinds: tuple[str, ...] = ()


class RulesPart(LendingPart):
    """``[rules]``: the alliance's defaults (Article 7)."""

    cards_per_library: int = Field(default=50, ge=1, le=5000)
    items: int = Field(default=5, ge=1, le=500)
    days: int = Field(default=14, ge=1, le=366)
    stale_after_days: int = Field(default=10, ge=1, le=366)
    sheet_due_day: int = Field(default=5, ge=1, le=28)
    open_weekdays: Weekdays = "mon-fri"


class Addresses(Part):
    """``emails``: who is written to."""

    contact: tuple[Mail, ...] = Field(min_length=1)
    head: tuple[Mail, ...] = ()


class LibraryPart(Part):
    """``[[libraries]]``: one member."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,15}$")
    name: str = Field(min_length=1)
    name_en: str = ""
    email: Mail | None = None
    emails: Addresses | None = None
    aliases: tuple[str, ...] = ()
    city: str = ""
    joined: date | None = None
    left: date | None = None
    cards: int | None = Field(default=None, ge=0, le=5000)
    language: Literal["zh-TW", "en"] | None = None
    workbook_password_file: str = ""
    rules: LendingPart = LendingPart()


class ClosedPart(Span):
    """``[[closed]]``: typhoon days and the like."""

    libraries: tuple[str, ...] = ()
    city: str = ""
    reason: str = ""


class SmtpPart(Part):
    """``mail.smtp``."""

    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    auth: Literal["password", "xoauth2"] = "password"
    user: str = ""
    password_file: str = ""
    password: SecretStr | None = None


class ImapPart(SmtpPart):
    """``mail.imap``."""

    port: int = Field(default=993, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "implicit"
    folder: str = "INBOX"


class MailPart(Part):
    """``[mail]``."""

    transport: Literal["folder", "smtp"] = "folder"
    sender: str = Field(default="館際合作 <ill@host.example>", pattern=r"^[^\r\n]*@[^\r\n]*$")
    enabled_for: str = ""
    smtp: SmtpPart = SmtpPart()
    imap: ImapPart | None = None
    authserv_id: str = ""


class StepPart(Part):
    """One step of a notice policy."""

    name: str = ""
    after: int = Field(ge=-366, le=3660)


class PolicyPart(Part):
    """``[notices.<policy>]``."""

    steps: tuple[StepPart, ...] = ()
    every: int | None = Field(default=None, ge=1, le=366)
    hours: Literal["any", "office"] | None = None
    enabled: bool = True


class NoticesPart(Part):
    """``[notices]``: what is written when; a policy that is not named keeps its defaults."""

    due_soon: PolicyPart | None = None
    overdue: PolicyPart | None = None
    overdue_library: PolicyPart | None = None
    overdue_lender: PolicyPart | None = None
    still_out: PolicyPart | None = None
    discrepancy: PolicyPart | None = None
    receipt: PolicyPart | None = None
    returned: PolicyPart | None = None


class SchedulePart(Part):
    """``[schedule]``: crontab expressions in the alliance's time zone."""

    collect: Cron = "*/10 * * * *"
    remind: Cron = "30 8 * * mon-fri"
    deliver: Cron = "*/5 8-18 * * *"
    evaluate: Cron = "0 9 20 * *"


class DatabasePart(Part):
    """``[database]``."""

    url: str = ""


class Config(BaseSettings):
    """The whole configuration, frozen."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix="ILL_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    alliance: AlliancePart
    rules: RulesPart = RulesPart()
    libraries: tuple[LibraryPart, ...] = Field(min_length=1)
    closed: tuple[ClosedPart, ...] = ()
    mail: MailPart = MailPart()
    notices: NoticesPart = NoticesPart()
    schedule: SchedulePart = SchedulePart()
    database: DatabasePart = DatabasePart()

    @field_validator("libraries", "closed", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, dict):
            raise ValueError("list of tables")  # noqa: TRY004 - pydantic turns ValueError into a finding
        return value

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, **_: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """The environment wins over the file."""
        del settings_cls
        assert isinstance(env_settings, EnvSettingsSource)  # noqa: S101 - narrows the type
        return env_settings, init_settings

    @cached_property
    def members(self) -> dict[str, Member]:
        """Code → member, with its calendar and rules resolved, in the file's order."""
        closures = tuple(
            Closure(part.first, part.last, part.reason, part.libraries, part.city)
            for part in self.closed
        )
        return {part.code: self._member(part, closures) for part in self.libraries}

    def _member(self, part: LibraryPart, closures: tuple[Closure, ...]) -> Member:
        own, default = part.rules, self.rules
        given = own.model_fields_set
        picked = {
            name: getattr(own if name in given else default, name)
            for name in LendingRules.__dataclass_fields__
        }
        emails = part.emails or Addresses(contact=(part.email,) if part.email else ("",))
        return Member(
            code=part.code,
            name=part.name,
            calendar=Calendar(
                parse_weekdays(own.open_weekdays or default.open_weekdays),
                tuple(c for c in closures if c.concerns(part.code, part.city)),
            ),
            rules=LendingRules(**picked),
            name_en=part.name_en,
            city=part.city,
            contacts=emails.contact,
            heads=emails.head,
            aliases=part.aliases,
            joined=part.joined,
            left=part.left,
            cards=self.rules.cards_per_library if part.cards is None else part.cards,
            language=part.language or self.alliance.language,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The alliance's time zone."""
        return ZoneInfo(self.alliance.timezone)


def load(home: Path) -> Config:
    """Read an alliance's configuration.

    Raises:
        HomeMissing: the folder or its config.toml is not there.
        ConfigurationError: it cannot be used; every mistake is named.
    """
    path = home / NAME
    if not home.is_dir():
        raise HomeMissing(str(home), str(home))
    if not path.is_file():
        raise HomeMissing(str(home), NAME)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as bad:
        raise FolderTrouble(str(path), str(bad)) from bad
    return parse(text, source=str(path))


def parse(text: str, source: str = NAME) -> Config:
    """Read a configuration from its text; see :func:`load`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as bad:
        raise ConfigurationError(source, [f"TOML 語法錯誤 / not valid TOML: {bad}"]) from bad
    mistakes = list(_cross_checks(raw))
    config = None
    try:
        config = Config(**raw)
    except ValidationError as bad:
        mistakes = [
            _sentence(dict(error))
            for error in bad.errors()
            if not (error["type"] == "too_short" and error["input"])  # its parts are told
        ] + mistakes
    if mistakes or config is None:
        raise ConfigurationError(source, mistakes)
    return config


def _cross_checks(raw: dict[str, Any]) -> Iterator[str]:
    """What a single key cannot know; read from the raw file, so that all mistakes show at once."""
    alliance = raw.get("alliance") if isinstance(raw.get("alliance"), dict) else {}
    libraries = [lib for lib in _tables(raw, "libraries") if isinstance(lib.get("code"), str)]
    codes = [lib["code"] for lib in libraries]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"libraries：代碼 {code} 出現兩次 / the code {code} stands twice"
    host = alliance.get("host") if alliance else None
    if isinstance(host, str) and codes and host not in codes:
        near = _near(host, codes)
        yield f"alliance.host：沒有代碼為 {host} 的圖書館{near} / no library has the code {host}"
    for place, lib in enumerate(_tables(raw, "libraries")):
        if "email" not in lib and "emails" not in lib:
            name = lib.get("code", place)
            yield f"libraries.{name}.email：沒有電子郵件 / an e-mail address is needed"
        if isinstance(lib.get("joined"), date) and isinstance(lib.get("left"), date):
            if lib["left"] < lib["joined"]:
                yield f"libraries.{lib.get('code', place)}.left：早於 joined / is before joined"
    spans = [(f"closed.{n}", part) for n, part in enumerate(_tables(raw, "closed"))]
    if alliance and isinstance(alliance.get("term"), dict):
        spans.append(("alliance.term", alliance["term"]))
    for name, part in spans:
        if isinstance(part.get("from"), date) and isinstance(part.get("to"), date):
            if part["to"] < part["from"]:
                yield f"{name}.to：早於 from / is before from"
    for n, part in enumerate(_tables(raw, "closed")):
        for code in part.get("libraries", []):
            if codes and code not in codes:
                near = _near(code, codes)
                yield f"closed.{n}.libraries：沒有代碼為 {code} 的圖書館{near} / no library has this code"
    zone = alliance.get("timezone") if alliance else None
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield f"alliance.timezone：沒有「{zone}」這個時區 / there is no such time zone"
    mail = raw.get("mail") if isinstance(raw.get("mail"), dict) else {}
    for name in ("smtp", "imap"):
        if isinstance(mail, dict) and isinstance(mail.get(name), dict) and "password" in mail[name]:
            yield (
                f"mail.{name}.password：密碼不可寫在設定檔，請用 password_file 或環境變數 ILL_MAIL__{name.upper()}__PASSWORD"
                " / secrets never stand in this file"
            )


def _tables(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = raw.get(name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _near(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"，是否為 {close[0]}？ (did you mean {close[0]}?)" if close else ""


_SENTENCES = {
    "missing": "缺少這一項 / is missing",
    "string_type": "應為文字 / should be text",
    "int_type": "應為整數 / should be a whole number",
    "int_parsing": "應為整數 / should be a whole number",
    "int_from_float": "應為整數 / should be a whole number",
    "bool_parsing": "應為 true 或 false / should be true or false",
    "bool_type": "應為 true 或 false / should be true or false",
    "date_type": "應為日期，例如 2025-08-01 / should be a day such as 2025-08-01",
    "date_from_datetime_parsing": "應為日期，例如 2025-08-01 / should be a day such as 2025-08-01",
    "date_parsing": "應為日期，例如 2025-08-01 / should be a day such as 2025-08-01",
    "tuple_type": "應為清單 [ … ] / should be a list [ … ]",
    "model_type": "應為一個區段 / should be a table",
    "string_too_short": "不可空白 / must not be empty",
    "too_short": "至少要有一項 / needs at least one",
}


def _sentence(error: dict[str, Any]) -> str:
    """One mistake in words: the key, what is wrong, what is near."""
    place = [str(part) for part in error["loc"]]
    key = ".".join(place)
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(place[:-1])
        near = _near(place[-1], known) or f"；可用的有 / known: {', '.join(known)}"
        return f"{key}：沒有這個設定 / unknown key{near}"
    if kind == "literal_error":
        return f"{key}：「{error['input']}」應為其中之一 / should be one of: {facts['expected']}"
    if kind == "value_error" and "weekdays" in error["msg"]:
        return f"{key}：「{error['input']}」應為 mon-fri 或 mon,wed,fri 這樣的寫法 / is no list of weekdays"
    if kind == "string_pattern_mismatch":
        return f"{key}：「{error['input']}」格式不對 / is not written as expected ({_pattern(key)})"
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = facts.get("ge", facts.get("le"))
        sign = "≥" if "ge" in facts else "≤"
        return f"{key}：{error['input']} 應 {sign} {limit} / should be {sign} {limit}"
    return f"{key}：{_SENTENCES.get(kind, error['msg'])}（{_short(error.get('input'))}）"


def _pattern(key: str) -> str:
    if key.endswith("code"):
        return "大寫英文字母與數字 / capital letters and digits"
    if key.startswith("schedule"):
        return "crontab：分 時 日 月 週 / minute hour day month weekday"
    return "電子郵件 / an e-mail address"


def _short(value: Any) -> str:
    text = "" if isinstance(value, dict) else str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _known_keys(place: list[str]) -> list[str]:
    model: Any = Config
    for part in place:
        if part.isdigit():
            continue
        if part not in getattr(model, "model_fields", {}):
            return []
        annotation = model.model_fields[part].annotation
        arguments = getattr(annotation, "__args__", ())
        candidates = [annotation, *arguments]
        model = next((c for c in candidates if hasattr(c, "model_fields")), None)
    fields = getattr(model, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]
