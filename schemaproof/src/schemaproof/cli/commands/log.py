"""The command ``log``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from schemaproof.cli import exit_codes, options, output, progress

if TYPE_CHECKING:
    from schemaproof.cli.applied_steps import AppliedSteps
    from schemaproof.history.history import History
    from schemaproof.history.object_history import RevisionChanges

_SHOWN: Final = 3


@click.command("log", epilog=exit_codes.TABLE)
@click.argument("name", metavar="OBJECT")
@click.option("--tenant", metavar="SCHEMA", help="Read the ledger of this tenant.")
@click.option(
    "--offline", is_flag=True, help="Use no database; who applied the revisions is then unknown."
)
@options.output_format("Format of the changes.")
def command(name: str, *, tenant: str | None, offline: bool, format_: str) -> None:
    """Show what each revision did to an object, newest first.

    OBJECT is a table (shop.customer), a part of one (shop.customer.email), a schema, or anything
    else that a revision makes, even one that was dropped. Renames are followed. "+" means created,
    "-" dropped, "~" changed. The changes come from the snapshots, and who applied them from the
    ledger.
    """
    from schemaproof.cli.applied_steps import read_steps
    from schemaproof.cli.connection import project as find_project
    from schemaproof.cli.object_names import former_paths, path_named, recorded_objects
    from schemaproof.history import object_history
    from schemaproof.history.history import load_history
    from schemaproof.history.tenants import expected_history
    from schemaproof.output.documents import as_json, lines

    project = find_project(tenant)
    history = expected_history(load_history(project), project.tenant_names)
    path = path_named(name, {*recorded_objects(history), *former_paths(history)})
    with progress.shown("comparing the revisions"):
        found = [*object_history.changes_to(object_history.all_changes(history), path)]
    _say_unrecorded(history)
    steps = read_steps(project, history, offline=offline)
    if format_ == "json":
        output.put(as_json([_as_json(one, steps) for one in found]))
    else:
        output.put(lines(line for one in found for line in _lines(one, steps)))


def _say_unrecorded(history: History) -> None:
    from schemaproof.program import program_name

    unknown = [one.id for one in history.revisions.values() if one.recorded is None]
    if unknown:
        more = ["others"] if len(unknown) > _SHOWN else []
        shown = ", ".join([*unknown[:_SHOWN], *more])
        output.say(f"{program_name()}: no snapshot shows the changes of {shown}", err=True)


def _lines(one: RevisionChanges, steps: AppliedSteps) -> Iterator[str]:
    from schemaproof.history.changes import in_lines

    yield f"{one.revision.id} {one.revision.title}".rstrip()
    if told := steps.describe(one.revision.id):
        yield f"    {told}"
    for line in in_lines(one.differences or ()):
        yield f"    {line}"


def _as_json(one: RevisionChanges, steps: AppliedSteps) -> dict[str, object]:
    return {
        "revision": one.revision.id,
        "title": one.revision.title,
        **steps.as_json(one.revision.id),
        "changes": [
            {
                "code": each.code,
                "path": each.path,
                "expected": each.expected,
                "actual": each.actual,
            }
            for each in one.differences or ()
        ],
    }
