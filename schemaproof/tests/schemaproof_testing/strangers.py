"""A role that may only create objects in public, and the objects that it creates."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from psycopg2 import sql

from schemaproof_testing.project import PROJECT, Programs, make_workspace
from schemaproof_testing.servers import Database, administration

VERSION: Final = "public.alembic_version"


TABLE: Final = ".".join(PROJECT.ledger_table)


EVIL: Final = """
CREATE FUNCTION public.evil() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER ROLE %I SUPERUSER', '{mallory}');
    RETURN true;
END $$;
CREATE FUNCTION public.evil_text() RETURNS text LANGUAGE sql AS
    $$ SELECT CASE WHEN public.evil() THEN '771a423699c2' END $$;
CREATE FUNCTION public.evil_trigger() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM public.evil(); RETURN new; END $$;
"""


LEDGER_COLUMNS: Final = """
id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, revision text NOT NULL,
direction text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
duration interval NOT NULL, role text NOT NULL DEFAULT session_user, file_checksum text,
objects_created text[] NOT NULL DEFAULT '{}', outcome text NOT NULL DEFAULT 'done', error text,
started_at timestamptz, host text, os_user text, application_version text, git_commit text,
fingerprint_before text, fingerprint_after text, findings jsonb,
allowed text[] NOT NULL DEFAULT '{}', reason text
"""


VERSION_COLUMNS: Final = "version_num varchar(32) PRIMARY KEY"


OF: Final = {TABLE: LEDGER_COLUMNS, VERSION: VERSION_COLUMNS}


def made(table: str, extra: str = "", after: str = "") -> str:
    return f"CREATE TABLE {table} ({OF[table]}{extra}); GRANT ALL ON {table} TO PUBLIC; {after}"


# The values are the statement of the stranger, and the fault that is reported besides the owner.
PLANTED: Final[dict[str, tuple[Callable[[str], str], str]]] = {
    "owner alone": (made, "it belongs to"),
    "trigger": (
        lambda t: made(
            t,
            after=f"CREATE TRIGGER evil BEFORE INSERT OR UPDATE OR DELETE ON {t} FOR EACH ROW"
            " EXECUTE FUNCTION public.evil_trigger()",
        ),
        "it has the trigger evil",
    ),
    "rule": (
        lambda t: made(t, after=f"CREATE RULE r AS ON INSERT TO {t} DO ALSO SELECT public.evil()"),
        "it has the rule r",
    ),
    "policy": (
        lambda t: made(
            t,
            after=f"CREATE POLICY p ON {t} USING (public.evil());"
            f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        ),
        "it has row security",
    ),
    "child": (
        lambda t: made(t, after=f"CREATE TABLE public.child () INHERITS ({t})"),
        "it inherits, or others inherit from it",
    ),
    "generated": (
        lambda t: made(t, ", g int GENERATED ALWAYS AS (1 + 1) STORED"),
        "its column g is generated",
    ),
    "default": (lambda t: made(t, ", d text DEFAULT public.evil_text()"), "it calls a function"),
    "default by built-in": (
        lambda t: made(t, ", d xml DEFAULT query_to_xml('SELECT public.evil()', true, true, '')"),
        "it calls a function",
    ),
    "check": (lambda t: made(t, ", d text, CHECK (public.evil())"), "it calls a function"),
    "domain": (
        lambda t: "CREATE DOMAIN public.d AS text CHECK (public.evil());" + made(t, ", d public.d"),
        "a type, a function or an operator that is not built in",
    ),
    "index": (
        lambda t: (
            "CREATE FUNCTION public.i() RETURNS text IMMUTABLE LANGUAGE sql AS"
            " $$ SELECT 'x'::text $$;"
            + made(t, ", d text")
            + f"CREATE INDEX ON {t} ((d || public.i()))"
        ),
        "it calls a function",
    ),
    "partitioned": (
        lambda t: (
            f"CREATE TABLE {t} ({OF[t].replace('PRIMARY KEY', '')})"
            f" PARTITION BY RANGE ({OF[t].split()[0]})"
        ),
        "it is partitioned",
    ),
    "view": (
        lambda t: (
            f"CREATE TABLE public.hidden ({OF[t]}); CREATE VIEW {t} AS"
            " SELECT * FROM public.hidden WHERE public.evil(); "
            f"GRANT ALL ON {t} TO PUBLIC"
        ),
        "it is no table",
    ),
    "composite type": (lambda t: f"CREATE TYPE {t} AS (a text)", "it is no table"),
}


@dataclass(frozen=True)
class Mallory:
    """A role that may only create in public, on a database that a superuser migrates."""

    name: str
    database: Database
    programs: Programs

    def does(self, statements: str) -> None:
        with closing(self.database.connect_superuser()) as connection:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(_name(self.name)))
                cursor.execute(statements)
            connection.commit()

    def is_superuser(self) -> bool:
        with administration(self.database.server) as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [self.name])
            [found] = cursor.fetchall()
            return bool(found[0])


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


@pytest.fixture
def mallory(any_database: Database, tmp_path: Path) -> Iterator[Mallory]:
    database = any_database
    name = f"mallory_{secrets.token_hex(4)}"
    superuser = {
        **database.environ(),
        "DB_USER": database.server.superuser,
        "DB_PASSWORD": database.server.superuser_password(),
    }
    database.superuser.execute(
        sql.SQL("CREATE ROLE {0}; GRANT CREATE, USAGE ON SCHEMA public TO {0}").format(_name(name))
    )
    made = Mallory(name, database, Programs(make_workspace(tmp_path), superuser))
    made.does(EVIL.replace("{mallory}", name))
    yield made
    database.superuser.execute(
        sql.SQL("DROP OWNED BY {0} CASCADE; DROP ROLE {0}").format(_name(name))
    )


def superuser_database(database: Database) -> Database:
    server = database.server
    return replace(database, user=server.superuser, password=server.superuser_password())


def said_so(text: str) -> bool:
    return "is not to be trusted: " in text or "differs from what the runner created: " in text
