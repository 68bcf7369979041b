"""``monps-db roles`` compares roles; its script changes the owner only of objects of upgrades."""

import pytest

from schemaproof_testing.existing_databases import OLD_TABLES, SMALL
from schemaproof_testing.project import ACCEPT, EXISTING_DATABASE
from schemaproof_testing.psql import run_script
from schemaproof_testing.role_cast import DENIED, Cast

pytestmark = pytest.mark.slow

OTHERS_ODDS = "CREATE TABLE public.odds AS SELECT 7 AS theirs"
# A revision of another project may have created these.
MADE = """
CREATE VIEW public.seen AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW public.kept AS SELECT 1 AS one;
CREATE SEQUENCE public.numbers;
CREATE TABLE public.numbered (id serial);
INSERT INTO public.monps_migration_ledger (revision, direction, duration, objects_created) VALUES
    ('made', 'upgrade', '0', ARRAY['view public.seen', 'view public.kept',
        'sequence public.numbers', 'table public.numbered', 'sequence public.numbered_id_seq']);
"""


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
    code, printed = bare.compared()
    assert code == 1
    assert deviation.format(bare.prefix) in printed


def test_on_an_existing_database_only_what_an_upgrade_created_is_handed_over(
    bare: Cast,
) -> None:
    run_script(bare.database, OLD_TABLES.read_text("utf-8"))
    bare.apply()
    assert bare.programs("migrator").alembic("upgrade", "head").code == 0
    assert bare.programs("migrator").monps_db("import-legacy").code == 0
    assert bare.database.query(
        "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'team_profiles'"
    ) == [(True,)]
    for role in ("app", "readonly"):
        with pytest.raises(DENIED):
            bare.execute(role, "SELECT * FROM quantum.team_profiles")


def test_on_an_existing_database_the_comparison_asks_nothing_of_what_was_there_before(
    bare: Cast,
) -> None:
    run_script(bare.database, SMALL.read_text("utf-8"))
    bare.apply()
    assert bare.programs("migrator").alembic("upgrade", "head").code == 0
    assert bare.relation_owner("public.tracking_clv_picks") == bare.database.user
    assert bare.compared() == (0, "the roles are as they should be\n")


def test_before_the_first_upgrade_they_are_compared_as_far_as_there_is_anything(
    bare: Cast,
) -> None:
    code, printed = bare.compared()
    assert (code, f"{bare.prefix}_migrator does not exist\n" in printed) == (1, True)


def test_a_table_that_came_after_a_downgrade_is_not_handed_over(bare: Cast) -> None:
    owner = bare.programs()
    assert owner.alembic("upgrade", "head").code == 0
    assert owner.alembic(*ACCEPT, "downgrade", EXISTING_DATABASE).code == 0
    bare.database.execute(OTHERS_ODDS)
    assert owner.alembic("upgrade", "head").code == 0
    bare.apply()
    assert bare.relation_owner("public.odds") == bare.database.user
    assert bare.relation_owner("quantum.team_quantum_dna") == "owner"
    assert bare.compared() == (0, "the roles are as they should be\n")


def test_views_and_sequences_that_upgrades_created_are_handed_over(bare: Cast) -> None:
    assert bare.programs().alembic("upgrade", "head").code == 0
    bare.by_superuser(MADE)
    bare.apply()
    made = ("seen", "kept", "numbers", "numbered", "numbered_id_seq")
    assert {bare.relation_owner(f"public.{name}") for name in made} == {"owner"}
    bare.execute("app", "SELECT nextval('public.numbers') FROM public.seen, public.kept")
    bare.execute("readonly", "SELECT * FROM public.seen, public.kept")


def test_no_password_is_in_the_script(bare: Cast) -> None:
    assert "PASSWORD '" not in bare.script()


@pytest.mark.parametrize("prefix", ["", "pg_x", "x" * 60, "it's", "a$$b", "a\nb"])
def test_a_prefix_that_no_role_can_have_is_exit_code_2(bare: Cast, prefix: str) -> None:
    outcome = bare.programs().monps_db("roles", "--sql", "--prefix", prefix)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
