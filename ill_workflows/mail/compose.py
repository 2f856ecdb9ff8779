"""From facts to bytes: one template a letter, one message a recipient, serialised once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from ill_workflows.errors import LetterBroken
from ill_workflows.forms.month import minguo, minguo_day

LANGUAGES: Final = ("zh-TW", "en")
_SEPARATOR: Final = "\x1e"
_CONTROL: Final = {
    **{code: " " for code in [*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029]},
    **{code: "�" for code in range(0xD800, 0xE000)},
}
_BODY_CONTROL: Final = {code: to for code, to in _CONTROL.items() if code != 10}
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_NARROW: Final = re.compile(r"^[\x21-\x7e]+$")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; ``mime`` as ``type/subtype``."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter before it is written: who, about what, with which facts.

    ``template`` is the file's name without ending; ``cases`` are the keys that reached
    ``step``; ``key`` makes the Message-ID its own where cases and recipients do not.
    """

    policy: str
    step: str
    to: tuple[str, ...]
    library: str
    template: str
    facts: Mapping[str, Any]
    cc: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    language: str = "zh-TW"
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter as it goes over the wire."""

    message_id: str
    subject: str
    body: bytes


def package_templates() -> Path:
    """Where the package's own templates lie: in the wheel, or beside the checkout's package."""
    inside = Path(__file__).parents[1] / "_templates"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "templates"


def one_line(value: object) -> str:
    """A text that can stand in a header or a cell of a table: no line breaks, no controls."""
    return " ".join(str(value).translate(_CONTROL).split())


class Composer:
    """Writes letters.  ``folders`` are searched in order: the host's own templates come first."""

    def __init__(self, folders: Sequence[Path], *, sender: str, alliance: str) -> None:
        self.alliance = alliance
        name, address = parseaddr(one_line(sender))
        self._from = Address(display_name=name, addr_spec=address)
        self._address = address
        self._domain = address.rpartition("@")[2]
        self._folders = [str(folder) for folder in folders if folder.is_dir()]

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        environment = SandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_clean,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.filters["day"] = day_filter
        environment.filters["month"] = month_filter
        environment.globals["separator"] = _SEPARATOR
        environment.globals["alliance"] = self.alliance
        environment.globals["sender"] = self._address
        return environment

    @cached_property
    def _inliner(self) -> Any:
        import css_inline

        return css_inline.CSSInliner(
            keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
        )

    def compose(self, letter: Letter, moment: datetime) -> Composed:
        """Write a letter; the same letter gives the same bytes.

        Raises:
            LetterBroken: its template is missing, or asks for a fact that is not known.
        """
        subject, text, html = self._render(letter.template, letter.language, letter.facts)
        message_id = self._message_id(letter)
        message = EmailMessage(policy=SMTP)
        message["From"] = self._from
        message["To"] = [_address(address) for address in letter.to]
        if letter.cc:
            message["Cc"] = [_address(address) for address in letter.cc]
        if letter.reply_to:
            message["Reply-To"] = _address(letter.reply_to)
        message["Subject"] = subject
        message["Date"] = format_datetime(moment)
        message["Message-ID"] = message_id
        if letter.in_reply_to:
            message["In-Reply-To"] = one_line(letter.in_reply_to)
            message["References"] = one_line(letter.in_reply_to)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text, cte="base64")
        message.add_alternative(html, subtype="html", cte="base64")
        for attachment in letter.attachments:
            main, _, sub = attachment.mime.partition("/")
            name = one_line(attachment.name).replace("/", "_")
            message.add_attachment(attachment.data, maintype=main, subtype=sub, filename=name)
        mark = hashlib.sha256(message_id.encode()).hexdigest()[:24]
        for n, part in enumerate(part for part in message.walk() if part.is_multipart()):
            part.set_boundary(f"=_{mark}_{n}")
        return Composed(message_id, subject, self._marks(letter) + message.as_bytes())

    def page(self, template: str, language: str, facts: Mapping[str, Any]) -> bytes:
        """The same letter as a page to print and hand over, for a reader without an address."""
        _, _, html = self._render(template, language, facts)
        return html.encode()

    def check(self) -> list[str]:
        """Write every letter once, in both languages, from invented facts; what fails is told."""
        from ill_workflows.mail.samples import SAMPLES

        troubles = []
        for template, facts in SAMPLES.items():
            for language in LANGUAGES:
                try:
                    self._render(template, language, facts)
                except LetterBroken as bad:
                    troubles.append(str(bad))
        return troubles

    def _render(self, template: str, language: str, facts: Mapping[str, Any]) -> tuple[str, str, str]:
        name = f"{language}/{template}.j2"
        try:
            whole = self._environment.get_template(name).render({**facts, "language": language})
        except (TemplateError, TypeError, AttributeError, KeyError, ValueError) as bad:
            raise LetterBroken(name, f"{type(bad).__name__}: {bad}") from bad
        parts = whole.split(_SEPARATOR)
        if len(parts) != 3:
            raise LetterBroken(name, "缺少 subject、text 或 html 區塊 / a block is missing")
        subject, text, html = parts
        plain = _BLANK_LINES.sub("\n\n", unescape(text).strip()) + "\n"
        return one_line(unescape(subject)), plain, self._inliner.inline(html.strip())

    def _message_id(self, letter: Letter) -> str:
        facts = (letter.policy, letter.step, letter.to, letter.cases, letter.key)
        return f"<{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}@{self._domain}>"

    @staticmethod
    def _marks(letter: Letter) -> bytes:
        """Our own headers, each on one line: a folded case key would come back with a space."""
        lines = [("X-ILL-Policy", letter.policy), ("X-ILL-Step", letter.step)]
        lines += [("X-ILL-Case", case) for case in letter.cases]
        lines += [("X-ILL-Library", letter.library)]
        return b"".join(
            f"{name}: {value}\r\n".encode("ascii") for name, value in lines if _NARROW.match(value)
        )


def _address(text: str) -> Address:
    return Address(addr_spec=one_line(text))


def _clean(value: Any) -> Any:
    """What a template prints, without characters that could break a line, a header or a parser."""
    return value.translate(_BODY_CONTROL).replace("\n", " ") if type(value) is str else value


@pass_context
def day_filter(context: Context, value: date) -> str:
    """A day as the letter's language writes it: 民國 in Chinese, ISO in English."""
    return value.isoformat() if context.get("language") == "en" else minguo_day(value)


@pass_context
def month_filter(context: Context, value: str) -> str:
    """A month as the letter's language writes it."""
    return value if context.get("language") == "en" else minguo(value)
