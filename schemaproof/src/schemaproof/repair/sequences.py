"""Repair sequences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from schemaproof.compare.attributes import differing
from schemaproof.compare.pairs import pairs
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl
from schemaproof.repair.access import Roles, Target
from schemaproof.schema.database_objects import Column, Schema, Sequence, Snapshot
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.kinds import SEQUENCE
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import quoting
from schemaproof.sql.sql_names import mentioned

_COUNTED: Final = frozenset({"smallint", "integer", "bigint", "numeric"})
"""The types of columns whose values can be compared with those of a sequence."""


@dataclass(frozen=True)
class Owners:
    """The columns that sequences provide values for, as they are and as expected.

    Attributes:
        expected: The expected snapshot.
        actual: The actual snapshot.
        anew: Objects that are dropped because of others, and created again.
    """

    expected: Snapshot
    actual: Snapshot
    anew: frozenset[Ref]

    @cached_property
    def wanted(self) -> Mapping[str, Column]:
        """The expected columns, by their paths."""
        return dict(self.expected.all_columns())

    @cached_property
    def found(self) -> Mapping[str, Column]:
        """The existing columns, by their paths."""
        return dict(self.actual.all_columns())

    def is_identity(self, sequence: Sequence, columns: Mapping[str, Column]) -> bool:
        """Whether a sequence is created and dropped with the identity of its column."""
        owner = columns.get(sequence.owned_by) if sequence.owned_by is not None else None
        return owner is not None and owner.identity is not None

    def is_one_of_two(self, sequence: Sequence) -> bool:
        """Whether the column of an existing sequence has another sequence, too."""
        owned = [one.owned_by for _, one in self.actual.all_sequences()]
        return owned.count(sequence.owned_by) > 1

    def users(self, where: str, sequence: Sequence) -> Iterator[ObjectPath]:
        """Yield the columns with values from the sequence, where there are rows."""
        for at, column in self.wanted.items():
            uses = at == sequence.owned_by or where in mentioned(str(column.default))
            if uses and column.type in _COUNTED and at in self.found:
                yield ObjectPath.parse(at)


def repair_sequences(
    expected: Schema, actual: Schema, roles: Roles, owners: Owners
) -> Iterator[Step]:
    """Repair sequences without an owner, and the attributes of sequences that a column owns."""
    for wanted, found in pairs(expected.sequences, actual.sequences):
        if wanted is not None:
            yield from _repaired(expected.name, wanted, found, roles, owners)
        elif found is not None:
            yield from _unexpected(actual.name, found, owners)


def _repaired(
    schema: str, wanted: Sequence, found: Sequence | None, roles: Roles, owners: Owners
) -> Iterator[Step]:
    where = path(schema, wanted.name)
    alone = not owners.is_identity(wanted, owners.wanted)
    if found is not None and _is_made_anew(wanted, found, where, owners):
        if not owners.is_identity(found, owners.found):
            yield _drop(schema, found)
        found = None
    if found is None and alone:
        yield _create(schema, wanted)
    given = roles.to_new("sequences", wanted.privileges)
    present = found or replace(_as_created(wanted, owned=not alone), privileges=given)
    yield from _alter(schema, wanted, present, roles)
    if found is None:
        yield from _moved(schema, wanted, owners)


def _is_made_anew(wanted: Sequence, found: Sequence, where: ObjectPath, owners: Owners) -> bool:
    """Whether a sequence is created again: with its table, or because its identity changes."""
    after = owners.is_identity(wanted, owners.wanted)
    # If two sequences belong to a column, one of them is that of its identity.
    before = owners.is_identity(found, owners.found) and (after or not owners.is_one_of_two(found))
    return before != after or Ref("sequence", where) in owners.anew


def _unexpected(schema: str, found: Sequence, owners: Owners) -> Iterator[Step]:
    """Drop a sequence that its column no longer needs; others may be in use elsewhere."""
    owner = found.owned_by
    if owner is None:
        yield replace(_drop(schema, found), destructive=True, unmodelled=True)
    elif owner in owners.wanted and not owners.is_identity(found, owners.found):
        now_identity = owners.wanted[owner].identity is not None
        yield replace(_drop(schema, found), unmodelled=not now_identity)


def _drop(schema: str, found: Sequence) -> Step:
    where = path(schema, found.name)
    sql = f"DROP SEQUENCE {quoting.name(schema, found.name)}"
    return Step(where, Phase.DROP_RELATIONS, sql, drops=Ref("sequence", where))


def _create(schema: str, wanted: Sequence) -> Step:
    unlogged = "UNLOGGED " if wanted.persistence else ""
    sql = f"CREATE {unlogged}SEQUENCE {quoting.name(schema, wanted.name)} AS {wanted.type}"
    where = path(schema, wanted.name)
    sql = f"{sql} {ddl.options(wanted)}"
    ref = Ref("sequence", where)
    return Step(where, Phase.CREATE_SEQUENCES, sql, creates=where, makes=ref)


def _moved(schema: str, wanted: Sequence, owners: Owners) -> Iterator[Step]:
    """Move a new sequence behind the existing keys."""
    where = path(schema, wanted.name)
    furthest, choose = ("max", "greatest") if wanted.increment > 0 else ("min", "least")
    keys = [
        f"(SELECT {furthest}({name})::bigint FROM {quoting.name(*user.object)}"  # noqa: S608 - a script
        f" WHERE {name} BETWEEN {wanted.minimum} AND {wanted.maximum})"
        for user in owners.users(where, wanted)
        for name in (quoting.name(user.names[-1]),)
    ]
    if keys:
        sequence = quoting.literal(quoting.name(schema, wanted.name))
        # setval() with null does nothing, which is the case if the table has no rows.
        sql = f"SELECT pg_catalog.setval({sequence}, {choose}({', '.join(keys)}))"
        at = wanted.owned_by if owners.is_identity(wanted, owners.wanted) else None
        yield Step(at or where, Phase.ALTER_SEQUENCES, sql)


def _as_created(wanted: Sequence, *, owned: bool) -> Sequence:
    """Return a sequence as it is right after its creation, alone or with its column."""
    return replace(
        wanted,
        owned_by=wanted.owned_by if owned else None,
        owner=wanted.owner if wanted.owned_by else access.WHOEVER_CREATES,
        privileges=None,
        comment=None,
    )


def _alter(schema: str, wanted: Sequence, found: Sequence, roles: Roles) -> Iterator[Step]:
    changed = differing(wanted, found, SEQUENCE.compared)
    where, name = path(schema, wanted.name), quoting.name(schema, wanted.name)
    alter = f"ALTER SEQUENCE {name}"
    if "type" in changed:
        yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} AS {wanted.type}")
    if ddl.options(wanted) != ddl.options(found):
        yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} {ddl.options(wanted)}")
    if "persistence" in changed:
        persistence = (wanted.persistence or "logged").upper()
        yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} SET {persistence}")
    if "owned_by" in changed:
        # A path is already quoted as SQL.
        yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} OWNED BY {wanted.owned_by or 'NONE'}")
    target = Target(where, "SEQUENCE", name)
    yield from access.owner(target, wanted.owner, found.owner, roles)
    yield from access.privileges(target, wanted.privileges, found.privileges, roles)
    if wanted.comment != found.comment:
        yield ddl.comment(where, f"SEQUENCE {name}", wanted.comment)
