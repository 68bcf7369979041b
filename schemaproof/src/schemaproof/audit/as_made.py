"""Compare an installed audit with the one that ``install`` creates."""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

from schemaproof.audit.queries import SQL
from schemaproof.catalog.catalog import read_snapshot
from schemaproof.compare import Difference, compare
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.history.snapshot_values import decode_children, decode_objects
from schemaproof.schema.database_objects import DatabaseObject, Schema, Snapshot
from schemaproof.schema.scope import Scope

SCHEMA: Final = "schemaproof_audit"
TABLE: Final = (SCHEMA, "command")
_SCOPE: Final = Scope(
    managed=(SCHEMA,), shared=(), own=frozenset(), version_table=TABLE, ledger_table=TABLE
)


@cache
def recorded() -> Snapshot:
    """Return the objects that ``queries/install.sql`` creates (from ``audit.json``)."""
    text = files("schemaproof.audit").joinpath("audit.json").read_text("utf-8")
    content = json.loads(text)
    [schema] = decode_children(Schema, content["schemas"])
    objects = decode_objects(content["objects"])
    functions = decode_objects(
        {"function": {"record()": {"definition": SQL.text("record_function")}}}
    )
    return Snapshot((replace(schema, objects=functions),), objects)


def read(connection: AnyConnection) -> Snapshot:
    """Return the installed audit without owners and grants, which another rule checks."""
    found = read_snapshot(connection, _SCOPE)
    objects = tuple(_plain(one) for one in found.objects if _fires_ours(one))
    return Snapshot(tuple(_without_grants(one) for one in found.schemas), objects)


def differences(actual: Snapshot) -> tuple[Difference, ...]:
    """Return how the installed audit differs from the one that ``install`` creates."""
    return compare(recorded(), actual).differences


def has_all_columns(actual: Snapshot) -> bool:
    """Whether the table can be read: it has all columns, with their types."""
    return _columns(recorded()) <= _columns(actual)


def _columns(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    return frozenset(
        (column.name, column.type)
        for where, column in snapshot.all_columns()
        if where.object == TABLE
    )


def _fires_ours(one: DatabaseObject) -> bool:
    return one.kind == "event-trigger" and f" {SCHEMA}." in str(one.definition)


def _plain(one: DatabaseObject) -> DatabaseObject:
    return replace(one, owner=None, privileges=None)


def _without_grants(schema: Schema) -> Schema:
    return replace(
        schema,
        owner=None,
        owner_role=None,
        privileges=None,
        comment=None,
        relations=tuple(
            replace(
                one,
                owner=None,
                privileges=None,
                columns=tuple(replace(column, privileges=None) for column in one.columns),
            )
            for one in schema.relations
        ),
        sequences=tuple(replace(one, owner=None, privileges=None) for one in schema.sequences),
        objects=tuple(map(_plain, schema.objects)),
    )
