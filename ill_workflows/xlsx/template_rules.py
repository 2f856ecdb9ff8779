"""What Excel can see of a column: the findings, and the condition for each.

What may be typed is never coloured (but 97/2/29, which can only be one of its two years): where
Excel cannot tell, it says nothing.  It cannot tell

* a day without a year from another year's, nor whether its weekday fits;
* a member's code where no hyphen stands behind it (``nsut07``) or 圖書館 does; any in a blank form;
* that two rows are one where their cards or days are typed in two ways;
* overlapping issues, where one of the days is typed as text;
* two answers to one clearance;
* what depends on the lender's rules, on the term, or on other months' sheets.

Conditions are in the words of :class:`forms.RowRule`, and some more: ``{text_key}`` a cell as it
is looked up or taken apart, ``{iso_key}`` a day as 2025-9-3, ``{code_key}`` what stands before a
card's number, ``{bare_key}`` whether a text holds no digit, ``{any}`` whether the row holds
anything.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ill_workflows.forms.compiled import ALWAYS_ERRORS
from ill_workflows.forms.fields import MOST, Card, Choice, Day, Library, Text, Whole, Year
from ill_workflows.forms.findings import Severity
from ill_workflows.forms.form import Column, Sheet

SPELLED_LIBRARIES: Final = "spelled_libraries"
SPELLED_OWN: Final = "spelled_own"
"""Names of lists: every spelling of a member, those of the library itself."""

UNJUDGED: Final = "館處"
"""What a member's name may end in besides (圖書館, 圖資處): the lists have it without."""
_BETWEEN: Final = (" ", "　", "(", "（", "/", "-", ":")
"""What may stand between two names of one library."""

Check = tuple[str, Severity, str]
"""A finding's code, its severity, and the condition."""


def spelled_name(choice: Choice) -> str:
    """The defined name of every spelling of a list's choices."""
    return f"spelled_{choice.name}"


@lru_cache(maxsize=256)
def checks(sheet: Sheet, column: Column, *, members: bool) -> tuple[Check, ...]:
    """The findings that Excel can see in a column, but for the same key twice.

    ``members`` says whether the workbook knows them; a blank form does not.
    """
    found: list[Check] = [
        (code, "error" if column.strict or code in ALWAYS_ERRORS else "warning", text)
        for code, text in (*_missing(column), *_misread(column, members=members))
    ]
    found += [(r.code, r.severity, r.excel) for r in sheet.rules if r.at == column.key and r.excel]
    for code, at, text in sheet.across_excel:
        if at == column.key:
            found.append((code, "error" if code in ALWAYS_ERRORS else "warning", text))
    return tuple(found)


def _missing(column: Column) -> list[tuple[str, str]]:
    empty = f"(1-{{has_{column.key}}})"
    if column.required == "yes":
        return [("missing", f"{{any}}*{empty}")]
    if column.required == "when" and column.when_excel:
        return [("missing_when", f"({column.when_excel})*{empty}")]
    return []


def _misread(column: Column, *, members: bool) -> list[tuple[str, str]]:
    field, cell, key = column.field, f"{{{column.key}}}", column.key
    number, bare = f"ISNUMBER({cell})", f"{{bare_{key}}}"
    found: list[tuple[str, str]] = []
    if isinstance(field, Text):
        found.append(("too_long", f"LEN({cell})>{field.limit}"))
        if field.identifier:
            found.append(("lost_digits", f"{number}*({cell}>=1E15)"))
    elif isinstance(field, Whole):
        odd = f"{number}*(({cell}>{MOST})+({cell}<>INT({cell})))"
        found = [("number_unreadable", bare), ("number_unreadable", odd)]
        found.append(("number_too_small", f"{number}*({cell}<{field.least})"))
    elif isinstance(field, Year):
        now = "YEAR(TODAY())"
        odd = f"({cell}<10)+({cell}>{now}-1910)*({cell}<1400)+({cell}>{now}+1)"
        found = [("year_unreadable", bare)]
        found.append(("year_unreadable", f"{number}*({cell}<10000)*({odd})"))
    elif isinstance(field, Choice):
        unlisted = f"ISNA(MATCH({{text_{key}}},{spelled_name(field)},0))"
        found.append(("choice_unknown", f"{{has_{key}}}*{unlisted}"))
    elif isinstance(field, Day):
        found = _misread_day(field, cell, key)
    elif isinstance(field, Card):
        found = _misread_card(field, key, members=members)
    else:
        found = _misread_library(field, cell, key, members=members)
    return found


def _misread_day(field: Day, cell: str, key: str) -> list[tuple[str, str]]:
    """Days as numbers, and as texts that are written out with their year."""
    number, text = f"ISNUMBER({cell})", f"{{text_{key}}}"
    outside = f"(({cell}<18264)+({cell}>=73051)*(({cell}<1000101)+({cell}>99991231)))"
    latest = "9E8" if field.future else "TODAY()+1"
    later = f"({cell}>TODAY()+{field.far})" if field.future else f"({cell}>=TODAY()+1)"
    dashes = f'LEN({text})-LEN(SUBSTITUTE({text},"-",""))'
    written = f'({dashes}=2)*ISNUMBER(FIND("-",RIGHT({text},4)))'
    compact = f"({dashes}=0)*(LEN({text})>6)*(LEN({text})<9)"
    digits = f'ISNUMBER(-SUBSTITUTE({text},"-",""))'
    none = f"(IFERROR(DATEVALUE({{iso_{key}}}),9E9)>={latest})"
    return [
        ("date_unreadable", f"{{bare_{key}}}"),
        ("date_unreadable", f"{number}*{outside}"),
        ("date_far" if field.future else "date_future", f"{number}*({cell}<73051)*{later}"),
        ("date_impossible", f"{digits}*({written}+{compact})*{none}"),
    ]


def _misread_card(field: Card, key: str, *, members: bool) -> list[tuple[str, str]]:
    """Where a hyphen parts code and number, the code must be a member's."""
    code, found = f"{{code_{key}}}", [("card_unreadable", f"{{bare_{key}}}")]
    judged = _judged(code)
    if not field.own:
        found.append(("card_own", f"ISNUMBER(MATCH({code},{SPELLED_OWN},0))"))
        if members:
            known = f"MATCH({code},{SPELLED_LIBRARIES},0)"
            found.append(("card_no_member", f"{judged}*ISNA({known})"))
    elif members:
        found.append(("card_foreign", f"{judged}*ISNA(MATCH({code},{SPELLED_OWN},0))"))
    return found


def _judged(name: str) -> str:
    return f'ISERROR(FIND(RIGHT({name},1),"{UNJUDGED}"))'


def _misread_library(
    field: Library, cell: str, key: str, *, members: bool
) -> list[tuple[str, str]]:
    text, found = f"{{text_{key}}}", []
    if not field.own_allowed:
        found.append(("library_own", f"ISNUMBER(MATCH({text},{SPELLED_OWN},0))"))
    if members:
        words = "".join(f'*({text}<>"{word}")' for word in field.also)
        apart = (f'ISERROR(FIND("{mark}",TRIM({cell})))' for mark in _BETWEEN)
        alone = "*".join(apart)  # both its code and its name: such a text is not judged
        unknown = f"{{has_{key}}}*ISNA(MATCH({text},{SPELLED_LIBRARIES},0))"
        found.append(("library_unknown", f"{unknown}{words}*{alone}*{_judged(text)}"))
    return found
