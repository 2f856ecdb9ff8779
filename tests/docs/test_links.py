"""Every link inside the documentation leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.pages import ROOT, anchors, pages, prose

LINK = re.compile(
    r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE
)
OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in (first or second for first, second in LINK.findall(prose(page))):
        if OUTSIDE.match(link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        lost = not target.exists() or not target.is_relative_to(ROOT)
        if lost or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_every_page_of_docs_can_be_reached_from_its_index() -> None:
    reached, waiting = set(), [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = [first or second for first, second in LINK.findall(prose(page))]
        paths = [unquote(link).partition("#")[0] for link in links if not OUTSIDE.match(link)]
        waiting += [
            target for path in paths if (target := (page.parent / path).resolve()).is_file()
        ]
    assert {page for page in pages() if page.is_relative_to(ROOT / "docs")} <= reached


def test_a_broken_link_and_a_broken_anchor_are_found(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# 一個 heading\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#一個-heading) [c](gone.md) [d](there.md#gone) `[e](code.md)`\n"
        "```\n[f](code.md)\n```\n[g]: lost.md\n",
        encoding="utf-8",
    )
    assert broken(page) == ["gone.md", "there.md#gone", "lost.md"]
