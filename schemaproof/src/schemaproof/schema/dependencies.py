"""The dependencies in a live database, as PostgreSQL keeps them in pg_depend."""

from __future__ import annotations

from dataclasses import dataclass

from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an object.

    Attributes:
        kind: The kind: ``relation``, ``column``, ``default``, ``index``, ``sequence``; for a
            constraint, and for an object that is compared by its statement, its own kind.
        path: Its path; of a default, the path of the column.
    """

    kind: str
    path: ObjectPath

    def is_within(self, other: Ref) -> bool:
        """Whether the reference is to a relation or to a part of it."""
        return other.kind == "relation" and self.path.object == other.path.object


@dataclass(frozen=True, slots=True)
class Dependency:
    """One object depends on another.

    Attributes:
        dependent: The object that depends; None if it is not compared.
        on: The object that it depends on.
        described: The description of the dependent object by PostgreSQL.
        is_column: Whether the dependent object is a column itself, and not its default.
        of_partition: Whether the dependent object is a part of a partition, which PostgreSQL drops
            by itself.
    """

    dependent: Ref | None
    on: Ref
    described: str
    is_column: bool = False
    of_partition: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A schema, and the dependencies between its objects.

    Attributes:
        snapshot: The schema.
        dependencies: The dependencies, as PostgreSQL keeps them.
    """

    snapshot: Snapshot
    dependencies: tuple[Dependency, ...] = ()
