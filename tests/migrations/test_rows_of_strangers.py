"""Relations of an attacker under our names: reading the database executes none of their code.

The attacker's code touches a file when it is executed, even in a read-only transaction or in one
that is rolled back.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing.existing_databases import OLD_TABLES, load
from schemaproof_testing.own_project import make_own_project
from schemaproof_testing.proxy import Proxy, proxied
from schemaproof_testing.psql import run_script
from schemaproof_testing.strangers import Mallory, mallory

pytestmark = pytest.mark.slow

__all__ = ["mallory"]

ASKED: Final = "'alembic_version'"
EVIL: Final = """
CREATE OR REPLACE FUNCTION public.evil() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    COPY (SELECT 1) TO PROGRAM 'touch {reached}';
    RETURN true;
END $$;
"""
VIEW: Final = """
CREATE SEQUENCE public.s;
CREATE VIEW public.odds AS
    SELECT CASE WHEN public.evil() THEN 1 END AS id FROM generate_series(1, 1);
ALTER VIEW public.odds ALTER COLUMN id SET DEFAULT nextval('public.s');
SELECT nextval('public.s');
"""
TYPE: Final = """
CREATE TYPE public.e AS ENUM ('1');
CREATE FUNCTION public.as_int(public.e) RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN PERFORM public.evil(); RETURN 1; END $$;
CREATE FUNCTION public.as_jsonb(public.e) RETURNS jsonb LANGUAGE plpgsql AS
    $$ BEGIN PERFORM public.evil(); RETURN '1'; END $$;
CREATE CAST (public.e AS int) WITH FUNCTION public.as_int(public.e) AS IMPLICIT;
CREATE CAST (public.e AS jsonb) WITH FUNCTION public.as_jsonb(public.e);
"""
KEY: Final = """
CREATE TABLE public.tracking_clv_picks (id int PRIMARY KEY);
CREATE TABLE public.odds (id public.e);
INSERT INTO public.tracking_clv_picks VALUES (2);
INSERT INTO public.odds VALUES ('1');
ALTER TABLE public.odds ADD FOREIGN KEY (id) REFERENCES public.tracking_clv_picks NOT VALID;
"""
POLICY: Final = """
CREATE TABLE public.tracking_clv_picks (id int PRIMARY KEY);
CREATE TABLE public.odds (id int REFERENCES public.tracking_clv_picks);
INSERT INTO public.tracking_clv_picks VALUES (1);
INSERT INTO public.odds VALUES (1);
GRANT SELECT ON public.odds, public.tracking_clv_picks TO PUBLIC;
CREATE POLICY p ON public.odds USING (public.evil());
ALTER TABLE public.odds ENABLE ROW LEVEL SECURITY;
"""
ORDERS: Final = """
CREATE TABLE public.orders (id int, amount public.e, note text);
INSERT INTO public.orders VALUES (1, '1');
"""
ORDERS_VIEW: Final = """
CREATE VIEW public.orders AS SELECT 1 AS id, 1 AS amount, NULL::text AS note
    FROM generate_series(1, 1) WHERE public.evil();
"""
VERSIONS: Final = """
CREATE VIEW public.alembic_version AS SELECT '771a423699c2'::varchar AS version_num
    FROM generate_series(1, 1) WHERE public.evil();
GRANT ALL ON public.alembic_version TO PUBLIC;
"""
LEAGUES: Final = """
CREATE VIEW public.team_intelligence AS
    SELECT 1 AS id, 'x'::text AS team_name, 'y'::text AS league
    FROM generate_series(1, 1) WHERE public.evil();
"""


@pytest.fixture
def reached(mallory: Mallory, tmp_path: Path) -> Path:
    """The file that is touched when code of Mallory is executed."""
    file = tmp_path / "reached"
    mallory.does(EVIL.format(reached=file))
    return file


@pytest.mark.parametrize("made", [VIEW, TYPE + KEY, POLICY], ids=["view", "cast", "policy"])
def test_a_check_of_rows_executes_nothing_of_his(
    mallory: Mallory, reached: Path, made: str
) -> None:
    mallory.does(made)
    mallory.programs.monps_db("upgrade")  # An upgrade leaves the tables of a stranger alone.
    for command in ("check", "check --data", "adopt --dry-run", "plan"):
        outcome = mallory.programs.monps_db(*command.split())
        assert not reached.exists(), command
        if made.startswith(TYPE) and "--data" in command:
            assert (
                "comparing a type that another role owns could run that role's code"
            ) in outcome.out


@pytest.mark.parametrize(
    "table",
    [
        TYPE + ORDERS,
        ORDERS_VIEW,
    ],
    ids=["cast", "view"],
)
def test_what_a_revision_asks_of_rows_executes_nothing_of_his(
    mallory: Mallory, reached: Path, tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = mallory.database.superuser_url.render_as_string(hide_password=False)
    monkeypatch.setenv("DB_SCRATCH_URL", url)
    (tmp_path / "own").mkdir()
    project = make_own_project(tmp_path / "own")
    project.add("op.execute('CREATE TABLE public.orders (id int, amount int, note text)')")
    project.add(
        "op.execute('ALTER TABLE public.orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID;"
        " ALTER TABLE public.orders VALIDATE CONSTRAINT c;"
        " ALTER TABLE public.orders ALTER note SET NOT NULL')"
    )
    project.record()
    mallory.does(table)
    programs = replace(mallory.programs, folder=project.folder)
    for command in ("plan", "lint", "upgrade"):
        outcome = programs.monps_db(*command.split())
        assert not reached.exists(), command
        if command == "plan":
            assert "reading the rows of public.orders could run code of another role" in outcome.out


@pytest.mark.parametrize(
    "command",
    ["current", "check", "upgrade head", "stamp head", "stamp --purge head"],
)
def test_a_version_table_that_is_made_while_a_program_runs_is_not_read(
    mallory: Mallory, reached: Path, command: str
) -> None:
    """The table does not exist when the program looks; Mallory creates it before Alembic looks."""
    planted: list[str] = []

    class Planting(list[str]):
        def append(self, statement: str, /) -> None:
            # By this query SQLAlchemy asks whether the table exists.
            if not planted and "pg_class.relname" in statement and ASKED in statement:
                planted.append(statement)
                mallory.does(VERSIONS)
            super().append(statement)

    def proxy(target: str) -> Proxy:
        return Proxy(target, statements=Planting())

    with proxied(mallory.database, proxy) as (_, host):
        outcome = mallory.programs.alembic(*command.split(), DB_HOST=host)
    assert not reached.exists()
    if planted:
        assert outcome.code != 0
        assert "is not to be trusted: " in outcome.text


def test_an_old_table_that_is_a_view_of_his_is_not_imported(
    mallory: Mallory, reached: Path
) -> None:
    load(mallory.database, OLD_TABLES)
    mallory.programs.monps_db("upgrade")
    run_script(mallory.database, "DROP TABLE IF EXISTS public.team_intelligence CASCADE;")
    mallory.does(LEAGUES)
    outcome = mallory.programs.monps_db("import-legacy")
    assert not reached.exists()
    assert outcome.code == 6
    assert "public.team_intelligence is not read: " in outcome.err
