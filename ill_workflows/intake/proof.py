"""Whether a mail comes from whom it says: a forged sender feeds nothing.

What counts is what our own mail server found out when the mail arrived, in the
Authentication-Results (RFC 8601) that it wrote on top of everything.  That server must write one
for every mail: of a mail that it let through without, the sender could have written the topmost.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import authres  # type: ignore[import-untyped]

from ill_workflows.intake.addresses import domain_of, same, shared, within

REASONS: Final = {
    "dmarc": ("寄件網域的 DMARC 驗證通過", "DMARC passed for the sender's domain"),
    "dkim": ("寄件網域的 DKIM 簽章有效", "A DKIM signature of the sender's domain is valid"),
    "token": (
        "寄送途徑已驗證，且活頁簿帶有該館的識別碼",
        "SPF or DKIM passed, and the workbook carries its library's token",
    ),
    "no_authserv_id": (
        "尚未設定 [mail] authserv_id，無法判斷寄件者真偽",
        "[mail] authserv_id is not set, so no sender can be proven",
    ),
    "sender_unclear": (
        "寄件者（From）不是單一而明確的地址",
        "The From of the mail is not one plain address",
    ),
    "sender_unknown": (
        "寄件地址不是該館登記的地址",
        "The sender is not a registered address of the library on the cover",
    ),
    "no_results": (
        "郵件伺服器沒有留下驗證結果",
        "Our mail server left no Authentication-Results on this mail",
    ),
    "other_server": (
        "驗證結果不是本館郵件伺服器寫的",
        "The topmost Authentication-Results are not our own server's",
    ),
    "below_received": (
        "驗證結果位在寄件者也寫得到的地方（見 [mail] results_below_received）",
        "The results lie where a sender can write too (see [mail] results_below_received)",
    ),
    "foreign_hop": (
        "驗證結果位在他人伺服器的紀錄之下，不足採信",
        "The Authentication-Results lie below another server's Received, so anybody's they may be",
    ),
    "other_from": (
        "郵件伺服器驗證的寄件網域與信上的不同",
        "Our mail server has checked another domain than the one in From",
    ),
    "unproven": (
        "寄件網域未通過驗證（DMARC、DKIM、SPF）",
        "Nothing proves the sender: no DMARC, DKIM or SPF pass that counts",
    ),
    "token_missing": (
        "寄件網域未通過驗證，活頁簿也沒有該館的識別碼",
        "The sender's domain is not proven, and the workbook has no token",
    ),
    "token_wrong": (
        "寄件網域未通過驗證，活頁簿的識別碼也不是該館的",
        "The sender's domain is not proven, and the token is not its library's",
    ),
}
"""Why a mail is believed or held → the sentence for the host, in both languages."""

_LONGEST: Final = 16_000
_REMARK: Final = re.compile(r"\([^()]*\)")
_BY: Final = re.compile(r"\sby\s+([^\s;()]+)", re.IGNORECASE)
_OVER_LMTP: Final = re.compile(r"\swith\s+LMTPS?A?\b", re.IGNORECASE)
_PEER: Final = re.compile(r"\[(?:IPv6:)?([0-9a-fA-F:.]+)\]")
_PRIVATE: Final = (".local", ".localdomain", ".lan", ".internal", ".intranet")
_WITHIN: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
"""Addresses of our own side; ``is_private`` would count the documentation's among them."""
_UNPARSED: Final = (
    authres.AuthResError, ValueError, TypeError, AttributeError, LookupError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a mail's sender is proven; ``reason`` is a key of :data:`REASONS`."""

    ok: bool
    reason: str


class _Strict(authres.core.AuthenticationResultsHeader):  # type: ignore[misc]
    """Our server's header, all of it understood or none.

    Read leniently, what a sender put into ``smtp.mailfrom`` could pass for a result.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.strict = True


def decide(  # noqa: PLR0913, PLR0917 - everything that a proof rests on
    sender: str,
    registered: Iterable[str],
    trace: Iterable[str],
    authserv_id: str,
    token_given: str = "",
    token_expected: str = "",
    *,
    below: bool = False,
) -> Proof:
    """Judge a sender.

    ``registered`` are the addresses of the library on the workbook's cover; ``trace`` is
    :attr:`ill_workflows.intake.message.Mail.trace`; ``token_given`` the workbook's ``ill_token``,
    ``token_expected`` that library's.  Proven is a registered address for whose domain DMARC
    passed or DKIM passed in alignment (RFC 7489, 3.1); or one for which SPF or DKIM passed for
    any domain, if the token is right.

    ``below``: our server writes its results below its own Received, and for every mail.  There a
    sender can write too, so they count only where the host says so.
    """
    if not authserv_id.strip():
        return Proof(ok=False, reason="no_authserv_id")
    if not sender:
        return Proof(ok=False, reason="sender_unclear")
    if not any(same(sender, address) for address in registered):
        return Proof(ok=False, reason="sender_unknown")
    lines, us = tuple(trace), authserv_id.strip().lower()
    headers, why = _own(lines if below else _above(lines), us)
    if not headers and not below and _own(lines, us)[0]:
        return Proof(ok=False, reason="below_received")
    if not headers:
        return Proof(ok=False, reason=why)
    results = [result for header in headers for result in header.results]
    return _weigh(results, domain_of(sender), token_given.strip(), token_expected.strip())


def _weigh(results: list[Any], domain: str, given: str, expected: str) -> Proof:
    dmarc = [result for result in results if result.method == "dmarc"]
    if any(not within(domain, said) for one in dmarc for said in _said(one, "header", "from")):
        return Proof(ok=False, reason="other_from")
    if dmarc and all(result.result == "pass" for result in dmarc):
        return Proof(ok=True, reason="dmarc")
    passed = [r for r in results if r.method in {"spf", "dkim"} and r.result == "pass"]
    disowned = any(result.result == "fail" for result in dmarc)
    if not disowned and any(_aligned(result, domain) for result in passed):
        return Proof(ok=True, reason="dkim")
    if not passed:
        return Proof(ok=False, reason="unproven")
    if not given:
        return Proof(ok=False, reason="token_missing")
    right = bool(expected) and hmac.compare_digest(_octets(given), _octets(expected))
    return Proof(ok=right, reason="token" if right else "token_wrong")


def _octets(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _said(result: Any, kind: str, name: str) -> list[str]:
    """What a result says of a property, as domains."""
    return [
        domain_of(str(held.value or ""))
        for held in result.properties
        if (held.type, held.name) == (kind, name)
    ]


def _aligned(result: Any, domain: str) -> bool:
    """Whether a DKIM signature speaks for the From's domain: its own, one above or one below."""
    if result.method != "dkim":
        return False
    signers = _said(result, "header", "d") or _said(result, "header", "i")
    return bool(signers) and all(within(domain, one) or within(one, domain) for one in signers)


def _above(trace: tuple[str, ...]) -> tuple[str, ...]:
    """What stands down to the Received of the way in: the topmost that is not LMTP's.

    A mail without any did not come over a network; its headers are as somebody laid them there.
    """
    for n, line in enumerate(trace):
        if line.lower().startswith("received:") and not _OVER_LMTP.search(line):
            return trace[: n + 1]
    return trace


def _own(trace: Iterable[str], authserv_id: str) -> tuple[list[Any], str]:
    """The headers that nobody but our own server can have written; or why there are none.

    Above the topmost Received that is every one with our name; below it the topmost alone, for
    the sender's own headers may begin right after it.  Below a Received of another server: none.
    """
    found: list[Any] = []
    hops: list[str] = []
    for line in trace:
        name, _, value = line.partition(":")
        if name.lower() == "received":
            if not found and hops and _foreign(value, hops, authserv_id):
                return [], "foreign_hop"
            hops.append(value)
            if found:
                break
            continue
        header = _parsed(value)
        if header is not None and header.authserv_id == authserv_id:
            found.append(header)
        elif hops and not found:
            return [], "other_server"
        if hops and found:
            break
    return found if hops else found[:1], "no_results"


def _parsed(value: str) -> Any:
    """An Authentication-Results header, or None where it is not understood to its end."""
    if len(value) > _LONGEST:
        return None
    try:
        return _Strict.parse_value(authres.core_features(), value.strip().rstrip(";"))
    except _UNPARSED:
        return None


def _foreign(received: str, hops: list[str], authserv_id: str) -> bool:
    """Whether a Received is another server's.

    The topmost is ours.  So is the next one if the mail came to us from within (LMTP, a private
    address), or if it bears the name of our server or of one beside it.
    """
    by = _by(received)
    if by is None or "." not in by or by.endswith(_PRIVATE) or _from_within(hops[-1]):
        return False
    names = {authserv_id, _by(hops[0]) or authserv_id}
    beside = {name.partition(".")[2] for name in names}
    families = names | {parent for parent in beside if not shared(parent)}
    return not any(within(by, family) for family in families)


def _by(received: str) -> str | None:
    """The name of the server that wrote a Received; None for a bare address or none."""
    found = _BY.search(" " + _REMARK.sub(" ", _REMARK.sub(" ", received)))
    name = found[1].strip("[]").rstrip(".").lower() if found else ""
    return None if not name or ":" in name or re.fullmatch(r"[\d.]+", name) else name


def _from_within(received: str) -> bool:
    """Whether a Received says that the mail came from our own side."""
    peers = list(_addresses(received))
    if peers:
        return all(any(peer in network for network in _WITHIN) for peer in peers)
    return bool(_OVER_LMTP.search(received))


def _addresses(received: str) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for found in _PEER.finditer(received.partition(" by ")[0]):
        try:
            yield ipaddress.ip_address(found[1])
        except ValueError:
            continue
