"""The part of docs/checking.md that lists the codes."""

from __future__ import annotations

from typing import Final

from schemaproof_testing.project import ROOT
from tests.docs.findings.pages import table

PAGE: Final = ROOT / "docs" / "checking.md"
_HEADING: Final = "## Codes\n"
_INTRODUCTION: Final = (
    "Each code has a page: what it means, why it matters, how it happens, how to repair it.\n"
)


def with_table(page: str) -> str:
    """Return the page with the codes as they are now; they are its last section."""
    before, heading, _ = page.partition(_HEADING)
    return f"{before}{heading or _HEADING}\n{_INTRODUCTION}\n{table()}"
