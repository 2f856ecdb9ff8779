"""All in which lenders' sheets, home libraries' registers and the rules do not agree (7.2-7.4).

*Told* kinds contradict one another: one of two sheets is wrong, or a card is where it cannot be;
both sides are asked until it is settled.  *Breaches* are rules that were not kept: told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import pandas as pd

from ill_workflows.forms.cards import UNDECIDED
from ill_workflows.ledger.merge import LOST, renewed
from ill_workflows.ledger.reconcile import as_days, contradictions, out_until

TOLD: Final = ("nobody", "reissued", "card_in", "days", "two_lenders", "void_card")
BREACHES: Final = ("elsewhere", "over_limit", "renewed")
NAMES: Final = {
    "nobody": ("當天沒有人持這張證", "nobody held the card"),
    "reissued": ("書未還，證又換給別人", "re-issued while a book is out"),
    "card_in": ("書未還，證已繳回", "the card is back, the book is not"),
    "days": ("書在證繳回之後才還", "the book came back after the card"),
    "two_lenders": ("同一張證同時在兩館借書", "one card at two lenders at once"),
    "void_card": ("證已掛失或註銷", "lent on a card reported lost or void"),
    "elsewhere": ("借書的館不是前往館", "lent at another library than the card was given out for"),
    "over_limit": ("借出冊數超過上限", "more books out than the lender's limit"),
    "renewed": ("未還又借（續借）", "lent again before it was back"),
}
"""What each kind is, in both languages."""
COLUMNS: Final = ["kind", "day", "loan", "issue", "other", "void"]
Found: TypeAlias = dict[str, Any]


def disagreements(
    loans: pd.DataFrame, issues: pd.DataFrame, covered: pd.Series, void: pd.DataFrame
) -> pd.DataFrame:
    """The contradictions of loans.

    ``loans`` as for :func:`ledger.reconcile.contradictions`, and ``library`` (the lender),
    ``item``, ``condition``, and of the holder's issue ``issue`` (its index in ``issues``) and
    ``issue_returned_on`` and ``checked_by``; ``void`` as :func:`void_days` answers it.

    Answers :data:`COLUMNS`: the ``day`` on which it shows, and the indexes of the ``loan``, of the
    ``issue``, of the ``other`` loan, of the row of ``void`` that say otherwise.  Besides the two of
    :func:`~ledger.reconcile.contradictions`:

    * *card_in*: the register has the card back and checked while the book is out; *days*: the book
      came back after the card had.  Not where the card was given out again, which is told already.
    * *two_lenders*: a book was out on the card at another lender, with which it is left until the
      books are back.
    * *void_card*: the card had been reported lost or void before the loan.

    A card that nobody held is told as such and no otherwise, once the register of that day is in.
    The card of a lost book comes back without it: that contradicts nothing.
    """
    if loans.empty:
        return pd.DataFrame(columns=COLUMNS)
    found: list[Found] = [
        {str(name): value for name, value in one.items()}
        for one in contradictions(loans, issues, covered).to_dict("records")
        if one["kind"] != "reissued" or loans.loc[one["loan"], "condition"] != LOST
    ]
    told = {one["loan"] for one in found}
    nobody = {one["loan"] for one in found if one["kind"] == "nobody"}
    known = loans[~loans.index.isin(nobody)]
    plain = known[(known["condition"] != LOST) & ~renewed(known)]
    found += _card_in(plain[~plain.index.isin(told)])
    found += _two_lenders(plain)
    found += _void_card(known[known["patron"].notna()], void)
    return pd.DataFrame(found, columns=COLUMNS)


def _card_in(loans: pd.DataFrame) -> Iterator[Found]:
    returned = as_days(loans["issue_returned_on"])
    checked = loans["checked_by"].notna()
    hit = loans[returned.notna() & checked & (out_until(loans) > returned)]
    columns = ("issue_returned_on", "returned_on", "issue")
    for loan, day, back, issue in zip(hit.index, *(hit[c] for c in columns), strict=True):
        yield {
            "kind": "card_in" if pd.isna(back) else "days", "day": day, "loan": loan,
            "issue": issue,
        }  # fmt: skip


def _two_lenders(loans: pd.DataFrame) -> Iterator[Found]:
    """Each loan on a card that another lender's book was out on, with the latest such loan."""
    ordered = loans.assign(until=out_until(loans), lent=as_days(loans["lent_on"])).sort_values(
        ["card", "lent"], kind="stable"
    )
    out: list[tuple[Any, ...]] = []
    at = ""
    names = ("card", "library", "lent", "until", "lent_on")
    for loan, card, lender, lent, until, day in zip(
        ordered.index, *(ordered[name] for name in names), strict=True
    ):
        out = [one for one in out if one[2] > lent] if card == at else []
        at = card
        others = [one for one in out if one[1] != lender and until > one[3]]
        if others:
            other = max(others, key=lambda one: one[3])[0]
            yield {"kind": "two_lenders", "day": day, "loan": loan, "other": other}
        out.append((loan, lender, until, lent))


def _void_card(loans: pd.DataFrame, void: pd.DataFrame) -> Iterator[Found]:
    if void.empty:
        return
    pairs = loans.reset_index(names="loan")[["loan", "card", "lent_on"]].merge(
        void.reset_index(names="void")[["void", "card", "since", "until"]], on="card"
    )
    lent, since, until = (as_days(pairs[name]) for name in ("lent_on", "since", "until"))
    hit = pairs[(lent > since) & (until.isna() | (lent < until))].drop_duplicates("loan")
    for loan, day, row in zip(hit["loan"], hit["lent_on"], hit["void"], strict=True):
        yield {"kind": "void_card", "day": day, "loan": loan, "void": row}


def breaches(loans: pd.DataFrame, limits: Mapping[str, int]) -> pd.DataFrame:
    """Rules of 7.2 and 7.3 that were not kept, as :data:`COLUMNS`.

    ``loans`` has ``destination`` besides; ``limits``: lender → books at a time.  *elsewhere*: the
    card had been given out for another library; *over_limit*: more books out on it at the lender;
    *renewed*: the book was lent again on the card before it was back.
    """
    found: list[Found] = []
    if not loans.empty:
        named = loans["destination"].notna() & ~loans["destination"].isin([UNDECIDED, ""])
        away = loans[named & (loans["destination"] != loans["library"])]
        found += [
            {"kind": "elsewhere", "day": day, "loan": loan, "issue": issue}
            for loan, day, issue in zip(away.index, away["lent_on"], away["issue"], strict=True)
        ]
        found += _sweep(loans, limits)
    return pd.DataFrame(found, columns=COLUMNS)


def _sweep(loans: pd.DataFrame, limits: Mapping[str, int]) -> Iterator[Found]:
    """Each card at each lender from loan to loan: how many books are out, and which of them."""
    ordered = loans.assign(
        back=as_days(loans["returned_on"]).where(
            loans["condition"] != LOST, as_days(loans["lent_on"])
        ),
        lent=as_days(loans["lent_on"]),
    ).sort_values(["library", "card", "lent"], kind="stable")
    out: list[tuple[Any, ...]] = []
    at = ("", "")
    names = ("library", "card", "item", "lent", "back", "lent_on")
    for loan, lender, card, item, lent, back, day in zip(
        ordered.index, *(ordered[name] for name in names), strict=True
    ):
        if at != (lender, card):
            at, out = (lender, card), []
        out = [one for one in out if pd.isna(one[2]) or one[2] > lent]
        again = [one for one in out if one[1] == item and one[3] < lent]
        if again:
            yield {"kind": "renewed", "day": day, "loan": loan, "other": again[-1][0]}
            out = [one for one in out if one[1] != item]
        out.append((loan, item, back, lent))
        if len(out) > limits.get(lender, len(out)):
            yield {"kind": "over_limit", "day": day, "loan": loan}
