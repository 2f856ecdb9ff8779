"""Workbooks written by hand, as Excel and others write them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from tests.xlsx.sound import OFFICE, parts

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SPACES = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    f'xmlns:r="{OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'mc:Ignorable="x14ac xr" '
    'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
    'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
)
X14 = (
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:dataValidation type="list" allowBlank="1" xr:uid="{00000000-0002-0000-0000-000000000000}">'
    "<x14:formula1><xm:f>選單!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>C2:C9</xm:sqref>"
    "</x14:dataValidation></x14:dataValidations></ext></extLst>"
)
STYLES = (
    "<fonts count='2'><font><sz val='11'/><name val='Calibri'/></font><font><b/><sz val='11'/>"
    "<name val='Calibri'/></font></fonts><fills count='4'><fill><patternFill patternType='none'/>"
    "</fill><fill><patternFill patternType='gray125'/></fill><fill><patternFill patternType='solid'>"
    "<fgColor theme='4' tint='0.59999389629810485'/><bgColor indexed='64'/></patternFill></fill>"
    "<fill><patternFill patternType='solid'><fgColor rgb='FFFFC7CE'/></patternFill></fill></fills>"
    "<borders count='1'><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    "<cellStyleXfs count='1'><xf numFmtId='0' fontId='0' fillId='0' borderId='0'/></cellStyleXfs>"
    "<cellXfs count='4'><xf numFmtId='0' fontId='0' fillId='0' borderId='0' xfId='0'/>"
    "<xf numFmtId='14' fontId='1' fillId='2' borderId='0' xfId='0' applyNumberFormat='1' "
    "applyFont='1' applyFill='1'><alignment horizontal='center'/></xf>"
    "<xf numFmtId='0' fontId='0' fillId='3' borderId='0' xfId='0' applyFill='1'/>"
    "<xf numFmtId='49' fontId='0' fillId='0' borderId='0' xfId='0' applyNumberFormat='1'/></cellXfs>"
    "<cellStyles count='1'><cellStyle name='Normal' xfId='0' builtinId='0'/></cellStyles>"
    "<dxfs count='1'><dxf><fill><patternFill><bgColor rgb='FFFFC7CF'/></patternFill></fill></dxf>"
    "</dxfs>"
)
ROWS = (
    '<row r="1" spans="1:3" x14ac:dyDescent="0.25"><c r="A1" s="1" t="s"><v>0</v></c>'
    '<c r="B1" s="1" t="s"><v>1</v></c></row>'
    '<row r="2" spans="1:3" x14ac:dyDescent="0.25"><c r="A2" t="s"><v>2</v></c>'
    '<c r="C2" s="1"><f>1+1</f><v>2</v></c></row>'
    '<row r="5" spans="1:3" s="3" customFormat="1" x14ac:dyDescent="0.25"><c r="B5" s="2">'
    "<v>7</v></c></row>"
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            info = zipfile.ZipInfo(name, (2025, 10, 2, 9, 30, 0))
            info.compress_type = (
                zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            )
            archive.writestr(info, body)
    return out.getvalue()


def rels(**targets: tuple[str, str]) -> str:
    """A relations part: id=(kind, target)."""
    inner = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_RELS}">{inner}</Relationships>'


def excel_book(
    *, rows: str = ROWS, tail: str = X14, selected: int = 0, views: str = "", names: str = ""
) -> bytes:
    """What Excel saves: three sheets (資料, 選單, 封面's), extensions, names of single sheets."""

    def sheet(number: int, content: str, end: str = "") -> str:
        chosen = ' tabSelected="1"' if number == selected else ""
        return (
            f'{_HEAD}<worksheet {_SPACES} xr:uid="{{00000000-0001-0000-0{number}00-000000000000}}">'
            f'<dimension ref="A1:C5"/><sheetViews><sheetView{chosen} workbookViewId="0"/></sheetViews>'
            '<sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/>'
            '<cols><col min="1" max="1" width="12.5" customWidth="1"/>'
            '<col min="4" max="5" width="9" style="3" customWidth="1"/></cols>'
            f'<sheetData>{content}</sheetData><pageMargins left="0.7" right="0.7" top="0.75" '
            f'bottom="0.75" header="0.3" footer="0.3"/>{end}</worksheet>'
        )

    view = views or '<workbookView firstSheet="1" activeTab="0"/>'
    defined = names or (
        '<definedName name="_xlnm.Print_Titles" localSheetId="0">資料!$1:$1</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="2">封面!$A$1:$C$5</definedName>'
        '<definedName name="ill_form">"usage"</definedName>'
    )
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n + 3}" r:id="rId{n}"/>'
        for n, name in enumerate(("資料", "選單", "封面"), 1)
    )
    override = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in (
            ("workbook.xml", "sheet.main"), ("worksheets/sheet1.xml", "worksheet"),
            ("worksheets/sheet2.xml", "worksheet"), ("worksheets/sheet3.xml", "worksheet"),
            ("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings"),
            ("calcChain.xml", "calcChain"),
        )
    )  # fmt: skip
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return zipped({
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="png" ContentType="image/png"/>{override}</Types>',
        "_rels/.rels": rels(rId1=("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{_HEAD}<workbook {_SPACES}><workbookPr/><xr:revisionPtr revIDLastSave="0"'
        f' documentId="8_{{0}}"/><bookViews>{view}'
        f"</bookViews><sheets>{listed}</sheets><definedNames>{defined}</definedNames>"
        '<calcPr calcId="191029"/></workbook>',
        "xl/_rels/workbook.xml.rels": rels(
            rId1=("worksheet", "worksheets/sheet1.xml"), rId2=("worksheet", "/xl/worksheets/sheet2.xml"),
            rId3=("worksheet", "worksheets/sheet3.xml"), rId4=("styles", "styles.xml"),
            rId5=("sharedStrings", "sharedStrings.xml"), rId6=("calcChain", "calcChain.xml"),
        ),
        "xl/worksheets/sheet1.xml": sheet(0, rows, tail),
        "xl/worksheets/sheet2.xml": sheet(1, ROWS),
        "xl/worksheets/sheet3.xml": sheet(2, ROWS),
        "xl/styles.xml": f"{_HEAD}<styleSheet {main}>{STYLES}</styleSheet>",
        "xl/sharedStrings.xml": f"{_HEAD}<sst {main} count='3' uniqueCount='3'><si><t>借出日</t></si>"
        "<si><t>=1+1</t></si><si><t>甲</t></si></sst>",
        "xl/calcChain.xml": f"{_HEAD}<calcChain {main}><c r='C2' i='4'/></calcChain>",
        "xl/media/image1.png": b"\x89PNG\r\n\x1a\n" + bytes(300),
    })  # fmt: skip


def prefixed(data: bytes) -> bytes:
    """The same workbook with every element of the main namespace written ``<x:…>``."""
    done = {}
    for name, body in parts(data).items():
        text = body
        if b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"' in body:
            text = re.sub(rb"<(/?)(?=[a-zA-Z]\w*[\s/>])", rb"<\1x:", body)
            text = text.replace(b'xmlns="http://schemas.openxmlformats.org/s', b'xmlns:x="http://'
                b"schemas.openxmlformats.org/s")  # fmt: skip
        done[name] = text
    return zipped(done)
