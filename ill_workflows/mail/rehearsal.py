"""Every letter written once from invented facts: a broken template is told in good time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from ill_workflows.errors import LetterBroken
from ill_workflows.mail.compose import LANGUAGES, Composer
from ill_workflows.mail.samples import samples

_ANY_MOMENT: Final = datetime(2026, 10, 15, 1, 0, tzinfo=UTC)


def rehearse(composer: Composer) -> list[str]:
    """Write every letter once, in both languages; answers what fails, and why."""
    troubles = []
    for language in LANGUAGES:
        for letter in samples(language):
            try:
                composer.compose(letter, _ANY_MOMENT)
                if "by_hand" in letter.facts:
                    composer.page(letter.template, language, letter.facts)
            except LetterBroken as bad:
                troubles.append(str(bad))
    return list(dict.fromkeys(troubles))
