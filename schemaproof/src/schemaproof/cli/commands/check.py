"""The command ``check``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, options, progress, reports
from schemaproof.cli.garbage_collection import without_collection
from schemaproof.findings.codes import Severity

if TYPE_CHECKING:
    from schemaproof.check.live_findings import OnRequest
    from schemaproof.findings.findings import Report
    from schemaproof.project import Project


@click.command("check", epilog=exit_codes.TABLE)
@options.output_format("Format of the report.", reports.FORMATS)
@options.schemas("Compare this schema only. Repeatable.")
@options.tenants("Compare this tenant only. Repeatable.")
@options.file("--output", text="Write the report to a file.")
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.COSMETIC.value,
    show_default=True,
    help="Least severe drift that makes the command fail.",
)
@options.file(
    "--baseline",
    text="Accept the differences that FILE lists, not those of the baseline of [tool.schemaproof].",
)
@click.option(
    "--update-baseline", is_flag=True, help="Write all current differences into the baseline first."
)
@click.option("--reason", metavar="TEXT", help="Reason for the new entries of the baseline.")
@click.option("--sql", is_flag=True, help="Print SQL that undoes the drift, not a report.")
@click.option(
    "--destructive", is_flag=True, help="Include statements that may lose data in the SQL."
)
@click.option(
    "--data",
    is_flag=True,
    help="Also read the tables, to find rows that violate a foreign key or a partition's bounds.",
)
@click.option(
    "--roles",
    is_flag=False,
    flag_value="",
    metavar="[PREFIX]",
    help="Also compare the roles whose names begin with PREFIX (see the command roles).",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Compare the models with the history only; needs no database.",
)
@click.option("--strict", is_flag=True, help="Also fail if something could not be verified.")
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
    """Compare the models, the migration history and the database.

    Reads the schema in one read-only transaction and changes nothing.
    """
    from schemaproof.check.live_findings import OnRequest
    from schemaproof.cli import baselines
    from schemaproof.cli.connection import project as find_project
    from schemaproof.findings.baseline import Extent

    if offline and (sql or tenants):
        raise click.UsageError("--sql and --tenant need a database, and --offline uses none")
    project = find_project().narrowed_to(schemas).with_tenants(tenants)
    baseline = baseline or project.baseline_file
    accepted = baselines.read(baseline, update=update_baseline, reason=reason)
    writer = reports.Writer(project, format_, output)
    on_request = OnRequest(data, None if roles is None else roles or project.prefix)
    extent = Extent(live=not offline, schemas=schemas, data=data, roles=roles is not None)
    report = _offline(project) if offline else _live(project, on_request)
    report = accepted.applied_to(report, extent)
    write = partial(writer.write_sql, destructive=destructive) if sql else writer.write
    write(report)
    return exit_codes.for_report(report, strict=strict, fail_on=Severity(fail_on))


def _offline(project: Project) -> Report:
    from schemaproof.check import check
    from schemaproof.connection.interrupt import interruptible

    # An offline check must not ask the database for its version either.
    offline = replace(project, target_major=lambda: None)
    with interruptible(), progress.shown("comparing models and history"):
        return check.run_offline(offline)


def _live(project: Project, on_request: OnRequest) -> Report:
    from schemaproof.check import check
    from schemaproof.cli.connection import connected_to_read

    with progress.shown("comparing"), connected_to_read() as connection:
        return check.check_database(connection, project, on_request)
