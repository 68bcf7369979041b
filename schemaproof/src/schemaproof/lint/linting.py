"""Everything that there is to say against revisions, in the order of files and lines."""

from collections.abc import Iterable, Sequence

from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import ConfigurationError
from schemaproof.lint import database_rules, squawk, static_rules
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.rules import OPINIONS, RULES
from schemaproof.project import Project


def lint(revisions: Sequence[LintedRevision], ignored: Iterable[str]) -> list[LintFinding]:
    """Return what squawk and our rules say; no database is asked.

    Args:
        revisions: The revisions.
        ignored: Rules that are left out, as ``rule`` or ``revision:rule``.
    """
    own = [finding for revision in revisions for finding in static_rules.lint(revision)]
    return without_ignored([*squawk.lint(revisions), *own], ignored)


def lint_pending(
    connection: AnyConnection,
    pending: Sequence[LintedRevision],
    project: Project,
    ignored: Iterable[str] = (),
) -> list[LintFinding]:
    """Return what owners, rows and sizes of a database say against pending revisions.

    Args:
        connection: To the database, within a transaction.
        pending: The revisions.
        project: Whose they are; what it ignores is left out.
        ignored: More rules that are left out.
    """
    without = (*left_out(project), *ignored)
    owners = database_rules.owners(connection, pending, project)
    rows = database_rules.lint(connection, pending)
    return without_ignored(owners, without) + without_ignored(rows, without)


def unsafe(
    connection: AnyConnection, pending: Sequence[LintedRevision], project: Project
) -> list[LintFinding]:
    """Return the errors of pending revisions, as a gate before them needs it: without squawk.

    And without what a downgrade asks for itself: see
    :func:`schemaproof.migrate.preconditions.refuse_data_loss`.
    """
    ignored = (*left_out(project), "data-loss-undeclared")
    own = [finding for revision in pending for finding in static_rules.lint(revision)]
    found = [
        *without_ignored(own, ignored),
        *lint_pending(connection, pending, project, ignored),
    ]
    return [one for one in found if one.level is Level.ERROR]


def left_out(project: Project) -> tuple[str, ...]:
    """Return what a project does not want to hear: what it ignores, and opinions not asked for.

    Raises:
        ConfigurationError: It asks for a rule that there is not.
    """
    if unknown := sorted(set(project.lint_enable) - RULES.keys() - OPINIONS):
        raise ConfigurationError(
            f"lint-enable names {', '.join(unknown)}, and there is no such rule",
            remedy=f"these hold where they are named: {', '.join(sorted(OPINIONS))}",
        )
    return (*project.lint_ignore, *sorted(OPINIONS - {*project.lint_enable}))


def without_ignored(found: Iterable[LintFinding], ignored: Iterable[str]) -> list[LintFinding]:
    """Leave out what the project ignores, name nothing twice, and sort the rest."""
    without = set(ignored)
    kept = {one for one in found if not {one.rule, f"{one.revision}:{one.rule}"} & without}
    return sorted(kept, key=lambda one: (one.path, one.line, one.rule))
