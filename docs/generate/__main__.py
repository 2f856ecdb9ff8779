"""Write the pages of ``docs/reference``; those that nothing belongs to any more go."""

from __future__ import annotations

import sys

from docs.generate import FOLDER, pages


def main() -> None:
    """Write every page and name those that changed."""
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for path in FOLDER.glob("*.md"):
        if path not in written:
            path.unlink()
            sys.stdout.write(f"{path.name} gone\n")
    for path, text in written.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.name} written\n")


main()
