"""``填表說明``: what the form is, when it is due, and how each column is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ill_workflows.forms.form import Sheet
from ill_workflows.xlsx.looks import TONES, clean, lines_of
from ill_workflows.xlsx.template_cover import READY
from ill_workflows.xlsx.template_looks import CARRIED, HEADS, FormLooks, protect
from ill_workflows.xlsx.template_sheet import set_paper
from ill_workflows.xlsx.template_words import Plan, examples, how, requirement

_WIDTHS: Final = (15, 16, 46, 34, 48)
_HEADINGS: Final = ("欄位", "必填？", "怎麼寫", "例如", "In English")
_WHEN: Final = (
    (
        "每月結束後填該月的資料，在主辦館通知的期限前寄回（通常是次月 5 日，遇休館日順延）。"
        "該月沒有資料也請寄回。"
    ),
    (
        "After the month's end, by the day that the host names (usually the 5th of the next "
        "month, or the next open day). Send it also when there was nothing."
    ),
)
_WHENEVER: Final = (
    "有這樣的事時隨時寄；沒有就不必寄。有更新時，同一列改好再寄一次，以最後一次為準。",
    (
        "Whenever there is something to say; else never. To bring a row up to date, change it and "
        "send the form again: the last one counts."
    ),
)
_ASKED: Final = (
    "收到後請儘快查核，每一列都選回覆、填回覆日，整份寄回。離校的人等這份回覆才能辦完手續。",
    (
        "As soon as you can: an answer and its day in every row, then send it back. Until then the "
        "leavers cannot complete their leaving."
    ),
)
_COVER: Final = (
    "先看「封面」：圖書館與年月是否正確，填上填表人；再填後面的工作表。",
    "Look at the cover first: your library, the month; your name. Then the sheets behind it.",
)
_COVER_ONLY: Final = (
    "先看「封面」：圖書館是否正確，填上填表人；再填後面的工作表。用不到的工作表留空白，不要刪除。",
    (
        "Look at the cover first: your library, your name. Then the sheets behind it; leave those "
        "empty that you do not need, and do not delete them."
    ),
)
_HABITS: Final = (
    (
        "一列一筆。列可以插入、刪除、排序、篩選；工作表名稱與第一列的欄名請保留。"
        "從別處貼上請用「選擇性貼上→值」。不知道的留空白。"
    ),
    (
        "One record a row. Insert, delete, sort and filter as you like; keep the sheets' names "
        "and the headings. Paste values only. Leave empty what you do not know."
    ),
)
_HOW: Final = (
    (
        f"封面的「自我檢查」出現「{READY}」，存檔（.xlsx）後整份寄回主辦館。"
        "如被退回，有錯的格子會上色並加註；在同一份檔案改好再寄。"
    ),
    (
        f"When the cover's self-check says {READY}, save the workbook and send it to the host. "
        "If it comes back, mend the coloured cells in that very file."
    ),
)


class _Colour(NamedTuple):
    """A line of the legend: a sample, its colours, what it means."""

    sample: str
    look: Mapping[str, str]
    zh: str
    en: str


_LEGEND: Final = (
    _Colour("必填", HEADS["yes"], "欄名深色：每一列都要填", "dark heading: required"),
    _Colour("有條件", HEADS["when"], "欄名藍色：符合條件時要填", "blue: required when it applies"),
    _Colour("選填", HEADS[""], "欄名淺色：有就填", "pale heading: if you have it"),
    _Colour("114.2.30", TONES["bad"], "紅色格子：要修改，不改會退回", "red cell: mend it"),
    _Colour("（空白）", TONES["fair"], "黃色格子：請補正；不補以「不明」計", "yellow: unknown"),
    _Colour("已帶入", CARRIED, "淡藍格子：上次沒有結束的，請接著填", "pale blue: carried over"),
)  # fmt: skip


class Guide:
    """The guidance while it is written, line by line."""

    def __init__(self, page: Any, looks: FormLooks, plan: Plan) -> None:
        self._page, self._looks, self._plan = page, looks, plan
        self._row = 0

    def write(self) -> None:
        """The whole sheet."""
        page, looks, form = self._page, self._looks, self._plan.form
        for column, width in enumerate(_WIDTHS):
            page.set_column(column, column, width)
            page.write_blank(0, column, None, looks.band)
        page.write_string(0, 0, f"{form.title}　{form.title_en}", looks.band)
        page.set_row_pixels(0, 44)
        self._row = 1
        self._fact("這是什麼", form.guide, form.guide_en)
        self._fact("何時寄", *(_WHEN if form.monthly else _ASKED if form.asks else _WHENEVER))
        self._fact("從哪裡開始", *(_COVER if form.monthly else _COVER_ONLY))
        self._fact("怎麼填", *_HABITS)
        self._fact("怎麼寄", *_HOW)
        self._legend()
        breaks = []
        for sheet in form.sheets:
            breaks.append(self._row)
            self._sheet(sheet)
        page.hide_gridlines(2)
        set_paper(page, f"{form.title}　填表說明", self._plan)
        page.fit_to_pages(1, 0)
        page.set_h_pagebreaks(breaks)
        protect(page)

    def _word(self, column: int, text: str, look: Any) -> None:
        """A text, or an empty cell: an empty text would count as a cell that holds something."""
        if text:
            self._page.write_string(self._row, column, text, look)
        else:
            self._page.write_blank(self._row, column, None, look)

    def _fact(self, label: str, zh: str, en: str) -> None:
        """A label, Chinese over three columns, English beside it."""
        page, looks = self._page, self._looks
        page.write_string(self._row, 0, label, looks.label)
        page.merge_range(self._row, 1, self._row, 3, zh, looks.text())
        page.write_string(self._row, 4, en, looks.text(english=True))
        self._high(lines_of(zh, sum(_WIDTHS[1:4])), lines_of(en, _WIDTHS[4]))

    def _legend(self) -> None:
        page, looks = self._page, self._looks
        for n, line in enumerate(_LEGEND):
            self._word(0, "" if n else "顏色", looks.label)
            page.write_string(self._row, 1, line.sample, looks.sample(line.look))
            page.merge_range(self._row, 2, self._row, 3, line.zh, looks.text())
            page.write_string(self._row, 4, line.en, looks.text(english=True))
            self._high(1)

    def _sheet(self, sheet: Sheet) -> None:
        page, looks = self._page, self._looks
        page.write_url(self._row, 0, f"internal:'{sheet.title}'!A2", looks.section, sheet.title)
        self._high(2)
        page.merge_range(self._row, 0, self._row, 3, sheet.guide, looks.text(strong=True))
        page.write_string(self._row, 4, sheet.guide_en, looks.text(english=True))
        self._high(lines_of(sheet.guide, sum(_WIDTHS[:4])), lines_of(sheet.guide_en, _WIDTHS[4]))
        for n, heading in enumerate(_HEADINGS):
            page.write_string(self._row, n, heading, looks.head("yes"))
        self._high(1)
        for column in sheet.columns:
            needed, needed_en = requirement(column)
            zh, en = how(self._plan, column)
            english = " ".join(part for part in (f"({needed_en})" if needed_en else "", en) if part)
            page.write_string(self._row, 0, column.heading, looks.head(column.required))
            shown = (needed, zh, examples(self._plan, column), english)
            for n, text in enumerate(shown, start=1):
                look = looks.text(english=n == 4, strong=n == 1 and column.required == "yes")
                self._word(n, clean(text), look)
            self._high(*map(lines_of, shown, _WIDTHS[1:]))

    def _high(self, *lines: int) -> None:
        """Give the row the height of its longest text, and go on to the next."""
        self._page.set_row_pixels(self._row, 8 + 17 * max(lines))
        self._row += 1
