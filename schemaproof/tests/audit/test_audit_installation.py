"""Install and remove the audit: twice, over an older version, without the privilege."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemaproof.audit import installation
from schemaproof.errors import DatabaseRefusedError, SchemaproofError
from schemaproof_testing import audits
from schemaproof_testing.audits import audit_state, does, install, recorded, superuser, uninstall
from schemaproof_testing.hostile import is_harmless
from schemaproof_testing.project import Outcome, Programs, make_workspace
from schemaproof_testing.psql import dump, run_script
from schemaproof_testing.servers import Database
from schemaproof_testing.strangers import superuser_database

audited = audits.audited

OLDER: Final = """
DROP EVENT TRIGGER schemaproof_audit_drop;
DROP INDEX schemaproof_audit.command_names;
CREATE OR REPLACE FUNCTION schemaproof_audit.record() RETURNS event_trigger LANGUAGE plpgsql
    SECURITY DEFINER AS 'BEGIN NULL; END'
"""


@pytest.fixture
def programs(any_database: Database, tmp_path: Path) -> Programs:
    """The programs, as a superuser."""
    return Programs(make_workspace(tmp_path), superuser_database(any_database).environ())


@pytest.fixture
def role(any_database: Database) -> Iterator[str]:
    name = f"Reader {secrets.token_hex(4)}"
    with superuser(any_database) as connection:
        does(connection, f'CREATE ROLE "{name}"')
        yield name
        does(connection, f'DROP OWNED BY "{name}" CASCADE; DROP ROLE "{name}"')


def test_it_is_as_it_is_made_on_every_major(audited: Database) -> None:
    state = audit_state(audited)
    assert state is not None
    assert state.report.findings == ()
    assert state.may_read


def test_installed_twice_it_keeps_what_is_recorded(audited: Database, role: str) -> None:
    with superuser(audited) as connection:
        does(connection, "CREATE TABLE public.t (a int)")
        does(connection, f'GRANT USAGE ON SCHEMA schemaproof_audit TO "{role}"')
        does(connection, f'GRANT SELECT ON schemaproof_audit.command TO "{role}"')
    assert not install(audited)
    assert recorded(audited, "names @> '{public.t}'")
    with superuser(audited) as connection:
        does(connection, f'SET ROLE "{role}"', "SELECT FROM schemaproof_audit.command")


def test_an_older_one_is_brought_forward(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, "CREATE TABLE public.t (a int)", OLDER)
    install(audited)
    state = audit_state(audited)
    assert state is not None
    assert state.report.findings == ()
    assert recorded(audited, "names @> '{public.t}'")


def test_one_that_was_altered_is_refused_and_left_as_it_was(audited: Database) -> None:
    with superuser(audited) as connection:
        does(connection, "ALTER TABLE schemaproof_audit.command ADD COLUMN more int")
    with pytest.raises(SchemaproofError, match="more column-unexpected"):
        install(audited)
    assert audit_state(audited) is not None


def test_what_default_privileges_grant_is_taken_back(any_database: Database, role: str) -> None:
    with superuser(any_database) as connection:
        does(
            connection,
            f'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO "{role}", PUBLIC',
            f'ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO "{role}"',
            f'ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO "{role}"',
        )
        install(any_database)
        state = audit_state(any_database)
        assert state is not None
        assert state.report.findings == ()
        does(connection, f'SET ROLE "{role}"')
        assert audits.refusal(connection, "SELECT FROM schemaproof_audit.command") == "42501"
        does(connection, "RESET ROLE")
        for kind in ("TABLES", "SCHEMAS", "SEQUENCES"):
            does(connection, f'ALTER DEFAULT PRIVILEGES REVOKE ALL ON {kind} FROM "{role}", PUBLIC')


def test_readers_are_named(any_database: Database, role: str) -> None:
    install(any_database, role)
    with superuser(any_database) as connection:
        does(connection, f'SET ROLE "{role}"', "SELECT FROM schemaproof_audit.command")
    with pytest.raises(DatabaseRefusedError, match=r"does not exist: name roles that exist"):
        install(any_database, "nobody of this name")


def test_nothing_is_left_behind(any_database: Database) -> None:
    before = dump(superuser_database(any_database))
    install(any_database)
    assert dump(superuser_database(any_database)) != before
    assert uninstall(any_database)
    assert dump(superuser_database(any_database)) == before
    assert audit_state(any_database) is None
    assert not uninstall(any_database)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW public.v AS SELECT id FROM schemaproof_audit.command",
        "CREATE TABLE schemaproof_audit.mine (a int)",
    ],
)
def test_what_others_have_built_on_it_is_in_the_way(audited: Database, statement: str) -> None:
    with superuser(audited) as connection:
        does(connection, statement)
    with pytest.raises(DatabaseRefusedError, match="drop the objects that depend on it"):
        uninstall(audited)
    assert audit_state(audited) is not None


def test_a_schema_of_a_stranger_is_refused(any_database: Database, role: str) -> None:
    with superuser(any_database) as connection:
        does(connection, f'CREATE SCHEMA schemaproof_audit AUTHORIZATION "{role}"')
        does(connection, f'SET ROLE "{role}"')
        does(connection, "CREATE TABLE schemaproof_audit.command (id int)")
    with pytest.raises(SchemaproofError, match=f"already exists, .* {re.escape(role)}"):
        install(any_database)


def test_the_script_does_the_same(any_database: Database, role: str) -> None:
    run_script(superuser_database(any_database), installation.install_script([role]))
    state = audit_state(any_database)
    assert state is not None
    assert state.report.findings == ()
    run_script(superuser_database(any_database), installation.uninstall_script())
    assert audit_state(any_database) is None


def test_without_the_privilege_one_line_says_what_to_do(
    any_database: Database, tmp_path: Path
) -> None:
    plain = Programs(make_workspace(tmp_path), any_database.environ())
    outcome = plain.monps_db("audit", "install")
    assert outcome.code == 6
    assert len(outcome.err.splitlines()) == 1
    assert "superuser" in outcome.err
    assert "rds_superuser" in outcome.err
    assert audit_state(any_database) is None


def test_the_commands(programs: Programs, any_database: Database) -> None:
    assert output(programs.monps_db("audit", "status")).startswith("audit:      not installed")
    assert programs.monps_db("audit", "show").code == 6
    assert output(programs.monps_db("audit", "install")) == "the audit is installed\n"
    assert "already installed" in output(programs.monps_db("audit", "install"))
    with superuser(any_database) as connection:
        does(connection, "CREATE TABLE public.t (a int)")
    assert "about 0," in output(programs.monps_db("audit", "status"))
    shown = output(programs.monps_db("audit", "show"))
    assert "CREATE TABLE public.t by postgres" in shown
    assert "table public.t" in output(programs.monps_db("audit", "show", "1"))
    assert '"kept": "whole"' in output(programs.monps_db("audit", "show", "--format", "json"))
    assert '"not_recorded"' in output(programs.monps_db("audit", "status", "--format", "json"))
    assert "CREATE EVENT TRIGGER" in output(programs.monps_db("audit", "install", "--sql"))
    assert output(programs.monps_db("audit", "uninstall")) == "the audit was removed\n"


def test_text_of_strangers_is_shown_as_text(programs: Programs, any_database: Database) -> None:
    install(any_database)
    evil = "\x1b]0;owned\x07\n::error::x\n##[error]x \u202e"
    with superuser(any_database) as connection:
        does(connection, f"SET application_name = '{evil[:9]}'")
        does(connection, f'CREATE TABLE public."{evil}" (a int) /* {evil} */')
    for arguments in (("show",), ("show", "1"), ("show", "--format", "json")):
        assert is_harmless(output(programs.monps_db("audit", *arguments)))


def output(outcome: Outcome) -> str:
    assert outcome.code == 0, outcome.text
    return outcome.out
