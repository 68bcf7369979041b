"""The ledger as the runner creates it: its definition, and the names of its parts."""

import json
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

from schemaproof.history.ledger_sql import COMMENT
from schemaproof.history.snapshot_values import decode_children
from schemaproof.history.table_safety import Name
from schemaproof.schema.database_objects import Schema, Snapshot
from schemaproof.schema.paths import path
from schemaproof.sql.sql_files import SqlTemplate
from schemaproof.sql.sql_names import derived

# PostgreSQL keeps the names of the key and sequence when a ledger is renamed, so those of the new
# ledger get a number. Older ledgers had other names.
_KEY: Final = re.compile(r".*(_pkey\d*)", re.DOTALL)
_SEQUENCE: Final = re.compile(r".*(_id_seq\d*)", re.DOTALL)
_COMMENT: Final = re.compile(re.escape(COMMENT).replace(re.escape("{}"), ".*"), re.DOTALL)


@cache
def recorded(ledger: Name, *, knows_maintain: bool = True) -> Snapshot:
    """Return the table that ``queries/ledger_create.sql`` creates (``ledger.json``).

    Args:
        ledger: The schema and the name of the ledger.
        knows_maintain: Whether the server has the privilege MAINTAIN.
    """
    schema, table = ledger
    key = derived("", table, "_pkey")
    names = {
        "schema": schema,
        "table": table,
        "table_in_sql": path(*ledger),
        "key": key,
        "key_in_sql": path(key),
        "sequence": derived("", table, "_id_seq"),
        "check_direction": derived("ck_", table, "_direction"),
        "check_outcome": derived("ck_", table, "_outcome"),
        "comment": COMMENT.format("schemaproof"),
    }
    text = files("schemaproof.history").joinpath("ledger.json").read_text("utf-8")
    in_json = {name: json.dumps(value)[1:-1] for name, value in names.items()}
    content = json.loads(SqlTemplate(text).substitute(in_json))
    made = Snapshot(decode_children(Schema, content))
    return made if knows_maintain else _without_maintain(made)


def _without_maintain(made: Snapshot) -> Snapshot:
    [schema] = made.schemas
    [table] = schema.relations
    grants = tuple(
        replace(grant, privileges=grant.privileges.replace("MAINTAIN, ", ""))
        for grant in table.privileges or ()
    )
    return Snapshot((replace(schema, relations=(replace(table, privileges=grants),)),))


def is_key(name: str, table: str) -> bool:
    """Whether the primary key of the ledger may have this name."""
    return name == derived("pk_", table, "") or _is_derived(name, table, _KEY)


def is_sequence(name: str, table: str) -> bool:
    """Whether the sequence of the ledger's column ``id`` may have this name."""
    return _is_derived(name, table, _SEQUENCE)


def is_comment(comment: str | None) -> bool:
    """Whether this package wrote the comment, under any name of the program."""
    return _COMMENT.fullmatch(comment or "") is not None


def _is_derived(name: str, table: str, form: re.Pattern[str]) -> bool:
    """Whether PostgreSQL may have derived a name from the table's, with a number if taken."""
    ending = form.fullmatch(name)
    return ending is not None and name == derived("", table, ending[1])
