"""What the audit has recorded: DDL commands, who gave them, and when."""

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
"""More of a statement is not recorded, in characters."""
MOST_OBJECTS: Final = 1_000
"""More objects of a command are not recorded."""
_OMITTED: Final = "not recorded: it may hold a password"
_NOT_KNOWN: Final = "not known"


@dataclass(frozen=True, slots=True)
class RecordedObject:
    """An object that a command made, changed or dropped.

    Attributes:
        type: What it is, as PostgreSQL calls it: ``table``, ``table column``.
        identity: Its name as SQL writes it; None where the event says none, as of GRANT.
        names: Its name in parts, from the schema inwards.
        oid: Its number; None where there is none.
    """

    type: str
    identity: str | None
    names: tuple[str, ...]
    oid: int | None


@dataclass(frozen=True, slots=True)
class RecordedCommand:
    """A DDL command.

    Attributes:
        id: Its number in the record.
        recorded_at: When.
        tag: Which command: ``ALTER TABLE``.
        event: ``ddl_command_end``, or ``sql_drop`` where objects were dropped.
        session_role: The role that had logged in.
        set_role: The role that it acted as (SET ROLE); None when itself.
        client_address: Where from; None by a socket of the same machine.
        application_name: What the client called itself.
        statement: The text that the client sent, which may hold more commands; None when it was
            not kept.
        kept: ``whole``, ``cut``, ``omitted`` (it may hold a password) or ``unknown``.
        objects: What it made, changed or dropped.
        names: By what the objects are looked for.
        transaction_id: Of its transaction.
        by_migrator: Whether a step of the ledger accounts for it.
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
        """Who gave it, and from where."""
        acting = f" as {self.set_role}" if self.set_role not in {None, self.session_role} else ""
        place = f" from {self.client_address}" if self.client_address else ""
        program = f" ({self.application_name})" if self.application_name else ""
        return f"{self.session_role}{acting}{place}{program}"

    @property
    def text(self) -> str:
        """The statement, or why it is not known."""
        if self.statement is not None:
            return self.statement
        return f"{self.tag}, statement {_OMITTED if self.kept == 'omitted' else _NOT_KNOWN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which commands are read.

    Attributes:
        ids: These.
        names: And the newest of each of these objects, ``each`` of them.
        each: How many.
        newest: And so many of the newest.
        longest: How many characters of a statement.
    """

    ids: Sequence[int] = ()
    names: Sequence[str] = ()
    each: int = 20
    newest: int = 0
    longest: int = LONGEST


def read_commands(
    connection: AnyConnection, scope: Scope, history: LiveHistory, chosen: Chosen
) -> tuple[RecordedCommand, ...]:
    """Read what is recorded, the newest first, in one query within the current transaction.

    Args:
        connection: Where to read; whether that is safe is looked at before (``read_state``).
        scope: Whose ledger says what the migrator did.
        history: Whether the ledger is there, and may be read.
        chosen: Which.
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
