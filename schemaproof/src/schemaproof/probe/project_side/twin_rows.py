"""Copy the rows of a table into another one by a trigger, with their generated numbers."""

from __future__ import annotations

import json
from typing import Any, Iterator

from .column_parts import OLD
from .column_queries import COLUMNS
from .partitioned_index import object_name
from .safe_steps import Table
from .tables_there import TablesThere
from .written_statements import short_name

_FUNCTION = """\
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    writers_path text := pg_catalog.current_setting('search_path');
BEGIN
    -- Names are those of the table's schema, wherever the session that writes looks for its own
    PERFORM pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_catalog',
        pg_catalog.quote_ident(TG_TABLE_SCHEMA), 'pg_temp', nullif(writers_path, '')), true);
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM {twin};
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM {twin} WHERE {key};
    ELSE
        IF TG_OP = 'UPDATE' THEN
            UPDATE {twin} SET {sets} WHERE {key};
        END IF;
        IF TG_OP = 'INSERT' OR NOT FOUND THEN
            INSERT INTO {twin} ({columns}) OVERRIDING SYSTEM VALUE
            VALUES ({values});
        END IF;
    END IF;
    PERFORM pg_catalog.set_config('search_path', writers_path, true);
    RETURN NULL;
END
$$"""


def writable(there: TablesThere, table: Table) -> list[str]:
    """Return the columns that an UPDATE may set, as SQL writes them."""
    return [
        there.quoted(row["name"])
        for row in there.rows(COLUMNS, table)
        if not row["generated"] and row["identity"] != "ALWAYS"
    ]


class TwinRows:
    """The rows of a table, and of the table that replaces it.

    Args:
        there: The tables before the change.
        table: The table.
        names: The names of the other table: under ``NEW`` before the two swap names, under ``OLD``
            after that.
        key: The columns that identify a row, as SQL writes them.
    """

    def __init__(
        self, there: TablesThere, table: Table, names: dict[str, str], key: list[str]
    ) -> None:
        self._there = there
        self._table = table
        self._on = there.shown(table)
        self._names = names
        self._key = key
        self._rows = [row for row in there.rows(COLUMNS, table) if not row["generated"]]
        name = short_name(f"zz_{table[1]}_rows")
        self._function = there.shown((table[0], name))
        self._trigger = there.quoted(name)
        self._truncated = there.quoted(short_name(f"zz_{table[1]}_truncated"))

    def tied(self, which: str) -> Iterator[str]:
        """Yield the statements that start to copy the rows into another table."""
        columns = [self._there.quoted(row["name"]) for row in self._rows]
        yield _FUNCTION.format(
            function=self._function,
            twin=self._twin(which),
            key=" AND ".join(f"{name} = OLD.{name}" for name in self._key),
            sets=", ".join(f"{name} = NEW.{name}" for name in writable(self._there, self._table)),
            columns=", ".join(columns),
            values=", ".join(f"NEW.{name}" for name in columns),
        )
        made = "CREATE OR REPLACE TRIGGER {} AFTER {} ON {} FOR EACH {} EXECUTE FUNCTION {}()"
        for name, events, each in (
            (self._trigger, "INSERT OR UPDATE OR DELETE", "ROW"),
            (self._truncated, "TRUNCATE", "STATEMENT"),
        ):
            yield made.format(name, events, self._on, each, self._function)

    def untied(self, condition: str = "") -> Iterator[str]:
        """Yield the statements that stop the copying."""
        yield f"DROP TRIGGER {condition}{self._trigger} ON {self._on}"
        yield f"DROP TRIGGER {condition}{self._truncated} ON {self._on}"

    def both_locked(self, which: str) -> Iterator[str]:
        """Yield the statements that lock both tables.

        The first lock waits for a running vacuum, and blocks no reads or writes.
        """
        both = f"{self._on}, {self._twin(which)}"
        yield f"LOCK TABLE {both} IN SHARE UPDATE EXCLUSIVE MODE"
        yield f"LOCK TABLE {both} IN ACCESS EXCLUSIVE MODE"

    @property
    def function_dropped(self) -> str:
        """Return the statement that drops the function of the triggers."""
        return f"DROP FUNCTION {self._function}()"

    @property
    def touched(self) -> str:
        """Return the SET clause of an UPDATE that makes the trigger copy a row."""
        first = writable(self._there, self._table)[0]
        return f"{first} = {first}"

    def missing(self, which: str) -> str:
        """Return the condition that the other table lacks the row."""
        own = self._there.quoted(self._table[1])
        other = self._there.quoted(short_name(self._table[1] + "__same"))
        same = " AND ".join(f"{other}.{name} = {own}.{name}" for name in self._key)
        return f"NOT EXISTS (SELECT FROM {self._twin(which)} AS {other} WHERE {same})"

    def sequences(self, come: str, go: str) -> Iterator[str]:
        """Yield the statements that move sequences to another table."""
        for row in self._rows:
            if row["sequence"] is not None:
                column = self._there.quoted(row["name"])
                yield f"ALTER SEQUENCE {row['sequence']} OWNED BY {self._twin(come)}.{column}"
            if row["numbers"] is None:
                continue
            name = json.loads(row["numbers"])["name"]
            here, comes = self._shown(name), self._shown(self._numbers(row, come))
            text = comes.replace("'", "''")
            yield f"SELECT setval('{text}', last_value, is_called) FROM {here}"  # noqa: S608
            yield f"ALTER SEQUENCE {here} RENAME TO {self._there.quoted(self._numbers(row, go))}"
            yield f"ALTER SEQUENCE {comes} RENAME TO {self._there.quoted(name)}"

    def sequences_made(self, which: str) -> Iterator[str]:
        """Yield the statements that set up the sequences of a new table."""
        for row in self._rows:
            if row["numbers"] is None:
                continue
            made = self._shown(object_name(self._names[which], row["name"], "seq"))
            yield f"ALTER SEQUENCE {made} AS {row['type']}"  # LIKE creates the sequence as bigint.
            if which == OLD:
                name = self._there.quoted(self._numbers(row, OLD))
                yield f"ALTER SEQUENCE {made} RENAME TO {name}"

    def _numbers(self, row: Any, which: str) -> str:
        """Return the name of the sequence behind an identity of the other table."""
        if which == OLD:
            return short_name(json.loads(row["numbers"])["name"] + OLD)
        return object_name(self._names[which], row["name"], "seq")

    def _twin(self, which: str) -> str:
        return self._shown(self._names[which])

    def _shown(self, name: str) -> str:
        return self._there.shown((self._table[0], name))
