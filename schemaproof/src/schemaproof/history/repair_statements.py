"""Write changes that autogenerate cannot write as SQL, up and down, as a repair would."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from schemaproof.compare import Difference
from schemaproof.findings.steps import Phase, Step
from schemaproof.history.enum_labels import guards
from schemaproof.repair.plan import repair
from schemaproof.schema.codes import MISSING, RENAMED, UNEXPECTED
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath, path

RENAME: Final = "rename"
LABELS: Final = "labels"
FIRST: Final = "first"
ORDINARY: Final = "ordinary"
OWNED: Final = "owned"
CONTRACT: Final = "contract"
_REPLACED: Final = (
    "it is replaced, and every row of the tables that use it is rewritten while they can be"
    " neither read nor written; it fails where rows use a label that is removed"
)
_MADE_AGAIN: Final = "the column is dropped and created again, and every row is rewritten"
_LATE: Final = frozenset({Phase.OWNERS, Phase.GRANTS})
"""Who owns what is no matter of a revision."""


@dataclass(frozen=True, slots=True)
class Statements:
    """A change in SQL.

    Attributes:
        when: Names before all else; new labels of an enum before their columns; first of the rest;
            with tables; or with what is dropped.
        table: The table that it is about; None where it is about none.
        up: What makes it.
        down: What undoes it.
        note: What the reader has to look at.
    """

    when: str
    table: tuple[str, ...] | None
    up: tuple[str, ...]
    down: tuple[str, ...]
    note: str | None = None


class _Group(NamedTuple):
    """What is changed together: when, of which table, and what; and how, if better is known."""

    when: str
    table: tuple[str, ...] | None
    paths: set[ObjectPath]
    note: str | None = None
    up: tuple[str, ...] = ()


def written(
    asked: Sequence[Difference], before: Snapshot, after: Snapshot
) -> tuple[list[Statements], list[Difference]]:
    """Return the changes in SQL, and the differences that remain for autogenerate.

    Args:
        asked: The differences.
        before: The schema before the change.
        after: The schema after the change.
    """
    groups = [*_groups(asked, before, after)]
    if not groups:
        return [], [*asked]
    up, down = (
        [step for step in repair(wanted, found) if step.phase not in _LATE]
        for wanted, found in ((after, before), (before, after))
    )
    made: list[Statements] = []
    settled = set[ObjectPath]()
    for when, table, paths, note, sql in groups:
        statements = Statements(when, table, sql or _sql(up, paths), _sql(down, paths), note)
        if when == LABELS:
            statements = _labels(statements, paths, before, after)
        if statements.up and statements.down:
            made.extend(_owned_later(statements))
            settled |= paths
    return made, [one for one in asked if one.path not in settled]


def _owned_later(statements: Statements) -> Iterator[Statements]:
    """Yield how a sequence comes to belong to a column, after that may have been replaced."""
    owned = tuple(one for one in statements.up if " OWNED BY " in one)
    rest = tuple(one for one in statements.up if one not in owned)
    if statements.when != FIRST or not owned or not rest:
        yield statements
        return
    yield replace(statements, up=rest)
    nobodys = tuple(f"{one.rpartition(' OWNED BY ')[0]} OWNED BY NONE" for one in owned)
    yield replace(statements, when=OWNED, up=owned, down=nobodys)


def _labels(
    statements: Statements, paths: set[ObjectPath], before: Snapshot, after: Snapshot
) -> Statements:
    """Return how an enum gets other labels: what is no more than a new one is made at once."""
    if all(" ADD VALUE " in one for one in statements.up):
        return statements
    [where] = paths
    up = (*guards(where, before, after), *statements.up)
    return replace(statements, when=CONTRACT, up=up, note=f"{where}: {_REPLACED}")


def _sql(steps: Iterable[Step], paths: set[ObjectPath]) -> tuple[str, ...]:
    return tuple(step.sql for step in steps if step.path in paths)


def _groups(asked: Sequence[Difference], before: Snapshot, after: Snapshot) -> Iterator[_Group]:
    """Yield what is changed together."""
    aspects: dict[tuple[str, ObjectPath], set[str]] = {}
    for one in asked:
        aspects.setdefault((one.code.kind, one.path), set()).add(one.code.aspect)
    owners = [*_owners(before).items(), *_owners(after).items()]
    staying = _owners(before).items() & _owners(after).items()
    kept = {None, *_columns(before) & _columns(after)}
    identities = _identities(after)
    for (kind, where), changed in aspects.items():
        if kind == "enum" and not changed & {MISSING, UNEXPECTED}:
            yield _Group(LABELS, None, {where})
        elif kind == "sequence" and RENAMED in changed:
            named = next(str(one.actual) for one in asked if one.path == where)
            yield _Group(CONTRACT, None, {where, path(where.names[0], named)})
        elif kind == "sequence" and all(one != where or owner in kept for one, owner in owners):
            yield _Group(CONTRACT if MISSING in changed else FIRST, None, {where})
        elif kind == "column" and "generated" in changed:
            yield _generated(where, next(one for one in asked if one.path == where))
        elif kind == "column" and {"default", "identity"} <= changed:
            sequences = {one for one, owner in owners if owner == where}
            yield _Group(CONTRACT, where.object, {where, *sequences})
        elif kind == "column" and "type" in changed and where not in identities:
            # What a sequence of it can hold follows from the type, and is no difference of its own.
            yield from (_Group(OWNED, None, {one}) for one, owner in staying if owner == where)


def _generated(where: ObjectPath, difference: Difference) -> _Group:
    """Return how a column is generated otherwise; one that is stored and no longer keeps values."""
    if difference.actual is None and str(difference.expected).endswith("STORED"):
        keep = f"ALTER TABLE {path(*where.object)} ALTER COLUMN {path(where.names[-1])}"
        return _Group(ORDINARY, where.object, {where}, None, (f"{keep} DROP EXPRESSION",))
    return _Group(CONTRACT, where.object, {where}, f"{where}: {_MADE_AGAIN}")


def _owners(snapshot: Snapshot) -> dict[ObjectPath, ObjectPath | None]:
    """Return the columns that sequences belong to."""
    return {
        path(schema.name, one.name): one.owned_by
        for schema in snapshot.schemas
        for one in schema.sequences
    }


def _identities(snapshot: Snapshot) -> set[ObjectPath]:
    return {
        path(schema.name, relation.name, column.name)
        for schema in snapshot.schemas
        for relation in schema.relations
        for column in relation.columns
        if column.identity is not None
    }


def _columns(snapshot: Snapshot) -> set[ObjectPath]:
    return {
        path(schema.name, relation.name, column.name)
        for schema in snapshot.schemas
        for relation in schema.relations
        for column in relation.columns
    }
