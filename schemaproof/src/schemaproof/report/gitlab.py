"""A report as GitLab's Code Quality: the widget of a merge request, and marks beside the lines.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.findings.location import DECLARED_IN, Location
from schemaproof.output.documents import Document, as_json

_SEVERITIES: Final = {
    Severity.BREAKING: "critical",
    Severity.INTEGRITY: "major",
    Severity.OPERATIONAL: "minor",
    Severity.COSMETIC: "info",
}


def render(report: Report) -> Document:
    """Return a JSON array with an issue for each finding."""
    return issues(map(_finding, report.findings))


def issues(found: Iterable[dict[str, Any]]) -> Document:
    """Return a JSON array of issues; the same finding has the same fingerprint in every run."""
    seen: Counter[str] = Counter()
    made = []
    for one in found:
        identity = one["fingerprint"]
        seen[identity] += 1
        unique = identity if seen[identity] == 1 else f"{identity}/{seen[identity]}"
        digest = hashlib.sha256(unique.encode("utf-8", "surrogateescape")).hexdigest()
        made.append({**one, "fingerprint": digest})
    return as_json(made)


def issue(
    *, name: str, severity: str, identity: str, description: str, location: Location
) -> dict[str, Any]:
    """Return one issue of GitLab's Code Quality.

    Args:
        name: The name of the problem, in one word.
        severity: The severity, in the words of GitLab.
        identity: The text that is the same in every run that finds the same problem.
        description: The description of the problem, in one line.
        location: The line that it is shown beside.
    """
    return {
        "description": description,
        "check_name": name,
        "fingerprint": identity,
        "severity": severity,
        "location": {"path": location.file, "lines": {"begin": location.line}},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    facts = [f"{name} {value}" for name, value in finding.facts]
    about = "; ".join([f"{finding.kind}: {finding.path}", *facts, finding.recommendation])
    is_accepted = finding.kind is Kind.ACCEPTED
    return issue(
        name=finding.code,
        severity="info" if is_accepted else _SEVERITIES[finding.severity],
        identity=f"{finding.kind}/{finding.code}/{finding.path}",
        description=about,
        location=finding.location or DECLARED_IN,
    )
