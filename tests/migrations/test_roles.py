"""``monps-db roles``: each role logs in, and its privileges are tested."""

import psycopg2
import pytest
from sqlalchemy.orm import sessionmaker

from models import TeamQuantumDNA
from repositories import UnitOfWork
from schemaproof_testing.project import ACCEPT, unpooled_engine
from schemaproof_testing.psql import dump
from schemaproof_testing.role_cast import DENIED, Cast

pytestmark = pytest.mark.slow

FORBIDDEN = [
    "CREATE TABLE public.mine (id int)",
    "CREATE TABLE quantum.mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "ALTER TABLE public.odds ADD COLUMN mine int",
    "ALTER TABLE public.odds DISABLE TRIGGER ALL",
    "CREATE INDEX ON public.odds (league)",
    "DROP TABLE quantum.goalscorer_profiles",
    "TRUNCATE quantum.goalscorer_profiles",
    "COMMENT ON TABLE public.odds IS 'mine'",
    "UPDATE public.alembic_version SET version_num = 'x'",
    "DELETE FROM public.monps_migration_ledger",
    "INSERT INTO public.monps_migration_ledger (revision, direction, duration)"  # noqa: ISC004
    " VALUES ('x', 'upgrade', '0')",
    "SELECT setval('quantum.team_quantum_dna_team_id_seq', 1)",
    "COPY public.odds TO PROGRAM 'cat'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
]


@pytest.fixture(params=["before the upgrade", "after the upgrade"])
def when(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cast(bare: Cast, when: str) -> Cast:
    """Roles made before the first upgrade, or after an upgrade by another role."""
    if when == "after the upgrade":
        assert bare.programs().alembic("upgrade", "head").code == 0
        bare.apply()
    else:
        bare.apply()
        assert bare.programs("migrator").alembic("upgrade", "head").code == 0
    return bare


def test_the_migrator_undoes_and_applies_everything_and_the_owner_owns_it(cast: Cast) -> None:
    migrator = cast.programs("migrator")
    assert migrator.alembic(*ACCEPT, "downgrade", "base").code == 0
    assert migrator.alembic("upgrade", "head").code == 0
    assert migrator.monps_db("check").code == 0
    ask = cast.database.superuser.query
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'quantum')"
    assert ask(owners) == [(f"{cast.prefix}_owner",)]
    last = "SELECT role FROM public.monps_migration_ledger ORDER BY id DESC LIMIT 1"
    assert ask(last) == [(f"{cast.prefix}_migrator",)]


def test_the_application_works_with_its_role(cast: Cast) -> None:
    with unpooled_engine(cast.as_("app")) as engine:
        sessions = sessionmaker(engine)
        with UnitOfWork(sessions) as uow:
            uow.teams.create(TeamQuantumDNA(team_name="Lazio", league="Serie A"))
            uow.commit()
        with UnitOfWork(sessions) as uow:
            (team,) = uow.teams.get_all()
            team.league = "A"
            uow.commit()
        with UnitOfWork(sessions) as uow:
            uow.teams.delete(*uow.teams.get_all())
            uow.commit()
    assert cast.programs("app").monps_db("status").code == 0
    assert cast.programs("app").monps_db("check").code == 0


def test_the_application_cannot_change_the_schema_or_its_records(cast: Cast) -> None:
    assert [one for one in FORBIDDEN if not cast.is_denied("app", one)] == []


def test_the_application_cannot_give_its_privileges_away(cast: Cast) -> None:
    before = dump(cast.superuser)
    # PostgreSQL only prints a warning and changes nothing.
    cast.execute("app", "GRANT SELECT ON public.odds TO PUBLIC")
    assert dump(cast.superuser) == before


def test_nobody_but_the_migrator_can_act_as_the_owner(cast: Cast) -> None:
    for role in ("app", "readonly"):
        with pytest.raises(DENIED):
            cast.execute(role, f'SET ROLE "{cast.prefix}_owner"')
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        cast.as_("owner").connect()


def test_the_reader_reads_everything_and_writes_nothing(cast: Cast) -> None:
    cast.execute("readonly", "SELECT * FROM public.odds, quantum.team_quantum_dna")
    assert cast.programs("readonly").monps_db("check").code == 0
    insert = "INSERT INTO quantum.team_quantum_dna (team_name, league) VALUES ('x', 'y')"
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        cast.execute("readonly", insert)
    with pytest.raises(DENIED):
        cast.execute("readonly", f"SET transaction_read_only = off; {insert}")


def test_what_a_later_revision_creates_is_the_application_s_to_use(cast: Cast) -> None:
    cast.execute("migrator", "CREATE TABLE quantum.later (id int GENERATED ALWAYS AS IDENTITY)")
    cast.execute("app", "INSERT INTO quantum.later DEFAULT VALUES")
    cast.execute("readonly", "SELECT * FROM quantum.later")
    with pytest.raises(DENIED):
        cast.execute("app", "DROP TABLE quantum.later")


def test_running_the_script_again_changes_nothing(cast: Cast) -> None:
    before = dump(cast.superuser)
    cast.apply()
    assert dump(cast.superuser) == before
