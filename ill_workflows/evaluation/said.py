"""Our own words, told apart from what members typed: Chinese texts that know their English.

In a cell a plain text is somebody's (a library's name, a file's, an experience) and stays as it
is in every edition, even where it reads like one of our words.  Headings, titles and notes are
always ours and may be plain.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Final, Self

_AND_MORE: Final = " 等"
Words = Callable[[str], str]
"""Chinese word or template → its English; raises LookupError where there is none."""


class Ours(str):
    """A Chinese text of ours."""

    __slots__ = ()

    @abstractmethod
    def english(self, words: Words) -> str:
        """The same in English."""


class Said(Ours):
    """A word, or a template with holes and the facts that fill them: ``Said("共 {n} 件", n=3)``.

    The catalogue of the English edition has the template; facts that are ours are translated too.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, str | float]

    def __new__(cls, template: str, /, **facts: str | float) -> Self:
        """The template in Chinese, its holes filled."""
        said = super().__new__(cls, template.format_map(facts) if facts else template)
        said.template, said.facts = template, facts
        return said

    def english(self, words: Words) -> str:
        """The template's English, filled with the facts in English."""
        template = words(self.template)
        if not self.facts:
            return template
        return template.format_map(
            {
                name: fact.english(words) if isinstance(fact, Ours) else fact
                for name, fact in self.facts.items()
            }
        )


class Both(Ours):
    """A text whose English is known where it is said: a month, a form's title, a finding."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Self:
        """The Chinese text, and its English for later."""
        both = super().__new__(cls, zh)
        both.en = en
        return both

    def english(self, words: Words) -> str:  # noqa: ARG002 - the English is known
        """What was given."""
        return self.en


class Several(Ours):
    """Texts one after the other: ``甲、乙``; ours among them are translated, others stay."""

    __slots__ = ("between", "parts")
    parts: tuple[str, ...]
    between: str

    def __new__(cls, parts: Iterable[str], zh: str = "、", en: str = ", ") -> Self:
        """The texts, with ``zh`` or ``en`` between them."""
        kept = tuple(parts)
        several = super().__new__(cls, zh.join(kept))
        several.parts, several.between = kept, en
        return several

    def english(self, words: Words) -> str:
        """The texts in English."""
        return self.between.join(
            part.english(words) if isinstance(part, Ours) else part for part in self.parts
        )


def same(code: str) -> Both:
    """What is the same in both editions, where our words stand: a library's code as a heading."""
    return Both(code, code)


def listing(places: str) -> Ours:
    """Rows or cells that are joined already: ``5–9、12``, ``G5–24、30；H7 等``."""
    whole = places.removesuffix(_AND_MORE)
    groups = (Several(group.split("、")) for group in whole.split("；"))
    said = Several(groups, "；", "; ")
    return said if whole == places else Said("{places} 等", places=said)
