"""Build indexes and keys of partitioned tables, partition by partition, while others write."""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from .asked_constraints import asked_anew, asked_of_all
from .partition_tree import partitions
from .partitioned_index import PartitionedIndex, created_index
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
    made = _key_index(there, index, kind)
    build = [_run(made.created(part)) for part in made.leaves()]
    lose = [_run(made.dropped(part)) for part in made.leaves()]
    drop = _run(f"ALTER TABLE {one.on} DROP CONSTRAINT IF EXISTS {one.name}")
    locked = there.existing([part.table for part in made.partitions])
    return [
        Step(BUILD, tuple(build), tuple(lose)),
        Step(ADOPT, tuple(_adopted(made, one, kind)), (Concurrently([drop, *build]),), locked),
    ]


def key_again(there: TablesThere, one: NewConstraint, index: Any, kind: str) -> list[Statement]:
    """Return the statements that add a dropped key again; see :func:`key`."""
    made = _key_index(there, index, kind, is_there=True)
    drops = [
        _run(
            f"ALTER TABLE {part.on} DROP CONSTRAINT IF EXISTS {made.quoted(part, in_schema=False)}"
        )
        for part in made.partitions
    ]
    build = [_run(made.created(part)) for part in made.leaves()]
    return [*drops, *build, *_adopted(made, one, kind)]


def _key_index(
    there: TablesThere, index: Any, kind: str, *, is_there: bool = False
) -> PartitionedIndex:
    suffix = "pkey" if kind.startswith("PRIMARY") else "key"
    return created_index(there, index, suffix, is_there=is_there)


def _adopted(made: PartitionedIndex, one: NewConstraint, kind: str) -> Iterator[Statement]:
    """Yield the statements that make the indexes of partitions a key."""
    for part in reversed(made.partitions):
        name = made.quoted(part, in_schema=False)
        adds = f"ADD CONSTRAINT {name} "
        if part.is_leaf:
            yield _run(f"ALTER TABLE {part.on} {adds}{_using(kind, name)}")
        else:
            yield _run(f"ALTER TABLE ONLY {part.on} {adds}{one.definition}")
    yield from made.attached()
    yield from made.others(
        f"ALTER TABLE %2$s ADD CONSTRAINT %1$I {one.definition.replace('%', '%%')}"
    )


def _using(kind: str, name: str) -> str:
    words = kind.partition(" DEFERRABLE")
    return f"{words[0]} USING INDEX {name}{words[1]}{words[2]}"


def foreign_key(there: TablesThere, one: NewConstraint) -> list[Step]:
    """Add a key to each partition, validate its rows, and then attach them.

    Before 18, PostgreSQL accepts no NOT VALID foreign key of a partitioned table.
    """
    parts = _foreign_keys(there, one)
    steps = [step for part in parts for step in asked_of_all(there, part, ADD, VALIDATE)]
    locked = there.existing([*one.locked, *(part.table for part in parts)])
    whole = Concurrently(_foreign_keys_again(one, parts))
    return [*steps, Step(REFER, (_run(one.sql),), (whole,), locked)]


def foreign_key_again(there: TablesThere, one: NewConstraint) -> list[Statement]:
    """Return the statements that add a dropped foreign key again; see :func:`foreign_key`."""
    return [*_foreign_keys_again(one, _foreign_keys(there, one)), _run(one.sql)]


def _foreign_keys(there: TablesThere, one: NewConstraint) -> list[NewConstraint]:
    """Return the foreign key of each partition."""
    return [
        NewConstraint("foreign-key", part.table, part.on, one.name, one.definition, one.referenced)
        for part in partitions(there, there.key(one))
        if part.is_leaf
    ]


def _foreign_keys_again(one: NewConstraint, parts: Iterable[NewConstraint]) -> list[Statement]:
    """Return the statements that leave a foreign key on the partitions alone."""
    drop = _run(f"ALTER TABLE {one.on} DROP CONSTRAINT IF EXISTS {one.name}")
    return [drop, *(op for part in parts for op in asked_anew(part, is_valid=True))]


def _run(sql: str) -> Statement:
    return Statement(sql, "")
