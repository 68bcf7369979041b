"""``check`` shows for each difference who made it, when, and by which statement."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from schemaproof_testing import audits
from schemaproof_testing.audits import does, superuser
from schemaproof_testing.project import Alembic, Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

# Each entry is a change by hand, with the code and the path of its finding.
CHANGES: Final = (
    ("ALTER TABLE public.odds ADD COLUMN surplus int", "column-unexpected", "public.odds.surplus"),
    ("ALTER TABLE public.odds ALTER COLUMN bookmaker DROP NOT NULL", "column-nullability",
     "public.odds.bookmaker"),
    ("CREATE INDEX by_hand ON public.odds (bookmaker)", "index-unexpected", "public.odds.by_hand"),
    ("COMMENT ON TABLE public.odds IS 'by hand'", "table-comment", "public.odds"),
    ("GRANT INSERT ON public.odds TO PUBLIC", "table-privileges", "public.odds"),
    ("CREATE TABLE quantum.extra (a int)", "table-unexpected", "quantum.extra"),
    ("CREATE FUNCTION quantum.added(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
     "function-unexpected", "quantum.added(integer, text)"),
    ('CREATE TYPE quantum."Odd Type" AS ENUM ()', "enum-unexpected", 'quantum."Odd Type"'),
)  # fmt: skip


@pytest.fixture
def audited(migrated: Database) -> Database:
    audits.install(migrated)
    return migrated


@pytest.fixture
def reader(audited: Database) -> Iterator[Database]:
    with superuser(audited) as connection:
        does(connection, f"GRANT pg_read_all_stats TO {audited.user}")
        yield audited
        does(connection, f"REVOKE pg_read_all_stats FROM {audited.user}")


def findings(programs: Programs, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        programs.monps_db("check", "--format", "json", *arguments).out
    )["findings"]
    return found


def test_each_difference_names_the_statement_that_made_it(
    reader: Database, programs: Programs
) -> None:
    with superuser(reader) as connection:
        for statement, _, _ in CHANGES:
            does(connection, statement)
    authors = {(one["code"], one["path"]): one.get("changed_by") for one in findings(programs)}
    for statement, code, path in CHANGES:
        by = authors.get((code, path))
        assert by, (code, path, authors)
        when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
        assert re.fullmatch(rf"postgres at {when}, command \d+: {re.escape(statement)}", by), by


def test_it_stands_in_every_format(reader: Database, programs: Programs) -> None:
    with superuser(reader) as connection:
        does(connection, "ALTER TABLE public.odds ADD COLUMN surplus int -- ::error::x\n")
    for format_ in ("text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"):
        out = programs.monps_db("check", "--format", format_).out
        assert "surplus int" in out.replace("&#95;", "_"), format_
        assert not re.search(r"^::error::x", out, re.MULTILINE)


def test_the_migrators_own_commands_are_nobodys_change(
    reader: Database, programs: Programs
) -> None:
    """The database is migrated with the audit; the differences were made before, without it."""
    Alembic(reader).downgrade("base")
    Alembic(reader).upgrade()
    with superuser(reader) as connection:
        does(connection, "ALTER EVENT TRIGGER schemaproof_audit_command DISABLE")
        does(connection, "ALTER TABLE public.odds ADD COLUMN surplus int")
        does(connection, "ALTER EVENT TRIGGER schemaproof_audit_command ENABLE ALWAYS")
    assert programs.monps_db("audit", "show").out == "no command is recorded\n"
    assert "odds" in programs.monps_db("audit", "show", "--all", "--limit", "500").out
    [one] = findings(programs)
    assert "changed_by" not in one


def test_the_audit_itself_is_no_drift_and_is_compared(reader: Database, programs: Programs) -> None:
    assert programs.monps_db("check", "--strict").code == 0
    with superuser(reader) as connection:
        does(connection, "ALTER EVENT TRIGGER schemaproof_audit_command DISABLE")
    outcome = programs.monps_db("check")
    assert (outcome.code, "audit-disabled" in outcome.out) == (1, True)
    assert "ENABLE ALWAYS" in programs.monps_db("check", "--sql").out


def test_without_an_audit_and_without_the_privilege_nothing_is_said(
    migrated: Database, programs: Programs
) -> None:
    with superuser(migrated) as connection:
        does(connection, "ALTER TABLE public.odds ADD COLUMN surplus int")
        assert "changed_by" not in str(findings(programs))
        audits.install(migrated)
        does(connection, "ALTER TABLE public.odds ADD COLUMN more int")
    found = findings(programs)
    assert "changed_by" not in str(found)
    assert "audit-unreadable" in {one["code"] for one in found}
