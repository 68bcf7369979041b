"""Failures of revisions: the message names the cause, and the exit code is right."""

from contextlib import closing

import pytest

from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

ONE = 'op.execute("CREATE TABLE public.one (id int)")'
TWO = 'op.execute("CREATE TABLE public.two (id int)"); '
BAD = [
    ('raise ValueError("no, I will not")', {}, "ValueError: no, I will not"),
    ('op.execute("SELECT 1 / 0")', {}, "division by zero"),
    ('op.execute("SELEC 1")', {}, 'syntax error at or near "SELEC"'),
    (
        'op.execute("SELECT pg_sleep(600)")',
        {"MIGRATION_STATEMENT_TIMEOUT": "200ms"},
        "canceling statement due to statement timeout",
    ),
]


@pytest.fixture
def project(own_project: OwnProject) -> OwnProject:
    own_project.add(ONE)
    return own_project


def project_programs(project: OwnProject, database: Database, **environ: str) -> Programs:
    return Programs(project.folder, {**database.environ(), **environ})


@pytest.mark.parametrize(("body", "environ", "message"), BAD, ids=[case[2][:20] for case in BAD])
def test_a_revision_that_fails_is_named_and_nothing_of_it_is_left(
    project: OwnProject, database: Database, body: str, environ: dict[str, str], message: str
) -> None:
    project.add(TWO + body)
    outcome = project_programs(project, database, **environ).monps_db("upgrade")
    assert outcome.code == 6
    assert outcome.err.startswith(f"monps-db: {message}")
    assert outcome.err.count("\n") == 1
    assert "r2 failed: " in outcome.out.splitlines()[-1]
    assert rows(database, "revision, outcome") == [("r1", "done"), ("r2", "failed")]
    assert database.query("SELECT version_num, to_regclass('public.two') FROM alembic_version") == [
        ("r1", None)
    ]


def test_plain_alembic_says_it_in_one_line_and_names_the_revision(
    project: OwnProject, database: Database
) -> None:
    project.add(TWO + 'op.execute("SELECT 1 / 0")')
    outcome = project_programs(project, database).run(
        "alembic", "-c", str(project.ini), "upgrade", "head"
    )
    assert outcome.code != 0
    assert outcome.out.splitlines()[-2:] == [
        "r2 failed: division by zero",
        "FAILED: division by zero",
    ]


def test_a_lock_that_is_held_for_ever_ends_the_attempts(
    project: OwnProject, database: Database
) -> None:
    programs = project_programs(
        project, database, MIGRATION_LOCK_TIMEOUT="50ms", MIGRATION_LOCK_ATTEMPTS="2"
    )
    programs.monps_db("upgrade")
    project.add(TWO + 'op.execute("ALTER TABLE public.one ADD x int")')
    with closing(database.connect()) as holder, holder.cursor() as cursor:
        cursor.execute("LOCK TABLE public.one IN ACCESS SHARE MODE")
        outcome = programs.monps_db("upgrade")
    assert outcome.code == 6
    assert outcome.err.startswith(
        "monps-db: canceling statement due to lock timeout, 2 times; blocked by pid "
    )
    assert "LOCK TABLE public.one IN ACCESS SHARE MODE" in outcome.err
    assert outcome.err.count("\n") == 1
    assert programs.monps_db("upgrade").code == 0


def test_a_migrator_that_never_ends_is_waited_for_as_long_as_said(
    project: OwnProject, database: Database
) -> None:
    programs = project_programs(project, database, MIGRATION_WAIT_TIMEOUT="100ms")
    with closing(database.connect()) as holder, holder.cursor() as cursor:
        cursor.execute("SET application_name = 'the other one'")
        cursor.execute("SELECT pg_advisory_lock(%s, 1)", [int.from_bytes(b"monp", "big")])
        outcome = programs.monps_db("upgrade")
    assert outcome.code == 6
    assert outcome.err.startswith("monps-db: another migrator is at work: pid ")
    assert "the other one" in outcome.err
