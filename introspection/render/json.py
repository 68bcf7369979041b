"""A report as JSON, for machines."""

from __future__ import annotations

import json

from introspection.findings import Finding, Report


def render(report: Report) -> str:
    """Return one JSON object: ``summary`` with the counts, and ``findings``."""
    content = {
        "summary": {
            "in_sync": report.in_sync,
            "objects": report.objects,
            "attributes": report.attributes,
            "by_kind": dict(sorted(report.kinds().items())),
            "by_code": dict(sorted(report.codes().items())),
        },
        "findings": [_finding(finding) for finding in report.findings],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _finding(finding: Finding) -> dict[str, str | None]:
    accepted = {} if finding.reason is None else {"reason": finding.reason}
    return {
        "code": finding.code,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "path": finding.path,
        "expected": finding.expected,
        "actual": finding.actual,
        "recommendation": finding.recommendation,
        **accepted,
    }
