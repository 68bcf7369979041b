"""A report as JSON, for machines."""

from dataclasses import asdict
from typing import Any

from schemaproof.findings.findings import Finding, Report
from schemaproof.output.documents import Document, as_json


def render(report: Report) -> Document:
    """Return one JSON object, as ``docs/report.schema.json`` describes it."""
    content = {
        "summary": {
            "in_sync": report.in_sync,
            "objects": report.objects,
            "attributes": report.attributes,
            "by_kind": dict(sorted(report.kinds().items())),
            "by_code": dict(sorted(report.codes().items())),
            **({} if report.rows_read is None else {"rows_read": report.rows_read}),
        },
        "findings": [_finding(finding) for finding in report.findings],
    }
    return as_json(content)


def _finding(finding: Finding) -> dict[str, Any]:
    optional = {
        "hint": finding.hint,
        "reason": finding.reason,
        "changed_by": finding.changed_by,
    }
    return {
        "code": finding.code,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "path": finding.path,
        "expected": finding.expected,
        "actual": finding.actual,
        "recommendation": finding.recommendation,
        **{name: text for name, text in optional.items() if text is not None},
        **({"location": asdict(finding.location)} if finding.location else {}),
    }
