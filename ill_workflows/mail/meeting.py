"""What the host and the committee hear of the evaluation (3.2.6), and of the term's end (9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ill_workflows.evaluation.meeting.report import report
from ill_workflows.evaluation.meeting.sample import invented
from ill_workflows.evaluation.meeting.svg import signed, written
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.lending.term import POLICY as TERM
from ill_workflows.lending.term import TermEnd
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import XLSX, boxes, name_of
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member

POLICY: Final = "evaluation"
STEP: Final = "0"
NAMED: Final = 12
"""How many libraries a letter names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why an evaluation is sent: for the day of a ``meeting``, because the term is ``over``, or by
    the month; ``sent`` says whether the committee gets it too.
    """  # noqa: D205

    meeting: date | None = None
    over: bool = False
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """Workbook and report: those that go with the letter, and the megabytes of a workbook that is
    too large to go with it; 0 where it is not.
    """  # noqa: D205

    attached: tuple[Attachment, ...]
    left_out: int = 0


def compiled(  # noqa: PLR0913 - what is told, to whom, why, with what
    told: Mapping[str, Any],
    to: Sequence[str],
    host: Member,
    language: str,
    *,
    case: str,
    committee: bool,
    occasion: Occasion,
    files: Files,
) -> Letter:
    """To the host, or to the committee: the evaluation of a span, from the facts of its report."""
    missing = told["missing"]
    names = [row["library"] for row in missing["rows"]][:NAMED]
    facts = {
        "library": name_of(host, language),
        "committee": committee,
        "sent": occasion.sent,
        "meeting": occasion.meeting,
        "over": occasion.over,
        **{name: told[name] for name in ("span", "from", "to", "libraries", "reporting", "due")},
        "first": f"{told['from']:%Y-%m}",
        "last": f"{told['to']:%Y-%m}",
        "missing": names,
        "more": missing["libraries"] - len(names),
        "sheets": missing["sheets"],
        "figures": [_figure(one) for one in told["tiles"]],
        "workbook": not files.left_out,
        "megabytes": files.left_out,
    }
    whom = "committee" if committee else "host"
    return Letter(
        POLICY, STEP, tuple(to), host.code, POLICY, facts, cases=(case,), language=language,
        attachments=files.attached, key=f"{case} {whom}{' term' if occasion.over else ''}",
    )  # fmt: skip


def _figure(one: Mapping[str, Any]) -> dict[str, Any]:
    """A headline figure in words; empty where it is not known."""
    unit = one["unit"]
    points = one["rate"]
    change = one["change"] if points else one["growth"]
    return {
        "label": one["label"],
        "now": "" if one["now"] is None else _with(written(one["now"]), unit),
        "was": "" if one["was"] is None else _with(written(one["was"]), unit),
        "change": "" if change is None else signed(change),
        "points": points,
    }


def _with(number: str, unit: str) -> str:
    return f"{number}%" if unit == "%" else f"{number} {unit}".strip()


def ending(
    one: Bundle,
    members: Mapping[str, Member],
    committee: Sequence[str],
    missing: Mapping[str, Sequence[str]],
    today: date,
) -> Letter:
    """To the host, the committee gets a copy: what ends when, what is to do, whose sheets are
    missing (``missing``: month → the libraries that owe sheets of it).
    """  # noqa: D205
    host = members[one.to[1]]
    term = next(n.about for n in one.notices if isinstance(n.about, TermEnd))
    owed = {code for codes in missing.values() for code in codes}
    facts = {
        "library": name_of(host, host.language),
        "step": one.step,
        "from": term.first,
        "to": term.last,
        "today": today,
        "days": (term.last - today).days,
        "months": [
            {
                "month": month,
                "libraries": [name_of(members[c], host.language) for c in codes[:NAMED]],
                "more": max(len(codes) - NAMED, 0),
            }
            for month, codes in missing.items()
        ],
        "owing": len(owed),
    }
    to = boxes(host)
    return Letter(
        TERM, one.step, to, host.code, TERM, facts, cases=one.cases, language=host.language,
        cc=tuple(address for address in committee if address not in to),
        key=f"{today} {term.key}",
    )  # fmt: skip


def samples(libraries: Mapping[str, Member], today: date) -> Iterator[Letter]:
    """Invented letters of both kinds, in the shapes that they can have."""
    host, committee = libraries["NSUT"], ("committee@alliance.example",)
    told = report(invented(tuple(libraries.values())), host.language, today)
    nothing = {
        **told, "reporting": 0, "due": 0, "missing": {"rows": [], "libraries": 0, "sheets": 0},
        "tiles": [
            {**one, "now": None, "was": None, "change": None, "growth": None}
            for one in told["tiles"]
        ],
    }  # fmt: skip
    crowded = {**told, "missing": {**told["missing"], "libraries": 20, "sheets": 31}}
    whole = Files(
        (
            Attachment("evaluation-2026-05-2026-08.xlsx", XLSX, b"PK"),
            Attachment("evaluation-2026-05-2026-08.html", "text/html", b"<p></p>"),
        )
    )
    large = Files(whole.attached[1:], 23)
    case = "evaluation/2026-05/2026-08/0123456789abcdef"
    soon = Occasion(meeting=date(2026, 10, 20), sent=True)
    over = Occasion(over=True, sent=True)
    shapes: tuple[tuple[dict[str, Any], bool, Occasion, Files], ...] = (
        (told, False, Occasion(), whole), (told, True, soon, whole), (crowded, False, soon, large),
        (nothing, False, Occasion(), whole), (told, True, over, large), (told, False, over, whole),
        (crowded, True, Occasion(sent=True), whole),
    )  # fmt: skip
    for facts, both, occasion, files in shapes:
        to = committee if both else boxes(host)
        yield compiled(
            facts, to, host, host.language, case=case, committee=both, occasion=occasion,
            files=files,
        )  # fmt: skip
    term = TermEnd(date(2025, 8, 1), date(2027, 7, 31), host.code)
    for step, day, missing in (
        ("-180", date(2027, 2, 1), {"2026-11": ["HDU"], "2026-12": ["HDU", "TJU"]}),
        ("-90", date(2027, 5, 2), {"2027-03": ["HDU"]}),
        ("-30", date(2027, 7, 1), {}),
    ):
        to = ("library", host.code)
        notice = Notice(TERM, step, term.key, "", host.code, to, term)
        one = Bundle(TERM, step, host.code, to, (notice,))
        yield ending(one, libraries, committee, missing, day)
