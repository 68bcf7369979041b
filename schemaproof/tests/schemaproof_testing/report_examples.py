"""Reports with a malicious name."""

from typing import Final

import pytest

from schemaproof.findings.findings import Kind, Report
from schemaproof_testing.findings import make_finding

HOSTILE: Final = (
    'a "quoted" name',
    "a | pipe",
    "<script>alert(1)</script>",
    "]]> & < >",
    "100 % of it",
    "two\nlines\r\nand \x1b[31m red",
    "*bold* _it_ `code` [link](x) @everybody",
    "::error::no command",
    "日本語 é",
    "x" * 63,
)


def report_on(name: str, *, kind: Kind = Kind.DRIFT) -> Report:
    return Report((make_finding("column-type", kind, f"public.{name}", name, name),), 1, 1)


hostile = pytest.mark.parametrize("name", HOSTILE)
