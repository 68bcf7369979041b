"""Write changes that autogenerate cannot write as SQL, up and down, as a repair would."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from schemaproof.compare import Difference
from schemaproof.findings.steps import Phase, Step
from schemaproof.history import label_changes
from schemaproof.history.enum_replacement import EnumReplacement
from schemaproof.repair.plan import repair
from schemaproof.schema.codes import MISSING, RENAMED, Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.dependencies import State
from schemaproof.schema.paths import ObjectPath, path

RENAME: Final = "rename"
LABELS: Final = "labels"
REPLACED: Final = "replaced"
FIRST: Final = "first"
ORDINARY: Final = "ordinary"
OWNED: Final = "owned"
CONTRACT: Final = "contract"
_MADE_AGAIN: Final = "the column is dropped and created again, and every row is rewritten"
_LATE: Final = frozenset({Phase.OWNERS, Phase.GRANTS})
"""The phases of a repair that a revision leaves out: owners and grants differ by database."""


@dataclass(frozen=True, slots=True)
class Statements:
    """A change, written as SQL statements.

    Attributes:
        when: The time at which the statements run: ``rename`` before all else, ``labels`` before
            the columns that use the new labels, ``first`` before the tables, ``ordinary`` with the
            tables, ``owned`` after their columns, ``contract`` with dropped objects, ``replaced``
            after all else.
        table: The table that the change concerns; None where the change concerns no table.
        up: The statements that make the change.
        down: The statements that undo the change.
        note: A note for the reader.
        enum: The replacement of the enum type whose labels are removed; None for any other change.
    """

    when: str
    table: tuple[str, ...] | None
    up: tuple[str, ...]
    down: tuple[str, ...]
    note: str | None = None
    enum: EnumReplacement | None = None


class _Group(NamedTuple):
    """Changes that are made together: their time, their table, and their statements."""

    when: str
    table: tuple[str, ...] | None
    paths: set[ObjectPath]
    note: str | None = None
    up: tuple[str, ...] = ()


class WrittenInSql(NamedTuple):
    """Changes that are written in SQL.

    Attributes:
        statements: The statements of the changes.
        rest: The differences that remain for autogenerate.
        notes: The notes for the reader.
    """

    statements: list[Statements]
    rest: list[Difference]
    notes: list[str]


def written(asked: Sequence[Difference], before: State, after: State) -> WrittenInSql:
    """Return the changes in SQL, and the differences that remain for autogenerate.

    Args:
        asked: The differences.
        before: The schema before the change.
        after: The schema after the change.
    """
    enums = sorted({one.path for one in asked if _is_of_labels(one.code)})
    keys = {one: label_changes.partition_key(one, before) for one in enums}
    notes = [label_changes.REFUSED.format(one, key) for one, key in keys.items() if key]
    made = [
        one
        for enum in enums
        if keys[enum] is None
        for one in _label_changes(enum, before, after, asked)
    ]
    asked = [one for one in asked if not _is_of_labels(one.code)]
    states = before.snapshot, after.snapshot
    groups = [*_groups(asked, *states)]
    if not groups:
        return WrittenInSql(made, [*asked], notes)
    up, down = (
        [step for step in repair(wanted, found) if step.phase not in _LATE]
        for wanted, found in (states[::-1], states)
    )
    settled = set[ObjectPath]()
    for when, table, paths, note, sql in groups:
        statements = Statements(when, table, sql or _sql(up, paths), _sql(down, paths), note)
        if statements.up and statements.down:
            made.extend(_owned_later(statements))
            settled |= paths
    return WrittenInSql(made, [one for one in asked if one.path not in settled], notes)


def _owned_later(statements: Statements) -> Iterator[Statements]:
    """Move the OWNED BY of a sequence behind the statements that may replace its column."""
    owned = tuple(one for one in statements.up if " OWNED BY " in one)
    rest = tuple(one for one in statements.up if one not in owned)
    if statements.when != FIRST or not owned or not rest:
        yield statements
        return
    yield replace(statements, up=rest)
    nobodys = tuple(f"{one.rpartition(' OWNED BY ')[0]} OWNED BY NONE" for one in owned)
    yield replace(statements, when=OWNED, up=owned, down=nobodys)


def _label_changes(
    where: ObjectPath, before: State, after: State, asked: Sequence[Difference]
) -> Iterator[Statements]:
    """Yield the statements that change the labels of an enum; only additions are made at once."""
    if (first := label_changes.added(where, before, after)) is not None:
        yield Statements(LABELS, None, first.up, first.down)
    if (last := label_changes.removed(where, before, after, asked)) is not None:
        note = label_changes.replacement_note(where, before.snapshot)
        yield Statements(REPLACED, None, last.up, last.down, note, last.enum)


def _is_of_labels(code: Code) -> bool:
    return code.kind == "enum" and code.aspect == "definition"


def _sql(steps: Iterable[Step], paths: set[ObjectPath]) -> tuple[str, ...]:
    return tuple(step.sql for step in steps if step.path in paths)


def _groups(asked: Sequence[Difference], before: Snapshot, after: Snapshot) -> Iterator[_Group]:
    """Yield the changes that are made together."""
    aspects: dict[tuple[str, ObjectPath], set[str]] = {}
    for one in asked:
        aspects.setdefault((one.code.kind, one.path), set()).add(one.code.aspect)
    were, will_be = (
        [(where, one.owned_by) for where, one in side.all_sequences()] for side in (before, after)
    )
    owners, staying = [*were, *will_be], {*were} & {*will_be}
    columns = dict(after.all_columns())
    kept = {None, *(where for where, _ in before.all_columns() if where in columns)}
    identities = {where for where, one in columns.items() if one.identity is not None}
    for (kind, where), changed in aspects.items():
        if kind == "sequence" and RENAMED in changed:
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
            # The limits of the sequence follow from its type, and are not compared by themselves.
            yield from (_Group(OWNED, None, {one}) for one, owner in staying if owner == where)


def _generated(where: ObjectPath, difference: Difference) -> _Group:
    """Return the statements that change how a column is generated."""
    if difference.actual is None and str(difference.expected).endswith("STORED"):
        keep = f"ALTER TABLE {path(*where.object)} ALTER COLUMN {path(where.names[-1])}"
        return _Group(ORDINARY, where.object, {where}, None, (f"{keep} DROP EXPRESSION",))
    return _Group(CONTRACT, where.object, {where}, f"{where}: {_MADE_AGAIN}")
