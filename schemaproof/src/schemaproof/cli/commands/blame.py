"""The command ``blame``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from schemaproof.cli import exit_codes, options, output, progress

if TYPE_CHECKING:
    from schemaproof.cli.applied_steps import AppliedSteps
    from schemaproof.history.object_history import Blame


@click.command("blame", epilog=exit_codes.TABLE)
@click.argument("name", metavar="OBJECT")
@click.option("--tenant", metavar="SCHEMA", help="Read the ledger of this tenant.")
@click.option(
    "--offline", is_flag=True, help="Use no database; who applied the revisions is then unknown."
)
@options.output_format("Format of the lines.")
def command(name: str, *, tenant: str | None, offline: bool, format_: str) -> None:
    """Show which revision last changed each part of an object.

    OBJECT is a table (shop.customer), a part of one (shop.customer.email: a column, a constraint,
    an index), a schema, or anything else that a revision makes. Shows a line for each attribute of
    the object and for each part, with the revision, and who applied that revision here and when.
    The revisions come from the snapshots, and who applied them from the ledger.
    """
    from schemaproof.cli.applied_steps import read_steps
    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.object_names import path_named, recorded_objects
    from schemaproof.history import object_history
    from schemaproof.history.history import load_history
    from schemaproof.history.tenants import expected_history
    from schemaproof.output.documents import as_json, lines

    project = find_project(tenant)
    history = expected_history(load_history(project), project.tenant_names)
    things = recorded_objects(history)
    thing = things[path_named(name, things)]
    with progress.shown("comparing the revisions"):
        found = [*object_history.blame(object_history.all_changes(history), thing)]
    steps = read_steps(project, history, offline=offline)
    if format_ == "json":
        output.put(as_json([_as_json(one, thing.path, steps) for one in found]))
    else:
        output.put(lines(_lines(found, steps)))


def _lines(found: Sequence[Blame], steps: AppliedSteps) -> Iterator[str]:
    told = [(_revision(one), _steps(one, steps), one.what, one.value) for one in found]
    widths = [max(len(row[place]) for row in told) for place in range(3)]
    for *columns, value in told:
        start = [text.ljust(width) for text, width in zip(columns, widths, strict=True) if width]
        yield "  ".join([*start, value]).rstrip()


def _revision(one: Blame) -> str:
    return one.revision.id if one.revision else "not recorded"


def _steps(one: Blame, steps: AppliedSteps) -> str:
    return steps.describe(one.revision.id) if one.revision else ""


def _as_json(one: Blame, path: str, steps: AppliedSteps) -> dict[str, object]:
    revision = one.revision
    return {
        "object": path,
        "what": one.what,
        "value": one.value,
        "revision": revision.id if revision else None,
        "title": revision.title if revision else None,
        **(steps.as_json(revision.id) if revision else {}),
    }
