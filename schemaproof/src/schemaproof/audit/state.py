"""Read the state of the audit: whether it is installed, and whether it was altered."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemaproof.audit import as_made
from schemaproof.audit.queries import SQL
from schemaproof.compare import Difference
from schemaproof.connection.raw_sql import AnyConnection, Row, rows
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.codes import MISSING, Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import path

MOST_BYTES: Final = 1 << 30
"""The size of the table in bytes above which the check finds it filled."""
_DELETE_OLD: Final = (
    "DELETE FROM schemaproof_audit.command WHERE recorded_at < now() - interval '90 days'"
)
_ALTERED: Final = Code("audit", "altered")
_DISABLED: Final = Code("audit", "disabled")
_TABLE: Final = path(*as_made.TABLE)


@dataclass(frozen=True, slots=True)
class AuditState:
    """The audit, as the catalogs describe it.

    Attributes:
        may_read: Whether this role may read the record, and reading it is safe.
        owner: The role that owns it; None when the schema is missing.
        commands: The planner's estimate of the number of recorded commands.
        bytes: The space that they take.
        strangers: Roles that own parts of it although they cannot have installed it.
        report: The differences from the audit as it was installed, with the statements that
            repair them.
    """

    may_read: bool
    owner: str | None
    commands: int
    bytes: int
    strangers: tuple[str, ...]
    report: Report


def read_state(connection: AnyConnection) -> AuditState | None:
    """Inspect the audit within the current transaction, without reading a row of it.

    The transaction needs the settings of ``catalog.reading``.

    Returns:
        None where no audit is installed.
    """
    [facts] = rows(connection, SQL.for_driver("state"), {})
    if not facts["is_there"]:
        return None
    actual = as_made.read(connection)
    found = as_made.differences(actual)
    findings = [*_differing(found), *_altered_facts(facts)]
    report = Report(
        tuple(finding for finding, _ in findings),
        objects=0,
        attributes=0,
        repairs=(*_repairs(actual, found), *(step for _, step in findings if step is not None)),
    )
    is_safe = facts["is_table"] and not facts["strangers"] and as_made.has_all_columns(actual)
    return AuditState(
        may_read=is_safe and facts["may_read"],
        owner=facts["owner"],
        commands=facts["commands"],
        bytes=facts["bytes"],
        strangers=tuple(facts["strangers"]),
        report=report,
    )


def _repairs(actual: Snapshot, found: tuple[Difference, ...]) -> tuple[Step, ...]:
    if not found:
        return ()
    # This import is here because most runs repair nothing.
    from schemaproof.repair.plan import repair

    return tuple(repair(as_made.recorded(), actual))


def _differing(found: tuple[Difference, ...]) -> Iterator[tuple[Finding, Step | None]]:
    for one in found:
        stopped = one.code.kind == "event-trigger" and one.code.aspect in {MISSING, "enabled"}
        code = _DISABLED if stopped else _ALTERED
        hint = None if stopped else str(one.code)
        yield Finding(code, Kind.DRIFT, one.path, one.expected, one.actual, hint=hint), None


def _altered_facts(facts: Row) -> Iterator[tuple[Finding, Step | None]]:
    for stranger in facts["strangers"]:
        where = path(as_made.SCHEMA)
        yield Finding(_ALTERED, Kind.DRIFT, where, "a superuser's", f"{stranger}'s"), None
    for revoke in facts["revokes"]:
        granted = revoke.removeprefix("REVOKE ").removesuffix(" CASCADE")
        finding = Finding(_ALTERED, Kind.DRIFT, path(as_made.SCHEMA), None, granted)
        yield finding, Step(finding.path, Phase.GRANTS, revoke)
    for reset in facts["resets"] or ([None] * (not facts["event_triggers"])):
        place = (reset or "").removeprefix("ALTER").removesuffix(" RESET event_triggers")
        actual = f"event_triggers is off for{place or ' this session'}"
        finding = Finding(_DISABLED, Kind.DRIFT, path(as_made.SCHEMA), "event_triggers on", actual)
        yield finding, reset and Step(finding.path, Phase.GRANTS, reset, shared=True)
    if facts["bytes"] > MOST_BYTES:
        filled = Finding(
            Code("audit", "filled"),
            Kind.DRIFT,
            _TABLE,
            f"at most {MOST_BYTES} bytes",
            f"{facts['bytes']} bytes",
        )
        yield filled, Step(_TABLE, Phase.DROP_OBJECTS, _DELETE_OLD, destructive=True)
    if facts["is_table"] and not facts["strangers"] and not facts["may_read"]:
        yield Finding(Code("audit", "unreadable"), Kind.UNVERIFIED, _TABLE), None
