"""Letters as they are read: composed, and taken apart again by the standard library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from ill_workflows.mail.compose import LANGUAGES, Composed, Composer, Letter, package_templates
from ill_workflows.mail.samples import samples

MOMENT = datetime(2026, 10, 15, 1, 0, tzinfo=UTC)
ALLIANCE = "示範館際合作聯盟"
SENDER = "館際合作 <ill@nsut.example>"
ALL = [
    (language, n, letter) for language in LANGUAGES for n, letter in enumerate(samples(language))
]
IDS = [f"{language} {letter.template} {letter.step} {n}" for language, n, letter in ALL]
LETTERS = [letter for _, _, letter in ALL]
_SAMPLES = {id(letter): letter for letter in LETTERS}


def composer(*folders: Path, sender: str = SENDER) -> Composer:
    """A composer with the package's templates, the given folders before them."""
    return Composer([*folders, package_templates() / "email"], sender=sender, alliance=ALLIANCE)


OURS = composer()
"""One for all tests: it keeps its templates."""


def parsed(composed: Composed) -> EmailMessage:
    """The letter as a mail program reads it."""
    message = message_from_bytes(composed.body, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def mail(letter: Letter, writer: Composer = OURS) -> EmailMessage:
    """A letter, composed and read back; a sample only once."""
    if writer is OURS and id(letter) in _SAMPLES:
        return _sample(id(letter))
    return parsed(writer.compose(letter, MOMENT))


@cache
def _sample(which: int) -> EmailMessage:
    return parsed(OURS.compose(_SAMPLES[which], MOMENT))


def part(message: EmailMessage, kind: str) -> str:
    """The text or the HTML."""
    body = message.get_body((kind,))
    assert body is not None, kind
    return str(body.get_content()).replace("\r\n", "\n")


def whole(letter: Letter) -> str:
    """Everything that a recipient can read: headers, text, HTML."""
    message = mail(letter)
    heads = "\n".join(f"{name}: {value}" for name, value in message.items())
    return "\n".join([heads, part(message, "plain"), part(message, "html")])


class Html(HTMLParser):
    """What a page shows and what it is made of."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.blocks: list[tuple[str, str]] = []
        self._started: list[int] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"br", "meta", "img", "link", "hr"}:
            self.open.append(tag)
            self._started.append(len(self.pieces))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag
        self.blocks.append((tag, "".join(self.pieces[self._started.pop() :]).strip()))

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        """What it shows."""
        return "".join(self.pieces)
