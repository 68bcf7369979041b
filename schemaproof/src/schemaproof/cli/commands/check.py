"""The command ``check``."""

from __future__ import annotations

from dataclasses import replace
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, reports
from schemaproof.cli.garbage_collection import without_collection
from schemaproof.findings.codes import Severity

if TYPE_CHECKING:
    from schemaproof.findings.findings import Report
    from schemaproof.project import Project


@click.command("check", epilog=exit_codes.TABLE)
@click.option(
    "--format",
    "format_",
    type=click.Choice(reports.FORMATS),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--schema",
    "schemas",
    multiple=True,
    metavar="NAME",
    help="Look at this schema only; may be given more than once.",
)
@click.option(
    "--tenant",
    "tenants",
    multiple=True,
    metavar="SCHEMA",
    help="Look at this tenant only; may be given more than once.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report into a file.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.COSMETIC.value,
    show_default=True,
    help="The least severe drift that fails.",
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Accept the differences that this file lists, instead of [tool.schemaproof] baseline.",
)
@click.option(
    "--update-baseline", is_flag=True, help="Write everything that is found into that file first."
)
@click.option("--reason", metavar="TEXT", help="Why what is new in the baseline is accepted.")
@click.option("--sql", is_flag=True, help="Print the SQL that takes the drift back instead.")
@click.option("--destructive", is_flag=True, help="With what can lose data, in that SQL.")
@click.option("--data", is_flag=True, help="Look for rows that violate a foreign key, too.")
@click.option(
    "--roles",
    is_flag=False,
    flag_value="",
    metavar="[PREFIX]",
    help="Compare the roles of the command roles, too, whose names begin with PREFIX.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Compare the models with the history alone; no database is needed.",
)
@click.option("--strict", is_flag=True, help="Fail also on what could not be verified.")
@without_collection()
def command(
    *,
    format_: str,
    schemas: tuple[str, ...],
    tenants: tuple[str, ...],
    output: Path | None,
    fail_on: str,
    baseline: Path | None,
    update_baseline: bool,
    reason: str | None,
    sql: bool,
    destructive: bool,
    data: bool,
    roles: str | None,
    offline: bool,
    strict: bool,
) -> int:
    """Compare the models, the migration history and the live database.

    Reads the schema in one read-only transaction, and changes nothing.
    """
    from schemaproof.cli import baselines
    from schemaproof.cli.connection import project as find_project
    from schemaproof.findings.baseline import Extent

    if offline and (sql or tenants):
        raise click.UsageError("--sql and --tenant are of a database, and --offline looks at none")
    project = find_project().narrowed_to(schemas)
    project = replace(project, tenants=tuple(map(escape, tenants)) or project.tenants)
    accepted = baselines.read(
        baseline or project.baseline_file, update=update_baseline, reason=reason
    )
    report = _offline(project) if offline else _live(project, data=data, roles=roles)
    extent = Extent(live=not offline, schemas=schemas, data=data, roles=roles is not None)
    report = accepted.applied_to(report, extent)
    if sql:
        reports.write_sql(report, destructive=destructive, output=output)
    else:
        reports.write(report, format_=format_, output=output, project=project)
    return exit_codes.for_report(report, strict=strict, fail_on=Severity(fail_on))


def _offline(project: Project) -> Report:
    from schemaproof.check import check
    from schemaproof.connection.interrupt import interruptible

    # Nor is the database asked for its version.
    offline = replace(project, target_major=lambda: None)
    with interruptible():
        return check.run_offline(offline)


def _live(project: Project, *, data: bool, roles: str | None) -> Report:
    from schemaproof.check import check
    from schemaproof.check.live_findings import OnRequest
    from schemaproof.cli.connection import connected_to_read

    prefix = None if roles is None else roles or project.prefix
    with connected_to_read() as connection:
        return check.run(connection, project, OnRequest(data=data, roles=prefix))
