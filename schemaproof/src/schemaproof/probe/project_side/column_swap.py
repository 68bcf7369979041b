"""Replace columns in steps; the columns of several tables swap their names at the same time."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable, Iterator, NamedTuple

from .replaced_columns import ReplacedColumns
from .safe_steps import SWAP, Step, Table
from .written_statements import Concurrently, Statement


class TypeSwap(NamedTuple):
    """Statements about types that are replaced together with columns.

    Attributes:
        swap: The statements that run before the new columns take the names.
        swap_back: The statements that run before the swap of names is undone.
        drop: The statements that run after the old columns are dropped.
        again: The statements that run before the old columns are added again.
    """

    swap: tuple[str, ...] = ()
    swap_back: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


_NO_TYPES = TypeSwap()


def steps(tables: list[ReplacedColumns], sequence: int, types: TypeSwap = _NO_TYPES) -> list[Step]:
    """Return the steps that replace columns, in their order; the last belong to a later phase.

    Args:
        tables: The columns; those of all tables swap their names at the same time.
        sequence: The position of the steps among those of other changes.
        types: Statements about types that are replaced with them.
    """
    locked = frozenset[Table]().union(*(one.locked for one in tables))
    up, down = ([*_all_locked(tables)] for _ in range(2))
    for one in tables:
        up.extend(one.swap())
        down.extend(one.back())
    built = [op for one in tables for op in one.built_again()]
    policies = [op for one in tables for op in one.policies_again()]
    back = [*([Concurrently(built)] if built else ()), *_run(types.swap_back), *down, *policies]
    found = [step for one in tables for step in one.built_beside()]
    found.append(Step(SWAP, (*up, *_run(types.swap), *policies), tuple(back), locked))
    found.extend(step for one in tables for step in one.old_indexes_dropped())
    drops = [one.dropped() for one in tables]
    last = drops[-1]
    gone, again = (*last.up, *_run(types.drop)), [*_run(types.again), *last.down[0].ops]
    drops[-1] = replace(last, up=gone, down=(Concurrently(again), *last.down[1:]))
    return [*(replace(one, sequence=sequence) for one in found), *drops]


def _all_locked(tables: list[ReplacedColumns]) -> Iterator[Statement]:
    """Yield a statement that locks all tables, if there are several, before any other lock."""
    if len(tables) > 1:
        names = ", ".join(one.on for one in tables)
        yield Statement(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE", "")


def _run(statements: Iterable[str]) -> list[Statement]:
    return [Statement(sql, "") for sql in statements]
