"""Write a revision for a change that was made by hand and recorded by the audit."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemaproof.adopt import revision_bodies
from schemaproof.audit.commands import RecordedCommand
from schemaproof.check.live_diff import read_state
from schemaproof.compare import Difference
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import HistoryError
from schemaproof.history import (
    branches,
    changes,
    record,
    replay,
    revision_trial,
    scratch,
    starting_point,
)
from schemaproof.history.history import read_revisions
from schemaproof.history.new_revision_file import (
    UntriedRevisionError,
    removed_on_failure,
    required,
)
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_arguments import command_arguments
from schemaproof.history.revision_request import RevisionOptions
from schemaproof.program import command_line
from schemaproof.project import Project
from schemaproof.repair.plan import repair
from schemaproof.schema.database_objects import Snapshot
from schemaproof.sql import sql_tree
from schemaproof.sql.sql_tokens import NotAnalysed

# These statements run code that is not recorded, change rows, or end the transaction.
_NO_COMMAND: Final = re.compile(
    r"(Select|Do|Call|Execute|Prepare|Transaction|Insert|Update|Delete|Merge|Copy|VariableSet"
    r"|Explain|Load)Stmt"
)
_OUTSIDE: Final = frozenset({"IndexStmt", "DropStmt", "ReindexStmt"})


@dataclass(frozen=True, slots=True)
class AdoptedChange:
    """The revision that was written.

    Attributes:
        revision: The id of the revision.
        file: The file of the revision.
        snapshot: The file of its snapshot.
        changes: The changes that the revision makes to the schema.
        knows_way_back: Whether a downgrade was generated that works.
        not_in_models: The changes of the revision that the models do not declare.
    """

    revision: str
    file: Path
    snapshot: Path
    changes: tuple[Difference, ...]
    knows_way_back: bool
    not_in_models: tuple[Difference, ...]


def distinct_statements(commands: Iterable[RecordedCommand]) -> list[revision_bodies.Body]:
    """Return the distinct statements of recorded commands, in the order in which they ran.

    Raises:
        HistoryError: A command cannot become a part of a revision; the message says why.
    """
    found: dict[tuple[str, str], revision_bodies.Body] = {}
    for one in sorted(commands, key=lambda one: one.id):
        body = _body(one)
        # The ledger has two events for some commands, and both contain the same statement.
        found.setdefault((one.transaction_id, body.sql), body)
    return [*found.values()]


def _body(command: RecordedCommand) -> revision_bodies.Body:
    def refused(why: str) -> HistoryError:
        return HistoryError(
            f"command {command.id} ({command.tag}) cannot become a revision: {why}",
            remedy="change the models, and write the revision from them: "
            + command_line("revision -m '...'"),
        )

    if command.by_migrator:
        raise refused("a migration ran it, so a revision already contains it")
    if command.statement is None or command.kept != "whole":
        why = {"omitted": "it may hold a password", "cut": "it is too long"}
        raise refused(f"its statement was not recorded in full: {why.get(command.kept, 'unknown')}")
    try:
        read = sql_tree.statements(command.statement)
    except NotAnalysed as error:
        raise refused(f"PostgreSQL's parser cannot read it: {error}") from error
    if len(read) != 1:
        raise refused(f"it was sent together with other statements ({len(read)} in all)")
    [statement] = read
    kind = type(statement.tree).__name__
    if _NO_COMMAND.fullmatch(kind):
        raise refused("another statement ran it, and that statement is not recorded")
    is_concurrent = kind in _OUTSIDE and bool(getattr(statement.tree, "concurrent", False))
    return revision_bodies.Body(statement.sql, outside=is_concurrent)


def write(
    project: Project,
    options: RevisionOptions,
    statements: Sequence[revision_bodies.Body],
    connection: AnyConnection,
) -> AdoptedChange:
    """Write a revision for a change made by hand, try it, and record its snapshot.

    When anything fails, no file is left behind. The result has to equal the live database.

    Args:
        project: The project.
        options: The options of the command ``revision``.
        statements: The statements that ran.
        connection: The connection to the live database, outside a transaction.

    Raises:
        HistoryError: A statement fails on a database at head, does nothing there, or produces
            another schema than the live one.
        LocalServerError: There is no server for scratch databases.
    """
    asked = command_arguments(project, options)
    revision: str = asked["rev_id"]
    with (
        ProjectProbe(project) as probe,
        scratch.project_scratch(project) as database,
        removed_on_failure(project, asked),
    ):
        before = _at_head(probe, database, _heads(probe))
        file = required(probe.write(None, asked))
        revision_bodies.fill(file, statements, ())
        after = _made(project, database, revision)
        made = changes.between([before], after)
        _require_what_is_there(project, connection, before, after)
        knows_way_back = _with_way_back(project, file, revision, statements, (before, after))
        declared = _recorded(project, revision, after)
    paths = {one.path for one in made}
    missing = [one for one in changes.between([declared], after) if one.path in paths]
    snapshot = project.snapshot_folder / f"{revision}.json"
    return AdoptedChange(revision, file, snapshot, made, knows_way_back, tuple(missing))


def _made(project: Project, database: scratch.Scratch, revision: str) -> Snapshot:
    """Apply the new revision, and return the schema that it produces."""
    # A new process is needed, because a process reads the revisions only once.
    with ProjectProbe(project) as probe:
        probe.upgrade(database, revision)
        return record.read(database, probe)


def _recorded(project: Project, revision: str, after: Snapshot) -> Snapshot:
    """Record the new revision, and return the schema of the models."""
    with ProjectProbe(project) as probe:
        recorded = replay.replayed(probe, read_revisions(project, probe), wanted={revision})
        declared = record.declared(probe, after).snapshot
    record.write(project.snapshot_folder, recorded)
    return declared


def _heads(probe: ProjectProbe) -> tuple[str, ...]:
    project = probe.project
    return branches.target_heads(read_revisions(project, probe), project.target)[0]


def _at_head(probe: ProjectProbe, database: scratch.Scratch, parents: Sequence[str]) -> Snapshot:
    starting_point.make(probe, database)
    for parent in parents:
        probe.upgrade(database, parent)
    return record.read(database, probe)


def _require_what_is_there(
    project: Project, connection: AnyConnection, before: Snapshot, after: Snapshot
) -> None:
    """Refuse a revision that changes nothing, or whose result differs from the live database."""
    from schemaproof.catalog.catalog import reading

    if not changes.between([before], after):
        raise HistoryError(
            "on a database at head it changes nothing",
            remedy="a revision contains it already, or it was undone",
        )
    with reading(connection):
        scope = project.scope
        differed = {*read_state(connection, scope, before).differences}
        differing = {*read_state(connection, scope, after).differences}
    if new := differing - differed:
        raise HistoryError(
            "its result differs from the database: " + "; ".join(changes.in_lines(new)),
            remedy="also name the other commands on the same objects: "
            + command_line("audit show"),
        )
    if differing == differed:
        raise HistoryError(
            "it does not explain any difference: its changes are no longer in the database",
            remedy=f"see what differs: {command_line('check')}",
        )


def _with_way_back(
    project: Project,
    file: Path,
    revision: str,
    statements: Sequence[revision_bodies.Body],
    states: tuple[Snapshot, Snapshot],
) -> bool:
    """Write the downgrade that the comparison generates; return whether it works."""
    before, after = states
    steps = repair(before, after)
    undo = [revision_bodies.Body(step.sql) for step in steps]
    loses = sorted({str(step.path) for step in steps if step.destructive})
    revision_bodies.fill(file, statements, undo, loses=", ".join(loses))
    with ProjectProbe(project) as probe, scratch.project_scratch(project) as database:
        files = {one.id: one for one in read_revisions(project, probe)}
        _at_head(probe, database, files[revision].follows)
        try:
            revision_trial.tried(project, {revision: file}, database, before)
        except UntriedRevisionError:
            revision_bodies.fill(file, statements, None)
            return False
    return True
