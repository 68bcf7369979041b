"""Compare the version table and the ledger with the tables that Alembic and the runner create."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from schemaproof.catalog.catalog import read_snapshot
from schemaproof.check import ledger_as_made
from schemaproof.compare import compare
from schemaproof.connection.raw_sql import AnyConnection, server_major
from schemaproof.errors import SchemaproofError
from schemaproof.findings import findings
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import version_table_form
from schemaproof.history.table_safety import InspectedTable, Name
from schemaproof.history.version_table_form import VersionTableForm
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    Index,
    Relation,
    Schema,
    Sequence,
    Snapshot,
)
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope
from schemaproof.schema.values import Grant, SqlText

Form = Callable[[], VersionTableForm]
# These are the privileges that the owner of the ledger needs. MAINTAIN, which PostgreSQL has since
# 17, is missing after a restore from an older version.
_OWNER_OF_LEDGER: Final = frozenset({"INSERT", "REFERENCES", "SELECT", "TRIGGER"})
_WRITING: Final = frozenset({"ALL", "INSERT", "UPDATE", "DELETE", "TRUNCATE"})
_KNOWS_MAINTAIN: Final = 17
_LATER: Final = frozenset({"column_numbers", "sqlstate"})


def compare_tables(
    connection: AnyConnection,
    scope: Scope,
    ledger: Name,
    own: Mapping[Name, InspectedTable],
    form: Form,
) -> Report:
    """Compare the existing tables within the current transaction, without reading their rows.

    Args:
        connection: The connection to the live database.
        scope: The roles of the project, and the name of the version table.
        ledger: The schema and the name of the ledger.
        own: The tables, as they were inspected.
        form: The function that reads how the project's own Alembic makes its version table.
    """
    if not own:
        return Report((), objects=0, attributes=0)
    schemas = tuple({schema for schema, _ in own})
    scope = replace(scope, managed=(), shared=schemas, ignored=(), own=frozenset(own))
    found = read_snapshot(connection, scope)
    with_owners = tuple(_with_owners(schema, own) for schema in found.schemas)
    actual = replace(found, objects=(), schemas=with_owners)
    knows_maintain = server_major(connection) >= _KNOWS_MAINTAIN
    made = ledger_as_made.recorded(ledger, knows_maintain=knows_maintain)
    unseen: list[Finding] = []
    schemas_wanted = (_wanted(schema, form, own, made, unseen) for schema in actual.schemas)
    wanted = replace(actual, schemas=tuple(schemas_wanted))
    differences = compare(wanted, actual).differences
    moved = (*_moved(wanted, actual), *unseen)
    if not differences:
        return Report(moved, objects=0, attributes=0)
    from schemaproof.repair.plan import repair

    parts = {part: role for role, part in scope.roles}
    drift = (*findings.drift(differences, managed=()), *moved)
    repairs = tuple(repair(wanted, actual, parts))
    return Report(drift, objects=0, attributes=0, repairs=repairs)


def _moved(wanted: Snapshot, actual: Snapshot) -> Iterator[Finding]:
    """Report columns in another order: their names were swapped, or one was created again."""
    for here, there in zip(wanted.schemas, actual.schemas, strict=True):
        for table, found in zip(here.relations, there.relations, strict=True):
            expected, now = _in_order(table, found), _in_order(found, table)
            if expected != now:
                where = path(here.name, table.name)
                yield Finding(
                    Code("column", "order"), Kind.DRIFT, where, ", ".join(expected), ", ".join(now)
                )


def _in_order(table: Relation, other: Relation) -> list[str]:
    common = {column.name for column in other.columns}
    columns = sorted(table.columns, key=lambda column: column.position)
    return [column.name for column in columns if column.name in common]


def _with_owners(schema: Schema, own: Mapping[Name, InspectedTable]) -> Schema:
    """Return the tables; an owner is kept only when it differs from that of the version table."""
    relations = tuple(
        replace(
            one,
            owner=None
            if own[schema.name, one.name].has_usual_owner
            else one.owner or "another role",
        )
        for one in schema.relations
    )
    return replace(schema, objects=(), relations=relations)


def _wanted(
    schema: Schema,
    form: Form,
    own: Mapping[Name, InspectedTable],
    ledger: Snapshot,
    unseen: list[Finding],
) -> Schema:
    relations: list[Relation] = []
    sequences: list[Sequence] = []
    [made] = ledger.schemas
    for one in schema.relations:
        if (schema.name, one.name) == (made.name, made.relations[0].name):
            table, its_sequence = _ledger(one, schema.sequences, ledger)
            sequences.extend(its_sequence)
        else:
            table = _version_table(schema.name, one, form, unseen)
        owner = tuple(grant for grant in table.privileges or () if grant.part == "owner")
        by_default = own[schema.name, one.name].granted_by_default
        grants = (*owner, *_harmless(one, by_default))
        relations.append(replace(table, privileges=_sorted(grants) or None))
    return replace(schema, relations=tuple(relations), sequences=tuple(sequences))


def _harmless(one: Relation, by_default: Collection[str]) -> list[Grant]:
    """Return harmless grants: SELECT for a role, and default privileges that allow no writing."""

    def is_harmless(grant: Grant) -> bool:
        by_role = grant.part != "PUBLIC" and grant.privileges == "SELECT"
        writing = not _WRITING.isdisjoint(grant.privileges.replace("*", "").split(", "))
        given_by_default = not writing and (grant.role or grant.part) in by_default
        return grant.part != "owner" and (by_role or given_by_default)

    return [grant for grant in one.privileges or () if is_harmless(grant)]


def _sorted(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(grants, key=lambda one: (one.part, one.privileges, one.role or "")))


def _ledger(
    found: Relation, sequences: tuple[Sequence, ...], ledger: Snapshot
) -> tuple[Relation, tuple[Sequence, ...]]:
    """Return the expected ledger: as the runner creates it, or in an older form that is valid."""
    if found.kind == "table" and "outcome" not in {column.name for column in found.columns}:
        return found, sequences
    [schema] = ledger.schemas
    [table], [sequence] = schema.relations, schema.sequences
    present = {column.name for column in found.columns}
    # The next migration adds these columns to an older ledger.
    columns = [one for one in table.columns if one.name in present or one.name not in _LATER]
    table = replace(table, columns=tuple(columns))
    # The comment contains the name of the program that created the ledger.
    if ledger_as_made.is_comment(found.comment):
        table = replace(table, comment=found.comment)
    keys = [one.name for one in found.constraints if ledger_as_made.is_key(one.name, table.name)]
    if len(keys) == 1:
        table = _with_key(table, keys[0])
    owner = [grant for grant in found.privileges or () if grant.part == "owner"]
    if len(owner) == 1 and set(owner[0].privileges.split(", ")) - {"MAINTAIN"} == _OWNER_OF_LEDGER:
        table = replace(table, privileges=tuple(owner))
    names = [one.name for one in sequences if ledger_as_made.is_sequence(one.name, table.name)]
    return table, (replace(sequence, name=names[0]) if len(names) == 1 else sequence,)


def _with_key(table: Relation, name: str) -> Relation:
    [key] = [one for one in table.constraints if one.kind == "primary-key"]
    [index] = table.indexes
    definition = str(index.definition).replace(f" {path(key.name)} ", f" {path(name)} ", 1)
    constraints = (replace(key, name=name), *(one for one in table.constraints if one is not key))
    return replace(
        table,
        constraints=tuple(sorted(constraints, key=lambda one: one.name)),
        indexes=(replace(index, name=name, constraint=name, definition=SqlText((definition,))),),
    )


def _version_table(schema: str, found: Relation, form: Form, unseen: list[Finding]) -> Relation:
    """Return the expected version table: as the project's Alembic creates it, or as found."""
    wanted, there = version_table_form.USUAL, _form(found)
    if there != wanted:
        try:
            wanted = form()
        except SchemaproofError as error:
            where = path(schema, found.name)
            unverified = Code("version", "unverified")
            unseen.append(Finding(unverified, Kind.UNVERIFIED, where, None, error.message))
            wanted = there or wanted
    column = Column(
        name="version_num",
        position=1,
        type=wanted.type,
        type_modifier=wanted.type_modifier,
        nullable=False,
    )
    if wanted.key is None:
        return Relation(name=found.name, columns=(column,))
    name = wanted.key.replace("{table}", found.name)
    key = Constraint(
        name=name, kind="primary-key", definition=SqlText(("PRIMARY KEY (version_num)",))
    )
    definition = (
        f"CREATE UNIQUE INDEX {path(name)} ON {path(schema, found.name)} USING btree (version_num)"
    )
    index = Index(name=name, definition=SqlText((definition,)), constraint=name)
    return Relation(name=found.name, columns=(column,), constraints=(key,), indexes=(index,))


def _form(found: Relation) -> VersionTableForm | None:
    present = [one for one in found.columns if one.name == "version_num"]
    keys = [one.name for one in found.constraints if one.kind == "primary-key"]
    if len(present) != 1:
        return None
    key = version_table_form.pattern(keys[0], found.name) if keys else None
    return VersionTableForm(present[0].type, present[0].type_modifier, key)
