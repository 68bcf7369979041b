"""The command ``diff``."""

from pathlib import Path

import click

from schemaproof.cli import exit_codes, options, reports
from schemaproof.cli.garbage_collection import without_collection
from schemaproof.findings.codes import Severity


@click.command("diff", epilog=exit_codes.TABLE)
@click.argument("first")
@click.argument("second")
@options.output_format("Format of the report.", reports.FORMATS)
@options.schemas("Compare this schema only. Repeatable.")
@click.option("--tenant", metavar="SCHEMA", help="Compare the schema of this tenant.")
@options.file("--output", text="Write the report to a file.")
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
    one, found = Descriptions(project).compared(first, second)
    report = differences_of_two(found)
    reports.Writer(project, format_, output, one.snapshot).write(report)
    return exit_codes.for_report(report, strict=False, fail_on=Severity.COSMETIC)
