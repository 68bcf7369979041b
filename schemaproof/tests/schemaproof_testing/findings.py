"""Findings, differences and baseline entries in the form of reports."""

from datetime import date

from schemaproof.compare import Difference
from schemaproof.findings.baseline import Entry
from schemaproof.findings.codes import code
from schemaproof.findings.findings import Finding, Kind
from schemaproof.schema.paths import ObjectPath


def make_finding(
    about: str,
    kind: Kind,
    path: str,
    expected: str | None = None,
    actual: str | None = None,
    reason: str | None = None,
    hint: str | None = None,
) -> Finding:
    where = ObjectPath.parse(path)
    return Finding(code(about), kind, where, expected, actual, reason=reason, hint=hint)


def make_difference(
    about: str,
    path: str,
    expected: str | None = None,
    actual: str | None = None,
    *,
    textual: bool = False,
    hint: str | None = None,
) -> Difference:
    where = ObjectPath.parse(path)
    return Difference(code(about), where, expected, actual, textual=textual, hint=hint)


def make_entry(
    about: str,
    path: str,
    reason: str,
    expected: str | None = None,
    actual: str | None = None,
    expires: date | None = None,
) -> Entry:
    return Entry(code(about), ObjectPath.parse(path), reason, expected, actual, expires)
