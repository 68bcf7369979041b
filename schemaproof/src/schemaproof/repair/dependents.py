"""Find the objects that have to be dropped before a drop or a change of type, and recreated."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from schemaproof.compare.difference import places
from schemaproof.compare.objects import object_path
from schemaproof.compare.parents import parent_relations
from schemaproof.compare.renamed import Renamed
from schemaproof.findings.steps import Step
from schemaproof.schema.codes import RENAMED
from schemaproof.schema.database_objects import DatabaseObject, Relation, Snapshot
from schemaproof.schema.dependencies import Dependency, Ref
from schemaproof.schema.kinds import COLUMN, OBJECTS
from schemaproof.schema.paths import ObjectPath, path

# PostgreSQL converts these itself when a column gets another type (manual, ALTER TABLE).
_CONVERTED: Final = frozenset(
    {"index", "statistics", "default", "sequence", "check", "primary-key", "unique", "exclusion"}
)


_TYPES: Final = frozenset({"enum", "domain", "relation", "collation"})


def check_ref(ref: Ref) -> Ref:
    """Return the reference to a domain's default and constraints, which change independently."""
    return Ref(f"{ref.kind}-checks", ref.path)


def enclosing(ref: Ref) -> Iterator[Ref]:
    """Yield an object and everything that encloses it: its column, its relation."""
    yield ref
    if ref.kind == "default":
        yield Ref(COLUMN.name, ref.path)
    if ref.kind != "relation" and len(ref.path.names) > 1:
        yield Ref("relation", path(*ref.path.object))


@dataclass(frozen=True)
class Dependents:
    """Find the objects that depend on others in the live database.

    Attributes:
        on: The dependencies on an object itself, by that object.
        within: The dependencies on a relation or on a part of it, by the names of the relation.
        children: The children of a table, by its path.
        generated: The columns that are generated from others.
    """

    on: Mapping[Ref, Sequence[Dependency]] = field(default_factory=dict)
    within: Mapping[tuple[str, ...], Sequence[Dependency]] = field(default_factory=dict)
    children: Mapping[ObjectPath, Sequence[ObjectPath]] = field(default_factory=dict)
    generated: frozenset[Ref] = frozenset()

    def dependencies(self, step: Step) -> Iterator[Dependency]:
        """Yield the objects to drop before a step, with those that depend on them."""
        seen: set[Dependency] = set()
        waiting = [*self._first(step)]
        while waiting:
            one = waiting.pop()
            if one in seen or (one.dependent is not None and one.dependent == step.drops):
                continue
            seen.add(one)
            yield one
            if one.dependent is not None and not self.is_plain_column(one.dependent):
                waiting += self._on_dropped(one.dependent)

    def is_plain_column(self, ref: Ref) -> bool:
        """Whether a reference is to a column with stored values."""
        return ref.kind == COLUMN.name and ref not in self.generated

    def _first(self, step: Step) -> Iterator[Dependency]:
        if step.drops is not None:
            yield from self._on_dropped(step.drops)
        for column in self.retyped(step):
            yield from self._on_retyped(column)

    def retyped(self, step: Step) -> Iterator[Ref]:
        """Yield the columns whose type a step changes: PostgreSQL includes those of children."""
        waiting = [] if step.retypes is None else [step.retypes]
        while waiting:
            column = waiting.pop()
            yield column
            *_, name = column.path.names
            children = self.children.get(path(*column.path.object), ())
            waiting += (Ref(column.kind, path(*child.names, name)) for child in children)

    def _on_dropped(self, ref: Ref) -> Iterator[Dependency]:
        if ref.kind != "relation":
            yield from self.on.get(ref, ())
            return
        for one in self.within.get(ref.path.object, ()):
            if one.dependent is None or not one.dependent.is_within(ref):
                yield one

    def _on_retyped(self, column: Ref) -> Iterator[Dependency]:
        for one in self.on.get(column, ()):
            if one.dependent is None or one.dependent.kind not in _CONVERTED:
                yield one
        table = path(*column.path.object)
        for one in self.on.get(Ref("relation", table), ()):
            # PostgreSQL does not change a table whose row type is the type of another table's
            # column.
            holder = one.dependent
            if one.is_column and (holder is None or not holder.is_within(one.on)):
                yield one


def dependents(
    dependencies: Iterable[Dependency], renamed: Iterable[Renamed], actual: Snapshot
) -> Dependents:
    """Return the dependencies, with the expected names of all objects.

    Args:
        dependencies: The dependencies, with the names that the database has.
        renamed: The objects that have other names than expected.
        actual: The snapshot of the database, with the expected names.
    """
    called = [
        (places(one.kind.code(RENAMED), one.path, one.new)[-1].names, one.path.names)
        for one in renamed
    ]
    on: defaultdict[Ref, list[Dependency]] = defaultdict(list)
    within: defaultdict[tuple[str, ...], list[Dependency]] = defaultdict(list)
    for one in dependencies:
        found = _rightly_called(one, called) if called else one
        if found.dependent is not None and found.dependent.kind == "domain":
            # A domain itself only depends on its type; all other dependencies are those of its
            # checks.
            of_type = "type" in found.on.kind or found.on.kind in _TYPES
            found = found if of_type else replace(found, dependent=check_ref(found.dependent))
        on[found.on].append(found)
        within[found.on.path.object].append(found)
    children: defaultdict[ObjectPath, list[ObjectPath]] = defaultdict(list)
    for schema in actual.schemas:
        for relation in schema.relations:
            for parent in parent_relations(relation, schema):
                children[path(schema.name, parent.name)].append(path(schema.name, relation.name))
    return Dependents(on, within, children, frozenset(_generated(actual)))


_Called = Sequence[tuple[tuple[str, ...], tuple[str, ...]]]


def _rightly_called(one: Dependency, called: _Called) -> Dependency:
    dependent = None if one.dependent is None else _right(one.dependent, called)
    return replace(one, dependent=dependent, on=_right(one.on, called))


def _right(ref: Ref, called: _Called) -> Ref:
    names = ref.path.names
    for new, old in called:
        if names[: len(new)] == new:
            names = (*old, *names[len(new) :])
    if names == ref.path.names:
        return ref
    if len(names) == 1:
        return Ref(ref.kind, ObjectPath(*names))
    if ref.kind in OBJECTS:
        return Ref(ref.kind, path(*names[:-1]).within(names[-1]))
    return Ref(ref.kind, path(*names))


def _generated(snapshot: Snapshot) -> Iterator[Ref]:
    for where, column in snapshot.all_columns():
        if column.generated is not None:
            yield Ref("column", where)


def refs(snapshot: Snapshot) -> Iterator[Ref]:
    """Yield the references to all objects in a snapshot that can take part in a dependency."""
    yield from _object_refs(ObjectPath(""), snapshot.objects)
    for schema in snapshot.schemas:
        yield from _object_refs(path(schema.name), schema.objects)
    for at, _ in snapshot.all_sequences():
        yield Ref("sequence", at)
    for at, relation in snapshot.all_relations():
        yield Ref("relation", at)
        yield from _refs_within(at, relation)
        yield from _object_refs(at, relation.objects)


def _object_refs(parent: ObjectPath, objects: Iterable[DatabaseObject]) -> Iterator[Ref]:
    for item in objects:
        ref = Ref(item.kind, object_path(parent, item))
        yield ref
        if item.kind == "domain":
            yield check_ref(ref)


def _refs_within(at: ObjectPath, relation: Relation) -> Iterator[Ref]:
    for column in relation.columns:
        yield Ref("column", path(*at.names, column.name))
        if column.default is not None:
            yield Ref("default", path(*at.names, column.name))
    for constraint in relation.constraints:
        yield Ref(constraint.kind, path(*at.names, constraint.name))
    for index in relation.indexes:
        yield Ref("index", path(*at.names, index.name))
