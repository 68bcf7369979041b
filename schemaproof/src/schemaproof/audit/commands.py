"""The DDL commands that the audit has recorded, with who ran them and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from schemaproof.audit.queries import SQL
from schemaproof.connection.raw_sql import AnyConnection, Row, rows
from schemaproof.history.ledger_sql import with_ledger
from schemaproof.history.version_table import LiveHistory
from schemaproof.schema.scope import Scope
from schemaproof.sql.sql_files import SqlTemplate, in_style_of_driver

LONGEST: Final = 65_536
"""The largest number of characters of a statement that are recorded."""
MOST_OBJECTS: Final = 1_000
"""The largest number of objects of a command that are recorded."""
_OMITTED: Final = "not recorded: it may hold a password"
_NOT_KNOWN: Final = "not known"


@dataclass(frozen=True, slots=True)
class RecordedObject:
    """An object that a command created, changed or dropped.

    Attributes:
        type: Its type, as PostgreSQL calls it: ``table``, ``table column``.
        identity: Its name as SQL writes it; None where the event has none, as for GRANT.
        names: Its name in parts, the schema first.
        oid: Its number; None where there is none.
    """

    type: str
    identity: str | None
    names: tuple[str, ...]
    oid: int | None


@dataclass(frozen=True, slots=True)
class RecordedCommand:
    """A DDL command that the audit has recorded.

    Attributes:
        id: The number of the command in the record.
        recorded_at: The time of the recording.
        tag: The command tag, such as ``ALTER TABLE``.
        event: ``ddl_command_end``, or ``sql_drop`` where objects were dropped.
        session_role: The role that logged in.
        set_role: The role set by SET ROLE; None when none was set.
        client_address: The client's address; None for a Unix socket.
        application_name: The client's ``application_name``.
        statement: The text that the client sent, which may hold more commands; None when it was
            not kept.
        kept: ``whole``, ``cut``, ``omitted`` (it may hold a password) or ``unknown``.
        objects: The objects that it created, changed or dropped.
        names: The names by which its objects are found.
        transaction_id: The id of its transaction.
        by_migrator: Whether it was part of a migration that the ledger records.
    """

    id: int
    recorded_at: datetime
    tag: str
    event: str
    session_role: str
    set_role: str | None
    client_address: str | None
    application_name: str
    statement: str | None
    kept: str
    objects: tuple[RecordedObject, ...]
    names: tuple[str, ...]
    transaction_id: str
    by_migrator: bool

    @property
    def who(self) -> str:
        """The role that ran the command, and its client."""
        acting = f" as {self.set_role}" if self.set_role not in {None, self.session_role} else ""
        place = f" from {self.client_address}" if self.client_address else ""
        program = f" ({self.application_name})" if self.application_name else ""
        return f"{self.session_role}{acting}{place}{program}"

    @property
    def text(self) -> str:
        """The statement, or the reason why it is not known."""
        if self.statement is not None:
            return self.statement
        return f"{self.tag}, statement {_OMITTED if self.kept == 'omitted' else _NOT_KNOWN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The recorded commands to read.

    Attributes:
        ids: The commands with these numbers.
        names: The names of objects whose newest commands are read, too.
        each: The number of commands to read for each of these objects.
        newest: The number of newest commands on any objects to read, too.
        longest: The number of characters that are read of a statement.
    """

    ids: Sequence[int] = ()
    names: Sequence[str] = ()
    each: int = 20
    newest: int = 0
    longest: int = LONGEST


def read_commands(
    connection: AnyConnection, scope: Scope, history: LiveHistory, chosen: Chosen
) -> tuple[RecordedCommand, ...]:
    """Read recorded commands, the newest first, in one query within the current transaction.

    Args:
        connection: The database; ``read_state`` has to find beforehand that reading is safe.
        scope: The project whose ledger names the migrator's commands.
        history: Whether the ledger exists and may be read.
        chosen: The commands to read.
    """
    ledger = with_ledger(SQL, scope)
    table = history.own.get(scope.ledger_table)
    is_whole = table is not None and "started_at" in table.columns
    accounts = is_whole and history.ledger_readable and history.ledger_fault is None
    by_migrator = ledger.text("by_migrator") if accounts else "false"
    sql = SqlTemplate(SQL.text("commands")).substitute(by_migrator=by_migrator)
    given = {
        "ids": [*chosen.ids],
        "names": [*chosen.names],
        "each": chosen.each,
        "newest": chosen.newest,
        "longest": chosen.longest,
    }
    return tuple(_command(row) for row in rows(connection, in_style_of_driver(sql), given))


def _command(row: Row) -> RecordedCommand:
    values: dict[str, Any] = {
        **row,
        "objects": tuple(_object(one) for one in row["objects"]),
        "names": tuple(row["names"]),
    }
    del values["migrators_lock"]
    return RecordedCommand(**values)


def _object(recorded: dict[str, Any]) -> RecordedObject:
    names = tuple(recorded["names"] or ())
    return RecordedObject(recorded["type"], recorded["identity"], names, recorded["oid"])
