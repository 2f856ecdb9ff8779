"""離校異動名單 ``departures``: which of *our* readers leave, and when (Article 5.3).

The only form beside the register that names readers; what it says of them goes to nobody but the
reader and the home library itself.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from ill_workflows.forms.choices import LEAVINGS, STATUS_SPELLINGS, STATUSES
from ill_workflows.forms.fields import Choice, Day, Text
from ill_workflows.forms.form import Column, Form, Sheet, Wrong

AHEAD: Final = 200
"""Days that a leaving may be announced ahead (a term); a list that waits for it comes too late."""

LEAVERS = Sheet(
    title="異動名單",
    table="departures_leavers",
    identity=("patron", "kind", "leaving_on"),
    guide="只需列出曾換證者；如整批貼上，未曾換證者比對後即不留存。異動取消時，同一列填上撤銷日再寄一次。",
    guide_en="Only readers who ever had a card need be listed; of others, if the whole list is pasted, "
    "nothing is kept once it has been compared. When a leaving is withdrawn, send its row again with "
    "the day of that.",
    rows=5_000,
    columns=(
        Column(
            "讀者證號", "patron", Text(identifier=True, limit=60), required="yes", strict=True, width=14,
            also=("學號", "讀者號", "學號/職號", "讀者證號/學號", "借閱證號", "職號", "教職員編號"),
            examples=("H41000001", "00123", 41234567),
            wrong=(Wrong("", "missing"), Wrong(1234567890123456789.0, "lost_digits")),
            guide="與借書證登記簿上的相同。", guide_en="As in the loan card register.",
        ),
        Column("姓名", "name", Text(limit=80), width=12, also=("讀者姓名",), examples=("示範讀者",)),
        Column(
            "身分", "status", Choice("statuses", STATUSES, also=STATUS_SPELLINGS),
            required="yes", width=8, also=("身份", "身分別", "身份別", "讀者身分"), examples=("學生", "教師 "),
            wrong=(Wrong("", "missing"), Wrong("校友", "choice_unknown")),
        ),
        Column(
            "異動類別", "kind",
            Choice("leavings", LEAVINGS, also=(("辭職", "離職"), ("留停", "留職停薪"), ("應屆畢業", "畢業"))),
            required="yes", strict=True, width=10,
            also=("異動原因", "離校原因", "離校類別", "異動別", "異動種類"), examples=("畢業", "休學 ", "留職停薪"),
            wrong=(Wrong("", "missing"), Wrong("出國", "choice_unknown")),
        ),
        Column(
            "異動日", "leaving_on", Day(future=True, far=AHEAD, yearless="either"), required="yes", strict=True,
            width=12, also=("異動日期", "離校日", "離校日期", "生效日", "生效日期", "異動生效日"),
            examples=("114.9.30", date(2025, 9, 26), "9/26(五)", "1140929"),
            wrong=(
                Wrong("", "missing"), Wrong("114.9.31", "date_impossible"), Wrong("近期", "date_unreadable"),
                Wrong("98/9/9", "date_ambiguous"), Wrong("9/26(一)", "weekday_mismatch"),
                Wrong(date(2041, 1, 31), "date_far"),
            ),
            guide="還沒到的異動也可以先列，以半年內為限。",
            guide_en="A leaving to come may be listed ahead, up to half a year.",
        ),
        Column(
            "撤銷日", "withdrawn_on", Day(), width=12, also=("撤銷日期", "取消日", "取消日期", "復學日", "復職日"),
            examples=("114.9.30", "無"),
            wrong=(Wrong("114.2.30", "date_impossible"), Wrong("115.1.1", "date_future")),
            guide="異動取消才填；清查隨即停止。", guide_en="Only when the leaving is withdrawn; its clearance stops.",
        ),
        Column("電子郵件", "email", Text(limit=200), width=26, also=("email", "e-mail", "信箱", "電子信箱"),
               examples=("reader@mail.hdu.example",)),
        Column("備註", "note", Text(), width=22, also=("說明", "附註"), examples=("已通知系所",)),
    ),
)  # fmt: skip

DEPARTURES = Form(
    name="departures",
    title="離校異動名單",
    title_en="Leavers",
    version=1,
    monthly=False,
    sheets=(LEAVERS,),
    guide="借方圖書館填寫：離校、離職的讀者。貸方圖書館只會看到借書證號，不會看到姓名。",
    guide_en="Filled in by the home library: readers who leave. Lending libraries are shown card "
    "numbers, never names.",
)
