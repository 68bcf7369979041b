"""Checks of the live database beyond the comparison with a snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from schemaproof.catalog.catalog import reading
from schemaproof.check.column_order import moved_tables, order_findings, ours
from schemaproof.check.live.database_settings import collation_findings, setting_findings
from schemaproof.check.live.hypertables import hypertable_findings
from schemaproof.check.live.partitions import partition_findings
from schemaproof.check.live.sequence_values import sequence_findings
from schemaproof.check.live.surroundings import surrounding_findings
from schemaproof.check.live_diff import State
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.findings.steps import Phase, Step
from schemaproof.history.version_table import LiveHistory
from schemaproof.program import command_line
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.scope import Scope
from schemaproof.sql import quoting
from schemaproof.sql.sql_names import mentioned


@dataclass(frozen=True, slots=True)
class OnRequest:
    """The parts of a check that run only on request.

    Attributes:
        data: Whether to look for rows that violate a foreign key or the bounds of their partition,
            which reads the tables.
        roles: The prefix of the names of the least-privilege roles to compare; None to compare
            no roles.
    """

    data: bool = False
    roles: str | None = None


NOTHING: Final = OnRequest()
LiveFindings = Sequence[tuple[Finding, Step | None]]
"""Findings, each with the statement that removes the difference, or None."""


def live_findings(
    connection: AnyConnection,
    compared: State,
    history: LiveHistory,
    settings: Mapping[str, str],
) -> LiveFindings:
    """Return findings about sequences, settings, and objects of others that affect the project.

    Args:
        connection: The database to read, in separate transactions.
        compared: The state of the database, with the expected schema.
        history: The version table and the ledger, as they were read from the database.
        settings: The values that the project declares for settings of the database and its roles,
            by name.
    """
    scope = compared.scope
    found = [*sequence_findings(connection, scope)]
    with reading(connection):
        found += [
            *setting_findings(connection, scope, settings),
            *collation_findings(connection, scope),
            *surrounding_findings(connection, scope),
            *partition_findings(connection, scope),
            *hypertable_findings(connection, scope),
        ]
        if history.ledger_readable and history.ledger_fault is None:
            disordered = ours(moved_tables(connection, scope), scope, scope.own or frozenset())
            found += order_findings(disordered)
    return found


def with_live_findings(report: Report, found: LiveFindings) -> Report:
    """Return the report with the findings about the live database added."""
    steps = [step for _, step in found if step is not None]
    renames = [step for step in steps if step.phase is Phase.RENAME]
    others = _untouched_by(renames, report.repairs)
    return replace(
        report,
        findings=(*report.findings, *(finding for finding, _ in found)),
        repairs=(*renames, *others, *(step for step in steps if step not in renames)),
    )


def _untouched_by(renames: Sequence[Step], steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the steps, except those for tables whose columns are renamed back.

    Other differences of these tables follow from the names, and end with the renaming.
    """
    tables = {step.path.object for step in renames}
    names = {written(*table) for table in tables for written in (quoting.name, path)}
    about = {step.path for step in steps if not names.isdisjoint(mentioned(step.sql))}
    return (one for one in steps if one.path not in about and one.path.object not in tables)


def violation_findings(connection: AnyConnection, scope: Scope) -> LiveFindings:
    """Return findings about rows that violate foreign keys or partition bounds."""
    # These imports are here because few checks need them.
    from schemaproof.check.live import foreign_keys, partition_rows

    found = (foreign_keys.violation_findings, partition_rows.violation_findings)
    return [(finding, None) for findings in found for finding in findings(connection, scope)]


def role_findings(
    connection: AnyConnection, scope: Scope, expected: Snapshot, prefix: str
) -> LiveFindings:
    """Return findings about roles that differ from what ``roles --sql`` creates."""
    from schemaproof.roles.roles import Roles, deviations

    wanted = f"as {command_line('roles --sql')} --prefix {prefix} creates them"
    code, where = Code("role", "deviation"), ObjectPath("roles")
    with reading(connection):
        found = deviations(connection, scope, expected, Roles(prefix))
    return [(Finding(code, Kind.DRIFT, where, wanted, one), None) for one in found]
