"""Repairing sequences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schemaproof.compare.attributes import differing
from schemaproof.compare.pairs import pairs
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl
from schemaproof.repair.access import Roles, Target
from schemaproof.schema.kinds import SEQUENCE
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Schema, Sequence
from schemaproof.sql import quoting


def repair_sequences(expected: Schema, actual: Schema, roles: Roles) -> Iterator[Step]:
    """Repair sequences that stand alone, and the attributes of those that a column owns."""
    identities = _identities(expected)
    for wanted, found in pairs(expected.sequences, actual.sequences):
        if wanted is not None:
            alone = wanted.owned_by not in identities
            if found is None and alone:
                yield _create(expected.name, wanted)
            given = roles.to_new("sequences", wanted.privileges)
            present = found or replace(_as_created(wanted, owned=not alone), privileges=given)
            yield from _alter(expected.name, wanted, present, roles)
        elif found is not None and found.owned_by is None:
            sql = f"DROP SEQUENCE {quoting.name(actual.name, found.name)}"
            where = path(actual.name, found.name)
            yield Step(where, Phase.DROP_RELATIONS, sql, destructive=True, unmodelled=True)


def _identities(schema: Schema) -> frozenset[str]:
    """Return the paths of the columns whose sequences are made with them."""
    return frozenset(
        path(schema.name, relation.name, column.name)
        for relation in schema.relations
        for column in relation.columns
        if column.identity is not None
    )


def _create(schema: str, wanted: Sequence) -> Step:
    unlogged = "UNLOGGED " if wanted.persistence else ""
    sql = f"CREATE {unlogged}SEQUENCE {quoting.name(schema, wanted.name)} AS {wanted.type}"
    where = path(schema, wanted.name)
    return Step(where, Phase.CREATE_SEQUENCES, f"{sql} {ddl.options(wanted)}", creates=where)


def _as_created(wanted: Sequence, *, owned: bool) -> Sequence:
    """Return what a sequence is like when it was just made, by itself or with its column."""
    return Sequence(
        name=wanted.name,
        type=wanted.type,
        start=wanted.start,
        increment=wanted.increment,
        minimum=wanted.minimum,
        maximum=wanted.maximum,
        cache=wanted.cache,
        cycle=wanted.cycle,
        owned_by=wanted.owned_by if owned else None,
        persistence=wanted.persistence,
        owner=wanted.owner if wanted.owned_by else access.WHOEVER_CREATES,
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
        # The path of a column is written as SQL writes it.
        yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} OWNED BY {wanted.owned_by or 'NONE'}")
    target = Target(where, "SEQUENCE", name)
    yield from access.owner(target, wanted.owner, found.owner, roles)
    yield from access.privileges(target, wanted.privileges, found.privileges, roles)
    if wanted.comment != found.comment:
        yield ddl.comment(where, f"SEQUENCE {name}", wanted.comment)
