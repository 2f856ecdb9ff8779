"""The sender is one plain address, or nobody."""

from __future__ import annotations

import pytest

from ill_workflows.intake.addresses import domain_of, same, shared, within
from ill_workflows.intake.message import read_mail
from tests.intake.mails import instead, mail

PLAIN = {
    "alone": "ill@hdu.example",
    "in brackets": "<ill@hdu.example>",
    "named": "HDU Library <ill@hdu.example>",
    "quoted": '"Chen, ILL \\"desk\\"" <ill@hdu.example>',
    "in chinese": "=?big5?B?wF7O5KZY?= <ill@hdu.example>",
    "raw chinese": "館合承辦人 <ill@hdu.example>",
    "remarked": "ill@hdu.example (HDU Library)",
    "a remark in the name": "Chen (HDU Library) <ill@hdu.example>",
    "outlook": '"ill@hdu.example" <ill@hdu.example>',
    "its own name": "ill@hdu.example <ill@hdu.example>",
    "tabs": "\tHDU\t<ill@hdu.example>",
    "folded": "HDU Library\r\n <ill@hdu.example>",
}
UNCLEAR = {
    "nobody": "",
    "a name alone": "HDU Library",
    "two": "ill@hdu.example, ill@nsut.example",
    "two in brackets": "<ill@hdu.example> <ill@nsut.example>",
    "a group": "libraries: ill@hdu.example;",
    "a route": "<@evil.example:ill@hdu.example>",
    "a quoted local part": '"ill"@hdu.example',
    "a remark within": "ill(x)@hdu.example",
    "an address as another's name": "ill@hdu.example <evil@evil.example>",
    "an address as another's remark": "evil@evil.example (ill@hdu.example)",
    "an encoded address": "=?utf-8?q?ill=40hdu.example?=",
    "an encoded address before a name": "=?utf-8?q?ill=40hdu.example?= HDU",
    "a trailing dot": "ill@hdu.example.",
    "two dots": "ill@hdu..example",
    "no domain": "ill@localhost",
    "a number for a domain": "ill@[203.0.113.9]",
    "two ats": "ill@hdu.example@evil.example",
    "a nul": "ill@hdu.example\0@evil.example",
    "an escape": "\x1b[2Kill@hdu.example",
    "a direction": "\u202eill@hdu.example",
    "nothing between": "ill@\u200bhdu.example",
    "open": "HDU <ill@hdu.example",
    "percent": "ill%hdu.example@",
    "a space": "ill @hdu.example",
    "endless": "a" * 250 + "@hdu.example",
}


@pytest.mark.parametrize("written", PLAIN.values(), ids=PLAIN)
def test_an_ordinary_from_is_read(written: str) -> None:
    assert read_mail(mail(heads=instead(from_=written))).sender == "ill@hdu.example"


@pytest.mark.parametrize("written", UNCLEAR.values(), ids=UNCLEAR)
def test_a_from_that_can_be_read_in_two_ways_is_read_in_none(written: str) -> None:
    assert read_mail(mail(heads=instead(from_=written))).sender == ""


def test_two_from_headers_are_none() -> None:
    twice = ("From: ill@hdu.example", *instead(from_="ill@hdu.example"))
    assert read_mail(mail(heads=twice)).sender == ""


@pytest.mark.parametrize("second", ["From : evil@evil.example", "FROM\t: evil@evil.example"])
def test_a_from_that_only_some_servers_see_counts_as_a_second(second: str) -> None:
    for heads in ((second, *instead()), (*instead(), second)):
        assert read_mail(mail(heads=heads)).sender == ""


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("ill@hdu.example", "ILL@HDU.Example", True),
        ("館合@hdu.example", "館合@HDU.example", True),
        ("ill@圖書館.example", "ill@xn--ldso38aj21b.example", True),
        ("ill@hdu.example", "ill@hdu.example.evil.example", False),
        ("ill@hdu.example", "il1@hdu.example", False),
        ("kill@hdu.example", "\u212aill@hdu.example", False),  # the Kelvin sign
        ("desk@hdu.example", "de\u017fk@hdu.example", False),  # the long s
        ("ill@hdu.example", "ill@ｈｄｕ.example", False),
        ("ill@hdu.example", "ill@һdu.example", False),  # a Cyrillic letter
        ("weiss@hdu.example", "weiß@hdu.example", False),
        ("ill@strasse.example", "ill@straße.example", False),
        ("", "", False),
    ],
)
def test_addresses_are_one_only_where_mail_would_go_to_one(one: str, other: str, are: bool) -> None:
    assert same(one, other) is are
    assert same(other, one) is are


def test_a_domain_that_is_none_stays_what_it_is() -> None:
    assert domain_of("ill@館..example") == "館..example"
    assert domain_of("ill@HDU.example") == "hdu.example"


@pytest.mark.parametrize(
    ("domain", "parent", "lies"),
    [
        ("hdu.edu.tw", "hdu.edu.tw", True),
        ("mail.hdu.edu.tw", "hdu.edu.tw", True),
        ("xhdu.edu.tw", "hdu.edu.tw", False),
        ("hdu.edu.tw", "edu.tw", False),
        ("hdu.example", "example", False),
        ("hdu.example", "", False),
    ],
)
def test_nothing_lies_below_what_strangers_share(domain: str, parent: str, lies: bool) -> None:
    assert within(domain, parent) is lies


def test_what_strangers_share_is_known_by_its_shape() -> None:
    assert all(shared(domain) for domain in ("tw", "edu.tw", "ac.uk", "com.tw"))
    assert not any(shared(domain) for domain in ("hdu.example", "hdu.edu.tw", "nsut.tw"))
