"""The meeting's report as a file: two sheets of A4, whole in itself, with the alliance's logo."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from ill_workflows.errors import LetterBroken
from ill_workflows.evaluation.meeting.report import meeting_of
from ill_workflows.evaluation.meeting.words import Meeting, Restatement
from ill_workflows.jobs.logo import LIMIT
from ill_workflows.jobs.logo import logo as logo_of
from ill_workflows.jobs.meeting import page, rehearse
from tests.cli.command import ill
from tests.evaluation.invented import alliance
from tests.jobs.alliance import found
from tests.mail.test_looks import chromium
from tests.mail.written import Html

TODAY = date(2026, 9, 20)
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
LONG = (
    "Imaginary National University of Science, Technology and Applied Arts of the Southern Region"
)
BECAUSE = "重複登錄兩筆，已更正並重寄當月報表，經館員電話確認後補登；其餘各筆照原報表"


def crowded(libraries: int, months: int) -> Meeting:
    """A meeting with as much to say as there can be: long names, many gaps, corrections."""
    told = meeting_of(alliance(libraries, months))
    members = tuple(
        replace(m, name=f"{m.name}附設進修推廣暨終身學習中心{n}", name_en=f"{LONG} {n}")
        for n, m in enumerate(told.members)
    )
    board = tuple(
        (*p[:3], "missing" if (n * 7 + n // 3) % 5 == 0 else p[3]) for n, p in enumerate(told.board)
    )
    restated = [Restatement("2025-09", told.host, "loans_lent", 12000, 11800, BECAUSE, TODAY)] * 9
    return replace(told, members=members, board=board, restated=tuple(restated))


def pages_of(html: Path, profile: Path) -> int:
    pdf = html.with_suffix(".pdf")
    chromium(profile, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", html.as_uri())
    told = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Page size:\s+59\d(\.\d+)? x 84\d(\.\d+)? pts \(A4\)", told), told
    return int(re.search(r"Pages:\s+(\d+)", told)[1])  # type: ignore[index]


MEASURE = """<body>%s<script>addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument;
    const sheets = [...page.querySelectorAll(".sheet")].map(s => s.scrollHeight - s.clientHeight);
    found[frame.name] = [...sheets, page.querySelector(".lines").clientHeight];
  }
  document.body.innerHTML = "<pre>" + JSON.stringify(found) + "</pre>";
});</script></body>"""


@pytest.mark.tool("chromium", "pdftoppm")
@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_the_report_has_two_pages_of_a4_and_nothing_is_cut_off(
    tmp_path: Path, language: str
) -> None:
    app = found(tmp_path / "home")
    shapes = {
        "three": meeting_of(alliance(3, 1)), "forty": meeting_of(alliance(40, 12)),
        "sixty": meeting_of(alliance(60, 24)), "crowded": crowded(60, 24),
    }  # fmt: skip
    frames = ""
    for name, told in shapes.items():
        file = tmp_path / f"{name}.html"
        file.write_bytes(page(app, told, language, TODAY))
        assert pages_of(file, tmp_path / "profile") == 2, name
        frames += (
            f'<iframe name="{name}" src="{file.name}" style="width:1000px;height:900px"></iframe>'
        )
    (tmp_path / "all.htm").write_text(MEASURE % frames, encoding="utf-8")
    seen = chromium(tmp_path / "profile", "--dump-dom", (tmp_path / "all.htm").as_uri())
    room = json.loads(unescape(re.search(r"<pre>(.*?)</pre>", seen, re.DOTALL)[1]))  # type: ignore[index]
    assert set(room) == set(shapes)
    for name, (first, second, lines) in room.items():
        assert (first, second) == (0, 0), f"{name} is cut off"
        assert lines >= 100, f"{name} leaves no room for proposals"


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_the_report_is_whole_in_itself(tmp_path: Path, language: str) -> None:
    app = found(tmp_path)
    source = page(app, crowded(12, 6), language, TODAY).decode()
    shown = Html(source.replace("<!DOCTYPE html>", ""))
    assert not {"script", "link", "iframe", "form", "object", "img"} & {
        tag for tag, _ in shown.tags
    }
    assert not re.search(r"url\(|@import|src=|href=", source)
    assert set(re.findall(r"https?://[^\s\"']+", source)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in source
    assert not re.search(r"None|Undefined|\{\{|\{%", shown.text)
    assert source.count("<svg ") == source.count("</desc>") == 3
    keys = re.findall(r'id="([^"]+)"', source)
    assert len(keys) == len(set(keys))


def test_a_library_whose_name_is_markup_stays_a_name(tmp_path: Path) -> None:
    told = meeting_of(alliance(3, 2))
    bad = tuple(replace(m, name="<script>alert(1)</script>") for m in told.members)
    source = page(found(tmp_path), replace(told, members=bad), "zh-TW", TODAY).decode()
    assert "<script" not in source
    assert "&lt;script&gt;" in source


def test_the_alliances_logo_is_part_of_the_file(tmp_path: Path) -> None:
    app = found(tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "logo.png").write_bytes(PNG)
    source = page(app, meeting_of(alliance(3, 1)), "zh-TW", TODAY).decode()
    assert f'src="data:image/png;base64,{b64encode(PNG).decode()}"' in source
    assert 'alt="示範館際合作聯盟"' in source


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("logo.png", b"<svg onload='x'>"),
        ("logo.jpg", PNG),
        ("logo.png", PNG + b"0" * LIMIT),
        ("logo.png", PNG[:12]),
    ],
    ids=["no picture", "another kind", "too large", "cut off"],
)
def test_a_logo_that_cannot_be_used_is_left_out_and_check_says_so(
    tmp_path: Path, name: str, data: bytes
) -> None:
    app = found(tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / name).write_bytes(data)
    assert logo_of(app) is None
    (line,) = [
        line for line in ill("check", home=tmp_path, today="2025-10-07").out.splitlines()
        if "report" in line and name in line
    ]  # fmt: skip
    assert line.startswith("✗")


def own(home: Path, source: str) -> None:
    path = home / "templates" / "report" / "zh-TW" / "meeting.j2"
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")


def test_the_hosts_own_report_comes_first(tmp_path: Path) -> None:
    own(tmp_path, "<p>{{ span }}：{{ tiles[0].now|number }}</p>")
    told = meeting_of(alliance(3, 1))
    lent = told.now["loans_lent"].total
    assert page(found(tmp_path), told, "zh-TW", TODAY).decode() == f"<p>114年08月：{lent}</p>"
    assert rehearse(found(tmp_path)) == []


@pytest.mark.parametrize(
    "source",
    ["{{ nothing }}", "{{ ''.__class__.__mro__ }}", "{% include '/etc/passwd' %}", "{% if %}"],
)
def test_a_broken_report_is_told_by_check_and_never_written(tmp_path: Path, source: str) -> None:
    own(tmp_path, source)
    app = found(tmp_path)
    with pytest.raises(LetterBroken, match=r"report/zh-TW/meeting\.j2"):
        page(app, meeting_of(alliance(3, 1)), "zh-TW", TODAY)
    assert len(rehearse(app)) == 1
