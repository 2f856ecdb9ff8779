"""The files that arrive: each library's workbooks, typed in its own hand, some spoiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from ill_workflows.demo.faults import COVER_FAULT, Planned, spoil
from ill_workflows.demo.hand import Hand
from ill_workflows.demo.home import MARK
from ill_workflows.demo.libraries import Invented
from ill_workflows.demo.page import Page, page
from ill_workflows.demo.plan import Post
from ill_workflows.demo.readers import invented_name
from ill_workflows.demo.sheets import Rows, cards, usage
from ill_workflows.demo.world import World
from ill_workflows.demo.writer import Template
from ill_workflows.forms import Form
from ill_workflows.forms.cover import INTERIM
from ill_workflows.forms.month import last_day, minguo, next_month
from ill_workflows.forms.recognise import COVER
from ill_workflows.xlsx.template import write_template

_OWN: Final = (f"{MARK}：自己的底稿，承辦館不必看", "電話 0000", "待問：索書號怎麼填？")
CONTACT: Final = "有問題請洽櫃台分機 0000。"
"""What a library adds for the host, and not for everybody."""
_NOTES: Final = (
    "期末借書證不夠用，建議暑假前先互相調度。",
    "讀者常忘記帶抵押證件，已在網頁加註。",
    "複印改寄掃描檔後，讀者當天就能收到。",
    "希望聯盟網頁列出各館寒暑假開館時間。",
    "改在還書箱旁放借書證回收袋，讀者還書時就把證交回，遺失的少了一半。",
    "閉館日前一週先寄到期提醒，假期後逾期的明顯變少。",
    f"外文期刊掃描件較多，先查全文資料庫常可當天回覆。{CONTACT}",
    "新生週介紹館際借書證，九月換證人數比去年多。",
)
"""What libraries have to say about their experience (Article 3.2.8)."""
_HTML: Final = (
    "<html><head><meta charset='utf-8'><title>{mark}</title></head><body><table border='1'>"
    "<tr><th>借書證號</th><th>登錄號</th><th>題名</th></tr><tr><td>{mark}</td></tr></table></body></html>"
)


@dataclass
class Press:
    """Makes the bytes of each file of the plan; the same world gives the same bytes."""

    world: World
    _templates: dict[tuple[str, str], Template] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> dict[str, str]:
        """The random word of each library, from the seed."""
        return {c: f"{self.world.rng('token', c).getrandbits(64):016x}" for c in self.world.codes}

    @cached_property
    def _places(self) -> dict[str, Invented]:
        return {place.code: place for place in self.world.places}

    def file(self, post: Post) -> tuple[bytes, list[Planned]]:
        """The bytes of a file, and the errors that it must be returned with."""
        if post.what == "lock":
            return b"\x05" + MARK.encode("utf-16-le").ljust(164, b"\0"), []
        if post.what == "html":
            return _HTML.format(mark=MARK).encode(), []
        data, planned = self._workbook(post)
        return (data[: len(data) * 3 // 5] if post.what == "truncated" else data), planned

    def pages(self, post: Post) -> dict[str, Page]:
        """The sheets of a workbook as the library fills them in, by table, before any mistake."""
        place, view = self._places[post.view.library], post.view
        titles = (f"{place.name}　{minguo(view.month)}", f"列印日期：{view.as_of:%Y/%m/%d}")
        hand, facts = self._hand(post, "rows"), self._facts(post)
        return {
            sheet.table: page(sheet, facts[sheet.table], hand, place, titles)
            for sheet in post.form.sheets
        }

    def _workbook(self, post: Post) -> tuple[bytes, list[Planned]]:
        place, view = self._places[post.view.library], post.view
        cover, pages = self._cover(post), self.pages(post)
        template = self._template(place, post.form)
        planned: list[Planned] = []
        if post.what == "wrong":
            planned = self._spoil(post, cover, pages, template)
        return template.filled(view.month, cover, pages.values(), MARK), planned

    def _facts(self, post: Post) -> dict[str, Rows]:
        return (usage if post.form.name == "usage" else cards)(self.world, post.view)

    def _hand(self, post: Post, what: str) -> Hand:
        view = post.view
        rng = self.world.rng("typed", what, view.library, post.form.name, view.month, view.as_of)
        place = self._places[view.library]
        return Hand(place, self._places, rng, last_day(view.month), view.as_of)

    def _cover(self, post: Post) -> dict[str, Any]:
        place, view = self._places[post.view.library], post.view
        rng = self.world.rng("cover", place.code, post.form.name, view.month)
        cover = {
            "month": minguo(view.month),
            "filled_by": invented_name(self.world.rng("librarian", place.code)),
            "email": place.email,
            "filled_on": self._hand(post, "cover").day(view.as_of, view.as_of),
        }
        if post.form.name == "usage" and rng.random() < 0.12:  # its own sentence each time
            cover["notes"] = self.world.rng("experience", place.code).choice(_NOTES)
        if post.interim:
            cover["kind"] = INTERIM
        return cover

    def _spoil(
        self, post: Post, cover: dict[str, Any], pages: dict[str, Page], template: Template
    ) -> list[Planned]:
        """Make the workbook wrong: some rows, or the month on its cover."""
        view = post.view
        rng = self.world.rng("wrong", view.library, post.form.name, view.month)
        planned = spoil(pages, self._facts(post), view, rng) if rng.random() < 0.85 else []
        if not planned:
            cover["month"] = minguo(next_month(view.month, -1))
            planned.append(Planned(COVER, template.cover_cell("month"), COVER_FAULT))
        return planned

    def _template(self, place: Invented, form: Form) -> Template:
        key = (place.code, form.name)
        if key not in self._templates:
            member = self.world.members[place.code]
            data = write_template(
                form, members=self.world.members, library=member, month=self.world.months[0],
                rows={}, cover={}, token=self.tokens[place.code],
            )  # fmt: skip
            self._templates[key] = Template(data, form, _OWN if place.habits.mess == 3 else ())
        return self._templates[key]
