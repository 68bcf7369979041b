"""Renamed constraints, indexes, triggers and other parts of a table."""

from collections.abc import Mapping
from dataclasses import replace

from schemaproof.compare.constraints import is_part_of_key
from schemaproof.compare.indexes import index_kind
from schemaproof.compare.objects import object_path
from schemaproof.compare.pairs import renames
from schemaproof.compare.renamed import Renamed, with_old_names
from schemaproof.schema.database_objects import Constraint, DatabaseObject, Index, Relation
from schemaproof.schema.kinds import CONSTRAINTS, OBJECTS
from schemaproof.schema.paths import ObjectPath, path


def parts_renamed(
    schema: str, expected: Relation, actual: Relation
) -> tuple[Relation, list[Renamed]]:
    """Restore the expected names of constraints, indexes, triggers and other parts of a table."""
    where = path(schema, expected.name)
    kept = renames(expected.constraints, actual.constraints, same_constraint)
    constraints = {one.name: one for one in actual.constraints}
    found = [
        Renamed(
            CONSTRAINTS[constraints[new].kind],
            path(*where.names, old),
            old,
            new,
            actual,
            inherited=_is_named_by_another(constraints[new], actual),
        )
        for old, new in kept.items()
    ]
    indexes = tuple(_with_old_constraint(index, kept) for index in actual.indexes)
    called = renames(expected.indexes, indexes, same_index)
    wanted = {index.name: index for index in expected.indexes}
    found += [
        Renamed(index_kind(wanted[old]), path(*where.names, old), old, new, actual)
        for old, new in called.items()
    ]
    # The definition of an index contains its name.
    back = {new: wanted[old] for old, new in called.items()}
    objects, more = _rename_objects(where, expected, actual)
    return replace(
        actual,
        constraints=with_old_names(actual.constraints, kept),
        indexes=tuple(
            replace(one, name=back[one.name].name, definition=back[one.name].definition)
            if one.name in back
            else one
            for one in indexes
        ),
        objects=objects,
    ), [*found, *more]


def _is_named_by_another(constraint: Constraint, relation: Relation) -> bool:
    return constraint.inherited and (
        constraint.kind == "check" or is_part_of_key(constraint, relation)
    )


def _rename_objects(
    where: ObjectPath, expected: Relation, actual: Relation
) -> tuple[tuple[DatabaseObject, ...], list[Renamed]]:
    def same(one: DatabaseObject, other: DatabaseObject) -> bool:
        return one.definition.same_as(_called(other, one.name).definition)

    found, back = [], {}
    for kind in sorted({item.kind for item in expected.objects}):
        before = {item.name: item for item in expected.objects if item.kind == kind}
        after = {item.name: item for item in actual.objects if item.kind == kind}
        for old, new in renames(before.values(), after.values(), same).items():
            back[after[new]] = _called(after[new], old)
            inherited = after[new].inherited
            where_old = object_path(where, before[old])
            found.append(Renamed(OBJECTS[kind], where_old, old, new, actual, inherited))
    return tuple(back.get(item, item) for item in actual.objects), found


def _called(item: DatabaseObject, name: str) -> DatabaseObject:
    """Return an object of a table under another name, also in its definition."""
    prints = tuple(
        text.replace(f" {item.name} ", f" {name} ", 1) for text in item.definition.prints
    )
    return replace(item, name=name, definition=replace(item.definition, prints=prints))


def same_constraint(one: Constraint, other: Constraint) -> bool:
    """Whether two constraints are equal except for their names."""
    return one.kind == other.kind and one.definition.same_as(other.definition)


def same_index(one: Index, other: Index) -> bool:
    """Whether two indexes without a constraint are equal except for their names."""
    # An index of a constraint is renamed together with the constraint.
    if one.constraint is not None or other.constraint is not None:
        return False
    return not prints_without_name(one).isdisjoint(prints_without_name(other))


def prints_without_name(index: Index) -> set[str]:
    """Return the definitions of an index without its name."""
    return {without_name(index.name, text) for text in index.definition.prints}


def without_name(name: str, definition: str) -> str:
    """Return the definition of an index without its name.

    >>> without_name("i ON j", 'CREATE INDEX "i ON j" ON q.t USING btree (a)')
    'CREATE INDEX ON q.t USING btree (a)'
    """
    return definition.replace(f" INDEX {path(name)} ON ", " INDEX ON ", 1)


def _with_old_constraint(index: Index, renamed: Mapping[str, str]) -> Index:
    """Return an index under the expected name of the constraint that owns it."""
    for old, new in renamed.items():
        if index.constraint == new:
            if index.name != new:
                return replace(index, constraint=old)
            prints = tuple(
                text.replace(f" INDEX {path(new)} ON ", f" INDEX {path(old)} ON ", 1)
                for text in index.definition.prints
            )
            definition = replace(index.definition, prints=prints)
            return replace(index, name=old, constraint=old, definition=definition)
    return index
