"""Repair types that columns depend on: changed in place where PostgreSQL can, or replaced."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from schemaproof.compare.objects import object_path
from schemaproof.compare.parents import parent_relations
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import composites
from schemaproof.repair.alterations import alterations, statements
from schemaproof.repair.dependents import check_ref
from schemaproof.repair.objects import Home
from schemaproof.schema.database_objects import Column, DatabaseObject, Relation, Snapshot
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.values import SqlText
from schemaproof.sql import quoting, sql_tree

_WORDS: Final = {"domain": "DOMAIN", "collation": "COLLATION"}
Typed = tuple[str, Relation, Column]
"""A column of a type, with its schema and its relation."""
KINDS: Final = frozenset({"enum", "composite-type", "domain", "range-type", "collation"})


def change_type(
    home: Home,
    wanted: DatabaseObject,
    found: DatabaseObject,
    expected: Snapshot,
    actual: Snapshot,
) -> Iterator[Step]:
    """Yield the steps that give a type its expected definition."""
    where = object_path(home.path, wanted)
    name = f"{home.schema}.{wanted.name}"
    replaced = home.ref(wanted) in home.anew
    changes = None if replaced else _in_place(name, wanted, found)
    if check_ref(home.ref(wanted)) in home.anew:
        steps = [*_checked_anew(home, wanted, found)]
        yield from (step for step in steps if changes is not None or step.drops is not None)
        changes = changes and []
    if changes is not None:
        for sql in changes:
            lossy = " DROP ATTRIBUTE " in sql
            yield Step(where, Phase.CREATE_DEFINITIONS, sql, destructive=lossy)
        return
    columns = [*_typed_columns(where, expected, actual)]
    if wanted.kind == "range-type":
        yield from _replaced_range(where, home, name, wanted, columns)
    else:
        yield from _replaced(where, home, name, wanted, columns)


def _checked_anew(home: Home, wanted: DatabaseObject, found: DatabaseObject) -> Iterator[Step]:
    """Remove default and constraints of a domain, and add the expected ones."""
    where = object_path(home.path, wanted)
    ref = check_ref(home.ref(wanted))
    bare = (SqlText((statements(one.definition)[0],)) for one in (wanted, found))
    new, old = bare
    for sql in alterations(old, found.definition) or ():
        yield Step(where, Phase.DROP_DEFAULTS, sql, drops=ref)
    for sql in alterations(wanted.definition, new) or ():
        yield Step(where, Phase.CREATE_DEFINITIONS, sql, makes=ref)


def _in_place(name: str, wanted: DatabaseObject, found: DatabaseObject) -> list[str] | None:
    if wanted.kind == "enum":
        return _added_labels(name, wanted, found)
    if wanted.kind == "range-type" and (new := _other_multirange(wanted, found)) is not None:
        return [f"ALTER TYPE {path(*new[0])} RENAME TO {path(new[1][-1])}"]
    if wanted.kind == "composite-type":
        return composites.altered(name, wanted.definition, found.definition)
    return alterations(wanted.definition, found.definition)


def _replaced(
    where: ObjectPath, home: Home, name: str, wanted: DatabaseObject, columns: Sequence[Typed]
) -> Iterator[Step]:
    """Create the expected type, and move the columns to it."""
    former = quoting.name("schemaproof replaced " + wanted.name.strip('"')[:40])
    kind = _WORDS.get(wanted.kind, "TYPE")
    ref = Ref(wanted.kind, where)
    rename = f"ALTER {kind} {name} RENAME TO {former}"
    yield Step(where, Phase.CREATE_DEFINITIONS, rename, destructive=True, drops=ref)
    yield _made(where, wanted)
    for schema, relation, column in columns:
        yield from _retyped(home, where, schema, relation, column)
    yield Step(where, Phase.ALTER_OBJECTS, f"DROP {kind} {home.schema}.{former}")


def _made(where: ObjectPath, wanted: DatabaseObject) -> Step:
    sql, ref = str(wanted.definition), Ref(wanted.kind, where)
    return Step(where, Phase.CREATE_DEFINITIONS, sql, creates=where, makes=ref)


def _replaced_range(
    where: ObjectPath, home: Home, name: str, wanted: DatabaseObject, columns: Sequence[Typed]
) -> Iterator[Step]:
    """Keep the values as text for a while, because the functions of a range type have its name."""
    for schema, relation, column in columns:
        text = replace(column, type="text", default=None)
        for step in _retyped(home, where, schema, relation, text, former=column):
            yield replace(step, phase=Phase.CREATE_DEFINITIONS)
    drop, ref = f"DROP TYPE {name}", Ref(wanted.kind, where)
    yield Step(where, Phase.CREATE_DEFINITIONS, drop, destructive=True, drops=ref)
    yield _made(where, wanted)
    for schema, relation, column in columns:
        yield from _retyped(home, where, schema, relation, column)


@sql_tree.unless_analysed(otherwise=None)
def _other_multirange(
    wanted: DatabaseObject, found: DatabaseObject
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the names of the multirange, as it is and as it should be; None with other changes."""
    trees = [sql_tree.statement(str(one.definition)) for one in (found, wanted)]
    names = [_take_multirange(tree) for tree in trees]
    return (names[0], names[1]) if all(names) and sql_tree.is_same(*trees) else None


def _take_multirange(tree: Any) -> tuple[str, ...]:
    for place, one in enumerate(tree.params):
        if one.def_elem.defname == "multirange_type_name":
            name = sql_tree.words(one.def_elem.arg)
            del tree.params[place]
            return name
    return ()


def _added_labels(name: str, wanted: DatabaseObject, found: DatabaseObject) -> list[str] | None:
    """Return the statements that add missing labels; None when a label must be moved or removed."""
    labels, present = _labels(wanted), _labels(found)
    if len(labels) == len(present):
        changed = [pair for pair in zip(present, labels, strict=True) if pair[0] != pair[1]]
        if len(changed) == 1:
            return [f"ALTER TYPE {name} RENAME VALUE {changed[0][0]} TO {changed[0][1]}"]
    if [label for label in labels if label in present] != present:
        return None
    statements, before = [], None
    for label in labels:
        if label not in present:
            place = f"AFTER {before}" if before else f"BEFORE {present[0]}" if present else ""
            statements.append(f"ALTER TYPE {name} ADD VALUE {label} {place}".rstrip())
        before = label
    return statements


@sql_tree.unless_analysed(otherwise=[])
def _labels(item: DatabaseObject) -> list[str]:
    made = sql_tree.statement(str(item.definition))
    return [quoting.literal(label) for label in sql_tree.texts(made.vals)]


def _typed_columns(name: str, expected: Snapshot, actual: Snapshot) -> Iterator[Typed]:
    """Yield the columns of a type that should keep it; children follow their parents."""
    present = {where for where, _, _, column in _columns(actual) if _uses_type(column, name)}
    for where, schema, relation, column in _columns(expected):
        if where in present and _uses_type(column, name) and "table" in relation.kind:
            yield schema, relation, column


def _columns(snapshot: Snapshot) -> Iterator[tuple[ObjectPath, str, Relation, Column]]:
    for schema in snapshot.schemas:
        for relation in schema.relations:
            above = {one.name for it in parent_relations(relation, schema) for one in it.columns}
            for column in relation.columns:
                if relation.partition_of is None and column.name not in above:
                    where = path(schema.name, relation.name, column.name)
                    yield where, schema.name, relation, column


def _uses_type(column: Column, name: str) -> bool:
    return column.type in {name, f"{name}[]"} or column.collation == name


def _retyped(
    home: Home,
    where: ObjectPath,
    schema: str,
    relation: Relation,
    column: Column,
    former: Column | None = None,
) -> Iterator[Step]:
    table, name = quoting.name(schema, relation.name), quoting.name(column.name)
    alter = f"ALTER TABLE {table} ALTER COLUMN {name}"
    at = path(schema, relation.name, column.name)
    # If another step creates the default again, because it depends on the type, it is not set here.
    own = Ref("default", at) not in home.anew
    if own and (former or column).default is not None:
        drops = Ref("default", at)
        yield Step(where, Phase.DROP_DEFAULTS, f"{alter} DROP DEFAULT", drops=drops)
    new = column.full_type
    collation = f" COLLATE {column.collation}" if column.collation else ""
    using = f"{quoting.name(column.name)}::text::{new}"
    convert = f"{alter} TYPE {new}{collation} USING {using}"
    ref = Ref("column", at)
    yield Step(where, Phase.ALTER_COLUMNS, convert, destructive=True, retypes=ref)
    if own and column.default is not None:
        sql = f"{alter} SET DEFAULT {column.default}"
        yield Step(where, Phase.ALTER_COLUMNS, sql, makes=Ref("default", at))
