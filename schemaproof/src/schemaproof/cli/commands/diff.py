"""The command ``diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, reports
from schemaproof.cli.garbage_collection import without_collection
from schemaproof.findings.codes import Severity

if TYPE_CHECKING:
    from schemaproof.cli.descriptions import Descriptions
    from schemaproof.compare import Comparison


@click.command("diff", epilog=exit_codes.TABLE)
@click.argument("first")
@click.argument("second")
@click.option(
    "--format",
    "format_",
    type=click.Choice(reports.FORMATS),
    default="text",
    show_default=True,
    help="Format of the report.",
)
@click.option(
    "--schema",
    "schemas",
    multiple=True,
    metavar="NAME",
    help="Compare this schema only. Repeatable.",
)
@click.option("--tenant", metavar="SCHEMA", help="Compare them as they are for this tenant.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report to a file.",
)
@without_collection()
def command(
    first: str,
    second: str,
    *,
    format_: str,
    schemas: tuple[str, ...],
    tenant: str | None,
    output: Path | None,
) -> int:
    """Compare two schemas.

    Each is one of: a revision (an id, the beginning of one, head or base), models, live (the
    database of the settings), the URL of a database, or a snapshot file. In the report, "expected"
    is FIRST and "actual" is SECOND. Exit code 0 when they are equal, 1 when they differ.
    """
    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.descriptions import Descriptions
    from schemaproof.findings.findings import differences_of_two

    project = find_project(tenant).narrowed_to(schemas)
    report = differences_of_two(_compared(Descriptions(project), first, second))
    reports.Writer(project, format_, output).write(report)
    return exit_codes.for_report(report, strict=False, fail_on=Severity.COSMETIC)


def _compared(descriptions: Descriptions, first: str, second: str) -> Comparison:
    from dataclasses import replace

    from schemaproof.compare import compare

    one, other = descriptions.read_both(first, second)
    found = compare(one.snapshot, other.snapshot)
    if not any(difference.textual for difference in found.differences):
        return found
    same = descriptions.same_texts(one, other) | descriptions.same_texts(other, one)
    real = (each for each in found.differences if (each.code, each.path) not in same)
    return replace(found, differences=tuple(real))
