"""From facts to bytes: one template a letter, one message a recipient, serialised once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime, parseaddr
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, pass_context
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ill_workflows.errors import LetterBroken
from ill_workflows.forms.month import minguo, minguo_day
from ill_workflows.mail import wire
from ill_workflows.mail.mime import Attachment, content

LANGUAGES: Final = ("zh-TW", "en")
_SEPARATOR: Final = "\x1e"
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_BROKEN: Final = (
    TemplateError, TypeError, AttributeError, LookupError, ValueError, ArithmeticError,
    RecursionError, MemoryError, OSError,
)  # fmt: skip
"""What a template can end with: none of it may stop the other letters."""


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


class _Compiled(BytecodeCache):
    """What templates compile to, for all composers of a program; another text is another entry."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What the same text compiled to before."""
        if code := self._code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember it."""
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


class Composer:
    """Writes letters.  ``folders`` are searched in order: the host's own templates come first.

    Raises:
        LetterBroken: ``sender`` is no address.
    """

    def __init__(self, folders: Sequence[Path], *, sender: str, alliance: str) -> None:
        self.alliance = alliance
        name, mailbox = parseaddr(wire.one_line(sender))
        if not wire.address(mailbox):
            raise LetterBroken("mail.sender", "不是電子郵件地址 / no e-mail address")
        self.address = mailbox
        self._from = wire.sender(name, self.address)
        self._domain = mailbox.rpartition("@")[2]
        self._folders = [str(folder) for folder in folders if folder.is_dir()]

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders, encoding="utf-8-sig"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_clean,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_COMPILED,
        )
        environment.filters["day"] = day_filter
        environment.filters["month"] = month_filter
        environment.globals["separator"] = _SEPARATOR
        environment.globals["alliance"] = self.alliance
        environment.globals["sender"] = self.address
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
            LetterBroken: its template is missing, runs code or asks for a fact that is not known,
                or an address is none.
        """
        subject, text, html = self._render(letter.template, letter.language, letter.facts)
        message_id = self._message_id(letter)
        mark = hashlib.sha256(message_id.encode()).hexdigest()[:24]
        head = self._head(letter, subject, moment)
        return Composed(message_id, subject, head + content(text, html, letter.attachments, mark))

    def page(self, template: str, language: str, facts: Mapping[str, Any]) -> bytes:
        """The same letter as a page to print and hand over, for a reader without an address.

        Raises:
            LetterBroken: see :meth:`compose`.
        """
        _, _, html = self._render(template, language, facts, printed=True)
        return html.encode()

    def _render(
        self, template: str, language: str, facts: Mapping[str, Any], *, printed: bool = False
    ) -> tuple[str, str, str]:
        """Subject, text and HTML; ``printed`` is known to the template, and who reads paper."""
        name = f"{language}/{template}.j2"
        known = {**facts, "language": language, "printed": printed}
        try:
            parts = self._environment.get_template(name).render(known).split(_SEPARATOR)
            if len(parts) != 3 or not all(part.strip() for part in parts):
                raise LetterBroken(name, "缺少 subject、text 或 html 區塊 / a block is missing")
            subject, text, html = parts
            plain = _BLANK_LINES.sub("\n\n", unescape(text).strip()) + "\n"
            return wire.one_line(unescape(subject)), plain, self._inliner.inline(html.strip())
        except _BROKEN as bad:
            raise LetterBroken(name, f"{type(bad).__name__}: {_without(facts, str(bad))}") from bad

    def _message_id(self, letter: Letter) -> str:
        facts = (letter.policy, letter.step, letter.to, letter.cases, letter.key)
        return f"<{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}@{self._domain}>"

    def _head(self, letter: Letter, subject: str, moment: datetime) -> bytes:
        """The headers, as :mod:`ill_workflows.mail.wire` writes them."""
        lines = [f"From: {self._from}", *wire.header("Subject", subject)]
        lines.append(f"Message-ID: {self._message_id(letter)}")
        answers = wire.reference(letter.in_reply_to)
        lines += [f"{name}: {answers}" for name in ("In-Reply-To", "References") if answers]
        marks = [("X-ILL-Policy", letter.policy), ("X-ILL-Step", letter.step)]
        marks += [("X-ILL-Case", case) for case in letter.cases]
        marks += [("X-ILL-Library", letter.library)]
        lines += [line for name, value in marks for line in wire.header(name, value)]
        lines.append(_addressed("To", letter, letter.to))
        if letter.cc:
            lines.append(_addressed("Cc", letter, letter.cc))
        if letter.reply_to:
            lines.append(_addressed("Reply-To", letter, (letter.reply_to,)))
        lines += [f"Date: {format_datetime(moment)}", "Auto-Submitted: auto-generated"]
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _without(facts: Any, said: str) -> str:
    """What went wrong, without the facts that it repeats: the host reads it, and they may be a
    reader's name.
    """  # noqa: D205
    for word in sorted(_words(facts), key=len, reverse=True):
        said = said.replace(word, "…")
    return said


def _words(facts: Any) -> Iterator[str]:
    if isinstance(facts, str) and len(facts) > 1:
        yield facts
    elif isinstance(facts, Mapping):
        for fact in facts.values():
            yield from _words(fact)
    elif isinstance(facts, list | tuple):
        for fact in facts:
            yield from _words(fact)


def _addressed(name: str, letter: Letter, mailboxes: Sequence[str]) -> str:
    """A header of addresses.

    Raises:
        LetterBroken: there is none, or one that no mail can go to.
    """
    template = f"{letter.language}/{letter.template}.j2"
    if not mailboxes:
        raise LetterBroken(template, "沒有收件人 / nobody to write to")
    found = [address for mailbox in mailboxes if (address := wire.address(mailbox))]
    if len(found) < len(mailboxes):
        raise LetterBroken(template, "地址無法寄信 / an address that no mail can go to")
    return wire.addressed(name, found)


def _clean(value: Any) -> Any:
    """What a template prints, without characters that could break a line, a header or a parser."""
    if not isinstance(value, str) or value.isprintable() or hasattr(value, "__html__"):
        return value  # all that wire.CONTROL takes out is not printable
    return value.translate(wire.CONTROL)


@pass_context
def day_filter(context: Context, value: date) -> str:
    """A day as the letter's language writes it: 民國 in Chinese, ISO in English."""
    return value.isoformat() if context.get("language") == "en" else minguo_day(value)


@pass_context
def month_filter(context: Context, value: str) -> str:
    """A month as the letter's language writes it."""
    return value if context.get("language") == "en" else minguo(value)
