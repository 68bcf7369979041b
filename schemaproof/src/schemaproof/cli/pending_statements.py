"""The revisions that are not applied yet, with their statements, for each tenant."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from schemaproof.cli.pending import pending_here
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.history import tenants
from schemaproof.history.history import History
from schemaproof.lint.revisions import LintedRevision, load, printed_once, project_printer
from schemaproof.project import Project


@dataclass(frozen=True, slots=True)
class Pending:
    """The revisions that are not applied to a database, or to a tenant's schema in it.

    Attributes:
        project: The project, or the project of the tenant.
        ids: The ids of the revisions.
        revisions: The requested revisions, with their statements.
    """

    project: Project
    ids: Sequence[str]
    revisions: Sequence[LintedRevision]


def pending_of_each(
    connection: AnyConnection,
    project: Project,
    history: History,
    upto: str | None = None,
    *,
    only: Collection[str] | None = None,
) -> Iterator[Pending]:
    """Yield the pending revisions with their statements, for each tenant of the project or once.

    Args:
        connection: The connection to the database.
        project: The project, perhaps with some of its tenants only.
        history: Its revisions.
        upto: The last revision to return, by its id or the beginning of it; all when None.
        only: The revisions whose statements are returned; all when None.
    """
    printer = printed_once(project_printer(project))
    for one in tenants.projects(connection, project):
        ids = pending_here(connection, one, history, upto)
        expected = tenants.expected_history(history, one.tenant_names)
        wanted = [revision for revision in ids if only is None or revision in only]
        yield Pending(one, ids, tuple(load(expected, wanted, printer, tenants.searched(one))))
