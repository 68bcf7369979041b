"""The steps of a bulk write, as generators without I/O.

Each function (a flow) yields steps and receives their results; a database error is thrown into it.
A synchronous and an asynchronous driver execute the steps.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError

from core.errors import DataAccessError, UniqueViolationError
from repositories.bulk import planner_settings, staging
from repositories.bulk import statements as sql
from repositories.bulk.encode import Batch
from repositories.bulk.layout import Layout, located
from repositories.bulk.merge import Merge
from repositories.bulk.result import Upserted
from repositories.bulk.staging import CopyTarget
from repositories.bulk.statements import Statements
from repositories.errors import typed
from schemaproof import read_sqlstate

R = TypeVar("R")

_CARDINALITY_VIOLATION: Final = "21000"
# The server can refuse a row with these classes of SQLSTATE: data exceptions, violated constraints,
# and exceptions that a trigger raises.
_ABOUT_A_ROW: Final = ("22", "23", "P0")


@dataclass(frozen=True, slots=True)
class Run:
    """A step that executes a statement; its result is the only row, or None without rows."""

    statement: Executable
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Copy:
    """A step that sends data with binary COPY; it has no result."""

    target: CopyTarget
    data: bytes

    @property
    def statement(self) -> str:
        """The statement as text, for drivers that need one."""
        return self.target.statement


Step = Run | Copy
Flow = Generator[Step, Any, R]


def begin(statements: Statements) -> Flow[dict[str, str]]:
    """Create the temporary tables; return the planner's settings, to be restored at the end."""
    planner = planner_settings.read((yield Run(planner_settings.READ_SETTINGS)))
    for statement in statements.staging.create:
        yield Run(statement)
    return planner


def load(statements: Statements, batch: Batch) -> Flow[Upserted]:
    """Write one batch.

    Raises:
        DataAccessError: One of its subclasses; the database refused a row, ``position`` is its
            index.
    """
    yield Run(staging.EMPTY)
    yield Copy(statements.staging.copy, batch.data)
    together, *_ = yield Run(statements.choose_planner_settings, {"count": batch.count})
    merge = statements.merge(together=together)
    fresh, changed = yield Run(merge.compare)
    if not (fresh or changed):
        return Upserted(unchanged=batch.count)
    yield Run(sql.SAVEPOINT)
    inserted, updated = yield from _write(statements, merge, batch, is_new=fresh == batch.count)
    while inserted + updated < fresh + changed:
        # Another session has deleted a row that was to be changed, or has inserted one of the rows.
        more = yield Run(merge.upsert)
        if not any(more):
            break
        inserted, updated = inserted + more[0], updated + more[1]
    yield Run(sql.RELEASE)
    return Upserted(inserted, updated, batch.count - inserted - updated)


def end(statements: Statements, planner: Mapping[str, str], held: list[Any]) -> Flow[list[Any]]:
    """Check that no key occurs twice, restore the settings, and drop the temporary tables.

    Args:
        statements: The statements.
        planner: The planner's settings to restore.
        held: The primary keys of the rows that the session holds.

    Returns:
        The primary keys in ``held`` whose rows were changed.

    Raises:
        UniqueViolationError: A key occurs twice; ``position`` is the index of the second row with
            it.
    """
    (has_duplicates,) = yield Run(staging.HAS_DUPLICATES)
    if has_duplicates:
        (position,) = yield Run(staging.FIRST_DUPLICATE)
        raise _duplicate_key(statements.layout, position)
    changed: list[Any] | None = None
    if held:
        (changed,) = yield Run(statements.staging.changed, {"held": held})
    yield Run(staging.DROP)
    yield Run(planner_settings.restore(planner))
    return changed or []


def _write(statements: Statements, merge: Merge, batch: Batch, *, is_new: bool) -> Flow[Any]:
    if is_new:
        try:
            return (yield Run(merge.insert_all))
        except DBAPIError as error:
            # Another session has inserted one of the rows, or a key occurs twice, or a row is
            # invalid. The plain INSERT is tried first, because ON CONFLICT takes half as long
            # again.
            if not _is_about_a_row(error):
                raise
            yield Run(sql.ROLL_BACK)
    try:
        return (yield Run(merge.upsert))
    except DBAPIError as error:
        if not (_is_about_a_row(error) or read_sqlstate(error.orig) == _CARDINALITY_VIOLATION):
            raise
        yield Run(sql.ROLL_BACK)
        yield from _refuse_the_first(statements, merge, batch)
        raise


def _refuse_the_first(statements: Statements, merge: Merge, batch: Batch) -> Flow[None]:
    """Raise for the first row that the database refuses, found by bisection.

    The accepted half stays written, so that a row which conflicts with earlier rows is found, too,
    and the batch is written about once more.
    """
    (duplicate,) = yield Run(statements.duplicate_in_batch)
    if duplicate is not None:
        raise _duplicate_key(statements.layout, duplicate)
    low, high = batch.first, batch.first + batch.count  # The refused row is in this range.
    while low < high:
        middle = (low + high) // 2 if high - low > 1 else high
        yield Run(sql.SAVEPOINT)
        try:
            yield Run(merge.upsert_some, {"low": low, "high": middle})
        except DBAPIError as error:
            refusal = typed(error, statements.layout.table)
            if refusal is None or not _is_about_a_row(error):
                raise
            if middle - low == 1:
                raise located(refusal, low) from error
            yield Run(sql.ROLL_BACK)
            high = middle
        else:
            low = middle


def _is_about_a_row(error: DBAPIError) -> bool:
    return (read_sqlstate(error.orig) or "").startswith(_ABOUT_A_ROW)


def _duplicate_key(layout: Layout, position: int) -> DataAccessError:
    names = tuple(column.name for column in layout.key)
    return located(
        UniqueViolationError(
            f"{layout.table.fullname}: {', '.join(names)} is given twice",
            table=layout.table.fullname,
            columns=names,
            constraint=None,
            remedy="give each key once",
        ),
        position,
    )
