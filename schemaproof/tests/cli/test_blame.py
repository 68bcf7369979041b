"""``blame`` and ``log``: which revision changed an object, and who applied it to this database."""

import json
import re

import pytest

from schemaproof_testing.project import Alembic, Programs
from schemaproof_testing.servers import USER, Database

CREATED = "8e94b0f2d617"
APPLIED = rf"applied \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d \w+ by {USER} \(.*\)"


@pytest.mark.usefixtures("migrated")
def test_who_applied_a_revision_is_said(programs: Programs) -> None:
    blamed = programs.monps_db("blame", "public.odds.line")
    assert (blamed.code, blamed.err) == (0, "")
    assert re.search(rf"^{CREATED}  {APPLIED} +type +double precision$", blamed.out, re.MULTILINE)
    logged = programs.monps_db("log", "odds")
    assert re.search(
        rf"^{CREATED} .*\n    {APPLIED}\n    \+ public.odds  table of 20", logged.out, re.MULTILINE
    )
    shown = json.loads(programs.monps_db("blame", "odds", "--format", "json").out)
    assert {one["step"]["direction"] for one in shown} == {"upgrade"}
    [logged_step] = json.loads(programs.monps_db("log", "odds.line", "--format", "json").out)
    assert logged_step["revision"] == CREATED
    assert [one["path"] for one in logged_step["changes"]] == ["public.odds.line"]


@pytest.mark.slow
def test_a_revision_that_was_undone_or_only_stamped_is_told_so(
    database: Database, programs: Programs
) -> None:
    alembic = Alembic(database)
    assert "not applied here" in programs.monps_db("blame", "public.odds.line").out
    alembic.upgrade(CREATED)
    alembic.downgrade("-1")
    assert "not applied here" in programs.monps_db("blame", "public.odds.line").out
    alembic.stamp(CREATED)
    assert "  stamped 2" in programs.monps_db("blame", "public.odds.line").out
    database.execute("DROP TABLE public.monps_migration_ledger")
    told = programs.monps_db("log", "public.odds.line").out
    assert "applied; the ledger does not record by whom" in told


def test_without_a_database_it_says_the_revisions(programs: Programs) -> None:
    nowhere = {"DB_HOST": "127.0.0.1", "DB_PORT": "1"}
    for command in ("blame", "log"):
        silent = programs.monps_db(command, "public.odds", "--offline", **nowhere)
        assert (silent.code, silent.err) == (0, "")
        assert (CREATED in silent.out, "applied" in silent.out) == (True, False)
        told = programs.monps_db(command, "public.odds", **nowhere)
        assert (told.code, told.out, told.err.count("\n")) == (0, silent.out, 1)
        assert "which revisions are applied is not known" in told.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("public.odd", "nothing is called 'public.odd'; the nearest are public.odds"),
        ("oddz", "the nearest are public.odds"),
        (
            "updated_at",
            "may be public.odds.updated_at, public.tracking_clv_picks.updated_at, quantum.",
        ),
        ("nothing.at.all.is.like.this", "nothing is called 'nothing.at.all.is.like.this' ("),
        ("", "nothing is called ''"),
        ("\x1b[31m", r"nothing is called '\x1b[31m'"),
    ],
)
def test_what_is_not_there_is_one_line_with_the_nearest(
    programs: Programs, name: str, told: str
) -> None:
    outcome = programs.monps_db("log", name, "--offline")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert told in outcome.err


def test_a_quoted_name_is_found(programs: Programs) -> None:
    outcome = programs.monps_db("blame", '"public"."odds"."line"', "--offline")
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, f"{CREATED}  name         line")
