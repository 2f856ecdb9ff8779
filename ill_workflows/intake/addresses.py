"""Addresses in a From, read strictly: what could be read in two ways is read in none."""

from __future__ import annotations

import re
from typing import Final

from ill_workflows.intake.words import unescaped

_ATOM: Final = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL: Final = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS: Final = rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+"
_PLAIN: Final = re.compile(_ADDRESS)
_NAMED: Final = re.compile(
    r'(?P<name>(?:"(?:[^"\\]|\\.)*"|[^"<>,;:\\()\[\]]|\([^()<>@,;:"\\]*\))*)'
    rf"<(?P<address>{_ADDRESS})>"
)
_REMARKED: Final = re.compile(rf'(?P<address>{_ADDRESS}) *\([^()<>@,;:"\\]*\)')
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_LONGEST: Final = 1_000
_SECOND_LEVEL: Final = frozenset({"ac", "co", "com", "edu", "gov", "idv", "mil", "net", "org"})


def only_address(values: list[str]) -> str:
    """The address of the one mailbox in the one From; empty where there are more or none.

    Empty too for groups, routes, quoted local parts, a trailing dot, controls: our own server's
    checks may have read another address there than we would.
    """
    if len(values) != 1 or len(values[0]) > _LONGEST:
        return ""
    text = unescaped(values[0]).replace("\t", " ").strip(" ")
    if _UNSEEN.search(text):
        return ""
    if _PLAIN.fullmatch(text):
        return text if len(text) <= 254 else ""
    found = _REMARKED.fullmatch(text) or _NAMED.fullmatch(text)
    if found is None or len(found["address"]) > 254:
        return ""
    name = _QUOTED.sub("", found.groupdict().get("name") or "").strip(" ")
    return found["address"] if "@" not in name or name == found["address"] else ""


def same(one: str, other: str) -> bool:
    """Whether two addresses are one mailbox; letters of ASCII alone have no case.

    Nothing else is folded: a Kelvin sign is no k and a full-width letter no letter of a domain.
    """
    return bool(one) and _canonical(one) == _canonical(other)


def domain_of(address: str) -> str:
    """The domain, as the name system has it (``xn--`` for other scripts); or what is given."""
    domain = address.rpartition("@")[2].translate(_ASCII_LOWER)
    if domain.isascii():
        return domain
    try:
        asked = domain.encode("idna").decode("ascii")
        return asked if asked.encode("ascii").decode("idna") == domain else domain
    except UnicodeError:
        return domain


def within(domain: str, parent: str) -> bool:
    """Whether a domain is another or lies below it; nothing counts as lying below ``edu.tw``."""
    return domain == parent or (domain.endswith("." + parent) and not shared(parent))


def shared(domain: str) -> bool:
    """Whether strangers have their names below a domain: ``tw``, ``edu.tw``, ``ac.uk``."""
    first, _, last = domain.partition(".")
    return not last or (len(last) == 2 and first in _SECOND_LEVEL)


def _canonical(address: str) -> str:
    return f"{address.rpartition('@')[0].translate(_ASCII_LOWER)}@{domain_of(address)}"
