"""The command ``plan``."""

from shutil import get_terminal_size

import click

from schemaproof.cli import exit_codes, options, output, progress


@click.command("plan", epilog=exit_codes.TABLE)
@click.argument("revision", default="head")
@click.option("--sql", is_flag=True, help="Show the whole text of every statement.")
@options.tenants("Show the plan for this tenant only. Repeatable.")
@options.output_format("Format of the plan.", ["text", "json", "markdown"])
def command(*, revision: str, sql: bool, tenants: tuple[str, ...], format_: str) -> None:
    """Show what an upgrade will do to this database.

    Shows for each pending revision, up to REVISION: its statements, the locks that they take, the
    sizes of the tables and an estimate of the duration; what changes; what a downgrade would lose;
    and how many rows would make the upgrade fail. A project with tenants gets this for each of
    them. Reads in one read-only transaction.
    """
    from schemaproof.cli import plan_report
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.pending_statements import pending_of_each
    from schemaproof.history.history import load_history
    from schemaproof.lint.plan import plan

    project = find_project().with_tenants(tenants)
    with progress.shown("planning"), connected_to_read() as connection:
        history = load_history(project)
        planned = [
            one
            for waiting in pending_of_each(connection, project, history, revision)
            for one in plan(connection, waiting.revisions, waiting.project.tenant)
        ]
    if format_ == "json":
        output.put(plan_report.as_json(planned))
        return
    known = len(history.revisions)
    if format_ == "markdown":
        output.put(plan_report.as_markdown(planned, looked_at=known, whole_sql=sql))
        return
    columns = get_terminal_size().columns
    output.put(plan_report.as_text(planned, looked_at=known, whole_sql=sql, columns=columns))
