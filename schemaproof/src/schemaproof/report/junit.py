"""A report as JUnit XML: a failed test case for each finding, a passed one when there is none."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.output.documents import Document, lines, visible
from schemaproof.program import command_line, program_name

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
# Findings of these kinds do not fail the check by themselves.
_SKIPPED: Final = frozenset({Kind.PENDING, Kind.UNVERIFIED, Kind.ACCEPTED})


def render(report: Report) -> Document:
    """Return the report as JUnit XML."""
    failed = [finding for finding in report.findings if finding.kind not in _SKIPPED]
    suite = Element(
        "testsuite",
        name=command_line(report.command),
        tests=str(len(report.findings) or 1),
        failures=str(len(failed)),
        skipped=str(len(report.findings) - len(failed)),
    )
    for finding in report.findings:
        _add_case(suite, finding)
    if not report.findings:
        SubElement(suite, "testcase", classname=program_name(), name=report.headline())
    for element in suite.iter():
        element.attrib.update({name: visible(value) for name, value in element.items()})
    indent(suite)
    # tostring() with a declaration would name the encoding of the locale, but the text is written
    # as UTF-8.
    return Document(f"{_DECLARATION}\n{tostring(suite, encoding='unicode')}")


def _add_case(suite: Element, finding: Finding) -> None:
    name = f"{finding.code} {finding.path}"
    case = SubElement(suite, "testcase", classname=f"{program_name()}.{finding.kind}", name=name)
    if finding.location is not None:
        case.attrib.update(file=finding.location.file, line=str(finding.location.line))
    if finding.kind in _SKIPPED:
        SubElement(case, "skipped", message=finding.recommendation)
        return
    failure = SubElement(case, "failure", type=finding.severity, message=finding.recommendation)
    failure.text = lines(f"{name}: {value}" for name, value in finding.facts)
