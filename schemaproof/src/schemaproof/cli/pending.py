"""Find the revisions that a command is about."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import click

from schemaproof.catalog.catalog import reading
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import HistoryError
from schemaproof.history import version_table
from schemaproof.history.history import History
from schemaproof.program import command_line
from schemaproof.project import Project


def chosen(history: History, names: Sequence[str]) -> list[str]:
    """Return the named revisions (by id, beginning of an id, or file); all when none is named.

    Existing files without a revision are skipped: a hook passes all changed files.

    Raises:
        UsageError: No revision or several revisions match.
    """
    if not names:
        return list(history.revisions)
    ids = {one.path.resolve(): one.id for one in history.revisions.values()}
    files = {name: Path(name) for name in names if Path(name).suffix == ".py"}
    given = (
        ids.get(files[name].resolve())
        if name in files and files[name].exists()
        else revision_named(history, name)
        for name in names
    )
    return [one for one in given if one is not None]


def pending_here(
    connection: AnyConnection, project: Project, history: History, upto: str | None = None
) -> list[str]:
    """Return the revisions that are not applied yet, up to one if it is named.

    Raises:
        HistoryError: The database is at a revision of another history, or at two of which one
            follows the other.
    """
    with reading(connection):
        rows = version_table.read_history(connection, project.scope).rows or ()
    unknown = not all(map(history.knows, rows))
    if (into := history.squashed_into(rows)) is not None:
        # An upgrade first runs the squashed revisions up to this one.
        rows = (into,)
    if unknown or any(history.follows(one, other) for one, other in permutations(rows, 2)):
        raise HistoryError(
            f"alembic_version says {', '.join(rows)}: pending revisions cannot be determined",
            remedy=f"see {command_line('check')}",
        )
    pending = [one.id for one in history.pending(*rows)]
    if upto is None or upto in {"head", "heads"}:
        return pending
    last = revision_named(history, upto)
    wanted = {last, *(one for one in pending if history.follows(last, one))}
    return [one for one in pending if one in wanted]


def revision_named(history: History, name: str) -> str:
    """Return the id of the revision whose id begins with a name.

    Raises:
        UsageError: No revision or several revisions match.
    """
    found = [one for one in history.revisions if one.startswith(name)]
    if len(found) != 1:
        several = "several revisions begin" if found else "no revision begins"
        raise click.UsageError(f"{several} with {name!r}")
    return found[0]
