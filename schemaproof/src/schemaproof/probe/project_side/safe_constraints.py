"""Indexes, keys and checks: built, or asked of all rows, while others read and write."""

from __future__ import annotations

import copy
import re
from typing import Any

from alembic.operations.ops import CreateIndexOp
from sqlalchemy.schema import AddConstraint, CreateIndex, DropIndex

from . import safe_partitions
from .asked_constraints import UNASKED, asked_of_all
from .safe_steps import ADD, ADOPT, BUILD, DROP_INDEX, VALIDATE, Step
from .tables_there import TablesThere
from .written_statements import Concurrently, NewConstraint, Statement

_NAME_BYTES = 63
_PRIMARY_KEY = re.compile(r"PRIMARY KEY (\([^()]*\)(?: INCLUDE \([^()]*\))?)$")


def index_created(there: TablesThere, one: Any) -> list[Step] | None:
    """Build an index while others write."""
    if there.is_partitioned(one):
        return safe_partitions.index_created(there, one)
    return [Step(BUILD, (_built(there, one),), (_gone(there, one.reverse()),))]


def index_dropped(there: TablesThere, one: Any) -> list[Step] | None:
    """Drop an index without waiting for others, or making them wait."""
    if there.is_dropped(one):
        return []  # it falls with its table
    if there.is_partitioned(one):
        return safe_partitions.index_dropped(there, one)
    return [Step(DROP_INDEX, (_gone(there, one),), (_built(there, one.reverse()),))]


def unique(there: TablesThere, one: Any) -> list[Step] | None:
    """Build the index of a key while others write, then take it for the key."""
    columns = [getattr(column, "name", column) for column in one.columns]
    if one.constraint_name is None:
        one.constraint_name = _default_name(one.table_name, columns, "key")
    options = {name: value for name, value in one.kw.items() if name.startswith("postgresql_")}
    index = CreateIndexOp(
        one.constraint_name, one.table_name, columns, schema=one.schema, unique=True, **options
    )
    when = " DEFERRABLE" if one.kw.get("deferrable") else ""
    if one.kw.get("initially"):
        when += " INITIALLY " + one.kw["initially"]
    if there.is_partitioned(one):
        made = _by_definition(there, one, "unique")
        return safe_partitions.key(there, made, index, "UNIQUE" + when)
    table, name = there.quoted(one.schema, one.table_name), there.quoted(one.constraint_name)
    adopt = _adopting(there, one, table, name, "UNIQUE", when)
    return _taken(there, adopt, _built(there, index), _gone(there, index.reverse()))


def foreign_key(there: TablesThere, one: Any) -> list[Step] | None:
    """Have a key hold for new rows, then ask the others."""
    if one.constraint_name is None:
        one.constraint_name = _default_name(one.source_table, one.local_cols, "fkey")
    return by_definition(there, _by_definition(there, one, "foreign-key"))


def check(there: TablesThere, one: Any) -> list[Step] | None:
    """Have a condition hold for new rows, then ask the others."""
    if one.constraint_name is None:
        return None
    return by_definition(there, _by_definition(there, one, "check"))


def by_definition(there: TablesThere, one: NewConstraint) -> list[Step] | None:
    """Add a constraint whose definition is known as SQL."""
    if one.kind == "primary-key":
        key = _PRIMARY_KEY.match(one.definition)
        if key and there.is_partitioned(one):
            columns = [_unquoted(name) for name in key.group(1)[1:-1].split(", ")]
            schema, table = there.key(one)
            index = CreateIndexOp(_unquoted(one.name), table, columns, schema=schema, unique=True)
            return safe_partitions.key(there, one, index, "PRIMARY KEY")
        if key:
            return _primary_key(there, one, key.group(1))
    elif one.kind == "foreign-key" and there.is_partitioned(one):
        return safe_partitions.foreign_key(there, one)
    elif one.kind in ("check", "foreign-key") and not one.definition.endswith(UNASKED):
        return asked_of_all(there, one, ADD, VALIDATE)
    if one.kind in ("primary-key", "exclusion"):
        there.note(one, "the table cannot be written to while this is built: " + one.name)
    return None


def _primary_key(there: TablesThere, one: NewConstraint, columns: str) -> list[Step]:
    schema = "".join(one.on.rpartition(".")[:2])
    build = Statement(
        f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {one.name} ON {one.on} {columns}",
        f"DROP INDEX CONCURRENTLY IF EXISTS {schema}{one.name}",
        one.table,
    )
    adopt = _adopting(there, one, one.on, one.name, "PRIMARY KEY", "")
    return _taken(there, adopt, build, build.reverse())


def _adopting(
    there: TablesThere, one: Any, table: str, name: str, kind: str, when: str
) -> Statement:
    add = "ALTER TABLE {0} ADD CONSTRAINT {1} {2} USING INDEX {1}{3}"
    lose = "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}"
    return Statement(add.format(table, name, kind, when), lose.format(table, name), there.key(one))


def _taken(there: TablesThere, adopt: Statement, build: Any, drop: Any) -> list[Step]:
    """Return what builds an index and takes it for a constraint; the way back is as light."""
    down = (Concurrently([adopt.reverse(), build]),)  # with a constraint its index goes
    return [
        Step(BUILD, (build,), (drop,)),
        Step(ADOPT, (adopt,), down, there.existing([adopt.table])),
    ]


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
    """Return an operation as SQL, for an Alembic (before 1.12) that does not ask whether it is."""
    up, down = (str(one.compile(dialect=there.dialect)) for one in (do, undo))
    up = up.replace("CONCURRENTLY ", f"CONCURRENTLY {condition} ", 1)
    return Statement(up, down)


def _by_definition(there: TablesThere, one: Any, kind: str) -> NewConstraint:
    """Return a constraint of Alembic's with its definition as SQL."""
    constraint = one.to_constraint(there.context)
    preparer = there.dialect.identifier_preparer
    on, name = preparer.format_table(constraint.table), preparer.format_constraint(constraint)
    made = str(AddConstraint(constraint).compile(dialect=there.dialect)).strip()
    before = f"ALTER TABLE {on} ADD CONSTRAINT {name} "
    referenced = None
    if kind == "foreign-key":
        referenced = there.named(one.kw.get("referent_schema"), one.referent_table)
    return NewConstraint(kind, there.key(one), on, name, made[len(before) :], referenced)


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _default_name(table: Any, columns: Any, suffix: str) -> str:
    """Return a name for a constraint that has none, as PostgreSQL would make it."""
    name = "_".join([str(table), *map(str, columns)])
    room = _NAME_BYTES - len(suffix) - 1
    return "{}_{}".format(name.encode()[:room].decode("utf-8", "ignore"), suffix)
