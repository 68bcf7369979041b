"""The command ``history``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, options, output

if TYPE_CHECKING:
    from schemaproof.history.revision import Revision
    from schemaproof.output.documents import Document
    from schemaproof.project import Project


@click.command("history", epilog=exit_codes.TABLE)
@click.argument("revision", required=False)
@options.output_format("Format of the rows; mermaid is for --graph.", ["text", "json", "mermaid"])
@click.option("--tenant", metavar="SCHEMA", help="Show the ledger of this tenant.")
@click.option("--failed", is_flag=True, help="Show failed attempts only.")
@click.option(
    "--graph",
    is_flag=True,
    help="Show all revisions with their branches, newest first, and no steps.",
)
@click.option("--offline", is_flag=True, help="With --graph: do not connect to the database.")
def command(
    revision: str | None,
    *,
    format_: str,
    tenant: str | None,
    failed: bool,
    graph: bool,
    offline: bool,
) -> None:
    """Show every migration step of this database, oldest first.

    The steps are recorded in the ledger. REVISION is an id, or the beginning of one.
    """
    from schemaproof.catalog.catalog import reading
    from schemaproof.cli import ledger_rows
    from schemaproof.cli.connection import connected_to_read
    from schemaproof.cli.connection import project as find_project
    from schemaproof.history import ledger
    from schemaproof.history.revision_imports import load_importable

    project = find_project(tenant)
    if graph:
        if revision is not None or failed:
            raise click.UsageError("--graph shows all revisions: leave out REVISION and --failed")
        output.put(_graph(project, format_, offline=offline))
        return
    if offline or format_ == "mermaid":
        raise click.UsageError("--offline and --format mermaid need --graph")
    with connected_to_read() as connection, reading(connection):
        rows = ledger.ledger_rows(connection, project.scope, revision)
    shown = [row for row in rows if row["outcome"] == "failed" or not failed]
    output.put(ledger_rows.as_json(shown) if format_ == "json" else ledger_rows.as_text(shown))
    # This comes last, because the rows do not depend on the project's files.
    load_importable(project)


def _graph(project: Project, format_: str, *, offline: bool) -> Document:
    from schemaproof.cli.applied_steps import read_steps
    from schemaproof.history import revision_graph
    from schemaproof.history.history import load_history
    from schemaproof.output.documents import as_json, lines

    history = load_history(project)
    steps = read_steps(project, history, offline=offline)
    revisions = history.revisions.values()
    if format_ == "mermaid":
        return revision_graph.as_mermaid(history, lambda one: steps.state(one.id))
    if format_ == "json":
        return as_json(
            [
                {"id": one.id, "parents": one.parents, "title": one.title, **steps.as_json(one.id)}
                for one in revisions
            ]
        )

    def describe(one: Revision) -> tuple[str, str]:
        state = steps.state(one.id)
        told = state if state == "pending" else steps.describe(one.id)
        head = "head" if one.id in history.heads else ""
        words = (one.id, *(f"({word})" for word in (head, told) if word), one.title)
        return "o" if state == "pending" else "*", " ".join(words)

    return lines(revision_graph.as_lines(history, describe))
