"""The tables of config.toml, as frozen values."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from ill_workflows.config.base import Cron, Mail, Part, Span, Weekdays
from ill_workflows.config.mailing import MailPart
from ill_workflows.rules.calendar import Calendar, Closure, parse_weekdays
from ill_workflows.rules.policy import LendingRules, Member


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


class IntakePart(Part):
    """``[intake]``: what one received file may cost."""

    file_mb: int = Field(default=25, ge=1, le=100)
    inflated_mb: int = Field(default=300, ge=1, le=2000)
    parts: int = Field(default=3_000, ge=20, le=100_000)
    cells: int = Field(default=10_000_000, ge=1_000, le=100_000_000)
    memory_mb: int = Field(default=1024, ge=256, le=64_000)
    cpu_seconds: int = Field(default=20, ge=1, le=3600)
    wall_seconds: int = Field(default=30, ge=1, le=3600)


class StepPart(Part):
    """One step of a notice policy."""

    name: str = Field(default="", max_length=20)
    after: int = Field(ge=-366, le=3660)


class PolicyPart(Part):
    """``[notices.<policy>]``."""

    steps: tuple[StepPart, ...] = ()
    every: int | None = Field(default=None, ge=1, le=366)
    hours: Literal["any", "first", "office"] | None = None
    enabled: bool = True


class NoticesPart(Part):
    """``[notices]``: what is written when; a policy that is not named keeps its defaults."""

    due_soon: PolicyPart | None = None
    overdue: PolicyPart | None = None
    overdue_library: PolicyPart | None = None
    overdue_lender: PolicyPart | None = None
    still_out: PolicyPart | None = None
    discrepancy: PolicyPart | None = None
    clearance: PolicyPart | None = None
    cleared: PolicyPart | None = None
    held: PolicyPart | None = None
    recall: PolicyPart | None = None
    recall_lender: PolicyPart | None = None
    suspension: PolicyPart | None = None
    card_void: PolicyPart | None = None
    claim: PolicyPart | None = None
    sheet: PolicyPart | None = None
    evaluation: PolicyPart | None = None
    term: PolicyPart | None = None
    receipt: PolicyPart | None = None
    returned: PolicyPart | None = None


class SchedulePart(Part):
    """``[schedule]``: crontab expressions in the alliance's time zone."""

    collect: Cron = "*/10 * * * *"
    remind: Cron = "30 8 * * mon-fri"
    deliver: Cron = "*/5 8-18 * * *"
    evaluate: Cron = "0 9 20 * *"
    meeting: Cron = "30 9 * * mon-fri"


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
    intake: IntakePart = IntakePart()
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
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is looked at."""
        del settings_cls, dotenv_settings, file_secret_settings
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
