"""Changes of models: a table before and after the change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from schemaproof.schema.paths import path

TEXTS: Final = frozenset(("Text", "Text(collation='C')", "String(20)", "String(30)", "String(40)"))
SCHEMA: Final = "Other schema"


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        type: The type, in SQLAlchemy's syntax.
        value: The SQL expression for the value of a row, from its ``id``.
        is_nullable: Whether the column may be null.
        default: The default, in SQLAlchemy's syntax; empty for none.
        comment: The comment; None for none.
    """

    type: str
    value: str
    is_nullable: bool
    default: str
    comment: str | None

    def model(self, name: str) -> str:
        """Return the column in SQLAlchemy's syntax."""
        more = [self.default] if self.default else []
        if self.comment is not None:
            more.append(f"comment={self.comment!r}")
        return f"Column({', '.join([repr(name), self.type, *more])}, nullable={self.is_nullable})"

    @property
    def filled(self) -> str:
        """The SQL expression for the value of a row, cast to the type."""
        return f"CAST({self.value} AS text)" if self.type in TEXTS else self.value

    def stays_in(self, after: Column) -> bool:
        """Whether the values stay the same when the column changes to another one."""
        is_computed = any(one.default.startswith("Computed") for one in (self, after))
        return self.type == after.type and (not is_computed or self.default == after.default)

    @property
    def is_given(self) -> bool:
        """Whether an INSERT may set the column."""
        return not self.default.startswith(("Computed", "Identity"))


class Shape(NamedTuple):
    """The definition of a table before or after a change.

    Attributes:
        id: The first column.
        columns: The other columns, by name.
        parts: The constraints and indexes, and options of the table.
    """

    id: str
    columns: dict[str, Column]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A change of a table.

    Attributes:
        name: The name of the table.
        schema: The schema of the table; None for ``public``.
        partition: The SQL that creates a partition of it; None if it is not partitioned.
        before: The definition before the change.
        after: The definition after the change.
        renamed: The new names of columns, by their old names.
        uses: The SQL that creates an object which uses a column, before and after the change;
            empty without one.
    """

    name: str
    schema: str | None
    partition: str | None
    before: Shape
    after: Shape
    renamed: dict[str, str] = field(default_factory=dict)
    uses: tuple[str, str] = ("", "")

    @property
    def on(self) -> str:
        """The name of the table as SQL writes it."""
        return f"{quoted(self.schema or 'public')}.{quoted(self.name)}"

    def model(self, *, is_after: bool) -> str:
        """Return the table in SQLAlchemy's syntax."""
        shape = self.after if is_after else self.before
        columns = [one.model(name) for name, one in shape.columns.items()]
        parts = [repr(self.name), "Base.metadata", shape.id, *columns, *shape.parts]
        if self.partition is not None:
            parts.append("postgresql_partition_by='RANGE (id)'")
        made = f"made = Table({', '.join(parts)}, schema={self.schema!r})\n"
        for sql in filter(None, (self.partition, self.uses[is_after])):
            made += f"event.listen(made, 'after_create', DDL({_escaped(sql)!r}))\n"
        return made

    @property
    def by_hand(self) -> list[str]:
        """The statements of the first revision that autogenerate does not write."""
        return [*filter(None, (self.partition, self.uses[False]))]

    @property
    def rows(self) -> tuple[str, str]:
        """The statements that insert rows into the old table, one of them with nulls."""
        given = {name: one for name, one in self.before.columns.items() if one.is_given}
        every = {name: one.filled for name, one in given.items()}
        nulls = {name: "NULL" for name, one in given.items() if self._is_nullable(name, one)}
        names = ", ".join(["id", *map(quoted, given)])
        made = f"INSERT INTO {self.on} ({names}) SELECT {{}} FROM generate_series({{}}) AS id"
        return (
            made.format(", ".join(["id", *every.values()]), "1, 3, 2") + " RETURNING 1",
            made.format(", ".join(["id", *{**every, **nulls}.values()]), "2, 2") + " RETURNING 1",
        )

    @property
    def renames(self) -> list[str]:
        """The renames as options of the command."""
        table = path(self.schema or "public", self.name)
        return [f"{table}.{path(old)}={path(new)}" for old, new in self.renamed.items()]

    def _then(self, name: str) -> str:
        """Return the name of a column after the change."""
        return self.renamed.get(name, name)

    def _is_nullable(self, name: str, column: Column) -> bool:
        return column.is_nullable and self.after.columns.get(self._then(name), column).is_nullable

    @property
    def loses_what_is_required(self) -> bool:
        """Whether the change drops a NOT NULL column without a default."""
        kept = self.after.columns.keys()
        columns = [one for name, one in self.before.columns.items() if self._then(name) not in kept]
        return any(not one.is_nullable and not one.default for one in columns)

    def kept(self, *, is_after: bool) -> str:
        """Return the query for all values that must be the same before and after."""
        old, new = self.before.columns, self.after.columns
        names = [
            self._then(name) if is_after else name
            for name, one in old.items()
            if self._then(name) in new and one.stays_in(new[self._then(name)])
        ]
        return f"SELECT {', '.join(['id', *map(quoted, names)])} FROM {self.on} ORDER BY id"


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"{}"'.format(name.replace('"', '""'))


def _escaped(sql: str) -> str:
    return sql.replace("%", "%%")


def models(changes: list[Change], *, is_after: bool) -> str:
    """Return the source of the models before or after the changes."""
    other = "Table('other', Base.metadata, Column('id', Integer, primary_key=True))\n"
    return other + "".join(one.model(is_after=is_after) for one in changes)
