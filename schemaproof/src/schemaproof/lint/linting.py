"""All findings of the linter about revisions, in the order of files and lines."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import ConfigurationError
from schemaproof.findings.codes import CODES
from schemaproof.history.broken_history import Fault
from schemaproof.lint import database_rules, squawk, static_rules
from schemaproof.lint.findings import Level, LintFinding
from schemaproof.lint.relations import SEARCHED
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.rules import OPINIONS, RULES
from schemaproof.program import with_program
from schemaproof.project import LintOptions
from schemaproof.schema.scope import Scope


def lint(revisions: Sequence[LintedRevision], ignored: Iterable[str]) -> list[LintFinding]:
    """Return the findings of squawk and of the linter's own rules, without a database.

    Args:
        revisions: The revisions.
        ignored: Rules that are left out, as ``rule`` or ``revision:rule``.
    """
    own = [finding for revision in revisions for finding in static_rules.lint(revision)]
    return without_ignored([*squawk.lint(revisions), *own], ignored)


def noted(found: Iterable[LintFinding], *, except_of: Collection[str]) -> list[LintFinding]:
    """Return the findings; those about other revisions become notes."""
    return [
        one if one.revision in except_of else replace(one, level=Level.NOTE, remedy="")
        for one in found
    ]


def broken_findings(faults: Iterable[Fault]) -> list[LintFinding]:
    """Return the findings about revisions that cannot be read."""
    return [
        LintFinding(
            one.code,
            Level.ERROR,
            one.revision,
            one.path,
            one.line,
            one.message,
            with_program(CODES[one.code].recommendation),
        )
        for one in faults
    ]


def lint_pending(
    connection: AnyConnection,
    pending: Sequence[LintedRevision],
    scope: Scope,
    ignored: Iterable[str],
    searched: str = SEARCHED,
) -> list[LintFinding]:
    """Return the findings about pending revisions that depend on the database.

    Args:
        connection: The connection to the database, within a transaction.
        pending: The revisions.
        scope: The roles that may own tables.
        ignored: Rules that are left out.
        searched: The schema of objects that revisions name without one.
    """
    owners = database_rules.owners(connection, pending, scope)
    rows = database_rules.lint(connection, pending, searched)
    return without_ignored(owners, ignored) + without_ignored(rows, ignored)


def unsafe(
    connection: AnyConnection,
    pending: Sequence[LintedRevision],
    scope: Scope,
    options: LintOptions,
    searched: str = SEARCHED,
) -> list[LintFinding]:
    """Return the errors of pending revisions for a gate, which does not need squawk.

    Errors in the file of a recorded revision do not stop an upgrade: the file is frozen, and other
    databases have applied it. Errors that the rows of this database cause do. Undeclared data loss
    is left out, because a downgrade checks it itself: see
    :func:`schemaproof.migrate.preconditions.refuse_data_loss`.
    """
    ignored = (*left_out(options), "data-loss-undeclared")
    new = (revision for revision in pending if not revision.is_recorded)
    own = [finding for revision in new for finding in static_rules.lint(revision)]
    found = [
        *without_ignored(own, ignored),
        *lint_pending(connection, pending, scope, ignored, searched),
    ]
    return [one for one in found if one.level is Level.ERROR]


def left_out(options: LintOptions) -> tuple[str, ...]:
    """Return the rules of squawk to leave out: those that a project ignores, and matters of style.

    Raises:
        ConfigurationError: The project enables a rule that does not exist.
    """
    if unknown := sorted(set(options.enabled) - RULES.keys() - OPINIONS):
        raise ConfigurationError(
            f"lint-enable names {', '.join(unknown)}, and there is no such rule",
            remedy=f"these rules can be enabled: {', '.join(sorted(OPINIONS))}",
        )
    return (*options.ignored, *sorted(OPINIONS - {*options.enabled}))


def without_ignored(found: Iterable[LintFinding], ignored: Iterable[str]) -> list[LintFinding]:
    """Remove ignored and repeated findings, and sort the rest."""
    without = set(ignored)
    kept = {one for one in found if not {one.rule, f"{one.revision}:{one.rule}"} & without}
    return sorted(kept, key=lambda one: (one.path, one.line, one.rule))
