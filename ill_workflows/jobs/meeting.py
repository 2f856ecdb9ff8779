"""The meeting's report (Article 3.2.6) as HTML: two sheets of A4, nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.evaluation.meeting.report import report
from ill_workflows.evaluation.meeting.sample import invented
from ill_workflows.evaluation.meeting.svg import signed, written
from ill_workflows.evaluation.meeting.words import Meeting
from ill_workflows.jobs import logo
from ill_workflows.mail.compose import LANGUAGES, day_filter, month_filter, package_templates
from ill_workflows.mail.samples import TODAY, members

_BROKEN: Final = (
    TemplateError, TypeError, AttributeError, LookupError, ValueError, ArithmeticError, OSError,
)  # fmt: skip


def page(app: App, told: Meeting, language: str, today: date) -> bytes:
    """The report, with the alliance's logo.

    Raises:
        LetterBroken: its template is missing, runs code or asks for a fact that is not known.
    """
    return render(app, report(told, language, today), language)


def render(app: App, facts: Mapping[str, Any], language: str) -> bytes:
    """The report from its facts.

    Raises:
        LetterBroken: see :func:`page`.
    """
    name = f"{language}/meeting.j2"
    try:
        template, shown = _environment(app).get_template(name), logo.logo(app)
        return template.render(
            {**facts, "language": language, "logo": shown.address if shown else ""}
        ).encode()
    except _BROKEN as bad:
        raise LetterBroken(f"report/{name}", f"{type(bad).__name__}: {bad}") from bad


def rehearse(app: App) -> list[str]:
    """Write the report once in both languages; answers what fails, and why."""
    troubles = []
    for language in LANGUAGES:
        told = invented(tuple(members(language).values()))
        try:
            page(app, told, language, TODAY)
        except LetterBroken as bad:
            troubles.append(str(bad))
    return [*troubles, *logo.troubles(app)]


def _environment(app: App) -> ImmutableSandboxedEnvironment:
    """The host's own template comes first; none may run code."""
    folders = [app.home / "templates" / "report", package_templates() / "report"]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(f) for f in folders if f.is_dir()], encoding="utf-8-sig"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day_filter
    environment.filters["month"] = month_filter
    environment.filters["number"] = _number
    environment.filters["signed"] = _signed
    return environment


def _number(value: float | None) -> str:
    return "—" if value is None else written(value)


def _signed(value: float | None) -> str:
    return "—" if value is None else signed(value)
