"""A database from the time before schemaproof was a package still works."""

from pathlib import Path
from typing import Final

from schemaproof_testing.project import ACCEPT, Alembic, Programs, revisions
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

LAST_OF_THAT_TIME: Final = "e7d04b6a52c9"
LEDGER: Final = Path(__file__).with_name("ledger_before_schemaproof.sql").read_text("utf-8")


def test_it_is_in_sync_and_its_history_goes_back_and_forth(
    database: Database, programs: Programs
) -> None:
    # Revisions are frozen, so the tables are those of that time. The ledger is replaced by its old
    # form.
    Alembic(database).upgrade(LAST_OF_THAT_TIME)
    run_script(database, LEDGER)
    assert programs.monps_db("upgrade").code == 0
    head = revisions()[-1]
    status = programs.monps_db("status").out
    assert f"revision:  {head}" in status
    assert "pending:   none" in status
    assert programs.monps_db("check").code == 0
    for arguments, code in (((*ACCEPT, "downgrade", "-1"), 3), (("upgrade", "head"), 0)):
        programs.alembic(*arguments).succeeded()
        checked = programs.monps_db("check")
        assert checked.code == code, checked.text
    history = programs.monps_db("history").succeeded()
    for revision in revisions():
        assert revision in history.out
