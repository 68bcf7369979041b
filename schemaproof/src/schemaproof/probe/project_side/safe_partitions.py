"""Build indexes and keys of partitioned tables, partition by partition, while others write."""

from __future__ import annotations

from typing import Any

from .asked_constraints import asked_anew, asked_of_all
from .partition_tree import partitions
from .partitioned_index import created_index
from .safe_steps import ADD, ADOPT, BUILD, DROP_PARTITIONED, REFER, VALIDATE, Step
from .tables_there import TablesThere
from .written_statements import Concurrently, NewConstraint, Statement


def index_created(there: TablesThere, one: Any, *, is_there: bool = False) -> list[Step]:
    """Build an index of each partition, and attach them."""
    made = created_index(there, one, "idx", is_there=is_there)
    return [Step(BUILD, made.built(), (made.gone(),))]


def index_dropped(there: TablesThere, one: Any) -> list[Step]:
    """Drop an index with those of its partitions, which cannot be dropped one by one."""
    [built] = index_created(there, one.reverse(), is_there=True)
    return [Step(DROP_PARTITIONED, built.down, built.up)]


def key(there: TablesThere, one: NewConstraint, index: Any, kind: str) -> list[Step]:
    """Build the index of a key for each partition, make it the partition's key, and attach it.

    Args:
        there: The tables before the change.
        one: The key.
        index: The operation that would create a unique index like it.
        kind: The words ``UNIQUE`` or ``PRIMARY KEY``, with the clauses after the columns.
    """
    made = created_index(there, index, "pkey" if kind.startswith("PRIMARY") else "key")
    leaves = [part for part in made.partitions if part.is_leaf]
    build = [_run(made.created(part)) for part in leaves]
    lose = [_run(made.dropped(part)) for part in leaves]
    adopt = []
    for part in reversed(made.partitions):
        name = made.quoted(part, in_schema=False)
        adds = f"ADD CONSTRAINT {name} "
        if part.is_leaf:
            adopt.append(_run(f"ALTER TABLE {part.on} {adds}{_using(kind, name)}"))
        else:
            adopt.append(_run(f"ALTER TABLE ONLY {part.on} {adds}{one.definition}"))
    make = f"ALTER TABLE %2$s ADD CONSTRAINT %1$I {one.definition.replace('%', '%%')}"
    up = (*adopt, *made.attached(), *made.others(make))
    down = Concurrently(
        [_run(f"ALTER TABLE {one.on} DROP CONSTRAINT IF EXISTS {one.name}"), *build]
    )
    locked = there.existing([part.table for part in made.partitions])
    return [Step(BUILD, tuple(build), tuple(lose)), Step(ADOPT, up, (down,), locked)]


def _using(kind: str, name: str) -> str:
    words = kind.partition(" DEFERRABLE")
    return f"{words[0]} USING INDEX {name}{words[1]}{words[2]}"


def foreign_key(there: TablesThere, one: NewConstraint) -> list[Step]:
    """Add a key to each partition, validate its rows, and then attach them.

    Before 18, PostgreSQL accepts no NOT VALID foreign key of a partitioned table.
    """
    leaves = [part for part in partitions(there, there.key(one)) if part.is_leaf]
    parts = [
        NewConstraint("foreign-key", part.table, part.on, one.name, one.definition, one.referenced)
        for part in leaves
    ]
    steps = [step for part in parts for step in asked_of_all(there, part, ADD, VALIDATE)]
    again = [op for part in parts for op in asked_anew(part, is_valid=True)]
    drop = _run(f"ALTER TABLE {one.on} DROP CONSTRAINT IF EXISTS {one.name}")
    whole = Concurrently([drop, *again])
    locked = there.existing([*one.locked, *(part.table for part in leaves)])
    return [*steps, Step(REFER, (_run(one.sql),), (whole,), locked)]


def _run(sql: str) -> Statement:
    return Statement(sql, "")
