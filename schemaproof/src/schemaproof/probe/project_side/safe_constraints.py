"""Build or validate indexes, keys and checks while others read and write."""

from __future__ import annotations

import copy
import re
from typing import Any, NamedTuple

from alembic.operations.ops import CreateIndexOp
from sqlalchemy.schema import AddConstraint, CreateIndex, DropIndex

from . import safe_partitions
from .asked_constraints import UNASKED, asked_anew, asked_of_all
from .column_queries import FOREIGN_KEYS
from .safe_steps import ADD, ADOPT, BUILD, DROP_CONSTRAINT, DROP_INDEX, UNREFER, VALIDATE, Step
from .tables_there import TablesThere, unquoted
from .written_statements import Concurrently, DroppedConstraint, NewConstraint, Statement

_NAME_BYTES = 63
# From this major version on, a foreign key of a partitioned table can be NOT VALID.
_NOT_VALID_OF_PARTITIONED = 18
_KEYS = ("primary-key", "unique")
_NAMES = re.compile(r'"(?:[^"]|"")+"|[^", .]+')
_LIST = r'\(((?:"(?:[^"]|"")+"|[^"()])+)\)'
_DEFINITION = re.compile(
    rf"(PRIMARY KEY|UNIQUE)( NULLS NOT DISTINCT)? ?{_LIST}(?: INCLUDE {_LIST})?"
    r"((?: NOT)?(?: DEFERRABLE)?(?: INITIALLY \w+)?)$"
)


def index_created(there: TablesThere, one: Any) -> list[Step] | None:
    """Build an index while others write."""
    if there.is_partitioned(one):
        return safe_partitions.index_created(there, one)
    return [Step(BUILD, (_built(there, one),), (_gone(there, one.reverse()),))]


def index_dropped(there: TablesThere, one: Any) -> list[Step] | None:
    """Drop an index without waiting for others, or making them wait."""
    if there.is_dropped(one):
        return []  # The index is dropped with its table.
    if there.is_partitioned(one):
        return safe_partitions.index_dropped(there, one)
    return [Step(DROP_INDEX, (_gone(there, one),), (_built(there, one.reverse()),))]


def unique(there: TablesThere, one: Any) -> list[Step] | None:
    """Build the index of a key while others write, then attach it as the key."""
    if one.constraint_name is None:
        columns = [getattr(column, "name", column) for column in one.columns]
        one.constraint_name = _default_name(one.table_name, columns, "key")
    return by_definition(there, _by_definition(there, one, "unique"))


def foreign_key(there: TablesThere, one: Any) -> list[Step] | None:
    """Add a foreign key for new rows, then validate it for existing rows."""
    if one.constraint_name is None:
        one.constraint_name = _default_name(one.source_table, one.local_cols, "fkey")
    return by_definition(there, _by_definition(there, one, "foreign-key"))


def check(there: TablesThere, one: Any) -> list[Step] | None:
    """Add a check for new rows, then validate it for existing rows."""
    if one.constraint_name is None:
        return None
    return by_definition(there, _by_definition(there, one, "check"))


def by_definition(there: TablesThere, one: NewConstraint) -> list[Step] | None:
    """Add a constraint that is given as SQL."""
    if one.kind in _KEYS:
        key = _Key.read(one)
        if key is not None and there.is_partitioned(one):
            return safe_partitions.key(there, one, key.operation(there, one), key.kind + key.when)
        if key is not None:
            build, adopt = key.built(one), key.adopted(one)
            # Dropping the constraint also drops its index.
            down = (Concurrently([adopt.reverse(), build]),)
            locked = there.existing([one.table])
            return [Step(BUILD, (build,), (build.reverse(),)), Step(ADOPT, (adopt,), down, locked)]
    elif one.kind == "foreign-key" and there.is_partitioned(one) and not _may_be_not_valid(there):
        return safe_partitions.foreign_key(there, one)
    elif one.kind in ("check", "foreign-key") and not one.definition.endswith(UNASKED):
        return asked_of_all(there, one, ADD, VALIDATE)
    if one.kind in (*_KEYS, "exclusion"):
        there.note(one, "the table cannot be written to while this is built: " + one.name)
    return None


def dropped(there: TablesThere, one: DroppedConstraint) -> list[Step] | None:
    """Drop a constraint; undoing that does not block others, either."""
    lost = one.constraint
    again = _added_again(there, lost)
    if not again:
        return None
    stage = UNREFER if lost.kind == "foreign-key" else DROP_CONSTRAINT
    return [Step(stage, (one,), (Concurrently(again),), there.existing(lost.locked))]


def _added_again(there: TablesThere, lost: NewConstraint) -> list[Any]:
    """Return the statements that add a constraint again; none where they would block others."""
    is_partitioned = there.is_partitioned(lost)
    if lost.kind in _KEYS and (key := _Key.read(lost)) is not None:
        if is_partitioned:
            index = key.operation(there, lost)
            return safe_partitions.key_again(there, lost, index, key.kind + key.when)
        return [key.adopted(lost).reverse(), key.built(lost), key.adopted(lost)]
    if lost.kind == "foreign-key" and is_partitioned and not _may_be_not_valid(there):
        return safe_partitions.foreign_key_again(there, lost)
    if lost.kind in ("check", "foreign-key"):
        return [*asked_anew(lost, is_valid=not lost.definition.endswith(UNASKED))]
    return []


def _may_be_not_valid(there: TablesThere) -> bool:
    """Whether a foreign key of a partitioned table can be NOT VALID."""
    return there.postgresql >= _NOT_VALID_OF_PARTITIONED


def constraint_dropped(there: TablesThere, one: Any) -> list[Step] | None:
    """Drop a foreign key; its definition is read, because Alembic does not keep all of it."""
    table = there.key(one)
    for row in there.rows(FOREIGN_KEYS, table):
        if row["own"] and row["name"] == one.constraint_name:
            return dropped(there, DroppedConstraint(there.foreign_key(table, row)))
    return None


class _Key(NamedTuple):
    """The parts of a unique or primary key.

    Attributes:
        kind: The kind: ``UNIQUE`` or ``PRIMARY KEY``.
        nulls: Whether nulls are equal, as SQL.
        columns: Its columns, as SQL.
        include: The further columns of its index, as SQL.
        when: The time of its check, as SQL, such as ``DEFERRABLE``.
    """

    kind: str
    nulls: str
    columns: str
    include: str
    when: str

    @classmethod
    def read(cls, one: NewConstraint) -> _Key | None:
        """Read the definition of a key; None for any other constraint."""
        found = _DEFINITION.match(one.definition)
        return cls(*(part or "" for part in found.groups())) if found else None

    def built(self, one: NewConstraint) -> Statement:
        """Return the operation that builds the index of the key."""
        schema = one.on[: -len(_NAMES.findall(one.on)[-1])]
        include = f" INCLUDE ({self.include})" if self.include else ""
        return Statement(
            f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {one.name} ON {one.on}"
            f" ({self.columns}){include}{self.nulls}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {schema}{one.name}",
            one.table,
        )

    def adopted(self, one: NewConstraint) -> Statement:
        """Return the statement that makes the index a key."""
        alter, name = f"ALTER TABLE {one.on} ", one.name
        return Statement(
            f"{alter}ADD CONSTRAINT {name} {self.kind} USING INDEX {name}{self.when}",
            f"{alter}DROP CONSTRAINT IF EXISTS {name}",
            one.table,
        )

    def operation(self, there: TablesThere, one: NewConstraint) -> CreateIndexOp:
        """Return the operation that creates a unique index like that of the key."""
        schema, table = there.key(one)
        options: dict[str, Any] = {}
        if self.include:
            options["postgresql_include"] = [*map(unquoted, _NAMES.findall(self.include))]
        if self.nulls:
            options["postgresql_nulls_not_distinct"] = True
        columns = [*map(unquoted, _NAMES.findall(self.columns))]
        return CreateIndexOp(
            unquoted(one.name), table, columns, schema=schema, unique=True, **options
        )


def _built(there: TablesThere, one: Any) -> Any:
    """Return the operation that builds an index while others write."""
    return _concurrent(there, one, "if_not_exists", (CreateIndex, DropIndex))


def _gone(there: TablesThere, one: Any) -> Any:
    """Return the operation that drops an index while others write."""
    return _concurrent(there, one, "if_exists", (DropIndex, CreateIndex))


def _concurrent(there: TablesThere, one: Any, condition: str, ways: tuple[Any, Any]) -> Any:
    made = copy.copy(one)
    made.kw = {**one.kw, "postgresql_concurrently": True}
    if hasattr(one, condition):
        setattr(made, condition, True)
        return made
    index = made.to_index(there.context)
    do, undo = (way(index) for way in ways)
    return _older(there, do, undo, condition.replace("_", " ").upper())


def _older(there: TablesThere, do: Any, undo: Any, condition: str) -> Statement:
    """Return an operation as SQL, for Alembic before 1.12, which lacks IF EXISTS."""
    up, down = (str(one.compile(dialect=there.dialect)) for one in (do, undo))
    up = up.replace("CONCURRENTLY ", f"CONCURRENTLY {condition} ", 1)
    return Statement(up, down)


def _by_definition(there: TablesThere, one: Any, kind: str) -> NewConstraint:
    """Return a constraint of an Alembic operation, with its definition as SQL."""
    constraint = one.to_constraint(there.context)
    preparer = there.dialect.identifier_preparer
    on, name = preparer.format_table(constraint.table), preparer.format_constraint(constraint)
    made = str(AddConstraint(constraint).compile(dialect=there.dialect)).strip()
    before = f"ALTER TABLE {on} ADD CONSTRAINT {name} "
    referenced = None
    if kind == "foreign-key":
        referenced = there.named(one.kw.get("referent_schema"), one.referent_table)
    return NewConstraint(kind, there.key(one), on, name, made[len(before) :], referenced)


def _default_name(table: Any, columns: Any, suffix: str) -> str:
    """Return a name for a constraint that has none, as PostgreSQL would make it."""
    name = "_".join([str(table), *map(str, columns)])
    room = _NAME_BYTES - len(suffix) - 1
    return "{}_{}".format(name.encode()[:room].decode("utf-8", "ignore"), suffix)
