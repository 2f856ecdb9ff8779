"""Loan cards' numbers as people type them: NSUT-07, nsut07, ＮＳＵＴ－０７, NSUT 7."""

from __future__ import annotations

import re
from typing import Final

from ill_workflows.forms.known import Known
from ill_workflows.forms.text import plain

_TYPED: Final = re.compile(r"(?P<code>.*?)(?P<mark>[\s\-_.#:]*)(?P<number>[0-9O〇○]{1,8})")
_ZERO: Final = str.maketrans("O〇○", "000")


def read_card(typed: str, known: Known) -> list[tuple[str, int]] | None:
    """The cards that a text can mean, as (member's code, number): one where it is clear.

    What follows the last hyphen, space or point is the number and the rest names the member, by
    its code or another of its spellings.  Where nothing stands between the two (``KL207``), each
    way to part them that yields a member counts: ``KL-207``, ``KL2-07``.  No member: an empty
    list.  No card number at all: None.
    """
    found = _TYPED.fullmatch(plain(typed[:200]).upper())
    if found is None:
        return None
    code, digits = found["code"], found["number"]
    ways = [(code, digits)]
    if not found["mark"]:
        ways += [(code + digits[:n], digits[n:]) for n in range(1, len(digits))]
    ways = [(head, tail) for head, tail in ways if head and _number(tail)]
    members = ((known.library(head), _number(tail)) for head, tail in ways)
    return list(dict.fromkeys((c, n) for c, n in members if c)) if ways else None


def _number(digits: str) -> int:
    """The number of a card, 0 where it is none: a number has a digit and is under 10,000."""
    number = int(digits.translate(_ZERO))
    return number if number < 10_000 else 0
