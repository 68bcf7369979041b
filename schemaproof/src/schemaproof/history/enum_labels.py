"""The labels of enum types in snapshots, and guards against removing a label in use."""

from typing import Final

from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import quoting, sql_tree

_GUARD: Final = """\
DO $$
DECLARE
    used bigint;
BEGIN
    SELECT count(*) INTO used FROM {table} WHERE {column}::text[] && {labels}::text[];
    IF used > 0 THEN
        RAISE EXCEPTION '% rows of {text} use a label that is removed ({gone})', used;
    END IF;
END
$$"""


def enum_labels(snapshot: Snapshot) -> dict[ObjectPath, tuple[str, ...]]:
    """Return the labels of each enum type, in their order."""
    return {
        path(schema.name, ObjectPath.parse(one.name).names[-1]): _read(str(one.definition))
        for schema in snapshot.schemas
        for one in schema.objects
        if one.kind == "enum"
    }


@sql_tree.unless_analysed(otherwise=())
def _read(definition: str) -> tuple[str, ...]:
    return sql_tree.texts(sql_tree.statement(definition).vals)


def guards(
    where: ObjectPath, before: Snapshot, after: Snapshot
) -> dict[ObjectPath, tuple[str, ...]]:
    """Return, for each table, the statements that fail if a row uses a label that is removed.

    Args:
        where: The type.
        before: The schema before the change.
        after: The schema after the change.
    """
    kept = enum_labels(after).get(where, ())
    gone = [one for one in enum_labels(before).get(where, ()) if one not in kept]
    return {
        at: tuple(
            _guard(path(*at.names, column.name), column.type, gone)
            for column in relation.columns
            if is_enum_type(column.type, where)
        )
        for at, relation in (before.all_relations() if gone else ())
        if relation.kind in {"table", "partitioned-table"}
    }


def is_enum_type(type_: str, enum: ObjectPath) -> bool:
    """Whether the type of a column is an enum, or an array of it."""
    return type_.removesuffix("[]") in {enum.names[-1], enum}


def _guard(column: ObjectPath, type_: str, gone: list[str]) -> str:
    name = quoting.name(column.names[-1])
    labels = ", ".join(quoting.literal(one) for one in gone)
    return _GUARD.format(
        table=quoting.name(*column.object),
        column=name if type_.endswith("[]") else f"ARRAY[{name}]",
        labels=f"ARRAY[{labels}]",
        text=_in_text(column),
        gone=_in_text(", ".join(gone)),
    )


def _in_text(words: str) -> str:
    return words.replace("'", "''").replace("%", "%%")
