"""``public.monps_migration_ledger``: which revision was applied or undone here, when, by whom.

The table belongs to the runner and not to the models: it survives ``downgrade base`` and is left
out of every comparison by its name.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, TextClause, text

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, MigrationInfo

TABLE: Final = "public.monps_migration_ledger"


def record(context: MigrationContext, step: MigrationInfo, file_checksum: str | None) -> None:
    """Write the row of one step in the transaction of the step, or into the script (``--sql``)."""
    context.execute(_query("ledger_create"))
    row = {
        "revision": step.up_revision_id,
        "direction": direction(step),
        "file_checksum": file_checksum,
    }
    context.execute(_query("ledger_record").bindparams(**row))


def refuse_unless_upgraded(context: MigrationContext, step: MigrationInfo) -> None:
    """Have the script of a downgrade (``--sql``) fail where no upgrade created what it drops."""
    context.execute(_query("ledger_refuse").bindparams(revision=step.up_revision_id))


def last_direction(connection: Connection, revision: str | None) -> str | None:
    """Return whether a revision was last applied (``upgrade``) or undone (``downgrade``) here.

    Stamps are not counted: they change no schema. None when the ledger has nothing to say.
    """
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": TABLE}) is None:
        return None
    last: str | None = connection.scalar(_query("ledger_last"), {"revision": revision})
    return last


def checksums(connection: Connection) -> dict[str, str]:
    """Return the checksums of the files that were applied or stamped here, by revision.

    The ledger must be there, and readable.
    """
    return {
        row.revision: row.file_checksum for row in connection.execute(_query("ledger_checksums"))
    }


def direction(step: MigrationInfo) -> str:
    """Return ``upgrade``, ``downgrade`` or ``stamp``."""
    if step.is_stamp:
        return "stamp"
    return "upgrade" if step.is_upgrade else "downgrade"


@cache
def _query(name: str) -> TextClause:
    query = files("migrations.runner.queries").joinpath(f"{name}.sql").read_text("utf-8")
    return text(query.rstrip().removesuffix(";"))  # in a script Alembic adds its own
