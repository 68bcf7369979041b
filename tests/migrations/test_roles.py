"""``monps-db roles``: each role logs in, and is tried out."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql
from sqlalchemy.orm import sessionmaker

from models import TeamQuantumDNA
from repositories import UnitOfWork
from tests.migrations.legacy_import import SMALL
from tests.project import ACCEPT, Programs, engine_of, make_workspace
from tests.psql import dump, run_script
from tests.servers import Database, administration

PASSWORD = "only for this test"
DENIED = psycopg2.errors.InsufficientPrivilege


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


NAMES = ("owner", "migrator", "app", "readonly")


@dataclass(frozen=True)
class Cast:
    """A database and the roles in it."""

    database: Database
    folder: Path
    prefix: str

    def as_(self, role: str) -> Database:
        """The database, logged in to as one of the roles."""
        return replace(self.database, user=f"{self.prefix}_{role}", password=PASSWORD)

    def programs(self, role: str | None = None) -> Programs:
        database = self.database if role is None else self.as_(role)
        folder = make_workspace(self.folder)
        with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write("[tool.monps-db.roles]\n")
            file.writelines(f'{name} = "{self.prefix}_{name}"\n' for name in NAMES)
        return Programs(folder, database.environ())

    @property
    def superuser(self) -> Database:
        server = self.database.server
        return replace(self.database, user=server.superuser, password=server.superuser_password())

    def script(self) -> str:
        return self.programs().monps_db("roles", "--sql", "--prefix", self.prefix).out

    def apply(self) -> None:
        run_script(self.superuser, self.script())
        with administration(self.database.server) as cursor:
            for role in NAMES:
                name = sql.Identifier(f"{self.prefix}_{role}")
                cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(name), [PASSWORD])

    def execute(self, role: str, statement: str) -> None:
        with closing(self.as_(role).connect()) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            connection.commit()

    def is_denied(self, role: str, statement: str) -> bool:
        try:
            self.execute(role, statement)
        except DENIED:
            return True
        return False

    def by_superuser(self, statement: str) -> None:
        with closing(self.database.connect_superuser()) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            connection.commit()

    def compared(self) -> tuple[int, str]:
        programs = Programs(make_workspace(self.folder), self.superuser.environ())
        outcome = programs.monps_db("roles", "--prefix", self.prefix)
        return outcome.code, outcome.out


@pytest.fixture(params=["before the upgrade", "after the upgrade"])
def when(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bare(any_database: Database, tmp_path: Path) -> Iterator[Cast]:
    """A database without the roles; a prefix that has to be quoted."""
    cast = Cast(any_database, tmp_path, f"Mon-PS_{secrets.token_hex(4)}")
    yield cast
    names = [f"{cast.prefix}_{role}" for role in ("owner", "migrator", "app", "readonly")]
    with closing(any_database.connect_superuser()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for name in names:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
            if cursor.fetchone() is not None:
                cursor.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(name)))
                cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def cast(bare: Cast, when: str) -> Cast:
    """Roles made before the first upgrade, or after one that another role made."""
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
    with closing(cast.database.connect_superuser()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'quantum')"
        )
        assert cursor.fetchall() == [(f"{cast.prefix}_owner",)]
        cursor.execute("SELECT role FROM public.monps_migration_ledger ORDER BY id DESC LIMIT 1")
        assert cursor.fetchall() == [(f"{cast.prefix}_migrator",)]


def test_the_application_works_with_its_role(cast: Cast) -> None:
    with engine_of(cast.as_("app")) as engine:
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
    cast.execute("app", "GRANT SELECT ON public.odds TO PUBLIC")  # a warning, and nothing done
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


def test_the_check_compares_them_when_it_is_told_to(bare: Cast) -> None:
    bare.apply()
    migrator = bare.programs("migrator")
    assert migrator.alembic("upgrade", "head").code == 0
    arguments = ("check", "--format", "json", "--roles", bare.prefix)
    assert "role-deviation" not in migrator.monps_db(*arguments).out
    bare.by_superuser(f'ALTER ROLE "{bare.prefix}_app" CREATEDB')
    assert "role-deviation" not in migrator.monps_db("check", "--format", "json").out
    found = migrator.monps_db(*arguments)
    assert (found.code, "has a power over the whole server" in found.out) == (1, True)


def test_they_are_as_they_should_be_only_after_the_script(bare: Cast) -> None:
    assert bare.programs().alembic("upgrade", "head").code == 0
    assert bare.compared()[0] == 1
    assert f"{bare.prefix}_app does not exist" in bare.compared()[1]
    bare.apply()
    assert bare.compared() == (0, "the roles are as they should be\n")


@pytest.mark.parametrize(
    ("statement", "deviation"),
    [
        ('ALTER ROLE "{0}_owner" LOGIN', "{0}_owner can log in"),
        ('ALTER ROLE "{0}_app" CREATEROLE', "{0}_app has a power over the whole server"),
        ('GRANT "{0}_owner" TO "{0}_app"', "{0}_app is a member of {0}_owner"),
        ('REVOKE "{0}_owner" FROM "{0}_migrator"', "{0}_migrator is not a member of {0}_owner"),
        ('ALTER ROLE "{0}_migrator" INHERIT', "{0}_migrator inherits"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "{0}_app may CREATE on schema public"),
        ("GRANT TRUNCATE ON public.odds TO PUBLIC", "{0}_readonly may TRUNCATE on public.odds"),
        ('REVOKE DELETE ON public.odds FROM "{0}_app"', "{0}_app may not DELETE on public.odds"),
        (
            'GRANT UPDATE ON public.alembic_version TO "{0}_app"',
            "{0}_app may UPDATE on public.alembic",
        ),
        ("ALTER TABLE public.odds OWNER TO CURRENT_USER", "public.odds belongs to "),
        (
            """ALTER DEFAULT PRIVILEGES FOR ROLE "{0}_owner"
            REVOKE SELECT ON TABLES FROM "{0}_readonly" """,
            "{0}_readonly may not SELECT on future tables",
        ),
    ],
)
def test_each_deviation_is_said(bare: Cast, statement: str, deviation: str) -> None:
    bare.apply()
    assert bare.programs("migrator").alembic("upgrade", "head").code == 0
    bare.by_superuser(statement.format(bare.prefix))
    code, said = bare.compared()
    assert code == 1
    assert deviation.format(bare.prefix) in said


def test_on_an_existing_database_only_what_an_upgrade_created_is_handed_over(
    bare: Cast,
) -> None:
    run_script(bare.database, SMALL.read_text("utf-8"))
    bare.apply()
    assert bare.programs("migrator").alembic("upgrade", "head").code == 0
    assert bare.programs("migrator").monps_db("import-legacy").code == 0
    with closing(bare.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'team_profiles'"
        )
        assert cursor.fetchall() == [(True,)]
    for role in ("app", "readonly"):
        with pytest.raises(DENIED):
            bare.execute(role, "SELECT * FROM quantum.team_profiles")


def test_no_password_is_in_the_script(bare: Cast) -> None:
    assert "PASSWORD '" not in bare.script()


@pytest.mark.parametrize("prefix", ["", "pg_x", "x" * 60, "it's", "a$$b", "a\nb"])
def test_a_prefix_that_no_role_can_have_is_exit_code_2(bare: Cast, prefix: str) -> None:
    outcome = bare.programs().monps_db("roles", "--sql", "--prefix", prefix)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
