"""The findings of the command ``lint``: text for people; other formats for machines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from schemaproof.findings.location import Location, located
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.output.counts import counted
from schemaproof.output.documents import Document, Lines, lines
from schemaproof.output.documents import as_json as to_json
from schemaproof.program import command_line
from schemaproof.report import github, gitlab, markdown, sarif


def as_text(found: Sequence[LintFinding], root: Path, *, looked_at: int) -> Lines:
    """Write a line for each finding, as compilers do, with its remedy.

    Args:
        found: The findings.
        root: The project's folder.
        looked_at: The number of revisions that were read.
    """
    parts = []
    for one in found:
        where = located(one.path, root, one.line)
        parts.append(f"{where}: {one.level} {one.rule}: {one.message}")
        if one.remedy:
            parts.append(f"    {one.remedy}")
    parts.append(f"{counted(looked_at, 'revision')}, {_result(found)}")
    return lines(parts)


def as_markdown(found: Sequence[LintFinding], root: Path) -> Document:
    """Write a table for a comment on a pull request; values are escaped."""
    headline = f"**{command_line('lint')}**: {_result(found)}"
    if not found:
        return Document(headline)
    rows = (
        (
            one.level.value,
            f"`{one.rule}`",
            markdown.as_code(str(_in_repository(one, root))),
            markdown.escaped(f"{one.message} {one.remedy}".strip()),
        )
        for one in found
    )
    table = ["| level | rule | line | what to do |", "| --- | --- | --- | --- |"]
    table += [f"| {' | '.join(row)} |" for row in rows]
    return Document("\n".join([headline, "", *table]))


def as_json(found: Sequence[LintFinding], root: Path) -> Document:
    """Write all attributes of the findings."""
    return to_json(
        {
            "findings": [
                {
                    "rule": one.rule,
                    "level": one.level.value,
                    "revision": one.revision,
                    **asdict(located(one.path, root, one.line)),
                    "message": one.message,
                    "remedy": one.remedy,
                }
                for one in found
            ]
        }
    )


def as_github(found: Sequence[LintFinding], root: Path) -> Document:
    """Write workflow commands, which GitHub shows beside the lines."""
    return Document(
        "\n".join(
            github.command(
                "notice" if one.level is Level.NOTE else one.level.value,
                f"{one.message} {one.remedy}".strip(),
                **asdict(_in_repository(one, root)),
                title=one.rule,
            )
            for one in found
        )
    )


def as_gitlab(found: Sequence[LintFinding], root: Path) -> Document:
    """Write a report for GitLab's Code Quality."""
    return gitlab.issues(
        gitlab.issue(
            name=one.rule,
            severity="critical" if one.level is Level.ERROR else "minor",
            identity=f"lint/{one.rule}/{one.revision}/{one.message}",
            description=f"{one.message} {one.remedy}".strip(),
            location=_in_repository(one, root),
        )
        for one in found
    )


def as_sarif(found: Sequence[LintFinding], root: Path) -> Document:
    """Write a report in SARIF 2.1.0."""
    results = [
        {
            "ruleId": one.rule,
            "level": one.level.value,
            "message": sarif.message(f"{one.message} {one.remedy}".strip()),
            "locations": [sarif.place(_in_repository(one, root))],
        }
        for one in found
    ]
    return sarif.log(
        command_line("lint"),
        [{"id": rule} for rule in sorted({one.rule for one in found})],
        results,
    )


def _result(found: Sequence[LintFinding]) -> str:
    levels = Counter(one.level for one in found)
    shown = [one for one in Level if one is not Level.NOTE or levels[one]]
    return ", ".join(f"{levels[one]} {one}s" for one in shown) if found else "no problem found"


def _in_repository(one: LintFinding, root: Path) -> Location:
    return located(one.path, root, one.line).in_repository(root)
