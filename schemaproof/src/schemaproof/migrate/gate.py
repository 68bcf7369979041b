"""The gate: which states a migration may start from, and which a revision may leave. Pure.

In mode ``strict`` every difference counts. In mode ``new`` only differences since the last
migration count: the ledger recorded earlier ones, and objects that already differed and that the
revision did not change are known, too. In mode ``off`` none counts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemaproof.check.live_diff import State
from schemaproof.compare import compare
from schemaproof.errors import ConfigurationError, MigrationRefusedError
from schemaproof.findings.baseline import identity
from schemaproof.findings.findings import Finding, Kind
from schemaproof.migrate.accepted import Accepted
from schemaproof.migrate.gate_overrides import GateOverrides
from schemaproof.program import with_program
from schemaproof.schema.codes import Code, Severity
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.kinds import DEFAULT_PRIVILEGES
from schemaproof.schema.paths import ObjectPath

FINDINGS_SHOWN: Final = 10
_COUNTED: Final = {
    "strict": frozenset({Kind.DRIFT, Kind.UNMODELLED}),
    "new": frozenset({Kind.DRIFT}),
    "off": frozenset(),
}
_OTHERS: Final = frozenset({Code("event-trigger", "unexpected"), Code("publication", "unexpected")})
_ALLOW: Final = (
    "or go on with a reason: --allow {ground} --reason '...'"
    " (alembic -x allow={ground} -x reason='...')"
)
_REMEDIES: Final = {
    "drift": "see {program} check, and undo it ({program} check --sql), ",
    "tampering": "see {program} check, and restore the files from version control, ",
    "heads": "merge the branches (alembic merge heads), or name the intended heads (target), ",
    "sessions": "deploy the newer version everywhere first, ",
    "lint": "see {program} lint, and make the revision safe or name the rule in lint-ignore, ",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy of the gate.

    Attributes:
        mode: ``strict``, ``new`` or ``off``.
        overrides: The refusals to override.
    """

    mode: str
    overrides: GateOverrides = field(default_factory=GateOverrides)

    def lets_pass(self, ground: str) -> bool:
        """Whether refusals for a ground are overridden."""
        return self.mode == "off" or ground in self.overrides.allowed

    def counts(self, finding: Finding) -> bool:
        """Whether a difference can be refused at all.

        Privileges are decided in each environment, and objects of others are outside the project:
        no migration depends on them.
        """
        is_access = finding.code.aspect in {"owner", "privileges"}
        is_access |= finding.code.kind == DEFAULT_PRIVILEGES.name
        return finding.kind in _COUNTED[self.mode] and not (is_access or finding.code in _OTHERS)

    def require_reason(self) -> None:
        """Refuse to switch the gate off without a reason.

        Raises:
            ConfigurationError: The mode is ``off`` without a reason.
        """
        if self.mode == "off" and self.overrides.reason is None:
            raise ConfigurationError(
                with_program("$gate=off needs a reason"),
                remedy="say why: --reason '...' (alembic -x reason='...')",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The state of the database before a decision.

    Attributes:
        known: The differences at the last comparison.
        state: The database before the revision, read with the scope of the state after it; None
            before the first revision.
        expected: The snapshot before the revision.
        ahead: The database before the first revision, compared with the schema after it, because an
            interrupted attempt may have created some of its objects.
        interrupted: The text of that first revision if it commits before its end; empty otherwise.
            An interrupted attempt may have left the objects that it names unfinished.
    """

    known: Sequence[Finding] = ()
    state: State | None = None
    expected: Snapshot = field(default_factory=Snapshot)
    ahead: State | None = None
    interrupted: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision of the gate.

    Attributes:
        state: The database, with accepted differences marked.
        refused: The differences for which the migration, or the revision, is refused.
    """

    state: State
    refused: tuple[Finding, ...]

    @property
    def refuses_texts(self) -> bool:
        """Whether a text is refused that may only be printed differently."""
        return any((one.code, one.path) in self.state.texts for one in self.refused)


def decide(policy: Policy, before: Before, after: State, accepted: Accepted) -> Decision:
    """Decide whether the state of the database is allowed.

    Args:
        policy: The policy of the gate.
        before: The earlier state.
        after: The database, compared with its revision.
        accepted: The differences that the project's baseline accepts.
    """
    after = accepted.applied_to(after)
    counted = [finding for finding in after.report.findings if policy.counts(finding)]
    if not counted or policy.lets_pass("drift"):
        return Decision(after, ())
    if before.ahead is not None:
        counted = _not_made_ahead(counted, before.ahead)
        counted = [one for one in counted if not _is_named(one, before.interrupted)]
    if policy.mode != "strict":
        known = {identity(finding) for finding in before.known}
        left_alone = _left_alone(before, after)
        counted = [
            finding
            for finding in counted
            if identity(finding) not in known and finding.path.object not in left_alone
        ]
    return Decision(after, tuple(counted))


def _not_made_ahead(found: Iterable[Finding], ahead: State) -> list[Finding]:
    """Leave out findings about objects that already equal those which the next revision creates."""
    kept = _objects(ahead.expected)
    differing = {place for finding in ahead.report.findings for place in finding.places}
    return [
        one for one in found if one.path.object not in kept or not differing.isdisjoint(one.places)
    ]


def _is_named(finding: Finding, text: str) -> bool:
    """Whether a revision names the part of a table that a finding is about."""
    name = re.escape(finding.path.names[-1])
    is_part = finding.path.names != finding.path.object
    return is_part and re.search(rf"(?<!\w){name}(?!\w)", text) is not None


def _left_alone(before: Before, after: State) -> set[tuple[str, ...]]:
    """Return the objects that already differed or were unexpected before."""
    if before.state is None:
        return set()
    unexpected = _objects(before.state.actual) - _objects(before.expected)
    out_of_step = {finding.path.object for finding in before.known}
    changes = compare(before.state.actual, after.actual).differences
    return (unexpected | out_of_step) - {
        place.object for change in changes for place in change.places
    }


def _objects(snapshot: Snapshot) -> set[tuple[str, ...]]:
    """Return the objects of a snapshot, as the paths of findings name them."""
    in_no_schema = (ObjectPath.in_no_schema(one.kind, one.name) for one in snapshot.objects)
    return {*snapshot.object_names(), *(where.object for where in in_no_schema)}


def refuse(ground: str, what: str, found: Iterable[Finding]) -> None:
    """Refuse to migrate if there are findings; the message names them.

    Raises:
        MigrationRefusedError: There is a finding.
    """
    worst = sorted(found, key=lambda finding: tuple(Severity).index(finding.severity))
    names = [f"{one.code} {one.path}" + (f" ({one.hint})" if one.hint else "") for one in worst]
    refuse_named(ground, what, names)


def refuse_named(ground: str, what: str, found: Sequence[str]) -> None:
    """Refuse to migrate if there are reasons; the message names them.

    Args:
        ground: The ground of the refusal, which the user can allow by its name.
        what: The fault.
        found: The reasons, the worst first.

    Raises:
        MigrationRefusedError: There is a reason.
    """
    if not found:
        return
    shown = ", ".join(found[:FINDINGS_SHOWN])
    more = f" and {len(found) - FINDINGS_SHOWN} more" if len(found) > FINDINGS_SHOWN else ""
    raise MigrationRefusedError(
        f"{what}: {shown}{more}",
        ground=ground,
        remedy=with_program(_REMEDIES[ground]) + _ALLOW.format(ground=ground),
    )
