"""A forged sender feeds nothing: mails as they arrive, and whether they are believed."""
# ruff: noqa: E501 - headers are written as servers write them, a case is read across

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ill_workflows.intake.message import read_mail
from ill_workflows.intake.proof import REASONS, Proof, decide
from tests.intake.mails import instead, mail

US = "mx.alliance.example"
REGISTERED = ("ILL@hdu.example", "head@hdu.example")
TOKEN = "kingfisher-4711"
WAY_IN = "Received: from mail.hdu.example (mail.hdu.example [203.0.113.5]) by mx.alliance.example (Postfix) with ESMTPS id 4AB; Thu, 5 Nov 2026 09:12:02 +0800"
LMTP = (
    "Received: from mx.alliance.example by store with LMTP id GTuD; Thu, 5 Nov 2026 09:12:02 +0800"
)
BEFORE = "Received: from pc17 (pc17.hdu.example [192.0.2.17]) by mail.hdu.example (Exim) with ESMTPSA id 1x; Thu, 5 Nov 2026 09:12:00 +0800"
ENVELOPE = "Return-Path: <ill@hdu.example>"


def results(*said: str, by: str = US) -> str:
    return f"Authentication-Results: {by}; " + "; ".join(said)


DMARC = "dmarc=pass (p=reject dis=none) header.from=hdu.example"
DKIM = 'dkim=pass (2048-bit key) header.d=hdu.example header.i=@hdu.example header.b="aB/c"'
SPF = "spf=pass smtp.mailfrom=ill@hdu.example"
ELSEWHERE = "spf=pass smtp.mailfrom=bounce@mailer.example"
GOOGLE = "mx.google.com"
FORGED = results(DMARC, DKIM, SPF)
"""What a sender would write, had he our server's pen."""


@dataclass(frozen=True)
class Case:
    """A mail and what is thought of it: the headers on top, its From, the workbook's token."""

    top: tuple[str, ...]
    reason: str
    sender: str = "HDU <ill@hdu.example>"
    token: str = ""
    us: str = US
    heads: tuple[str, ...] = ()
    below: bool = True


PROVEN = {
    "dmarc": Case((WAY_IN, results(DMARC)), "dmarc"),
    "dmarc, handed on by lmtp": Case((ENVELOPE, LMTP, WAY_IN, results(DMARC)), "dmarc"),
    "dmarc, above the way in": Case((LMTP, results(DMARC), WAY_IN), "dmarc", below=False),
    "dmarc, written above the way in": Case((ENVELOPE, results(DMARC), WAY_IN, BEFORE), "dmarc"),
    "each check in a header of its own": Case(
        (results("dmarc=none"), results(DKIM), results(SPF), WAY_IN), "dkim"
    ),
    "a store beside our server": Case(
        ("Received: from mx.alliance.example (mx.alliance.example [198.51.100.2]) by store.alliance.example; x", WAY_IN, results(DMARC)),
        "dmarc",
    ),
    "a filter at a private address": Case(
        ("Received: from filter (filter [10.1.2.3]) by mx.alliance.example; x", "Received: from mail.hdu.example ([203.0.113.5]) by filter.elsewhere.example; x", results(DMARC)),
        "dmarc",
    ),
    "google": Case(
        ("Received: by 2002:a05:6402:1: with SMTP id a; x", "Received: from mail.hdu.example ([203.0.113.5]) by mx.google.com with ESMTPS id b; x", results("dkim=pass header.i=@hdu.example header.s=s1 header.b=a+/1", "spf=pass (google.com: domain of ill@hdu.example designates 203.0.113.5 as permitted sender) smtp.mailfrom=ill@hdu.example", "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=hdu.example", by=GOOGLE)),
        "dmarc", us=GOOGLE,
    ),
    "rspamd, folded, a semicolon at the end": Case(
        (WAY_IN, f"Authentication-Results: {US};\r\n\tdkim=pass header.d=hdu.example header.s=s header.b=ab+c;\r\n\tspf=pass (a: b) smtp.mailfrom=ill@hdu.example;\r\n\tdmarc=none;"),
        "dkim",
    ),
    "upper case": Case((WAY_IN, results("DKIM=PASS header.d=HDU.EXAMPLE", by=US.upper())), "dkim", "ILL@HDU.EXAMPLE"),
    "signed by the mail server below": Case((WAY_IN, results("dkim=pass header.d=mail.hdu.example")), "dkim"),
    "one of two signatures": Case((WAY_IN, results("dkim=fail header.d=list.example", DKIM)), "dkim"),
    "spf of another domain, with the token": Case((WAY_IN, results(ELSEWHERE)), "token", token=TOKEN),
    "signature of another domain, with the token": Case(
        (WAY_IN, results("dkim=pass header.d=mailer.example")), "token", token=f" {TOKEN} "
    ),
    "spf of the own domain, with the token": Case((WAY_IN, results(SPF, "dmarc=none")), "token", token=TOKEN),
    "version": Case((WAY_IN, f"Authentication-Results: {US} 1; {DMARC}"), "dmarc"),
}  # fmt: skip
HELD = {
    "where the sender can write": Case((WAY_IN, results(DMARC)), "below_received", below=False),
    "there, behind lmtp": Case((LMTP, WAY_IN, FORGED), "below_received", below=False),
    "there, with a received of the sender's": Case(
        (WAY_IN, FORGED, WAY_IN), "below_received", below=False
    ),
    "nothing at all": Case((WAY_IN,), "no_results"),
    "nothing found": Case((WAY_IN, results("none")), "unproven"),
    "not our server": Case((WAY_IN, results(DMARC, by="mx.evil.example")), "other_server"),
    "our server's name in another": Case((WAY_IN, results(DMARC, by=f"{US}.evil.example")), "other_server"),
    "our server's name as a remark": Case((WAY_IN, results(DMARC, by=f"mx.evil.example ({US})")), "other_server"),
    "our name not set": Case((WAY_IN, results(DMARC)), "no_authserv_id", us=""),
    "our name not set, and theirs empty": Case((WAY_IN, results(DMARC, by="")), "no_authserv_id", us=" "),
    "a forged one below ours": Case((WAY_IN, results("dmarc=fail header.from=hdu.example", "spf=fail"), FORGED), "unproven"),
    "a forged one below ours that tried less": Case((WAY_IN, results("spf=none"), FORGED), "unproven"),
    "a forged one below ours, with spf of the forger": Case((WAY_IN, results(ELSEWHERE), FORGED), "token_missing"),
    "a forged one below ours above the way in": Case((results("dmarc=fail"), WAY_IN, FORGED), "unproven"),
    "a forged one with a forged way in": Case((WAY_IN, results("dkim=none"), WAY_IN, FORGED), "unproven"),
    "a forged one, ours left out by a relay's way": Case((WAY_IN, BEFORE, FORGED), "foreign_hop"),
    "a forged one after the sender's headers": Case((WAY_IN,), "no_results", heads=(FORGED,)),
    "a forged one below another server's": Case((WAY_IN, results(DMARC, by="relay.example"), FORGED), "other_server"),
    "arc is not ours": Case((WAY_IN, f"ARC-Authentication-Results: i=1; {US}; {DMARC}"), "no_results"),
    "another header": Case((WAY_IN, f"X-Authentication-Results: {US}; {DMARC}"), "no_results"),
    "a fail": Case((WAY_IN, results("dmarc=fail header.from=hdu.example")), "unproven"),
    "a pass and a fail": Case((WAY_IN, results(DMARC, "dmarc=fail header.from=hdu.example")), "unproven"),
    "a fail beside a signature": Case((WAY_IN, results("dmarc=fail header.from=hdu.example", DKIM)), "token_missing"),
    "dmarc of another domain": Case((WAY_IN, results("dmarc=pass header.from=evil.example")), "other_from"),
    "dmarc of a domain below": Case((WAY_IN, results("dmarc=pass header.from=evil.hdu.example")), "other_from"),
    "dmarc of two domains": Case((WAY_IN, results(f"{DMARC} header.from=evil.example")), "other_from"),
    "signature of another domain": Case((WAY_IN, results("dkim=pass header.d=evil.example")), "token_missing"),
    "signature whose identity alone is ours": Case((WAY_IN, results("dkim=pass header.d=evil.example header.i=@hdu.example")), "token_missing"),
    "signature of two domains": Case((WAY_IN, results("dkim=pass header.d=hdu.example header.d=evil.example")), "token_missing"),
    "signature of a domain that ends like ours": Case((WAY_IN, results("dkim=pass header.d=evilhdu.example")), "token_missing"),
    "signature of nobody": Case((WAY_IN, results("dkim=pass")), "token_missing"),
    "signature of a whole country": Case((WAY_IN, results("dkim=pass header.d=example")), "token_missing"),
    "broken signature": Case((WAY_IN, results("dkim=fail header.d=hdu.example")), "unproven"),
    "spf alone": Case((WAY_IN, results(SPF)), "token_missing"),
    "spf alone, a wrong token": Case((WAY_IN, results(SPF)), "token_wrong", token="kingfisher-4712"),
    "the token alone": Case((WAY_IN, results("spf=softfail")), "unproven", token=TOKEN),
    "the token, and no results": Case((WAY_IN,), "no_results", token=TOKEN),
    "the token, sender unknown": Case((WAY_IN, results(SPF)), "sender_unknown", "evil@evil.example", TOKEN),
    "a stranger, well proven": Case((WAY_IN, results("dmarc=pass header.from=evil.example")), "sender_unknown", "evil@evil.example"),
    "a colleague nobody registered": Case((WAY_IN, results(DMARC)), "sender_unknown", "reader@hdu.example"),
    "an address as a stranger's name": Case((WAY_IN, results(DMARC)), "sender_unknown", '"ill@hdu.example" <evil@evil.example>'),
    "an encoded address as a stranger's name": Case((WAY_IN, results(DMARC)), "sender_unknown", "=?utf-8?q?ill=40hdu.example_=3C?= <evil@evil.example>"),
    "two senders": Case((WAY_IN, results(DMARC)), "sender_unclear", "ill@hdu.example, evil@evil.example"),
    "a group": Case((WAY_IN, results(DMARC)), "sender_unclear", "hdu: ill@hdu.example;"),
    "a trailing dot": Case((WAY_IN, results(DMARC)), "sender_unclear", "ill@hdu.example."),
    "a cyrillic letter": Case((WAY_IN, results(DMARC)), "sender_unknown", "ill@һdu.example"),
    "full width": Case((WAY_IN, results(DMARC)), "sender_unknown", "ill@ｈｄｕ.example"),
    "a domain above": Case((WAY_IN, results(DMARC)), "sender_unknown", "ill@hdu.example.evil.example"),
    "two from headers": Case((WAY_IN, results(DMARC)), "sender_unclear", heads=("From: evil@evil.example",)),
    "a result in a quoted sender": Case(
        (WAY_IN, results(f'spf=pass smtp.mailfrom="x; {DMARC}"@evil.example')), "token_missing"
    ),
    "a result in a sender that was not quoted": Case(
        (WAY_IN, results(f"spf=pass smtp.mailfrom=x; {DMARC} y=z@evil.example")), "other_server"
    ),
    "a result in a remark": Case((WAY_IN, results(f"spf=fail (domain of x; {DMARC}) smtp.mailfrom=a@b.example")), "unproven"),
    "a remark without an end": Case((WAY_IN, results(f"{DMARC} ((((")), "other_server"),
    "remarks in remarks": Case((WAY_IN, results("(" * 3000, DMARC)), "other_server"),
    "too long": Case((WAY_IN, results(*["spf=none"] * 2000, DMARC)), "other_server"),
    "no server's name": Case((WAY_IN, f"Authentication-Results: {DMARC}"), "other_server"),
    "a version of the future": Case((WAY_IN, f"Authentication-Results: {US} 2; {DMARC}"), "other_server"),
}  # fmt: skip


def judged(case: Case) -> Proof:
    found = read_mail(mail(heads=(*instead(from_=case.sender), *case.heads), top=case.top))
    return decide(
        found.sender, REGISTERED, found.trace, case.us, case.token, TOKEN, below=case.below
    )


@pytest.mark.parametrize("case", PROVEN.values(), ids=PROVEN)
def test_a_mail_that_our_server_has_proven_is_believed(case: Case) -> None:
    assert judged(case) == Proof(ok=True, reason=case.reason)


@pytest.mark.parametrize("case", HELD.values(), ids=HELD)
def test_a_mail_that_anybody_could_have_written_is_held(case: Case) -> None:
    assert judged(case) == Proof(ok=False, reason=case.reason)


@pytest.mark.parametrize("top", [(), (WAY_IN,), (LMTP, WAY_IN), (WAY_IN, results("spf=fail"))])
def test_the_same_mail_with_a_header_of_the_senders_is_held(top: tuple[str, ...]) -> None:
    """Written where a sender can write it: below what our server puts on top of every mail."""
    ours = results("dmarc=fail header.from=hdu.example", "dkim=none", "spf=fail")
    assert not judged(Case((*top, ours, FORGED), "")).ok
    assert judged(Case((*top, results(DMARC)), "")).ok is (not top or "fail" not in top[-1])


def test_a_library_without_a_token_is_not_proven_by_an_empty_one() -> None:
    found = read_mail(mail(top=(WAY_IN, results(ELSEWHERE))))
    assert decide(found.sender, REGISTERED, found.trace, US, below=True).reason == "token_missing"
    assert (
        decide(found.sender, REGISTERED, found.trace, US, "x", "", below=True).reason
        == "token_wrong"
    )
    assert (
        decide(found.sender, REGISTERED, found.trace, US, "\ud800", TOKEN, below=True).reason
        == "token_wrong"
    )


def test_a_department_is_proven_by_the_school_and_not_by_what_schools_share() -> None:
    for said, ok in (("nsut.edu.tw", True), ("edu.tw", False)):
        for proof in (f"dmarc=pass header.from={said}", f"dkim=pass header.d={said}"):
            raw = mail(top=(WAY_IN, results(proof)), heads=instead(from_="ill@lib.nsut.edu.tw"))
            found = read_mail(raw)
            assert (
                decide(found.sender, ("ill@lib.nsut.edu.tw",), found.trace, US, below=True).ok is ok
            )


def test_without_any_received_the_topmost_alone_counts() -> None:
    """Nobody knows then where our server's headers end."""
    assert judged(Case((results(DMARC), results("dkim=none")), "")).ok
    assert not judged(Case((results("spf=none"), FORGED), "")).ok


def test_a_library_without_addresses_has_no_sender() -> None:
    found = read_mail(mail(top=(WAY_IN, results(DMARC))))
    assert decide(found.sender, (), found.trace, US, below=True).reason == "sender_unknown"
    assert decide(found.sender, ("",), found.trace, US, below=True).reason == "sender_unknown"


def test_every_reason_is_said_in_both_languages() -> None:
    seen = {case.reason for case in (*PROVEN.values(), *HELD.values())}
    assert seen == REASONS.keys()
    assert all(zh and en for zh, en in REASONS.values())
