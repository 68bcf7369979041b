"""Objects of other schemas that affect our tables in a shared schema are found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2 import sql

from schemaproof.catalog.catalog import reading
from schemaproof.check.live.surroundings import search_path, surrounding_findings
from schemaproof.schema.scope import Scope
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.project import Programs
from schemaproof_testing.servers import Database, administration

ROLE = "visitor_of_the_test"
OURS = "CREATE SCHEMA q; CREATE TABLE q.leg (id int); CREATE TABLE public.pick (id int)"
SCOPE = Scope(
    managed=("q",),
    shared=("public",),
    ignored=("public.tmp_*",),
    roles=((ROLE, "visitor"),),
    own=frozenset({("q", "leg"), ("public", "pick"), ("public", "part")}),
)


@pytest.fixture
def shared(any_database: Database) -> Iterator[Database]:
    with administration(any_database.server) as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
    run(any_database, OURS)
    yield any_database
    any_database.superuser.execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def run(database: Database, statement: str) -> None:
    database.superuser.execute(
        sql.SQL(statement.replace("DATABASE this", "DATABASE {}")).format(
            sql.Identifier(database.name)
        )
        if "DATABASE this" in statement
        else statement
    )


def found(database: Database) -> set[tuple[str, str, str | None]]:
    with connected(database) as connection, reading(connection):
        return {
            (one.code, one.path, one.actual) for one, _ in surrounding_findings(connection, SCOPE)
        }


def test_nothing_reaches_into_an_untouched_database(shared: Database) -> None:
    assert found(shared) == set()


@pytest.mark.parametrize(
    ("statement", "code", "path", "actual"),
    [
        (
            "CREATE TABLE public.theirs () INHERITS (public.pick)",
            *("table-inherited", "public.pick", "public.theirs"),
        ),
        (
            'CREATE SCHEMA theirs; CREATE TABLE theirs."My one" () INHERITS (q.leg)',
            *("table-inherited", "q.leg", 'theirs."My one"'),
        ),
        (
            f"CREATE SCHEMA AUTHORIZATION {ROLE} CREATE TABLE pick (id int)",
            *("table-shadowed", "public.pick", f"{ROLE}.pick comes first"),
        ),
        (
            (
                "CREATE SCHEMA first; GRANT USAGE ON SCHEMA first TO PUBLIC; CREATE VIEW"
                f" first.pick AS SELECT 1; ALTER ROLE {ROLE} SET search_path = first, public"
            ),
            *("table-shadowed", "public.pick", "first.pick comes first"),
        ),
        (
            (
                'CREATE SCHEMA "A, b"; GRANT USAGE ON SCHEMA "A, b" TO PUBLIC; CREATE TABLE'
                ' "A, b".pick (); ALTER DATABASE this SET search_path = "A, b", public'
            ),
            *("table-shadowed", "public.pick", '"A, b".pick comes first'),
        ),
        (
            "CREATE TABLE public.leg (); ALTER DATABASE this SET search_path = public, q",
            *("table-shadowed", "q.leg", "public.leg comes first"),
        ),
        (
            "GRANT CREATE ON SCHEMA public TO PUBLIC",
            *("schema-open", "public", "CREATE for PUBLIC"),
        ),
        (
            (
                "ALTER DATABASE this OWNER TO CURRENT_USER; ALTER DEFAULT PRIVILEGES IN SCHEMA"
                " public GRANT SELECT, INSERT ON TABLES TO PUBLIC"
            ),
            *("default-privileges-unexpected", 'public."for the owner on tables"'),
            "INSERT, SELECT for PUBLIC",
        ),
        (
            "REVOKE CONNECT ON DATABASE this FROM PUBLIC",
            *("role-connect", "role.visitor", "may not connect"),
        ),
    ],
)
def test_what_reaches_in_is_found(
    shared: Database, statement: str, code: str, path: str, actual: str
) -> None:
    run(shared, statement)
    assert found(shared) == {(code, path, actual)}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.one (id int); CREATE TABLE public.two () INHERITS (public.one)",
        "CREATE TABLE q.child () INHERITS (q.leg)",
        (
            "CREATE TABLE public.part (id int) PARTITION BY LIST (id);"
            " CREATE TABLE public.part_1 PARTITION OF public.part FOR VALUES IN (1)"
        ),
        "CREATE SCHEMA theirs; CREATE TABLE theirs.pick (id int)",
        f"CREATE SCHEMA {ROLE}; CREATE TABLE {ROLE}.pick (id int)",
        f"CREATE SCHEMA AUTHORIZATION {ROLE} CREATE TABLE leg (id int)",
        f"CREATE SCHEMA AUTHORIZATION {ROLE} CREATE TABLE pick (); ALTER ROLE {ROLE} NOLOGIN",
        (
            "CREATE SCHEMA last; GRANT USAGE ON SCHEMA last TO PUBLIC; CREATE TABLE last.pick"
            f" (id int); ALTER ROLE {ROLE} SET search_path = public, last"
        ),
        f"GRANT CREATE ON SCHEMA public TO {ROLE}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {ROLE} IN SCHEMA public GRANT ALL ON TABLES TO PUBLIC",
    ],
    ids=str,
)
def test_what_others_have_among_themselves_is_theirs(shared: Database, statement: str) -> None:
    run(shared, statement)
    assert found(shared) == set()


@pytest.mark.parametrize(
    ("text", "schemas"),
    [
        ('"$user", public', ["ada", "public"]),
        ("Public,$user", ["public", "ada"]),
        ('"a ""b"", c" , "D"', ['a "b", c', "D"]),
        ('""', []),
        ("", []),
    ],
)
def test_a_search_path_is_read_as_the_server_reads_it(text: str, schemas: list[str]) -> None:
    assert search_path(text, "ada") == schemas


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("CREATE CAST (public.odds AS text) WITH INOUT", "cast-unexpected"),
        ("CREATE CAST (public.odds AS json) WITH INOUT", "cast-unexpected"),
        ("CREATE PUBLICATION theirs FOR TABLE public.odds", "publication-unexpected"),
        ("CREATE PUBLICATION theirs FOR TABLES IN SCHEMA public", "publication-unexpected"),
        ("CREATE PUBLICATION theirs FOR ALL TABLES", "publication-unexpected"),
        (
            (
                "CREATE FUNCTION public.stop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN"
                " END'; CREATE EVENT TRIGGER theirs ON ddl_command_start EXECUTE FUNCTION"
                " public.stop()"
            ),
            "event-trigger-unexpected",
        ),
        ("ALTER DATABASE this CONNECTION LIMIT 3", "database-setting"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "schema-open"),
        ("CREATE TABLE public.theirs () INHERITS (public.odds)", "table-inherited"),
    ],
    ids=str,
)
def test_check_finds_it_and_what_others_need_is_not_taken_from_them(
    migrated: Database, programs: Programs, statement: str, code: str
) -> None:
    run(migrated, statement)
    outcome = programs.monps_db("check")
    assert (outcome.code, code in outcome.out) == (1, True)
    assert ("schema-open", "table-inherited").count(code) == programs.monps_db(
        "check", "--sql"
    ).out.count("-- Others may need it as it is")


@pytest.mark.slow
def test_a_declared_limit_of_connections_is_expected(
    migrated: Database, programs: Programs
) -> None:
    run(migrated, "ALTER DATABASE this CONNECTION LIMIT 50")
    with (programs.folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('settings = { connection_limit = "50" }\n')
    assert programs.monps_db("check").code == 0


MEMBERS = """
CREATE FUNCTION public.stop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER extended ON ddl_command_start EXECUTE FUNCTION public.stop();
CREATE CAST (public.odds AS json) WITH INOUT;
CREATE TABLE public.extended () INHERITS (public.odds);
"""


@pytest.mark.slow
def test_what_an_extension_makes_is_its_own(
    migrated: Database, programs: Programs, tmp_path: Path
) -> None:
    """Event triggers of an extension, as TimescaleDB has them, are not a finding.

    The test needs 18, which finds extensions in a folder.
    """
    if migrated.server.binaries.major < 18:
        pytest.skip("extension_control_path is new in 18")
    folder = tmp_path / "extension"
    folder.mkdir()
    (folder / "extended.control").write_text("default_version = '1'\nrelocatable = false\n")
    (folder / "extended--1.sql").write_text(MEMBERS)
    for one in (tmp_path, *tmp_path.parents[:2], folder, *folder.iterdir()):
        one.chmod(0o755)
    run(migrated, f"SET extension_control_path = '{tmp_path}:$system'; CREATE EXTENSION extended")
    outcome = programs.monps_db("check")
    reaching = [line for line in outcome.out.splitlines() if "extended" in line or "odds" in line]
    assert (outcome.code, reaching) == (0, []), outcome.text
