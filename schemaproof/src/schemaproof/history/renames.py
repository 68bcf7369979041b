"""Renames of columns, tables and labels of enum types, as the user states them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schemaproof.compare import Difference
from schemaproof.errors import ConfigurationError
from schemaproof.history import changes
from schemaproof.history.enum_labels import enum_labels
from schemaproof.history.repair_statements import RENAME, Statements
from schemaproof.schema.codes import MISSING, RENAMED, UNEXPECTED
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import quoting

_DEFAULT_SCHEMA = "public"
_WITH_ROWS = frozenset({"table", "partitioned-table", "column"})


@dataclass(frozen=True, slots=True)
class Rename:
    """A column, a table or a label of an enum type that gets another name.

    Attributes:
        old: The path before the rename.
        new: The path after the rename.
        is_label: Whether a label of an enum type is renamed.
    """

    old: ObjectPath
    new: ObjectPath
    is_label: bool = False

    @property
    def text(self) -> str:
        """The rename as text: ``OLD=NEW``."""
        return f"{self.old}={path(self.new.names[-1])}"

    @property
    def back(self) -> "Rename":
        """The rename in the other direction."""
        return Rename(self.new, self.old, self.is_label)

    @property
    def statements(self) -> Statements:
        """The statements that rename the object, and the statements that undo the rename."""
        table = None if self.is_label else self.old.object
        return Statements(RENAME, table, (_sql(self),), (_sql(self.back),))


def changes_made(
    before: Sequence[Snapshot], after: Snapshot, renamed: Iterable[Rename]
) -> tuple[Difference, ...]:
    """Return the changes of revisions; a table or a column is renamed only where that is asked for.

    Args:
        before: The schemas of the revisions that they follow.
        after: The schema that they produce.
        renamed: The renames that are asked for.
    """
    found, apart = (changes.between(before, after, rows_stay=stay) for stay in (True, False))
    known = {(one.old.names[-1], one.new.names[-1]) for one in renamed}
    guessed = {
        place
        for one in found
        if one.code.aspect == RENAMED and one.code.kind in _WITH_ROWS
        if tuple(place.names[-1] for place in one.places) not in known
        for place in one.places
    }
    return (
        *(one for one in found if one.path not in guessed),
        *(one for one in apart if one.path in guessed),
    )


def _sql(one: Rename) -> str:
    if one.is_label:
        labels = (quoting.literal(it.names[-1]) for it in (one.old, one.new))
        return "ALTER TYPE {} RENAME VALUE {} TO {}".format(path(*one.old.names[:-1]), *labels)
    return _renamed(one.old, one.new)


def _renamed(old: ObjectPath, new: ObjectPath) -> str:
    table, name = path(*old.object), path(new.names[-1])
    if old.names == old.object:
        return f"ALTER TABLE {table} RENAME TO {name}"
    return f"ALTER TABLE {path(*new.object)} RENAME COLUMN {path(old.names[-1])} TO {name}"


def given(texts: Iterable[str], before: Snapshot) -> list[Rename]:
    """Return the renames in texts ``OLD=NEW``; for the new path the last name is enough.

    If the table of a column is renamed, too, the column may be given with either name of the table.

    Raises:
        ConfigurationError: There is no such table, column or label, or the text has another form.
    """
    labels = {
        (*where.names, label) for where, some in enum_labels(before).items() for label in some
    }
    known = labels.union(*_objects(before))
    found: list[Rename] = []
    for text in texts:
        one = _read_rename(text, known, {rename.old.names: rename.new.names for rename in found})
        one = replace(one, is_label=one.old.names in labels)
        depth = len(one.old.names)
        known = {
            (*one.new.names, *name[depth:]) if name[:depth] == one.old.names else name
            for name in known
        }
        found.append(one)
    return found


def _read_rename(
    text: str,
    known: set[tuple[str, ...]],
    renamed: Mapping[tuple[str, ...], tuple[str, ...]],
) -> Rename:
    old, found, new = text.partition("=")
    parsed, names = ObjectPath.parse(old).names, ObjectPath.parse(new).names
    if not (found and old and new):
        raise ConfigurationError(
            f"--rename {text}: it is not OLD=NEW", remedy="such as shop.customer.tier=level"
        )
    for candidate in (parsed, (_DEFAULT_SCHEMA, *parsed)):
        *table, last = candidate
        for where in (candidate, (*renamed.get(tuple(table), ()), last)):
            if where in known:
                return Rename(path(*where), path(*where[:-1], names[-1]))
    raise ConfigurationError(
        f"--rename {text}: there is no table, column or label {old} in the history",
        remedy="name it with its schema, as shop.customer or shop.customer.tier",
    )


def _objects(snapshot: Snapshot) -> Iterator[list[tuple[str, ...]]]:
    for where, relation in snapshot.all_relations():
        yield [where.names, *((*where.names, column.name) for column in relation.columns)]


def likely(found: Sequence[Difference], before: Snapshot, after: Snapshot) -> Iterator[Rename]:
    """Yield dropped and created objects that may be the same under another name.

    Such pairs are columns of the same table and type, tables of the same schema that share at least
    half of their columns, or labels of an enum type whose other labels are the same.
    """
    yield from _likely_labels(before, after)
    for old in _with(found, MISSING):
        for new in _with(found, UNEXPECTED):
            if old.code.kind != new.code.kind or old.path.names[:-1] != new.path.names[:-1]:
                continue
            is_column = old.code.kind == "column" and old.expected == new.actual
            if is_column or (old.code.kind == "table" and _is_alike(old, new, before, after)):
                yield Rename(old.path, new.path)


def _likely_labels(before: Snapshot, after: Snapshot) -> Iterator[Rename]:
    there = enum_labels(after)
    for where, old in enum_labels(before).items():
        new = there.get(where, ())
        differ = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
        if len(old) == len(new) and len(differ) == 1 and differ[0][1] not in old:
            before_it, after_it = (path(*where.names, label) for label in differ[0])
            yield Rename(before_it, after_it, is_label=True)


def _with(found: Iterable[Difference], aspect: str) -> list[Difference]:
    return [one for one in found if one.code.aspect == aspect]


def _is_alike(old: Difference, new: Difference, before: Snapshot, after: Snapshot) -> bool:
    here, there = _columns(old.path, before), _columns(new.path, after)
    return 2 * len(here & there) >= max(len(here), len(there))


def _columns(table: ObjectPath, snapshot: Snapshot) -> set[tuple[str, str]]:
    columns = snapshot.all_columns()
    return {(one.name, one.type) for where, one in columns if where.object == table.names}
