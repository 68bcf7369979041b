"""Write the pages, remove those of codes that are gone, and list them all in docs/checking.md."""

from __future__ import annotations

from tests.docs.findings.checking import PAGE, with_table
from tests.docs.findings.pages import FOLDER, pages

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for page in FOLDER.glob("*.md"):
        if page.stem not in written:
            page.unlink()
    for code, text in written.items():
        (FOLDER / f"{code}.md").write_text(text, "utf-8")
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
