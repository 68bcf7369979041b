"""The content of a picture: boxes with rows, and lines between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from schemaproof.compare.named_objects import NamedObject, named_objects
from schemaproof.diagram.marks import Change, Mark, Marks, is_column
from schemaproof.diagram.references import (
    FOREIGN_KEY,
    Reference,
    foreign_key,
    primary_key,
    references,
)
from schemaproof.schema.codes import MISSING, UNEXPECTED
from schemaproof.schema.database_objects import (
    Constraint,
    DatabaseObject,
    Relation,
    Sequence,
    Snapshot,
)
from schemaproof.schema.kinds import RELATIONS
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.values import SqlText
from schemaproof.sql.enum_labels import enum_labels

ALL: Final = "all"
KEYS: Final = "keys"
NONE: Final = "none"
MANY: Final = 60
"""The largest number of boxes that show all columns; more boxes show only the keys, unless the
caller asks for all."""
_ENUM: Final = "enum"
_KINDS: Final = frozenset(kind.name for kind in RELATIONS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a box: a column, or a label of an enum type.

    Attributes:
        name: The name.
        type: The type with its length and precision; empty for a label.
        primary: Whether the column belongs to the primary key.
        foreign: Whether the column belongs to a foreign key.
        nullable: Whether the column may be null.
        comment: The comment, which may explain the meaning and the unit.
        mark: The difference of the row; None without one.
    """

    name: str
    type: str = ""
    primary: bool = False
    foreign: bool = False
    nullable: bool = False
    comment: str = ""
    mark: Mark | None = None

    @property
    def is_key(self) -> bool:
        """Whether the column belongs to a key."""
        return self.primary or self.foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A table or another object that is drawn as a box.

    Attributes:
        path: The path of the object.
        kind: The kind of the object, as the codes of its findings begin: ``materialized-view``.
        rows: Its columns or labels.
        hidden: The number of rows that are not drawn.
        comment: Its comment.
        mark: The difference of the object or of a part of it; None without one.
    """

    path: ObjectPath
    kind: str
    rows: tuple[Row, ...] = ()
    hidden: int = 0
    comment: str = ""
    mark: Mark | None = None

    @property
    def schema(self) -> str:
        """The schema that it is in."""
        return self.path.names[0]


@dataclass(frozen=True, slots=True)
class Line:
    """A reference and its difference."""

    reference: Reference
    mark: Mark | None = None

    @property
    def ends(self) -> frozenset[ObjectPath]:
        """The two objects that it connects."""
        return frozenset((self.reference.source, self.reference.target))


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, and lines between them."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]

    def by_schema(self) -> dict[str, tuple[Box, ...]]:
        """Return the boxes of each schema."""
        names = sorted({box.schema for box in self.boxes})
        return {name: tuple(box for box in self.boxes if box.schema == name) for name in names}

    def around(self, centres: Collection[ObjectPath], depth: int) -> Picture:
        """Return the boxes that are at most this many lines away from some boxes."""
        near = {*centres}
        for _ in range(depth):
            near = near.union(*(line.ends for line in self.lines if line.ends & near))
        boxes = tuple(box for box in self.boxes if box.path in near)
        lines = tuple(line for line in self.lines if line.ends <= {box.path for box in boxes})
        return Picture(boxes, lines)

    def with_rows(self, which: str | None = None) -> Picture:
        """Return the picture with ``all`` rows, only ``keys``, or ``none``; None: by size."""
        which = which or (ALL if len(self.boxes) <= MANY else KEYS)
        return replace(self, boxes=tuple(_with_rows(box, which) for box in self.boxes))


def _with_rows(box: Box, which: str) -> Box:
    shown = tuple(
        row
        for row in box.rows
        if which == ALL or row.mark is not None or (which == KEYS and row.is_key)
    )
    return replace(box, rows=shown, hidden=len(box.rows) - len(shown))


def picture(snapshot: Snapshot, changes: Iterable[Change] = ()) -> Picture:
    """Return the picture of a schema.

    Args:
        snapshot: The schema.
        changes: The differences of another schema from it; objects that only the other schema has
            are drawn, too.
    """
    marks = Marks(changes)
    drawn = [box for thing in named_objects(snapshot) for box in _box(thing, marks)]
    boxes = {box.path: box for box in (*_other_boxes(marks), *drawn)}
    lines = [Line(one, marks.constraint(one.path)) for one in references(snapshot)]
    drawn_keys = {line.reference.path for line in lines}
    lines += [line for line in _other_keys(marks) if line.reference.path not in drawn_keys]
    foreign = {
        path(*line.reference.source.names, name)
        for line in lines
        if line.reference.kind == FOREIGN_KEY
        for name in line.reference.columns
    }
    return Picture(
        tuple(_with_foreign(boxes[one], foreign) for one in sorted(boxes)),
        tuple(line for line in lines if line.ends <= boxes.keys()),
    )


def _with_foreign(box: Box, foreign: Collection[ObjectPath]) -> Box:
    rows = (replace(row, foreign=path(*box.path.names, row.name) in foreign) for row in box.rows)
    return replace(box, rows=tuple(rows))


def _box(thing: NamedObject, marks: Marks) -> Iterator[Box]:
    value, kind = thing.value, thing.kind.name
    rows: tuple[Row, ...] = ()
    if isinstance(value, Relation):
        rows = (*_rows(thing.path, value, marks), *_other_rows(thing.path, value, marks))
    elif isinstance(value, DatabaseObject) and value.kind == _ENUM:
        rows = tuple(Row(name=label) for label in enum_labels(str(value.definition)))
    elif not isinstance(value, Sequence) or value.owned_by is not None:
        return
    comment = value.comment or ""
    yield Box(path=thing.path, kind=kind, rows=rows, comment=comment, mark=marks.box(thing.path))


def _rows(where: ObjectPath, relation: Relation, marks: Marks) -> Iterator[Row]:
    primary = primary_key(relation)
    for column in sorted(relation.columns, key=lambda one: one.position):
        yield Row(
            name=column.name,
            type=column.full_type,
            primary=column.name in primary,
            nullable=column.nullable,
            comment=column.comment or "",
            mark=marks.column(path(*where.names, column.name)),
        )


def _other_rows(where: ObjectPath, relation: Relation, marks: Marks) -> Iterator[Row]:
    """Yield the columns that only the other schema has."""
    known = {column.name for column in relation.columns}
    for one in marks.within(where):
        name, is_whole = one.path.names[-1], one.code.aspect in {MISSING, UNEXPECTED}
        if is_column(one) and is_whole and name not in known:
            described = one.actual or one.expected or ""
            yield Row(name=name, type=described, mark=marks.column(one.path))


def _other_boxes(marks: Marks) -> Iterator[Box]:
    for one in marks.on_one_side():
        if one.code.kind in _KINDS or one.code.kind == _ENUM:
            yield Box(path=one.path, kind=one.code.kind, mark=marks.box(one.path))


def _other_keys(marks: Marks) -> Iterator[Line]:
    for one in marks.on_one_side():
        if one.code.kind == FOREIGN_KEY:
            *table, name = one.path.names
            made = Constraint(
                name=name, kind=FOREIGN_KEY, definition=SqlText((one.actual or one.expected or "",))
            )
            for reference in foreign_key(path(*table), made):
                yield Line(reference, marks.constraint(one.path))
