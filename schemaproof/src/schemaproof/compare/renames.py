"""Find renamed objects, and the snapshot with their expected names."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from schemaproof.compare import former_names
from schemaproof.compare.attributes import differing
from schemaproof.compare.objects import mentioned_name, object_path
from schemaproof.compare.pairs import pairs, renames
from schemaproof.compare.parents import parent_relations
from schemaproof.compare.renamed import Renamed, with_old_names
from schemaproof.compare.renamed_parts import parts_renamed
from schemaproof.schema.database_objects import (
    Column,
    DatabaseObject,
    Relation,
    Schema,
    Sequence,
    Snapshot,
)
from schemaproof.schema.kinds import (
    COLUMN,
    OBJECTS,
    RELATIONS,
    SEQUENCE,
)
from schemaproof.schema.paths import ObjectPath, path

_WITH_ITS_SEQUENCE: Final = "nextval("


def with_right_names(
    expected: Snapshot, actual: Snapshot, *, rows_stay: bool = True
) -> tuple[Snapshot, tuple[Renamed, ...]]:
    """Return a snapshot with expected names, and the renamed objects.

    Texts that use a new name use the expected one then.

    Args:
        expected: The expected snapshot.
        actual: The actual snapshot.
        rows_stay: Whether tables and columns may be renamed, too.
    """
    found: list[Renamed] = []
    # Tables are recognised by their sequences, and sequences by their tables. So objects are
    # compared again after the relations and sequences.
    for step in (_objects, _relations, _sequences, _objects, _columns, _parts):
        if expected == actual:
            break
        if not rows_stay and step in (_relations, _columns):
            continue
        actual, more = step(expected, actual)
        found += more
    return actual, tuple(found)


_Step = tuple[Snapshot, list[Renamed]]


def _each_schema(
    expected: Snapshot, actual: Snapshot, change: Callable[[Schema, Schema], Schema]
) -> Snapshot:
    wanted = {schema.name: schema for schema in expected.schemas}
    schemas = tuple(
        change(wanted[one.name], one) if one.name in wanted and one != wanted[one.name] else one
        for one in actual.schemas
    )
    return replace(actual, schemas=schemas)


def _relations(expected: Snapshot, actual: Snapshot) -> _Step:
    found: list[Renamed] = []

    def change(wanted: Schema, here: Schema) -> Schema:
        called = renames(wanted.relations, here.relations, same_relation)
        for one in here.relations:
            for old, new in called.items():
                if one.name == new:
                    where = path(here.name, old)
                    found.append(Renamed(RELATIONS[one.kind], where, old, new, one))
        return replace(here, relations=with_old_names(here.relations, called))

    changed = _each_schema(expected, actual, change)
    former: dict[str, str] = {path(one.path.names[0], one.new): one.path for one in found}
    return former_names.formerly_named(former, changed), found


def same_relation(one: Relation, other: Relation) -> bool:
    """Whether two relations are equal except for the name; parts of a renamed table keep theirs."""
    return (
        one.kind == other.kind
        and [*map(_shape, one.columns)] == [*map(_shape, other.columns)]
        and _names(one) == _names(other)
    )


def _names(relation: Relation) -> list[str]:
    constraints = [constraint.name for constraint in relation.constraints]
    return constraints + [index.name for index in relation.indexes]


def _shape(column: Column) -> Column:
    # The sequence of a column is often renamed together with its table, which changes the default.
    own = column.default is not None and _WITH_ITS_SEQUENCE in str(column.default)
    return replace(column, default=None) if own else column


def _sequences(expected: Snapshot, actual: Snapshot) -> _Step:
    found: list[Renamed] = []

    def change(wanted: Schema, here: Schema) -> Schema:
        called = renames(wanted.sequences, here.sequences, _same_sequence)
        for old, new in called.items():
            found.append(Renamed(SEQUENCE, path(here.name, old), old, new))
        return replace(here, sequences=with_old_names(here.sequences, called))

    changed = _each_schema(expected, actual, change)
    former: dict[str, str] = {path(one.path.names[0], one.new): one.path for one in found}
    return former_names.formerly_named(former, changed), found


def _same_sequence(one: Sequence, other: Sequence) -> bool:
    return replace(one, name=other.name) == other


def _objects(expected: Snapshot, actual: Snapshot) -> _Step:
    found: list[Renamed] = []
    former: dict[str, str] = {}

    def renamed(
        parent: ObjectPath, wanted: tuple[DatabaseObject, ...], here: tuple[DatabaseObject, ...]
    ) -> tuple[DatabaseObject, ...]:
        names = {}
        for new, old in _renamed_objects(parent, wanted, here):
            where = object_path(parent, old)
            found.append(Renamed(OBJECTS[old.kind], where, old.name, new.name))
            former[mentioned_name(parent, new)] = mentioned_name(parent, old)
            names[new] = replace(new, name=old.name)
        return tuple(names.get(item, item) for item in here)

    changed = _each_schema(
        expected,
        actual,
        lambda wanted, here: replace(
            here, objects=renamed(path(here.name), wanted.objects, here.objects)
        ),
    )
    changed = replace(changed, objects=renamed(ObjectPath(""), expected.objects, changed.objects))
    return former_names.formerly_named(former, changed), found


def _renamed_objects(
    parent: ObjectPath, wanted: tuple[DatabaseObject, ...], found: tuple[DatabaseObject, ...]
) -> Iterator[tuple[DatabaseObject, DatabaseObject]]:
    """Yield renamed objects, each as it is and as it was."""

    def same(one: DatabaseObject, other: DatabaseObject) -> bool:
        former = {mentioned_name(parent, other): mentioned_name(parent, one)}
        return one.definition.same_as(former_names.formerly_named(former, other.definition))

    for kind in sorted({item.kind for item in wanted if OBJECTS[item.kind].renamable}):
        before = {item.name: item for item in wanted if item.kind == kind}
        after = {item.name: item for item in found if item.kind == kind}
        for old, new in renames(before.values(), after.values(), same).items():
            yield after[new], before[old]


def _columns(expected: Snapshot, actual: Snapshot) -> _Step:
    found: list[Renamed] = []

    def change(wanted: Schema, here: Schema) -> Schema:
        changed: dict[str, Relation] = {}
        for one, other in pairs(wanted.relations, here.relations):
            if one is None or other is None or one.columns == other.columns:
                continue
            called = columns_renamed(one, other)
            inherited = _renamed_with_parents(wanted, here, other) if called else set()
            changed[other.name] = replace(other, columns=with_old_names(other.columns, called))
            found.extend(
                Renamed(
                    COLUMN,
                    path(here.name, other.name, old),
                    old,
                    new,
                    other,
                    inherited=old in inherited,
                )
                for old, new in called.items()
            )
        return replace(here, relations=tuple(changed.get(one.name, one) for one in here.relations))

    changed = _each_schema(expected, actual, change)
    former = {path(*one.path.names[:2], one.new): one.path for one in found}
    return former_names.with_former_columns(former, expected, changed), found


def _renamed_with_parents(expected: Schema, actual: Schema, relation: Relation) -> set[str]:
    """Return the columns that are renamed back together with a parent's."""
    wanted = {one.name: one for one in expected.relations}
    return {
        name
        for parent in parent_relations(relation, actual)
        if parent.name in wanted
        for name in columns_renamed(wanted[parent.name], parent)
    }


def columns_renamed(expected: Relation, actual: Relation) -> dict[str, str]:
    """Find the columns that differ in nothing but the name.

    A column is recognised by its position, which means something only when both tables were
    created alike: otherwise two columns may share position and type by chance.
    """
    positions = {column.name: column.position for column in expected.columns}
    if any(positions.get(one.name, one.position) != one.position for one in actual.columns):
        return {}
    return renames(expected.columns, actual.columns, _same_column)


def _same_column(one: Column, other: Column) -> bool:
    return one.position == other.position and not differing(one, other, COLUMN.compared)


def _parts(expected: Snapshot, actual: Snapshot) -> _Step:
    found: list[Renamed] = []

    def change(wanted: Schema, here: Schema) -> Schema:
        changed: dict[str, Relation] = {}
        for one, other in pairs(wanted.relations, here.relations):
            if one is not None and other is not None and one != other:
                changed[other.name], more = parts_renamed(here.name, one, other)
                found.extend(more)
        return replace(here, relations=tuple(changed.get(one.name, one) for one in here.relations))

    return _each_schema(expected, actual, change), found
