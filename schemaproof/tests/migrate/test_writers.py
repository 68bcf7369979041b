"""Migrate databases while applications write: no write fails, and no row is lost."""

import subprocess
from pathlib import Path

import pytest

from schemaproof_testing.existing_databases import WHOLE, load
from schemaproof_testing.filled import FILLED_FROM, fill
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.project import (
    ACCEPT,
    EXISTING_DATABASE,
    Alembic,
    Programs,
    make_workspace,
    revisions,
)
from schemaproof_testing.servers import Database
from schemaproof_testing.writers import HOLDERS, OURS, busy, writing

pytestmark = pytest.mark.slow

OLD = [
    (
        "INSERT INTO public.tracking_clv_picks (league, market_type, source)"
        " VALUES ('writer', 'm%(n)s', 'writer')"
    ),
    "UPDATE public.tracking_clv_picks SET league = league WHERE id %% 50 = %(n)s %% 50",
    "UPDATE quantum.team_profiles SET tier = tier WHERE id %% 9 = %(n)s %% 9",
    "SELECT count(*), %(n)s FROM quantum.team_strategies",
]


def ask(database: Database, question: str) -> tuple[int, ...]:
    (row,) = database.query(question)
    return tuple(row)


def test_the_existing_database_is_migrated_while_it_is_written(
    any_database: Database, tmp_path: Path
) -> None:
    load(any_database, WHOLE)
    counts = "SELECT (SELECT count(*) FROM public.tracking_clv_picks)"
    (before,) = ask(any_database, counts)
    programs = Programs(make_workspace(tmp_path), any_database.environ())
    with writing(any_database, OLD) as writers:
        for arguments in (("upgrade", "head"), (*ACCEPT, "downgrade", EXISTING_DATABASE)):
            programs.alembic(*arguments).succeeded()
        assert programs.alembic("upgrade", "head").code == 0
    assert writers.failed == []
    assert ask(any_database, counts) == (before + writers.done[0],)


def test_our_own_tables_are_migrated_while_they_are_written(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade(FILLED_FROM)
    fill(database)
    counts = "SELECT count(*) FROM quantum.goalscorer_profiles"
    (before,) = ask(database, counts)
    with writing(database, OURS) as writers:
        assert programs.alembic("upgrade", "head").code == 0
        assert programs.alembic(*ACCEPT, "downgrade", FILLED_FROM).code == 0
    assert writers.failed == []
    assert ask(database, counts) == (before + writers.done[0],)


@pytest.mark.parametrize("statement", HOLDERS.values(), ids=HOLDERS)
def test_the_application_goes_on_while_a_migration_waits_for_somebody_else(
    database: Database, programs: Programs, statement: str
) -> None:
    Alembic(database).upgrade(FILLED_FROM)
    fill(database)
    with writing(database, OURS) as writers:
        with busy(database, statement):
            process = programs.start(
                "monps-db", "upgrade", stderr=subprocess.STDOUT, MIGRATION_LOCK_TIMEOUT="200ms"
            )
            assert process.stdout is not None
            line = ""
            while "attempt 3 of" not in line:
                line = process.stdout.readline()
                assert line
            before = list(writers.done)
        out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    assert writers.failed == []
    assert all(now > then for now, then in zip(writers.done, before, strict=True))
    assert rows(database, "revision, outcome")[-1] == (revisions()[-1], "done")
