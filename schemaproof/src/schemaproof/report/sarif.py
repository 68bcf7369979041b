"""A report as SARIF 2.1.0, for code scanning."""

import os
from typing import Any, Final
from urllib.parse import quote

from schemaproof.findings.codes import CODES, Code, Severity
from schemaproof.findings.findings import Finding, Report
from schemaproof.findings.location import DECLARED_IN, Location
from schemaproof.output.documents import Document, as_json
from schemaproof.program import program_name, with_program

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {
    Severity.BREAKING: "error",
    Severity.INTEGRITY: "error",
    Severity.OPERATIONAL: "warning",
    Severity.COSMETIC: "note",
}


def render(report: Report) -> Document:
    """Return the report as a SARIF log."""
    codes = sorted(report.codes())
    results = [_result(finding, codes) for finding in report.findings]
    return log(program_name(), [_rule(code) for code in codes], results)


def log(tool: str, rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> Document:
    """Return a SARIF log of one run."""
    driver = {"name": tool, "rules": rules}
    return as_json(
        {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        }
    )


def message(text: str) -> dict[str, str]:
    """Return a message of a result; a value in it makes no link (SARIF 2.1.0, section 3.11.6)."""
    return {"text": text.replace("](", "\\](")}


def place(location: Location) -> dict[str, Any]:
    """Return the line of a file, for a location of a result."""
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(os.fsencode(location.file))},
            "region": {"startLine": location.line},
        }
    }


def _rule(code: Code) -> dict[str, Any]:
    meaning = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": code.replace("-", " ")},
        "help": {"text": with_program(meaning.recommendation)},
        "defaultConfiguration": {"level": _LEVELS[meaning.severity]},
        "properties": {"severity": meaning.severity.value},
    }


def _result(finding: Finding, codes: list[Code]) -> dict[str, Any]:
    facts = [f"{name} {value}" for name, value in finding.facts]
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": message("; ".join([f"{finding.kind}: {finding.path}", *facts])),
        "locations": [
            {
                **place(finding.location or DECLARED_IN),
                "logicalLocations": [{"fullyQualifiedName": finding.path}],
            }
        ],
        # By this value a code host recognises the finding of an earlier run.
        "partialFingerprints": {"object/v1": f"{finding.kind}/{finding.code}/{finding.path}"},
    }
