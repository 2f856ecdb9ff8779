"""How letters look where they are read: a phone, a screen, a sheet of paper."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.mail.written import ALL, LETTERS, OURS, mail, part

MEASURE = """<body style="margin:0">%s<script>
addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument.documentElement;
    found[frame.src.split("/").pop()] = [page.scrollWidth, page.scrollHeight];
  }
  document.body.innerHTML = "<pre>" + JSON.stringify(found) + "</pre>";
});
</script></body>"""


def chromium(profile: Path, *options: str) -> str:
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={profile}",
    ]
    command += ["--allow-file-access-from-files", *options]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=180, check=True
    )
    return done.stdout.decode()


@pytest.mark.tool("chromium")
@pytest.mark.parametrize("width", [360, 1200])
def test_no_letter_is_wider_than_the_screen(tmp_path: Path, width: int) -> None:
    for language, n, letter in ALL:
        (tmp_path / f"{language}-{n}.html").write_text(part(mail(letter), "html"), encoding="utf-8")
    frames = "".join(
        f'<iframe src="{language}-{n}.html" style="border:0;width:{width}px;height:400px"></iframe>'
        for language, n, _ in ALL
    )
    (tmp_path / "all.htm").write_text(MEASURE % frames, encoding="utf-8")
    seen = chromium(tmp_path / "profile", "--dump-dom", (tmp_path / "all.htm").as_uri())
    found = json.loads(unescape(re.search(r"<pre>(.*?)</pre>", seen, re.DOTALL)[1]))  # type: ignore[index]
    assert len(found) == len(ALL)
    assert not {name: size for name, size in found.items() if size[0] > width}
    assert min(size[1] for size in found.values()) > 400, "an empty page"


@pytest.mark.tool("chromium")
@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_the_page_to_hand_over_prints_on_one_sheet_of_a4(tmp_path: Path, language: str) -> None:
    letter = next(
        one for one in LETTERS
        if one.facts.get("by_hand") and one.language == language and one.facts["tone"] == "final"
    )  # fmt: skip
    page = tmp_path / "page.html"
    page.write_bytes(OURS.page(letter.template, language, letter.facts))
    pdf = tmp_path / "page.pdf"
    chromium(
        tmp_path / "profile", "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri()
    )  # fmt: skip
    data = pdf.read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", data)
    assert len(boxes) == 1
    assert [round(float(number)) for number in boxes[0].split()] == [0, 0, 595, 842]
